"""What an episode says, laid out so that a proposal can be held against it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from ..highlights.meaning import weight
from ..model import Episode, Spoken
from ..text import STOP_WORDS, stem, words_of
from ..topics.vectors import nearest
from .numbers import measures, numbers

CONTEXT = 2
"""So many sentences before and after a stretch say what it speaks of."""
_KIN = 5
"""Words that begin with so many letters alike are of one family: `reproduce`, `reproducible`."""
_NEAR, _ALIKE = 0.3, 0.8
"""Words nearer in meaning than the first count a part, at the most the second."""
_MISHEARD = 0.72
_SIGNS = re.compile(r"%|(?<=\d)x\b|(?<=\w )x\b", re.I)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*")


@dataclass(frozen=True, slots=True)
class Grounds:
    """An episode's sentences with the words they hold."""

    episode: Episode
    spoken: tuple[Spoken, ...]
    stems: tuple[frozenset[str], ...]
    """Of the words with content, sentence by sentence."""
    words: tuple[str, ...]
    """All that are said, each once, and each pair of neighbours in one."""

    @staticmethod
    def of(episode: Episode) -> Grounds:
        spoken = tuple(episode.spoken())
        words = [w for s in spoken for w in words_of(said(s))]
        pairs = (a + b for a, b in pairwise(words))
        return Grounds(
            episode,
            spoken,
            tuple(frozenset(map(stem, telling(said(s)))) for s in spoken),
            tuple(dict.fromkeys((*words, *pairs))),
        )

    @property
    def numbers(self) -> frozenset[float]:
        """All that are said."""
        return _numbers(self.spoken)[0]

    @property
    def measures(self) -> frozenset[tuple[float, str]]:
        """All that are said, with what they count."""
        return _numbers(self.spoken)[1]

    def has(self, name: str) -> bool:
        """Whether a name is said somewhere, as it is written or as it may have been misheard."""
        return named(name, self.words)

    def text(self, first: int, last: int, around: int = 0) -> str:
        """What is said from one sentence to another, in its mended and in its verbatim form."""
        return " ".join(said(s) for s in self.spoken[max(0, first - around) : last + 1 + around])

    def elsewhere(self, answer: str, first: int, last: int) -> tuple[float, float]:
        """How much of an answer's words is said in a stretch, and how much in the one stretch elsewhere that says most of
        it; both 0 to 1, rare words counting more."""
        wanted = Counter(map(stem, telling(answer)))
        total = sum(weight(w) * n for w, n in wanted.items())
        if not total:
            return 1.0, 0.0

        def held(low: int, high: int) -> float:
            there: set[str] = set().union(*self.stems[max(0, low) : high + 1])
            return sum(weight(w) * n for w, n in wanted.items() if w in there) / total

        length = max(3, last - first + 1)
        starts = range(0, len(self.stems), max(1, length // 2))
        apart = (s for s in starts if s + length <= first - CONTEXT or s > last + CONTEXT + 1)
        return held(first, last), max((held(s, s + length - 1) for s in apart), default=0.0)


@lru_cache(maxsize=2)
def _numbers(spoken: tuple[Spoken, ...]) -> tuple[frozenset[float], frozenset[tuple[float, str]]]:
    text = " . ".join(map(said, spoken))
    return frozenset(numbers(text)), frozenset(measures(text))


def said(spoken: Spoken) -> str:
    """A sentence's words as they are read and, where that differs, as they were transcribed."""
    sentence = spoken.sentence
    return sentence.readable if sentence.readable == sentence.text else f"{sentence.readable} {sentence.text}"


def telling(text: str) -> list[str]:
    """The words of a text that carry meaning, as they stand."""
    return [w for w in words_of(_SIGNS.sub(_in_words, text)) if w not in STOP_WORDS and len(w) > 1]


def _in_words(sign: re.Match[str]) -> str:
    return " percent" if sign.group() == "%" else " times"


def support(answer: str, text: str) -> tuple[float, list[str]]:
    """How much of an answer's words a text has, 0 to 1, and the words it has nothing like.

    Rare words count more; a word of the same family counts as the word itself, one that is near in meaning a part.
    """
    there = list(dict.fromkeys(telling(text)))
    stems = {stem(w) for w in there}
    total = had = 0.0
    missing = []
    for word in telling(answer):
        share = 1.0 if stem(word) in stems else _kin(word, there)
        total += weight(word)
        had += weight(word) * share
        if share < 0.5:
            missing.append(word)
    return (had / total if total else 1.0), missing


def _kin(word: str, there: Sequence[str]) -> float:
    if any(_family(word, other) for other in there):
        return 0.9
    return _ALIKE * max(0.0, nearest(word, there) - _NEAR) / (1 - _NEAR)


def _family(word: str, other: str) -> bool:
    alike = 0
    for a, b in zip(word, other, strict=False):
        if a != b:
            break
        alike += 1
    return alike >= _KIN or alike >= max(4, 0.6 * max(len(word), len(other)))


def names(text: str) -> list[str]:
    """Words of a text that only a name has: capital letters where no sentence begins."""
    out = []
    for sentence in re.split(r"(?<=[.!?:;])\s+|[“”\"(]", text):
        for n, found in enumerate(_NAME.finditer(sentence)):
            word = re.sub(r"['’]s$", "", found.group()).strip(".-'’")
            inner = any(c.isupper() or c.isdigit() for c in word[1:])
            if word and ((word[0].isupper() and n > 0) or inner) and word.lower() not in STOP_WORDS:
                out.append(word)
    return out


def named(name: str, words: Collection[str]) -> bool:
    """Whether a name is among words, as it is written or as it may have been misheard."""
    name = name.lower()
    return name in words or any(_sounds_like(name, word.lower()) for word in words)


@lru_cache(maxsize=100_000)
def _sounds_like(name: str, word: str) -> bool:
    if name == word or stem(name) == stem(word):
        return True
    if [c for c in name if c.isdigit()] != [c for c in word if c.isdigit()]:
        return False
    if min(len(name), len(word)) < 4 or abs(len(name) - len(word)) > 3:
        return False
    return SequenceMatcher(None, name, word, autojunk=False).ratio() >= _MISHEARD
