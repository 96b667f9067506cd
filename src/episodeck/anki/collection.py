"""The database inside a package, made with genanki: same notes in, same bytes out."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import genanki
from genanki.apkg_col import APKG_COL
from genanki.apkg_schema import APKG_SCHEMA

from ..model import Kind
from .notes import Note
from .notetypes import FIELDS, NOTE_TYPES, SORT_FIELD
from .templates import Templates

_FIRST_ID, _IDS = 1_735_689_600_000, 31_536_000_000
"""Anki's ids are times in milliseconds; ours all lie in the year 2025, never in a reader's future."""

_INDEXES = "".join(re.findall(r"(?i)create index[^;]*;\n?", APKG_SCHEMA))
"""Made when the rows are there, which is quicker than with every row."""
_TABLES = re.sub(r"(?i)create index[^;]*;\n?", "", APKG_SCHEMA)


class _Model(genanki.Model):  # type: ignore[misc]
    """A note type that keeps the time it is given, and whose fields never decide whether there is a card."""

    def __init__(self, kind: Kind, changed: int, templates: Templates):
        note_type, layout = NOTE_TYPES[kind], templates.layout(kind)
        super().__init__(
            note_type.id,
            note_type.name,
            fields=[_field(name, id) for name, id in FIELDS.items()],
            templates=[
                {
                    "name": note_type.template,
                    "id": note_type.template_id,
                    "qfmt": layout.front,
                    "afmt": layout.back,
                }
            ],
            css=layout.css,
            sort_field_index=SORT_FIELD,
        )
        self.changed = changed

    @property
    def _req(self) -> list[list[object]]:
        return [[0, "any", list(range(len(FIELDS)))]]

    def to_json(self, timestamp: float, deck_id: int | None) -> dict[str, Any]:
        return {**super().to_json(self.changed, deck_id), "usn": 0}


def collection_bytes(
    notes: Sequence[Note], note_type_times: Mapping[Kind, int], templates: Templates
) -> bytes:
    """The SQLite file of a package. Raises `TemplateError` and `sqlite3.Error`."""
    models = {
        kind: _Model(kind, note_type_times[kind], templates)
        for kind in Kind
        if any(n.note_type is kind for n in notes)
    }
    names = _deck_names(notes)
    deck_ids = _ids("deck", sorted(set(names.values()), key=str.casefold))
    guids = sorted(note.guid for note in notes)
    note_ids, card_ids = _ids("note", guids), _ids("card", guids)
    # What genanki reads and writes again for every deck, which is slow with many.
    decks = {str(id): genanki.Deck(id, name).to_json() for name, id in deck_ids.items()}
    types = {str(model.model_id): model.to_json(0, None) for model in models.values()}
    db = sqlite3.connect("file:collection.anki2?vfs=memdb", uri=True)
    try:
        db.executescript("PRAGMA page_size = 4096; PRAGMA auto_vacuum = 0; PRAGMA secure_delete = ON;")
        db.executescript(_TABLES)
        db.executescript(APKG_COL)
        (there,) = db.execute("SELECT decks FROM col").fetchone()
        col = json.dumps({**json.loads(there), **decks}), json.dumps(types)
        db.execute("UPDATE col SET decks = ?, models = ?", col)
        # genanki's notes are written one by one with what it looks up for each, and ours need nothing of that. In order
        # of their ids, as the tables are.
        order = sorted(notes, key=lambda note: note_ids[note.guid])
        db.executemany(
            f"INSERT INTO notes VALUES({','.join('?' * 11)})",
            (_note_row(note_ids[n.guid], n, NOTE_TYPES[n.note_type].id) for n in order),
        )
        order.sort(key=lambda note: card_ids[note.guid])
        db.executemany(
            f"INSERT INTO cards VALUES({','.join('?' * 18)})",
            (_card_row(card_ids[n.guid], note_ids[n.guid], deck_ids[names[n.deck]], n) for n in order),
        )
        db.executescript(_INDEXES)
        db.commit()
        data = db.serialize()
    finally:
        db.close()
    return data[:96] + bytes(4) + data[100:]  # without the version of SQLite that wrote it


def _note_row(id: int, note: Note, note_type: int) -> tuple[object, ...]:
    """id, guid, mid, mod, usn, tags, flds, sfld, csum, flags, data."""
    if " " in "".join(note.tags):
        raise ValueError(f"a tag of {note.guid} has a space")  # Anki would take it for two
    tags, fields = f" {' '.join(note.tags)} ", "\x1f".join(note.fields)
    return id, note.guid, note_type, note.changed, -1, tags, fields, note.fields[SORT_FIELD], 0, 0, ""


def _card_row(id: int, note_id: int, deck: int, note: Note) -> tuple[object, ...]:
    """id, nid, did, ord, mod, usn, type, queue, due, ivl, factor, reps, lapses, left, odue, odid, flags, data."""
    return id, note_id, deck, 0, note.changed, -1, 0, 0, note.due, 0, 0, 0, 0, 0, 0, 0, 0, ""


def _field(name: str, id: int) -> dict[str, object]:
    reserve = name.startswith("Reserve") or name == "Id"
    description = "kept by Episodeck; leave it as it is" if reserve else ""
    return {"name": name, "id": id, "description": description, "collapsed": reserve, "preventDeletion": True}


def _deck_names(notes: Sequence[Note]) -> dict[str, str]:
    """For every deck's name, the name to use: Anki ignores case, so the first spelling of each level wins."""
    spelling: dict[str, str] = {}
    names: dict[str, str] = {}
    for deck in dict.fromkeys(note.deck for note in notes):
        name = ""
        for part in deck.split("::"):
            name = f"{name}::{part}" if name else part
            name = spelling.setdefault(name.casefold(), name)
        names[deck] = name
    return names


def _ids(what: str, keys: Sequence[str]) -> dict[str, int]:
    """An id for each key, by the key alone, but that no two are the same."""
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for key in keys:
        known = key.casefold() if what == "deck" else key
        id = int.from_bytes(hashlib.sha256(f"episodeck {what} {known}".encode()).digest()[:8]) % _IDS
        while id in taken:
            id = (id + 1) % _IDS
        taken.add(id)
        ids[key] = _FIRST_ID + id
    return ids
