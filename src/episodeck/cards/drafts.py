"""Candidate questions for one sentence, each by its own means.

A draft asks about what one sentence says; its answer is in the speaker's own words.
Whoever calls checks the drafts against the rubric and picks the best.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..text import content_words
from .grammar import (
    FIRST_PERSON,
    NOUNS,
    Clause,
    Token,
    capital,
    clause_of,
    dangles,
    inverted,
    lower_first,
    tokens_of,
    without_lead_in,
)

_KEY_NOUNS = (
    "reason|problem|point|thing|key|goal|idea|challenge|lesson|difference|issue|question|trick|way|purpose|advantage|"
    "disadvantage|benefit|downside|drawback|risk|danger|cost|secret|mistake|insight|bottleneck|limitation|job|part|"
    "step|rule|principle|effect|result|consequence|assumption|argument|bet|mission|focus|value|role|cause|answer|solution"
)
_KEY = re.compile(
    rf"(?P<subject>(?:the|one|another|a|my|our|your|his|her|their)\b(?: \S+){{0,5}}? (?:{_KEY_NOUNS})s?(?: \S+){{0,10}}?) "
    r"(?P<verb>is|was|are|were) (?:basically |really |actually |just |simply |probably |essentially )*(?P<rest>(?:that |to |how |the |when |not )?.+)",
    re.I,
)
_CONDITION = re.compile(
    r"(?P<word>if|when|whenever|once|unless) (?P<condition>[^,;:]{12,140}), (?:then )?(?P<rest>[^?]+)$", re.I
)
_REAL_QUESTION = re.compile(
    r"(?:in )?(?:what|why|how|where|which|who|when)\b(?: [\w'-]+){0,4}? (?:is|are|was|were|do|does|did|can|could|would|should|will|has|have|had|makes?|made|"
    r"might|drives?|drove|needs?|happens?|led|got|inspired|makes?|comes?|means?|'s)\b|(?:what|how|who|where)['’]s ",
    re.I,
)
_NUMBER = re.compile(
    r"(?<![\w.-])(?P<number>(?:about |around |roughly |over |nearly |almost |at least |up to )?(?:[$€£]\s?)?"
    r"(?:\d[\d,.]*\d|\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"half|twice|(?:a|one|two|three|five|ten|several) (?:hundred|thousand|million|billion|trillion))"
    r"(?:[ -](?:hundred|thousand|million|billion|trillion|percent|percentage points|per cent|x|times|fold|years?|months?|weeks?|days?|hours?|minutes?|seconds?|people|dollars|"
    r"parameters|tokens|lines|layers|gigabytes|megabytes|%))+|[$€£]\s?\d[\d,.]*(?: (?:thousand|million|billion|trillion))?|\d[\d,.]*%)(?![\w-])",
    re.I,
)
# Where a sentence turns from what it speaks about to what it says, best first.
_TURNS = (
    r",? because (?!of\b)", r",? so that ", r",? rather than ", r",? instead of ", r",? as opposed to ",
    r",? which means (?:that )?", r" (?:is|was|are|means|shows?|showed|suggests?|found|says?|believes?) that ",
    r" (?:is|was) (?:because|how|when|what|whether|where|why|to) ", r",? in order to ", r", but (?:rather )?", r", not ", r" by (?=\w+ing\b)",
    r",? unless ", r",? until ", r",? if (?=\w+ )", r",? even though ", r",? without (?=\w+ing\b)",
    r" (?:allows?|enables?|helps?|lets?|causes?|leads? to|forces?|requires?|depends? on|comes? from|comes? down to|consists? of) ",
    r" (?:is|are) (?=(?:an?|the|not|about|always|never|more|less|much|far|really|actually)\b)", r" than (?=\w+)",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question and answer."""

    means: str
    """How it was made: reason, definition, key point, condition, number, completion, answer."""
    question: str
    answer: str
    prior: float
    """How often cards made this way are worth keeping, other things being equal (0 to 1)."""
    asks: str
    """The part of the question taken from the transcript; the rest is our phrasing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence to be asked about, with what a question may need to know."""

    text: str
    """Readable form."""
    tokens: tuple[Token, ...]
    speaker: str | None
    before: str
    """The sentence before it, by the same speaker inside the same highlight, or empty."""
    turn: int
    """A number that varies the phrasing from card to card."""
    common: frozenset[str]
    """Words that the episode has in lower case somewhere: no names, even at the start of a sentence."""


def prepare(
    sentence: str, speaker: str | None, before: str, turn: int, common: frozenset[str] = frozenset()
) -> Asked:
    """A readable sentence made ready: lead-in dropped, tagged."""
    text = without_lead_in(sentence.strip())
    return Asked(
        text,
        tokens_of(text),
        speaker,
        without_lead_in(before.strip()) if before.strip() else "",
        turn,
        common,
    )


_CLAUSE_ENDS = re.compile(
    r"(?:,|;|\.{3}|…| -+| –| —) (?=(?:and|but|so|because|then|or|whereas|while)\b)|; |\.{3} ?|… ?| --+ | [–—-] ",
    re.I,
)
_LONG = 30


def units(sentence: str) -> tuple[str, ...]:
    """A sentence, or, of one that runs on, the clauses that may stand alone as well."""
    if len(sentence.split()) <= _LONG:
        return (sentence,)
    pieces = [piece.strip(" ,;") for piece in _CLAUSE_ENDS.split(sentence)]
    return (sentence, *(p for p in pieces if 7 <= len(p.split()) <= _LONG + 10 and p != sentence))


def drafts(asked: Asked) -> Iterator[Draft]:
    """Every candidate for one sentence."""
    for means in (_reason, _definition, _key_point, _condition, _number, _about, _completion):
        yield from means(asked)


def _attributed(asked: Asked, question: str) -> str:
    """The question with the speaker named, in a phrasing that varies."""
    if not asked.speaker:
        return f"As one speaker puts it, {question}"
    if asked.speaker in question:
        return capital(question)
    name = asked.speaker
    return capital(
        (
            f"according to {name}, {question}",
            f"in {name}'s view, {question}",
            question[:-1] + f", according to {name}?",
            f"as {name} tells it, {question}",
        )[asked.turn % 4]
    )


def _sentence(text: str) -> str:
    """A piece of a sentence as an answer: capital, closing mark; in quotation marks if it speaks as "I"."""
    text = capital(text.strip().strip(",;:–- ").rstrip("."))
    text = text if text.endswith(("?", "!", "…")) else text + "."
    return f"“{text}”" if FIRST_PERSON.search(text) and "“" not in text else text


def _reason(asked: Asked) -> Iterator[Draft]:
    match = re.search(r",? because (?!of\b)", asked.text)
    if not match:
        return
    left, right = asked.text[: match.start()], asked.text[match.end() :]
    clause = clause_of([t for t in asked.tokens if t.end <= match.start()], asked.text[: match.start()])
    if clause is None or dangles(left) or left.count(",") > 1:
        return
    question = inverted(clause, asked.speaker, asked.common)
    if question:
        yield Draft(
            "reason",
            _attributed(asked, f"why {question}?"),
            _sentence("because " + _first_clause(right)),
            0.95,
            left,
        )


def _definition(asked: Asked) -> Iterator[Draft]:
    clause = clause_of(asked.tokens, asked.text)
    if clause is None or clause.verb.low not in ("is", "are", "means", "refers"):
        return
    subject = clause.subject_tokens
    if len(subject) > 6 or subject[0].low in (
        "the",
        "my",
        "your",
        "our",
        "every",
        "some",
        "most",
        "many",
        "one",
        "people",
        "everyone",
        "i",
        "we",
        "you",
        "nobody",
        "another",
    ):
        return
    rest = re.sub(r"^(?:basically|really|actually|just|essentially|simply|kind of|sort of) ", "", clause.rest)
    if not re.match(
        r"(?:an?|the|when|what|where|how|about|to|that|something|anything|one of)\b", rest, re.I
    ) or dangles(clause.subject):
        return
    name = lower_first(clause.subject, subject, asked.common)
    verb = clause.verb.low
    question = f"what {verb} {name}?" if verb in ("is", "are") else f"what does {name} mean?"
    yield Draft("definition", _attributed(asked, question), _sentence(_first_clause(rest)), 0.9, name)


def _key_point(asked: Asked) -> Iterator[Draft]:
    match = _KEY.match(asked.text)
    if not match:
        return
    subject = match["subject"]
    tokens = [t for t in asked.tokens if t.end <= match.end("subject")]
    finite = any(t.tag in ("VBZ", "MD") for t in tokens)
    if (
        finite
        or dangles(subject)
        or len(content_words(subject)) < 3
        or FIRST_PERSON.search(subject)
        or "," in subject
    ):
        return
    subject = lower_first(subject, tokens, asked.common)
    rest = re.sub(r"^that ", "", match["rest"])
    yield Draft(
        "key point",
        _attributed(asked, f"what {match['verb']} {subject}?"),
        _sentence(_first_clause(rest)),
        0.95,
        subject,
    )


def _condition(asked: Asked) -> Iterator[Draft]:
    match = _CONDITION.match(asked.text)
    if not match:
        return
    condition, rest, word = match["condition"], match["rest"], match["word"].lower()
    if dangles(condition) or FIRST_PERSON.search(condition) or len(content_words(condition)) < 2:
        return
    who = asked.speaker
    if re.match(r"you (?:should|need to|have to|must|want to|can)\b", rest, re.I):
        question = (
            f"what does {who} say to do {word} {condition}?"
            if who
            else f"what should you do {word} {condition}?"
        )
        yield Draft("condition", capital(question), _sentence(rest), 0.85, condition)
    else:
        yield Draft(
            "condition",
            _attributed(asked, f"what happens {word} {condition}?"),
            _sentence(rest),
            0.85,
            condition,
        )


def _number(asked: Asked) -> Iterator[Draft]:
    found = [m for m in _NUMBER.finditer(asked.text) if len(m["number"]) > 2]
    if len(found) != 1 or dangles(asked.text) or len(asked.text.split()) > 40:
        return
    match = found[0]
    gapped = asked.text[: match.start()] + "_____" + asked.text[match.end() :]
    by = f"{asked.speaker} says" if asked.speaker else "it is said"
    yield Draft(
        "number",
        f"Which figure is missing where {by}: “{_closed(gapped)}”",
        capital(match["number"]),
        0.7,
        gapped,
    )


_VAGUE_SUBJECTS = frozenset(
    "thing things people person way part point everyone everybody somebody someone lot kind sort one ones stuff time day year years "
    "guy guys nobody reason question example idea case problem something anything nothing".split()
)


def _about(asked: Asked) -> Iterator[Draft]:
    words = asked.text.split()
    if not asked.speaker or not 6 <= len(words) <= 36 or dangles(" ".join(words[: max(6, len(words) // 2)])):
        return
    name, answer = asked.speaker, asked.text
    clause = clause_of(asked.tokens, asked.text)
    phrase, prior = None, 0.0
    if clause is not None and not FIRST_PERSON.search(clause.subject):
        nouns = [t for t in clause.subject_tokens if t.tag in NOUNS and t.low not in _VAGUE_SUBJECTS]
        if nouns:
            phrase = lower_first(clause.subject, clause.subject_tokens, asked.common)
            prior = 0.5 + 0.03 * min(4, len(nouns))
            if len(clause.subject_tokens) > 2:
                answer = f"{_stand_in(clause)} {clause.verb.text} {clause.rest}"
    if phrase is None:
        phrase, prior = _key_phrase(asked), 0.42
    if phrase is None or dangles(phrase) or set(content_words(phrase)) <= set(content_words(name)):
        return
    question = (
        f"What does {name} say about {phrase}?",
        f"What is {name}'s point about {phrase}?",
        f"What does {name} observe about {phrase}?",
    )[asked.turn % 3]
    # The more the subject says by itself, the surer the question means this and nothing else.
    yield Draft("about", question, _sentence(answer), prior, phrase)


def _stand_in(clause: Clause) -> str:
    """ "It" or "they" for a subject that the question has named already."""
    if clause.verb.tag == "VBZ" or clause.verb.low in ("is", "was", "has", "does"):
        return "it"
    if clause.verb.tag == "VBP" or clause.verb.low in ("are", "were", "have", "do"):
        return "they"
    return "they" if clause.subject_tokens[-1].tag in ("NNS", "NNPS") else "it"


def _key_phrase(asked: Asked) -> str | None:
    """The longest noun phrase of a sentence, the first of several, as it can stand after "about".

    At least two words that mean something; with its article, or in the plural, or a name.
    """
    best: tuple[int, str] | None = None
    run: list[Token] = []
    article: Token | None = None
    for token in (*asked.tokens, None):
        if token is not None and token.tag in NOUNS | {"JJ"} and token.text[0].isalpha():
            run.append(token)
            continue
        while run and run[-1].tag not in NOUNS:
            run.pop()
        meant = [t for t in run if t.low not in _VAGUE_SUBJECTS]
        stands = run and (article is not None or run[-1].tag != "NN")
        if stands and len(meant) >= 2 and len(run) <= 3 and (best is None or len(meant) > best[0]):
            whole = [article, *run] if article is not None else run
            text = asked.text[whole[0].start : whole[-1].end]
            best = (len(meant), lower_first(text, whole, asked.common) if whole[0].start == 0 else text)
        run = []
        article = token if token is not None and token.low in ("a", "an", "the") else None
    return best[1] if best else None


def _completion(asked: Asked) -> Iterator[Draft]:
    lead = asked.before.strip()
    use_lead = (
        bool(lead)
        and dangles(asked.text)
        and not dangles(lead)
        and len(lead.split()) <= 30
        and not lead.endswith("?")
    )
    words = len(asked.text.split())
    for rank, pattern in enumerate(_TURNS):
        for match in re.finditer(pattern, asked.text):
            head, tail = asked.text[: match.end()].strip(), asked.text[match.end() :].strip()
            share = len(head.split()) / max(1, words)
            if not 0.25 <= share <= 0.75 or len(head.split()) < 4 or not 2 <= len(tail.split()) <= 24:
                continue
            if (
                len(content_words(head)) < 2
                or len(content_words(tail)) < 2
                or head.count('"') % 2
                or head.count("“") != head.count("”")
            ):
                continue
            front = f"{lead} {head}" if use_lead else head
            if dangles(front):
                continue
            yield Draft("completion", _unfinished(asked, front), _sentence(tail), 0.6 - 0.01 * rank, front)
            break


def _unfinished(asked: Asked, front: str) -> str:
    quoted = f"“{front.rstrip(' ,')} …”"
    if not asked.speaker:
        return f"How does this thought go on? {quoted}"
    name = asked.speaker
    return (
        f"How does {name} finish this thought? {quoted}",
        f"Complete {name}'s point: {quoted}",
        f"What does {name} say next? {quoted}",
        f"{name}: {quoted} How does it go on?",
    )[asked.turn % 4]


def host_question(question: str, guest: str | None, answer: str) -> Draft | None:
    """The host's own question with the core of the guest's answer, if the question stands alone."""
    text = without_lead_in(question.strip())
    text = re.sub(
        r"^(?:[^?]*?[.!,;:] )(?=(?:what|why|how|where|which|who|when)\b[^?]*\?$)", "", text, flags=re.I
    )
    text = capital(text)
    if (
        not re.match(r"(?:what|why|how|where|which|who|when|in what)\b", text, re.I)
        or not 5 <= len(text.split()) <= 28
    ):
        return None
    if dangles(text) or FIRST_PERSON.search(text) or len(content_words(text)) < 2:
        return None
    to = f" What did {guest} answer?" if guest else " What was the answer?"
    return Draft("answer", f"The host asks: “{text}”{to}", _sentence(answer), 0.8, text)


def _first_clause(text: str) -> str:
    """Up to the point where a new thought is tacked on."""
    cut = re.split(
        r"(?:,| –|;) (?:and|but|so|which is|right|you know|or)\b(?= (?:i|we|you|it|that|they|then|so|there|he|she|the|this|if|when|in|like)\b)|; ",
        text,
        maxsplit=1,
        flags=re.I,
    )[0]
    return cut if len(cut.split()) >= 3 else text


def _closed(text: str) -> str:
    text = text.strip().rstrip(",;:")
    return text if text.endswith((".", "?", "!", "…")) else text + "."


def quote_drafts(asked: Asked) -> Iterator[Draft]:
    """Ways to ask for a quotation: finish it at the turn that matters."""
    yield from _completion(asked)
    tokens: Sequence[Token] = asked.tokens
    words = len(asked.text.split())
    if words > 32 or dangles(asked.text):
        return
    for i, token in enumerate(tokens):
        head, tail = asked.text[: token.start].strip(), asked.text[token.start :].strip()
        share = len(head.split()) / max(1, words)
        turns_here = token.tag in ("IN", "TO", "WRB", "VBG", "VBN", "JJ", "DT") and 0.45 <= share <= 0.7
        if (
            turns_here
            and any(t.tag in NOUNS for t in tokens[:i])
            and min(map(len, map(content_words, (head, tail)))) >= 2
        ):
            yield Draft("completion", _unfinished(asked, head), _sentence(tail), 0.4, head)
            return
