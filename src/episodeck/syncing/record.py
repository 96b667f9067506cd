"""What the card files and Anki had in common when they last met: kept beside the card files.

It tells who changed what since, and which notes were in Anki, so that one that is gone was deleted there.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..anki import FIELDS
from ..anki.seen import Look, SeenNote
from ..anki.templates import Layout
from ..anki.unrender import canonical
from ..deckfile.values import MARK, mark
from ..errors import AnkiError
from ..files import write_atomically
from ..model import Kind

NAME = ".anki.json"
UNKNOWN = "-" * MARK
"""The mark of a field of which it isn't known what was common: it differs from any text's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of one card."""

    note: int
    """Its note's number in Anki; 0 if it was never seen in a whole collection."""
    modified: int
    """When Anki's note had last been changed then, in Unix seconds; 0 if that wasn't known."""
    marks: tuple[str, ...]
    """A mark of each field's content, or `UNKNOWN`."""
    tags: tuple[str, ...]
    """Our tags, as sent."""
    deck: str
    """The deck that we last had it in; "" if that isn't known."""
    made: tuple[tuple[str, ...], ...] = ()
    """Marks of each note that the card became since, as an import by hand may have brought it to Anki."""


@dataclass(frozen=True, slots=True)
class Record:
    """Of a whole project."""

    profile: str = ""
    """Anki's profile, where it is known."""
    when: int = 0
    """Unix time of the last meeting with a whole collection."""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    """By card id."""
    looks: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    """Marks of each note type's layouts: that of the last meeting, and those that the templates made of it since."""

    def of_profile(self, profile: str) -> Record:
        """The record, if it is of this profile or that can't be told; else an empty one."""
        return Record(profile) if profile and self.profile and profile != self.profile else self

    def without(self, cards: Iterable[str]) -> Record:
        gone = set(cards)
        return replace(self, entries={card: e for card, e in self.entries.items() if card not in gone})


def field_mark(content: str) -> str:
    """A mark of what a field shows, however its HTML is written."""
    return mark(canonical(content))


def look_mark(look: Look | Layout) -> str:
    return mark([" ".join(text.split()) for text in (look.front, look.back, look.css)])


def load(decks: Path) -> Record:
    """The record beside the card files; an empty one if there is none. Raises `AnkiError` if it is damaged."""
    path = decks / NAME
    try:
        stored = json.loads(path.read_bytes())
        entries = {
            card: Entry(
                int(note),
                int(modified),
                _marks(marks),
                tuple(map(str, tags)),
                str(deck),
                tuple(map(_marks, made)),
            )
            for card, (note, modified, marks, tags, deck, *made) in stored["notes"].items()
        }
        looks = {
            Kind(kind): (marks,) if isinstance(marks, str) else tuple(map(str, marks))
            for kind, marks in stored["looks"].items()
        }
        return Record(str(stored["profile"]), int(stored["when"]), entries, looks)
    except FileNotFoundError:
        return Record()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        mend = "restore it from your history, or delete it: who changed what is then told by times alone"
        raise AnkiError("is damaged", where=path, mend=mend) from error


def save(decks: Path, record: Record) -> None:
    """Write the record, a line for each card. Raises `ProjectError`."""
    lines = [
        f"  {json.dumps(card)}: {json.dumps(_stored(e), ensure_ascii=False)}"
        for card, e in sorted(record.entries.items())
    ]
    head = {"profile": record.profile, "when": record.when, "looks": dict(sorted(record.looks.items()))}
    text = json.dumps(head, ensure_ascii=False)[:-1] + ', "notes": {\n' + ",\n".join(lines) + "\n}}\n"
    write_atomically(decks / NAME, text.encode())


def made(decks: Path, notes: Mapping[str, Sequence[str]], looks: Mapping[Kind, Layout]) -> None:
    """Enter what cards, by id and as fields of their notes, and note types have become, without a meeting.

    Only what a meeting left word of; a damaged record is left to the next push or pull to complain of. Raises
    `ProjectError`.
    """
    if not (decks / NAME).exists():
        return
    try:
        record = load(decks)
    except AnkiError:
        return
    entries, marks_of_looks = dict(record.entries), dict(record.looks)
    for card in notes.keys() & entries.keys():
        marks = tuple(map(field_mark, notes[card]))
        entry = entries[card]
        if marks != entry.marks and marks not in entry.made:
            entries[card] = replace(entry, made=(*entry.made, marks))
    for kind in looks.keys() & marks_of_looks.keys():
        mark_of_look = look_mark(looks[kind])
        if mark_of_look not in marks_of_looks[kind]:
            marks_of_looks[kind] = (*marks_of_looks[kind], mark_of_look)
    if entries != record.entries or marks_of_looks != record.looks:
        save(decks, replace(record, entries=entries, looks=marks_of_looks))


def known(
    entries: Mapping[str, Entry], cards: Container[str], notes: Iterable[SeenNote]
) -> Iterator[tuple[str, Entry]]:
    """The entries without those of cards that are gone from both sides: should the reader take the card back,
    it is new to Anki."""
    there = {note.id for note in notes}
    return ((card, entry) for card, entry in entries.items() if card in cards or entry.note in there)


def _stored(entry: Entry) -> list[object]:
    of_all = [entry.note, entry.modified, "".join(entry.marks), entry.tags, entry.deck]
    return [*of_all, *map("".join, entry.made)]


def _marks(text: object) -> tuple[str, ...]:
    if not isinstance(text, str) or len(text) != MARK * len(FIELDS):
        raise ValueError("marks")
    return tuple(text[at : at + MARK] for at in range(0, len(text), MARK))
