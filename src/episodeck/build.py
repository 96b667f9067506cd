"""The pipeline: transcripts to card files, card files to packages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import anki, deckfile, fingerprints, preview, sheets
from .deckfile import CardFile
from .errors import CardFileError, EpisodeckError, Problems, ProjectError
from .ledger import note_type_times, seconds
from .locking import locked
from .memory import Common, Memory, Proposed, Standing, digest, digest_of, notes_mark
from .model import Card, Kind
from .placing import home, moved
from .preview import Passage, Piece, Shapes
from .processes import Progress, Workers, each, workers
from .project import Project
from .settings import Settings, load
from .sources import Source, Sources, match
from .writer_settings import BUILTIN, WriterSettings

if TYPE_CHECKING:
    from .highlights import Taste
    from .topics import Survey, Vocabulary
    from .writers.making import Prepared
    from .writers.model import Estimate

STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Row:
    """What a build did for one episode."""

    episode: str
    title: str
    guests: tuple[str, ...]
    new: int
    updated: int
    kept: int
    yours: int
    removed: int
    """Cards that the reader deleted since the last build."""
    held: int
    """New proposals that the reader's own wording holds back."""
    written: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    rows: tuple[Row, ...]
    packages: tuple[anki.Written, ...]
    skipped: tuple[EpisodeckError, ...]
    remarks: tuple[str, ...]
    sheets: tuple[anki.Written, ...] = ()
    preview: anki.Written | None = None

    @property
    def changed(self) -> bool:
        made = (*self.packages, *self.sheets, *([self.preview] if self.preview else ()))
        return any(r.written for r in self.rows) or any(p.outcome != anki.Outcome.UNCHANGED for p in made)


def build(
    project: Project,
    *,
    only: str | None = None,
    force: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    choices: Path | None = None,
    writer: str | None = None,
    replacing: bool = False,
    limit_tokens: int | None = None,
    ask: Callable[[Estimate], bool] = lambda estimate: False,
    progress: Progress = lambda what, done, total: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Bring card files and packages up to date with the transcripts, and say what was done.

    `only` is a pattern (`*forgetting*`) for the paths of transcripts to look at; `force` reads those
    again that haven't changed. They are read by so many processes (`jobs`), or by the workers of the Dask
    scheduler at an address. Transcripts that can't be read are skipped and reported. What an earlier
    build left as it should be is not made again, also if it was interrupted: the card file of each transcript
    is written when that has been read. `choices` is a file from the preview page; what the reader
    chose there is done to the card files first.

    `writer` names who writes the cards, in place of the one that is set. Another than the program is asked for nothing
    before `ask` agreed to what that takes, and for no more than `limit_tokens`; what it wrote the program doesn't
    rewrite, unless `writer` is `builtin`. With `replacing`, cards of another writer that a proposal doesn't take the
    place of and that the reader left as they were are taken out.

    Raises `Problems` for settings, card files, templates or choices with faults, before anything is written,
    and `ProjectError` if a folder can't be read or written, or another process is writing there.
    """
    with locked(project.decks, project.out, work="build"):
        work = opened(project)
        work.chosen = writer
        work.by = work.settings.writer_named(writer)
        work.replacing = replacing
        if choices is not None:
            work.shelf.change(preview.apply(choices, work.shelf.all()))
        work.move()
        sources = work.sources()
        chosen = sources.only(project, only)
        stale = [s for s in chosen if force or work.is_stale(s)]
        skipped: list[EpisodeckError] = []
        rows: dict[Path, Row] = {}
        try:
            with workers(jobs, scheduler) as there:
                for found in (
                    work.propose(stale, there, progress, resumable=True)
                    if work.by.kind == BUILTIN
                    else work.propose_by_model(stale, there, progress, ask, limit_tokens)
                ):
                    if isinstance(found, EpisodeckError):
                        skipped.append(found)
                    else:
                        rows[found.card_file] = work.take(found, now())
            for path in work.shelf:
                if path not in rows:
                    rows[path] = work.settled(path, now())
        finally:
            work.record()  # of what is written already, too, should a reader interrupt
        written = work.pack(now())
        printed = work.print()
        page = work.preview() if work.settings.preview else None
        remarks = (*_remarks(project, work.shelf, sources), *printed.remarks, *work.remarks)
        if only is not None and not chosen:
            remarks = (f"no transcript in {project.seeds} matches {only}", *remarks)
        done = tuple(rows[path] for path in sorted(rows))
        return Report(done, written, (*sources.skipped, *skipped), remarks, printed.written, page)


def package(project: Project, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Report:
    """Write the packages from the card files alone. Raises as `build` does."""
    with locked(project.decks, project.out, work="package"):
        work = opened(project)
        if not work.shelf:
            raise ProjectError(
                "holds no card files", where=project.decks, mend="`episodeck build` makes them"
            )
        rows = [work.settled(path, now()) for path in work.shelf]
        return Report(tuple(rows), work.pack(now()), (), ())


def write_preview(project: Project) -> anki.Written:
    """Write the preview page from the card files alone. Raises as `build` does."""
    with locked(project.decks, project.out, work="preview"):
        return opened(project).preview()


def print_sheets(project: Project, choices: Mapping[str, Any]) -> sheets.Sheets:
    """Write the sheets from the card files alone; `choices` take the place of settings of the same name.

    Raises as `build` does.
    """
    with locked(project.decks, project.out, work="sheets"):
        work = opened(project)
        work.settings = replace(work.settings, **choices)
        if not work.shelf:
            raise ProjectError(
                "holds no card files", where=project.decks, mend="`episodeck build` makes them"
            )
        if not work.settings.sheets:
            raise ProjectError(
                "sheets are turned off", where=project.settings_file, mend="say which with --by"
            )
        return work.print()


def opened(project: Project) -> Work:
    """A project's settings, templates and card files, without fault. Raises as `build` does."""
    settings = load(project.settings_file)
    templates = anki.Templates(project.templates)
    memory = Memory(project.out / "cache", fingerprints.of_layout(settings, templates))
    if not memory.same_layout and (problems := templates.check()):
        raise Problems(problems)
    return Work(project, settings, templates, memory, Shelf(project.decks, memory))


class Shelf(Mapping[Path, Standing]):
    """All card files of a project, in order of path; the cards of each are read when they are needed.

    Raises `Problems` for card files with faults.
    """

    def __init__(self, decks: Path, memory: Memory):
        self._standing: dict[Path, Standing] = {}
        self._full: dict[Path, CardFile] = {}
        self._read: dict[Path, CardFile] = {}
        """Those that are as the last build left them, and were needed all the same."""
        self._decks, self._memory = decks, memory
        self.early: dict[Path, int] = {}
        """How many cards of a file that was looked at are dated later than now."""
        problems: list[EpisodeckError] = []
        for path in deckfile.paths(decks):
            try:
                known = memory.standing(self.name(path), digest(path.read_bytes()))
                if known is not None:
                    self._standing[path] = known
                else:
                    self._full[path] = deckfile.load(path)
                    self._standing[path] = standing(self._full[path])
            except Problems as found:
                problems += found.problems
            except CardFileError as found:
                problems.append(found)
            except OSError as error:
                what = error.strerror or str(error)
                problems.append(CardFileError(what, where=path, mend="make it a readable file"))
        problems += deckfile.clashes({path: (s.info.id, s.cards) for path, s in self._standing.items()})
        if problems:
            raise Problems(problems)

    def __getitem__(self, path: Path) -> Standing:
        return self._standing[path]

    def __iter__(self) -> Iterator[Path]:
        return iter(sorted(self._standing))

    def __len__(self) -> int:
        return len(self._standing)

    def name(self, path: Path) -> str:
        return path.relative_to(self._decks).as_posix()

    def as_left(self, path: Path) -> bool:
        """Whether a card file is as the last build left it, so that there is nothing to enter."""
        return path not in self._full and path not in self.early

    def full(self, path: Path) -> CardFile:
        """A card file with its cards."""
        if path in self._full:
            return self._full[path]
        if path not in self._read:
            file = deckfile.load(path)
            if standing(file).digest != self[path].digest:
                raise CardFileError(
                    "was changed in the meantime", where=path, mend="nothing was written; build again"
                )
            self._read[path] = file
        return self._read[path]

    @property
    def files(self) -> Mapping[Path, CardFile]:
        """The card files with their cards, each read when it is asked for."""
        return _Files(self)

    def all(self) -> dict[Path, CardFile]:
        """Every card file with its cards."""
        return dict(self.files)

    def change(self, files: Mapping[Path, CardFile]) -> None:
        """Card files as the reader would have them, where that differs from how they stand."""
        for path, file in files.items():
            if file != self.full(path):
                self._full[path] = file

    def move(self, path: Path, to: Path) -> None:
        """A card file stands elsewhere now."""
        self._standing[to] = self._standing.pop(path)
        for files in (self._full, self._read):
            if path in files:
                files[to] = files.pop(path)

    def put(self, path: Path, file: CardFile, data: bytes, now: datetime) -> None:
        """What a build made of a card file, and how it is written."""
        self._full.pop(path, None)
        self._read.pop(path, None)
        self._standing[path] = replace(standing(file), digest=digest(data))
        self.early[path] = len(deckfile.ahead(file, now))
        if not self.early[path]:
            self._memory.keep_standing(self.name(path), self._standing[path])


class _Files(Mapping[Path, CardFile]):
    """What stands on a shelf, in full."""

    def __init__(self, shelf: Shelf):
        self._shelf = shelf

    def __getitem__(self, path: Path) -> CardFile:
        return self._shelf.full(path)

    def __iter__(self) -> Iterator[Path]:
        return iter(self._shelf)

    def __len__(self) -> int:
        return len(self._shelf)


def standing(file: CardFile) -> Standing:
    """What of a card file a build must know in any case."""
    text = file.base.text.encode() if file.base else b""
    ids = tuple(c.id for c in file.cards)
    return Standing(
        digest=digest(text),
        info=file.info,
        made=file.made,
        cards=ids,
        yours=len(deckfile.readers_fields(file)),
        deleted=bool(file.removed or file.ledger.keys() - set(ids)),
        places=sheets.places(file),
        signs=sheets.signs(file),
        others=any(entry.by for entry in file.ledger.values()),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a transcript gave."""

    card_file: Path
    made: str
    """Its fingerprint, as the card file will have it."""
    proposed: Proposed


@dataclass(slots=True)
class Work:
    """A project that is being worked on."""

    project: Project
    settings: Settings
    templates: anki.Templates
    memory: Memory
    shelf: Shelf
    _made_notes: dict[Path, list[tuple[anki.RenderedNote, int]]] = field(default_factory=dict)
    """Of card files that stay as they are, where the last build left no notes."""
    _digests: dict[Path, str] = field(default_factory=dict)
    """Of transcripts that were looked at, by path."""
    _dated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The fields of notes that changed, by card id."""
    by: WriterSettings = field(default_factory=WriterSettings)
    """Who writes."""
    chosen: str | None = None
    """The writer's name, where the reader gave it for this build."""
    replacing: bool = False
    """Whether cards of other writers are taken out."""
    remarks: list[str] = field(default_factory=list)
    """What is to be said of the writer's work."""

    def sources(self) -> Sources:
        """The transcripts, each with its card file."""
        found = match(self.project, {path: s.info for path, s in self.shelf.items()}, self.shelf.full)
        seeds = self.project.seeds.resolve()
        self._digests |= {seeds / s.path.relative_to(self.project.seeds): s.digest for s in found.all}
        return found

    def move(self) -> None:
        """Put card files where the settings have them."""
        infos = {path: s.info for path, s in self.shelf.items()}
        for path, to in moved(self.project.decks, infos, self.settings):
            self.shelf.move(path, to)

    def is_stale(self, source: Source) -> bool:
        """Whether a transcript must be read: it is new, something that its cards depend on has changed, or
        the reader took a removal back."""
        if not source.known:
            return True
        known = self.shelf[source.card_file]
        if known.others and self.by.kind == BUILTIN and not self.chosen:
            stale = known.info.digest != source.digest  # the program has nothing to better there
        else:
            stale = known.made != self.made(source)
        if stale:
            return True
        return not self.shelf.as_left(source.card_file) and self.shelf.full(source.card_file).taken_back

    def made(self, source: Source) -> str:
        """Fingerprint of everything the proposals for a transcript depend on."""
        if self.by.kind == BUILTIN:
            return source.made(self.settings)
        from .writers import wording

        return source.made(self.settings, fingerprints.of(self.by.name, self.by.identity, wording.identity()))

    def propose_by_model(
        self,
        sources: Sequence[Source],
        workers: Workers,
        progress: Progress,
        ask: Callable[[Estimate], bool],
        limit_tokens: int | None,
    ) -> Iterator[Found | EpisodeckError]:
        """What another writer gives for each transcript, as `propose`. Raises `WriterError` if `ask` doesn't agree."""
        if not sources:
            return
        from .writers import making

        failed: list[EpisodeckError] = []
        ready: list[Source] = []
        common = self._common(sources, failed, ready, workers, progress)
        yield from failed
        topics = {s: self.shelf[s.card_file].info.topics if s.known else () for s in ready}
        todo = [(s.path, s.name, s.id, topics[s]) for s in ready]
        prepare = _Preparer(self.settings, common.words)
        prepared = list(each(prepare, todo, workers, "reading", progress))
        others = [card for file in self.shelf.files.values() for card in file.cards]
        tally = making.Tally()
        with making.writer(self.by, self.project.out / "cache", limit_tokens=limit_tokens) as writer:
            results = making.written_by(
                writer, prepared, self.settings, common.words, common.liked, others, ask, progress
            )
            for source, result in zip(ready, results, strict=True):
                if isinstance(result, EpisodeckError):
                    yield result
                    continue
                proposed, outcome = result
                tally.add(outcome)
                making.note_refusals(self.project.out / "refused", source.id, outcome.refused)
                yield Found(source.card_file, self.made(source), proposed)
            used = writer.used
        if tally.proposed:
            self.remarks.append(f"{self.by.name}: {tally}")
        if used.requests:
            self.remarks.append(
                f"{self.by.name}: {used.requests} requests, {used.tokens_in} tokens sent, {used.tokens_out} answered"
            )

    def propose(
        self, sources: Sequence[Source], workers: Workers, progress: Progress, *, resumable: bool = False
    ) -> Iterator[Found | EpisodeckError]:
        """What each transcript gives, one by one; an error for one that couldn't be read.

        What all of them together decide is found out before the first. A `resumable` run remembers that, and the
        next one, if this is interrupted, goes on with it: the rest then gives what it would have given.
        """
        if not sources:
            return
        made = {s: s.made(self.settings) for s in sources}
        ready = list(sources)
        common = self.memory.underway(made.values()) if resumable else None
        if common is None:
            failed: list[EpisodeckError] = []
            common = self._common(sources, failed, ready, workers, progress)
            if resumable and len(ready) > 1:
                self.memory.keep_underway(made.values(), common)
            yield from failed
        topics = {s: self.shelf[s.card_file].info.topics if s.known else () for s in ready}
        todo = [(s.path, s.name, s.id, topics[s]) for s in ready]
        propose = _Proposer(self.settings, common.words, common.liked)
        proposed = each(propose, todo, workers, "making cards", progress)
        for source, result in zip(ready, proposed, strict=True):
            if isinstance(result, EpisodeckError):
                yield result
            else:
                yield Found(self.place(source, result), made[source], result)
        if resumable:
            self.memory.drop_underway()

    def _common(
        self,
        sources: Sequence[Source],
        failed: list[EpisodeckError],
        ready: list[Source],
        workers: Workers,
        progress: Progress,
    ) -> Common:
        """What transcripts decide together; errors go to `failed`, and only what can be read stays in `ready`."""
        from . import understanding
        from .tasting import learned

        existing = {t: None for path in self.shelf for t in self.shelf[path].info.topics}
        ready.clear()

        def surveys() -> Iterator[Survey]:
            files = [(s.path, s.name) for s in sources]
            looked = each(understanding.look, files, workers, "looking for topics", progress)
            for source, result in zip(sources, looked, strict=True):
                if isinstance(result, EpisodeckError):
                    failed.append(result)
                else:
                    ready.append(source)
                    yield result

        words = understanding.vocabulary(self.settings, surveys(), existing)
        # Only what a reader did tells anything, but then against all cards.
        telling = self.settings.learn_taste and any(s.tells for s in self.shelf.values())
        return Common(words, learned(self.project, deckfile.Decks(self.shelf.all() if telling else {})))

    def take(self, found: Found, now: datetime) -> Row:
        """What a transcript gave brought into its card file, and the file saved."""
        merged = self.merged(found.card_file, found.made, found.proposed, now)
        row = self.finish(found.card_file, merged, now)
        self.memory.keep_proposals(found.made, found.proposed)
        return row

    def place(self, source: Source, proposed: Proposed) -> Path:
        """Where the card file of a transcript stands, or will stand."""
        return source.card_file if source.known else home(self.project.decks, proposed.info, self.settings)

    def merged(self, path: Path, made: str, proposed: Proposed, now: datetime) -> deckfile.Merged:
        """A card file with proposals brought in; nothing is written."""
        old = self.shelf.full(path) if path in self.shelf else None
        return deckfile.merge(
            old,
            proposed.info,
            proposed.cards,
            made,
            stamp_text(now),
            proposed.most,
            proposed.talk,
            by="" if self.by.kind == BUILTIN else self.by.name,
            replacing=self.replacing,
        )

    def settled(self, path: Path, now: datetime) -> Row:
        """What the reader did entered in a card file, and the file saved."""
        if self.shelf.as_left(path):
            known = self.shelf[path]
            kept = len(known.cards) - known.yours
            return Row(
                known.info.id, known.info.title, known.info.guests, 0, 0, kept, known.yours, 0, 0, False
            )
        return self.finish(path, deckfile.settle(self.shelf.full(path), stamp_text(now)), now)

    def foreseen(self, path: Path, now: datetime) -> dict[str, tuple[anki.RenderedNote, int]]:
        """What `settled` would make of a card file, by card id: each note and when it last changed. Nothing is written."""
        if self.shelf.as_left(path):
            return dict(zip(self.shelf[path].cards, self.notes(path), strict=True))
        file = deckfile.settle(self.shelf.full(path), stamp_text(now)).file
        rendered = {card.id: self.rendered(file, card) for card in file.cards}
        stamped = deckfile.stamp(file, lambda card, _: anki.content_hash(rendered[card.id]), now)
        return {card.id: (rendered[card.id], seconds(card.changed)) for card in stamped.cards}

    def finish(self, path: Path, merged: deckfile.Merged, now: datetime) -> Row:
        """Date what changed in a merged card file, save it, and put it on the shelf."""
        info = merged.file.info
        rendered: dict[str, anki.RenderedNote] = {}

        def content(card: Card, guest: str | None) -> str:
            rendered[card.id] = self._rendered(merged.file, card, guest)
            return anki.content_hash(rendered[card.id])

        file = deckfile.stamp(merged.file, content, now)
        saved = deckfile.save(path, file)
        self.shelf.put(path, file, saved.data, now)
        before = {c.id: c.changed for c in merged.file.cards}
        self._dated |= {c.id: rendered[c.id].fields for c in file.cards if c.changed != before[c.id]}
        notes = [(rendered[c.id], seconds(c.changed)) for c in file.cards]
        self.memory.keep_notes(self.shelf[path].digest, notes)
        held = sum(h.news for h in merged.held)
        counts = merged.new, merged.updated, merged.kept, merged.yours, merged.removed, held
        return Row(info.id, info.title, info.guests, *counts, saved.written)

    def notes(self, path: Path) -> list[tuple[anki.RenderedNote, int]]:
        """The notes of a card file, each with the Unix time it last changed."""
        if path in self._made_notes:
            return self._made_notes[path]
        stored = self.memory.notes(self.shelf[path].digest)
        if stored is None:
            file = self._entered(path)
            stored = self._made_notes[path] = [
                (self._rendered(file, card, file.ledger[card.id].guest), seconds(card.changed))
                for card in file.cards
            ]
        return stored

    def _entered(self, path: Path) -> CardFile:
        """A card file with what the reader did in it entered, as a build would; nothing is written."""
        return deckfile.settle(self.shelf.full(path), "").file

    def record(self) -> None:
        """Enter what notes and note types have become in the record of what Anki has."""
        if self._dated or not self.memory.same_layout:
            from .syncing import record  # which builds, too

            record.made(self.project.decks, self._dated, {kind: self.templates.layout(kind) for kind in Kind})
            self._dated.clear()

    def pack(self, now: datetime) -> tuple[anki.Written, ...]:
        """Write the packages of all card files that aren't there yet, and remember the whole build."""
        self.record()
        types = self.memory.note_types or anki.note_type_hashes(self.templates)
        times = (
            note_type_times(self.project.decks, types, now)
            if any(s.cards for s in self.shelf.values())
            else {}
        )
        files = {self.shelf.name(path): s for path, s in self.shelf.items()}
        everything = fingerprints.of(sorted(times.items()), [(n, s.digest) for n, s in files.items()])
        if (current := self.memory.all_current(everything)) is not None:
            return tuple(anki.Written(path, anki.Outcome.UNCHANGED) for path in current)

        out, root = self.project.out, self.settings.deck
        notes = {path: self.notes(path) for path in self.shelf}
        plan = anki.packages([note for path in notes for note in notes[path]], root)
        # With this layout, the card file alone decides what its notes are.
        places = {
            note.guid: (self.shelf[path].digest[:32], i)
            for path, own in notes.items()
            for i, (note, _) in enumerate(own)
        }
        del notes
        made = {
            out / p.path: fingerprints.of(sorted(times.items()), [places[n.guid] for n, _ in p.content])
            for p in plan
        }
        written = anki.write_packages(
            plan, out, times, self.templates, root,
            lambda package: self.memory.is_current(out / package.path, made[out / package.path]),
        )  # fmt: skip
        # A file dated ahead of time must be looked at again though it stays as it is.
        left = {path: s for path, s in self.shelf.items() if not self.shelf.early.get(path)}
        for path in left:
            if path in self._made_notes:
                self.memory.keep_notes(self.shelf[path].digest, self._made_notes.pop(path))
        self.memory.save({self.shelf.name(path): s for path, s in left.items()}, types, made, everything)
        return written

    def rendered(self, file: CardFile, card: Card) -> anki.RenderedNote:
        """The note of a card in a settled file."""
        return self._rendered(file, card, file.ledger[card.id].guest)

    def print(self) -> sheets.Sheets:
        """Write the sheets, unless they are there as the card files, the settings and the templates have them."""
        if not self.settings.sheets:
            return sheets.Sheets(())
        made = self._made_of(sheets.sources(self.project))
        if (left := self.memory.left("sheets", made)) is not None:
            paths, remarks = left
            return sheets.Sheets(tuple(anki.Written(p, anki.Outcome.UNCHANGED) for p in paths), remarks)
        common = fingerprints.of(fingerprints.of_program(), self.settings, sheets.sources(self.project))
        parts: dict[Path, str] = {}

        def stands(path: Path, made_of: object) -> bool:
            parts[path] = fingerprints.of(common, made_of)
            return self.memory.stands("sheets", path, parts[path])

        outlines = {
            path: sheets.Outline(s.info, s.digest, s.places, s.signs) for path, s in self.shelf.items()
        }
        printed = sheets.write_sheets(self.project, self.settings, self.shelf.files, outlines, stands)
        there = [w.path for w in printed.written if w.outcome is not anki.Outcome.REMOVED]
        self.memory.leave("sheets", made, there, printed.remarks, parts)
        return printed

    def preview(self) -> anki.Written:
        """Write the page to look through the cards, unless it is there as it should be."""
        named = [s.info.source for s in self.shelf.values()]
        there = self.project.found(named)
        parts = preview.sources(self.project), self.memory.layout, [source in there for source in named]
        made = self._made_of(*parts)
        if (left := self.memory.left("preview", made)) is not None:
            return anki.Written(left[0][0], anki.Outcome.UNCHANGED)
        shapes = Shapes(self.templates)
        common = fingerprints.of(fingerprints.of_program(), shapes.layouts)
        of_pages = fingerprints.of(common, shapes.styles_of_all, self.settings, preview.sources(self.project))
        made_of = {path: self._piece_made(path, common, there) for path in self.shelf}
        alone: dict[Path, str] = {}

        def stands(page: Path, part: preview.Part) -> bool:
            alone[page] = fingerprints.of(of_pages, part, [made_of[path] for path in part.paths])
            if not self.memory.stands("preview", page, alone[page]):
                return False
            self.memory.keep_pieces(made_of[path] for path in part.paths)
            return True

        def piece_of(path: Path) -> Piece:
            return self._piece(path, shapes, made_of[path], there)

        episodes = {path: preview.Episode(s.info, len(s.cards)) for path, s in self.shelf.items()}
        done = preview.write(
            self.project, self.settings, self.templates, self.shelf.files, piece_of, episodes, stands
        )
        self.memory.drop_unused()
        self.memory.leave("preview", made, done.files, (), alone)
        return done.page

    def _piece_made(self, path: Path, common: str, there: Mapping[str, Path]) -> str:
        """A fingerprint of what a card file's piece of the preview is made of. `common` is one of what those of all
        depend on, `there` are the transcripts that are there."""
        known = self.shelf[path]
        mark = self.memory.notes_mark(known.digest) or notes_mark(self.notes(path))
        return fingerprints.of(common, self.shelf.name(path), known.digest, mark, self._heard(path, there))

    def _heard(self, path: Path, there: Mapping[str, Path]) -> str:
        """The digest of a card file's transcript; "" if that is gone, or there are no cards."""
        known = self.shelf[path]
        transcript = there.get(known.info.source) if known.cards else None
        if transcript is None:
            return ""
        if transcript not in self._digests:
            self._digests[transcript] = digest_of(transcript)
        return self._digests[transcript]

    def _piece(self, path: Path, shapes: Shapes, made: str, there: Mapping[str, Path]) -> Piece:
        """A card file on the preview page; one that was made already isn't looked into."""
        if (piece := self.memory.piece(made)) is not None:
            return piece
        notes = [note for note, _ in self.notes(path)]
        file = self._entered(path)
        passages, found = self._passages(file, self._heard(path, there))
        piece = preview.piece(file, self.shelf.name(path), notes, found, shapes)
        self.memory.keep_piece(made, piece, passages)
        return piece

    def _passages(self, file: CardFile, transcript: str) -> tuple[str, Mapping[str, Passage]]:
        """Where excerpts stand in a transcript, given by its digest, and a fingerprint of that; a transcript in which
        they were found already isn't read again."""
        if not transcript:
            return "", {}
        excerpts = [(card.id, card.source) for card in file.cards]
        made = fingerprints.of(fingerprints.of_program(), file.info.source, transcript, excerpts)
        found = self.memory.passages(made)
        if found is None:
            found = preview.passages(self.project, file)
            self.memory.keep_passages(made, found)
        return made, found

    def _made_of(self, *parts: object) -> str:
        """A hash of all that an output is made of: program, settings, card files, and what else there is."""
        files = [(self.shelf.name(path), s.digest) for path, s in self.shelf.items()]
        return fingerprints.of(fingerprints.of_program(), self.settings, files, parts)

    def _rendered(self, file: CardFile, card: Card, guest: str | None) -> anki.RenderedNote:
        note = anki.render(file.info, card, guest, self.settings, self.templates)
        # Anki never updates a note that comes as another type than it came first.
        return replace(note, note_type=file.ledger[card.id].kind or card.kind)


@dataclass(frozen=True, slots=True)
class _Proposer:
    """Makes proposals of transcripts, each of its own arguments; holds what they have in common, which may be much."""

    settings: Settings
    words: Vocabulary
    liked: Taste

    def __call__(self, path: Path, name: str, episode: str, topics: tuple[str, ...]) -> Proposed:
        from .understanding import propose

        return propose(path, name, episode, self.settings, self.words, topics, self.liked)


@dataclass(frozen=True, slots=True)
class _Preparer:
    """Makes transcripts ready for another writer."""

    settings: Settings
    words: Vocabulary

    def __call__(self, path: Path, name: str, episode: str, topics: tuple[str, ...]) -> Prepared:
        from .understanding import prepare

        return prepare(path, name, episode, self.settings, self.words, topics)


def stamp_text(now: datetime) -> str:
    """A time in the form of `Card.changed`."""
    return now.astimezone(UTC).strftime(STAMP)


def _remarks(project: Project, shelf: Shelf, sources: Sources) -> tuple[str, ...]:
    remarks = []
    elsewhere = {s.name for s in sources.all}
    for path in sources.orphans:
        source, count = shelf[path].info.source, len(shelf[path].cards)
        if source in elsewhere:
            remarks.append(
                f"{source} is another episode's now; these {count} cards stay ({shelf.name(path)})"
            )
        elif not project.has(source):
            remarks.append(f"{source} is gone; its {count} cards stay ({shelf.name(path)})")
    for path, early in sorted(shelf.early.items()):
        if early:
            remarks.append(
                f"{shelf.name(path)}: {early} cards are dated later than now, so a clock was wrong; "
                "changes to them reach Anki with the first build after that time"
            )
    return tuple(remarks)
