"""Which transcript belongs to which card file, also after it was renamed, moved, corrected or exported anew."""

from __future__ import annotations

import fnmatch
import hashlib
import stat
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import deckfile, fingerprints
from .deckfile import CardFile
from .errors import EpisodeckError, TranscriptError
from .model import EpisodeInfo
from .project import Project
from .settings import Settings
from .text import slug

_ID_LENGTH = 64
_SAME_TALK = 0.5
"""Share of what a file's cards rest on that a transcript must hold to be known for theirs."""
_EVIDENCE = 10
"""So many runs of words must there be to go by, unless the files have the same name."""


@dataclass(frozen=True, slots=True)
class Source:
    """A transcript file and the card file it belongs to."""

    path: Path
    name: str
    """As it is written in card files."""
    digest: str
    card_file: Path
    id: str
    known: bool
    """Whether there is such a card file."""

    def made(self, settings: Settings, writer: str = "") -> str:
        """Fingerprint of everything the proposals depend on: transcript, settings, and the program or, by its identity,
        another writer. A better program is no reason to ask a language model again."""
        relevant = (
            settings.show, settings.cards_per_hour, settings.cards_per_episode, settings.min_score,
            sorted(settings.people.items()), sorted(settings.topics.items()), settings.prefer, settings.leave_out,
        )  # fmt: skip
        return fingerprints.of(self.digest, self.name, relevant, writer or fingerprints.of_stages())


@dataclass(frozen=True, slots=True)
class Sources:
    """The transcripts of a project."""

    all: tuple[Source, ...]
    orphans: tuple[Path, ...]
    """Card files whose transcripts are gone."""
    skipped: tuple[EpisodeckError, ...]

    def only(self, project: Project, pattern: str | None) -> list[Source]:
        """Those whose path or name matches."""
        return [s for s in self.all if pattern is None or _matches(project, s, pattern)]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    digest: str


def match(project: Project, files: Mapping[Path, EpisodeInfo], full: Callable[[Path], CardFile]) -> Sources:
    """Every transcript of the project with its card file; `files` are those there are, `full` reads one.

    A transcript is known by its path and its content, then by its content. Then, where there are also new ones, by the
    words that cards rest on: that of the same path comes first, if it is the same talk still, for a new talk
    may have taken the name of one that was renamed and corrected. Last by its path alone.
    """
    found, skipped = _transcripts(project)
    left = {path: info for path, info in files.items() if info.source}
    matched: dict[str, Path] = {}
    keys: tuple[tuple[Callable[[_File], object], Callable[[EpisodeInfo], object]], ...] = (
        (lambda f: (f.name, f.digest), lambda i: (i.source, i.digest)),
        (lambda f: f.digest, lambda i: i.digest),
    )
    for of_file, of_info in keys:
        waiting: dict[object, list[Path]] = {}
        for path, info in left.items():
            waiting.setdefault(of_info(info), []).append(path)
        for file in found:
            if file.name not in matched and (paths := waiting.get(of_file(file))):
                matched[file.name] = paths.pop(0)
                del left[matched[file.name]]
    named = {info.source: path for path, info in reversed(left.items())}
    open_ = [file for file in found if file.name not in matched]
    if left and any(file.name not in named for file in open_):
        for file, path in _by_words(project, open_, left, named, full):
            matched[file.name] = path
            del left[path]
    for file in open_:
        if file.name not in matched and named.get(file.name) in left:
            matched[file.name] = named[file.name]
            del left[named[file.name]]

    ids = {info.id: path for path, info in files.items()}
    taken: dict[str, str] = {}
    sources = []
    for file in found:
        card_file = matched.get(file.name)
        key = files[card_file].id if card_file else episode_id(file.path.relative_to(project.seeds))
        other = taken.get(key) or (files[ids[key]].source if card_file is None and key in ids else None)
        if other:
            mend = f"rename one; {other} gives the same name"
            what = f"its card file would be {key}.yaml, which is taken"
            skipped.append(TranscriptError(what, where=file.name, mend=mend))
            continue
        taken[key] = file.name
        place = card_file or project.decks / f"{key}.yaml"
        sources.append(Source(file.path, file.name, file.digest, place, key, card_file is not None))
    return Sources(tuple(sources), tuple(sorted(left)), tuple(skipped))


def episode_id(path: Path) -> str:
    """An episode's id, from its transcript's path in `seeds`; a long one is cut, a hash keeping it apart."""
    text = slug(path.with_suffix("").as_posix()) or "episode"
    if len(text) <= _ID_LENGTH:
        return text
    return f"{text[: _ID_LENGTH - 9].strip('-')}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _transcripts(project: Project) -> tuple[list[_File], list[EpisodeckError]]:
    found: dict[str, _File] = {}
    skipped: list[EpisodeckError] = []
    for path in project.transcripts():
        try:
            name = project.relative(path)
            if name not in found:  # a link and what it leads to are one transcript
                found[name] = _File(path, name, _digest(path))
        except EpisodeckError as error:
            skipped.append(error)
        except OSError as error:
            skipped.append(TranscriptError(error.strerror or str(error), where=path, mend="make it readable"))
    return list(found.values()), skipped


def _digest(path: Path) -> str:
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise TranscriptError("is not a regular file", where=path, mend="put the transcript itself there")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _by_words(
    project: Project,
    new: Sequence[_File],
    left: Mapping[Path, EpisodeInfo],
    named: Mapping[str, Path],
    full: Callable[[Path], CardFile],
) -> Iterable[tuple[_File, Path]]:
    """Pairs of a transcript and a card file whose cards rest on its words: those of one path first (`named`), then the
    most alike."""
    from .transcripts import read  # slow to import, and seldom needed

    marks = {path: deckfile.rests_on(full(path)) for path in left}
    holders: defaultdict[str, list[Path]] = defaultdict(list)
    for path, own in marks.items():
        for run in own:
            holders[run].append(path)
    ranked = []
    for file in new:
        try:
            cues = read(file.path, file.name).cues
        except (EpisodeckError, OSError, MemoryError):
            continue  # it is said when its turn comes to be read
        talk = deckfile.runs(deckfile.trace(" ".join(cue.text for cue in cues)))
        name = episode_id(file.path.relative_to(project.seeds))
        for path, there in Counter(p for run in talk for p in holders.get(run, ())).items():
            same_name = left[path].id == name
            if there >= _SAME_TALK * len(marks[path]) and (there >= _EVIDENCE or same_name):
                at_home = named.get(file.name) == path
                ranked.append((at_home, there, same_name, file.name, path, file))
    done: set[object] = set()
    for *_, name, path, file in sorted(ranked, key=lambda r: (not r[0], -r[1], not r[2], r[3], r[4])):
        if not done & {name, path}:
            done |= {name, path}
            yield file, path


def _matches(project: Project, source: Source, pattern: str) -> bool:
    names = (source.name, source.path.relative_to(project.seeds).as_posix(), source.path.name)
    return any(fnmatch.fnmatch(name, pattern) for name in names)
