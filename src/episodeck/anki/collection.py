"""The database inside a package, made with genanki: same notes in, same bytes out."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
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


class _Note(genanki.Note):  # type: ignore[misc]
    """A note with ids and a time of its own."""

    def __init__(self, note: Note, model: _Model, ids: tuple[int, int]):
        super().__init__(model=model, fields=list(note.fields), tags=note.tags, guid=note.guid, due=note.due)
        self.changed, self.ids = note.changed, ids

    def write_to_db(self, cursor: sqlite3.Cursor, timestamp: float, deck_id: int, id_gen: object) -> None:
        super().write_to_db(cursor, self.changed, deck_id, iter(self.ids))

    def _check_invalid_html_tags_in_fields(self) -> None:
        """Plain text is escaped and the rest is the templates': genanki's warning has no use here."""


def collection_bytes(
    notes: Sequence[Note], note_type_times: Mapping[Kind, int], templates: Templates
) -> bytes:
    """The SQLite file of a package. Raises `TemplateError`, `OSError` and `sqlite3.Error`."""
    models = {
        kind: _Model(kind, note_type_times[kind], templates)
        for kind in Kind
        if any(n.note_type is kind for n in notes)
    }
    names = _deck_names(notes)
    deck_ids = _ids("deck", sorted(set(names.values()), key=str.casefold))
    guids = sorted(note.guid for note in notes)
    note_ids, card_ids = _ids("note", guids), _ids("card", guids)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection.anki2"
        db = sqlite3.connect(path)
        try:
            cursor = db.cursor()
            cursor.executescript(
                "PRAGMA page_size = 4096; PRAGMA auto_vacuum = 0; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            )
            cursor.executescript(APKG_SCHEMA)
            cursor.executescript(APKG_COL)
            # genanki reads and writes these two again for every deck, which is slow with many.
            decks = json.loads(cursor.execute("SELECT decks FROM col").fetchone()[0])
            decks |= {str(id): genanki.Deck(id, name).to_json() for name, id in deck_ids.items()}
            types = {str(model.model_id): model.to_json(0, None) for model in models.values()}
            cursor.execute("UPDATE col SET decks = ?, models = ?", (json.dumps(decks), json.dumps(types)))
            for note in notes:
                ids = note_ids[note.guid], card_ids[note.guid]
                _Note(note, models[note.note_type], ids).write_to_db(
                    cursor, 0, deck_ids[names[note.deck]], None
                )
            db.commit()
            cursor.execute("VACUUM")
        finally:
            db.close()
        data = bytearray(path.read_bytes())
    data[96:100] = bytes(4)  # which version of SQLite wrote the file
    return bytes(data)


def _field(name: str, id: int) -> dict[str, object]:
    reserve = name.startswith("Reserve") or name == "Id"
    description = "kept by Episodeck; leave it as it is" if reserve else ""
    return {"name": name, "id": id, "description": description, "collapsed": reserve, "preventDeletion": True}


def _deck_names(notes: Sequence[Note]) -> dict[str, str]:
    """For every deck's name, the name to use: Anki ignores case, so the first spelling of each level wins."""
    spelling: dict[str, str] = {}
    names: dict[str, str] = {}
    for note in notes:
        name = ""
        for part in note.deck.split("::"):
            name = f"{name}::{part}" if name else part
            name = spelling.setdefault(name.casefold(), name)
        names[note.deck] = name
    return names


def _ids(what: str, keys: Sequence[str]) -> dict[str, int]:
    """An id for each key, by the key alone, but that no two are the same."""
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for key in keys:
        digest = hashlib.sha256(
            f"episodeck {what} {key.casefold() if what == 'deck' else key}".encode()
        ).digest()
        id = int.from_bytes(digest[:8]) % _IDS
        while id in taken:
            id = (id + 1) % _IDS
        taken.add(id)
        ids[key] = _FIRST_ID + id
    return ids
