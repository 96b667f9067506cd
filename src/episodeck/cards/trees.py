"""A sentence as a tree of its words, and the text of its parts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .grammar import BE, FINITE, Token, spans_of
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
    spans = spans_of(sentence)
    if not spans:
        return None
    first, *others = (sentence[a:b] for a, b in spans)
    # The capital of a first word says nothing.
    plain = first != "I" and (first[1:].islower() or len(first) == 1)
    parsed = parse([first.lower() if plain else first, *others])
    tokens = tuple(Token(sentence[a:b], tag, a, b) for (a, b), tag in zip(spans, parsed.tags, strict=True))
    children: list[list[int]] = [[] for _ in tokens]
    for i, head in enumerate(parsed.heads):
        if head >= 0:
            children[head].append(i)
    return Tree(
        sentence, tokens, parsed.heads, parsed.relations, tuple(tuple(c) for c in children), parsed.doubt
    )
