"""Questions that quote: a sentence to be finished, a figure to be filled in, the host's own question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ..text import content_words
from .draft import Asked, Draft
from .grammar import FIRST_PERSON, NOUNS, capital, dangles, finite, without_lead_in
from .phrasing import as_answer, attributed, completions, core_of

_NUMBER = re.compile(
    r"(?<![\w.-])(?P<number>(?:about |around |roughly |over |nearly |almost |at least |up to )?(?:[$€£]\s?)?"
    r"(?:\d[\d,.]*\d|\d|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"half|twice|(?:a|one|two|three|five|ten|several) (?:hundred|thousand|million|billion|trillion))"
    r"(?:[ -](?:hundred|thousand|million|billion|trillion|percent|percentage points|per cent|x|times|fold|years?|months?|weeks?|days?|hours?|minutes?|seconds?|people|dollars|"
    r"parameters|tokens|lines|layers|gigabytes|megabytes|%))+|[$€£]\s?\d[\d,.]*(?: (?:thousand|million|billion|trillion))?|\d[\d,.]*%)(?![\w-])",
    re.I,
)
# Where a sentence turns from what it speaks about to what it says, best first, and how good such a place is.
_TURNS: tuple[tuple[str, float], ...] = (
    (r",? because (?!of\b)", 0.62), (r",? rather than ", 0.58), (r",? instead of ", 0.58), (r",? as opposed to ", 0.55),
    (r"(?<=\w),? but (?:rather )?(?=\w+ \w+ \w+)", 0.5), (r",? not (?=(?:an?|the|about|to|because|by|from|in|with|for)\b)", 0.55),
    (r",? so that ", 0.52), (r",? unless ", 0.55), (r",? until ", 0.5), (r",? without (?=\w+ing\b)", 0.55), (r",? even though ", 0.5),
    (r" (?:is|was|are|means|shows?|showed|suggests?|found) that ", 0.55), (r",? which means (?:that )?", 0.5),
    (r" (?:is|was) (?:because|how|when|what|whether|where|why|to) ", 0.52), (r",? in order to ", 0.5), (r" by (?=\w+ing\b)", 0.52),
    (r" than (?=\w+)", 0.5),
    (r" (?:allows?|enables?|lets?|causes?|forces?|requires?|depends? on|comes? from|comes? down to|consists? of) ", 0.48),
    (r" (?:is|are) (?=(?:an?|the|not|about|always|never|more|less|much|far)\b)", 0.42),
)  # fmt: skip
_TURN = tuple((re.compile(pattern), prior) for pattern, prior in _TURNS)


def completion(asked: Asked) -> Iterator[Draft]:
    """The sentence up to the point where it turns; the rest is the answer."""
    lead = asked.before.strip()
    use_lead = (
        bool(lead)
        and dangles(asked.text, quoted=True)
        and not dangles(lead, quoted=True)
        and len(lead.split()) <= 28
        and not lead.endswith("?")
    )
    words = len(asked.text.split())
    if words > 55:
        return
    for pattern, prior in _TURN:
        for match in pattern.finditer(asked.text):
            head, tail = asked.text[: match.end()].strip(), core_of(asked.text[match.end() :].strip(), 3)
            if not _splits_well(head, tail, words):
                continue
            front = f"{lead} {head}" if use_lead else head
            if dangles(front, quoted=True):
                continue
            memorable = 0.06 if words <= 25 and not FIRST_PERSON.search(asked.text) else 0.0
            yield Draft(
                "completion", completions(front, asked.speaker), as_answer(tail), prior + memorable, front
            )
            break


def _splits_well(head: str, tail: str, words: int) -> bool:
    """Whether enough is shown to make what follows the only fitting end."""
    size = len(head.split())
    return (
        size >= 5
        and finite(head)
        and not re.match(r"(?:which|that|something|things?|it|this|if|as|of|at)\b", tail, re.I)
        and 0.25 <= size / max(1, words) <= 0.8
        and 3 <= len(tail.split()) <= 20
        and len(content_words(head)) >= 3
        and len(content_words(tail)) >= 2
        and head.count('"') % 2 == 0
        and head.count("“") == head.count("”")
    )


def last_phrase(asked: Asked) -> Iterator[Draft]:
    """A sentence without a clear turn, cut before a phrase in its second half: where nothing else can be asked."""
    words = len(asked.text.split())
    if not 9 <= words <= 36 or dangles(asked.text, quoted=True):
        return
    for before, token in pairwise(asked.tokens):
        head, tail = asked.text[: token.start].strip(), asked.text[token.start :].strip()
        share = len(head.split()) / words
        cut = (
            token.tag in ("IN", "TO", "WRB")
            and token.low not in ("of", "that")
            and before.tag in NOUNS | {"VBN", "PRP"}
        )
        if cut and 0.45 <= share <= 0.8 and _splits_well(head, tail, words):
            yield Draft("completion", completions(head, asked.speaker), as_answer(tail), 0.22, head)
            return


def number(asked: Asked) -> Iterator[Draft]:
    """The sentence with its one figure missing."""
    found = [m for m in _NUMBER.finditer(asked.text) if len(m["number"]) > 2]
    if len(found) != 1 or dangles(asked.text, quoted=True) or not 9 <= len(asked.text.split()) <= 35:
        return
    match = found[0]
    if (
        match["number"].lower() == "half"
        or re.search(r"\bor$|\b(?:I'm|I am)$", asked.text[: match.start()].strip())
        or len(content_words(asked.text)) < 5
    ):
        return
    gapped = asked.text[: match.start()] + "_____" + asked.text[match.end() :]
    gapped = gapped.strip().rstrip(",;:")
    gapped = gapped if gapped.endswith((".", "?", "!", "…")) else gapped + "."
    by = f"{asked.speaker} says" if asked.speaker else "it is said"
    fronts = (f"Which figure is missing where {by}: “{gapped}”", f"Fill in the figure where {by}: “{gapped}”")
    yield Draft("number", fronts, capital(match["number"]), 0.55, gapped)


_REAL_QUESTION = re.compile(
    r"(?:in )?(?P<word>what|why|how|where|which|who|when)(?:\b(?: [\w-]+){0,3}?(?: (?!you\b|we\b|it\b|they\b)[\w-]+)? (?:is|are|was|were|do|does|did|can|could|would|should|will|has|have|had|"
    r"might|makes?|drives?|needs?|happens?|led|got|inspired|comes?|means?)\b|['’]s )",
    re.I,
)
_THINK = re.compile(
    r"\b(?:do|would|did) you (?P<verb>think|see|say|believe|describe|define|recommend|suggest|consider)\b",
    re.I,
)
_SECOND_PERSON = re.compile(r"\b(?:you|your|you're|you've|yourself|we|us|our)\b", re.I)
_ANSWER_TO = {
    "why": re.compile(r"\b(?:because|so that|in order|reason|since|to \w+)\b", re.I),
    "how": re.compile(r"\b(?:by|through|with|using|you|we|first|then|way|process)\b|^\w+ing\b", re.I),
}


def host_question(question: str, guest: str | None, answer: str) -> Draft | None:
    """The host's own question with the core of the guest's answer, if it stands alone and is answered."""
    text = without_lead_in(question.strip())
    text = re.sub(
        r"^(?:[^?]*?[.!,;:] )(?=(?:what|why|how|where|which|who|when)\b[^?]*\?$)", "", text, flags=re.I
    )
    text = capital(text)
    wh = _REAL_QUESTION.match(text)
    if not wh or not 5 <= len(text.split()) <= 26 or len(content_words(text)) < 2:
        return None
    if dangles(text) or FIRST_PERSON.search(text):
        return None
    if not _answers(wh["word"].lower(), text, answer):
        return None
    fronts = _as_question(text, guest)
    return Draft("answer", fronts, as_answer(core_of(answer, 5)), 0.8, text) if fronts else None


def _answers(word: str, question: str, answer: str) -> bool:
    shared = set(content_words(question)) & set(content_words(answer))
    fits = _ANSWER_TO.get(word)
    return bool(shared) and (fits is None or bool(fits.search(answer)))


def _as_question(text: str, guest: str | None) -> tuple[str, ...]:
    """The question put to us instead of the guest: "do you think" becomes the guest's name."""
    plain = text[:1].lower() + text[1:]
    if guest:
        plain, named = _THINK.subn(
            lambda m: f"{'would' if 'would' in m.group().lower() else 'does'} {guest} {m['verb'].lower()}",
            plain,
            count=1,
        )
        if named and not _SECOND_PERSON.search(plain):
            return (capital(plain),)
    if not _SECOND_PERSON.search(plain):
        return attributed(plain, guest)
    to = f" What did {guest} answer?" if guest else " What was the answer?"
    return (f"The host asks: “{text}”{to}", f"Asked “{text}”, what did {guest or 'the guest'} answer?")
