"""What the card files and Anki had in common when they last met: kept beside the card files.

It tells who changed what since, and which notes were in Anki, so that one that is gone was deleted there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..anki import FIELDS
from ..anki.seen import Look
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


@dataclass(frozen=True, slots=True)
class Record:
    """Of a whole project."""

    profile: str = ""
    """Anki's profile, where it is known."""
    when: int = 0
    """Unix time of the last meeting with a whole collection."""
    entries: Mapping[str, Entry] = field(default_factory=dict)
    """By card id."""
    looks: Mapping[Kind, str] = field(default_factory=dict)
    """A mark of each note type's layout."""

    def of_profile(self, profile: str) -> Record:
        """The record, if it is of this profile or that can't be told; else an empty one."""
        return Record(profile) if profile and self.profile and profile != self.profile else self

    def without(self, cards: Iterable[str]) -> Record:
        gone = set(cards)
        return replace(self, entries={card: e for card, e in self.entries.items() if card not in gone})


def field_mark(content: str) -> str:
    """A mark of what a field shows, however its HTML is written."""
    return mark(canonical(content))


def look_mark(look: Look) -> str:
    return mark([" ".join(text.split()) for text in (look.front, look.back, look.css)])


def load(decks: Path) -> Record:
    """The record beside the card files; an empty one if there is none. Raises `AnkiError` if it is damaged."""
    path = decks / NAME
    try:
        stored = json.loads(path.read_bytes())
        entries = {
            card: Entry(int(note), int(modified), _marks(marks), tuple(map(str, tags)), str(deck))
            for card, (note, modified, marks, tags, deck) in stored["notes"].items()
        }
        looks = {Kind(kind): str(look) for kind, look in stored["looks"].items()}
        return Record(str(stored["profile"]), int(stored["when"]), entries, looks)
    except FileNotFoundError:
        return Record()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        mend = "restore it from your history, or delete it: who changed what is then told by times alone"
        raise AnkiError("is damaged", where=path, mend=mend) from error


def save(decks: Path, record: Record) -> None:
    """Write the record, a line for each card. Raises `ProjectError`."""
    lines = [
        f"  {json.dumps(card)}: {json.dumps([e.note, e.modified, ''.join(e.marks), e.tags, e.deck], ensure_ascii=False)}"
        for card, e in sorted(record.entries.items())
    ]
    head = {"profile": record.profile, "when": record.when, "looks": dict(sorted(record.looks.items()))}
    text = json.dumps(head, ensure_ascii=False)[:-1] + ', "notes": {\n' + ",\n".join(lines) + "\n}}\n"
    write_atomically(decks / NAME, text.encode())


def _marks(text: object) -> tuple[str, ...]:
    if not isinstance(text, str) or len(text) != MARK * len(FIELDS):
        raise ValueError("marks")
    return tuple(text[at : at + MARK] for at in range(0, len(text), MARK))
