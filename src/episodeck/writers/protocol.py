"""What a writer is asked for and what it may answer: the same for the built-in one, a language model and a file.

A writer proposes, the program verifies (`verifying`). It sees an episode as numbered sentences, and nothing else of
the project; what it answers is text from outside, like a transcript.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..model import Episode, EpisodeInfo, Kind, Role
from ..settings import Settings

MOST_SENTENCES = 10
"""A proposal may rest on so many sentences in a row."""
MENDS = 2
"""So often may a writer put right what was refused."""
BUILTIN = "builtin"
"""The name of the program's own writer."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as a writer sees it."""

    number: int
    """From 1, over the whole episode."""
    speaker: str | None
    role: Role | None
    text: str
    """Without fillers and stutters, with names mended, as `Sentence.readable`."""
    usable: bool = True
    """False for sponsors, greetings, outros and the like: it is context, and no card may rest on it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted."""

    cards: int
    topics: tuple[str, ...] = ()
    """A proposal has one of these."""
    prefer: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """One episode, to write proposals for."""

    info: EpisodeInfo
    lines: tuple[Line, ...]
    wish: Wish

    @staticmethod
    def of(episode: Episode, wish: Wish) -> Task:
        lines = (
            Line(n, s.speaker, s.role, s.sentence.readable, s.sentence.aside is None)
            for n, s in enumerate(episode.spoken(), 1)
        )
        return Task(episode.info, tuple(lines), wish)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question and an answer that a writer would have as a card."""

    kind: Kind
    question: str
    answer: str
    sentences: tuple[int, int]
    """Numbers of the first and the last sentence that it rests on."""
    speaker: str | None = None
    topic: str = ""
    place: str = field(default="", compare=False)
    """Where it stood in what came, if that is known."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A proposal that is no card, and why."""

    proposal: Proposal | None
    """None where what came isn't one."""
    rule: str
    """The rule's name, as in `rubric.CHECKS` and `verifying.RULES`."""
    why: str
    """What is wrong and how it may be mended, in one line."""
    place: str = ""
    """Where it stood in what came: `proposal 3`, `cards.json:12`."""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.rule, self.why) if part)


class Writer(Protocol):
    """Something that writes proposals.

    Both may raise `WriterError`; what can't be understood of an answer is a `Refusal` without a proposal.
    """

    @property
    def name(self) -> str:
        """As the settings and card files name it."""

    def write(self, task: Task) -> Sequence[Proposal | Refusal]:
        """Proposals for an episode."""

    def mend(self, task: Task, refused: Sequence[Refusal]) -> Sequence[Proposal | Refusal]:
        """The refused ones put right, as far as the writer can; asked at most `MENDS` times."""


def wish_of(episode: Episode, settings: Settings, cards: int) -> Wish:
    return Wish(cards, episode.info.topics, settings.prefer, settings.leave_out)


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["proposals"],
    "properties": {
        "proposals": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["kind", "question", "answer", "sentences", "speaker", "topic"],
                "properties": {
                    "kind": {"enum": [str(kind) for kind in Kind]},
                    "question": {"type": "string"},
                    "answer": {"type": "string"},
                    "sentences": {
                        "type": "array",
                        "items": {"type": "integer"},
                        "minItems": 2,
                        "maxItems": 2,
                        "description": "numbers of the first and the last sentence it rests on",
                    },
                    "speaker": {"type": ["string", "null"]},
                    "topic": {"type": "string"},
                },
            },
        }
    },
}
"""JSON schema of an answer."""


def parsed(value: object, place: str = "") -> Proposal | Refusal:
    """One proposal from JSON, whatever it is."""
    if not isinstance(value, dict):
        return Refusal(None, "form", "is no object with kind, question, answer and sentences", place)
    texts = {name: value.get(name) for name in ("question", "answer")}
    for name, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            return Refusal(None, "form", f"has no {name}", place)
    kind = str(value.get("kind", "")).strip().lower()
    if kind not in tuple(Kind):
        return Refusal(None, "form", f"its kind is {kind!r}; it must be claim, quote or exchange", place)
    span = value.get("sentences")
    if isinstance(span, int) and not isinstance(span, bool):
        span = [span]
    if (
        not isinstance(span, list)
        or not span
        or not all(isinstance(n, int) and not isinstance(n, bool) for n in span)
    ):
        return Refusal(None, "form", "`sentences` must be the numbers of the first and the last one", place)
    speaker, topic = value.get("speaker"), value.get("topic")
    return Proposal(
        Kind(kind),
        " ".join(str(texts["question"]).split()),
        " ".join(str(texts["answer"]).split()),
        (min(span), max(span)),
        " ".join(speaker.split()) or None if isinstance(speaker, str) else None,
        " ".join(topic.split()) if isinstance(topic, str) else "",
        place,
    )
