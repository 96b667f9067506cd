"""Which packages there are, and writing them."""

from __future__ import annotations

import io
import sqlite3
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ..errors import CardFileError, ProjectError
from ..files import unwritable, write_atomically
from ..model import Kind
from .names import file_name, file_names
from .notes import Note, RenderedNote
from .templates import Templates

_FOLDERS = ("guests", "topics")
_LEVEL = 1
"""Of compression. The highest takes twelve times as long, for packages smaller by a tenth to a sixth."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package to be written."""

    path: str
    """Relative to the output folder, with forward slashes."""
    content: tuple[tuple[RenderedNote, int], ...]
    """The notes in their order, each with the Unix time its content last changed."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """The same, numbered."""
        return tuple(
            Note(note.guid, note.note_type, note.fields, note.tags, note.deck, changed, due)
            for due, (note, changed) in enumerate(self.content, 1)
        )


class Outcome(StrEnum):
    WRITTEN = "written"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one package."""

    path: Path
    outcome: Outcome


def packages(notes: Iterable[tuple[RenderedNote, int]], root: str) -> tuple[Package, ...]:
    """Everything in one package, then one for each guest and each topic; none where there are no notes.

    `notes` are in the order their cards shall be learnt in, each with the Unix
    time its content last changed; `root` is the name of the deck above all
    others. New cards are numbered within each package, so that one more episode
    changes only the packages it belongs to.

    Raises `CardFileError` if two cards have the same id.
    """
    pairs = list(notes)
    seen: set[str] = set()
    for note, _ in pairs:
        if note.guid in seen:
            what = f"two cards have the id `{note.fields[0]}`"
            raise CardFileError(what, mend="give one of them another; any text will do")
        seen.add(note.guid)
    groups = {f"{file_name(root)}.apkg": pairs} if pairs else {}
    for folder, names in zip(
        _FOLDERS, ([n.guest for n, _ in pairs], [n.topic for n, _ in pairs]), strict=True
    ):
        slugs = file_names(names)
        for name, pair in zip(names, pairs, strict=True):
            if name:
                groups.setdefault(f"{folder}/{slugs[name.casefold()]}.apkg", []).append(pair)
    return tuple(Package(path, tuple(group)) for path, group in groups.items())


def write_packages(
    plan: Sequence[Package],
    out: Path,
    note_type_times: Mapping[Kind, int],
    templates: Templates,
    root: str,
    stands: Callable[[Package], bool] = lambda package: False,
) -> tuple[Written, ...]:
    """Write the packages beneath `out`, and remove those that are no longer in the plan.

    Those of which `stands` says so are there already. Only packages that an earlier build of the same
    root deck wrote are removed. Raises `TemplateError` and `ProjectError`.
    """
    done = []
    for package in plan:
        path = out / package.path
        fresh = not stands(package) and write_package(path, package.notes, note_type_times, templates, root)
        done.append(Written(path, Outcome.WRITTEN if fresh else Outcome.UNCHANGED))
    wanted = {unicodedata.normalize("NFC", package.path) for package in plan}
    ours = [out / f"{file_name(root)}.apkg", *(p for f in _FOLDERS for p in sorted((out / f).glob("*.apkg")))]
    for path in ours:
        name = unicodedata.normalize("NFC", path.relative_to(out).as_posix())
        if name not in wanted and _mark(root) == _mark_of(path):
            try:
                path.unlink()
            except OSError as error:
                raise unwritable(path, error) from error
            done.append(Written(path, Outcome.REMOVED))
    return tuple(done)


def write_package(
    path: Path, notes: Sequence[Note], note_type_times: Mapping[Kind, int], templates: Templates, root: str
) -> bool:
    """Write one package, whole or not at all; False if the file already holds just these bytes.

    `note_type_times` are the Unix times when the note types' layouts last changed.
    Raises `TemplateError`, and `ProjectError` if the folder can't be written to.
    """
    try:
        data = package_bytes(notes, note_type_times, templates, root)
    except (OSError, sqlite3.Error) as error:
        what = f"can't be written: {getattr(error, 'strerror', None) or error}"
        raise ProjectError(what, where=path, mend="make room for temporary files") from error
    return write_atomically(path, data)


def package_bytes(
    notes: Sequence[Note], note_type_times: Mapping[Kind, int], templates: Templates, root: str
) -> bytes:
    """A package as it stands on disk. The same notes make the same bytes, whenever and wherever that is."""
    from .collection import collection_bytes

    members = {"collection.anki2": collection_bytes(notes, note_type_times, templates), "media": b"{}"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED, _LEVEL)
        archive.comment = _mark(root)
    return buffer.getvalue()


def _mark(root: str) -> bytes:
    """What tells our packages from a reader's own files: the archive's comment."""
    return f"Episodeck: {root}".encode(errors="replace")[:1000]


def _mark_of(path: Path) -> bytes | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment
    except (OSError, zipfile.BadZipFile):
        return None
