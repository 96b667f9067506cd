"""One transcript through every stage, from its file to its cards. Slow to import: the stages bring their weights."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from . import deckfile, fingerprints
from .anki.markup import as_written
from .cards import ask
from .deckfile import CardFile
from .errors import Problems, ProjectError, TranscriptError
from .highlights import Taste, choose
from .highlights.choose import wanted
from .highlights.reader import Reading
from .highlights.reader import read as read_worth
from .memory import Proposed
from .model import Card, Episode, Highlight
from .people import identify
from .project import Project
from .settings import Settings, load
from .sources import Source, episode_id
from .speech import language, restore
from .tasting import learned
from .topics import Survey, Vocabulary, find, survey, vocabulary
from .transcripts import read
from .writers.running import held_against

if TYPE_CHECKING:
    from .writers.making import Prepared

__all__ = [
    "Heard",
    "Understood",
    "hear",
    "inspect",
    "look",
    "prepare",
    "propose",
    "taste",
    "taste_of",
    "understand",
    "understood",
    "vocabulary",
]


@dataclass(frozen=True, slots=True)
class Understood:
    """One transcript, all the way to its cards."""

    episode: Episode
    highlights: tuple[Highlight, ...]
    cards: tuple[Card, ...]
    reading: Reading
    """What the network saw in it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An episode of a project, as those need it who write cards for it."""

    source: Source
    episode: Episode
    settings: Settings
    file: CardFile | None
    """Its card file, if it has one."""
    words: Vocabulary

    @property
    def mark(self) -> str:
        """A fingerprint of the transcript and of how its sentences are numbered, 16 hexadecimal digits: a better program
        may divide bare captions otherwise."""
        ranges = [(s.sentence.first, s.sentence.last) for s in self.episode.spoken()]
        return fingerprints.of(self.source.digest, ranges)

    def numbered_as(self, mark: str) -> bool:
        """Whether sentences had these numbers where `mark` was given; the beginning of the transcript's SHA-256 will do, too."""
        return len(mark) >= len(self.mark) and (mark == self.mark or self.source.digest.startswith(mark))

    def reading(self) -> Reading:
        """What the network sees in it. Takes a while, and every call anew."""
        return read_worth(self.episode)


def understand(
    path: Path,
    source: str,
    settings: Settings,
    words: Vocabulary,
    episode_id: str | None = None,
    given: tuple[str, ...] = (),
    taste: Taste | None = None,
) -> Understood:
    """One transcript through every stage, nothing written. Raises `TranscriptError`.

    `given` are the topics that its card file has: they stay, and only those of the settings join them.
    """
    episode = hear(path, source, settings, words, episode_id, given)
    reading = read_worth(episode)
    highlights = choose(episode, settings, words, taste or Taste(), reading)
    asked = ask(episode, highlights, wanted(episode, settings), reading, held_against(episode))
    # A star or a dollar that was in the transcript is no mark of ours.
    cards = tuple(replace(c, question=as_written(c.question), answer=as_written(c.answer)) for c in asked)
    return Understood(episode, highlights, cards, reading)


def hear(
    path: Path,
    source: str,
    settings: Settings,
    words: Vocabulary,
    episode_id: str | None = None,
    given: tuple[str, ...] = (),
) -> Episode:
    """Who says what in one transcript, and about which topics. `given` as `understand` has them. Raises `TranscriptError`."""
    transcript = read(path, source)
    speech = restore(transcript)
    if speech.language != "en":
        raise TranscriptError(
            f"{language.described(speech.language)}; cards can be made from English only",
            where=source,
            mend="bring an English transcript, or take this one away",
        )
    episode = identify(transcript, speech, settings)
    topics = find(transcript, episode, words)
    if given:
        topics = (*given, *(t for t in topics if t in settings.topics and t not in given))
    return replace(episode, info=replace(episode.info, id=episode_id or episode.info.id, topics=topics))


def understood(project: Project, name: str) -> Heard:
    """The episode of a project that `name` is the id of, or the path of its card file or transcript; nothing is written.

    Raises `ProjectError` if there is no such episode, `TranscriptError` if it can't be read, and `Problems` for settings
    or card files with faults.
    """
    from .build import opened  # which needn't be loaded for anything else here

    work = opened(project)
    sources = work.sources()
    source = _named(project, sources.all, name)
    if source is None:
        if skipped := next((e for e in sources.skipped if e.where == name), None):
            raise skipped
        gone = next((s.info for p, s in work.shelf.items() if name in (s.info.id, p.name, str(p))), None)
        if gone is not None:
            what = f"its transcript, {gone.source or 'of which nothing is said'}, is gone"
            raise ProjectError(what, where=name, mend=f"put it back into {project.seeds}")
        close = get_close_matches(name, [s.id for s in sources.all], 1)
        mend = (
            f"did you mean {close[0]}?"
            if close
            else f"name an episode's id, card file, or file in {project.seeds}"
        )
        raise ProjectError("no such episode", where=name, mend=mend)
    file = work.shelf.full(source.card_file) if source.known else None
    topics = {t: None for standing in work.shelf.values() for t in standing.info.topics}
    words = vocabulary(work.settings, [look(source.path, source.name)], topics)
    given = file.info.topics if file else ()
    return Heard(
        source,
        hear(source.path, source.name, work.settings, words, source.id, given),
        work.settings,
        file,
        words,
    )


def _named(project: Project, sources: Sequence[Source], name: str) -> Source | None:
    """The transcript that a reader means: by its episode's id, or by a path as seen from here or from the project."""
    for source in sources:
        if name in (source.id, source.name):
            return source
    paths = [folder / name for folder in (Path(), project.root, project.seeds, project.decks)]
    real = {path.resolve() for path in paths if path.is_file()}
    return next((s for s in sources if {s.path.resolve(), s.card_file.resolve()} & real), None)


def inspect(project: Project, path: Path) -> Understood:
    """How one transcript is understood within a project; nothing is written."""
    settings = load(project.settings_file)
    decks = deckfile.load_all(project.decks) if project.decks.is_dir() else None
    topics = sorted({t for f in decks.files.values() for t in f.info.topics}) if decks else []
    source = path.as_posix()
    words = vocabulary(settings, [survey(read(path, source))], topics)
    liked = learned(project, decks) if decks and settings.learn_taste else Taste()
    if not path.resolve().is_relative_to(project.seeds.resolve()):
        return understand(path, source, settings, words, taste=liked)
    name = project.relative(path)
    old = next((f for f in decks.files.values() if f.info.source == name), None) if decks else None
    episode = old.info.id if old else episode_id(path.resolve().relative_to(project.seeds.resolve()))
    return understand(path, name, settings, words, episode, old.info.topics if old else (), liked)


def taste(project: Project, settings: Settings) -> Taste:
    """What the card files tell of the reader's taste; nothing where the settings don't want it learned."""
    if not settings.learn_taste or not project.decks.is_dir():
        return Taste()
    return learned(project, deckfile.load_all(project.decks))


def taste_of(project: Project) -> tuple[Settings, Taste]:
    """The settings, and the reader's taste. Raises `Problems` for settings or card files with faults."""
    settings = load(project.settings_file)
    if project.decks.is_dir() and (problems := deckfile.load_all(project.decks).problems):
        raise Problems(problems)
    return settings, taste(project, settings)


def look(path: Path, name: str) -> Survey:
    """What one transcript offers as topics. Raises `TranscriptError`."""
    return survey(read(path, name))


def prepare(
    path: Path, name: str, episode: str, settings: Settings, words: Vocabulary, topics: tuple[str, ...]
) -> Prepared:
    """One transcript made ready for another writer. Raises `TranscriptError`."""
    from .writers.making import Prepared

    heard = hear(path, name, settings, words, episode, topics)
    return Prepared(heard, read_worth(heard))


def propose(
    path: Path,
    name: str,
    episode: str,
    settings: Settings,
    words: Vocabulary,
    topics: tuple[str, ...],
    liked: Taste,
) -> Proposed:
    """What the program would have in the card file of one transcript. Raises `TranscriptError`."""
    with _uncollected():
        found = understand(path, name, settings, words, episode, topics, liked)
    talk = deckfile.trace(" ".join(found.episode.speech.words))
    return Proposed(found.episode.info, found.cards, wanted(found.episode, settings), talk)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Values of the stages hold no rings; Python's search for rings among them would take a twelfth of the time."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()
