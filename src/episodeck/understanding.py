"""One transcript through every stage, from its file to its cards. Slow to import: the stages bring their weights."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from . import deckfile
from .anki.markup import as_written
from .cards import ask
from .errors import Problems, TranscriptError
from .highlights import Taste, choose
from .highlights.choose import wanted
from .highlights.reader import Reading
from .highlights.reader import read as read_worth
from .memory import Proposed
from .model import Card, Episode, Highlight
from .people import identify
from .project import Project
from .settings import Settings, load
from .sources import episode_id
from .speech import language, restore
from .tasting import learned
from .topics import Survey, Vocabulary, find, survey, vocabulary
from .transcripts import read

__all__ = ["Understood", "inspect", "look", "propose", "taste", "taste_of", "understand", "vocabulary"]


@dataclass(frozen=True, slots=True)
class Understood:
    """One transcript, all the way to its cards."""

    episode: Episode
    highlights: tuple[Highlight, ...]
    cards: tuple[Card, ...]
    reading: Reading
    """What the network saw in it."""


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
    episode = replace(episode, info=replace(episode.info, id=episode_id or episode.info.id, topics=topics))
    reading = read_worth(episode)
    highlights = choose(episode, settings, words, taste or Taste(), reading)
    asked = ask(episode, highlights, wanted(episode, settings), reading)
    # A star or a dollar that was in the transcript is no mark of ours.
    cards = tuple(replace(c, question=as_written(c.question), answer=as_written(c.answer)) for c in asked)
    return Understood(episode, highlights, cards, reading)


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
