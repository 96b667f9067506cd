"""What a reader did in Anki, entered in the card files: edits, deletions, and what was suspended, flagged, tagged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from .. import anki, deckfile
from ..anki.connect import AnkiConnect
from ..anki.markup import markdown
from ..anki.seen import Seen, SeenNote
from ..anki.unrender import inner, same, to_markdown, to_text
from ..build import Report, Row, Work, opened, stamp_text
from ..deckfile import CardFile
from ..errors import ProjectError
from ..locking import locked
from ..model import Card
from ..project import Project
from . import record as records
from .comparing import Compared, Comparison, Side, compare, entry_of
from .pushing import cards_of
from .record import Record

_FIELDS = tuple(anki.FIELDS)
_QUESTION, _ANSWER, _SPEAKER = (_FIELDS.index(name) for name in ("Question", "Answer", "Speaker"))
_OPENING, _CLOSING = '"“„«', '"”“»'


@dataclass(frozen=True, slots=True)
class Edit:
    """A field of a card file that takes over what stands in Anki."""

    card: str
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both sides changed."""

    card: str
    field: str
    file: str
    anki: str


@dataclass(frozen=True, slots=True)
class PullPlan:
    """What a pull would change in the card files, and what it leaves alone."""

    edits: tuple[Edit, ...]
    deleted: tuple[str, ...]
    """Cards that the reader deleted in Anki."""
    marks: Mapping[str, tuple[str, ...]]
    """For each card whose `anki` changes, what it becomes."""
    conflicts: tuple[Conflict, ...]
    """Fields that both sides changed: the card file's stays."""
    stays: Mapping[str, tuple[str, ...]]
    """Fields changed in Anki that a card file can't take: their changes stay in Anki."""
    questions: Mapping[str, str]
    """The question of each card that is named here, to show."""
    remarks: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not (self.edits or self.deleted or self.marks)


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did."""

    plan: PullPlan
    done: bool
    report: Report | None = None
    """Of the packing that follows."""


@dataclass(slots=True)
class _Job:
    comparison: Comparison
    seen: Seen
    files: Mapping[str, Path]
    """The file of each card."""
    taken: dict[str, dict[int, str | None]] = field(default_factory=dict)
    """For each edited card, the new values by place of the field."""


def pull(
    project: Project,
    source: AnkiConnect | Seen,
    agree: Callable[[PullPlan], bool],
    *,
    prefer_anki: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Pulled:
    """Enter in the card files what the reader did in Anki, after `agree` has seen what that would change.

    `source` is a running Anki, or what `anki.exported.read_export` read. Edits become the reader's in the card file,
    as if made there. A card counts as deleted only if it was in Anki when the two last met and is not in
    the whole collection now. Where both sides changed a field the card file's stays, unless `prefer_anki`.

    Raises `AnkiError`, with nothing done; else as `build.package`.
    """
    with locked(project.decks, project.out, work="pull"):
        if isinstance(source, AnkiConnect):
            source.ready()
            seen, client = source.seen(), source
        else:
            seen, client = source, None
        start = now()
        work = opened(project)
        if not work.shelf:
            raise ProjectError(
                "holds no card files", where=project.decks, mend="`episodeck build` makes them"
            )
        record = records.load(project.decks).of_profile(seen.profile)
        job, plan = _plan(work, seen, record, client, prefer_anki, start)
        if plan.empty:
            _remember(project, job, record, {}, start)
            return Pulled(plan, False)
        if not agree(plan):
            return Pulled(plan, False)
        for path in work.shelf:
            work.settled(path, start)  # what the reader did in the files comes first
        rows = tuple(_entered(work, job, plan, start))
        _remember(project, job, record.without(plan.deleted), job.taken, start)
        written = work.pack(now())
        return Pulled(plan, True, Report(rows, written, (), ()))


def _plan(
    work: Work, seen: Seen, record: Record, client: AnkiConnect | None, prefer_anki: bool, now: datetime
) -> tuple[_Job, PullPlan]:
    files = {card: path for path in work.shelf for card in work.shelf[path].cards}
    ours = cards_of(work, now)
    job = _Job(compare(ours, seen, record), seen, files)
    old = seen.modified is not None and seen.modified < record.when
    full = {path: work.shelf.full(path) for path in work.shelf}
    cards = {card.id: card for file in full.values() for card in file.cards}
    edits: list[Edit] = []
    conflicts: list[Conflict] = []
    stays: dict[str, tuple[str, ...]] = {}
    marks: dict[str, tuple[str, ...]] = {}
    for c in job.comparison.both:
        card = cards[c.card]
        left = []
        for i in c.having(Side.THEIRS, Side.BOTH):
            known, value = _value(card, c, i)
            if not known:
                left.append(_FIELDS[i])
                continue
            name = _FIELDS[i].lower()
            mine = {"question": card.question, "answer": card.answer, "speaker": card.speaker}[name]
            if c.sides[i] is Side.BOTH and not prefer_anki and value != mine:
                conflicts.append(Conflict(c.card, name, mine or "", value or ""))
                continue
            job.taken.setdefault(c.card, {})[i] = value
            if value != mine:
                edits.append(Edit(c.card, name, mine, value))
        if left:
            stays[c.card] = tuple(left)
        if not old and (terms := tuple(_terms(c))) != card.anki:
            marks[c.card] = terms
    deleted, remarks = _deleted(job.comparison, seen, record, client, old)
    questions = {card.id: card.question for card in cards.values()}
    return job, PullPlan(tuple(edits), deleted, marks, tuple(conflicts), stays, questions, tuple(remarks))


def _deleted(
    found: Comparison, seen: Seen, record: Record, client: AnkiConnect | None, old: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Cards that the reader deleted, as far as that is certain, and why others may be missing."""
    if not found.missing or not seen.whole:
        return (), []
    number = len(found.missing)
    if old:
        return (), ["the export is older than the last push or pull, so deletions can't be told from it"]
    if found.strange:
        what = f"{number} notes of the last push or pull are missing: this seems to be another collection"
        return (), [f"{what}; none of them is taken for deleted"]
    if client is None:
        return found.missing, []
    there = set(client.exist([record.entries[card].note for card in found.missing]))
    return tuple(card for card in found.missing if record.entries[card].note not in there), []


def _value(card: Card, c: Compared, i: int) -> tuple[bool, str | None]:
    """What a field of the card file becomes by what stands in Anki; False if it can't hold that."""
    theirs, ours = c.theirs.fields[i], c.ours.note.fields[i]
    if i == _SPEAKER:
        return True, to_text(theirs) or None
    if i not in (_QUESTION, _ANSWER):
        return False, None
    text = card.question if i == _QUESTION else card.answer
    bare = text.strip()[1:-1] if _is_quoted(text) else ""
    for core, before, after in ((text, "", ""), (bare, text.strip()[:1], text.strip()[-1:])):
        if core and (found := inner(theirs, ours, str(markdown(core)))) is not None:
            value = to_markdown(found)
            if not value:
                return False, None  # a card without a question or an answer is none
            return True, value if not before or _is_quoted(value) else f"{before}{value}{after}"
    return False, None


def _is_quoted(text: str) -> bool:
    text = text.strip()
    return len(text) > 2 and text[0] in _OPENING and text[-1] in _CLOSING


def _terms(c: Compared) -> Iterator[str]:
    """What the reader made of a card in Anki, as `Card.anki` has it."""
    if c.theirs.suspended:
        yield "is:suspended"
    if c.theirs.flag:
        yield f"flag:{c.theirs.flag}"
    for tag in sorted(c.readers_tags):
        yield f"tag:{tag}"


def _entered(work: Work, job: _Job, plan: PullPlan, now: datetime) -> Iterator[Row]:
    """The card files with everything entered, saved."""
    theirs = {c.card: c.theirs for c in job.comparison.both}
    edits: dict[str, dict[str, object]] = {}
    for edit in plan.edits:
        edits.setdefault(edit.card, {})[edit.field] = edit.after
    touched = {job.files[card] for card in (*edits, *plan.deleted, *plan.marks)}
    for path in sorted(touched):
        file = work.shelf.full(path)
        own = {card.id for card in file.cards}
        for number in own & edits.keys():
            file = deckfile.edited(file, number, edits[number])
        for number in own & plan.marks.keys():
            file = deckfile.noted(file, number, plan.marks[number])
        merged = deckfile.settle(deckfile.without(file, own & set(plan.deleted)), stamp_text(now))
        file = merged.file
        for card in (c for c in merged.file.cards if c.id in edits):
            file = _agreed(work, file, card, theirs[card.id], now)
        yield work.finish(path, replace(merged, file=file), now)


def _agreed(work: Work, file: CardFile, card: Card, note: SeenNote, now: datetime) -> CardFile:
    """Where Anki's note already is what the card has become, it needs no newer stamp than Anki's: an import then
    leaves it alone, and with it the reader's tags."""
    rendered = work.rendered(file, card)
    if not note.modified or note.modified > now.timestamp():
        return file
    if not all(same(a, b) for a, b in zip(rendered.fields, note.fields, strict=True)):
        return file
    content = anki.content_hash(rendered)
    return deckfile.agreed(file, card.id, content, datetime.fromtimestamp(note.modified, UTC))


def _remember(
    project: Project, job: _Job, record: Record, taken: Mapping[str, Mapping[int, object]], start: datetime
) -> None:
    entries = dict(record.entries)
    for c in job.comparison.both:
        entry = entry_of(c, c.theirs, taken.get(c.card, {}), job.seen.whole)
        # What an edited card becomes is entered when it is packed.
        entries[c.card] = replace(entry, made=()) if c.card in taken else entry
    running = job.seen.whole and job.seen.modified is None
    when = int(start.timestamp()) if running and entries != record.entries else record.when
    if running and not job.comparison.strange:
        entries = dict(records.known(entries, job.files, job.seen.notes))
    records.save(project.decks, Record(job.seen.profile or record.profile, when, entries, record.looks))
