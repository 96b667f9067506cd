"""Just enough English grammar to turn a statement into a question, and to know when not to."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..speech.tagging import tag

FINITE = frozenset({"VBZ", "VBP", "VBD", "MD"})
NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
BE = frozenset({"is", "are", "was", "were", "'s", "'re"})
PRONOUNS = frozenset(
    {"it", "they", "them", "he", "she", "him", "her", "its", "their", "his", "theirs", "hers"}
)
POINTERS = frozenset({"this", "that", "these", "those", "such"})
FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself)\b", re.I)

_IRREGULAR_PAST = {
    "became": "become", "began": "begin", "broke": "break", "brought": "bring", "built": "build", "came": "come",
    "chose": "choose", "did": "do", "drew": "draw", "felt": "feel", "found": "find", "gave": "give", "got": "get",
    "grew": "grow", "had": "have", "held": "hold", "kept": "keep", "knew": "know", "led": "lead", "left": "leave",
    "lost": "lose", "made": "make", "meant": "mean", "met": "meet", "paid": "pay", "ran": "run", "said": "say",
    "saw": "see", "sent": "send", "showed": "show", "spent": "spend", "spoke": "speak", "started": "start",
    "stood": "stand", "taught": "teach", "thought": "think", "took": "take", "told": "tell", "understood": "understand",
    "used": "use", "wanted": "want", "went": "go", "won": "win", "worked": "work", "wrote": "write", "needed": "need",
    "called": "call", "realized": "realize", "learned": "learn", "moved": "move", "believed": "believe",
    "decided": "decide", "failed": "fail", "helped": "help", "happened": "happen", "trained": "train", "tried": "try",
}  # fmt: skip
_LEAD_IN = re.compile(
    r"(?:(?:and|but|so(?! that\b| much\b| many\b| far\b| long\b)|because(?! of\b)|or|then|also|well|yeah|yes|no(?=,| no\b)|now(?! that\b)|right|okay|ok|oh|look|actually|basically|obviously|honestly|really|"
    r"hopefully|practically|ultimately|essentially|eventually|fundamentally|ideally|increasingly|unfortunately|fortunately|interestingly|"
    r"clearly|at the end of the day|these days|in the end|in general|to be fair|not only that|on top of that|that said|having said that|"
    r"and that's where|i know(?: that)?|i would argue(?: that)?|i feel(?: that)?|we think(?: that)?|we believe(?: that)?|maybe|perhaps|"
    r"so to speak|what i would say is(?: that)?|what i'd say is(?: that)?|the point is(?: that)?|the fact is(?: that)?|my point is(?: that)?|"
    r"it's true that|it is true that|i'm sure(?: that)?|i'm convinced(?: that)?|i really think(?: that)?|i really believe(?: that)?|"
    r"i personally think(?: that)?|personally|of course|again|in fact|to me|for me|for us|i mean|you know|i guess|i suppose|i think|i believe|i would say|i'd say|i feel like|"
    r"i think that|i guess that|i would argue(?: that)?|i'd argue(?: that)?|and then|it's like|just(?! because\b| as\b)|like|the thing is(?: that)?|"
    r"it turns out(?: that)?|what i mean is(?: that)?|by the way|first of all|secondly|thirdly|lastly|finally|as we now know|in other words|as a result|for example|for instance|and also|the fact is(?: that)?|you see|to be honest|frankly|i would also say(?: that)?|i do think(?: that)?|i still think(?: that)?|i also think(?: that)?|we know that|as i said|like i said)\b[,:]?\s+)+",
    re.I,
)


_BACKWARD = re.compile(
    r"(?:another|the (?:second|third|other|latter|former|next) (?:is|was|are|were|being|has|would)\b|one (?:was|is)\b|the (?:other|same|second|third|last|next|latter|former|first) (?:one|thing|part|reason|piece|way|point|question|aspect|step)\b|"
    r"(?:the|an) example\b|in (?:other|those|these|that|this) (?:case|way|sense)|not even\b|same (?:here|thing|with)|one of them\b|"
    r"both of (?:them|these|those)|some of (?:them|these|those)|many of (?:them|these|those)|most of (?:them|these|those)|all of (?:them|these|those|that|this))",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word or mark with its Penn tag and its place in the sentence, in characters."""

    text: str
    tag: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower().replace("’", "'")


def tokens_of(sentence: str) -> tuple[Token, ...]:
    """The tagged tokens of one sentence."""
    if not sentence.strip():
        return ()
    return _tokens_of(sentence)


@lru_cache(maxsize=4096)
def _tokens_of(sentence: str) -> tuple[Token, ...]:
    spans = spans_of(sentence)
    straight = _straight(sentence)
    words = [straight[a:b] for a, b in spans]
    # The capital of a first word says nothing, but the tagger takes it for a name's.
    if words[0][1:].islower() or len(words[0]) == 1:
        words[0] = words[0] if words[0] == "I" else words[0].lower()
    tagged = tag(words)
    return tuple(Token(sentence[a:b], t, a, b) for (a, b), (_, t) in zip(spans, tagged, strict=True))


@lru_cache(maxsize=4096)
def spans_of(sentence: str) -> tuple[tuple[int, int], ...]:
    """Where the tokens of one sentence stand, in characters: first and the one after the last. Tagging takes longer."""
    if not sentence.strip():
        return ()
    from nltk.tokenize.destructive import NLTKWordTokenizer

    straight = _straight(sentence)
    try:
        return tuple(NLTKWordTokenizer().span_tokenize(straight))
    except ValueError:  # quotation marks it can't align
        return tuple(m.span() for m in re.finditer(r"[\w'$%.-]*\w|[^\w\s]", straight))


def _straight(sentence: str) -> str:
    return sentence.replace("“", '"').replace("”", '"').replace("’", "'")


def without_lead_in(sentence: str) -> str:
    """The sentence from where it really starts: without "And so I think that …", capital restored."""
    cut = _LEAD_IN.sub("", sentence, count=1) if _LEAD_IN.match(sentence) else sentence
    return capital(cut) if cut.strip() else sentence


def capital(text: str) -> str:
    """The text with its first letter upper-case."""
    return text[:1].upper() + text[1:]


def lower_first(text: str, tokens: Sequence[Token], common: Container[str] = ()) -> str:
    """The text as it stands inside a sentence: lower-case first letter unless it is a name or an acronym.

    `common` are words that the episode has in lower case somewhere; they are no names.
    """
    from ..people.names import common_words

    first, _, rest = text.partition(" ")
    if first in ("I", "I'm", "I've", "I'd", "I'll") or sum(c.isupper() for c in first) > 1:
        return text
    plain = first.lower().removesuffix("'s").removesuffix("’s")
    # A noun may be a name: only the episode itself can show that it isn't one.
    unnamed = not tokens or tokens[0].tag not in NOUNS - {"NNS"} or not common
    known = (
        plain in common
        or (unnamed and plain in common_words())
        or plain.endswith(("ing", "tion", "ness", "ment"))
    )
    named = tokens and tokens[0].tag in NOUNS and rest[:1].isupper()
    return text if named or not known else text[:1].lower() + text[1:]


def third_person(verb: str) -> str:
    """A verb as it follows "it"."""
    known = {"have": "has", "do": "does", "are": "is", "am": "is", "go": "goes"}
    if verb in known:
        return known[verb]
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def base_of_third(verb: str) -> str:
    known = {"has": "have", "does": "do", "goes": "go", "lies": "lie", "dies": "die", "ties": "tie"}
    if verb in known:
        return known[verb]
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if re.search(r"(?:ss|x|zz|ch|sh)es$", verb):
        return verb[:-2]
    return verb[:-1]


def base_of_past(verb: str) -> str | None:
    from ..people.names import common_words

    if verb in _IRREGULAR_PAST:
        return _IRREGULAR_PAST[verb]
    if not verb.endswith("ed"):
        return None
    known = common_words()
    for base in (verb[:-3] + "y" if verb.endswith("ied") else "", verb[:-1], verb[:-2], verb[:-3]):
        if base and base in known:
            return base
    return None


@lru_cache(maxsize=4096)
def finite(text: str) -> bool:
    """Whether a text has a finite verb: whether it can be a whole clause."""
    return any(t.tag in FINITE or (i and t.low in BE) for i, t in enumerate(tokens_of(text)))


_POINTING = re.compile(rf"\b(?:{'|'.join(sorted(PRONOUNS | POINTERS | {'there', 'here'}))})\b", re.I)


@lru_cache(maxsize=8192)
def dangles(text: str, quoted: bool = False) -> bool:
    """Whether a text points at something it doesn't name: a pronoun before any noun, or "this"/"that" alone.

    What is `quoted` may say "that" and "these" of what it has named.
    """
    named = False
    tokens = tokens_of(text) if _POINTING.search(text) else ()  # tagging takes time
    for i, token in enumerate(tokens):
        following = tokens[i + 1].tag if i + 1 < len(tokens) else ""
        before = tokens[i - 1].low if i else ""
        if token.low in PRONOUNS and not named:
            # "it is hard to …", "it takes …": nothing is meant by "it".
            expletive = token.low == "it" and re.match(
                r"it(?:'s| is| was| takes?| costs?| turns| makes sense| seems| would be| becomes)\b.*\b(?:to|that|if|how|when)\b",
                text[token.start :],
                re.I,
            )
            if not expletive:
                return True
        if (
            token.low in POINTERS
            and token.tag in ("DT", "PDT", "JJ")
            and (i == 0 or not named or token.low in ("this", "these"))
        ):
            if (token.low == "that" and before in ("so", "such")) or (
                token.low == "such" and following == "DT"
            ):
                continue
            return True
        noun_follows = following in NOUNS | {"JJ", "CD", "JJS", "JJR"}
        if quoted and named and token.low in POINTERS:
            continue
        if (token.low == "that" and token.tag == "DT" and before not in ("so", "such")) or (
            token.low == "those" and noun_follows
        ):
            return True
        if token.low in ("there", "here") and i == len(tokens) - 2:
            return True
        if token.tag in NOUNS and token.low not in (
            "thing",
            "things",
            "way",
            "lot",
            "kind",
            "sort",
            "bit",
            "stuff",
        ):
            named = True
    return bool(
        _BACKWARD.match(text)
        or re.search(
            r"\b(?:the former|the latter|as i said|like i said|mentioned (?:earlier|before)|over there|that one|this one)\b",
            text,
            re.I,
        )
    )
