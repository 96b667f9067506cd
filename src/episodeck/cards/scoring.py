"""How likely a careful reader is to keep a drafted card.

Weights are learned from drafts that careful readers judged (`training/asking.py`); features need the draft, the
sentence that it is made from and the stretch of speech around it; `wanted` adds what the network sees in them.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from ..text import STOP_WORDS, content_words, words_of
from .clauses import VAGUE
from .draft import Draft
from .grammar import FIRST_PERSON
from .trees import tree_of

_LOOSE = re.compile(
    r"\b(?:really|actually|like|something|some|things?|stuff|kind|sort|very|just|lots?|basically|whatever|gonna)\b",
    re.I,
)
_OURS = re.compile(r"\b(?:we|us|our|ours|we're|we've)\b", re.I)
_POINTING = re.compile(r"\b(?:it|they|them|its|their|he|she|him|her|his|it's|they're)\b", re.I)
_THIS = re.compile(r"\b(?:this|that|these|those|there|here)\b", re.I)


@dataclass(frozen=True, slots=True)
class Place:
    """What scoring needs to know of where a draft comes from."""

    statement: str
    """The sentence it is made from, in readable form."""
    stretch: str
    """The whole highlight, in readable form."""
    at: float
    """Where in the highlight its sentence stands: 0 first, 1 last."""
    frequency: Counter[str]
    """How often the episode has each content word."""
    quote: bool


def features(draft: Draft, place: Place) -> dict[str, float]:
    """What the score is made of."""
    front, answer = words_of(draft.asks), words_of(draft.answer)
    asked, told = set(content_words(draft.asks)), set(content_words(draft.answer))
    stretch = _counted(place.stretch)
    sentence = set(content_words(place.statement))
    both = asked | told
    names = re.findall(r"(?<=\w )[A-Z][\w-]+|\b[A-Z]{2,}\b", draft.asks)
    tree = tree_of(place.statement)
    tags = _tags(place.statement)
    return {
        f"by {draft.means}": 1.0,
        "quote": float(place.quote),
        "first sentence": float(place.at == 0),
        "last sentence": float(place.at == 1),
        "front short": float(len(front) < 3),
        "front words": min(len(front), 30) / 10,
        "front long": max(0, len(front) - 16) / 10,
        "answer short": max(0, 5 - len(answer)) / 4,
        "answer words": min(len(answer), 30) / 10,
        "answer long": max(0, len(answer) - 18) / 10,
        "asks for": min(len(asked), 6) / 6,
        "tells": min(len(told), 8) / 8,
        "tells little": float(len(told) < 3),
        "of the stretch": len(both & set(stretch)) / max(1, len(stretch)),
        "of the sentence": len(both & sentence) / max(1, len(sentence)),
        "told of the sentence": len(told & sentence) / max(1, len(sentence)),
        "central": min(4, sum(stretch[w] > 1 for w in both)) / 4,
        "asked often": sum(math.log1p(place.frequency[w]) for w in sorted(asked)) / max(1, len(asked)),
        "told often": sum(math.log1p(place.frequency[w]) for w in sorted(told)) / max(1, len(told)),
        "name asked": float(bool(names)),
        "name told": float(bool(re.search(r"(?<=\w )[A-Z][\w-]+|\b[A-Z]{2,}\b", draft.answer))),
        "figure told": float(bool(re.search(r"\d", draft.answer))),
        "I": float(bool(FIRST_PERSON.search(draft.answer))),
        "we asked": float(bool(_OURS.search(draft.asks))),
        "we told": float(bool(_OURS.search(draft.answer))),
        "you asked": float(bool(re.search(r"\byou\b", draft.asks, re.I))),
        "points asked": min(2, len(_POINTING.findall(draft.asks))) / 2,
        "points told": min(2, len(_POINTING.findall(draft.answer[3:]))) / 2,
        "this": float(bool(_THIS.search(draft.asks)) + bool(_THIS.search(draft.answer))),
        "resolved": float(draft.resolved),
        "loose": min(4, len(_LOOSE.findall(draft.asks)) + len(_LOOSE.findall(draft.answer))) / 4,
        "commas asked": min(3, draft.asks.count(",")) / 3,
        "commas told": min(3, draft.answer.count(",")) / 3,
        "vague": min(3, sum(w in VAGUE for w in front)) / 3,
        "long sentence": max(0, len(place.statement.split()) - 20) / 20,
        "front fluent": fluency("question", draft.question, tags),
        "answer fluent": fluency("answer", draft.answer, tags),
        "unsure": tree.doubt if tree else 1.0,
        **worded(draft.question),
    }  # fmt: skip


@lru_cache(maxsize=16)
def _counted(stretch: str) -> Counter[str]:
    return Counter(content_words(stretch))


@lru_cache(maxsize=64)
def _tags(statement: str) -> dict[str, str]:
    tree = tree_of(statement)
    return {t.low: t.tag for t in tree.tokens} if tree else {}


_UNNAMED = re.compile(
    r"\bone speaker\b|\bit is said\b|^(?:How does this thought|Complete the sentence|What comes next)"
)
_PAIRED = re.compile(r" (?:about|on) [^“”?]* and [^“”?]*\?$")


def worded(question: str) -> dict[str, float]:
    """What the wording of a front shows: that nobody is named, that a team is asked about, that two topics are joined."""
    return {
        "unnamed": float(bool(_UNNAMED.search(question))),
        "team": float("'s team" in question),
        "paired": float(bool(_PAIRED.search(question))),
    }


_PARTS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:?!…—–-]")


def shapes(text: str, tags: Mapping[str, str]) -> list[str]:
    """A sentence as its function words and, for all others, their tags.

    `tags` are those of the words in the sentence that the text is made from. A capital makes a name of what isn't among
    them; the rest are verbs in the infinitive, as questions bring them in.
    """
    run = ["^"]
    for n, part in enumerate(_PARTS.findall(text)):
        low = part.lower().replace("’", "'")
        if low in STOP_WORDS or not part[0].isalnum():
            run.append(low)
        elif part[0].isdigit():
            run.append("CD")
        elif low in tags:
            run.append("NNP" if n and part[0].isupper() else tags[low])
        else:
            run.append("NNP" if part[0].isupper() else "NN" if "-" in part else "VB")
    return [*run, "$"]


def fluency(side: str, text: str, tags: Mapping[str, str]) -> float:
    """Mean log probability (natural) of a side's shapes, by what careful readers write: about -1 is good, -3 odd."""
    return chance(_stored()["shapes"][side], shapes(text, tags))


def chance(counts: dict[str, int], run: Sequence[str]) -> float:
    """Mean log probability of a run of shapes by interpolated counts of ones, twos and threes."""
    total = 0.0
    everything = counts[""]
    for i in range(1, len(run)):
        one = (counts.get(run[i], 0) + 0.3) / (everything + 300)
        two_before = counts.get(run[i - 1], 0)
        two = counts.get(f"{run[i - 1]} {run[i]}", 0) / two_before if two_before else one
        context = " ".join(run[i - 2 : i]) if i > 1 else ""
        three_before = counts.get(context, 0) if context else 0
        three = counts.get(f"{context} {run[i]}", 0) / three_before if three_before else two
        total += math.log(0.15 * one + 0.35 * two + 0.5 * three)
    return max(-6.0, total / max(1, len(run) - 1))


def kept(given: Mapping[str, float]) -> float:
    """How likely a careful reader keeps a card with these features, some after a small edit: 0 to 1."""
    return _chance(_stored()["kept"], given)


def _chance(weights: Mapping[str, float], given: Mapping[str, float]) -> float:
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in given.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def _stored() -> Any:
    return json.loads(files(__package__).joinpath("scoring.json").read_text(encoding="utf-8"))
