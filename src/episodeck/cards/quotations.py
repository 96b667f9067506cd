"""Questions that quote: a sentence to be finished, a figure to be filled in, the host's own question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..text import content_words
from .draft import Draft
from .grammar import FIRST_PERSON, NOUNS, capital, dangles, finite, without_lead_in
from .phrasing import as_answer, attributed, completions, core_of
from .topics import Phrase
from .trees import Tree, tree_of

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


def completion(text: str, speaker: str | None, before: str = "") -> Iterator[Draft]:
    """The sentence up to the point where it turns; the rest is the answer.

    `before` is the sentence before it, shown where this one points back at it.
    """
    lead = before.strip()
    use_lead = (
        bool(lead)
        and dangles(text, quoted=True)
        and not dangles(lead, quoted=True)
        and len(lead.split()) <= 28
        and not lead.endswith("?")
    )
    words = len(text.split())
    if words > 45:
        return
    for pattern, _ in _TURN:
        for match in pattern.finditer(text):
            head, tail = text[: match.end()].strip(), core_of(text[match.end() :].strip(), 3)
            if not _splits_well(head, tail, words):
                continue
            front = f"{lead} {head}" if use_lead else head
            if dangles(front, quoted=True):
                continue
            yield Draft("completion", completions(front, speaker), as_answer(tail), front)
            break


_HEAVY = frozenset({"obj", "ccomp", "xcomp", "advcl", "obl", "conj", "acl:relcl", "root", "acl"})


_MOST_ENDINGS = 3


def ending(text: str, speaker: str | None) -> Iterator[Draft]:
    """A quoted sentence without a clear turn, cut before one of the last parts that weigh something."""
    tree = tree_of(text)
    words = len(text.split())
    if tree is None or not 8 <= words <= 32 or dangles(text, quoted=True):
        return
    found: set[int] = set()
    for i in range(len(tree.tokens) - 1, 0, -1):
        if tree.relations[i] not in _HEAVY:
            continue
        first = min(tree.below(i))
        if tree.relations[i] == "root":
            copula = list(tree.of(i, "cop"))
            if not copula:
                continue
            first = max(copula) + 1
        elif tree.below(i)[-1] < len(tree.tokens) - 2:
            continue
        while tree.tokens[first].text in (",", "-", "–", "—", ";", ":") and first < len(tree.tokens) - 1:
            first += 1
        if first in found or not _parts(tree, first):
            continue
        head, tail = text[: tree.tokens[first].start].strip(), text[tree.tokens[first].start :].strip()
        share = len(head.split()) / words
        if (
            0.35 <= share <= 0.8
            and len(tail.split()) <= 14
            and len(core_of(tail, 3).split()) == len(tail.split())
            and _splits_well(head, tail, words)
        ):
            found.add(first)
            yield Draft("ending", completions(head, speaker), as_answer(tail), head)
            if len(found) == _MOST_ENDINGS:
                return


def _parts(tree: Tree, first: int) -> bool:
    """Whether a sentence may be cut here: not inside a name or between an adjective and its noun."""
    before, after = tree.tag(first - 1), tree.tag(first)
    return not (before in NOUNS | {"JJ", "JJR", "JJS", "DT", "PRP$", "CD"} and after in NOUNS | {"JJ", "VBG"})


def _splits_well(head: str, tail: str, words: int) -> bool:
    """Whether enough is shown to make what follows the only fitting end."""
    size = len(head.split())
    tail = as_answer(tail).strip("“”")
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


def figure(text: str, speaker: str | None) -> Iterator[Draft]:
    """The sentence with its one figure missing."""
    found = [m for m in _NUMBER.finditer(text) if len(m["number"]) > 2]
    if len(found) != 1 or dangles(text, quoted=True) or not 9 <= len(text.split()) <= 35:
        return
    match = found[0]
    if (
        match["number"].lower() == "half"
        or re.search(r"\bor$|\b(?:I'm|I am)$", text[: match.start()].strip())
        or len(content_words(text)) < 5
    ):
        return
    gapped = text[: match.start()] + "_____" + text[match.end() :]
    gapped = gapped.strip().rstrip(",;:")
    gapped = gapped if gapped.endswith((".", "?", "!", "…")) else gapped + "."
    by = f"{speaker} says" if speaker else "it is said"
    fronts = (f"Which figure is missing where {by}: “{gapped}”", f"Fill in the figure where {by}: “{gapped}”")
    yield Draft("figure", fronts, capital(match["number"]), gapped)


_GAP = "_____"
_LEAST_BEFORE_GAP = 3


def gaps(text: str, speaker: str | None, phrases: Iterable[Phrase]) -> Iterator[Draft]:
    """The sentence with one of its noun phrases missing; `phrases` are those of its tree."""
    tree = tree_of(text)
    if tree is None or not tree.whole or not 8 <= len(text.split()) <= 32 or dangles(text, quoted=True):
        return
    by = f"{speaker} says" if speaker else "it is said"
    for phrase in phrases:
        if phrase.loose or (len(phrase.words) < 2 and not phrase.named):
            continue  # many words would fit
        words = sorted(phrase.indices)
        first, end = tree.tokens[words[0]].start, tree.tokens[words[-1]].end
        if words[0] < _LEAST_BEFORE_GAP or words[-1] - words[0] + 1 != len(words) or len(words) > 5:
            continue
        if re.search(rf"\b{re.escape(text[first:end])}\b", text[:first] + text[end:], re.I):
            continue
        determiner = re.match(r"(?:the|an?|no|every|each) ", text[first:end], re.I)
        if determiner:
            # "an" would tell of a vowel.
            first += determiner.end() if determiner.group().lower() not in ("a ", "an ") else 0
        gapped = (text[:first] + _GAP + text[end:]).strip().rstrip(",;:")
        gapped = gapped if gapped.endswith((".", "?", "!", "…")) else gapped + "."
        fronts = (
            f"Which words are missing where {by}: “{gapped}”",
            f"Fill in the gap where {by}: “{gapped}”",
        )
        yield Draft("gap", fronts, capital(text[first:end]), gapped)


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
    return Draft("answer", fronts, as_answer(core_of(answer, 5)), text) if fronts else None


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
