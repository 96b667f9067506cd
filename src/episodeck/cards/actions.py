"""What something does, needs or allows: questions for a verb, its object and its phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import content_words
from .clauses import AIM, ANYONE, VAGUE, WEAK_VERBS, framed, specific
from .draft import Asked, Draft
from .grammar import BE, FIRST_PERSON, NOUNS, Auxiliary, Clause, dangles, tokens_of
from .phrasing import as_answer, attributed, core_of

_NEEDS = re.compile(
    r"(?:really |always |just |also |actually |probably |still )*(?:to|got to) (?P<act>\w+.*)", re.I
)
_CAUSES = frozenset(
    """allows allow enables enable causes cause makes make helps help lets let forces force drives drive prevents prevent creates
    create reduces reduce increases increase improves improve leads lead gives give determines determine limits limit protects protect
    solves solve breaks break changes change""".split()
)
_LET = re.compile(
    r"(?P<whom>(?:you|us|people|them|anyone|someone|(?:the |a |an )?\w+s?)) (?P<to>to )?(?P<act>(?:do|be|get|make|have|go|use|see|[a-z]+) .+)",
    re.I,
)
_LETTING = frozenset({"allow", "enable", "let", "help", "force", "cause", "require"})
_PREPOSITIONS = frozenset("on to from of for with at about in into".split())
_PREPOSITIONAL = {
    "on": {"depend", "rely", "focus", "run", "work", "build", "base", "operate", "act"},
    "to": {"lead", "refer", "apply", "boil", "relate", "amount", "belong", "respond", "contribute", "add"},
    "from": {"come", "suffer", "benefit", "learn", "stem", "result", "differ", "arise", "emerge"},
    "of": {"consist", "think"},
    "for": {"look", "account", "allow", "stand", "ask", "pay", "care", "search", "optimize", "wait"},
    "with": {"deal", "start", "work", "struggle", "begin", "help", "come"},
    "about": {"care", "worry", "think", "talk"},
    "in": {"result", "invest", "specialize", "believe"},
    "at": {"look", "aim"},
    "into": {"turn", "fall", "translate", "go"},
}
_NO_ADVICE = frozenset(
    "let imagine say look think see take thank guess go come wait keep hold suppose check tell remember hear know".split()
)


def advice(asked: Asked) -> Iterator[Draft]:
    """ "Open the vents before you light the kiln": what should you do before you light it?"""
    tokens = asked.tokens
    if not tokens or tokens[0].tag != "VB" or tokens[0].low in _NO_ADVICE or asked.statement:
        return
    aim = AIM.search(asked.text)
    if not aim or len(asked.text[: aim.start()].split()) < 3:
        return
    end = core_of(aim["aim"], 4)
    if (
        dangles(end)
        or FIRST_PERSON.search(asked.text)
        or not 3 <= len(end.split()) <= 16
        or len(content_words(end)) < 2
    ):
        return
    yield Draft(
        "need",
        attributed(f"what should you do {end}", asked.speaker),
        as_answer(asked.text[: aim.start()]),
        0.72,
        end,
    )


def need(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """What one must, should or can do, to what end or when."""
    verb = parts.base or clause.verb.low
    anyone = clause.subject.lower() in ANYONE
    if clause.verb.tag == "MD" and parts.helper.removesuffix("n't") in (
        "can",
        "ca",
        "can't",
        "should",
        "must",
        "could",
        "will",
        "would",
        "won't",
        "may",
        "might",
    ):
        act, ask = parts.rest, parts.inverted(do="do")
    elif verb in ("need", "have", "want", "try", "tend") and parts.base:
        found = _NEEDS.match(parts.rest)
        if not found:
            yield from _needs_thing(asked, clause, parts)
            return
        act, ask = found["act"], f"{parts.helper} {parts.subject} {parts.base} to do"
    else:
        return
    if re.match(r"(?:be|have been)\b", act, re.I):
        return
    if (
        re.match(r"(?:say|think|see|imagine|tell|have|also|just|actually|talk|mean|hear)\b", act, re.I)
        and anyone
    ):
        return
    aim = AIM.search(act)
    if aim and len(act[: aim.start()].split()) >= 3 and len(content_words(aim["aim"])) >= 2:
        end = core_of(aim["aim"], 4)
        if not dangles(end) and not FIRST_PERSON.search(end) and len(end.split()) <= 18:
            yield framed(
                asked, "need", f"what {ask} {end}", act[: aim.start()], 0.78, f"{clause.subject} {end}"
            )
    enough = (
        specific(clause) >= 1
        if not asked.statement or not asked.statement.lead
        else len(content_words(asked.statement.lead)) >= 2
    )
    if enough and (not anyone or (asked.statement and asked.statement.lead)):
        yield framed(
            asked,
            "action",
            f"what {ask}",
            core_of(act, 4),
            0.6 + 0.04 * min(3, specific(clause)),
            clause.subject,
        )


def _needs_thing(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """ "You need a pyrometer to read the kiln"."""
    if parts.base not in ("need", "want"):
        return
    found = re.match(
        r"(?P<thing>[^,;]{4,70}?) (?P<aim>(?:in order )?(?:to|if|before|when) [^,;]{8,90})", parts.rest
    )
    if (
        found
        and content_words(found["thing"])
        and not dangles(found["aim"])
        and len(content_words(found["aim"])) >= 2
    ):
        yield framed(
            asked,
            "need",
            f"what {parts.inverted('')} {found['aim'].rstrip(' .')}",
            found["thing"],
            0.8,
            f"{clause.subject} {found['aim']}",
        )


_PHRASE_START = frozenset(
    "in on for with from at through during across without into inside after before between under over via".split()
)
_OBJECT_TAGS = NOUNS | {"DT", "JJ", "JJR", "JJS", "CD", "PRP$", "CC", "VBG", "VBN", "POS", "RB"}


def object_before_phrase(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """ "You store the colours in closed jars": what do you store in closed jars?"""
    tokens = [t for t in tokens_of(parts.rest) if t.text not in (".", "!", "?")]
    verb = parts.base
    start = 0
    if not verb:
        if (
            not tokens
            or tokens[0].tag not in ("VB", "VBG")
            or (clause.verb.low in BE and tokens[0].tag == "VB")
        ):
            return
        verb, start = tokens[0].low, 1
    if (
        verb in WEAK_VERBS - {"have", "get", "see"}
        or start >= len(tokens)
        or tokens[start].low in ("to", "that", "this", "it")
    ):
        return
    end = start
    while end < len(tokens) and (
        tokens[end].tag in _OBJECT_TAGS or (tokens[end].low == "of" and end > start)
    ):
        end += 1
    if (
        end == start
        or end >= len(tokens)
        or tokens[end].low not in _PHRASE_START
        or tokens[end - 1].tag not in NOUNS | {"VBG"}
    ):
        return
    answer = parts.rest[tokens[start].start : tokens[end - 1].end]
    phrase = core_of(parts.rest[tokens[end].start :], 3).split(",")[0]
    nouns = sum(t.tag in NOUNS and t.low not in VAGUE for t in tokens_of(phrase))
    if (
        dangles(phrase)
        or not nouns
        or len(phrase.split()) > 12
        or len(content_words(answer)) < 2
        or dangles(answer)
    ):
        return
    if len(content_words(phrase)) + specific(clause) + bool(asked.statement and asked.statement.lead) < 2:
        return
    between = parts.rest[: tokens[start].start].strip()
    question = parts.inverted(" ".join(p for p in (between, phrase) if p))
    yield framed(
        asked,
        "object",
        f"what {question}",
        answer,
        0.6 + 0.03 * min(3, nouns),
        f"{clause.subject} {verb} {phrase}",
    )


_STRANDING = frozenset("on with for from through into against about".split())


def phrase_after_object(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """ "You fuse the rim with a small torch": what do you fuse the rim with?"""
    tokens = [t for t in tokens_of(parts.rest) if t.text not in (".", "!", "?")]
    for i, token in enumerate(tokens[1:-1], 1):
        if (
            token.text in (",", ";", ":", "-", "--", "...")
            or token.tag in ("WDT", "WP", "WRB", "TO", "VBZ", "VBP", "MD")
            or token.low == "that"
        ):
            return
        if token.low not in _STRANDING or tokens[i - 1].tag not in NOUNS | {"VBN"}:
            continue
        start = core_of(parts.rest[token.end :].strip(), 2)
        answer = re.split(r",| (?:and|but|so|because|if|when) (?=(?:I|you|we|it|they|there|the)\b)", start)[0]
        thing = parts.rest[: token.start].strip()
        if (
            dangles(thing)
            or dangles(answer)
            or FIRST_PERSON.search(answer)
            or tokens[i + 1].tag in ("VBG", "WP", "WRB", "IN")
        ):
            return
        if (
            len(content_words(thing)) + specific(clause) < 2
            or len(content_words(answer)) < 2
            or len(answer.split()) > 16
        ):
            return
        yield framed(
            asked,
            "object",
            f"what {parts.inverted(thing)} {token.low}",
            answer,
            0.6,
            f"{clause.subject} {thing}",
        )
        return


def object_of(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """What something does to what: the object is asked for."""
    if not parts.base or clause.verb.low in BE or not parts.rest or parts.helper == "don't":
        return
    nouns = specific(clause)
    weak = parts.base in WEAK_VERBS
    if not nouns or (weak and nouns < 2 and len(content_words(core_of(parts.rest, 4))) < 3):
        return
    rest = parts.rest
    tokens = tokens_of(rest)
    while tokens and tokens[0].tag == "RB" and len(tokens) > 1:
        rest = rest[tokens[1].start :]
        tokens = tokens_of(rest)
    if not tokens or len(content_words(rest)) < 2:
        return
    first = tokens[0]
    prior = 0.62 + 0.05 * min(3, nouns) - (0.15 if weak else 0)
    let = _LET.match(rest) if parts.base in _LETTING else None
    if let and (let["to"] or parts.base in ("let", "help")):
        to = "to " if let["to"] else ""
        core = f"what {parts.inverted('')} {let['whom']} {to}do"
        yield framed(asked, "effect", core, core_of(let["act"], 3), prior + 0.08, clause.subject)
    elif first.tag == "TO" and parts.base in ("want", "try", "need", "tend", "aim", "help", "start", "begin"):
        yield framed(
            asked, "action", f"what {parts.inverted('')} to do", core_of(rest[3:], 3), prior, clause.subject
        )
    elif (
        first.low in _PREPOSITIONS
        and first.tag in ("IN", "TO")
        and parts.base in _PREPOSITIONAL.get(first.low, ())
    ):
        yield framed(
            asked,
            "object",
            f"what {parts.inverted('')} {first.low}",
            core_of(rest[first.end :].strip(), 3),
            prior,
            clause.subject,
        )
    elif first.tag in ("DT", "PRP$", "JJ", "JJR", "CD", "VBG", "PDT", "NN", "NNS", "NNP") or first.low in (
        "that",
        "how",
        "what",
        "whether",
    ):
        if first.low in ("this", "these", "those") or (first.low == "that" and first.tag == "DT"):
            return
        answer = re.sub(r"^that (?=\w+ \w+ \w+)", "", rest)
        yield framed(
            asked,
            "object",
            f"what {parts.inverted('')}",
            core_of(answer, 4),
            prior,
            f"{clause.subject} {clause.verb.text}",
        )


def cause(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """ "Slow cooling lets the glass relax": what lets it?"""
    if (
        clause.verb.low not in _CAUSES
        or parts.helper not in ("does", "do")
        or len(clause.subject.split()) < 2
        or not specific(clause)
    ):
        return
    rest = core_of(parts.rest, 3)
    if (
        dangles(rest)
        or len(content_words(rest)) < 2
        or len(rest.split()) > 14
        or clause.subject_tokens[0].low in ("some", "many", "most")
    ):
        return
    verb = clause.verb.low if clause.verb.tag != "VBP" else _third_person(clause.verb.low)
    yield framed(asked, "cause", f"what {verb} {rest}", clause.subject, 0.7, rest)


def _third_person(verb: str) -> str:
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
