"""What something is, is for, is like: questions for a copula and what stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import content_words
from .clauses import VAGUE, framed, specific
from .draft import Asked, Draft
from .grammar import BE, FIRST_PERSON, NOUNS, Auxiliary, Clause, Token, dangles, lower_first, tokens_of
from .phrasing import as_answer, attributed, core_of

_KEY = re.compile(
    r"(?P<subject>(?:the|one|another|a|my|his|her|their)\b(?: [^\s,]+){1,16}?) "
    r"(?P<verb>is|was|are|were) (?:basically |really |actually |just |simply |probably |essentially |always |also )*"
    r"(?P<rest>(?P<that>that|to|how|when|because|whether|not|what|you|we|there's|there is|if)\b.+)",
    re.I,
)
_CLEFT = re.compile(
    r"(?P<what>what (?P<first>\w+)[^,;:.]{3,80}?) (?:is|was) (?:that |to |actually |really |basically )*(?P<rest>.+)",
    re.I,
)
_NOT_BUT = re.compile(
    r"(?:n't|not) (?P<not>(?:about |just |really |to )*[^,;–]{3,70}?)(?:,| -+| –|;|\.{3}) ?(?:but(?: rather)?|it's|it is|they're|they are) (?P<but>.+)",
    re.I,
)
_THAN = re.compile(
    r"(?P<how>(?:(?:much|far|way|a lot|even|always|generally|usually) )*(?:(?:more|less|better|worse) ?\w*|\w{3,}er)) than (?P<than>[^,;]+)",
    re.I,
)
_SUPERLATIVE = re.compile(
    r"\b(?:only|main|first|key|biggest|most|best|hardest|worst|core|primary|single|whole|real|\w{4,}est)\b",
    re.I,
)


def key_point(asked: Asked) -> Iterator[Draft]:
    """ "The trick is that …", "The only place where it comes into play is when …"."""
    match = _KEY.match(asked.text)
    if not match:
        return
    subject = match["subject"]
    tokens = [t for t in asked.tokens if t.end <= match.end("subject")]
    relative = any(
        t.tag in ("WDT", "WP", "WRB") or t.low in ("that", "you", "we", "they", "people") for t in tokens[1:]
    )
    finite = [t for t in tokens if t.tag in ("VBZ", "MD", "VBP", "VBD")]
    if (finite and not relative) or dangles(subject) or FIRST_PERSON.search(subject):
        return
    if len(content_words(subject)) < 2 or len(tokens) < 3:
        return
    if re.search(r"\b(?:he|she|they|it|said|so|because|told|but|and|this|these)\b", subject, re.I):
        return
    rest = re.sub(r"^(?:that|because) (?=\w+ \w+ \w+)", "", match["rest"], flags=re.I)
    name = lower_first(subject, tokens, asked.common)
    yield Draft(
        "key point",
        attributed(f"what {match['verb'].lower()} {name}", asked.speaker),
        as_answer(core_of(rest, 5)),
        0.9,
        subject,
    )


def cleft(asked: Asked) -> Iterator[Draft]:
    """ "What matters is how quickly you recover"."""
    match = _CLEFT.match(asked.text)
    if (
        not match
        or dangles(match["what"])
        or FIRST_PERSON.search(match["what"])
        or len(content_words(match["what"])) < 1
    ):
        return
    first = tokens_of(match["what"])[1]
    what = match["what"][5:]
    if re.search(r"\b(?:say|said|mean|meant|happens?|happened|talking|this|that|these)\b", what):
        return
    if first.tag in ("VBZ", "MD", "VBD"):
        core = f"what {what}"
    elif first.tag in ("PRP", "NNS", "DT", "NN", "NNP") and len(content_words(what)) >= 2:
        core = f"what is it that {what}"
    else:
        return
    yield Draft(
        "key point", attributed(core, asked.speaker), as_answer(core_of(match["rest"], 4)), 0.8, match["what"]
    )


def apposition(asked: Asked) -> Iterator[Draft]:
    """ "The lehr, which is a long oven with a belt": what is the lehr?"""
    for match in re.finditer(
        r"(?:,| -+) which (?P<verb>is|are|was|were) (?:basically |essentially |just |really )?(?P<rest>(?:an?|the|where|when|how)\b.+)",
        asked.text,
    ):
        run: list[Token] = []
        for token in reversed([t for t in asked.tokens if t.end <= match.start()]):
            if token.tag in NOUNS or (token.tag in ("JJ", "DT") and run):
                run.insert(0, token)
            else:
                break
        nouns = [t for t in run if t.tag in NOUNS and t.low not in VAGUE]
        if not nouns or (len(nouns) < 2 and nouns[0].tag not in ("NNP", "NNPS")):
            continue
        phrase = asked.text[run[0].start : run[-1].end]
        if dangles(phrase) or not re.match(r"[A-Za-z]", phrase):
            continue
        yield Draft(
            "definition",
            attributed(
                f"what {match['verb']} {phrase if run[0].start else lower_first(phrase, run, asked.common)}",
                asked.speaker,
            ),
            as_answer(core_of(match["rest"], 4)),
            0.8,
            phrase,
        )


def not_but(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """ "Annealing isn't a rest, it's a slow walk"."""
    if clause.verb.low not in BE or not specific(clause):
        return
    match = _NOT_BUT.match(clause.rest)
    if (
        not match
        or dangles(match["not"])
        or FIRST_PERSON.search(match["not"])
        or not content_words(match["not"])
    ):
        return
    denied = re.sub(r"^(?:just|really) ", "", match["not"])
    verb = parts.helper.removesuffix("n't")
    core = f"what {verb} {parts.subject}, if not {denied}"
    yield framed(asked, "contrast", core, core_of(match["but"], 3), 0.85, clause.subject)


def comparison(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """ "A slow kiln is safer than a fast one"."""
    match = _THAN.match(clause.rest) if clause.verb.low in BE else None
    if (
        not match
        or not specific(clause)
        or not parts.helper
        or dangles(match["than"])
        or FIRST_PERSON.search(match["than"])
    ):
        return
    if re.search(
        r"\b(?:is|are|was|were|do|does|did|can|it|they|you|we|ever|before|has|have|what)\b", match["than"]
    ):
        return
    if not content_words(match["than"]):
        return
    core = f"how {'do' if parts.helper in ('are', 'were') else 'does'} {parts.subject} compare with {match['than'].rstrip(' .')}"
    pronoun = "they" if parts.helper in ("are", "were") else "it"
    yield framed(
        asked,
        "comparison",
        core,
        f"{pronoun} {clause.verb.low if clause.verb.low in ('is', 'are', 'was', 'were') else parts.helper} {match['how']}",
        0.7,
        clause.subject,
    )
    yield framed(
        asked,
        "comparison",
        f"what {parts.helper} {match.group().rstrip(' .')}",
        clause.subject,
        0.6,
        match.group(),
    )


def copula(asked: Asked, clause: Clause, parts: Auxiliary) -> Iterator[Draft]:
    """What something is, is for, is about, is like."""
    if clause.verb.low not in BE | {"means", "refers"} or parts.helper.endswith("n't"):
        return
    subject, rest = clause.subject_tokens, clause.rest
    nouns = specific(clause)
    if not nouns:
        return
    rest = re.sub(
        r"^(?:basically|really|actually|just|essentially|simply|kind of|sort of|always|also|obviously|definitely|probably|certainly|still|now) ",
        "",
        rest,
    )
    tag = tokens_of(rest)[0].tag if rest else ""
    if clause.verb.low == "means":
        yield framed(
            asked,
            "definition",
            f"what does {parts.subject} mean",
            core_of(re.sub(r"^that ", "", rest), 4),
            0.85,
            clause.subject,
        )
        return
    stranded = re.match(
        r"(?P<how>(?:\w+(?:ed|en|ne|ilt|de|wn)|about|all about) ?(?P<prep>on|of|for|from|to|in|as|by|with|into)?) (?P<answer>.+)",
        rest,
        re.I,
    )
    if (
        stranded
        and tag in ("VBN", "VBD")
        and stranded["prep"]
        and len(content_words(stranded["answer"])) >= 2
    ):
        ending = " do" if stranded["prep"] == "to" and tokens_of(stranded["answer"])[0].tag == "VB" else ""
        yield framed(
            asked,
            "object",
            f"what {parts.helper} {parts.subject} {stranded['how']}{ending}",
            core_of(stranded["answer"], 3),
            0.7,
            clause.subject,
        )
    elif re.match(r"(?:all )?about \w+", rest, re.I):
        yield framed(
            asked,
            "object",
            f"what {parts.helper} {parts.subject} about",
            core_of(re.sub(r"^(?:all )?about ", "", rest), 3),
            0.7,
            clause.subject,
        )
    elif re.match(r"(?:an?|the|when|what|where|how|to|that|something|anything|one of|not)\b", rest, re.I):
        definite = subject[0].low in (
            "the",
            "my",
            "your",
            "our",
            "every",
            "some",
            "most",
            "many",
            "one",
            "another",
        )
        marked = bool(_SUPERLATIVE.search(clause.subject))
        prior = 0.88 if marked else 0.72 if definite else 0.85
        if definite and nouns < 2 and not marked:
            prior -= 0.15
        if re.match(
            r"(?:an?|the) (?:\w+ )?(?:thing|way|example|lot|bit|problem|question|reason|point|idea|place|one|fun|good|great|big|huge|really|very|pretty|super|hard|nice|key part|part|choice|issue|challenge|concern|joy|pleasure|case|fact)\b|one of the (?:most|best|biggest|main|key|few|many|first|more|great)\b",
            rest,
            re.I,
        ):
            return
        yield framed(
            asked,
            "definition",
            f"what {parts.helper} {parts.subject}",
            core_of(rest, 4),
            prior,
            clause.subject,
        )
    elif tag in ("JJ", "JJR", "JJS", "RB") and asked.speaker:
        front = (f"How does {asked.speaker} describe {parts.subject}?",)
        if len(content_words(core_of(rest, 4))) >= 3 and asked.statement and not asked.statement.lead:
            yield Draft(
                "description", front, as_answer(core_of(rest, 4)), 0.45 + 0.04 * min(3, nouns), clause.subject
            )
