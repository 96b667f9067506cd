"""A draft of a card, and what its making has to go by."""

from __future__ import annotations

from dataclasses import dataclass

from .clauses import Clause, Turned


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question and answer."""

    means: str
    """How it was made: reason, object, definition, completion, …"""
    fronts: tuple[str, ...]
    """The question in several wordings; any will do."""
    answer: str
    asks: str
    """The part of the question taken from the transcript; the rest is our phrasing."""
    resolved: bool = False
    """A pronoun has been replaced by what the sentence before speaks of."""

    @property
    def question(self) -> str:
        """The question in its first wording."""
        return self.fronts[0]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement to be asked about."""

    clause: Clause
    turned: Turned | None
    speaker: str | None
    common: frozenset[str]
    """Words that the episode has in lower case somewhere: no names, even at the start of a sentence."""
