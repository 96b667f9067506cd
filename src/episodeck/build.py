"""The pipeline: transcripts to card files, card files to packages."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import signal
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any, TypeVar

from . import anki, deckfile, preview
from .cards import ask
from .deckfile import CardFile
from .errors import EpisodeckError, Problems, ProjectError, TranscriptError
from .highlights import choose
from .highlights.choose import wanted
from .ledger import note_type_times, seconds
from .model import Card, Episode, EpisodeInfo, Highlight
from .people import identify
from .project import Project
from .settings import Settings, load
from .speech import restore
from .text import slug
from .topics import Survey, Vocabulary, find, survey, vocabulary
from .transcripts import read

T = TypeVar("T")
_ID_LENGTH = 64
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Understood:
    """One transcript, all the way to its cards."""

    episode: Episode
    highlights: tuple[Highlight, ...]
    cards: tuple[Card, ...]


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
    written: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    rows: tuple[Row, ...]
    packages: tuple[anki.Written, ...]
    skipped: tuple[EpisodeckError, ...]
    remarks: tuple[str, ...]
    preview: anki.Written | None = None

    @property
    def changed(self) -> bool:
        made = (*self.packages, *([self.preview] if self.preview else ()))
        return any(r.written for r in self.rows) or any(p.outcome != anki.Outcome.UNCHANGED for p in made)


def build(
    project: Project,
    *,
    only: str | None = None,
    force: bool = False,
    jobs: int | None = None,
    choices: Path | None = None,
    progress: Progress = lambda what, done, total: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Bring card files and packages up to date with the transcripts, and say what was done.

    `only` is a pattern (`*forgetting*`) for the paths of transcripts to look at; `force` reads those
    again that haven't changed. Transcripts that can't be read are skipped and reported. `choices` is a
    file from the preview page; what the reader chose there is done to the card files first.

    Raises `Problems` for settings, card files, templates or choices with faults, before anything is written,
    and `ProjectError` if a folder can't be read or written.
    """
    settings = load(project.settings_file)
    templates = _templates(project)
    decks = _card_files(project, choices)
    sources, skipped = _sources(project, decks, only)
    stale = [s for s in sources if force or s.old is None or s.old.made != s.made(settings)]
    words = _vocabulary(stale, settings, decks, jobs, progress, skipped)
    proposals = _proposals(stale, settings, words, jobs, progress, skipped)

    files = dict(decks.files)
    rows = []
    for path in sorted({*files, *proposals}):
        stamp_time = now()
        if path in proposals:
            merged = _merged(files.get(path), proposals[path], _text(stamp_time))
        else:
            merged = deckfile.settle(files[path], _text(stamp_time))
        rows.append(_finish(path, merged, files, settings, templates, stamp_time))
    written = write_packages(project, settings, templates, files, now())
    page = preview.write(project, settings, templates, files) if settings.preview else None
    remarks = _remarks(project, files, now())
    if only is not None and not sources:
        remarks = (f"no transcript in {project.seeds} matches {only}", *remarks)
    return Report(tuple(rows), written, tuple(skipped), remarks, page)


def package(project: Project, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Report:
    """Write the packages from the card files alone. Raises as `build` does."""
    settings = load(project.settings_file)
    templates = _templates(project)
    decks = _card_files(project)
    if not decks.files:
        raise ProjectError("holds no card files", where=project.decks, mend="`episodeck build` makes them")
    files = dict(decks.files)
    rows = []
    for path, old in decks.files.items():
        stamp_time = now()
        rows.append(
            _finish(path, deckfile.settle(old, _text(stamp_time)), files, settings, templates, stamp_time)
        )
    written = write_packages(project, settings, templates, files, now())
    return Report(tuple(rows), written, (), ())


def write_preview(project: Project) -> anki.Written:
    """Write the preview page from the card files alone. Raises as `build` does."""
    settings, templates = load(project.settings_file), _templates(project)
    return preview.write(project, settings, templates, _card_files(project).files)


def understand(
    path: Path,
    source: str,
    settings: Settings,
    words: Vocabulary,
    episode_id: str | None = None,
    given: tuple[str, ...] = (),
) -> Understood:
    """One transcript through every stage, nothing written. Raises `TranscriptError`.

    `given` are the topics that its card file has: they stay, and only those of the settings join them.
    """
    transcript = read(path, source)
    speech = restore(transcript)
    if speech.language != "en":
        raise TranscriptError(
            f"is in another language ({speech.language}); cards can be made from English only", where=source
        )
    episode = identify(transcript, speech, settings)
    topics = find(transcript, episode, words)
    if given:
        topics = (*given, *(t for t in topics if t in settings.topics and t not in given))
    episode = replace(episode, info=replace(episode.info, id=episode_id or episode.info.id, topics=topics))
    highlights = choose(episode, settings, words)
    return Understood(episode, highlights, ask(episode, highlights, wanted(episode, settings)))


def write_packages(
    project: Project,
    settings: Settings,
    templates: anki.Templates,
    files: dict[Path, CardFile],
    now: datetime,
) -> tuple[anki.Written, ...]:
    """All packages of these card files."""
    notes = []
    for file in (files[path] for path in sorted(files)):
        for card in file.cards:
            rendered = anki.render(file.info, card, _deck_guest(file, card), settings, templates)
            notes.append((rendered, seconds(card.changed)))
    times = note_type_times(project.decks, anki.note_type_hashes(templates), now) if notes else {}
    return anki.write_packages(
        anki.packages(notes, settings.deck), project.out, times, templates, settings.deck
    )


def inspect(project: Project, path: Path) -> Understood:
    """How one transcript is understood within a project; nothing is written."""
    settings = load(project.settings_file)
    decks = deckfile.load_all(project.decks) if project.decks.is_dir() else None
    topics = sorted({t for f in decks.files.values() for t in f.info.topics}) if decks else []
    source = path.as_posix()
    words = vocabulary(settings, [survey(read(path, source))], topics)
    if not path.resolve().is_relative_to(project.seeds.resolve()):
        return understand(path, source, settings, words)
    name = project.relative(path)
    old = next((f for f in decks.files.values() if f.info.source == name), None) if decks else None
    episode_id = old.info.id if old else _id(path.resolve().relative_to(project.seeds.resolve()))
    return understand(path, name, settings, words, episode_id, old.info.topics if old else ())


@dataclass(frozen=True, slots=True)
class _Source:
    """A transcript file and the card file it belongs to."""

    path: Path
    name: str
    """As it is written in card files."""
    digest: str
    card_file: Path
    id: str
    old: CardFile | None

    def made(self, settings: Settings) -> str:
        """Fingerprint of everything the proposals depend on: transcript, settings, program."""
        relevant = repr(
            (self.digest, self.name, settings.show, settings.cards_per_hour, settings.cards_per_episode, settings.min_score,
             sorted(settings.people.items()), sorted(settings.topics.items()))
        )  # fmt: skip
        return hashlib.sha256((relevant + program_fingerprint()).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Proposed:
    """What the program would have in an episode's card file."""

    info: EpisodeInfo
    cards: tuple[Card, ...]
    most: int
    """How many cards an episode of its length should have."""
    made: str = ""


@cache
def program_fingerprint() -> str:
    """A hash of the program's own files, weights included: a better version reads transcripts again."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    stages = ("transcripts", "speech", "people", "topics", "highlights", "cards")
    for path in sorted(p for p in here.rglob("*") if p.is_file() and p.suffix != ".pyc"):
        if path.relative_to(here).parts[0] in (*stages, "people.py", "text.py", "model.py"):
            digest.update(path.relative_to(here).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _templates(project: Project) -> anki.Templates:
    templates = anki.Templates(project.templates)
    problems = templates.check()
    if problems:
        raise Problems(problems)
    return templates


def _sources(
    project: Project, decks: deckfile.Decks, only: str | None
) -> tuple[list[_Source], list[EpisodeckError]]:
    """The transcripts to look at, each with its card file: by path, or by content if the file was moved."""
    skipped: list[EpisodeckError] = []
    found: list[tuple[Path, str, str]] = []
    for path in project.transcripts():
        try:
            name = project.relative(path)
            if name not in {n for _, n, _ in found}:  # a link and what it leads to are one transcript
                found.append((path, name, _digest(path)))
        except EpisodeckError as error:
            skipped.append(error)
        except OSError as error:
            skipped.append(TranscriptError(error.strerror or str(error), where=path, mend="make it readable"))
    present = {name for _, name, _ in found}
    by_source = {file.info.source: path for path, file in decks.files.items()}
    moved = {file.info.digest: path for path, file in decks.files.items() if file.info.source not in present}
    ids = {file.info.id: path for path, file in decks.files.items()}
    taken: dict[str, str] = {}
    sources = []
    for path, name, digest in found:
        card_file = by_source.get(name) or moved.get(digest)
        if card_file is not None:
            old: CardFile | None = decks.files[card_file]
            key = decks.files[card_file].info.id
        else:
            key = _id(path.relative_to(project.seeds))
            card_file, old = project.decks / f"{key}.yaml", None
        other = taken.get(key) or (decks.files[ids[key]].info.source if old is None and key in ids else None)
        if other:
            mend = f"rename one; {other} gives the same name"
            skipped.append(
                TranscriptError(f"its card file would be {key}.yaml, which is taken", where=name, mend=mend)
            )
            continue
        taken[key] = name
        names = (name, path.relative_to(project.seeds).as_posix(), path.name)
        if only is None or any(fnmatch.fnmatch(n, only) for n in names):
            sources.append(_Source(path, name, digest, card_file, key, old))
    return sources, skipped


def _id(path: Path) -> str:
    """An episode's id, from its transcript's path in `seeds`; a long one is cut, a hash keeping it apart."""
    text = slug(path.with_suffix("").as_posix()) or "episode"
    if len(text) <= _ID_LENGTH:
        return text
    return f"{text[: _ID_LENGTH - 9].strip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _digest(path: Path) -> str:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise TranscriptError("is not a regular file", where=path, mend="put the transcript itself there")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _vocabulary(
    stale: Sequence[_Source],
    settings: Settings,
    decks: deckfile.Decks,
    jobs: int | None,
    progress: Progress,
    skipped: list[EpisodeckError],
) -> Vocabulary:
    existing = {t: None for path in sorted(decks.files) for t in decks.files[path].info.topics}
    surveys = []
    for result in _each(_survey, [(s.path, s.name) for s in stale], jobs, "looking for topics", progress):
        if isinstance(result, EpisodeckError):
            skipped.append(result)
        else:
            surveys.append(result)
    return vocabulary(settings, surveys, existing)


def _proposals(
    stale: Sequence[_Source],
    settings: Settings,
    words: Vocabulary,
    jobs: int | None,
    progress: Progress,
    skipped: list[EpisodeckError],
) -> dict[Path, _Proposed]:
    known = {e.where for e in skipped}
    ready = [s for s in stale if s.name not in known]
    work = [(s.path, s.name, s.id, settings, words, s.old.info.topics if s.old else ()) for s in ready]
    out = {}
    for source, result in zip(ready, _each(_propose, work, jobs, "making cards", progress), strict=True):
        if isinstance(result, EpisodeckError):
            skipped.append(result)
        else:
            out[source.card_file] = replace(result, made=source.made(settings))
    return out


def _survey(path: Path, name: str) -> Survey:
    return survey(read(path, name))


def _propose(
    path: Path, name: str, episode_id: str, settings: Settings, words: Vocabulary, topics: tuple[str, ...]
) -> _Proposed:
    found = understand(path, name, settings, words, episode_id, topics)
    return _Proposed(found.episode.info, found.cards, wanted(found.episode, settings))


def _merged(old: CardFile | None, proposed: _Proposed, now: str) -> deckfile.Merged:
    return deckfile.merge(old, proposed.info, proposed.cards, proposed.made, now, proposed.most)


def _each(
    work: Callable[..., T],
    arguments: Sequence[tuple[Any, ...]],
    jobs: int | None,
    what: str,
    progress: Progress,
) -> Iterator[T | EpisodeckError]:
    """`work` on each of `arguments`, in that order, over so many processes; what can't be done is an error."""
    total = len(arguments)
    jobs = min(jobs or os.cpu_count() or 1, total)
    if jobs <= 1:
        results: Iterable[T | EpisodeckError] = (_guarded(work, a) for a in arguments)
        yield from _counted(results, what, total, progress)
        return
    # Processes are started afresh: forking a process with threads of a library in it may hang.
    others = set(active_children())
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            with _interrupts_held():
                futures = [pool.submit(_guarded, work, a) for a in arguments]
            yield from _counted((f.result() for f in futures), what, total, progress)
        except BrokenProcessPool as error:
            raise ProjectError(
                "a process that read transcripts was ended from outside", mend="try --jobs 1"
            ) from error
        except BaseException:
            for worker in set(active_children()) - others:
                worker.terminate()
            raise


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started here never see Ctrl-C, which is for the one that started them; it comes after."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _counted(results: Iterable[T], what: str, total: int, progress: Progress) -> Iterator[T]:
    progress(what, 0, total)
    for done, result in enumerate(results, 1):
        progress(what, done, total)
        yield result


def _guarded(work: Callable[..., T], arguments: tuple[Any, ...]) -> T | EpisodeckError:
    try:
        return work(*arguments)
    except EpisodeckError as error:
        return error
    except OSError as error:
        return TranscriptError(
            error.strerror or str(error), where=arguments[1], mend="make it a readable file"
        )
    except MemoryError:
        return TranscriptError("is too large for this machine's memory", where=arguments[1], mend="split it")


def _finish(
    path: Path,
    merged: deckfile.Merged,
    files: dict[Path, CardFile],
    settings: Settings,
    templates: anki.Templates,
    now: datetime,
) -> Row:
    """Date what changed in a merged card file, save it, and put it in `files`."""
    info = merged.file.info

    def content(card: Card, guest: str | None) -> str:
        return anki.content_hash(anki.render(info, card, guest, settings, templates))

    file = deckfile.stamp(merged.file, content, now)
    written = deckfile.save(path, file)
    files[path] = file
    return Row(
        info.id,
        info.title,
        info.guests,
        merged.new,
        merged.updated,
        merged.kept,
        merged.yours,
        merged.removed,
        written,
    )


def _deck_guest(file: CardFile, card: Card) -> str | None:
    entry = file.ledger.get(card.id)
    return entry.guest if entry else None


def _card_files(project: Project, choices: Path | None = None) -> deckfile.Decks:
    decks = deckfile.load_all(project.decks)
    if decks.problems:
        raise Problems(decks.problems)
    return replace(decks, files=preview.apply(choices, decks.files)) if choices else decks


def _remarks(project: Project, files: dict[Path, CardFile], now: datetime) -> tuple[str, ...]:
    remarks = []
    for path, file in sorted(files.items()):
        if file.info.source and not project.has(file.info.source):
            remarks.append(f"{file.info.source} is gone; its {len(file.cards)} cards stay ({path.name})")
        if early := deckfile.ahead(file, now):
            remarks.append(
                f"{path.name}: {len(early)} cards are dated later than now, so a clock was wrong; "
                "changes to them reach Anki with the first build after that time"
            )
    return tuple(remarks)


def _text(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
