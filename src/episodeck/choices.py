"""What can be chosen by a setting or on the command line."""

from __future__ import annotations

from enum import StrEnum


class By(StrEnum):
    """What one sheet is about."""

    EPISODE = "episode"
    GUEST = "guest"
    TOPIC = "topic"


class PaperSize(StrEnum):
    A4 = "A4"
    LETTER = "Letter"


class CardsPerPage(StrEnum):
    EIGHT = "8"
    TEN = "10"


class Flip(StrEnum):
    """How paper is turned for its second side, or that cards are folded instead."""

    LONG_EDGE = "long-edge"
    SHORT_EDGE = "short-edge"
    FOLD = "fold"


class Layout(StrEnum):
    """Where new card files go."""

    FLAT = "flat"
    BY_SHOW = "by-show"
