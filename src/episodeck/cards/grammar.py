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
    r"hopefully|practically|ultimately|essentially|eventually|fundamentally|ideally|increasingly|unfortunately|fortunately|interestingly|"
    r"clearly|at the end of the day|these days|in the end|in general|to be fair|not only that|on top of that|that said|having said that|"
    r"and that's where|i know(?: that)?|i would argue(?: that)?|i feel(?: that)?|we think(?: that)?|we believe(?: that)?|maybe|perhaps|"
    r"so to speak|what i would say is(?: that)?|what i'd say is(?: that)?|the point is(?: that)?|the fact is(?: that)?|my point is(?: that)?|"
    r"it's true that|it is true that|i'm sure(?: that)?|i'm convinced(?: that)?|i really think(?: that)?|i really believe(?: that)?|"
    r"i personally think(?: that)?|personally|of course|again|in fact|to me|for me|for us|i mean|you know|i guess|i suppose|i think|i believe|i would say|i'd say|i feel like|"
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
    if not sentence.strip():
        return ()
    return _tokens_of(sentence)


@lru_cache(maxsize=4096)
def _tokens_of(sentence: str) -> tuple[Token, ...]:
    from nltk.tokenize.destructive import NLTKWordTokenizer

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


@dataclass(frozen=True, slots=True)
class Statement:
    """A plain statement: what stands before its subject, and the clause itself."""

    lead: str
    """ "If the kiln is cold", "With wood" or empty; without its comma."""
    clause: Clause


_LEAD = re.compile(
    r"(?P<lead>(?:if|when|whenever|once|while|unless|before|after|until|instead of|rather than|in|with|without|for|at|to|over|"
    r"under|during|despite|given|because of|by|from|on|as)\b[^,;:()]{4,110}), (?:then )?(?=\w)",
    re.I,
)


def statement_of(tokens: Sequence[Token], text: str) -> Statement | None:
    """The parts of a plain statement, or None where they can't be told for sure."""
    found = _LEAD.match(text)
    lead = found["lead"] if found else ""
    start = found.end() if found else 0
    clause = clause_of([t for t in tokens if t.start >= start], text)
    return Statement(lead, clause) if clause else None


def clause_of(tokens: Sequence[Token], text: str) -> Clause | None:
    """Subject, verb and rest of a plain statement, or None where they can't be told for sure."""
    for i, token in enumerate(tokens[:14]):
        if token.tag in FINITE or (token.low in BE and i) or _really_a_verb(tokens, i):
            if i == 0:
                return None
            subject = tuple(tokens[:i])
            while subject[-1].tag in ("RB", "RBR") and len(subject) > 1:
                subject = subject[:-1]
            rest = tuple(tokens[i + 1 :])
            if not _is_subject(subject) or not rest or _has_second_verb(token, rest):
                return None
            return Clause(
                text[subject[0].start : subject[-1].end],
                subject,
                token,
                text[rest[0].start : rest[-1].end],
                rest,
            )
        if (
            token.text in (",", ";", ":", "(", '"', "“", "--", "-", "–", "...", "…")
            or token.low in _SUBORDINATE
            or token.tag in ("WDT", "WP", "WRB", "TO")
            or (token.tag == "CC" and token.low not in ("and", "or"))
        ):
            return None
    return None


_MISTAGGED = frozenset({"lets", "means", "needs", "helps", "causes", "uses", "makes", "gives"})


def _really_a_verb(tokens: Sequence[Token], i: int) -> bool:
    """A word in -s after a singular noun that the tagger takes for a noun: "electron uses the engine"."""
    token = tokens[i]
    if i == 0 or token.tag != "NNS" or tokens[i - 1].tag not in ("NN", "NNP") or i + 2 >= len(tokens):
        return False
    if any(t.tag in FINITE for t in tokens[i + 1 : i + 9]):
        return token.low in _MISTAGGED and tokens[i + 1].tag in ("DT", "PRP", "PRP$")
    return tokens[i + 1].tag in ("DT", "PRP", "PRP$", "NNP", "CD", "TO") or token.low in _MISTAGGED


def _has_second_verb(verb: Token, rest: Sequence[Token]) -> bool:
    """ "the glass used is thin": what looked like the verb belongs to the subject."""
    if verb.low in BE or verb.tag == "MD":
        return False
    for token in rest[:5]:
        if token.tag in ("IN", "WDT", "WP", "WRB", "TO", "CC", "PRP", ",") or token.text in (",", "that"):
            return False
        if token.tag in ("VBZ", "MD", "VBP", "VBD"):
            return not (verb.low in ("have", "has", "had", "do", "does", "did") or token.low in ("n't",))
    return False


_LONE_SUBJECTS = frozenset({"i", "we", "you", "people", "nobody", "everyone", "everybody"})


def _is_subject(tokens: Sequence[Token]) -> bool:
    if len(tokens) == 1 and tokens[0].low in _LONE_SUBJECTS:
        return True
    if tokens[0].low in ("it", "there") and len(tokens) == 1:
        return True
    if (
        tokens[0].tag
        in ("IN", "RB", "RBR", "RBS", "VB", "VBD", "VBN", "VBZ", "VBP", "MD", "UH", "CC", "PRP", "EX", "RP")
        or tokens[0].low in PRONOUNS | POINTERS | {"one"}
        or any(t.tag in ("PRP", "UH", "RP", "VBN", "EX") for t in tokens)
    ):
        return False
    return any(t.tag in NOUNS for t in tokens) and tokens[-1].tag in NOUNS | {"CD", "VBG"}


@dataclass(frozen=True, slots=True)
class Auxiliary:
    """A clause made ready for a question: "does" + "the kiln" + ("not") + "hold" + rest."""

    helper: str
    subject: str
    base: str
    """The verb in the infinitive, or empty where the helper is the verb itself."""
    rest: str

    def inverted(self, rest: str | None = None, do: str = "") -> str:
        """The clause in the order of a question; with `do`, that stands for the verb and what follows."""
        if do:
            base = do if self.base or self.helper not in BE else ""
            return " ".join(p for p in (self.helper, self.subject, base) if p)
        return " ".join(
            p for p in (self.helper, self.subject, self.base, self.rest if rest is None else rest) if p
        )


def auxiliary(clause: Clause, speaker: str | None, common: Container[str] = ()) -> Auxiliary | None:
    """What a question needs of a clause, or None where that may slip.

    "I" becomes the speaker's name; other first-person words can't be carried over.
    """
    low = clause.subject.lower()
    subject = lower_first(clause.subject, clause.subject_tokens, common)
    first_person = low == "i"
    if first_person:
        if not speaker:
            return None
        subject = speaker
    verb = _FULL.get(clause.verb.low, clause.verb.low)
    rest, rest_tokens = clause.rest.rstrip(" .!?…,;"), clause.rest_tokens
    negated = rest_tokens[0].low in ("n't", "not")
    if negated:
        rest = rest[len(rest_tokens[0].text) :].strip()
        rest_tokens = rest_tokens[1:]
    if not rest or FIRST_PERSON.search(rest) or (not first_person and FIRST_PERSON.search(subject)):
        return None
    after = rest_tokens[0].tag if rest_tokens else ""
    if first_person and verb in ("am", "'m", "have", "do"):
        verb = {"have": "has", "do": "does"}.get(verb, "is")
    if not first_person and not _agrees(clause, verb):
        return None
    helping = (
        clause.verb.tag == "MD"
        or verb in BE
        or (verb in ("has", "have", "had") and after in ("VBN", "RB") and _participle_soon(rest_tokens))
    )
    if negated:
        if verb in _NEVER_CONTRACTED or (not helping and verb not in ("do", "does", "did")):
            return None
        # "why can't the kiln …", not "why can the kiln not …"
        return Auxiliary(_CONTRACTED.get(verb, f"{verb}n't"), subject, "", rest)
    if helping:
        return Auxiliary(verb, subject, "", rest)
    if verb in ("do", "does", "did") and after in ("VB", "RB"):
        return None
    if clause.verb.tag in ("VBZ", "NNS"):
        return Auxiliary("does", subject, _base_of_s(verb), rest)
    if verb == "has":
        return Auxiliary("does", subject, "have", rest)
    if clause.verb.tag == "VBP":
        return Auxiliary("does" if first_person else "do", subject, "have" if verb == "has" else verb, rest)
    base = _base_of_past(verb)
    return Auxiliary("did", subject, base, rest) if base else None


_FULL = {"'s": "is", "'re": "are", "ca": "can", "wo": "will", "'ll": "will", "'ve": "have", "'d": "would"}
_CONTRACTED = {"can": "can't", "will": "won't"}
_NEVER_CONTRACTED = frozenset({"may", "might", "shall", "am", "'m", "must"})


def _agrees(clause: Clause, verb: str) -> bool:
    """Whether subject and verb agree: where speech slips, a question would show it."""
    head = clause.subject_tokens[-1]
    for i, token in enumerate(clause.subject_tokens):
        if token.tag in ("IN", "TO") and i:
            head = clause.subject_tokens[i - 1]
            break
    several = any(t.low == "and" for t in clause.subject_tokens)
    if clause.subject.lower() in ("you", "we", "people") or several or head.tag in ("NNS", "NNPS"):
        return verb not in ("is", "was", "has", "does") and clause.verb.tag not in ("VBZ", "NNS")
    if head.tag in ("NN", "NNP", "VBG") and head.low not in (
        "data",
        "media",
        "staff",
        "team",
        "number",
        "lot",
        "majority",
    ):
        return verb not in ("are", "were", "have", "do") and clause.verb.tag != "VBP"
    return True


def _participle_soon(tokens: Sequence[Token]) -> bool:
    return any(t.tag in ("VBN", "VBD") for t in tokens[:3])


def inverted(clause: Clause, speaker: str | None, common: Container[str] = ()) -> str | None:
    """The clause in the order of a question ("does a model learn …"), or None where that may slip."""
    parts = auxiliary(clause, speaker, common)
    return parts.inverted() if parts else None


def _base_of_s(verb: str) -> str:
    known = {"has": "have", "does": "do", "goes": "go", "lies": "lie", "dies": "die", "ties": "tie"}
    if verb in known:
        return known[verb]
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if re.search(r"(?:ss|x|zz|ch|sh)es$", verb):
        return verb[:-2]
    return verb[:-1]


def _base_of_past(verb: str) -> str | None:
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


def finite(text: str) -> bool:
    """Whether a text has a finite verb: whether it can be a whole clause."""
    return any(t.tag in FINITE or (i and t.low in BE) for i, t in enumerate(tokens_of(text)))


def dangles(text: str, quoted: bool = False) -> bool:
    """Whether a text points at something it doesn't name: a pronoun before any noun, or "this"/"that" alone.

    What is `quoted` may say "that" and "these" of what it has named.
    """
    named = False
    tokens = tokens_of(text)
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
