"""One question and one short answer for each highlight that can be asked well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..deckfile import card_id
from ..model import Card, Episode, Highlight, Kind, Source, Spoken
from ..text import content_words, words_of
from .drafts import Draft, drafts, host_question, prepare, quote_drafts, units
from .links import at_second
from .rubric import faults

_SAME_FRONT = 0.7
_WEAK_START = re.compile(r"[“\"]?(?:it|they|this|that|those|these|he|she|there|we|i|you)\b", re.I)
_LOOSE = re.compile(
    r"\b(?:i|my|me|really|actually|like|something|some|things?|stuff|kind|sort|this|that)\b", re.I
)
_BEST_ANSWER_WORDS = (3, 22)


def ask(episode: Episode, highlights: Sequence[Highlight], count: int | None = None) -> tuple[Card, ...]:
    """The cards of an episode, in the order of the transcript.

    `highlights` come best first; a highlight that can't be asked well gives no card. With `count`,
    asking stops when there are so many, quotes and claims in the proportion of the highlights.
    """
    spoken = list(episode.spoken())
    quotes = sum(h.kind is Kind.QUOTE for h in highlights)
    room = {True: len(highlights), False: len(highlights)}
    if count is not None and highlights:
        room[True] = round(count * quotes / len(highlights))
        room[False] = count - room[True]
    made: list[Card] = []
    used: set[int] = set()
    fronts: list[set[str]] = []
    common = _common_words(spoken)
    # Claims first: a quotation from a sentence that a claim already asks for would be the same card again.
    for highlight in sorted(highlights, key=lambda h: h.kind is Kind.QUOTE):
        is_quote = highlight.kind is Kind.QUOTE
        if room[is_quote] <= 0:
            continue
        best = _best(episode, spoken, highlight, used, fronts, len(made), common)
        if best is None:
            continue
        draft, sentences = best
        used.update(sentences)
        fronts.append(set(content_words(draft.asks)))
        room[is_quote] -= 1
        made.append(_card(episode, spoken, highlight, draft))
    return tuple(sorted(made, key=lambda c: (c.source.words or (0, 0), c.kind)))


def why_not(episode: Episode, highlight: Highlight) -> list[str]:
    """For each draft of a highlight, what the rubric has against it."""
    spoken = list(episode.spoken())
    excerpt = _readable(spoken, highlight)
    return [
        f"{draft.means}: {fault}"
        for draft, _ in _drafts(spoken, highlight, 0, _common_words(spoken))
        for fault in faults(draft.question, draft.answer, excerpt)[:1]
    ]


def _best(
    episode: Episode,
    spoken: Sequence[Spoken],
    highlight: Highlight,
    used: set[int],
    fronts: Iterable[set[str]],
    turn: int,
    common: frozenset[str],
) -> tuple[Draft, tuple[int, ...]] | None:
    excerpt = _readable(spoken, highlight)
    names = {w for name in (*episode.info.guests, *episode.info.hosts) for w in content_words(name)}
    best: tuple[float, Draft, tuple[int, ...]] | None = None
    for draft, sentences in _drafts(spoken, highlight, turn, common):
        if used.intersection(sentences) or faults(draft.question, draft.answer, excerpt):
            continue
        front = set(content_words(draft.asks)) - names
        if any(len(front & other) >= _SAME_FRONT * max(1, min(len(front), len(other))) for other in fronts):
            continue
        value = _value(draft)
        if best is None or value > best[0]:
            best = (value, draft, sentences)
    return best[1:] if best else None


def _value(draft: Draft) -> float:
    """Which draft to take: how it was made, and how close to a good length it is."""
    low, high = _BEST_ANSWER_WORDS
    answer, front = len(draft.answer.split()), len(draft.question.split())
    off = max(0, low - answer) * 0.1 + max(0, answer - high) * 0.02 + max(0, front - 35) * 0.01
    off += 0.1 if _WEAK_START.match(draft.answer) else 0
    off += 0.02 * (len(_LOOSE.findall(draft.answer)) + len(_LOOSE.findall(draft.question)))
    content = len(content_words(draft.answer))
    return draft.prior - off + min(content, 6) * 0.01


def _drafts(
    spoken: Sequence[Spoken], highlight: Highlight, turn: int, common: frozenset[str]
) -> Iterator[tuple[Draft, tuple[int, ...]]]:
    """Every draft with the sentences it uses."""
    for i in range(highlight.first, highlight.last + 1):
        sentence = spoken[i].sentence.readable
        size = len(words_of(sentence))
        if size < 5 or sentence.rstrip().endswith("?"):
            continue
        before = spoken[i - 1].sentence.readable if i > highlight.first else ""
        for unit in units(sentence):
            asked = prepare(unit, highlight.speaker, before if unit is sentence else "", turn, common)
            for draft in (quote_drafts if highlight.kind is Kind.QUOTE else drafts)(asked):
                yield draft, ((i - 1, i) if asked.before and draft.asks.startswith(asked.before) else (i,))
            if highlight.question and highlight.kind is Kind.EXCHANGE and len(unit.split()) <= 40:
                first, last = highlight.question
                question = " ".join(spoken[q].sentence.readable for q in range(first, last + 1))
                exchange = host_question(question, highlight.speaker, asked.text)
                if exchange:
                    yield exchange, (i,)


def _common_words(spoken: Sequence[Spoken]) -> frozenset[str]:
    return frozenset(w for s in spoken for w in s.sentence.readable.split() if w.isalpha() and w.islower())


def _readable(spoken: Sequence[Spoken], highlight: Highlight) -> str:
    return " ".join(spoken[i].sentence.readable for i in range(highlight.first, highlight.last + 1))


def _card(episode: Episode, spoken: Sequence[Spoken], highlight: Highlight, draft: Draft) -> Card:
    first, last = spoken[highlight.first].sentence, spoken[highlight.last].sentence
    excerpt = episode.speech.excerpt(first.first, last.last)
    readable = _readable(spoken, highlight)
    kind = highlight.kind
    if kind is Kind.EXCHANGE and draft.means != "answer":
        kind = Kind.CLAIM
    return Card(
        id=card_id(episode.info.id, kind, excerpt),
        kind=kind,
        topic=highlight.topic,
        speaker=highlight.speaker,
        question=draft.question,
        answer=draft.answer,
        source=Source(
            excerpt=excerpt,
            readable=readable if readable != excerpt else None,
            words=(first.first, last.last),
            start=first.start,
            url=at_second(episode.info.url, first.start),
        ),
        score=highlight.score,
    )
