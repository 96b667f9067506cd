"""What a reader's Anki holds of our notes, whether told by the running client or read from an export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import AnkiError
from ..model import Kind
from .notetypes import FIELDS, NOTE_TYPES


@dataclass(frozen=True, slots=True)
class SeenNote:
    """A note as it stands in Anki."""

    id: int
    """Anki's own number of the note, which never changes within a collection."""
    kind: Kind
    fields: tuple[str, ...]
    """HTML, in the order of `FIELDS`."""
    tags: tuple[str, ...]
    cards: tuple[int, ...]
    """Numbers of its cards; ours have one."""
    deck: str
    """Where its first card is; the home deck of a card that is in a filtered deck, "" if that isn't known."""
    modified: int | None = None
    """Unix time of the last change to its fields or tags, where that is known."""
    suspended: bool = False
    flag: int = 0
    """0 for none, 1 to 7 as in Anki."""
    guid: str | None = None
    """Where it is known: AnkiConnect doesn't tell."""


@dataclass(frozen=True, slots=True)
class Look:
    """A note type's layout as it stands in Anki: its one card template, and its style."""

    name: str
    """The note type's name in Anki."""
    template: str
    front: str
    back: str
    css: str


@dataclass(frozen=True, slots=True)
class Seen:
    """All of our notes in one place, and how much that place says."""

    notes: tuple[SeenNote, ...]
    looks: Mapping[Kind, Look]
    whole: bool
    """Whether it is the whole collection, so that a note that isn't here isn't in Anki."""
    others: frozenset[str] = frozenset()
    """GUIDs of all notes of other note types, where the place says."""
    modified: int | None = None
    """Unix time of the last change to an exported collection; none of a running one."""
    profile: str = ""
    """The name of Anki's profile, where it is known."""


def expect_ours(kind: Kind, name: str, fields: Sequence[str], templates: Sequence[str]) -> None:
    """See that a note type in Anki, there called `name`, has our fields and our one card type.

    Raises `AnkiError`: with others nobody can tell which field is which, and Anki would update no note.
    """
    for what, wanted, found in (
        ("fields", tuple(FIELDS), tuple(fields)),
        ("card types", (NOTE_TYPES[kind].template,), tuple(templates)),
    ):
        if found != wanted:
            raise AnkiError(
                f"the note type `{name}` has other {what} than ours: {_difference(wanted, found)}; nothing was done",
                where="Anki",
                mend="undo that in Anki under Tools → Manage Note Types",
            )


def _difference(wanted: Sequence[str], found: Sequence[str]) -> str:
    lacking = [f"`{name}` is missing" for name in wanted if name not in found]
    added = [f"`{name}` is new" for name in found if name not in wanted]
    return ", ".join([*lacking, *added]) or "they stand in another order"
