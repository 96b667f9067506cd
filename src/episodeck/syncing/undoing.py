"""Taking the last push back."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping, Sequence
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
from .pushing import BACKUPS, NOTE, backed_up, tag_requests
from .record import Entry, field_mark, look_mark

_FIELDS = tuple(anki.FIELDS)


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a push back would do, or did. Numbers of notes, but for the folder."""

    backup: Path
    restored: int
    """Notes that get their text, tags and deck back."""
    taken_out: int
    """Notes that the push added and that nobody has studied, edited, tagged, flagged, suspended or moved since."""
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
        requests: list[tuple[str, dict[str, object]]] = []
        restored: dict[int, frozenset[str]] = {}
        moved: set[int] = set()
        kept = 0
        for number, planned in note["changed"].items():
            was, now = before.get(int(number)), there.get(int(number))
            if was is None or now is None:
                continue
            found, fields, whole = _restoring(was, planned, now)
            requests += found
            kept += not whole
            if found:
                restored[now.id] = fields
            if any(action == "changeDeck" for action, _ in found):
                moved.add(now.id)
        out, stay = _takable(client, folder, [n for n in seen.notes if n.id not in before], note["added"])
        looks = _looks(folder, note["looks"], seen)
        for kind, look in looks.items():
            sides = {look.template: {"Front": look.front, "Back": look.back}}
            name = seen.looks[kind].name
            requests.append(("updateModelTemplates", {"model": {"name": name, "templates": sides}}))
            requests.append(("updateModelStyling", {"model": {"name": name, "css": look.css}}))
        undone = Undone(folder, len(restored), len(out), kept + stay, len(looks))
        if undone.empty or not agree(undone):
            return undone if undone.empty else None
        if out:
            requests.append(("deleteNotes", {"notes": out}))
        client.ask_all(requests)
        _remember(project, client.seen(), note["changed"], restored, moved, out, looks)
        write_atomically(
            folder / NOTE, (json.dumps({**note, "undone": True}, ensure_ascii=False) + "\n").encode()
        )
        return undone


def _last(project: Project) -> tuple[Path, dict[str, Any]]:
    """The last push that isn't undone: its folder, and what it left word of."""
    for path in sorted((project.out.resolve() / BACKUPS).glob(f"*/{NOTE}"), reverse=True):
        try:
            note = json.loads(path.read_bytes())
            if not note.get("undone"):
                return path.parent, note
        except (OSError, ValueError, AttributeError) as error:
            raise AnkiError("can't be read", where=path, mend="import before-1.apkg by hand") from error
    raise AnkiError("no push is left to take back", where=project.out / BACKUPS)


def _restoring(
    was: SeenNote, planned: Mapping[str, Any], now: SeenNote
) -> tuple[list[tuple[str, dict[str, object]]], frozenset[str], bool]:
    """Requests that bring back what a push changed in a note, which fields are among it, and whether it is all."""
    requests: list[tuple[str, dict[str, object]]] = []
    whole = True
    values = {}
    for name, sent in planned["fields"].items():
        old, current = (note.fields[_FIELDS.index(name)] for note in (was, now))
        if same(current, sent):
            values[name] = old
        else:
            whole = whole and same(current, old)
    if values:
        requests.append(("updateNoteFields", {"note": {"id": now.id, "fields": values}}))
    if planned["tags"] is not None and set(now.tags) == set(planned["tags"]):
        requests += tag_requests(now, was.tags)
    if planned["deck"] and now.deck != was.deck:
        if now.deck.casefold() == planned["deck"].casefold():
            requests.append(("changeDeck", {"cards": list(now.cards), "deck": was.deck}))
        else:
            whole = False
    return requests, frozenset(values), whole


def _takable(
    client: AnkiConnect, folder: Path, newer: Sequence[SeenNote], added: Sequence[str]
) -> tuple[list[int], int]:
    """Of the notes that a push added: those that are still as they came, and how many are not.

    `newer` are the notes that weren't there before it, `added` the first fields of those it sent.
    """
    package = folder / "push.apkg"
    sent = {n.fields[0]: n for n in read_export(package).notes} if added and package.is_file() else {}
    present = [note for note in newer if note.fields[0] in added]
    query = f"nid:{','.join(str(note.id) for note in present)} -is:new"
    studied = set(client.ask("findCards", query=query)) if present else set()
    out = []
    for note in present:
        came = sent.get(note.fields[0])
        as_came = (
            came
            and all(same(a, b) for a, b in zip(came.fields, note.fields, strict=True))
            and set(came.tags) == set(note.tags)
            and came.deck.casefold() == note.deck.casefold()
            and not note.suspended
            and not note.flag
        )
        if as_came and not studied & set(note.cards):
            out.append(note.id)
    return out, len(present) - len(out)


def _looks(folder: Path, sent: Mapping[str, str], seen: Seen) -> dict[Kind, Look]:
    """Layouts as they were before, of the note types that still have what the push sent."""
    before: dict[Kind, Look] = {}
    for path in sorted(folder.glob("before-*.apkg")):
        before |= read_export(path).looks
    found = {}
    for kind in map(Kind, sent):
        now, was = seen.looks.get(kind), before.get(kind)
        if now and was and look_mark(now) == sent[kind] and look_mark(was) != sent[kind]:
            found[kind] = was
    return found


def _remember(
    project: Project,
    seen: Seen,
    changed: Mapping[str, Mapping[str, Any]],
    restored: Mapping[int, frozenset[str]],
    moved: Container[int],
    out: Sequence[int],
    looks: Mapping[Kind, Look],
) -> None:
    record = records.load(project.decks)
    there = {n.id: n for n in seen.notes}
    entries: dict[str, Entry] = {}
    for card, entry in record.entries.items():
        if entry.note in out:
            continue
        note = there.get(entry.note)
        if note and entry.note in restored:
            marks = tuple(
                field_mark(html) if name in restored[note.id] else old
                for name, html, old in zip(_FIELDS, note.fields, entry.marks, strict=True)
            )
            taken = set(changed[str(note.id)]["tags"] or ()) - set(note.tags)  # by us, not by the reader
            tags = tuple(tag for tag in entry.tags if tag not in taken)
            deck = note.deck if note.id in moved else entry.deck
            made = tuple(dict.fromkeys((*entry.made, entry.marks)))
            entry = replace(entry, modified=note.modified or 0, marks=marks, tags=tags, deck=deck, made=made)
        entries[card] = entry
    marks_of_looks = dict(record.looks)
    for kind, look in looks.items():
        marks_of_looks[kind] = tuple(dict.fromkeys((look_mark(look), *record.looks.get(kind, ()))))
    records.save(project.decks, replace(record, entries=entries, looks=marks_of_looks))
