"""A writer at work on one episode: it proposes, the program verifies and chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ..anki.markup import as_written
from ..cards import card
from ..errors import WriterError
from ..model import Card, Episode, Highlight, Kind
from ..text import content_words, words_of
from .grounds import Grounds
from .protocol import MENDS, Proposal, Refusal, Task, Writer
from .verifying import Sound, verified

_SAME_PLACE = 0.5
"""Two cards of which the shorter shares this part of its sentences rest on the same place."""
_SAME_FRONT = 0.8
"""Two questions of which the shorter shares this part of its content words ask the same."""

Judge = Callable[[Sequence[tuple[Kind, int, int]]], Sequence[Highlight | None]]
"""What stretches are worth, as `highlights.valued` tells; none for those that the settings leave out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a writer's proposals."""

    cards: tuple[Card, ...]
    """In the order of the transcript."""
    refused: tuple[Refusal, ...]
    proposed: int
    """How many proposals were made at first."""


def write(writer: Writer, episode: Episode, task: Task, judge: Judge, others: Iterable[Card] = ()) -> Outcome:
    """Cards of a writer's for an episode: what it proposes is verified, and what is refused it may mend, twice.

    `others` are cards that there are already: one for the same place may be bettered, no other may ask the same. Raises `WriterError`.
    """
    grounds = Grounds.of(episode)
    came = list(writer.write(task))
    passed, refused = _sorted(grounds, came)
    for _ in range(MENDS):
        if not refused:
            break
        try:
            again = writer.mend(task, refused)
        except WriterError:
            if not passed:
                raise
            break  # what is good isn't lost for what might have become so
        if not again:
            break
        better, refused = _sorted(grounds, again)
        passed += better
    cards, left = chosen(grounds, passed, task, judge, others)
    return Outcome(cards, (*refused, *left), len(came))


def held_against(episode: Episode) -> Callable[[Highlight, str, str], bool]:
    """Whether a question and an answer of the program's own about a highlight stand up to the rules for all."""
    grounds = Grounds.of(episode)

    @cache
    def holds(highlight: Highlight, question: str, answer: str) -> bool:
        sentences = highlight.first + 1, highlight.last + 1
        proposal = Proposal(highlight.kind, question, answer, sentences, highlight.speaker, highlight.topic)
        return not isinstance(verified(grounds, proposal), Refusal)

    return holds


def _sorted(
    grounds: Grounds, came: Iterable[Proposal | Refusal]
) -> tuple[list[tuple[Sound, str]], list[Refusal]]:
    passed: list[tuple[Sound, str]] = []
    refused: list[Refusal] = []
    for n, one in enumerate(came, 1):
        place = one.place or f"proposal {n}"
        result = one if isinstance(one, Refusal) else verified(grounds, one, place)
        if isinstance(result, Refusal):
            refused.append(replace(result, place=place))
        else:
            passed.append((result, place))
    return passed, refused


def chosen(
    grounds: Grounds,
    passed: Sequence[tuple[Sound, str]],
    task: Task,
    judge: Judge,
    others: Iterable[Card] = (),
) -> tuple[tuple[Card, ...], list[Refusal]]:
    """The best of what passed, no two alike, at most as many as are wished for; and why not the others.

    Each comes with its place, for the refusal.
    """
    episode = grounds.episode
    worth = judge([(s.proposal.kind, s.first, s.last) for s, _ in passed])
    topics = {t.casefold(): t for t in episode.info.topics}
    asked = {_plain(c.question): c for c in others}
    taken: list[tuple[Sound, frozenset[str]]] = []
    cards: list[Card] = []
    refused: list[Refusal] = []

    def refuse(one: Sound, place: str, rule: str, why: str) -> None:
        refused.append(Refusal(one.proposal, rule, why, place))

    pairs = list(zip(passed, worth, strict=True))
    for (one, place), highlight in sorted(
        pairs, key=lambda p: (-(p[1].score if p[1] else 0.0), p[0][0].first)
    ):
        proposal = one.proposal
        front = frozenset(content_words(proposal.question))
        if highlight is None:
            refuse(one, place, "left out", "the settings leave it out (`leave_out`, `min_score`)")
        elif (same := asked.get(_plain(proposal.question))) and not _rests_there(grounds, one, same):
            refuse(one, place, "told apart", f"asks the same as card {same.id}, which is there already")
        elif (other := next((t for t, _ in taken if _same_place(one, t)), None)) is not None:
            refuse(one, place, "told apart", f"rests on the same sentences as “{other.proposal.question}”")
        elif any(_alike(front, there) for _, there in taken):
            refuse(one, place, "told apart", "another proposal asks the same")
        elif len(cards) >= task.wish.cards:
            refuse(one, place, "enough", f"{task.wish.cards} cards are wanted, and others are worth more")
        else:
            taken.append((one, front))
            topic = topics.get(proposal.topic.casefold(), highlight.topic)
            known = replace(highlight, topic=topic, speaker=one.speaker, question=one.question)
            made = card(episode, grounds.spoken, known, proposal.question, proposal.answer)
            # A star or a dollar of the writer's is no mark of ours.
            cards.append(replace(made, question=as_written(made.question), answer=as_written(made.answer)))
    return tuple(sorted(cards, key=lambda c: (c.source.words or (0, 0), c.kind))), refused


def _rests_there(grounds: Grounds, one: Sound, there: Card) -> bool:
    """Whether a card that is there rests on the same words, so that a proposal is for it."""
    first = grounds.spoken[one.first].sentence.first
    last = grounds.spoken[one.last].sentence.last
    excerpt = grounds.episode.speech.excerpt(first, last)
    return there.source.excerpt in excerpt or excerpt in there.source.excerpt


def _same_place(one: Sound, other: Sound) -> bool:
    """Whether two rest on the same words; a quote may lie inside a claim."""
    if (one.proposal.kind is Kind.QUOTE) != (other.proposal.kind is Kind.QUOTE):
        return False
    common = min(one.last, other.last) - max(one.first, other.first) + 1
    return common >= _SAME_PLACE * min(one.last - one.first + 1, other.last - other.first + 1)


def _alike(front: frozenset[str], other: frozenset[str]) -> bool:
    smaller = min(len(front), len(other))
    return smaller > 2 and len(front & other) >= _SAME_FRONT * max(len(front), len(other))


def _plain(question: str) -> str:
    return " ".join(words_of(question))
