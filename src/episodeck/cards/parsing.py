"""Which word depends on which: a small parser, with weights trained for this project.

A greedy transition parser (arc-hybrid): words are read from left to right onto a stack, and at every step the
weights say whether to read on or to hang the top of the stack on its neighbour. The relations are those of
Universal Dependencies, most subtypes left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zlib import crc32

import numpy as np
import numpy.typing as npt

SIZE = 1 << 18
"""Rows of the weights; features are hashed into them."""
RELATIONS = tuple(
    """root nsubj nsubj:pass csubj obj iobj obl nmod nmod:poss amod det case mark aux aux:pass cop advmod advcl ccomp xcomp acl
    acl:relcl conj cc compound compound:prt flat fixed appos nummod expl punct parataxis discourse dep""".split()
)
SHIFT = 0
LEFT = 1
RIGHT = LEFT + len(RELATIONS)
MOVES = RIGHT + len(RELATIONS)


def _templates() -> npt.NDArray[np.int64]:
    """Which atoms of a state are looked at together; atoms are those of `State.atoms`."""
    nodes = "s0 s1 s2 b0 b1 b2 s0l s0m s0r s0n s1l s1r s1n b0l b0m".split()
    at = {f"{n}.{part}": 3 * k + p for k, n in enumerate(nodes) for p, part in enumerate("wtr")}
    at |= {name: 3 * len(nodes) + k for k, name in enumerate("d0 d1 v0 w0 v1 vb".split())}
    at[""] = 3 * len(nodes) + 6
    wanted = """s0.w s0.t s1.w s1.t b0.w b0.t b1.w b1.t b2.t s2.t
    s0.w,s0.t s1.w,s1.t b0.w,b0.t b1.w,b1.t s0.w,b0.w s0.t,b0.t s0.w,b0.t s0.t,b0.w s1.t,s0.t s1.w,s0.t s1.t,s0.w s1.w,s0.w
    s1.t,s0.t,b0.t s0.t,b0.t,b1.t s2.t,s1.t,s0.t b0.t,b1.t,b2.t s1.t,b0.t,b1.t s0.w,b0.t,b1.t s0.t,b0.w,b1.t s1.w,s0.t,b0.t s1.t,s0.w,b0.t
    s1.t,s0.t,b0.w s1.w,b0.w s1.t,b0.t b0.w,b1.w b0.t,b1.w s0.t,b1.w
    s0.t,s0l.t,b0.t s0.t,s0r.t,b0.t s0.t,b0l.t,b0.t s1.t,s1r.t,s0.t s1.t,s1l.t,s0.t s1.t,s0.t,s0l.t s1.t,s0.t,s0r.t
    s0.t,s0l.r,b0.t s0.t,s0r.r,b0.t s0.w,s0l.r s0.w,s0r.r s0.t,s0l.r,s0m.r s0.t,s0r.r,s0n.r s1.w,s1r.r s1.w,s1l.r s1.t,s1r.r,s1n.r b0.w,b0l.r
    b0.t,b0l.r,b0m.r s0l.w,s0.t s0r.w,s0.t s1r.w,s1.t b0l.w,b0.t s0r.w,b0.t
    s0.t,b0.t,d0 s0.w,b0.t,d0 s1.t,s0.t,d1 s0.w,d0 b0.w,d0 s0.t,v0 s0.t,w0 s0.w,v0 b0.t,vb s1.t,v1 s0.t,w0,b0.t s1.t,v1,s0.t
    s1r.r,s1.t,s0.w s0l.r,s0.w,b0.t s0r.r,s0.t,b0.w b0l.r,b0.t,s0.t s1l.r,s1.t,s0.t""".split()
    return np.array([[at[a] for a in (*t.split(","), "", "")[:3]] for t in wanted], dtype=np.int64)


_TEMPLATES = _templates()
_A, _B, _C = _TEMPLATES.T
_SALT = np.arange(1, len(_TEMPLATES) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_P, _Q, _R = np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9), np.uint64(0x27D4EB2F165667C5)
_DOWN, _MASK = np.uint64(40), np.uint64(SIZE - 1)


def key(text: str) -> int:
    """A number for a word, a tag or a relation, the same everywhere; 0 stands for none."""
    return crc32(text.encode()) or 1


_RELATION_KEYS = tuple(key(r) for r in RELATIONS)


class State:
    """A sentence half read. The root stands behind its last word."""

    __slots__ = ("buffer", "count", "heads", "left", "relations", "right", "stack", "tags", "words")

    def __init__(self, words: Sequence[str], tags: Sequence[str]) -> None:
        self.count = len(words)
        self.words = [*(key(w.lower()) for w in words), key("<root>")]
        self.tags = [*(key(t) for t in tags), key("<ROOT>")]
        self.stack: list[int] = []
        self.buffer = 0
        self.heads = [-1] * (self.count + 1)
        self.relations = [0] * (self.count + 1)
        self.left: list[list[int]] = [[] for _ in range(self.count + 1)]
        self.right: list[list[int]] = [[] for _ in range(self.count + 1)]

    @property
    def done(self) -> bool:
        return self.buffer == self.count and not self.stack

    def allowed(self) -> tuple[bool, bool, bool]:
        """Whether it may read on, hang to the left, hang to the right."""
        return self.buffer < self.count, bool(self.stack), len(self.stack) > 1

    def take(self, move: int) -> None:
        if move == SHIFT:
            self.stack.append(self.buffer)
            self.buffer += 1
            return
        child = self.stack.pop()
        if move < RIGHT:
            head, relation = self.buffer, move - LEFT
            self.left[head].append(child)
        else:
            head, relation = self.stack[-1], move - RIGHT
            self.right[head].append(child)
        self.heads[child], self.relations[child] = head, relation

    def features(self) -> npt.NDArray[np.int64]:
        """The rows of the weights that speak here."""
        stack, n = self.stack, self.count
        s0 = stack[-1] if stack else -1
        s1 = stack[-2] if len(stack) > 1 else -1
        s2 = stack[-3] if len(stack) > 2 else -1
        b0 = self.buffer
        l0, r0 = (self.left[s0], self.right[s0]) if s0 >= 0 else ((), ())
        l1, r1 = (self.left[s1], self.right[s1]) if s1 >= 0 else ((), ())
        lb = self.left[b0]
        nodes = (
            s0, s1, s2, b0, b0 + 1 if b0 < n else -1, b0 + 2 if b0 + 1 < n else -1,
            l0[-1] if l0 else -1, l0[-2] if len(l0) > 1 else -1, r0[-1] if r0 else -1, r0[-2] if len(r0) > 1 else -1,
            l1[-1] if l1 else -1, r1[-1] if r1 else -1, r1[-2] if len(r1) > 1 else -1,
            lb[-1] if lb else -1, lb[-2] if len(lb) > 1 else -1,
        )  # fmt: skip
        atoms: list[int] = []
        words, tags, relations, heads = self.words, self.tags, self.relations, self.heads
        for node in nodes:
            if node < 0:
                atoms += (0, 0, 0)
            else:
                atoms += (words[node], tags[node], _RELATION_KEYS[relations[node]] if heads[node] >= 0 else 0)
        atoms += (
            min(b0 - s0, 6) if s0 >= 0 else 9, min(s0 - s1, 6) if s1 >= 0 else 9,
            1 + min(len(l0), 3), 1 + min(len(r0), 3), 1 + min(len(r1), 3), 1 + min(len(lb), 3), 0,
        )  # fmt: skip
        v = np.array(atoms, dtype=np.uint64)
        mixed = (v[_A] + _SALT) * _P
        mixed = ((mixed ^ (mixed >> np.uint64(29))) + v[_B]) * _Q
        mixed = ((mixed ^ (mixed >> np.uint64(31))) + v[_C]) * _R
        rows: npt.NDArray[np.int64] = (((mixed >> _DOWN) ^ mixed) & _MASK).astype(np.int64)
        return rows


def best_move(scores: npt.NDArray[np.generic], state: State) -> int:
    """The move of highest score among those that are allowed."""
    read, left, right = state.allowed()
    best, high = -1, float("-inf")
    for may, first, after in ((read, SHIFT, LEFT), (left, LEFT, RIGHT), (right, RIGHT, MOVES)):
        if may:
            k = first + int(scores[first:after].argmax())
            if float(scores[k]) > high:
                best, high = k, float(scores[k])
    return best


@dataclass(frozen=True, slots=True)
class Parsed:
    """For each word the index of its head (-1 for the root) and its relation to it."""

    heads: tuple[int, ...]
    relations: tuple[str, ...]
    doubt: float
    """How unsure the reading is: the mean over its moves of how near the second best came, 0 to 1."""


def parse(words: Sequence[str], tags: Sequence[str]) -> Parsed:
    """The dependencies of one sentence, its words tagged as in the Penn Treebank."""
    weights = _weights()
    state = State(words, tags)
    doubt, moves = 0.0, 0
    while not state.done:
        scores = weights[state.features()].sum(axis=0, dtype=np.int32)
        best = best_move(scores, state)
        high = int(scores[best])
        scores[best] = -(1 << 30)
        second = best_move(scores, state)
        doubt += 1 / (1 + max(0, high - int(scores[second])) / 40) if sum(state.allowed()) > 1 else 0.0
        moves += 1
        state.take(best)
    heads = tuple(-1 if h == state.count else h for h in state.heads[: state.count])
    return Parsed(heads, tuple(RELATIONS[r] for r in state.relations[: state.count]), doubt / max(1, moves))


@cache
def _weights() -> npt.NDArray[np.int8]:
    with files(__package__).joinpath("parser.npz").open("rb") as stored, np.load(stored) as arrays:
        dense = np.zeros((SIZE, MOVES), dtype=np.int8)
        dense[arrays["rows"].astype(np.int64).cumsum(), arrays["moves"]] = arrays["weights"]
        return dense
