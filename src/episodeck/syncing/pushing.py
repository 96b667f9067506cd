"""Card files into a running Anki: new and changed notes, decks and tags, and nothing of the reader's lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from .. import anki
from ..anki.connect import AnkiConnect
from ..anki.exported import read_export
from ..anki.names import deck_name
from ..anki.seen import Look, Seen, SeenNote
from ..anki.unrender import same
from ..build import Work, opened
from ..errors import AnkiError, ProjectError
from ..files import unwritable, write_atomically
from ..ledger import note_type_times
from ..locking import locked
from ..model import Kind
from ..project import Project
from ..settings import ORGANIZATIONS, Settings
from . import record as records
from .comparing import Compared, Comparison, Ours, Side, compare, entry_of
from .record import Record, look_mark

BACKUPS = "backups"
"""Folder beneath `build/` for what is kept of each push."""
NOTE = "push.json"
"""Beside each backup, what the push was about to do."""
_KEPT = 20
_FIELDS = tuple(anki.FIELDS)
_CHANGED = (Side.OURS, Side.THEIRS, Side.BOTH)
_LEFT_ALONE = 1
"""As the time of a note type: older than any reader's, so that an import leaves theirs as it is."""


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What a push would do, and what it leaves alone."""

    new: tuple[str, ...]
    """Ids of cards that come to Anki."""
    updates: Mapping[str, tuple[str, ...]]
    """For each card whose note changes, the names of the fields that do."""
    tags: tuple[str, ...]
    """Cards of which only tags change."""
    moves: Mapping[str, str]
    """For each card that goes to another deck, the deck."""
    looks: tuple[Kind, ...]
    """Note types whose layout differs from ours and was not changed by the reader: the newer one wins."""
    kept: Mapping[str, tuple[str, ...]]
    """Fields that the reader changed in Anki and that stay so; `pull` fetches them."""
    conflicts: Mapping[str, tuple[str, ...]]
    """Those of them that the card file changed, too."""
    kept_looks: tuple[Kind, ...]
    """Note types whose layout the reader changed in Anki."""
    deleted: tuple[str, ...]
    """Cards that the reader deleted in Anki: they aren't sent."""
    questions: Mapping[str, str]
    """The question of each card that is named here, to show."""

    @property
    def empty(self) -> bool:
        return not (self.new or self.updates or self.tags or self.moves or self.looks)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did."""

    plan: PushPlan
    done: bool
    """False if there was nothing to do, or it was not agreed to."""
    backup: Path | None = None
    """The folder with the packages made before; none if Anki had no note of ours."""
    failed: tuple[str, ...] = ()
    """Cards of which something planned is not in Anki after all."""


@dataclass(frozen=True, slots=True)
class _Work:
    """A plan with all that is needed to do it."""

    plan: PushPlan
    ours: Mapping[str, Ours]
    comparison: Comparison
    package: frozenset[str]
    """Cards that go as whole notes."""
    fields: Mapping[str, Mapping[int, str]]
    """For each card that is updated, what its fields shall be."""
    templates: anki.Templates

    @property
    def touched(self) -> frozenset[str]:
        """Cards in Anki of which something is to change."""
        return frozenset((*self.fields, *self.plan.tags, *self.plan.moves))


def push(
    project: Project,
    client: AnkiConnect,
    agree: Callable[[PushPlan], bool],
    *,
    overwrite: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Pushed:
    """Send the card files to a running Anki, after `agree` has seen what that would do.

    Card files are packed first, as `build.package` does. Then Anki writes a backup; new and changed notes go
    as one package; cards move whose deck changed; the reader's own tags are put back where an update took them.
    What the reader changed in Anki stays, unless `overwrite`; what was deleted there isn't sent.

    Raises `AnkiError`, with nothing done, if Anki can't be talked to or its note types are not as they must be;
    else as `build.package`.
    """
    with locked(project.decks, project.out, work="push"):
        client.ready()
        seen = client.seen()
        work = opened(project)
        if not work.shelf:
            raise ProjectError(
                "holds no card files", where=project.decks, mend="`episodeck build` makes them"
            )
        record = records.load(project.decks).of_profile(seen.profile)
        job = _plan(work, cards_of(work, now()), seen, record, client, overwrite)
        if job.plan.empty:
            _remember(project, job, seen, record, now())
            return Pushed(job.plan, False)
        if not agree(job.plan):
            return Pushed(job.plan, False)
        if client.seen().notes != seen.notes:
            what = "your notes changed in Anki while you were asked; nothing was done"
            raise AnkiError(what, where=client.address, mend="push again")
        start = now()
        folder = project.out.resolve() / BACKUPS / start.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        backup = _back_up(folder, client, work.settings.deck, job)
        package = _package(work, job, record.looks, start)
        record = records.load(project.decks).of_profile(seen.profile)  # packing enters what it made
        _leave_note(folder, job)
        _do(client, job, package, folder / "push.apkg")
        after = client.seen()
        _remember(project, job, after, record, start)
        _thin_out(project)
        return Pushed(job.plan, True, folder if backup else None, _failed(job, after))


def cards_of(work: Work, now: datetime) -> dict[str, Ours]:
    """Every card of a project as it would be in Anki, by id. Nothing is written."""
    return {
        card: Ours(note, changed)
        for path in work.shelf
        for card, (note, changed) in work.foreseen(path, now).items()
    }


def _plan(
    work: Work,
    ours: Mapping[str, Ours],
    seen: Seen,
    record: Record,
    client: AnkiConnect,
    overwrite: bool,
) -> _Work:
    found = compare(ours, seen, record)
    if found.strange:
        raise AnkiError(
            f"Anki lacks {len(found.missing)} of the notes it had; this seems to be another collection",
            where=client.address,
            mend=f"nothing was done; to send all of them again, delete {work.project.decks / records.NAME}",
        )
    # A note that was given another note type is no longer ours to touch, but not deleted either.
    there = set(client.exist([record.entries[card].note for card in found.missing]))
    deleted = tuple(card for card in found.missing if record.entries[card].note not in there)

    sending = _CHANGED if overwrite else (Side.OURS,)
    keeping = () if overwrite else (Side.THEIRS, Side.BOTH)
    fields = {c.card: {i: c.ours.note.fields[i] for i in c.having(*sending)} for c in found.both}
    fields = {card: values for card, values in fields.items() if values}
    # Those of which something stays as it is in Anki can't come as whole notes.
    whole = {*found.new, *(c.card for c in found.both if c.card in fields and not c.having(*keeping))}
    looks, kept_looks = _looks(work.templates, seen, record, overwrite)
    coming = {ours[card].note.note_type for card in whole}
    for c in found.both:
        # A layout comes with a note, and be it one that is there as it is.
        kind = c.ours.note.note_type
        if kind in looks and kind not in coming and not c.having(*_CHANGED):
            coming.add(kind)
            whole.add(c.card)
    plan = PushPlan(
        new=found.new,
        updates={card: tuple(_FIELDS[i] for i in values) for card, values in fields.items()},
        tags=tuple(c.card for c in found.both if c.card not in fields and c.tags_differ),
        moves=dict(_moves(found.both, work.settings)),
        looks=tuple(kind for kind in looks if kind in coming),
        kept={c.card: _names(c, *keeping) for c in found.both if keeping and c.having(*keeping)},
        conflicts={c.card: _names(c, Side.BOTH) for c in found.both if keeping and c.having(Side.BOTH)},
        kept_looks=kept_looks,
        deleted=deleted,
        questions={card: o.note.fields[1] for card, o in ours.items()},
    )
    return _Work(plan, ours, found, frozenset(whole), fields, work.templates)


def _names(compared: Compared, *sides: Side) -> tuple[str, ...]:
    return tuple(_FIELDS[i] for i in compared.having(*sides))


def _looks(
    templates: anki.Templates, seen: Seen, record: Record, overwrite: bool
) -> tuple[tuple[Kind, ...], tuple[Kind, ...]]:
    """Note types whose layout shall follow ours, and those whose layout the reader changed."""
    differ = [
        kind
        for kind, look in seen.looks.items()
        if look_mark(look) != look_mark(our_look(templates, kind, look))
    ]
    readers = [
        kind
        for kind in differ
        if not overwrite and kind in record.looks and look_mark(seen.looks[kind]) not in record.looks[kind]
    ]
    return tuple(kind for kind in differ if kind not in readers), tuple(readers)


def our_look(templates: anki.Templates, kind: Kind, like: Look) -> Look:
    layout = templates.layout(kind)
    return replace(like, front=layout.front, back=layout.back, css=layout.css)


def _moves(both: Sequence[Compared], settings: Settings) -> Iterator[tuple[str, str]]:
    """Cards whose deck is another now. One that the reader moved stays where it is."""
    for c in both:
        wanted, deck = c.ours.note.deck, c.theirs.deck
        if not deck or deck.casefold() == wanted.casefold():
            continue
        if c.entry and c.entry.deck:
            by_us = deck == c.entry.deck and wanted != c.entry.deck
        else:
            by_us = deck.casefold() in {name.casefold() for name in _layouts(c, settings)}
        if by_us:
            yield c.card, wanted


def _layouts(c: Compared, settings: Settings) -> Iterator[str]:
    """The decks that a card would be in, however decks are organized."""
    axes = {"guest": c.ours.note.guest, "topic": c.ours.note.topic}
    for organization in ORGANIZATIONS:
        yield deck_name(settings.deck, *(axes[axis] for axis in organization.split("/")))


# Doing it


def _back_up(folder: Path, client: AnkiConnect, root: str, job: _Work) -> bool:
    """Packages of all decks with a card that may change, each in a file of its own; False if there is none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    touched = [c.theirs for c in job.comparison.both if c.card in job.touched and c.theirs.deck]
    decks = {note.deck for note in touched} | ({root} & set(client.ask("deckNames")))
    outer = [d for d in sorted(decks) if not any(d.startswith(f"{other}::") for other in decks)]
    for number, deck in enumerate(outer, 1):
        client.export(deck, folder / f"before-{number}.apkg")
    if lacking := len({note.id for note in touched} - {note.id for note in backed_up(folder)}):
        what = f"the backup lacks {lacking} of the notes that would change; nothing was done"
        raise AnkiError(what, where=folder)
    return bool(outer)


def backed_up(folder: Path) -> list[SeenNote]:
    """Every note of ours in a backup."""
    return [note for path in sorted(folder.glob("before-*.apkg")) for note in read_export(path).notes]


def _package(work: Work, job: _Work, known: Container[Kind], now: datetime) -> bytes | None:
    """Whole notes to send, as a package; all packages are written on the way. `known` are the note types met before."""
    for path in work.shelf:
        work.settled(path, now)
    work.pack(now)
    if not job.package:
        return None
    root = work.settings.deck
    times = note_type_times(work.project.decks, anki.note_type_hashes(work.templates), now)
    # Of these it is known that the reader didn't change them; one that was taken back is as young as that.
    times |= {kind: max(times[kind], int(now.timestamp())) for kind in job.plan.looks if kind in known}
    times |= dict.fromkeys(job.plan.kept_looks, _LEFT_ALONE)
    sent = {job.ours[card].note.guid for card in job.package}
    everything = anki.packages([note for path in work.shelf for note in work.notes(path)], root)[0].notes
    return anki.package_bytes([note for note in everything if note.guid in sent], times, work.templates, root)


def _do(client: AnkiConnect, job: _Work, package: bytes | None, path: Path) -> None:
    mend = "push again, or take it back with `episodeck push --undo`"
    try:
        if package:
            write_atomically(path, package)
            if client.ask("importPackage", path=str(path)) is not True:
                raise AnkiError("Anki did not take the package", where=path)
        _finish(client, job)
    except AnkiError as error:
        mend = f"{error.mend}; {mend}" if error.mend else mend
        raise AnkiError(error.what, where=error.where or None, mend=mend) from error


def _finish(client: AnkiConnect, job: _Work) -> None:
    """What the package can't do, or did too much: single fields, decks, and the reader's tags."""
    now_there = {note.id: note for note in client.seen().notes}
    requests: list[tuple[str, dict[str, object]]] = []
    decks: dict[str, list[int]] = {}
    for c in job.comparison.both:
        note = now_there.get(c.theirs.id)
        if note is None:
            continue
        wanted = job.fields.get(c.card, {})
        values = {_FIELDS[i]: html for i, html in wanted.items() if not same(note.fields[i], html)}
        if values:
            requests.append(("updateNoteFields", {"note": {"id": note.id, "fields": values}}))
        if wanted or c.tags_differ:
            requests += tag_requests(note, c.wanted_tags)
        if c.card in job.plan.moves:
            decks.setdefault(job.plan.moves[c.card], []).extend(note.cards)
    requests += [("changeDeck", {"cards": cards, "deck": deck}) for deck, cards in decks.items()]
    client.ask_all(requests)


def tag_requests(note: SeenNote, wanted: Sequence[str]) -> Iterator[tuple[str, dict[str, object]]]:
    there, want = {t.casefold() for t in note.tags}, {t.casefold() for t in wanted}
    if add := [t for t in wanted if t.casefold() not in there]:
        yield "addTags", {"notes": [note.id], "tags": " ".join(add)}
    if off := [t for t in note.tags if t.casefold() not in want]:
        yield "removeTags", {"notes": [note.id], "tags": " ".join(off)}


def _failed(job: _Work, after: Seen) -> tuple[str, ...]:
    """Cards of which something planned isn't so in Anki."""
    there = {note.id: note for note in after.notes}
    ids = {note.fields[0] for note in after.notes}
    failed = [card for card in job.plan.new if job.ours[card].note.fields[0] not in ids]
    for c in job.comparison.both:
        note = there.get(c.theirs.id)
        wanted = job.fields.get(c.card, {})
        moved = job.plan.moves.get(c.card)
        unlike = note is not None and any(not same(note.fields[i], html) for i, html in wanted.items())
        if note is None or unlike or (moved and note.deck.casefold() != moved.casefold()):
            failed.append(c.card)
    return tuple(failed)


# What is left behind


def _leave_note(folder: Path, job: _Work) -> None:
    """Beside the backup, what `undo` must know: what is about to be added, and what notes are to become."""
    touched = [c for c in job.comparison.both if c.card in job.touched]
    note = {
        "added": [job.ours[card].note.fields[0] for card in job.plan.new],
        "changed": {
            str(c.theirs.id): {
                "fields": {_FIELDS[i]: html for i, html in job.fields.get(c.card, {}).items()},
                "tags": c.wanted_tags if c.card in job.fields or c.tags_differ else None,
                "deck": job.plan.moves.get(c.card),
            }
            for c in touched
        },
        "looks": {
            kind: look_mark(our_look(job.templates, kind, look))
            for kind, look in job.comparison.looks.items()
            if kind in job.plan.looks
        },
    }
    write_atomically(folder / NOTE, (json.dumps(note, ensure_ascii=False, indent=1) + "\n").encode())


def _remember(project: Project, job: _Work, after: Seen, record: Record, start: datetime) -> None:
    there = {note.id: note for note in after.notes}
    entries = dict(record.entries)
    for c in job.comparison.both:
        if (note := there.get(c.theirs.id)) is not None:
            sent = job.fields.get(c.card, {})
            entries[c.card] = entry_of(c, note, [i for i in sent if same(note.fields[i], sent[i])])
    by_field = {note.fields[0]: note for note in after.notes}
    for card in job.plan.new:
        sent_note = job.ours[card].note
        if (note := by_field.get(sent_note.fields[0])) is not None:
            marks = tuple(map(records.field_mark, sent_note.fields))
            entries[card] = records.Entry(note.id, note.modified or 0, marks, sent_note.tags, note.deck)
    looks = dict(record.looks)
    for kind, look in after.looks.items():
        ours = look_mark(our_look(job.templates, kind, look))
        if kind in job.plan.looks or look_mark(look) == ours:
            looks[kind] = (ours,)  # should Anki's differ all the same, it was the newer one: the reader's
    when = int(start.timestamp()) if entries != record.entries else record.when
    entries = dict(records.known(entries, job.ours, after.notes))
    records.save(project.decks, Record(after.profile or record.profile, when, entries, looks))


def _thin_out(project: Project) -> None:
    """Keep the newest backups."""
    folders = sorted((project.out / BACKUPS).glob("*Z"))
    for folder in folders[:-_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
