"""An invented episode for the tests of card files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from episodeck.deckfile import CardFile, card_id, load, merge, save, stamp
from episodeck.model import Card, EpisodeInfo, Kind, Source

DAWN = datetime(2026, 3, 1, 6, 0, 0, tzinfo=UTC)
DAWN_TEXT = "2026-03-01T06:00:00Z"

INFO = EpisodeInfo(
    id="slow-tides",
    title="Slow tides",
    show="Harbour Talk",
    date="2026-02-14",
    url="https://harbour.example/slow-tides",
    guests=("Mirela Voss",),
    hosts=("Tam Brindle",),
    topics=("Tides", "Harbours"),
    source="seeds/slow-tides.md",
    digest="0" * 64,
)

CLAIM = (
    "well the tide in a long bay is taller because the bay rings like a bell and when the length of the bay "
    "fits the moon's rhythm the water piles up at the far end"
)
QUOTE = "a harbour is a promise that somebody dug"
ANSWER = (
    "so why do you dredge in winter we dredge in winter because the cold water carries less silt and what we "
    "lift out stays out until the spring floods bring it back"
)


def proposal(kind: Kind, excerpt: str, first: int, question: str, answer: str, topic: str = "Tides") -> Card:
    words = (first, first + len(excerpt.split()) - 1)
    source = Source(excerpt, words, first / 2.0, f"https://harbour.example/slow-tides?t={first // 2}")
    return Card(card_id(INFO.id, kind, excerpt), kind, topic, "Mirela Voss", question, answer, source, 0.5)


def proposals() -> list[Card]:
    return [
        proposal(
            Kind.CLAIM,
            CLAIM,
            40,
            "Why, according to Mirela Voss, is the tide in a long bay taller than on the open coast outside it?",
            "The bay rings like a bell: its length fits the moon's rhythm.",
        ),
        proposal(
            Kind.QUOTE,
            QUOTE,
            120,
            "How does Mirela Voss put what a harbour is?",
            "“A harbour is a promise that somebody dug.”",
        ),
        proposal(
            Kind.EXCHANGE,
            ANSWER,
            200,
            "Why does Mirela Voss's crew dredge in winter?",
            "Cold water carries less silt, so what they lift out stays out until spring.",
            "Harbours",
        ),
    ]


def content(card: Card, guest: str | None) -> str:
    """What Anki would keep of a card."""
    return repr((card.kind, card.question, card.answer, card.speaker, card.topic, guest, card.source.excerpt))


def build(path: Path, made: list[Card], now: datetime = DAWN, info: EpisodeInfo = INFO) -> CardFile:
    """One build of a card file, as the pipeline does it."""
    old = load(path) if path.exists() else None
    merged = merge(old, info, made, "print", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    file = stamp(merged.file, content, now, wait=no_wait)
    save(path, file)
    return load(path)


def no_wait(seconds: float) -> None:
    raise AssertionError(f"would wait {seconds} s")


def later(days: float) -> datetime:
    return DAWN + timedelta(days=days)


def edited(path: Path, old: str, new: str) -> None:
    """A reader's edit of the text of a card file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
