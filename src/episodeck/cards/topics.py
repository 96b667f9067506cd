"""What a stretch of speech is about: its noun phrases, and which of them are known already."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ..text import content_words
from .clauses import VAGUE
from .grammar import NOUNS, dangles, lower_first
from .trees import Tree

_NO_HEADS = VAGUE | frozenset(
    "today tomorrow yesterday morning night week month minute minutes hour hours sudden course fun sake ones anymore bunch yeah guess gonna".split()
)
_INSIDE = frozenset({"det", "amod", "compound", "nummod", "flat", "nmod", "nmod:poss", "case", "punct"})
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase as it can stand after "about"."""

    text: str
    words: frozenset[str]
    """Its content words."""
    indices: frozenset[int]
    known: float
    """How well known it is by now: from how often the episode and what comes before name it."""
    named: bool = False
    """It holds a name."""
    loose: bool = False
    """A single word that may mean much, or an indefinite thing: no topic beside another."""


def phrases(
    tree: Tree, frequency: Counter[str], before: Collection[str], common: frozenset[str]
) -> Iterator[Phrase]:
    """The noun phrases of a sentence that name something; `before` are the content words of what was said just before."""
    for head, token in enumerate(tree.tokens):
        if (
            token.tag not in NOUNS
            or token.low in _NO_HEADS
            or tree.relations[head] in ("compound", "flat", "conj", "appos")
        ):
            continue
        words = _words(tree, head)
        if not words or len(words) > _MOST_WORDS:
            continue
        text = tree.said(words)
        content = frozenset(content_words(text))
        if (
            not content
            or dangles(text)
            or re.search(
                r"\b(?:my|your|our|their|his|her|its|me|us|whose|which|what|this|that|these|those)\b",
                text,
                re.I,
            )
        ):
            continue
        if words[0] == 0:
            text = lower_first(text, [tree.tokens[i] for i in words], common)
        if tree.low(words[0]) in ("a", "an") and tree.relations[head] not in ("nsubj", "nsubj:pass"):
            continue  # what is new is no subject
        named = token.tag in ("NNP", "NNPS") or any(c.isupper() for c in token.text[1:])
        known = (
            max(frequency[w] for w in content) ** 0.5
            + 2.0 * bool(content & set(before))
            + 1.5 * named
            + 0.8 * (len(content) > 1)
        )
        bare = len(words) == 1 and not named
        if bare and (
            token.low.endswith("ing") or (token.tag == "NN" and max(frequency[w] for w in content) < 4)
        ):
            continue  # as likely a verb that was taken for a noun
        if any(tree.tag(a) == "NNS" and tree.tag(b) in NOUNS for a, b in itertools.pairwise(words)):
            continue
        if len(content) == 1 and not named and max(frequency[w] for w in content) < 2:
            known -= 1.0
        loose = bare or tree.low(words[0]) in ("a", "an", "no", "every", "each")
        yield Phrase(text, content, frozenset(words), known, named, loose)


def _words(tree: Tree, head: int) -> list[int]:
    """The head with its modifiers, one "of …" included; relative clauses and other adjuncts left out."""
    kept, todo = [], [head]
    while todo:
        i = todo.pop()
        kept.append(i)
        for c in tree.children[i]:
            relation = tree.relations[c]
            if relation not in _INSIDE:
                continue
            if relation == "nmod" and (i != head or not any(tree.low(k) == "of" for k in tree.of(c, "case"))):
                continue
            if relation == "case" and i == head:
                continue
            if (
                relation == "det"
                and i == head
                and tree.low(c) not in ("the", "a", "an", "no", "every", "each")
            ):
                continue
            if relation == "punct" and tree.tokens[c].text not in ("-", "’", "'"):
                continue
            todo.append(c)
    kept.sort()
    before = tree.low(kept[0] - 1) if kept[0] else ""
    if before in ("of", "-") and tree.relations[head] in ("nmod", "compound") and tree.low(max(0, kept[0] - 2)) in (
        "state", "sort", "kind", "type", "lot", "bit", "couple", "number", "bunch", "set", "piece", "part",
    ):  # fmt: skip
        return []
    if tree.tag(kept[0]) in ("CD", "VBN", "VBG", "RB", "IN") and kept[0] != head:
        kept = kept[1:] if tree.tag(kept[0]) in ("RB", "IN") else kept
    if tree.tag(kept[0]) in ("VBN", "CD") and kept[0] != head:
        return []  # "three things", and what is left of "graph based systems"
    if any(b - a > 2 for a, b in itertools.pairwise(kept)):
        return []
    return kept
