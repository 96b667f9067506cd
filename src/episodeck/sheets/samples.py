"""Sheets of invented cards, to try templates on: with everything known, and with next to nothing."""

from __future__ import annotations

from pathlib import Path

from ..choices import By
from ..deckfile import CardFile
from ..model import Card, EpisodeInfo, Kind, Source
from .content import Sheet, groups, outline, sheet


def sheet_samples() -> tuple[Sheet, ...]:
    """Two episodes, and a topic of both."""
    source = Source("words that were said", (0, 3), 754.0, "https://example.org/1?t=754")
    full = CardFile(
        EpisodeInfo(
            "sample",
            "A sample",
            "Sample Show",
            "2026-05-03",
            "https://example.org/1",
            ("Ann Example",),
            ("Bo Host",),
        ),
        tuple(
            Card(
                f"sample-{kind}",
                kind,
                "Samples",
                "Ann Example",
                "What is *this*?",
                "One of **many**.",
                source,
                0.5,
            )
            for kind in Kind
        ),
    )
    long = "and so on, " * 60
    bare = CardFile(
        EpisodeInfo("bare", "Bare"),
        tuple(
            Card(f"bare-{kind}", kind, "Samples", None, "What is `x`?", f"It is $x^2$ {long}.")
            for kind in Kind
        ),
    )
    files = {Path("1"): full, Path("2"): bare}
    outlines = {path: outline(file) for path, file in files.items()}
    return tuple(sheet(group, files) for by in (By.EPISODE, By.TOPIC) for group in groups(outlines, by))
