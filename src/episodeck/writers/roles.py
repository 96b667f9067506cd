"""Who or what a number, a comparison or a denial belongs to: words may all have been said, and yet not of each other.

A figure of the right size beside the wrong thing is the lie that a check of words alone lets through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from itertools import pairwise

from ..text import STOP_WORDS, stem, words_of
from .numbers import placed

_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?;]+|[,:–—]")
_PAUSE, _STOP = 5, 12
"""What a comma and the end of a sentence count as distance, in words."""
_TURNS = frozenset("and but while whereas or against than".split())
_NEARER = 0.75
"""A number belongs to what is asked unless another one is nearer to it by more than this share."""
_SMALL = frozenset("of a an the to or and in on at more less as than about roughly around".split())
_SUFFIXES = ("", "er", "est", "ly", "r", "st")
_PAIRS = (
    "more/less more/fewer better/worse increase/decrease increas/decreas higher/lower fast/slow quick/slow easy/hard easier/harder "
    "always/never before/after cheap/expensive rise/fall rising/falling grow/shrink large/small big/small strong/weak win/lose gain/lose "
    "same/different most/least everyone/nobody everything/nothing possible/impossible safe/dangerous true/false allow/forbid "
    "long/short early/late high/low good/bad best/worst open/closed positive/negative success/failure up/down old/new first/last "
    "first/second internal/external upper/lower"
)
_EQUAL = re.compile(
    r"\b(?:the same|equal(?:ly)?|no difference|just as|as much as|as many as|as well as|practically the same)\b"
)
_COMPARED = re.compile(
    r"\b(?:more|less|fewer|better|worse|ahead|behind|higher|lower|longer|shorter|faster|slower|beats?)\b"
)


def _forms(word: str) -> frozenset[str]:
    base = word[:-1] if word.endswith("y") and len(word) > 3 else word
    return frozenset({word, *(word + s for s in _SUFFIXES), *(base + "i" + s for s in _SUFFIXES[1:])})


OPPOSITES = tuple(tuple(map(_forms, pair.split("/"))) for pair in _PAIRS.split())
"""Words that mean the opposite of each other, each with its forms."""


def wrong_number(question: str, answer: str, text: str) -> str | None:
    """Whether a number of the answer's was said of something else than is asked."""
    tokens = _tokens(text)
    places = _places(tokens)
    numbers_there = [(value, at) for value, at in placed(tokens)]
    told = [value for value, _ in placed(_tokens(answer))]
    asked = {value for value, _ in placed(_tokens(question))}
    if counted := re.search(r"\bhow many [\w-]+", question, re.I):
        for unit in _asked_units(counted, question):
            of_unit = {v for v, at in numbers_there if _followed(tokens, at, unit)}
            if (
                of_unit
                and told
                and not of_unit & set(told)
                and any(v in dict(numbers_there) for v in told[:1])
            ):
                return f"{told[0]:.10g} is said of something else there; of {unit} the speaker says {_list(of_unit)}"
    contexts = dict(_contexts(question, answer, {stem(t) for t in tokens}))
    for value, around in contexts.items():
        here = [at for v, at in numbers_there if v == value]
        units = {u for at in here if (u := _unit(tokens, at))}
        rivals = [
            (v, at)
            for v, at in numbers_there
            if v not in asked | {value} and contexts.get(v) != around and units & {_unit(tokens, at)}
        ]
        if not here or not rivals:
            continue
        # What stands before all of them is said of each.
        head = min(at for at in (*here, *(at for _, at in rivals)))
        telling = [
            w
            for w in around
            if any(n > head for n, t in enumerate(tokens) if stem(t) == w) and w not in units
        ]
        once = [w for w in telling if sum(stem(t) == w for t in tokens) == 1]
        telling = once or telling
        own = max(_closeness(telling, at, tokens, places) for at in here)
        rival, best = max(
            ((v, _closeness(telling, at, tokens, places)) for v, at in rivals), key=lambda p: p[1]
        )
        if own < _NEARER * best:
            return f"{value:.10g} is said of something else there; of this the speaker says {rival:.10g}"
    return None


def _unit(tokens: Sequence[str], at: int) -> str:
    """What a number counts: the next word that isn't a small one."""
    following = (t for t in tokens[at + 1 : at + 4] if t[0].isalpha() and t not in _SMALL)
    return stem(next(following, ""))


def _asked_units(found: re.Match[str], question: str) -> list[str]:
    words = words_of(question[found.start() :])[2:]
    return [stem(words[0])] if words and words[0] not in STOP_WORDS else []


def _followed(tokens: Sequence[str], at: int, unit: str) -> bool:
    return any(stem(t) == unit for t in tokens[at + 1 : at + 4])


def _list(values: Iterable[float]) -> str:
    return " and ".join(f"{v:.10g}" for v in sorted(values))


def _contexts(question: str, answer: str, said: Set[str]) -> list[tuple[float, list[str]]]:
    """Each number of the answer with the words that say what it is of, as far as they are `said`: those beside it, or else
    those of the question that stand beside no other."""
    tokens = _tokens(answer)
    found = placed(tokens)
    asked = [stem(w) for w in words_of(question) if w not in STOP_WORDS]
    if len({v for v, _ in found}) < 2:
        return [(value, asked) for value, _ in found]
    units = {_unit(tokens, at) for _, at in found}
    beside = []
    for n, (_, at) in enumerate(found):
        end = found[n + 1][1] if n + 1 < len(found) else len(tokens)
        words = (stem(t) for t in tokens[at + 1 : end] if t[0].isalpha() and t not in STOP_WORDS)
        beside.append([w for w in words if w in said and w not in units])
    out = []
    for n, (value, _) in enumerate(found):
        others = {w for k, words in enumerate(beside) if k != n for w in words}
        out.append((value, beside[n] or [w for w in asked if w not in others]))
    return out


def _tokens(text: str) -> list[str]:
    return [t.lower().replace("’", "'") for t in _TOKEN.findall(text.replace("%", " percent"))]


def _places(tokens: Sequence[str]) -> list[int]:
    """How far into a text each of its tokens stands, pauses counted in."""
    at, out = 0, []
    for token in tokens:
        out.append(at)
        at += _STOP if token[0] in ".!?;" else _PAUSE if token[0] in ",:–—" or token in _TURNS else 1
    return out


def _closeness(around: Iterable[str], at: int, tokens: Sequence[str], places: Sequence[int]) -> float:
    """How near a place is to words, rare ones of the text above all."""
    total = 0.0
    stems = [stem(t) for t in tokens]
    for word in set(around):
        there = [n for n, s in enumerate(stems) if s == word]
        if there:
            nearest = min(abs(places[n] - places[at]) for n in there)
            total += 1 / (len(there) * (2 + nearest) ** 2)
    return total


def turned_round(question: str, answer: str, text: str) -> str | None:
    """Whether the answer says the opposite of the text, or of the thing that the text says it of."""
    there, told = words_of(text), words_of(answer)
    low = " ".join(there)
    spoken_of = {*told, *words_of(question)}
    for pair in OPPOSITES:
        if spoken_of.isdisjoint(pair[0]) and spoken_of.isdisjoint(pair[1]):
            continue
        for mine, theirs in (pair, pair[::-1]):
            for word, after in pairwise(told):
                if word in mine and after not in mine | theirs and after not in STOP_WORDS:
                    said = sorted(t for t in theirs if f" {t} {after} " in f" {low} ")
                    if said and not any(f" {m} {after} " in f" {low} " for m in mine):
                        return f"the answer says “{word} {after}”, the speaker “{said[0]} {after}”"
        if why := _swapped(pair, question, answer, text):
            return why
    found, equal = _COMPARED.search(answer.lower()), _EQUAL.search(low)
    if found and equal and found.group() not in there and not _EQUAL.search(answer.lower()):
        return f"the answer says “{found.group()}”, the speaker “{equal.group()}”"
    return None


def _swapped(pair: tuple[frozenset[str], ...], question: str, answer: str, text: str) -> str | None:
    """Whether the two of a pair have changed places."""
    tokens, told, asked = _tokens(text), words_of(answer), words_of(question)
    one, other = pair
    if _order(told, one, other) and _order(told, one, other) == -_whole_order(tokens, one, other, told):
        return "the answer has it the other way round than the speaker"
    for mine, theirs in ((one, other), (other, one)):
        named = [w for w in asked if w in mine]
        if not named or any(w in theirs for w in asked) or any(w in theirs | mine for w in told):
            continue
        if not any(t in mine for t in tokens) or not any(t in theirs for t in tokens):
            continue
        places = _places(tokens)
        keys = [stem(w) for w in told if w not in STOP_WORDS] or [stem(w) for w in told]
        near = sum(_to(mine, k, tokens, places) for k in keys)
        far = sum(_to(theirs, k, tokens, places) for k in keys)
        if near < 0.6 * far:
            return f"the speaker says it of “{next(t for t in tokens if t in theirs)}”, not of “{named[0]}”"
    return None


def _to(words: frozenset[str], key: str, tokens: Sequence[str], places: Sequence[int]) -> float:
    keys = [n for n, t in enumerate(tokens) if stem(t) == key]
    theirs = [n for n, t in enumerate(tokens) if t in words]
    if not keys or not theirs:
        return 0.0
    return max(1 / (2 + abs(places[a] - places[b])) for a in keys for b in theirs)


def _order(words: Sequence[str], one: frozenset[str], other: frozenset[str]) -> int:
    """1 or -1 where each of a pair stands once, 0 elsewhere."""
    first = [n for n, w in enumerate(words) if w in one]
    second = [n for n, w in enumerate(words) if w in other]
    return 0 if len(first) != 1 or len(second) != 1 else (1 if first < second else -1)


def _whole_order(
    tokens: Sequence[str], one: frozenset[str], other: frozenset[str], told: Sequence[str]
) -> int:
    """The same in the sentence that the answer is made of; 0 where there is none."""
    sentence: list[str] = []
    wanted = {stem(w) for w in told if w not in STOP_WORDS}
    for token in [*tokens, "."]:
        if token[0] in ".!?;":
            if wanted <= {stem(t) for t in sentence}:
                return _order(sentence, one, other)
            sentence = []
        else:
            sentence.append(token)
    return 0


def missing_item(answer: str, text: str) -> str | None:
    """Of a list of short things one that isn't said."""
    items = [i for i in re.split(r",|;|\band\b|\bor\b", answer) if i.strip()]
    if len(items) < 3 or any(len(i.split()) > 3 for i in items):
        return None
    there = {stem(w) for w in words_of(text)}
    for item in items:
        words = [stem(w) for w in words_of(item) if w not in STOP_WORDS]
        if words and not there.intersection(words):
            return f"“{item.strip(' .')}” isn't said there"
    return None
