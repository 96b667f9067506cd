"""Why, how, what for, when and under what condition: questions for what stands around a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import content_words
from .draft import Asked, Draft
from .grammar import (
    FIRST_PERSON,
    NOUNS,
    Auxiliary,
    auxiliary,
    capital,
    clause_of,
    dangles,
    finite,
    lower_first,
    tokens_of,
    without_lead_in,
)
from .phrasing import as_answer, attributed, core_of

_CONDITION = re.compile(
    r"(?P<word>if|when|whenever|once|unless) (?P<condition>[^;:]{12,140}?), (?:then )?(?P<rest>[^?]+)$", re.I
)
# What a clause may be followed by: the question word that asks for it, and how good such cards are.
_TAILS: tuple[tuple[str, re.Pattern[str], str, float], ...] = (
    ("reason", re.compile(r",? (?:just |mostly |simply |only |largely |mainly |partly |and that's |and it's |and this is )?(?=because (?!of\b))", re.I), "why", 0.95),
    ("reason", re.compile(r",? (?:just |mostly |simply |only |largely |mainly |partly )?(?=because of\b|due to\b|thanks to\b)", re.I), "why", 0.85),
    ("purpose", re.compile(r",? (?=in order to\b|so that (?:you|we|they|it|people|the|a|an)\b|so (?:you|they|it|people) can\b)", re.I), "for what purpose", 0.85),
    ("manner", re.compile(r",? (?:just |mostly |simply |only )?(?=by (?!being\b)\w+ing\b)", re.I), "how", 0.9),
    ("condition", re.compile(r",? (?:but |and )?(?=only (?:if|when|once)\b)", re.I), "under what condition", 0.8),
    ("time", re.compile(r",? (?=when (?:you|we|they|it|the|a|an|people|there)\b)", re.I), "when", 0.6),
)  # fmt: skip
_INSTEAD = re.compile(r",? (?P<instead>(?:instead of|rather than|as opposed to) (?P<other>[^,;.]+))", re.I)
_PURPOSE_VERBS = frozenset({"use", "uses", "used", "using"})


def circumstances(asked: Asked) -> Iterator[Draft]:
    """Drafts that ask for a reason, a purpose, a manner, a condition or a time."""
    yield from _tails(asked)
    yield from _consequence(asked)
    yield from _instead(asked)
    yield from _trailing_condition(asked)
    yield from _unless(asked)
    yield from _used_for(asked)
    yield from _aim(asked)
    yield from _the_more(asked)
    yield from _it_takes(asked)


def _auxiliary_before(asked: Asked, end: int) -> tuple[Auxiliary, str] | None:
    """The clause up to a place in the text, ready to be asked, and its text; None where it can't stand alone."""
    if asked.statement is None or asked.statement.clause.verb.end >= end:
        return None
    left = asked.text[:end]
    clause = clause_of(
        [
            t
            for t in asked.tokens
            if asked.statement.clause.subject_tokens[0].start <= t.start and t.end <= end
        ],
        left,
    )
    if (
        clause is None
        or dangles(left)
        or left.count(",") > asked.statement.lead.count(",") + bool(asked.statement.lead)
    ):
        return None
    if clause.rest_tokens[-1].low in (
        "how",
        "what",
        "that",
        "why",
        "where",
        "back",
        "and",
        "but",
        "so",
        "just",
        "is",
        "was",
    ):
        return None
    if clause.subject.lower() == "it" and not _expletive(left):
        return None
    if clause.subject.lower() == "we" and clause.verb.tag == "VBD":
        return None
    parts = auxiliary(clause, asked.speaker, asked.common)
    return (parts, left) if parts and len(parts.rest.split()) <= 22 else None


def _expletive(text: str) -> bool:
    return bool(
        re.search(r"\bit(?:'s| is| was| can be| makes sense| becomes)\b.*\b(?:to|that)\b", text, re.I)
    )


def _with_lead(asked: Asked, question: str) -> str:
    """The question with what stood before the clause: "if the kiln is cold, why …"."""
    lead = asked.statement.lead if asked.statement else ""
    if not lead:
        return question
    return f"{lower_first(lead, tokens_of(lead), asked.common)}, {question}"


def _tails(asked: Asked) -> Iterator[Draft]:
    for means, pattern, word, prior in _TAILS:
        found = pattern.search(asked.text)
        if not found:
            continue
        ready = _auxiliary_before(asked, found.start())
        if ready is None:
            continue
        parts, left = ready
        answer = core_of(asked.text[found.end() :], 4)
        question = _with_lead(asked, f"{word} {parts.inverted()}")
        if FIRST_PERSON.search(asked.statement.lead if asked.statement else ""):
            continue
        yield Draft(means, attributed(question, asked.speaker), as_answer(answer), prior, left)


def _consequence(asked: Asked) -> Iterator[Draft]:
    match = _CONDITION.match(asked.text)
    if not match:
        return
    condition, rest, word = match["condition"], match["rest"], match["word"].lower()
    if (
        dangles(condition)
        or FIRST_PERSON.search(condition)
        or len(content_words(condition)) < 2
        or "," in condition
    ):
        return
    if re.match(r"(?:the|a|an) (?:question|answer)\b|what|how|why|who|where|is|are|do|does|can", rest, re.I):
        return
    rest = without_lead_in(core_of(rest, 5))
    if not finite(rest) or not _whole(rest):
        return
    advice = re.match(
        r"(?:you|we|people|one) (?:should|need to|have to|must|ought to|want to|can|could|can't|cannot)\b",
        rest,
        re.I,
    )
    if advice:
        helper = "can" if re.match(r"\w+ (?:can|could)\b", rest, re.I) else "should"
        who = rest.split()[0].lower()
        core = f"what {helper} {who} do {word} {condition}"
        prior = 0.8
    else:
        core = f"what happens {word} {condition}"
        prior = 0.85
    if asked.tokens and re.search(r"\b(?:said|told|remember|was talking|talked)\b", rest):
        prior -= 0.3
    yield Draft("consequence", attributed(core, asked.speaker), as_answer(rest), prior, condition)


def _whole(text: str) -> bool:
    """Whether a text begins as a clause does."""
    return not re.match(
        r"(?:and|or|but|that|which|then|so|not|is|are|was|like|you know|for example|if|when)\b", text, re.I
    )


def _instead(asked: Asked) -> Iterator[Draft]:
    """ "The glass is cooled instead of heated": what is done instead of the other?"""
    found = _INSTEAD.search(asked.text)
    if found:
        ready = _auxiliary_before(asked, found.start())
        if ready is None or len(content_words(found["other"])) < 1 or dangles(found["other"]):
            return
        parts, left = ready
        instead = found["instead"]
        if parts.helper in ("is", "are", "was", "were"):
            core, answer = f"{_what(parts)} {instead}", parts.rest
        elif parts.base:
            core, answer = f"what {parts.inverted(do='do')} {instead}", f"{parts.base} {parts.rest}"
        else:
            core, answer = f"what {parts.inverted(do='do')} {instead}", parts.rest
        if parts.helper in ("has", "have", "had"):
            return
        yield Draft("contrast", attributed(core, asked.speaker), as_answer(answer), 0.7, left)
        return
    lead = re.match(r"(?P<instead>(?:instead of|rather than) [^,;]{6,90}), (?P<rest>.+)", asked.text, re.I)
    if lead and not dangles(lead["instead"]) and len(content_words(lead["instead"])) >= 2:
        instead = lead["instead"][:1].lower() + lead["instead"][1:]
        core = f"what does {asked.speaker or 'one speaker'} recommend {instead}"
        if re.match(
            r"(?:you|we|people) (?:should|need to|have to|can|could|must|want to)\b|\w+ing\b",
            lead["rest"],
            re.I,
        ):
            yield Draft("contrast", (f"{capital(core)}?",), as_answer(core_of(lead["rest"], 5)), 0.7, instead)


def _what(parts: Auxiliary) -> str:
    return f"what {parts.helper} {parts.subject}"


def _trailing_condition(asked: Asked) -> Iterator[Draft]:
    """ "Cracks run through the base if a tumbler cools in ten minutes"."""
    match = re.match(
        r"(?P<rest>[^?]{16,160}?),? (?P<word>if|when|whenever|once|as soon as) (?P<condition>[^,;:?]{12,110})",
        asked.text,
    )
    if not match or re.search(
        r"\b(?:what|how|even|see|know|ask|wonder|sure|as|like|only|that's|is|was|time|where)$",
        match["rest"],
        re.I,
    ):
        return
    condition = match["condition"].rstrip(" .!")
    if (
        dangles(condition)
        or FIRST_PERSON.search(condition)
        or len(content_words(condition)) < 2
        or dangles(match["rest"])
    ):
        return
    if (
        clause_of(tokens_of(condition), condition) is None
        or len(content_words(match["rest"])) < 3
        or FIRST_PERSON.search(match["rest"])
    ):
        return
    core = f"what happens {match['word'].lower()} {condition}"
    yield Draft("consequence", attributed(core, asked.speaker), as_answer(match["rest"]), 0.7, condition)


def _unless(asked: Asked) -> Iterator[Draft]:
    """ "You can't open the kiln unless the bowl has cooled": what has to be the case first?"""
    found = re.search(r",? (?P<word>unless|until) (?P<answer>\w+ .+)$", asked.text)
    ready = _auxiliary_before(asked, found.start()) if found else None
    if not found or ready is None or not ready[0].helper.endswith("n't"):
        return
    parts, left = ready
    helper = {"can't": "can", "won't": "will", "couldn't": "could", "shouldn't": "should"}.get(
        parts.helper, ""
    )
    if not helper and parts.helper not in ("don't",):
        return
    claim = " ".join(p for p in (parts.subject, helper, parts.rest) if p)
    yield Draft(
        "condition", attributed(f"what has to be the case before {claim}", asked.speaker), as_answer(core_of(found["answer"], 4)), 0.85, left
    )  # fmt: skip


# Nouns and verbs that "to …" completes: what follows is no purpose.
_CONTROL = frozenset(
    """want need have try like go able allow ask tell get help start begin seem tend way ability right time opportunity chance tool tools
    effort plan decision reason place thing things lot ways attempt desire willingness tendency enable force cause require expect
    encourage teach learn decide hope love prefer continue happen appear refuse fail manage seek access due close related used going
    supposed first one somebody someone anyone everyone people you us them it him her much enough question challenge task job goal
    incentive permission freedom power money capacity potential option approach comes leads according back up down out over
    something nothing anything everything""".split()
)


def _aim(asked: Asked) -> Iterator[Draft]:
    """ "You do a test firing to see how the glaze behaves": what for?"""
    statement = asked.statement
    if statement is None:
        return
    clause = statement.clause
    for i, token in enumerate(clause.rest_tokens[2:-2], 2):
        before, after = clause.rest_tokens[i - 1], clause.rest_tokens[i + 1]
        if token.tag != "TO" or after.tag != "VB" or before.tag not in NOUNS or before.low in _CONTROL:
            continue
        head = (
            clause.verb.low if clause.rest_tokens[0].tag not in ("VB", "VBG") else clause.rest_tokens[0].low
        )
        if _plain(head) in _CONTROL or (
            clause.verb.low in ("is", "was", "are", "were", "'s", "'re")
            and clause.rest_tokens[0].tag not in ("VBG", "VBN")
        ):
            return
        if any(
            t.low in _CONTROL and t.tag in ("VB", "VBP", "VBZ", "VBG", "RB", "JJ", "VBN")
            for t in clause.rest_tokens[:i]
        ):
            return
        ready = _auxiliary_before(asked, token.start - 1)
        if ready is None or len(content_words(ready[0].rest)) < 1 or len(content_words(ready[1])) < 2:
            return
        answer = core_of(asked.text[token.start :], 4)
        if len(answer.split()) < 4 or len(content_words(answer)) < 2 or clause.subject.lower() == "the fact":
            return
        core = _with_lead(asked, f"for what purpose {ready[0].inverted()}")
        yield Draft("purpose", attributed(core, asked.speaker), as_answer(answer), 0.68, ready[1])
        return


def _plain(verb: str) -> str:
    return {
        "has": "have",
        "had": "have",
        "'ve": "have",
        "wants": "want",
        "needs": "need",
        "tries": "try",
    }.get(verb, verb.rstrip("s"))


def _used_for(asked: Asked) -> Iterator[Draft]:
    statement = asked.statement
    if statement is None or statement.clause.verb.low not in _PURPOSE_VERBS:
        return
    found = re.search(r" (?P<answer>(?:to|for) \w+.*)$", statement.clause.rest)
    parts = auxiliary(statement.clause, asked.speaker, asked.common)
    if not found or parts is None:
        return
    thing = statement.clause.rest[: found.start()]
    if dangles(thing) or not content_words(thing) or "," in thing:
        return
    core = _with_lead(asked, f"what {parts.inverted(thing)} for")
    yield Draft(
        "purpose", attributed(core, asked.speaker), as_answer(core_of(found["answer"], 4)), 0.8, thing
    )


def _the_more(asked: Asked) -> Iterator[Draft]:
    match = re.match(
        r"(?P<more>the (?:more|less|fewer|\w+er) [^,;]{8,90}), (?P<rest>the (?:more|less|fewer|\w+er) .+)",
        asked.text,
        re.I,
    )
    if (
        match
        and not dangles(match["more"])
        and not FIRST_PERSON.search(match["more"])
        and len(content_words(match["more"])) >= 2
    ):
        more = match["more"][:1].lower() + match["more"][1:]
        yield Draft(
            "proportion", attributed(f"what happens {more}", asked.speaker), as_answer(core_of(match["rest"], 3)), 0.85, more
        )  # fmt: skip


def _it_takes(asked: Asked) -> Iterator[Draft]:
    match = re.match(
        r"it (?P<verb>takes|took|costs?|requires?) (?P<what>(?!me\b|us\b)[^,;]{4,80}?) to (?P<aim>[^,;.]{10,120})",
        asked.text,
        re.I,
    )
    if (
        not match
        or dangles(match["aim"])
        or FIRST_PERSON.search(match["aim"])
        or len(content_words(match["aim"])) < 2
    ):
        return
    verb = match["verb"].lower()
    core = (
        f"what did it take to {match['aim']}"
        if verb == "took"
        else f"what does it {verb.rstrip('s')} to {match['aim']}"
    )
    yield Draft("need", attributed(core, asked.speaker), as_answer(match["what"]), 0.85, match["aim"])
