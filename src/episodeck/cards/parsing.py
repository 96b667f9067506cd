"""Which word depends on which: a small network, with weights trained for this project.

The network (`parser.onnx`, 8-bit, made by training/parser.py) scores every word as the head of every other, names the
relation, and tags the words. The relations are those of Universal Dependencies, most subtypes left out; tags are Penn's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from ..networks import network
from ..speech.pieces import FIRST, LAST, UNKNOWN, Vocabulary, shared_vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RELATIONS = tuple(
    """root nsubj nsubj:pass csubj obj iobj obl nmod nmod:poss amod det case mark aux aux:pass cop advmod advcl ccomp xcomp acl
    acl:relcl conj cc compound compound:prt flat fixed appos nummod expl punct parataxis discourse dep""".split()
)
TAGS = tuple(
    """CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP SYM TO UH VB VBD VBG VBN VBP VBZ
    WDT WP WP$ WRB . , : `` '' -LRB- -RRB- HYPH NFP ADD $ AFX GW #""".split()
)
MOST_PIECES = 160
"""Word pieces of a sentence that the network sees, its first and last mark included."""
_PART = re.compile(r"[^\W_]+(?:'[^\W_]+)*|'[^\W_]+")


@dataclass(frozen=True, slots=True)
class Parsed:
    """For each word the index of its head (-1 for the root), its relation to it, and its tag."""

    heads: tuple[int, ...]
    relations: tuple[str, ...]
    tags: tuple[str, ...]
    doubt: float
    """How unsure the reading is: the mean chance that a word's head is another one, 0 to 1."""


def parse(words: Sequence[str]) -> Parsed:
    """The dependencies of one sentence. Of a very long one, the words at the end hang on the one before."""
    if not words:
        return Parsed((), (), (), 0.0)
    parser = _parser()
    ids, cases, firsts = numbered(words, parser.vocabulary)
    fit = sum(place < MOST_PIECES - 1 for place in firsts)
    arcs, labels, tags = parser.scores(ids, cases, firsts[:fit])
    heads, relations, doubt = decoded(arcs, labels)
    found = [TAGS[k] for k in tags[1:].argmax(axis=1).tolist()]
    over = range(len(heads), len(words))
    return Parsed(
        (*heads, *(i - 1 for i in over)),
        (*relations, *("dep" for _ in over)),
        (*found, *("NN" for _ in over)),
        doubt,
    )


def numbered(words: Sequence[str], vocabulary: Vocabulary) -> tuple[list[int], list[int], list[int]]:
    """Word pieces, how each one's word is written (small, with a capital, in capitals), and each word's first piece.

    The first place is the root's.
    """
    ids, cases, firsts = [FIRST], [0], [0]
    for word in words:
        plain = word.replace("’", "'")
        found = [piece for part in _PART.findall(plain.lower()) for piece in vocabulary.pieces(part)]
        found = found or [vocabulary.numbers.get(plain, UNKNOWN)]
        firsts.append(len(ids))
        ids += found
        upper = sum(c.isupper() for c in word)
        cases += [2 if upper > 1 else int(bool(upper))] * len(found)
    return [*ids, LAST], [*cases, 0], firsts


def decoded(
    arcs: NDArray[np.float32], labels: NDArray[np.float32]
) -> tuple[tuple[int, ...], tuple[str, ...], float]:
    """Heads (-1 for the root), relations and doubt from log-odds; row and column 0 are the root's."""
    import numpy as np

    n = len(arcs) - 1
    if not n:
        return (), (), 0.0
    scores = arcs[1:].astype(np.float64)
    scores[np.arange(n), np.arange(1, n + 1)] = -1e9  # no word hangs on itself
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances = odds / odds.sum(axis=1, keepdims=True)
    heads = scores.argmax(axis=1)
    if (heads == 0).sum() != 1 or not _reaches_root(heads):
        heads = _grown(np.log(chances + 1e-12))
    doubt = float(1 - chances[np.arange(n), heads].mean())
    relations = labels[np.arange(1, n + 1), heads].argmax(axis=1)
    named = tuple(
        "root" if h == 0 else (RELATIONS[r] if r else "dep")
        for h, r in zip(heads.tolist(), relations.tolist(), strict=True)
    )
    return tuple(h - 1 for h in heads.tolist()), named, doubt


def _reaches_root(heads: NDArray[np.int64]) -> bool:
    safe = {0}
    for start in range(1, len(heads) + 1):
        seen: list[int] = []
        at = start
        while at not in safe:
            if at in seen:
                return False
            seen.append(at)
            at = int(heads[at - 1])
        safe.update(seen)
    return True


def _grown(chances: NDArray[np.float64]) -> NDArray[np.int64]:
    """A tree from the root outwards: of all words that could be hung on what hangs already, the surest first."""
    import numpy as np

    n = len(chances)
    heads = np.zeros(n, np.int64)
    first = int(chances[:, 0].argmax())
    open_ = np.ones(n, bool)
    open_[first] = False
    hung = [first + 1]
    while open_.any():
        rows = np.flatnonzero(open_)
        best = chances[np.ix_(rows, np.array(hung))]
        row, column = np.unravel_index(int(best.argmax()), best.shape)
        heads[rows[row]] = hung[int(column)]
        open_[rows[row]] = False
        hung.append(int(rows[row]) + 1)
    return heads


@cache
def _parser() -> _Parser:
    return _Parser()


class _Parser:
    def __init__(self) -> None:
        self._session = network(__package__, "parser.onnx")
        self.vocabulary = shared_vocabulary()

    def scores(
        self, ids: list[int], cases: list[int], firsts: list[int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Log-odds of heads, relations and tags, as `training/parser.py` describes them."""
        import numpy as np

        fed = {"ids": ids[:MOST_PIECES], "cases": cases[:MOST_PIECES], "firsts": firsts}
        found: Any = self._session.run(None, {name: np.array([row], np.int64) for name, row in fed.items()})
        return found[0][0], found[1][0], found[2][0]
