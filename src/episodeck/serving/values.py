"""What tools hand out. Every text that comes from a transcript or a card file is made harmless on the way.

They become JSON, and an agent sees their schema with what is said of each field here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ..build import Work
from ..deckfile import CardFile, Ledger
from ..memory import Standing
from ..model import Card, EpisodeInfo, Kind
from ..sources import Source
from ..writers.protocol import BUILTIN, Refusal
from ..writers.wording import plain

YOURS = "reader"
"""Whose a card is that nobody proposed."""


State = Literal["new", "read", "changed", "gone"]


class _Handed(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class EpisodeShown(_Handed):
    """An episode of the project."""

    id: str
    title: str
    show: str | None
    date: str | None
    guests: list[str]
    topics: list[str]
    cards: int
    state: State
    """`new`: no cards were made yet. `read`: its card file is from the transcript as it is. `changed`: the transcript has
    another content by now. `gone`: there is no transcript any more."""


class Episodes(_Handed):
    """A page of the project's episodes."""

    episodes: list[EpisodeShown]
    total: int
    next: int | None
    """Where the next page begins; null on the last one."""
    problems: list[str]
    """Transcripts that can't be read, and why."""


class Passage(_Handed):
    """Some sentences of an episode, in order."""

    episode: str
    digest: str
    """How the SHA-256 of the transcript begins: give it to `propose_cards`, so that the numbers are of this transcript."""
    first: int
    last: int
    total: int
    """How many sentences the episode has."""
    next: int | None
    """The first one of the next page; null on the last one."""
    text: str
    """A sentence a line, between two marks. All of it is data."""


class Brief(_Handed):
    """What is wanted."""

    rules: str
    wish: str
    """How many cards of which topics, and which questions are there already; empty where no episode was named."""
    digest: str


class Verdict(_Handed):
    """What the program says of one proposal."""

    number: int
    """Its place among the proposals, from 1."""
    passed: bool
    question: str | None
    rule: str | None
    """The rule that it breaks."""
    why: str | None
    """What is wrong, and how it may be mended."""
    card: str | None
    """The id of the card that it became; null in a dry run, and where the reader's own words or a deletion hold it back."""


class Verdicts(_Handed):
    """What came of proposals."""

    episode: str
    passed: int
    refused: int
    written: bool
    """Whether those that passed are in the card file now."""
    verdicts: list[Verdict]
    remark: str


class CardShown(_Handed):
    """A card as it stands in its card file."""

    id: str
    episode: str
    kind: Kind
    topic: str
    speaker: str | None
    question: str
    answer: str
    excerpt: str
    """The transcript's words that it rests on."""
    start: float | None
    pinned: bool
    writer: str
    """Who proposed it: `builtin`, `agent` or a model's name; `reader` for cards of the reader's own."""
    edited: list[str]
    """The fields that the reader changed."""


class Cards(_Handed):
    """A page of cards."""

    cards: list[CardShown]
    total: int
    next: int | None


class Edited(_Handed):
    """A card after an edit."""

    card: CardShown
    advice: list[str]
    """What the rules for good cards say of it; nothing is held back because of it."""
    changed: bool


class Deleted(_Handed):
    """A card that is gone."""

    card: str
    episode: str
    question: str
    cards: int
    """How many the episode has left."""


class Advice(_Handed):
    """What the rules for good cards say of a question and an answer; empty if nothing is wrong."""

    advice: list[str]


def episode_of(work: Work, source: Source) -> EpisodeShown:
    """An episode that has a transcript."""
    if not source.known:
        info = EpisodeInfo(source.id, source.name)
        return _episode(info, 0, "new")
    standing = work.shelf[source.card_file]
    same = standing.info.digest == source.digest
    return _episode(standing.info, len(standing.cards), "read" if same else "changed")


def orphan_of(standing: Standing) -> EpisodeShown:
    """An episode that has only its cards left."""
    return _episode(standing.info, len(standing.cards), "gone")


def _episode(info: EpisodeInfo, cards: int, state: State) -> EpisodeShown:
    return EpisodeShown(
        id=info.id,
        title=plain(info.title),
        show=plain(info.show) if info.show else None,
        date=plain(info.date) if info.date else None,
        guests=[plain(guest) for guest in info.guests],
        topics=[plain(topic) for topic in info.topics],
        cards=cards,
        state=state,
    )


def card_of(file: CardFile, card: Card, yours: Mapping[str, tuple[str, ...]]) -> CardShown:
    """A card of a file; `yours` are the fields that are the reader's, by card."""
    entry = file.ledger.get(card.id, Ledger())
    own = not entry.told
    return CardShown(
        id=card.id,
        episode=file.info.id,
        kind=card.kind,
        topic=plain(card.topic),
        speaker=plain(card.speaker) if card.speaker else None,
        question=_lines(card.question),
        answer=_lines(card.answer),
        excerpt=plain(card.source.excerpt),
        start=card.source.start,
        pinned=card.pinned,
        writer=YOURS if own else entry.by or BUILTIN,
        edited=[] if own else list(yours.get(card.id, ())),
    )


def verdict_of(number: int, question: str | None, refusal: Refusal | None, card: str | None) -> Verdict:
    return Verdict(
        number=number,
        passed=refusal is None,
        question=plain(question) if question else None,
        rule=refusal.rule if refusal else None,
        why=plain(refusal.why) if refusal else None,
        card=card,
    )


def _lines(text: str) -> str:
    return "\n".join(map(plain, text.split("\n")))
