"""Stretches of an episode that could be highlights, and the best of them that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from ..model import Spoken
from ..text import content_words

_LEAST_WORDS = 12
_INTERJECTION = 6
"""A sentence of fewer words neither begins nor ends a window, and isn't counted among its sentences."""
_SAME = 0.6
"""Two highlights of which the shorter shares this part of its content words say the same."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the highlights of a kind may be, and what it takes for a sentence to be worth its place."""

    sentences: int
    words: int
    cost: float
    """A window's worth is the sum of its sentences' chances, each less this: long enough to hold the whole
    thought, without padding."""


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences `first` to `last` of an episode, and how much they promise together."""

    first: int
    last: int
    worth: float


def windows(
    spoken: Sequence[Spoken], chances: Sequence[float], breaks: frozenset[int], shape: Shape
) -> list[Window]:
    """Every stretch of a shape by one speaker, best first; none with what is set aside, none across a break.

    `chances` are those of the sentences, `breaks` the word offsets that no stretch may run across.
    """
    sizes = [len(s.sentence.readable.split()) if s.sentence.aside is None else 0 for s in spoken]
    found = []
    for first, start in enumerate(spoken):
        if sizes[first] < _INTERJECTION:
            continue
        words, worth, sentences = 0, 0.0, 0
        for last in range(first, len(spoken)):
            s = spoken[last]
            if s.turn != start.turn or not sizes[last] or _broken(s, breaks, last > first):
                break
            words += sizes[last]
            sentences += sizes[last] >= _INTERJECTION
            if sentences > shape.sentences or (words > shape.words and last > first):
                break
            worth += chances[last] - shape.cost
            if sizes[last] >= _INTERJECTION and words >= _LEAST_WORDS:
                found.append(Window(first, last, worth))
    return sorted(found, key=lambda w: (-w.worth, w.first, w.last))


def _broken(s: Spoken, breaks: frozenset[int], goes_on: bool) -> bool:
    """Whether a break lies inside a sentence, or right before one that goes on with a window."""
    first = s.sentence.first if goes_on else s.sentence.first + 1
    return any(b in breaks for b in range(first, s.sentence.last + 1)) if breaks else False


def distinct(spoken: Sequence[Spoken], ranked: Sequence[Window], number: int) -> list[Window]:
    """The first `number` windows that neither overlap nor say the same as one before them."""
    content_of = cache(lambda i: frozenset(content_words(spoken[i].sentence.readable)))
    taken: set[int] = set()
    said: list[set[str]] = []
    chosen: list[Window] = []
    for window in ranked:
        span = range(window.first, window.last + 1)
        if taken.intersection(span):
            continue
        content: set[str] = set().union(*map(content_of, span))
        if any(
            len(content & other) >= _SAME * min(len(content), len(other))
            for other in said
            if content and other
        ):
            continue
        taken.update(span)
        said.append(content)
        chosen.append(window)
        if len(chosen) == number:
            break
    return chosen
