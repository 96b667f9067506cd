"""What is worth a card: how much, which stretches, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..model import Episode, Highlight, Kind, Role, Spoken
from ..settings import Settings
from ..topics import Sorter, Vocabulary
from .features import cues, joined
from .rank import chances, score
from .reader import Reading, read
from .taste import Taste, stated
from .windows import Shape, Window, distinct, windows

WORDS_PER_HOUR = 9_000
QUOTE_SHARE = 12 / 42
"""Of an episode's cards, this part are quotes: annotators chose 12 quotes beside 30 claims."""
_SHORT_TALK = 6
"""A short talk gives up to so many cards, one for 40 words: what is short is dense."""
SPARE = 5
"""So many times the cards wanted are chosen, since not every highlight can be asked well."""

# Cross-validated on the annotated training episodes; see docs/how-cards-are-chosen.md.
SHAPES = {
    Kind.CLAIM: Shape(sentences=4, words=160, cost=0.12),
    Kind.QUOTE: Shape(sentences=3, words=80, cost=0.06),
}

NO_TASTE = Taste()


def wanted(episode: Episode, settings: Settings) -> int:
    """How many cards an episode of this length should give."""
    words = sum(s.sentence.last - s.sentence.first + 1 for s in episode.spoken() if s.sentence.aside is None)
    by_length = round(settings.cards_per_hour * words / WORDS_PER_HOUR)
    return min(settings.cards_per_episode, max(1, by_length, min(_SHORT_TALK, words // 40)))


def choose(
    episode: Episode,
    settings: Settings,
    vocabulary: Vocabulary,
    taste: Taste = NO_TASTE,
    reading: Reading | None = None,
) -> tuple[Highlight, ...]:
    """The stretches of `episode` most worth a card, best first; more than `wanted`, some can't be asked well.

    Claims (and exchanges: claims that answer a host's question right before) and quotes are ranked
    apart; a quote may lie inside a claim. The settings and the reader's taste move the ranking. `reading` is
    what the network sees in the episode, if it was asked before.
    """
    spoken = list(episode.spoken())
    if not spoken:
        return ()
    reading = reading or read(episode)
    features = joined(reading.plain, reading.sentences)
    count = wanted(episode, settings)
    quotes = round(count * QUOTE_SHARE)
    breaks = frozenset(episode.speech.breaks)
    sorter = Sorter(episode.info.topics, vocabulary)
    out: list[Highlight] = []
    for kind, number in ((Kind.CLAIM, count - quotes), (Kind.QUOTE, quotes)):
        ranked = windows(spoken, chances(features, kind).tolist(), breaks, SHAPES[kind])
        for window in distinct(spoken, ranked, number * SPARE + 3):
            highlight = _highlight(spoken, window, kind, sorter)
            text = " ".join(spoken[i].sentence.readable for i in range(window.first, window.last + 1))
            wish = stated(text, highlight.topic, settings)
            if wish is None:
                continue
            worth = score(window.worth, kind, wish + taste.leaning(text))
            if worth >= settings.min_score:
                out.append(replace(highlight, score=round(worth, 3)))
    return tuple(sorted(out, key=lambda h: (-h.score, h.first, h.kind)))


def valued(
    episode: Episode,
    stretches: Sequence[tuple[Kind, int, int]],
    settings: Settings,
    vocabulary: Vocabulary,
    taste: Taste = NO_TASTE,
    reading: Reading | None = None,
) -> tuple[Highlight | None, ...]:
    """Stretches that somebody else chose, as highlights: a kind, the first and the last sentence of each.

    Their scores mean the same as those of `choose`. None for what the settings leave out.
    """
    spoken = list(episode.spoken())
    reading = reading or read(episode)
    features = joined(reading.plain, reading.sentences)
    sorter = Sorter(episode.info.topics, vocabulary)
    known = {kind: chances(features, kind).tolist() for kind in SHAPES}
    out: list[Highlight | None] = []
    for kind, first, last in stretches:
        form = kind if kind in SHAPES else Kind.CLAIM
        worth = sum(known[form][i] - SHAPES[form].cost for i in range(first, last + 1))
        highlight = _highlight(spoken, Window(first, last, worth), form, sorter)
        text = " ".join(spoken[i].sentence.readable for i in range(first, last + 1))
        wish = stated(text, highlight.topic, settings)
        value = 0.0 if wish is None else score(worth, form, wish + taste.leaning(text))
        left_out = wish is None or value < settings.min_score
        out.append(None if left_out else replace(highlight, kind=kind, score=round(value, 3)))
    return tuple(out)


def _highlight(spoken: Sequence[Spoken], window: Window, kind: Kind, sorter: Sorter) -> Highlight:
    text = " ".join(spoken[i].sentence.readable for i in range(window.first, window.last + 1))
    around = range(max(0, window.first - 8), min(len(spoken), window.last + 9))
    context = " ".join(spoken[i].sentence.readable for i in around)
    question = _question_before(spoken, window.first) if kind is Kind.CLAIM else None
    return Highlight(
        kind=Kind.EXCHANGE if question else kind,
        first=window.first,
        last=window.last,
        speaker=spoken[window.first].speaker,
        topic=sorter.into(text, context),
        score=round(score(window.worth, kind), 3),
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
