"""What the means of asking share: a sentence made ready, and a draft of a card."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .grammar import Statement, Token, statement_of, tokens_of, without_lead_in


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question and answer."""

    means: str
    """How it was made: reason, manner, definition, completion, …"""
    fronts: tuple[str, ...]
    """The question in several wordings; any will do."""
    answer: str
    prior: float
    """How often cards made this way are worth keeping, other things being equal (0 to 1)."""
    asks: str
    """The part of the question taken from the transcript; the rest is our phrasing."""

    @property
    def question(self) -> str:
        """The question in its first wording."""
        return self.fronts[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence to be asked about, with what a question may need to know."""

    text: str
    """Readable form."""
    tokens: tuple[Token, ...]
    statement: Statement | None
    speaker: str | None
    before: str
    """The sentence before it, by the same speaker inside the same highlight, or empty."""
    common: frozenset[str]
    """Words that the episode has in lower case somewhere: no names, even at the start of a sentence."""


def prepare(
    sentence: str, speaker: str | None, before: str = "", common: frozenset[str] = frozenset()
) -> Asked:
    """A readable sentence made ready: lead-in dropped, tagged, taken apart."""
    text = without_lead_in(sentence.strip())
    tokens = tokens_of(text)
    lead = without_lead_in(before.strip()) if before.strip() else ""
    return Asked(text, tokens, statement_of(tokens, text), speaker, lead, common)


_CLAUSE_ENDS = re.compile(
    r"(?:,|;|\.{3}|…| -+| –| —) (?=(?:and|but|so|because|then|or|whereas|while|which means)\b)|; |: |\.{3} ?|… ?| --+ | [–—-] "
    r"| (?=(?:and|but|so|because) (?:I|you|we|it|it's|they|they're|there|that|that's|if|when|the|then|now)\b)",
    re.I,
)
_LEAST_UNIT, _MOST_UNIT = 6, 40
_LONG = 13


def units(sentence: str) -> tuple[str, ...]:
    """A sentence, and, of a long one, the clauses that may stand alone as well."""
    if len(sentence.split()) <= _LONG:
        return (sentence,)
    pieces = [piece.strip(" ,;") for piece in _CLAUSE_ENDS.split(sentence)]
    return (sentence, *(p for p in pieces if _LEAST_UNIT <= len(p.split()) <= _MOST_UNIT and p != sentence))
