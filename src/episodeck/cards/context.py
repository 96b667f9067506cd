"""What "it" and "they" are, where the sentence before says so."""

from __future__ import annotations

import re

from ..text import content_words
from .draft import Asked, prepare
from .grammar import NOUNS, Clause, dangles, statement_of, tokens_of

_POINTS_BACK = re.compile(r"(?P<word>it|they)(?P<verb>'s|'re)? (?P<rest>.+)", re.I | re.S)
_EXPLETIVE = re.compile(
    r"it(?:'s| is| was| takes| turns| makes sense| seems| would be| becomes)\b.*\b(?:to|that|if|how|when)\b|it (?:depends|turns out)",
    re.I,
)
_MOST_SUBJECT = 6


def named(asked: Asked) -> Asked | None:
    """The sentence with its first pronoun replaced by the subject of the sentence before, or None.

    Only where that subject is plain: a noun phrase of the same number, first in its sentence.
    """
    match = _POINTS_BACK.match(asked.text)
    if not match or not asked.before or _EXPLETIVE.match(asked.text):
        return None
    before = statement_of(tokens_of(asked.before), asked.before)
    if before is None or before.lead or not _clear(before.clause):
        return None
    plural = before.clause.subject_tokens[-1].tag in ("NNS", "NNPS")
    if plural != (match["word"].lower() == "they") or _rival(before.clause, plural):
        return None
    verb = {"'s": " is", "'re": " are"}.get((match["verb"] or "").lower(), "")
    text = f"{before.clause.subject}{verb} {match['rest']}"
    ready = prepare(text, asked.speaker, "", asked.common)
    return ready if ready.statement is not None else None


def _clear(clause: Clause) -> bool:
    tokens = clause.subject_tokens
    return (
        len(tokens) <= _MOST_SUBJECT
        and tokens[-1].tag in NOUNS
        and not (tokens[-1].tag == "NN" and re.search(r"[^su]s$", tokens[-1].low))
        and not any(
            t.low in ("and", "or", "of", "you", "we", "i", "people", "someone", "everyone") for t in tokens
        )
        and len(content_words(clause.subject)) >= 1
        and not dangles(clause.subject)
    )


def _rival(clause: Clause, plural: bool) -> bool:
    """Whether the rest of the sentence before names something else that the pronoun could mean."""
    wanted = ("NNS", "NNPS") if plural else ("NN", "NNP")
    return sum(t.tag in wanted for t in clause.rest_tokens) > 2
