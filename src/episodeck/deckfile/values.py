"""What a card file holds, and how the program recognises its own words in it."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import zlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace

from ..model import Card, EpisodeInfo, Kind, Source

CARD_FIELDS = (
    "kind",
    "question",
    "answer",
    "topic",
    "speaker",
    "excerpt",
    "readable",
    "words",
    "start",
    "url",
    "score",
)
"""The fields of a card that the program proposes and a reader may change, in the ledger's order."""

SOURCE_FIELDS = ("excerpt", "readable", "words", "start", "url")

INFO_FIELDS = ("id", "title", "show", "date", "url", "guests", "hosts", "topics")
"""The same for the episode; `source` and `digest` are facts and always follow the transcript."""

MARK = 6
"""Letters of one mark: 36 bits."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Removed:
    """A card the reader deleted: never made again, never stamped again."""

    id: str
    changed: str | None = None
    """Its last stamp."""
    kind: Kind | None = None
    trace: str = ""
    """Its place in the transcript (see `trace`): a proposal for the same place is not made either."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the program must remember of one card."""

    guest: str | None = None
    """The guest whose deck the card is in; once given, never changed."""
    changed: str | None = None
    """The last stamp, also should the card's own line be edited or lost."""
    content: str = ""
    """Hash of the note's content when `changed` was set."""
    kind: Kind | None = None
    """The kind the card was made as: it decides the note type, which Anki never lets a note change."""
    told: tuple[str, ...] = ()
    """A mark of each of `CARD_FIELDS` as last proposed; empty for a card of the reader's own."""
    trace: str = ""
    """The excerpt last proposed, as a trace."""
    by: str = ""
    """The name of the writer that proposed it last; empty for the program's own."""


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card file as values, with what is needed to write it back in the reader's own form."""

    info: EpisodeInfo
    cards: tuple[Card, ...] = ()
    removed: tuple[Removed, ...] = ()
    ledger: Mapping[str, Ledger] = field(default_factory=dict)
    """By card id."""
    made: str = ""
    """Fingerprint of what the proposals were made from: transcript, settings, program."""
    told: tuple[str, ...] = ()
    """A mark of each of `INFO_FIELDS` as last proposed."""
    removals: int = 0
    """How many cards were in `removed` when the program last wrote the file; should there be fewer, the
    reader took one back."""
    base: Base | None = field(default=None, compare=False, repr=False)
    """What was read; none for a new file."""

    @property
    def taken_back(self) -> bool:
        """Whether the reader took a removal back, so that the proposals must be looked at again."""
        return len(self.removed) < self.removals


@dataclass(frozen=True, slots=True)
class Base:
    """The text a card file was read from, and what it said."""

    text: str
    same: CardFile | None
    """The values that need no writing; none if reading had to fill something in."""


def card_id(episode_id: str, kind: str, excerpt: str, taken: Container[str] = ()) -> str:
    """A card's id from its first making: 16 hexadecimal digits, the next free ones if `taken` has them."""
    again = 0
    while True:
        text = json.dumps([episode_id, str(kind), excerpt, *([again] if again else [])])
        made = hashlib.sha256(text.encode()).hexdigest()[:16]
        if made not in taken:
            return made
        again += 1


def value(card: Card, name: str) -> object:
    """A field of `CARD_FIELDS`."""
    return getattr(card.source if name in SOURCE_FIELDS else card, name)


def with_values(card: Card, values: Mapping[str, object]) -> Card:
    """The card with some of `CARD_FIELDS` set."""
    ours = {name: v for name, v in values.items() if name not in SOURCE_FIELDS}
    source = {name: v for name, v in values.items() if name in SOURCE_FIELDS}
    changed: Card = replace(card, **ours, source=replace(card.source, **source))  # type: ignore[arg-type]
    return changed


def mark(of: object) -> str:
    """A short hash of a field's value, to tell later whether someone changed it."""
    digest = hashlib.sha256(json.dumps(of).encode()).digest()
    return base64.urlsafe_b64encode(digest)[:MARK].decode()


def card_marks(card: Card) -> tuple[str, ...]:
    return tuple(mark(value(card, name)) for name in CARD_FIELDS)


def info_marks(info: EpisodeInfo) -> tuple[str, ...]:
    return tuple(mark(getattr(info, name)) for name in INFO_FIELDS)


def trace(excerpt: str) -> str:
    """The excerpt's words as one letter each.

    A place in the transcript is recognised by it after corrections, shifted offsets
    and changes of case and punctuation, at a letter a word.
    """
    words = re.findall(r"\w+", excerpt.lower())
    return "".join(_LETTERS[zlib.crc32(w.encode("utf-8", "replace")) % len(_LETTERS)] for w in words)


def tidy_text(text: str) -> str:
    """Text that UTF-8 can hold: lone surrogates become U+FFFD."""
    return _LONE_SURROGATE.sub("�", text)


def tidy_info(info: EpisodeInfo) -> EpisodeInfo:
    """The episode as it will be read back from a file."""

    def text(of: str | None) -> str | None:
        return tidy_text(of) or None if of is not None else None

    def texts(of: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(tidy_text(t) for t in of if t)

    return replace(
        info,
        id=tidy_text(info.id),
        title=tidy_text(info.title) or tidy_text(info.id),
        show=text(info.show),
        date=text(info.date),
        url=text(info.url),
        guests=texts(info.guests),
        hosts=texts(info.hosts),
        topics=texts(info.topics),
        source=tidy_text(info.source),
    )


def tidy_card(card: Card) -> Card:
    """The card as it will be read back from a file: seconds to the hundredth, scores to the hundredth."""
    source = Source(
        tidy_text(card.source.excerpt),
        card.source.words,
        _rounded(card.source.start),
        tidy_text(card.source.url) or None if card.source.url else None,
        tidy_text(card.source.readable) or None if card.source.readable else None,
    )
    return replace(
        card,
        topic=tidy_text(card.topic),
        speaker=tidy_text(card.speaker) or None if card.speaker else None,
        question=tidy_text(card.question),
        answer=tidy_text(card.answer),
        source=source,
        score=_rounded(card.score),
    )


def _rounded(number: float | None) -> float | None:
    return round(float(number), 2) + 0.0 if number is not None and math.isfinite(number) else None
