"""Taking the last push back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import anki
from ..anki.connect import AnkiConnect
from ..anki.exported import read_export
from ..anki.seen import Look, Seen, SeenNote
from ..anki.unrender import same
from ..errors import AnkiError
from ..files import write_atomically
from ..locking import locked
from ..model import Kind
from ..project import Project
from . import record as records
from .pushing import BACKUPS, backed_up, tag_requests
from .record import Entry, field_mark, look_mark

_FIELDS = tuple(anki.FIELDS)
_NOTE = "push.json"


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a push back would do, or did. Numbers of notes, but for the folder."""

    backup: Path
    restored: int
    """Notes that get their text, tags and deck back."""
    taken_out: int
    """Notes that the push added and nobody has studied or edited since."""
    kept: int
    """Notes that the reader studied or changed since: they stay as they are."""
    looks: int
    """Note types that get their layout back."""

    @property
    def empty(self) -> bool:
        return not (self.restored or self.taken_out or self.looks)


def undo(project: Project, client: AnkiConnect, agree: Callable[[Undone], bool]) -> Undone | None:
    """Take back what the last push did, after `agree` has seen it; None if it wasn't agreed to.

    Only what is still as the push left it is taken back, so that nothing done in Anki since is lost. Card files
    stay as they are: the next push would send the same again. Raises `AnkiError` if there is no push to take back.
    """
    with locked(project.decks, project.out, work="push --undo"):
        folder, note = _last(project)
        client.ready()
        seen = client.seen()
        there = {n.id: n for n in seen.notes}
        before = {n.id: n for n in backed_up(folder)}
        left = [_note(stored) for stored in note["left"]]
        requests: list[tuple[str, dict[str, object]]] = []
        kept = restored = 0
        touched: list[int] = []
        for old in left:
            was, now = before.get(old.id), there.get(old.id)
            if was is None or now is None:
                continue
            found, whole = _restoring(was, old, now)
            requests += found
            restored += bool(found)
            kept += not whole
            touched += [old.id] if found else []
        out, stay = _takable(client, folder, note["added"], there)
        looks = _looks(folder, note["looks"], seen)
        for kind, look in looks.items():
            sides = {look.template: {"Front": look.front, "Back": look.back}}
            name = seen.looks[kind].name
            requests.append(("updateModelTemplates", {"model": {"name": name, "templates": sides}}))
            requests.append(("updateModelStyling", {"model": {"name": name, "css": look.css}}))
        undone = Undone(folder, restored, len(out), kept + stay, len(looks))
        if undone.empty or not agree(undone):
            return undone if undone.empty else None
        if out:
            requests.append(("deleteNotes", {"notes": out}))
        client.ask_all(requests)
        _remember(project, client.seen(), touched, out, looks)
        write_atomically(
            folder / _NOTE, (json.dumps({**note, "undone": True}, ensure_ascii=False) + "\n").encode()
        )
        return undone


def _last(project: Project) -> tuple[Path, dict[str, Any]]:
    """The last push that isn't undone: its folder, and what it left word of."""
    for path in sorted((project.out.resolve() / BACKUPS).glob(f"*/{_NOTE}"), reverse=True):
        try:
            note = json.loads(path.read_bytes())
            if not note.get("undone"):
                return path.parent, note
        except (OSError, ValueError, AttributeError) as error:
            raise AnkiError("can't be read", where=path, mend="import before-1.apkg by hand") from error
    raise AnkiError("no push is left to take back", where=project.out / BACKUPS)


def _note(stored: Mapping[str, Any]) -> SeenNote:
    lists = {name: tuple(stored[name]) for name in ("fields", "tags", "cards")}
    return SeenNote(**{**stored, **lists, "kind": Kind(stored["kind"])})


def _restoring(
    was: SeenNote, left: SeenNote, now: SeenNote
) -> tuple[list[tuple[str, dict[str, object]]], bool]:
    """Requests that bring a note back to what it was, and whether all of it comes back."""
    requests: list[tuple[str, dict[str, object]]] = []
    changed = [i for i in range(len(_FIELDS)) if not same(was.fields[i], left.fields[i])]
    back = [i for i in changed if same(now.fields[i], left.fields[i])]
    if back:
        values = {_FIELDS[i]: was.fields[i] for i in back}
        requests.append(("updateNoteFields", {"note": {"id": now.id, "fields": values}}))
    whole = back == changed
    if set(was.tags) != set(left.tags):
        if set(now.tags) == set(left.tags):
            requests += tag_requests(now, was.tags)
        else:
            whole = False
    if was.deck and left.deck and was.deck != left.deck:
        if now.deck == left.deck:
            requests.append(("changeDeck", {"cards": list(now.cards), "deck": was.deck}))
        else:
            whole = False
    return requests, whole


def _takable(
    client: AnkiConnect, folder: Path, added: Sequence[int], there: Mapping[int, SeenNote]
) -> tuple[list[int], int]:
    """Of the notes that a push added: those that are still as they came, and how many are not."""
    sent_file = folder / "push.apkg"
    sent = {n.fields[0]: n for n in read_export(sent_file).notes} if added and sent_file.is_file() else {}
    present = [number for number in added if number in there]
    query = f"nid:{','.join(map(str, present))} -is:new"
    studied = set(client.ask("findCards", query=query)) if present else set()
    out = []
    for number in present:
        note = there[number]
        came = sent.get(note.fields[0])
        as_came = came and all(same(a, b) for a, b in zip(came.fields, note.fields, strict=True))
        if as_came and not studied & set(note.cards):
            out.append(number)
    return out, len(present) - len(out)


def _looks(folder: Path, left: Mapping[str, Mapping[str, str]], seen: Seen) -> dict[Kind, Look]:
    """Layouts as they were before, of the note types that are still as the push left them."""
    before: dict[Kind, Look] = {}
    for path in sorted(folder.glob("before-*.apkg")):
        before |= read_export(path).looks
    found = {}
    for kind_name, stored in left.items():
        kind = Kind(kind_name)
        now, was = seen.looks.get(kind), before.get(kind)
        if now and was and look_mark(now) == look_mark(Look(**stored)) and look_mark(was) != look_mark(now):
            found[kind] = was
    return found


def _remember(
    project: Project, seen: Seen, touched: Sequence[int], out: Sequence[int], looks: Mapping[Kind, Look]
) -> None:
    record = records.load(project.decks)
    there = {n.id: n for n in seen.notes}
    entries: dict[str, Entry] = {}
    for card, entry in record.entries.items():
        if entry.note in out:
            continue
        note = there.get(entry.note)
        if note and entry.note in touched:
            marks = tuple(map(field_mark, note.fields))
            entry = replace(entry, modified=note.modified or 0, marks=marks, deck=note.deck or entry.deck)
        entries[card] = entry
    marks_of_looks = {**record.looks, **{kind: look_mark(look) for kind, look in looks.items()}}
    records.save(project.decks, replace(record, entries=entries, looks=marks_of_looks))
