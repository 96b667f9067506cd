"""Small things that several stages need to know about words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
"""A word as it is compared: letters and digits, with apostrophes inside."""

STOP_WORDS = frozenset(
    """
    a about above actually after again all also always am an and another any anything are aren't around as ask at away
    back basically be because been before being below between both but by came can can't come could couldn't did didn't do
    does doesn't doing don't done down during each else even ever every everything few for from get gets getting go goes
    going gonna got had has have haven't having he he'd he's her here hers him his how i i'd i'll i'm i've if in into is
    isn't it it's its itself just kind know let let's like little lot lots made make makes many maybe me mean more most
    much must my myself never no nor not now of off oh ok okay on once one ones only or other our out over own part people
    pretty probably put quite rather really right said same say says see she she's should so some somebody someone
    something sort stuff such sure take than that that's the their them themselves then there there's these they they'd
    they'll they're they've thing things think this those though through thus to too try trying uh um under until up us
    use used very wanna want was wasn't way we we'd we'll we're we've well went were weren't what what's when where
    whether which while who whole why will with without won't would wouldn't yeah yes yet you you'd you'll you're you've
    your yours yourself
    """.split()
)


def words_of(text: str) -> list[str]:
    """The words of a text, lower-cased, with straight apostrophes."""
    return [w.lower().replace("’", "'") for w in WORD.findall(text)]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word without its commonest endings, so that `models` and `model` meet. Not for display."""
    word = word.removesuffix("'s")
    for ending, least in (("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            base = word[: -len(ending)]
            if ending == "ies":
                return base + "y"
            if ending == "s" and base.endswith(("s", "u", "i")):
                return word
            if ending in ("ing", "ed") and len(base) > 3 and base[-1] == base[-2] and base[-1] not in "sl":
                return base[:-1]
            return base
    return word


def content_words(text: str) -> list[str]:
    """The stems of a text's words that carry meaning, in order."""
    return list(_content(text))


@lru_cache(maxsize=4096)
def _content(text: str) -> tuple[str, ...]:
    return tuple(stem(w) for w in words_of(text) if w not in STOP_WORDS and len(w) > 1)


def slug(text: str) -> str:
    """A name for files and ids: lower-case letters and digits with single hyphens; other scripts stay."""
    folded = unicodedata.normalize("NFKD", text)
    ascii_only = "".join(c for c in folded if ord(c) < 128)
    kept = ascii_only if re.search(r"[A-Za-z0-9]", ascii_only) else unicodedata.normalize("NFC", text)
    return re.sub(r"[\W_]+", "-", kept.lower()).strip("-")
