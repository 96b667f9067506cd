"""Windows of sentences, ranked by what they hold, spread over the episode."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import Episode, Highlight, Kind, Role, Spoken
from ..settings import Settings
from ..text import content_words
from ..topics import Vocabulary, sort_into
from .features import cues, describe
from .rank import probabilities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORDS_PER_HOUR = 9_000
QUOTE_SHARE = 0.28
"""Of an episode's cards, this part are quotes: annotators chose 12 quotes beside 30 claims."""
_SHORT_TALK = 6
"""A short talk gives up to so many cards, one for 40 words: what is short is dense."""
SPARE = 5
"""So many times the cards wanted are chosen, since not every highlight can be asked well."""

_CLAIM_SENTENCES, _QUOTE_SENTENCES = 4, 2
_LEAST_WORDS, _MOST_WORDS = 12, 130
_QUOTE_MOST_WORDS = 60
# A window scores the sum of its sentences' probabilities, each less this: long enough to hold
# the whole thought, without padding. Cross-validated on the annotated training episodes.
_CLAIM_COST, _QUOTE_COST = 0.15, 0.02
_SAME = 0.6
"""Two highlights of which the shorter shares this part of its content words say the same."""


@dataclass(frozen=True, slots=True)
class _Window:
    first: int
    last: int
    worth: float
    score: float


def wanted(episode: Episode, settings: Settings) -> int:
    """How many cards an episode of this length should give."""
    words = sum(s.sentence.last - s.sentence.first + 1 for s in episode.spoken() if s.sentence.aside is None)
    by_length = round(settings.cards_per_hour * words / WORDS_PER_HOUR)
    return min(settings.cards_per_episode, max(1, by_length, min(_SHORT_TALK, words // 40)))


def choose(episode: Episode, settings: Settings, vocabulary: Vocabulary) -> tuple[Highlight, ...]:
    """The stretches of `episode` most worth a card, best first; more than `wanted`, some can't be asked well.

    Claims (and exchanges: claims that answer a host's question right before) and quotes are ranked
    apart; a quote may lie inside a claim.
    """
    spoken = list(episode.spoken())
    if not spoken:
        return ()
    features = describe(spoken, episode.hints)
    count = wanted(episode, settings)
    quotes = round(count * QUOTE_SHARE)
    breaks = frozenset(episode.speech.breaks)
    out: list[Highlight] = []
    for kind, number, reach, most, cost in (
        (Kind.CLAIM, count - quotes, _CLAIM_SENTENCES, _MOST_WORDS, _CLAIM_COST),
        (Kind.QUOTE, quotes, _QUOTE_SENTENCES, _QUOTE_MOST_WORDS, _QUOTE_COST),
    ):
        likely = probabilities(features, kind)
        windows = _best_windows(spoken, likely, breaks, reach, most, cost)
        for window in _distinct(spoken, windows, round(number * SPARE) + 3):
            if window.score >= settings.min_score:
                out.append(_highlight(episode, spoken, window, kind, vocabulary))
    return tuple(sorted(out, key=lambda h: (-h.score, h.first, h.kind)))


def _best_windows(
    spoken: Sequence[Spoken],
    likely: NDArray[np.float64],
    breaks: frozenset[int],
    reach: int,
    most_words: int,
    cost: float,
) -> list[_Window]:
    """Every stretch of up to `reach` sentences by one speaker, best first."""
    windows = []
    for first, start in enumerate(spoken):
        if not _usable(start):
            continue
        words, worth, best = 0, 0.0, 0.0
        for last in range(first, min(first + reach, len(spoken))):
            s = spoken[last]
            crosses = any(s.sentence.first < b <= s.sentence.last for b in breaks) or (
                last > first and s.sentence.first in breaks
            )
            if s.turn != start.turn or not _usable(s) or crosses:
                break
            size = len(s.sentence.readable.split())
            words += size
            if words > most_words and last > first:
                break
            worth += float(likely[last]) - cost
            best += float(likely[last]) * size
            if words >= _LEAST_WORDS:
                windows.append(_Window(first, last, worth, best / words))
    return sorted(windows, key=lambda w: (-w.worth, w.first, w.last))


def _distinct(spoken: Sequence[Spoken], windows: Sequence[_Window], number: int) -> list[_Window]:
    """The best windows that neither overlap nor say the same."""
    taken: set[int] = set()
    said: list[set[str]] = []
    chosen: list[_Window] = []
    for window in windows:
        span = range(window.first, window.last + 1)
        if taken.intersection(span):
            continue
        content = {w for i in span for w in content_words(spoken[i].sentence.readable)}
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


def _usable(s: Spoken) -> bool:
    return s.sentence.aside is None and bool(s.sentence.readable.strip())


def _highlight(
    episode: Episode, spoken: Sequence[Spoken], window: _Window, kind: Kind, vocabulary: Vocabulary
) -> Highlight:
    text = " ".join(spoken[i].sentence.readable for i in range(window.first, window.last + 1))
    around = range(max(0, window.first - 8), min(len(spoken), window.last + 9))
    context = " ".join(spoken[i].sentence.readable for i in around)
    question = _question_before(spoken, window.first) if kind is Kind.CLAIM else None
    return Highlight(
        kind=Kind.EXCHANGE if question else kind,
        first=window.first,
        last=window.last,
        speaker=spoken[window.first].speaker,
        topic=sort_into(text, episode.info.topics, vocabulary, context),
        score=round(window.score, 3),
        reasons=reasons(text, bool(question), spoken[window.first].role is Role.GUEST),
        question=question,
    )


_LEAD_WORDS = 45
"""An answer may have so many words before its core."""
_QUESTION_REACH = 3
"""The question is among so many last sentences of the turn before."""


def _question_before(spoken: Sequence[Spoken], first: int) -> tuple[int, int] | None:
    """The host's question, if the window is in the opening of the answer to it."""
    turn = spoken[first].turn
    start = first
    while start > 0 and spoken[start - 1].turn == turn:
        start -= 1
    lead = sum(len(spoken[i].sentence.readable.split()) for i in range(start, first))
    if start == 0 or lead > _LEAD_WORDS:
        return None
    for i in range(start - 1, max(-1, start - 1 - _QUESTION_REACH), -1):
        asked = spoken[i]
        if asked.role is Role.GUEST or asked.sentence.aside or asked.turn != spoken[start - 1].turn:
            return None
        if asked.sentence.readable.rstrip().endswith("?"):
            return (i, i)
    return None


_REASONS = {
    "definition": "definition",
    "because": "gives a reason",
    "contrast": "contrast",
    "importance": "marked as important",
    "surprise": "surprise",
    "prediction": "prediction",
    "means": "cause and effect",
    "general": "general statement",
}


def reasons(text: str, asked: bool, by_guest: bool) -> tuple[str, ...]:
    """What speaks for keeping `text`, the weightiest first; `asked`: it answers a host's question."""
    found = [_REASONS[name] for name in cues(text) if name in _REASONS]
    if re.search(r"\d", text):
        found.insert(0, "number")
    if asked:
        found.insert(0, "host asked")
    if by_guest:
        found.append("guest")
    return tuple(found[:4])
