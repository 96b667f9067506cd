"""The values that pass between the stages. All are frozen; a stage makes new ones.

Times are in seconds from the start of the recording. Word offsets count the
whitespace-separated words of a transcript's cues, in order, from 0; ranges of
words and of sentences include both ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    GUEST = "guest"
    HOST = "host"


class Kind(StrEnum):
    CLAIM = "claim"
    QUOTE = "quote"
    EXCHANGE = "exchange"


class Aside(StrEnum):
    """Why a sentence is set aside: nothing is chosen from it."""

    COLD_OPEN = "cold open"
    GREETING = "greeting"
    SPONSOR = "sponsor"
    OUTRO = "outro"
    NOTICE = "notice"
    """Of the show, between the talk: where to find it, what is in its notes."""
    MUSIC = "music"
    FOREIGN = "another language"


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece of a transcript as its file divides it: a caption line, a paragraph, a labelled turn."""

    text: str
    speaker: str | None = None
    """The label in the file, as it stands there."""
    start: float | None = None
    new_turn: bool = False
    """The file marks a change of speaker here (a dash, `>>`, a label), named or not."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading inside a transcript; it stands before the cue with index `cue` and is not speech."""

    title: str
    cue: int
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file says about itself, right or wrong; `people` weighs it against the speech."""

    title: str | None = None
    show: str | None = None
    date: str | None = None
    """ISO 8601 date of the episode (YYYY-MM-DD, or YYYY-MM, or YYYY)."""
    url: str | None = None
    guests: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    """People named without a role."""
    topics: tuple[str, ...] = ()
    summary: str = ""
    claims: tuple[str, ...] = ()
    """Ready-made key points: hints for choosing, never cards by themselves."""
    chapters: tuple[Chapter, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """One transcript file, read."""

    source: str
    """Path relative to the project, with forward slashes."""
    format: str
    digest: str
    """SHA-256 of the file's bytes, in hexadecimal."""
    metadata: Metadata
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of speech."""

    text: str
    """The transcript's words, none dropped, with punctuation and capitals restored where they lacked."""
    readable: str
    """The same for the eye: without fillers, stutters and sound marks, with names and terms mended."""
    first: int
    last: int
    """Offsets of its first and last word in `Speech.words`."""
    start: float | None = None
    aside: Aside | None = None
    turn_end: float = 0.0
    """How likely another speaks after it, by its words alone, 0 to 1; 0 where the file marks turns itself."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person says until another speaks."""

    speaker: str | None
    """Full name; after `restore` alone, the file's label."""
    role: Role | None
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """A transcript as turns of sentences."""

    words: tuple[str, ...]
    """Every word of the transcript, verbatim."""
    turns: tuple[Turn, ...]
    breaks: tuple[int, ...] = ()
    """Word offsets before which a chapter line stands; no excerpt may run across one."""
    language: str = "en"

    def excerpt(self, first: int, last: int) -> str:
        """The transcript's words from `first` to `last`, verbatim."""
        return " ".join(self.words[first : last + 1])


@dataclass(frozen=True, slots=True)
class NameFix:
    """A name or term that the transcript spells wrongly, and what it should be."""

    heard: str
    correct: str


@dataclass(frozen=True, slots=True)
class EpisodeInfo:
    """What a card file says about its episode."""

    id: str
    title: str
    show: str | None = None
    date: str | None = None
    url: str | None = None
    guests: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    source: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence together with who says it, and its place in its turn."""

    sentence: Sentence
    speaker: str | None
    role: Role | None
    turn: int
    position: int


@dataclass(frozen=True, slots=True)
class Episode:
    """A transcript understood: who speaks, what it is, and what is said."""

    info: EpisodeInfo
    format: str
    speech: Speech
    name_fixes: tuple[NameFix, ...] = ()
    hints: tuple[str, ...] = ()
    """Ready-made claims and summary sentences of the file."""

    def spoken(self) -> Iterator[Spoken]:
        """Every sentence in order; its place in this sequence is its index in a `Highlight`."""
        for t, turn in enumerate(self.speech.turns):
            for p, sentence in enumerate(turn.sentences):
                yield Spoken(sentence, turn.speaker, turn.role, t, p)


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of an episode worth remembering."""

    kind: Kind
    first: int
    last: int
    """Indices of its first and last sentence in `Episode.spoken()`."""
    speaker: str | None
    topic: str
    score: float
    """0 to 1."""
    reasons: tuple[str, ...] = ()
    question: tuple[int, int] | None = None
    """For an exchange: the first and last sentence of the host's question."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a card comes from."""

    excerpt: str
    """The transcript's words, verbatim and contiguous."""
    words: tuple[int, int] | None = None
    start: float | None = None
    url: str | None = None
    """The episode's address, at the second where the excerpt starts if the site allows it."""
    readable: str | None = None
    """The excerpt for the eye, where it isn't the excerpt itself."""


@dataclass(frozen=True, slots=True)
class Card:
    """A question and its answer. One card becomes one Anki note."""

    id: str
    kind: Kind
    topic: str
    speaker: str | None
    question: str
    """Markdown subset: *emphasis*, **bold**, `code`, $math$."""
    answer: str
    source: Source = field(default_factory=lambda: Source(""))
    score: float | None = None
    changed: str | None = None
    """When the note's content last really changed: UTC, ISO 8601 to the second, `Z` at the end."""
    pinned: bool = False
    """The reader wants it as it stands: the program no longer betters its text."""
    anki: tuple[str, ...] = ()
    """What the reader made of it in Anki, as Anki's own search terms: `is:suspended`, `flag:1`, `tag:marked`."""
