"""What a speaker says about something: the whole statement is the answer, what it speaks of is the question."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator

from ..text import content_words
from .clauses import meant, shortened, specific, told
from .draft import Draft, Said
from .grammar import FIRST_PERSON, dangles, lower_first, tokens_of, without_lead_in
from .phrasing import as_answer, core_of
from .topics import Phrase, phrases
from .trees import tree_of

_MOST_ANSWER = 25
_MOST_QUOTED = 26
_OFTEN, _LONG_TALK = 2, 3000
"""How often a long talk, of so many content words, has to name what a question is about."""


def views(said: Said, frequency: Counter[str], before: Collection[str]) -> Iterator[Draft]:
    """What does the speaker say about the thing that is known already?"""
    clause = said.clause
    name = said.speaker or "one speaker"
    tree = clause.tree
    if clause.name.lower() in ("this", "that") or not clause.rest:
        return
    rest = shortened(tree, clause.rest, _MOST_ANSWER)
    general = clause.general
    if not general and specific(tree, clause.subject) + (not clause.own) < 1:
        return
    answer = told(clause, rest)
    lead = clause.lead
    if lead and not FIRST_PERSON.search(lead):
        answer = f"{lead}, {lower_first(answer, tokens_of(answer), said.common)}"
    if meant(answer) < 4 or dangles(answer, quoted=True):
        return
    shown = {*clause.subject, *rest}
    found = [p for p in phrases(tree, frequency, before, said.common) if p.indices <= shown]
    if not clause.own:
        found.append(
            Phrase(clause.name, frozenset(content_words(clause.name)), frozenset(clause.subject), 6.0)
        )
    for phrase in _best(found, answer, frequency):
        fronts = _fronts(name, phrase, answer)
        yield Draft("view", fronts, as_answer(answer), phrase, not clause.own)


def passages(
    text: str, speaker: str | None, frequency: Counter[str], before: Collection[str], common: frozenset[str]
) -> Iterator[Draft]:
    """The same for a sentence, or a piece of one, that is the answer as it stands."""
    tree = tree_of(text)
    name = speaker or "one speaker"
    first = text.split(" ")[0].lower()
    if (
        tree is None
        or not 8 <= len(text.split()) <= _MOST_ANSWER + 3
        or dangles(text, quoted=True)
        or not tree.whole
        or FIRST_PERSON.search(text)
        or tree.tag(0)
        in ("VBG", "VBN", "VBZ", "VBD", "VBP", "MD", "CC", "WP", "WDT", "WRB", "TO", "IN", "UH")
        or first
        in (
            "it",
            "they",
            "he",
            "she",
            "that",
            "this",
            "these",
            "those",
            "which",
            "what",
            "who",
            "how",
            "not",
            "than",
        )
        or text.endswith("?")
    ):
        return
    for phrase in _best(list(phrases(tree, frequency, before, common)), text, frequency):
        fronts = _fronts(name, phrase, text)
        yield Draft("passage", fronts, as_answer(text), phrase)


def _best(found: list[Phrase], answer: str, frequency: Counter[str]) -> Iterator[str]:
    """The phrase known best, and the two known best together; only what the episode really speaks of."""
    often = math.log1p(_OFTEN * min(1.0, frequency.total() / _LONG_TALK))

    def spoken_of(words: frozenset[str]) -> bool:
        return sum(math.log1p(frequency[w]) for w in words) / len(words) >= often

    ranked = sorted(found, key=lambda p: -p.known)
    size = len(set(content_words(answer)))
    one = next((p for p in ranked if 2 <= len(p.words) <= size / 2 and spoken_of(p.words)), None)
    if one:
        yield one.text
    for other in ranked[1:3]:
        first, second = sorted((ranked[0], other), key=lambda p: min(p.indices))
        both = first.words | second.words
        if not first.indices & second.indices and 2 <= len(both) <= size / 2 and spoken_of(both):
            yield f"{first.text} and {second.text}"
            return


_ADVICE = re.compile(
    r"\b(?:you|we|people|they|one) (?:really |actually |just |always )?(?:should|must|ought to|need to|have to|want to|don't want to|shouldn't)\b",
    re.I,
)
_POSSIBLE = re.compile(r"^(?:you|we|people|one) (?:can|could)\b", re.I)
_FUTURE = re.compile(r"\b(?:will|won't|going to|'ll|in the future)\b", re.I)
_TROUBLE = re.compile(
    r"\b(?:hard|harder|hardest|difficult|problems?|challenges?|challenging|tricky|struggl\w+|risks?|dangerous|expensive)\b",
    re.I,
)


def _fronts(name: str, phrase: str, answer: str) -> tuple[str, ...]:
    """Wordings that fit what is said: advice, a prediction, a difficulty, a possibility, or any point."""
    plain = f"What does {name} say about {phrase}?"
    if _ADVICE.search(answer):
        return (f"What is {name}'s advice on {phrase}?", f"What does {name} advise about {phrase}?", plain)
    if _FUTURE.search(answer):
        return (
            f"What does {name} predict about {phrase}?",
            f"What is {name}'s prediction about {phrase}?",
            plain,
        )
    if _POSSIBLE.match(answer):
        return (f"What does {name} say is possible with {phrase}?", plain)
    if _TROUBLE.search(answer) and not _TROUBLE.search(phrase):
        return (
            f"What difficulty does {name} see with {phrase}?",
            f"What trouble with {phrase} does {name} describe?",
        )
    return (
        plain,
        f"What point does {name} make about {phrase}?",
        f"What is {name}'s view on {phrase}?",
    )


_TURNS: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (re.compile(r"(?:but|however|yet|although|though|that said|on the other hand)\b,? ", re.I), "but",
     ("What does {name} say against this, or to limit it: {quoted}?", "{name} says: {quoted} What “but” follows?")),
    (re.compile(r"(?:because|that's because|it's because|this is because|and that's because|the reason is(?: that)?|since)\b,? ", re.I), "why",
     ("Why, according to {name}, is this so: {quoted}?", "{name} says: {quoted} Why?")),
    (re.compile(r"(?:so|therefore|that means(?: that)?|which means(?: that)?|as a result|this means(?: that)?|and so|that's why)\b,? ", re.I), "so",
     ("What does {name} conclude from this: {quoted}?", "{name} says: {quoted} What follows from that?")),
    (re.compile(r"(?:for example|for instance|like for example|so for example|so for instance|an example is|a good example is|one example is)\b,? ", re.I), "example",
     ("What example does {name} give of this: {quoted}?",)),
    (re.compile(r"(?:instead|rather)\b,? ", re.I), "instead", ("{name} says: {quoted} What instead?",)),
    (re.compile(r"(?:otherwise)\b,? ", re.I), "otherwise", ("{name} says: {quoted} What happens otherwise?",)),
)  # fmt: skip


def turns(sentence: str, before: str, speaker: str | None) -> Iterator[Draft]:
    """A sentence that takes up the one before it, asked for by its connective: why, what follows, what speaks against it."""
    name = speaker or "one speaker"
    plain = re.sub(r"^(?:and|well|yeah|no|yes|right|okay),? ", "", sentence.strip(), flags=re.I)
    quoted = before.strip().rstrip(" .,;:…-")
    if (
        not 5 <= len(quoted.split()) <= _MOST_QUOTED
        or quoted.endswith("?")
        or dangles(quoted, quoted=True)
        or not _whole(quoted)
        or FIRST_PERSON.search(quoted.split(" ")[0])
        or meant(quoted) < 3
        or re.match(
            r"(?:which|because|if|when|while|whereas|although|unless|so|but|or|than|like|not|to)\b",
            quoted,
            re.I,
        )
        or '"' in quoted
        or "“" in quoted
    ):
        return
    for pattern, means, fronts in _TURNS:
        match = pattern.match(plain)
        if not match:
            continue
        answer = without_lead_in(core_of(plain[match.end() :], 5))
        if (
            len(answer.split()) < 4
            or len(answer.split()) > _MOST_ANSWER + 3
            or answer.endswith("?")
            or not _whole(answer)
        ):
            return
        texts = tuple(
            f.format(name=name, quoted=f"“{quoted}”" if f.endswith("{quoted}?") else f"“{quoted}.”")
            for f in fronts
        )
        yield Draft(f"turn {means}", texts, as_answer(answer), quoted)
        return


def _whole(text: str) -> bool:
    tree = tree_of(text)
    return tree is not None and tree.whole
