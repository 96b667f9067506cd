"""A light stand-in for the stages between a transcript and its proposals, so that thousands of builds are quick.

Transcripts are read by the real readers. Every invented sentence has words of its own, so that the
oracle can tell what a card is about; a program of a later version picks other sentences, other stretches
of them, and words its questions otherwise.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import signature
from types import CodeType
from typing import Any
from unittest.mock import patch

from jinja2 import Environment

from episodeck import fingerprints, understanding
from episodeck.anki import Templates
from episodeck.deckfile import card_id, trace
from episodeck.errors import EpisodeckError
from episodeck.memory import Proposed
from episodeck.model import Card, EpisodeInfo, Kind, Source
from episodeck.topics import Survey, Vocabulary
from episodeck.transcripts import read

LENGTH = 20
"""Words of a sentence."""
PLACE = re.compile(r"e(\d+)s(\d+)w(\d+)")
TOPICS = ("Tides", "Harbours", "Silt")
GUESTS = ("Mirela Voss", "Oskar Lind", "Ines Farrow")


@dataclass(slots=True)
class Program:
    """Which version of the program builds."""

    version: int = 0

    def propose(self, *given: Any) -> Proposed:
        """Takes the place of `understanding.propose`, and is called as that is."""
        names = ("path", "name", "episode", "settings", "topics")
        called = _PROPOSE.bind(*given).arguments
        path, name, episode, settings, topics = (called[name] for name in names)
        transcript = read(path, name)
        said = " ".join(cue.text for cue in transcript.cues).split()
        places: dict[tuple[int, int], list[int]] = {}
        for at, word in enumerate(said):
            if match := PLACE.fullmatch(word.rstrip(".")):
                places.setdefault((int(match[1]), int(match[2])), []).append(at)
        number = next(iter(places), (0, 0))[0]
        guest = GUESTS[number % len(GUESTS)]
        info = EpisodeInfo(
            episode, f"Episode {number}", settings.show or "Harbour Talk", None, None, (guest,), ("Tam Brindle",),
            topics or TOPICS, name, transcript.digest,
        )  # fmt: skip
        cards = [
            self._card(info, said, place, at, guest) for place, at in places.items() if self._likes(place)
        ]
        return Proposed(info, tuple(cards), settings.cards_per_episode, trace(" ".join(said)))

    def fingerprint(self) -> str:
        return f"version {self.version}"

    def _likes(self, place: tuple[int, int]) -> bool:
        return self._dice(place) % 3 > 0

    def _card(
        self, info: EpisodeInfo, said: Sequence[str], place: tuple[int, int], at: Sequence[int], guest: str
    ) -> Card:
        dice = self._dice(place)
        first, last = at[0] + dice % 2, at[-1] - dice % 3
        excerpt = " ".join(said[first : last + 1])
        kind = tuple(Kind)[dice // 5 % 3]
        topic = info.topics[dice // 7 % len(info.topics)]
        question = f"What of {place[1]} in {place[0]}, put in way {dice % 4}?"
        answer = f"This much: {said[at[3]]} & <{dice % 5}>."
        source = Source(excerpt, (first, last), first / 2.0)
        return Card(card_id(info.id, kind, excerpt), kind, topic, guest, question, answer, source, 0.5)

    def _dice(self, place: tuple[int, int]) -> int:
        return zlib.crc32(repr((place, self.version)).encode())


def sentence(episode: int, number: int) -> list[str]:
    return [f"e{episode}s{number}w{word}" for word in range(LENGTH)]


def as_markdown(sentences: Sequence[Sequence[str]]) -> str:
    talk = "\n\n".join(f"**Guest Voice:** {' '.join(words)}." for words in sentences)
    return f"**Tam Brindle:** Welcome to the talk.\n\n{talk}\n\n**Tam Brindle:** Thank you for that.\n"


def as_captions(sentences: Sequence[Sequence[str]]) -> str:
    said = " ".join(" ".join(words) for words in sentences).split()
    lines = ["WEBVTT", ""]
    for i, at in enumerate(range(0, len(said), 9)):
        lines += [
            f"00:{i // 60:02}:{i % 60:02}.000 --> 00:{i // 60:02}:{i % 60:02}.900",
            " ".join(said[at : at + 9]),
            "",
        ]
    return "\n".join(lines)


FORMS = {".md": as_markdown, ".vtt": as_captions}


_PROPOSE = signature(understanding.propose)
_compiled: dict[tuple[object, ...], CodeType] = {}
_compile = Environment.compile


def _compile_once(environment: Environment, source: object, *names: object) -> object:
    """Templates compiled by an earlier build aren't compiled again."""
    if not isinstance(source, str):
        return _compile(environment, source, *names)
    key = environment.block_start_string, source, *names
    if key not in _compiled:
        _compiled[key] = _compile(environment, source, *names)
    return _compiled[key]


_checked: dict[tuple[str, ...], list[EpisodeckError]] = {}
_check = Templates.check


def _check_once(templates: Templates) -> list[EpisodeckError]:
    """What an earlier build found in the same templates."""
    key = tuple(text for name in templates.names() for text in (name, templates.source(name)))
    if key not in _checked:
        _checked[key] = _check(templates)
    return _checked[key]


def _none_of(surveys: Iterable[Survey]) -> Vocabulary:
    """No topics, whatever the transcripts offer."""
    assert all(isinstance(survey, Survey) for survey in surveys)
    return Vocabulary()


@contextmanager
def light(program: Program) -> Iterator[None]:
    """Within it, the real build takes its proposals from `program`."""
    with (
        patch.object(understanding, "propose", program.propose),
        patch.object(understanding, "look", lambda path, name: Survey((), (), (), frozenset())),
        patch.object(understanding, "vocabulary", lambda settings, surveys, existing: _none_of(surveys)),
        patch.object(fingerprints, "of_stages", program.fingerprint),
        patch.object(Environment, "compile", _compile_once),
        patch.object(Templates, "check", _check_once),
    ):
        yield
