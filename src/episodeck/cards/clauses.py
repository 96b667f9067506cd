"""What the means that ask about a clause share."""

from __future__ import annotations

import re

from .draft import Asked, Draft
from .grammar import NOUNS, Clause, lower_first, tokens_of
from .phrasing import as_answer, attributed

VAGUE = frozenset(
    """thing things people person way ways part point everyone everybody somebody someone lot kind kinds sort one ones stuff time times
    day days year years guy guys nobody reason question example idea case problem something anything nothing bit place world today end
    area areas number piece folks man word words fact side matter couple bunch set type types group level aspect moment
    version terms term thousands hundreds millions sense thought today tomorrow yesterday everything""".split()
)
ANYONE = frozenset({"you", "we", "people", "they", "everyone", "everybody"})
WEAK_VERBS = frozenset(
    "have do get go say think know see want come make take look feel happen start seem try keep mean tell like guess".split()
)
AIM = re.compile(
    r",? (?P<aim>(?:if|when|before|after|once|until|unless|without|in order to|so that|whenever) .+)$", re.I
)


def specific(clause: Clause) -> int:
    """How many nouns of the subject say something."""
    return sum(t.tag in NOUNS and t.low not in VAGUE for t in clause.subject_tokens)


def framed(asked: Asked, means: str, core: str, answer: str, prior: float, asks: str) -> Draft:
    lead = asked.statement.lead if asked.statement else ""
    if lead:
        core = f"{lower_first(lead, tokens_of(lead), asked.common)}, {core}"
        asks = f"{lead} {asks}"
    return Draft(means, attributed(core, asked.speaker), as_answer(answer), prior, asks)
