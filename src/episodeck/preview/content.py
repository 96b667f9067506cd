"""What the preview page shows, as plain data: the page's script turns it into what is seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..anki import FIELDS, NOTE_TYPES, RenderedNote, Templates, render
from ..anki.display import Hole, Shape, fill, is_filled, shape
from ..deckfile import CardFile
from ..errors import EpisodeckError
from ..highlights.choose import reasons
from ..model import Card, EpisodeInfo, Kind
from ..project import Project
from ..settings import Settings
from ..transcripts import read
from .choices import mark_of
from .surroundings import Passage, Said, Words

Json = dict[str, Any]
Passages = Callable[[Project, CardFile], Mapping[str, Passage]]
"""Finds where the excerpts of a card file's cards stand, by card id."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A card with the note that is made of it."""

    file: CardFile
    card: Card
    note: RenderedNote
    episode: int


def content(
    project: Project,
    settings: Settings,
    templates: Templates,
    files: Mapping[Path, CardFile],
    find: Passages,
    notes: Mapping[Path, Sequence[RenderedNote]],
) -> Json:
    """All that is on the page, fit for JSON; docs/internals.md lists the keys. Raises `TemplateError`."""
    shapes = _Shapes(templates)
    episodes: list[Json] = []
    cards: list[Json] = []
    for path in sorted(files):
        file = files[path]
        passages = find(project, file)
        made = notes.get(path) or [_note(file, card, settings, templates) for card in file.cards]
        for card, note in zip(file.cards, made, strict=True):
            kept = _Kept(file, card, note, len(episodes))
            cards.append(_card(kept, shapes, passages.get(card.id)))
        episodes.append(_episode(file.info, path.name))
    ids = hashlib.sha256("\n".join(e["id"] for e in episodes).encode()).hexdigest()[:16]
    return {
        "deck": settings.deck,
        "key": ids,
        "styles": shapes.styles,
        "shapes": shapes.made,
        "episodes": episodes,
        "cards": cards,
    }


def _note(file: CardFile, card: Card, settings: Settings, templates: Templates) -> RenderedNote:
    entry = file.ledger.get(card.id)
    return render(file.info, card, entry.guest if entry else None, settings, templates)


class _Shapes:
    """The layouts of cards, one for all notes that have the same fields filled."""

    def __init__(self, templates: Templates):
        self._templates = templates
        self._known: dict[tuple[Kind, frozenset[str]], tuple[int, tuple[Hole, ...]]] = {}
        self.styles: list[str] = []
        self.made: list[Json] = []

    def of(self, note: RenderedNote) -> tuple[int, list[str]]:
        """The index of a note's shape, and what goes into its holes."""
        values = {**dict(zip(FIELDS, note.fields, strict=True)), **_special(note)}
        key = note.note_type, frozenset(name for name, value in values.items() if is_filled(value))
        if key not in self._known:
            self._known[key] = self._make(*key)
        number, holes = self._known[key]
        return number, [fill(hole, values) for hole in holes]

    def _make(self, kind: Kind, filled: frozenset[str]) -> tuple[int, tuple[Hole, ...]]:
        layout = self._templates.layout(kind)
        front = tuple(p for p in shape(layout.front, filled) if not _is_front(p))
        back = tuple(
            piece
            for part in shape(layout.back, filled)
            for piece in (front if isinstance(part, Hole) and part.field == "FrontSide" else (part,))
        )
        holes = tuple(dict.fromkeys(p for p in (*front, *back) if isinstance(p, Hole)))
        if layout.css not in self.styles:
            self.styles.append(layout.css)
        self.made.append(
            {
                "style": self.styles.index(layout.css),
                "holes": [{"field": h.field, "plain": "text" in h.filters} for h in holes],
                "front": _numbered(front, holes),
                "back": _numbered(back, holes),
            }
        )
        return len(self.made) - 1, holes


def _is_front(part: str | Hole) -> bool:
    return isinstance(part, Hole) and part.field == "FrontSide"


def _numbered(side: Shape, holes: tuple[Hole, ...]) -> list[str | int]:
    return [part if isinstance(part, str) else holes.index(part) for part in side]


def _special(note: RenderedNote) -> dict[str, str]:
    """What Anki itself knows of a card that has just been imported."""
    note_type = NOTE_TYPES[note.note_type]
    return {
        "Tags": " ".join(sorted(note.tags)),
        "Type": note_type.name,
        "Deck": note.deck,
        "Subdeck": note.deck.rpartition("::")[2],
        "Card": note_type.template,
        "CardFlag": "flag0",
        "CardID": "0",
    }


def _card(kept: _Kept, shapes: _Shapes, passage: Passage | None) -> Json:
    card, note = kept.card, kept.note
    number, values = shapes.of(note)
    said = card.source.readable or card.source.excerpt
    why = reasons(said, card.kind is Kind.EXCHANGE, card.speaker in kept.file.info.guests) if said else ()
    made: Json = {
        "id": card.id,
        "shape": number,
        "values": values,
        "kind": str(card.kind),
        "question": card.question,
        "answer": card.answer,
        "guest": note.guest,
        "topic": note.topic,
        "speaker": card.speaker or "",
        "episode": kept.episode,
        "score": card.score,
        "reasons": list(why),
        "seen": mark_of(card),
        "time": _time(note),
        "excerpt": card.source.excerpt,
    }
    if card.pinned:
        made["pinned"] = True
    if passage:
        made |= {
            "before": _spoken(passage.before),
            "said": _spoken(passage.excerpt),
            "after": _spoken(passage.after),
        }
    return made


def _time(note: RenderedNote) -> str:
    return note.fields[list(FIELDS).index("Time")]


def _spoken(parts: tuple[Said, ...]) -> list[list[str]]:
    return [[part.speaker, part.text] for part in parts]


def _episode(info: EpisodeInfo, file: str) -> Json:
    return {
        "id": info.id,
        "title": info.title,
        "show": info.show or "",
        "date": info.date or "",
        "source": info.source,
        "file": file,
    }


def passages(project: Project, file: CardFile) -> dict[str, Passage]:
    """Where each card's excerpt stands in its transcript; none where that is gone or can't be read."""
    path = project.transcript(file.info.source) if file.info.source and file.cards else None
    if path is None:
        return {}
    try:
        words = Words(read(path, file.info.source))
    except (EpisodeckError, OSError):
        return {}
    found = ((card.id, words.passage(card.source)) for card in file.cards)
    return {number: passage for number, passage in found if passage}
