"""One question and one short answer for each highlight that can be asked well."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..deckfile import card_id
from ..model import Card, Episode, Highlight, Kind, Source, Spoken
from ..text import content_words, words_of
from .context import named
from .draft import Draft, prepare, units
from .drafts import drafts, quote_drafts
from .links import at_second
from .quotations import host_question
from .rubric import faults

_SAME_FRONT = 0.7
_GOOD, _PASSABLE, _LAST = 0.5, 0.15, -0.5
"""What a draft must promise: the best highlights are first gone through for good ones only.
In the end, what passes may be asked however like the others it is."""
_FIRST = 1.3
"""So many times the cards that are wanted."""
_SOME_MEANS = {"completion": 0.22, "about": 0.14, "saying": 0.1, "description": 0.12, "number": 0.07}
"""Means of last resort: at most this share of an episode's cards, before they lose to any other."""
_SAME_OPENING = 0.2
_WEAK_START = re.compile(r"[“\"]?(?:it|they|this|that|those|these|he|she|there|we|i|you)\b", re.I)
_LOOSE = re.compile(
    r"\b(?:i|my|me|really|actually|like|something|some|things?|stuff|kind|sort|this|that|very|just|lots?)\b",
    re.I,
)
_OURS = re.compile(r"\b(?:we|us|our|ours|we're|we've)\b", re.I)
_BEST_ANSWER_WORDS = (3, 20)
_BEST_FRONT_WORDS = (9, 26)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """A draft with what choosing needs to know of it."""

    draft: Draft
    sentences: tuple[int, ...]
    excerpt: str
    front: frozenset[str]
    """What its front asks about: content words without the names of the speakers."""
    value: float

    def passing(self) -> _Proposal | None:
        """The same with the wordings that pass the rubric, if any does."""
        fronts = tuple(f for f in self.draft.fronts if not faults(f, self.draft.answer, self.excerpt))
        return replace(self, draft=replace(self.draft, fronts=fronts)) if fronts else None


@dataclass(slots=True)
class _Made:
    """What an episode's cards hold so far: so that the next one differs."""

    wanted: int
    sentences: set[int] = field(default_factory=set)
    fronts: list[frozenset[str]] = field(default_factory=list)
    means: Counter[str] = field(default_factory=Counter)
    openings: Counter[str] = field(default_factory=Counter)

    def repeats(self, front: frozenset[str]) -> bool:
        """Whether another card asks about the same: of short fronts all must be shared, of longer ones most."""
        for other in self.fronts:
            low, high = sorted((len(front), len(other)))
            if len(front & other) >= _SAME_FRONT * max(1, low if low > 2 else high):
                return True
        return False

    def wording(self, draft: Draft) -> str:
        """The wording whose opening is rarest."""
        return min(draft.fronts, key=lambda front: self.openings[_opening(front)])

    def monotony(self, draft: Draft) -> float:
        """How much this draft would make the episode's cards all alike."""
        cost = 0.0
        share = _SOME_MEANS.get(draft.means)
        if share is not None and self.means[draft.means] >= 2 * share * self.wanted:
            return 0.25
        if share is not None:
            cost += 0.1 * (self.means[draft.means] >= share * self.wanted)
        return cost + 0.15 * (
            self.openings[_opening(self.wording(draft))] >= max(2, _SAME_OPENING * self.wanted)
        )

    def best(self, proposals: Sequence[_Proposal], least: float) -> _Proposal | None:
        """The best that passes the rubric and asks what no other card asks."""
        free = [p for p in proposals if p.value >= least and not self.sentences.intersection(p.sentences)]
        for proposal in sorted(free, key=lambda p: self.monotony(p.draft) - p.value):
            if proposal.value - self.monotony(proposal.draft) < least:
                return None
            if not self.repeats(proposal.front) and (passing := proposal.passing()):
                return passing
        return None

    def add(self, proposal: _Proposal) -> str:
        """Notes a card; gives its question."""
        question = self.wording(proposal.draft)
        self.sentences.update(proposal.sentences)
        self.fronts.append(proposal.front)
        self.means[proposal.draft.means] += 1
        self.openings[_opening(question)] += 1
        return question


def _opening(question: str) -> str:
    return " ".join(words_of(question)[:3])


def ask(episode: Episode, highlights: Sequence[Highlight], count: int | None = None) -> tuple[Card, ...]:
    """The cards of an episode, in the order of the transcript.

    `highlights` come best first; a highlight that can't be asked well gives no card. With `count`,
    asking stops when there are so many, quotes and claims in the proportion of the highlights if possible.
    """
    spoken = list(episode.spoken())
    quotes = sum(h.kind is Kind.QUOTE for h in highlights)
    room = {True: len(highlights), False: len(highlights)}
    if count is not None and highlights:
        room[True] = round(count * quotes / len(highlights))
        room[False] = count - room[True]
    cards: list[Card] = []
    made = _Made(count or len(highlights))
    common = _common_words(spoken)
    # Claims first: a quotation from a sentence that a claim already asks for would be the same card again.
    ordered = sorted(highlights, key=lambda h: h.kind is Kind.QUOTE)
    proposed = {h: _valued(episode, spoken, h, common) for h in ordered}
    asked: set[Highlight] = set()
    # What one kind leaves over goes to the other in the end.
    for least, is_quote, spare in (
        (_GOOD, False, False), (_GOOD, True, False), (_PASSABLE, False, False), (_PASSABLE, True, False),
        (_LAST, False, True), (_LAST, True, True),
    ):  # fmt: skip
        ranked = [h for h in ordered if (h.kind is Kind.QUOTE) == is_quote]
        if spare:
            room[is_quote] += room[not is_quote]
            room[not is_quote] = 0
        for highlight in ranked[: round(_FIRST * room[is_quote])] if least == _GOOD else ranked:
            if room[is_quote] <= 0:
                break
            best = None if highlight in asked else made.best(proposed[highlight], least)
            if best is None:
                continue
            asked.add(highlight)
            question = made.add(best)
            room[is_quote] -= 1
            cards.append(_card(episode, spoken, highlight, best.draft, question))
    return tuple(sorted(cards, key=lambda c: (c.source.words or (0, 0), c.kind)))


def why_not(episode: Episode, highlight: Highlight) -> list[str]:
    """For each draft of a highlight, what the rubric has against it."""
    spoken = list(episode.spoken())
    excerpt = _readable(spoken, highlight)
    return [
        f"{draft.means}: {fault}"
        for draft, _ in _drafts(spoken, highlight, _common_words(spoken))
        for fault in faults(draft.question, draft.answer, excerpt)[:1]
    ]


def _valued(
    episode: Episode, spoken: Sequence[Spoken], highlight: Highlight, common: frozenset[str]
) -> list[_Proposal]:
    """The drafts of a highlight that may pass, best first; the rubric is asked only of those that are needed."""
    excerpt = _readable(spoken, highlight)
    names = {w for name in (*episode.info.guests, *episode.info.hosts) for w in content_words(name)}
    weights = Counter(content_words(excerpt))
    proposals = [
        _Proposal(
            draft, sentences, excerpt, frozenset(content_words(draft.asks)) - names, _value(draft, weights)
        )
        for draft, sentences in _drafts(spoken, highlight, common)
    ]
    return sorted((p for p in proposals if p.value >= _PASSABLE), key=lambda p: -p.value)


def _value(draft: Draft, weights: Counter[str]) -> float:
    """Which draft to take: how it was made, how close to a good length, how near to what the stretch is about."""
    answer, front = draft.answer.split(), draft.question.split()
    off = (
        max(0, _BEST_ANSWER_WORDS[0] - len(answer)) * 0.08
        + max(0, len(answer) - _BEST_ANSWER_WORDS[1]) * 0.02
    )
    off += (
        max(0, _BEST_FRONT_WORDS[0] - len(front)) * 0.03 + max(0, len(front) - _BEST_FRONT_WORDS[1]) * 0.015
    )
    off += 0.08 if _WEAK_START.match(draft.answer) else 0
    off += 0.025 * (len(_LOOSE.findall(draft.answer)) + len(_LOOSE.findall(draft.asks)))
    off += 0.04 * len(_OURS.findall(draft.asks))
    content = content_words(draft.answer)
    meant = set(content_words(draft.asks)) | set(content)
    central = sum(weights[w] > 1 for w in meant)
    return draft.prior - off + 0.012 * min(len(set(content)), 6) + 0.025 * min(central, 4)


def _drafts(
    spoken: Sequence[Spoken], highlight: Highlight, common: frozenset[str]
) -> Iterator[tuple[Draft, tuple[int, ...]]]:
    """Every draft with the sentences it uses."""
    propose = quote_drafts if highlight.kind is Kind.QUOTE else drafts
    for i in range(highlight.first, highlight.last + 1):
        sentence = spoken[i].sentence.readable
        if (
            len(words_of(sentence)) < 5
            or sentence.rstrip().endswith("?")
            or _addresses(sentence, highlight.speaker)
        ):
            continue
        before = spoken[i - 1].sentence.readable if i > highlight.first else ""
        pieces = units(sentence)
        for n, unit in enumerate(pieces):
            earlier = pieces[n - 1] if n > 1 else before
            asked = prepare(unit, highlight.speaker, earlier, common)
            for draft in propose(asked):
                yield draft, ((i - 1, i) if asked.before and draft.asks.startswith(asked.before) else (i,))
            clear = named(asked)
            if clear is not None:
                for draft in propose(clear):
                    if draft.means != "completion":
                        yield draft, (i,)
            if highlight.question and highlight.kind is Kind.EXCHANGE and len(unit.split()) <= 40:
                first, last = highlight.question
                question = " ".join(spoken[q].sentence.readable for q in range(first, last + 1))
                exchange = host_question(question, highlight.speaker, asked.text)
                if exchange:
                    yield exchange, (i,)


def _addresses(sentence: str, speaker: str | None) -> bool:
    """Whether a sentence speaks to the one who is thought to say it: "Ada, your book …" is not Ada's."""
    first = (speaker or "").split(" ")[0]
    return (
        bool(first) and re.search(rf"^{re.escape(first)},|, {re.escape(first)}[.,!?]", sentence) is not None
    )


def _common_words(spoken: Sequence[Spoken]) -> frozenset[str]:
    return frozenset(w for s in spoken for w in s.sentence.readable.split() if w.isalpha() and w.islower())


def _readable(spoken: Sequence[Spoken], highlight: Highlight) -> str:
    return " ".join(spoken[i].sentence.readable for i in range(highlight.first, highlight.last + 1))


def _card(
    episode: Episode, spoken: Sequence[Spoken], highlight: Highlight, draft: Draft, question: str
) -> Card:
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
        question=question,
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
