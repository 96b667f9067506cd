"""Our notes in what Anki exported: `.apkg` and `.colpkg`, in all three forms that Anki has had."""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any

from ..errors import AnkiError
from ..model import Kind
from .notetypes import NOTE_TYPES
from .seen import Look, Seen, SeenNote, expect_ours

_FORMS = ("collection.anki21b", "collection.anki21", "collection.anki2")
"""Newest first: a package also holds an older form, with nothing but advice to update Anki."""
_WHOLE = ".colpkg"
_MOST = 8 << 30
"""Bytes of a database unpacked; more is no deck of anyone's."""
_KINDS = {note_type.id: kind for kind, note_type in NOTE_TYPES.items()}
_SUSPENDED = -1
_FLAGS = 0b111


def read_export(path: Path) -> Seen:
    """Our notes in an `.apkg` or `.colpkg` that Anki exported.

    Only a `.colpkg` counts as the whole collection: no `.apkg` says what it leaves out. Raises `AnkiError`.
    """
    mend = "export it from Anki again (File → Export)"
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            names = archive.namelist()
            form = next((f for f in _FORMS if f in names), None)
            if form is None:
                raise AnkiError("is not a package of Anki's", where=path, mend=mend)
            database = Path(folder) / "collection"
            with archive.open(form) as packed, database.open("wb") as plain:
                _unpack(packed, plain, form)
            with closing(sqlite3.connect(database)) as db:
                return _seen(db, path.suffix.lower() == _WHOLE)
    except FileNotFoundError as error:
        raise AnkiError("no such file", where=path) from error
    except OSError as error:
        raise AnkiError(error.strerror or str(error), where=path, mend="make it a readable file") from error
    except Exception as error:  # a damaged file can fail in each of four libraries
        if isinstance(error, AnkiError):
            raise
        raise AnkiError(f"can't be read as a package of Anki's: {error}", where=path, mend=mend) from error


def _unpack(packed: IO[bytes], plain: IO[bytes], form: str) -> None:
    source = _decompressed(packed) if form.endswith("b") else packed
    while block := source.read(1 << 20):
        plain.write(block)
        if plain.tell() > _MOST:
            raise ValueError("it is too large")


def _decompressed(packed: IO[bytes]) -> IO[bytes]:
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.ZstdFile(packed)
    import zstandard

    reader: IO[bytes] = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    return reader


def _seen(db: sqlite3.Connection, whole: bool) -> Seen:
    # Anki's own order of texts: its tables name it, though no query here depends on it.
    db.create_collation("unicase", lambda a, b: (a.casefold() > b.casefold()) - (a.casefold() < b.casefold()))
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "notetypes" in tables:
        decks = {id: name.replace("\x1f", "::") for id, name in db.execute("SELECT id, name FROM decks")}
        looks = dict(_looks_apart(db))
    else:
        stored, models = db.execute("SELECT decks, models FROM col").fetchone()
        decks = {int(id): str(deck["name"]) for id, deck in json.loads(stored).items()}
        looks = dict(_looks_together(json.loads(models)))
    (modified,) = db.execute("SELECT mod FROM col").fetchone()
    cards: dict[int, list[tuple[int, int, int, int]]] = {}
    rows = db.execute(
        "SELECT nid, id, CASE odid WHEN 0 THEN did ELSE odid END, queue, flags FROM cards ORDER BY ord"
    )
    for note, *card in rows:
        cards.setdefault(note, []).append(tuple(card))
    notes = []
    ours = ",".join(map(str, _KINDS))
    for id, guid, type, modified_at, tags, fields in db.execute(
        f"SELECT id, guid, mid, mod, tags, flds FROM notes WHERE mid IN ({ours}) ORDER BY id"  # noqa: S608 - numbers
    ):
        own = cards.get(id, [])
        _, deck, queue, flags = own[0] if own else (0, 0, 0, 0)
        notes.append(
            SeenNote(
                id, _KINDS[type], tuple(str(fields).split("\x1f")), tuple(str(tags).split()),
                tuple(c[0] for c in own), decks.get(deck, ""), int(modified_at), queue == _SUSPENDED,
                flags & _FLAGS, str(guid),
            )
        )  # fmt: skip
    others = db.execute(f"SELECT guid FROM notes WHERE mid NOT IN ({ours})")  # noqa: S608 - numbers
    return Seen(tuple(notes), looks, whole, frozenset(str(g) for (g,) in others), int(modified) // 1000)


def _looks_together(models: dict[str, Any]) -> Iterator[tuple[Kind, Look]]:
    """Note types as Anki kept them until 2.1.27, and still exports them for older clients."""
    for id, model in models.items():
        if (kind := _KINDS.get(int(id))) is None:
            continue
        sides = sorted(model["tmpls"], key=lambda s: s["ord"])
        fields = [f["name"] for f in sorted(model["flds"], key=lambda f: f["ord"])]
        expect_ours(kind, model["name"], fields, [s["name"] for s in sides])
        yield kind, Look(model["name"], sides[0]["name"], sides[0]["qfmt"], sides[0]["afmt"], model["css"])


def _looks_apart(db: sqlite3.Connection) -> Iterator[tuple[Kind, Look]]:
    """Note types in tables of their own; their layouts are protocol buffers."""
    for id, name, config in db.execute("SELECT id, name, config FROM notetypes"):
        if (kind := _KINDS.get(id)) is None:
            continue
        fields = [f for (f,) in db.execute("SELECT name FROM fields WHERE ntid = ? ORDER BY ord", (id,))]
        sides = db.execute("SELECT name, config FROM templates WHERE ntid = ? ORDER BY ord", (id,)).fetchall()
        expect_ours(kind, name, fields, [side for side, _ in sides])
        front, back = (_text(sides[0][1], number) for number in (1, 2))
        yield kind, Look(name, sides[0][0], front, back, _text(config, 3))


def _text(message: bytes, wanted: int) -> str:
    """The text that is field `wanted` of a protocol buffer; "" if it hasn't one."""
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    try:
        while at < len(message):
            field, wire = divmod(number(), 8)
            if wire == 0:
                number()
            elif wire == 2:
                size = number()
                if field == wanted:
                    return message[at : at + size].decode()
                at += size
            elif wire in (1, 5):
                at += 8 if wire == 1 else 4
            else:
                raise ValueError("a note type can't be read")
    except IndexError:
        raise ValueError("a note type can't be read") from None
    return ""
