"""The general questions: what is said about a subject, or which line is about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..text import content_words
from .clauses import VAGUE, specific
from .draft import Asked, Draft
from .grammar import FIRST_PERSON, NOUNS, Clause, Token, dangles, finite, lower_first
from .phrasing import as_answer, core_of

_NO_STATEMENT = re.compile(
    r"(?:there you|here|whereas|that|which|who|what|where|how|because|although|though|except|until|unless|if|when|while|since|not|than|to|imagine|or|as|like|especially|"
    r"including|even|rather|instead|with|from)\b",
    re.I,
)
_UNSURE = re.compile(r"\b(?:don't know|not sure|wonder|remember|said|says|told|asked|question)\b|\?", re.I)
_EMPTY_ADJECTIVES = frozenset(
    """several many different recent other same own certain various new good great big real whole next last first few specific particular
    such much more most little small large old bad only full entire right wrong best better""".split()
)


def about(asked: Asked) -> Iterator[Draft]:
    """The general question, where nothing better is found: what is said about the subject?"""
    words = len(asked.text.split())
    opening = " ".join(asked.text.split()[: max(5, words // 3)])
    if not 7 <= words <= 36 or dangles(opening, quoted=True) or _UNSURE.search(asked.text):
        return
    clause = asked.statement.clause if asked.statement else None
    if (
        not finite(asked.text)
        or _NO_STATEMENT.match(asked.text)
        or (asked.tokens[0].tag in ("VB", "VBG", "VBZ", "VBD", "VBP", "WDT"))
    ):
        return
    name = asked.speaker or "one speaker"
    phrase, answer, worth = None, asked.text, 0.0
    if clause is not None and specific(clause) >= 2 and not FIRST_PERSON.search(clause.subject):
        phrase, worth = lower_first(clause.subject, clause.subject_tokens, asked.common), 0.4
        answer = f"{stand_in(clause)} {clause.verb.text} {clause.rest}"
        if clause.verb.low.startswith("'"):
            answer = f"{stand_in(clause)}{clause.verb.text} {clause.rest}"
        elif clause.rest.lower().startswith("n't"):
            answer = f"{stand_in(clause)} {clause.verb.text}{clause.rest}"
        if asked.statement and asked.statement.lead:
            answer = f"{asked.statement.lead}, {answer}"
    else:
        phrase, worth = _key_phrase(asked), 0.33 if clause is not None else 0.27
    if phrase is None or dangles(phrase) or set(content_words(phrase)) <= set(content_words(name)):
        return
    phrase = re.sub(r" for (?:example|instance)$", "", phrase.rstrip(" .,;"))
    answer = core_of(answer, 6)
    # A question about what has been cut off with the end of the sentence would have no answer.
    if worth < 0.4 and not set(content_words(phrase)) <= set(content_words(answer)):
        return
    meant = len(set(content_words(answer)))
    if meant < 4 - (words < 10):
        return
    worth += 0.02 * min(3, meant - 4) - (0.08 if FIRST_PERSON.search(answer) else 0)
    fronts = (f"What does {name} say about {phrase}?", f"What is {name}'s point about {phrase}?")
    yield Draft("about", fronts, as_answer(answer), worth, phrase)


def saying(asked: Asked) -> Iterator[Draft]:
    """A short sentence to be known by heart, asked for by what it is about."""
    if not asked.speaker or FIRST_PERSON.search(asked.text) or len(asked.text.split()) > 24:
        return
    for draft in about(asked):
        fronts = (
            f"How does {asked.speaker} put it, speaking of {draft.asks}?",
            f"Which line of {asked.speaker}'s is about {draft.asks}?",
        )
        yield Draft("saying", fronts, f"“{as_answer(asked.text).strip('“”')}”", 0.42, draft.asks)


@dataclass(frozen=True, slots=True)
class _Phrase:
    text: str
    content: int
    """How many of its words say something; nouns count double."""
    start: int


def _key_phrase(asked: Asked) -> str | None:
    """What a sentence speaks of, as it can stand after "about": its fullest noun phrase, or its two fullest."""
    phrases = sorted(_phrases(asked), key=lambda p: (-p.content, p.start))
    if not phrases:
        return None
    if phrases[0].content >= 3 or len(phrases) == 1:
        return phrases[0].text if phrases[0].content >= 3 else None
    first, second = sorted(phrases[:2], key=lambda p: p.start)
    return f"{first.text} and {second.text}" if first.text.lower() != second.text.lower() else None


def _phrases(asked: Asked) -> Iterator[_Phrase]:
    """Noun phrases with their article, in the plural, or names, "of …" included."""
    run: list[Token] = []
    for token in (*asked.tokens, None):
        if token is not None and token.text[0].isalpha() and _continues(run, token):
            run.append(token)
            continue
        while run and run[-1].tag not in NOUNS:
            run.pop()
        stands = run and (
            run[0].low in ("a", "an", "the")
            or run[-1].tag in ("NNS", "NNP", "NNPS")
            or any(t.low == "of" for t in run)
        )
        meant = [t for t in run if t.tag in NOUNS | {"JJ"} and t.low not in VAGUE]
        nouns = sum(t.tag in NOUNS for t in meant)
        if stands and nouns and len(run) <= 7:
            text = asked.text[run[0].start : run[-1].end]
            yield _Phrase(
                lower_first(text, run, asked.common) if run[0].start == 0 else text,
                len(meant) + nouns,
                run[0].start,
            )
        run = [token] if token is not None and token.text[0].isalpha() and _continues([], token) else []


def _continues(run: list[Token], token: Token) -> bool:
    if not run:
        return (
            token.low in ("a", "an", "the")
            or token.tag in NOUNS
            or (token.tag == "JJ" and token.low not in _EMPTY_ADJECTIVES)
        )
    if run[-1].low == "of":
        return token.low in ("a", "an", "the") or token.tag in NOUNS | {"JJ"}
    if token.low == "of":
        return run[-1].tag in NOUNS and run[-1].low not in VAGUE and not any(t.low == "of" for t in run)
    return token.tag in NOUNS | {"JJ"}


def stand_in(clause: Clause) -> str:
    """ "It" or "they" for a subject that the question has named already."""
    if clause.verb.tag == "VBZ" or clause.verb.low in ("is", "was", "has", "does", "'s"):
        return "it"
    if clause.verb.tag == "VBP" or clause.verb.low in ("are", "were", "have", "do", "'re"):
        return "they"
    return "they" if clause.subject_tokens[-1].tag in ("NNS", "NNPS") else "it"
