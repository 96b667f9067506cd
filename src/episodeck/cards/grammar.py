"""Just enough English grammar to turn a statement into a question, and to know when not to."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from ..speech.tagging import tag

FINITE = frozenset({"VBZ", "VBP", "VBD", "MD"})
NOUNS = frozenset({"NN", "NNS", "NNP", "NNPS"})
BE = frozenset({"is", "are", "was", "were", "'s", "'re"})
PRONOUNS = frozenset(
    {"it", "they", "them", "he", "she", "him", "her", "its", "their", "his", "theirs", "hers"}
)
POINTERS = frozenset({"this", "that", "these", "those", "such"})
FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself)\b", re.I)

_SUBORDINATE = frozenset("although as because if since that though unless until when whereas while".split())
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
    r"(?:(?:and|but|so|because|or|then|also|well|yeah|yes|no|now|right|okay|ok|oh|look|actually|basically|obviously|honestly|really|"
    r"of course|again|in fact|to me|for me|for us|i mean|you know|i guess|i suppose|i think|i believe|i would say|i'd say|i feel like|"
    r"i think that|i guess that|i would argue(?: that)?|i'd argue(?: that)?|and then|it's like|just|like|the thing is(?: that)?|"
    r"it turns out(?: that)?|what i mean is(?: that)?|by the way|first of all|secondly|thirdly|lastly|finally|as we now know|in other words|as a result|for example|for instance|and also|the fact is(?: that)?|you see|to be honest|frankly|i would also say(?: that)?|i do think(?: that)?|i still think(?: that)?|i also think(?: that)?|we know that|as i said|like i said)\b[,:]?\s+)+",
    re.I,
)


_BACKWARD = re.compile(
    r"(?:another|the (?:other|same|second|third|last|next|latter|former|first) (?:one|thing|part|reason|piece|way|point|question|aspect|step)\b|"
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


@dataclass(frozen=True, slots=True)
class Clause:
    """A subject, its first finite verb, and what follows, as text."""

    subject: str
    subject_tokens: tuple[Token, ...]
    verb: Token
    rest: str
    rest_tokens: tuple[Token, ...]


def tokens_of(sentence: str) -> tuple[Token, ...]:
    """The tagged tokens of one sentence."""
    from nltk.tokenize.destructive import NLTKWordTokenizer

    if not sentence.strip():
        return ()
    straight = sentence.replace("“", '"').replace("”", '"').replace("’", "'")
    try:
        spans = list(NLTKWordTokenizer().span_tokenize(straight))
    except ValueError:  # quotation marks it can't align
        spans = [m.span() for m in re.finditer(r"[\w'$%.-]*\w|[^\w\s]", straight)]
    words = [straight[a:b] for a, b in spans]
    # The capital of a first word says nothing, but the tagger takes it for a name's.
    if words[0][1:].islower() or len(words[0]) == 1:
        words[0] = words[0] if words[0] == "I" else words[0].lower()
    tagged = tag(words)
    return tuple(Token(sentence[a:b], t, a, b) for (a, b), (_, t) in zip(spans, tagged, strict=True))


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
    known = plain in common or plain in common_words() or plain.endswith(("ing", "tion", "ness", "ment"))
    named = tokens and tokens[0].tag in NOUNS and rest[:1].isupper()
    return text if named or not known else text[:1].lower() + text[1:]


def clause_of(tokens: Sequence[Token], text: str) -> Clause | None:
    """Subject, verb and rest of a plain statement, or None where they can't be told for sure."""
    for i, token in enumerate(tokens[:12]):
        if token.tag in FINITE or (token.low in BE and i):
            if i == 0:
                return None
            subject = tuple(tokens[:i])
            if subject[-1].tag in ("RB", "RBR") and len(subject) > 1:
                subject = subject[:-1]
            if not _is_subject(subject):
                return None
            rest = tuple(tokens[i + 1 :])
            if not rest:
                return None
            return Clause(
                text[subject[0].start : subject[-1].end],
                subject,
                token,
                text[rest[0].start : rest[-1].end],
                rest,
            )
        if (
            token.text in (",", ";", ":", "(", '"', "“")
            or token.low in _SUBORDINATE
            or token.tag
            in (
                "WDT",
                "WP",
                "WRB",
                "CC",
                "TO",
                "EX",
            )
        ):
            return None
    return None


def _is_subject(tokens: Sequence[Token]) -> bool:
    if len(tokens) == 1 and tokens[0].low in ("i", "we", "you", "people", "nobody", "everyone", "everybody"):
        return True
    if (
        tokens[0].tag in ("IN", "RB", "VB", "VBD", "VBN", "VBZ", "MD", "UH")
        or tokens[0].low in PRONOUNS | POINTERS
    ):
        return False
    return any(t.tag in NOUNS for t in tokens) and tokens[-1].tag in NOUNS | {"CD", "VBG", "POS"}


def inverted(clause: Clause, speaker: str | None, common: Container[str] = ()) -> str | None:
    """The clause in the order of a question ("does a model learn …"), or None where that may slip.

    "I" becomes the speaker's name; other first-person words can't be carried over.
    """
    subject = lower_first(clause.subject, clause.subject_tokens, common)
    verb, rest = clause.verb.low, clause.rest.rstrip(" .!?…,;")
    after = clause.rest_tokens[0].tag if clause.rest_tokens else ""
    negated = clause.rest_tokens and clause.rest_tokens[0].low == "n't"
    first_person = clause.subject.lower() == "i"
    if first_person:
        if not speaker:
            return None
        subject = speaker
    if FIRST_PERSON.search(rest) or not rest:
        return None
    verb = {"'s": "is", "'re": "are", "ca": "can", "wo": "will"}.get(verb, verb)
    if first_person and verb in ("am", "'m"):
        verb = "is"
    if negated:
        rest = rest[len(clause.rest_tokens[0].text) :].strip()
        helper = (
            verb
            if verb
            in (
                "do",
                "does",
                "did",
                "can",
                "is",
                "are",
                "was",
                "were",
                "has",
                "have",
                "will",
                "would",
                "should",
                "could",
            )
            else None
        )
        if helper is None:
            return None
        if first_person and helper in ("do", "have"):
            helper = {"do": "does", "have": "has"}[helper]
        return f"{helper} {subject} not {rest}"
    if clause.verb.tag == "MD" or verb in BE | {"am"}:
        return f"{verb} {subject} {rest}"
    if verb in ("has", "have", "had") and after in ("VBN", "RB"):
        return f"{'has' if first_person and verb == 'have' else verb} {subject} {rest}"
    if verb in ("do", "does", "did") and after in ("VB", "RB"):
        return None
    if clause.verb.tag == "VBZ":
        return f"does {subject} {_base_of_s(verb)} {rest}"
    if clause.verb.tag == "VBP":
        return f"{'does' if first_person else 'do'} {subject} {verb} {rest}"
    if verb in _IRREGULAR_PAST:
        return f"did {subject} {_IRREGULAR_PAST[verb]} {rest}"
    return None


def _base_of_s(verb: str) -> str:
    known = {"has": "have", "does": "do", "goes": "go", "lies": "lie", "dies": "die", "ties": "tie"}
    if verb in known:
        return known[verb]
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if re.search(r"(?:ss|x|zz|ch|sh)es$", verb):
        return verb[:-2]
    return verb[:-1]


def dangles(text: str) -> bool:
    """Whether a text points at something it doesn't name: a pronoun before any noun, or "this"/"that" alone."""
    named = False
    tokens = tokens_of(text)
    for i, token in enumerate(tokens):
        following = tokens[i + 1].tag if i + 1 < len(tokens) else ""
        before = tokens[i - 1].low if i else ""
        if token.low in PRONOUNS and not named:
            # "it is hard to …", "it takes …": nothing is meant by "it".
            expletive = token.low == "it" and re.match(
                r"it(?:'s| is| was| takes| turns| makes sense| seems| would be| becomes)\b.*\b(?:to|that|if|how|when)\b",
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
