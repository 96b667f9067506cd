"""Candidate questions for one sentence, each by its own means.

A draft asks about what one sentence says; its answer is in the speaker's own words.
Whoever calls checks the drafts against the rubric and picks the best.
"""

from __future__ import annotations

from collections.abc import Iterator

from .circumstances import circumstances
from .draft import Asked, Draft
from .predicates import predicates
from .quotations import completion, last_phrase, number
from .subjects import about, saying

_QUOTED_FIRST = 0.15
"""A quotation is best asked for in its own words."""


def drafts(asked: Asked) -> Iterator[Draft]:
    """Every candidate for one sentence of a claim."""
    for means in (circumstances, predicates, number, about, completion, last_phrase):
        yield from means(asked)


def quote_drafts(asked: Asked) -> Iterator[Draft]:
    """Every candidate for one sentence of a quote: to be finished at its turn, or asked about."""
    for draft in completion(asked):
        yield Draft(draft.means, draft.fronts, draft.answer, draft.prior + _QUOTED_FIRST, draft.asks)
    for means in (circumstances, predicates, saying, last_phrase):
        yield from means(asked)
