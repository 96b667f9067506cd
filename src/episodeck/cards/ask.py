"""One question and one short answer for each highlight that can be asked well."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ..deckfile import card_id
from ..highlights.reader import Reading, read
from ..model import Card, Episode, Highlight, Kind, Source, Spoken
from ..text import words_of
from .draft import Draft
from .links import at_second
from .proposals import Setting, front_words, proposals, readable
from .rubric import faults
from .scoring import Place, features, kept
from .wanted import Wanted

_SAME_FRONT = 0.7
_LEAST = 0.15
"""How likely a careful reader must be to keep a card, if need be after a small edit: below this there is none."""
_LOOKED_AT = 2.5
"""So many times the cards that are wanted are drafted for: of the best highlights not all can be asked well."""
_WORTH = 1.0
"""What matters is both that a stretch is worth a card and that the card is good; the weight of the first (its score's power)."""
_SOME_MEANS = {
    "completion": 0.35,
    "ending": 0.2,
    "gap": 0.1,
    "view": 0.25,
    "passage": 0.25,
    "quotation": 0.1,
    "description": 0.12,
    "figure": 0.08,
    "deed": 0.2,
    "definition": 0.25,
}
"""Means of which an episode shall not have more than this share."""
_SAME_OPENING = 0.2
_BONUS = {
    Kind.CLAIM: {"ending": -0.05},
    Kind.QUOTE: {"completion": 0.08, "ending": 0.08, "quotation": 0.08},
    Kind.EXCHANGE: {"answer": 0.15},
}
"""A quotation is best asked for in its own words, an exchange by the host's own question."""


Holds = Callable[[Highlight, str, str], bool]
"""Whether a question and its answer hold against what was said in a highlight."""


@dataclass(frozen=True, slots=True)
class _Valued:
    """A draft with what choosing needs to know of it."""

    draft: Draft
    sentences: tuple[int, ...]
    stretch: str
    front: frozenset[str]
    """What its front asks about: content words without the names of the speakers."""
    value: float

    def passing(self) -> _Valued | None:
        """The same with the wordings that pass the rubric, if any does."""
        fronts = tuple(f for f in self.draft.fronts if not faults(f, self.draft.answer, self.stretch))
        return replace(self, draft=replace(self.draft, fronts=fronts)) if fronts else None


@dataclass(slots=True)
class _Made:
    """What an episode's cards hold so far: so that the next one differs."""

    wanted: int
    sentences: set[int] = field(default_factory=set)
    fronts: list[frozenset[str]] = field(default_factory=list)
    questions: set[str] = field(default_factory=set)
    means: Counter[str] = field(default_factory=Counter)
    openings: Counter[str] = field(default_factory=Counter)
    asked: set[Highlight] = field(default_factory=set)

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

    def monotony(self, draft: Draft, quoted: bool) -> float:
        """How much this draft would make the episode's cards all alike."""
        share = None if quoted else _SOME_MEANS.get(draft.means)
        over = share is not None and self.means[draft.means] >= max(2, share * self.wanted)
        alike = self.openings[_opening(self.wording(draft))] >= max(2, _SAME_OPENING * self.wanted)
        return 0.06 * over + 0.05 * alike

    def best(self, offer: _Offer, holds: Holds) -> tuple[float, _Valued] | None:
        """The best that passes the rubric, asks what no other card asks, and `holds`; and what it is worth beside them."""
        quoted = offer.highlight.kind is Kind.QUOTE
        free = [d for d in offer.drafts if not self.sentences.intersection(d.sentences)]
        weighed = [(d.value - self.monotony(d.draft, quoted), d) for d in free]
        for value, valued in sorted(weighed, key=lambda pair: -pair[0]):
            if value < _LEAST:
                return None
            passing = None if self.repeats(valued.front) else valued.passing()
            if not passing or (question := self.wording(passing.draft)) in self.questions:
                continue
            if holds(_as(offer.highlight, passing.draft), question, passing.draft.answer):
                return value, passing
        return None

    def add(self, valued: _Valued) -> str:
        """Notes a card; gives its question."""
        question = self.wording(valued.draft)
        self.sentences.update(valued.sentences)
        self.fronts.append(valued.front)
        self.questions.add(question)
        self.means[valued.draft.means] += 1
        self.openings[_opening(question)] += 1
        return question


def _opening(question: str) -> str:
    return " ".join(words_of(question)[:3])


@dataclass(frozen=True, slots=True)
class _Offer:
    """A highlight with its drafts, best first."""

    highlight: Highlight
    drafts: list[_Valued]

    def promise(self, value: float) -> float:
        """How good a card for it is, from how good the draft is."""
        return float(self.highlight.score**_WORTH * value)


def _taken(
    made: _Made, offers: Sequence[_Offer], most: int, holds: Holds
) -> Iterator[tuple[Highlight, Draft, str]]:
    """The best of the offers, each as good as it still is beside those taken before; at most so many."""
    waiting = [(-o.promise(o.drafts[0].value), n) for n, o in enumerate(offers) if o.drafts]
    heapq.heapify(waiting)
    while waiting and most > 0:
        promise, n = heapq.heappop(waiting)
        offer = offers[n]
        if offer.highlight in made.asked:
            continue
        best = made.best(offer, holds)
        if best is None:
            continue
        value, valued = best
        now = -offer.promise(value)
        if now > promise + 1e-9 and waiting and now > waiting[0][0]:
            heapq.heappush(waiting, (now, n))
            continue
        made.asked.add(offer.highlight)
        most -= 1
        yield offer.highlight, valued.draft, made.add(valued)


def ask(
    episode: Episode,
    highlights: Sequence[Highlight],
    count: int | None = None,
    reading: Reading | None = None,
    holds: Holds = lambda highlight, question, answer: True,
) -> tuple[Card, ...]:
    """The cards of an episode, in the order of the transcript.

    `highlights` come best first; a highlight that can't be asked well gives no card. With `count`,
    asking stops when there are so many, quotes and claims in the proportion of the highlights if possible.
    `reading` is what the network sees in the episode, if it was asked before. What doesn't `hold` against what
    was said is not asked.
    """
    spoken = list(episode.spoken())
    reading = reading or read(episode)
    quotes = sum(h.kind is Kind.QUOTE for h in highlights)
    room = {True: len(highlights), False: len(highlights)}
    if count is not None and highlights:
        room[True] = round(count * quotes / len(highlights))
        room[False] = count - room[True]
    made = _Made(count or len(highlights))
    setting = Setting.of(episode)
    offers: dict[bool, list[_Offer]] = {}
    for is_quote in (True, False):
        ranked = [h for h in highlights if (h.kind is Kind.QUOTE) == is_quote]
        looked_at = ranked[: max(1, round(_LOOKED_AT * room[is_quote]))]
        offers[is_quote] = [_Offer(h, _valued(episode, setting, reading, h)) for h in looked_at]
    # No sentence is asked twice: claims have the first choice, and what one kind leaves over goes to the other in the end.
    cards: list[Card] = []
    left = room[False] + room[True]
    for offered, most in (
        (offers[False], room[False]),
        (offers[True], room[True]),
        ([*offers[False], *offers[True]], left),
    ):
        for highlight, draft, question in _taken(made, offered, min(most, left - len(cards)), holds):
            cards.append(_card(episode, spoken, highlight, draft, question))
    return tuple(sorted(cards, key=lambda c: (c.source.words or (0, 0), c.kind)))


def why_not(episode: Episode, highlight: Highlight, reading: Reading | None = None) -> str:
    """Why a highlight gave no card: what the rubric has against the best of its drafts."""
    setting = Setting.of(episode)
    valued = _valued(episode, setting, reading or read(episode), highlight)
    if not valued:
        return "no question could be made from it"
    passing = [v for v in valued if v.passing()]
    if not passing:
        return faults(valued[0].draft.question, valued[0].draft.answer, valued[0].stretch)[0]
    return "its best question is too weak" if passing[0].value < _LEAST else "other cards ask the same"


def _valued(episode: Episode, setting: Setting, reading: Reading, highlight: Highlight) -> list[_Valued]:
    """The drafts of a highlight, best first; the rubric is asked only of those that are needed."""
    stretch = readable(setting.spoken, highlight)
    quote = highlight.kind is Kind.QUOTE
    wanted = Wanted.of(episode, setting.spoken, reading, highlight)
    out = []
    for p in proposals(setting, highlight, wanted.topic_of):
        given = features(p.draft, Place(p.statement, stretch, p.place, setting.frequency, quote))
        given |= wanted.features(p.draft, p.sentences)
        value = kept(given) + _BONUS[highlight.kind].get(p.draft.means, 0.0)
        out.append(_Valued(p.draft, p.sentences, stretch, front_words(p.draft, setting.names), value))
    return sorted(out, key=lambda v: -v.value)


def _card(
    episode: Episode, spoken: Sequence[Spoken], highlight: Highlight, draft: Draft, question: str
) -> Card:
    return card(episode, spoken, _as(highlight, draft), question, draft.answer)


def _as(highlight: Highlight, draft: Draft) -> Highlight:
    """The highlight as what is asked of it: an exchange only by the host's own question."""
    if highlight.kind is Kind.EXCHANGE and draft.means != "answer":
        return replace(highlight, kind=Kind.CLAIM)
    return highlight


def card(
    episode: Episode, spoken: Sequence[Spoken], highlight: Highlight, question: str, answer: str
) -> Card:
    """The card for a highlight, with where it comes from."""
    first, last = spoken[highlight.first].sentence, spoken[highlight.last].sentence
    excerpt = episode.speech.excerpt(first.first, last.last)
    shown = readable(spoken, highlight)
    return Card(
        id=card_id(episode.info.id, highlight.kind, excerpt),
        kind=highlight.kind,
        topic=highlight.topic,
        speaker=highlight.speaker,
        question=question,
        answer=answer,
        source=Source(
            excerpt=excerpt,
            readable=shown if shown != excerpt else None,
            words=(first.first, last.last),
            start=first.start,
            url=at_second(episode.info.url, first.start),
        ),
        score=highlight.score,
    )
