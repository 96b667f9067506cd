"""What the preview page shows, as plain data: the page's script turns it into what is seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..anki import FIELDS, NOTE_TYPES, RenderedNote, Templates, render
from ..anki.display import Hole, Shape, fill, is_filled, shape
from ..deckfile import CardFile
from ..errors import EpisodeckError
from ..model import Card, EpisodeInfo, Kind
from ..project import Project
from ..settings import Settings
from .choices import mark_of
from .surroundings import Passage, Said, Words

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One card file on the page, as JSON that can stand inside a script element."""

    id: str
    """The episode's."""
    episode: str
    cards: tuple[PieceCard, ...]


@dataclass(frozen=True, slots=True)
class PieceCard:
    """A card without what depends on the cards before it: the numbers of its shape and of its episode."""

    kind: Kind
    filled: tuple[str, ...]
    """The fields that hold something, in order: they and the kind are what its shape is made of."""
    json: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is on the page."""

    deck: str
    count: int
    json: str
    """An object, fit to stand inside a script element; docs/internals.md lists the keys."""


def content(settings: Settings, templates: Templates, pieces: Iterable[Piece]) -> Shown:
    """All that is on the page, of these card files. Raises `TemplateError`."""
    shapes = Shapes(templates)
    ids: list[str] = []
    episodes: list[str] = []
    cards: list[str] = []
    for piece in pieces:
        for card in piece.cards:
            number = shapes.number(card.kind, card.filled)
            cards.append(f'{{"shape":{number},"episode":{len(episodes)},{card.json[1:]}')
        ids.append(piece.id)
        episodes.append(piece.episode)
    common = {
        "deck": settings.deck,
        "key": hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16],
        "styles": shapes.styles,
        "shapes": shapes.made,
    }
    lists = f'"episodes":[{",".join(episodes)}],"cards":[{",".join(cards)}]'
    return Shown(settings.deck, len(cards), f"{as_json(common)[:-1]},{lists}}}")


def piece(
    file: CardFile, name: str, notes: Sequence[RenderedNote], found: Mapping[str, Passage], shapes: Shapes
) -> Piece:
    """What the page shows of a card file called `name`: `notes` are those of its cards in their order, `found` is
    where their excerpts stand, by card id. Raises `TemplateError`."""
    cards = []
    for card, note in zip(file.cards, notes, strict=True):
        filled, values = shapes.values(note)
        made = as_json(_card(file.info, card, note, values, found.get(card.id)))
        cards.append(PieceCard(note.note_type, filled, made))
    return Piece(file.info.id, as_json(_episode(file.info, name)), tuple(cards))


def as_json(data: Json) -> str:
    """JSON that can stand inside a script element, whatever texts it holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def notes_of(file: CardFile, settings: Settings, templates: Templates) -> list[RenderedNote]:
    """The notes of a card file's cards. Raises `TemplateError`."""
    return [_note(file, card, settings, templates) for card in file.cards]


def _note(file: CardFile, card: Card, settings: Settings, templates: Templates) -> RenderedNote:
    entry = file.ledger.get(card.id)
    return render(file.info, card, entry.guest if entry else None, settings, templates)


class Shapes:
    """The layouts of cards, one for all notes that have the same fields filled."""

    def __init__(self, templates: Templates):
        self._templates = templates
        self._known: dict[tuple[Kind, tuple[str, ...]], tuple[int, tuple[Hole, ...]]] = {}
        self.styles: list[str] = []
        self.made: list[Json] = []

    @property
    def layouts(self) -> list[tuple[str, str]]:
        """What shapes are made of, but for the style, which stands on the page once."""
        return [(layout.front, layout.back) for layout in map(self._templates.layout, Kind)]

    @property
    def styles_of_all(self) -> list[str]:
        """The styles that may stand on the page."""
        return [self._templates.layout(kind).css for kind in Kind]

    def number(self, kind: Kind, filled: tuple[str, ...]) -> int:
        """The index of a shape."""
        return self._of(kind, filled)[0]

    def values(self, note: RenderedNote) -> tuple[tuple[str, ...], list[str]]:
        """Which fields of a note hold something, and what goes into the holes of its shape."""
        values = {**dict(zip(FIELDS, note.fields, strict=True)), **_special(note)}
        filled = tuple(sorted(name for name, value in values.items() if is_filled(value)))
        return filled, [fill(hole, values) for hole in self._of(note.note_type, filled)[1]]

    def _of(self, kind: Kind, filled: tuple[str, ...]) -> tuple[int, tuple[Hole, ...]]:
        if (kind, filled) not in self._known:
            self._known[kind, filled] = self._make(kind, filled)
        return self._known[kind, filled]

    def _make(self, kind: Kind, filled: tuple[str, ...]) -> tuple[int, tuple[Hole, ...]]:
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


def _card(
    info: EpisodeInfo, card: Card, note: RenderedNote, values: list[str], passage: Passage | None
) -> Json:
    from ..highlights.choose import reasons  # slow to import, and most pieces are made already

    said = card.source.readable or card.source.excerpt
    why = reasons(said, card.kind is Kind.EXCHANGE, card.speaker in info.guests) if said else ()
    made: Json = {
        "id": card.id,
        "values": values,
        "kind": str(card.kind),
        "question": card.question,
        "answer": card.answer,
        "guest": note.guest,
        "topic": note.topic,
        "speaker": card.speaker or "",
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
    from ..transcripts import read  # slow to import, and most passages are found already

    try:
        words = Words(read(path, file.info.source))
    except (EpisodeckError, OSError):
        return {}
    found = ((card.id, words.passage(card.source)) for card in file.cards)
    return {number: passage for number, passage in found if passage}
