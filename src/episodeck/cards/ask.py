"""One question and one short answer for each highlight that can be asked well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..deckfile import card_id
from ..model import Card, Episode, Highlight, Kind, Source, Spoken
from ..text import words_of
from .draft import Draft
from .links import at_second
from .proposals import Setting, front_words, proposals, readable
from .rubric import faults
from .scoring import Place, score

_SAME_FRONT = 0.7
_STRONG, _GOOD, _FAIR, _LEAST = 0.45, 0.15, 0.08, 0.01
"""What a draft must promise: the best highlights are first gone through for good drafts, then for passable ones; only
then come the others, and of them fair ones first."""
_FIRST = 1.3
"""So many times the cards that are wanted."""
_SOME_MEANS = {
    "completion": 0.25,
    "ending": 0.2,
    "view": 0.25,
    "passage": 0.25,
    "description": 0.12,
    "figure": 0.08,
    "deed": 0.2,
    "definition": 0.25,
}
"""Means of which an episode shall not have more than this share."""
_SAME_OPENING = 0.2
_BONUS = {
    Kind.CLAIM: {"completion": -0.05, "ending": -0.15},
    Kind.QUOTE: {"completion": 0.35, "ending": 0.3, "figure": -0.2},
    Kind.EXCHANGE: {"answer": 0.4},
}
"""A quotation is best asked for in its own words, an exchange by the host's own question."""


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
        return 0.2 * over + 0.1 * alike

    def best(self, drafts: Sequence[_Valued], least: float, quoted: bool) -> _Valued | None:
        """The best that passes the rubric and asks what no other card asks."""
        free = [d for d in drafts if d.value >= least and not self.sentences.intersection(d.sentences)]
        for valued in sorted(free, key=lambda d: self.monotony(d.draft, quoted) - d.value):
            if valued.value - self.monotony(valued.draft, quoted) < least:
                return None
            passing = None if self.repeats(valued.front) else valued.passing()
            if passing and self.wording(passing.draft) not in self.questions:
                return passing
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
    offered = dict(room)
    cards: list[Card] = []
    made = _Made(count or len(highlights))
    setting = Setting.of(episode)
    # No sentence is asked twice: strong quotations have the first choice, then claims.
    ordered = sorted(highlights, key=lambda h: h.kind is Kind.QUOTE)
    drafts: dict[Highlight, list[_Valued]] = {}
    asked: set[Highlight] = set()
    # What one kind leaves over goes to the other in the end.
    for least, is_quote, best_only, spare in (
        (_STRONG, True, True, False), (_GOOD, False, True, False), (_GOOD, True, True, False), (_LEAST, False, True, False), (_LEAST, True, True, False),
        (_FAIR, False, False, False), (_FAIR, True, False, False), (_LEAST, False, False, True), (_LEAST, True, False, True),
    ):  # fmt: skip
        ranked = [h for h in ordered if (h.kind is Kind.QUOTE) == is_quote]
        if spare:
            room[is_quote] += room[not is_quote]
            room[not is_quote] = 0
        for highlight in ranked[: round(_FIRST * offered[is_quote])] if best_only else ranked:
            if room[is_quote] <= 0:
                break
            if highlight in asked:
                continue
            if highlight not in drafts:  # many are never reached
                drafts[highlight] = _valued(setting, highlight)
            best = made.best(drafts[highlight], least, is_quote)
            if best is None:
                continue
            asked.add(highlight)
            question = made.add(best)
            room[is_quote] -= 1
            cards.append(_card(episode, spoken, highlight, best.draft, question))
    return tuple(sorted(cards, key=lambda c: (c.source.words or (0, 0), c.kind)))


def why_not(episode: Episode, highlight: Highlight) -> str:
    """Why a highlight gave no card: what the rubric has against the best of its drafts."""
    setting = Setting.of(episode)
    valued = _valued(setting, highlight)
    if not valued:
        return "no question could be made from it"
    for v in valued:
        if not v.passing():
            return faults(v.draft.question, v.draft.answer, v.stretch)[0]
    return "its best question is too weak" if valued[0].value < _LEAST else "other cards ask the same"


def _valued(setting: Setting, highlight: Highlight) -> list[_Valued]:
    """The drafts of a highlight, best first; the rubric is asked only of those that are needed."""
    stretch = readable(setting.spoken, highlight)
    quote = highlight.kind is Kind.QUOTE
    out = []
    for p in proposals(setting, highlight):
        value = score(p.draft, Place(p.statement, stretch, p.place, setting.frequency, quote))
        value += _BONUS[highlight.kind].get(p.draft.means, 0.0)
        out.append(_Valued(p.draft, p.sentences, stretch, front_words(p.draft, setting.names), value))
    return sorted(out, key=lambda v: -v.value)


def _card(
    episode: Episode, spoken: Sequence[Spoken], highlight: Highlight, draft: Draft, question: str
) -> Card:
    first, last = spoken[highlight.first].sentence, spoken[highlight.last].sentence
    excerpt = episode.speech.excerpt(first.first, last.last)
    shown = readable(spoken, highlight)
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
            readable=shown if shown != excerpt else None,
            words=(first.first, last.last),
            start=first.start,
            url=at_second(episode.info.url, first.start),
        ),
        score=highlight.score,
    )
