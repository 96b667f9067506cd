"""Turns of phrase that say by themselves what is asked: "the trick is that …", "it takes … to …", "the more …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text import content_words
from .clauses import VAGUE
from .draft import Draft
from .grammar import FIRST_PERSON, NOUNS, Token, dangles, lower_first, tokens_of
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


def patterns(text: str, speaker: str | None, common: frozenset[str]) -> Iterator[Draft]:
    """Drafts from such turns of phrase."""
    yield from _key_point(text, speaker, common)
    yield from _cleft(text, speaker)
    yield from _apposition(text, speaker, common)
    yield from _the_more(text, speaker)
    yield from _it_takes(text, speaker)


def _key_point(text: str, speaker: str | None, common: frozenset[str]) -> Iterator[Draft]:
    """ "The trick is that …", "The only place where it comes into play is when …"."""
    match = _KEY.match(text)
    if not match:
        return
    subject = match["subject"]
    tokens = [t for t in tokens_of(text) if t.end <= match.end("subject")]
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
    name = lower_first(subject, tokens, common)
    yield Draft(
        "key point",
        attributed(f"what {match['verb'].lower()} {name}", speaker),
        as_answer(core_of(rest, 5)),
        subject,
    )


def _cleft(text: str, speaker: str | None) -> Iterator[Draft]:
    """ "What matters is how quickly you recover"."""
    match = _CLEFT.match(text)
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
    yield Draft("key point", attributed(core, speaker), as_answer(core_of(match["rest"], 4)), match["what"])


def _apposition(text: str, speaker: str | None, common: frozenset[str]) -> Iterator[Draft]:
    """ "The lehr, which is a long oven with a belt": what is the lehr?"""
    for match in re.finditer(
        r"(?:,| -+) which (?P<verb>is|are|was|were) (?:basically |essentially |just |really )?(?P<rest>(?:an?|the|where|when|how)\b.+)",
        text,
    ):
        run: list[Token] = []
        for token in reversed([t for t in tokens_of(text) if t.end <= match.start()]):
            if token.tag in NOUNS or (token.tag in ("JJ", "DT") and run):
                run.insert(0, token)
            else:
                break
        nouns = [t for t in run if t.tag in NOUNS and t.low not in VAGUE]
        if not nouns or (len(nouns) < 2 and nouns[0].tag not in ("NNP", "NNPS")):
            continue
        phrase = text[run[0].start : run[-1].end]
        if dangles(phrase) or not re.match(r"[A-Za-z]", phrase):
            continue
        yield Draft(
            "definition",
            attributed(
                f"what {match['verb']} {phrase if run[0].start else lower_first(phrase, run, common)}",
                speaker,
            ),
            as_answer(core_of(match["rest"], 4)),
            phrase,
        )


def _the_more(text: str, speaker: str | None) -> Iterator[Draft]:
    match = re.match(
        r"(?P<more>the (?:more|less|fewer|\w+er) [^,;]{8,90}), (?P<rest>the (?:more|less|fewer|\w+er) .+)",
        text,
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
            "proportion", attributed(f"what happens {more}", speaker), as_answer(core_of(match["rest"], 3)), more
        )  # fmt: skip


def _it_takes(text: str, speaker: str | None) -> Iterator[Draft]:
    match = re.match(
        r"it (?P<verb>takes|took|costs?|requires?) (?P<what>(?!me\b|us\b)[^,;]{4,80}?) to (?P<aim>[^,;.]{10,120})",
        text,
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
    yield Draft("need", attributed(core, speaker), as_answer(match["what"]), match["aim"])
