"""A sentence as a tree of its words, and the text of its parts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from .grammar import BE, FINITE, Token, tokens_of
from .parsing import parse

_TIGHT = re.compile(r"[.,;:!?)\]”’%]|n't|'(?:s|re|ve|ll|d|m)|’(?:s|re|ve|ll|d|m)", re.I)
_OPEN = frozenset('([“"$£€#')
NO_WORDS = frozenset("—–-…")


@dataclass(frozen=True, slots=True)
class Tree:
    """One sentence, taken apart."""

    text: str
    tokens: tuple[Token, ...]
    heads: tuple[int, ...]
    relations: tuple[str, ...]
    children: tuple[tuple[int, ...], ...]
    doubt: float
    """How unsure the reading is, 0 to 1."""

    def below(self, index: int) -> tuple[int, ...]:
        """A word with everything that depends on it, in order."""
        found, todo = [], [index]
        while todo:
            i = todo.pop()
            found.append(i)
            todo += self.children[i]
        return tuple(sorted(found))

    def of(self, index: int, *relations: str) -> Iterator[int]:
        """The children of a word with one of these relations."""
        return (c for c in self.children[index] if self.relations[c] in relations)

    @property
    def whole(self) -> bool:
        """Whether it reads as a sentence: its root is a verb, or has one beside it, and a subject."""
        root = self.heads.index(-1) if -1 in self.heads else 0
        parts = set(self.of(root, "aux", "aux:pass", "cop"))
        verbal = self.tag(root) in FINITE or any(self.tag(i) in FINITE or self.low(i) in BE for i in parts)
        return verbal and any(True for _ in self.of(root, "nsubj", "nsubj:pass", "csubj", "expl"))

    def low(self, index: int) -> str:
        return self.tokens[index].low

    def tag(self, index: int) -> str:
        return self.tokens[index].tag

    def said(self, indices: Collection[int], instead: Mapping[int, str] | None = None) -> str:
        """The words at these places as text, some of them replaced; marks left over at the ends are gone."""
        out = ""
        last = -2
        for i in sorted(indices):
            token = self.tokens[i]
            word = (instead or {}).get(i, token.text)
            if not word:
                continue
            joined = i == last + 1 and self.tokens[last].end == token.start
            if not out or joined or _TIGHT.fullmatch(word) or out[-1] in _OPEN:
                out += word
            else:
                out += " " + word
            last = i
        out = re.sub(r"(?: ?[,;:–—-])+ ?([.,;:!?])", r"\1", out)
        return re.sub(r"^[\s,;:.!?–—-]+|[\s,;:–—-]+$", "", out)


@lru_cache(maxsize=4096)
def tree_of(sentence: str) -> Tree | None:
    """The tree of one sentence, or None for none."""
    tokens = _with_a_verb(tokens_of(sentence))
    if not tokens:
        return None
    parsed = parse(
        [t.text.replace("’", "'") if i else t.low for i, t in enumerate(tokens)], [t.tag for t in tokens]
    )
    children: list[list[int]] = [[] for _ in tokens]
    for i, head in enumerate(parsed.heads):
        if head >= 0:
            children[head].append(i)
    return Tree(
        sentence, tokens, parsed.heads, parsed.relations, tuple(tuple(c) for c in children), parsed.doubt
    )


def _with_a_verb(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """A word in -s that the tagger took for a noun is the verb where nothing else is: "the furnace cuts its bill"."""
    if any(t.tag in FINITE or t.low in BE for t in tokens):
        return tokens
    for i, (before, token) in enumerate(pairwise(tokens), 1):
        after = tokens[i + 1].tag if i + 1 < len(tokens) else ""
        if (
            token.tag == "NNS"
            and before.tag in ("NN", "NNP")
            and after in ("DT", "PRP", "PRP$", "JJ", "TO", "CD", "IN", "NN", "NNP", "RB")
        ):
            return (*tokens[:i], replace(token, tag="VBZ"), *tokens[i + 1 :])
    return tokens
