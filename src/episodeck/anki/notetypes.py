"""The three note types: what never changes about them, and when their layout last did.

The ids here are permanent. Anki tells note types, fields and templates apart by
them: with another id, or with a field or template added, removed or moved, it
never updates a reader's old notes again and makes a second note type beside
them. New fields take the place of the empty reserve ones, by renaming.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import Kind

if TYPE_CHECKING:
    from .templates import Templates


@dataclass(frozen=True, slots=True)
class NoteType:
    """A note type and its one card template."""

    id: int
    name: str
    template_id: int
    template: str


NOTE_TYPES = {
    Kind.CLAIM: NoteType(1744082065205, "Episodeck Claim", 1088219371502646, "Claim"),
    Kind.QUOTE: NoteType(1754117242110, "Episodeck Quote", 1527720466199183, "Quote"),
    Kind.EXCHANGE: NoteType(1751729223241, "Episodeck Exchange", 1934461307758012, "Exchange"),
}

FIELDS = {
    "Id": 1660669041567461,
    "Question": 422280769804674,
    "Answer": 1193564832032737,
    "Context": 2238264620207064,
    "Quotation": 773702388512013,
    "Speaker": 339771103207206,
    "Source": 1076484925892752,
    "Link": 812843256559009,
    "Time": 199020537056028,
    "Show": 488631530397305,
    "Episode": 1337567599649782,
    "Date": 2187333835171744,
    "Topic": 977695395131574,
    "Guest": 1644278919402960,
    "Reserve 1": 933847128354328,
    "Reserve 2": 789295377383271,
    "Reserve 3": 1663895778868318,
    "Reserve 4": 4965582904769,
}
"""Fields of all three, in order, with their ids.

The first is the card's id, for Anki calls two notes with the same first field
duplicates, and two cards may well ask the same question. The browser shows and
sorts by the second, the question.
"""

SORT_FIELD = 1


def note_type_hashes(templates: Templates) -> dict[Kind, str]:
    """A hash of each note type's layout and fields; when it changes, so must the note type's time.

    Raises `TemplateError`.
    """
    return {kind: _hash(kind, templates) for kind in Kind}


def _hash(kind: Kind, templates: Templates) -> str:
    layout = templates.layout(kind)
    note_type = NOTE_TYPES[kind]
    parts = [
        note_type.name,
        note_type.template,
        list(FIELDS),
        SORT_FIELD,
        layout.front,
        layout.back,
        layout.css,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
