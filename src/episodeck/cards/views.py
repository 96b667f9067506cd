"""What a speaker says about something: the whole statement is the answer, what it speaks of is the question."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..text import content_words
from .clauses import meant, shortened, specific, told
from .draft import Draft, Said
from .grammar import FIRST_PERSON, capital, dangles, lower_first, tokens_of, without_lead_in
from .phrasing import as_answer, core_of
from .topics import Phrase, phrases
from .trees import tree_of

_MOST_ANSWER = 25
_MOST_QUOTED = 26
_OFTEN, _LONG_TALK = 2, 3000
"""How often a long talk, of so many content words, has to name what a question is about."""


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the words that a question about a statement may name."""

    frequency: Counter[str]
    """How often the episode has each content word."""
    before: frozenset[str]
    """Content words of what was said just before."""
    worth: Callable[[frozenset[str]], float]
    """How likely a reader's question has these content words: 0 to 1."""


def views(said: Said, about: About) -> Iterator[Draft]:
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
    if meant(answer) < 4 or dangles(answer, quoted=True) or FIRST_PERSON.search(answer):
        return
    shown = {*clause.subject, *rest}
    found = [p for p in phrases(tree, about.frequency, about.before, said.common) if p.indices <= shown]
    if not clause.own:
        found.append(
            Phrase(
                clause.name, frozenset(content_words(clause.name)), frozenset(clause.subject), 6.0, named=True
            )
        )
    for phrase in _best(found, answer, about):
        fronts = _fronts(name, phrase, answer)
        yield Draft("view", fronts, as_answer(answer), phrase, not clause.own)


def passages(text: str, speaker: str | None, about: About, common: frozenset[str]) -> Iterator[Draft]:
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
    for phrase in _best(list(phrases(tree, about.frequency, about.before, common)), text, about):
        fronts = _fronts(name, phrase, text)
        yield Draft("passage", fronts, as_answer(text), phrase)


def quotations(text: str, speaker: str | None, about: About, common: frozenset[str]) -> Iterator[Draft]:
    """A whole sentence to be recalled as it was said, first person and all; asked for by what it speaks of."""
    tree = tree_of(text)
    if (
        tree is None
        or not speaker
        or not 7 <= len(text.split()) <= _MOST_ANSWER + 7
        or dangles(text, quoted=True)
        or not tree.whole
        or text.endswith("?")
        or "“" in text
        or '"' in text
        or meant(text) < 4
    ):
        return
    for phrase in _best(list(phrases(tree, about.frequency, about.before, common)), text, about):
        fronts = (
            f"What are {speaker}'s words on {phrase}?",
            f"What does {speaker} say, word for word, about {phrase}?",
        )
        yield Draft("quotation", fronts, f"“{capital(text.rstrip(' ,;:'))}”", phrase)


_MOST_TOPICS = 3
_NAMED, _WHOLE = 0.1, 0.05


def _best(found: list[Phrase], answer: str, about: About) -> Iterator[str]:
    """What a question may name: phrases of the statement, best first, then two of them together."""
    often = math.log1p(_OFTEN * min(1.0, about.frequency.total() / _LONG_TALK))
    said = frozenset(content_words(answer))

    def spoken_of(words: frozenset[str]) -> bool:
        return sum(math.log1p(about.frequency[w]) for w in sorted(words)) / max(1, len(words)) >= often

    def worth(phrase: Phrase) -> float:
        return (
            about.worth(phrase.words)
            + _NAMED * phrase.named
            + _WHOLE * (len(phrase.words) > 1)
            + phrase.known / 100
        )

    ranked = sorted((p for p in found if spoken_of(p.words)), key=worth, reverse=True)
    alone = [p for p in ranked if (len(p.words) >= 2 or p.named) and len(p.words) <= len(said) / 2]
    for phrase in alone[:_MOST_TOPICS]:
        yield phrase.text
    for first, second in itertools.combinations(ranked[:_MOST_TOPICS], 2):
        both = first.words | second.words
        if (
            first.words & second.words
            or first.indices & second.indices
            or not 2 <= len(both) <= len(said) / 2
        ):
            continue
        if (first.loose or second.loose) and not (first.named or second.named):
            continue
        one, other = sorted((first, second), key=lambda p: min(p.indices))
        yield f"{one.text} and {other.text}"
        return


_ADVICE = re.compile(
    r"(?:if [^,]+, )?(?:you|we|people|they|one) (?:really |actually |just |always )?(?:should|must|ought to|need to|have to|don't want to|shouldn't)\b",
    re.I,
)
_FUTURE = re.compile(r"(?:\S+ ){1,5}?(?:will|won't|is going to|are going to)\b", re.I)


def _fronts(name: str, phrase: str, answer: str) -> tuple[str, ...]:
    """Wordings that fit what is said: advice, a prediction, or any point."""
    plain = f"What does {name} say about {phrase}?"
    if _ADVICE.match(answer):
        return (f"What does {name} advise about {phrase}?", f"What is {name}'s advice on {phrase}?", plain)
    if _FUTURE.match(answer) and not re.match(r"(?:if|when|once|you|I)\b", answer, re.I):
        return (f"What does {name} predict about {phrase}?", plain)
    return (
        plain,
        f"What point does {name} make about {phrase}?",
        f"What is {name}'s view on {phrase}?",
    )


_TURNS: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...] = (
    (re.compile(r"(?:because|that's because|it's because|this is because|and that's because|the reason is(?: that)?|since)\b,? ", re.I), "why",
     ("Why, according to {name}, is this so: {quoted}?", "{name} says: {quoted} Why?")),
    (re.compile(r"(?:for example|for instance|like for example|so for example|so for instance|an example is|a good example is|one example is)\b,? ", re.I), "example",
     ("What example does {name} give of this: {quoted}?",)),
)  # fmt: skip


def turns(sentence: str, before: str, speaker: str | None) -> Iterator[Draft]:
    """A sentence that takes up the one before it, asked for by its connective: why, what follows, what speaks against it."""
    name = speaker or "one speaker"
    plain = re.sub(r"^(?:and|well|yeah|no|yes|right|okay),? ", "", sentence.strip(), flags=re.I)
    taken_up = next((turn for turn in _TURNS if turn[0].match(plain)), None)
    if taken_up is None:
        return
    pattern, means, fronts = taken_up
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
    answer = without_lead_in(core_of(pattern.sub("", plain, count=1), 5))
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


def _whole(text: str) -> bool:
    tree = tree_of(text)
    return tree is not None and tree.whole
