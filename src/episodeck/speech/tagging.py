"""Parts of speech, by the averaged perceptron of NLTK with weights trained for this project.

NLTK looks up every feature of every word in a dictionary of dictionaries. Here all that doesn't depend on the tags
before is added up for a whole sentence at once; the tags are the same.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BEFORE, _AFTER = ("-START-", "-START2-"), ("-END-", "-END2-")
_TENTHS = 10
"""Weights are stored to one decimal, so tenths of them are whole numbers, whose sums are exact."""


def tag(tokens: Sequence[str]) -> list[tuple[str, str]]:
    """Each token of one sentence with its Penn Treebank tag.

    Tokens are words and punctuation marks apart, contractions split as in the treebank
    ("do", "n't"); `nltk.word_tokenize`-like. Whole words with marks on them are tagged too, less surely.
    """
    words = list(tokens)
    return list(zip(words, _tagger().tags(words), strict=True)) if words else []


@cache
def _tagger() -> _Tagger:
    return _Tagger(
        json.loads(gzip.decompress(files(__package__).joinpath("tagger.json.gz").read_bytes())),
    )


class _Tagger:
    """Weights as a table: a row for each feature, the first one empty; a column for each tag, in reverse order of
    their names, as the last name wins where two tags are equally likely."""

    def __init__(self, stored: dict[str, Any]) -> None:
        import numpy as np

        self._known: dict[str, str] = stored["tagdict"]
        self._names: list[str] = sorted(stored["classes"], reverse=True)
        column = {name: i for i, name in enumerate(self._names)}
        weights: dict[str, dict[str, float]] = stored["weights"]
        self._row = {feature: i for i, feature in enumerate(weights, 1)}
        sizes = [len(told) for told in weights.values()]
        rows = np.repeat(np.arange(1, len(weights) + 1), sizes)
        columns = [column[name] for told in weights.values() for name in told]
        values = np.array([value for told in weights.values() for value in told.values()])
        self._table: NDArray[np.int16] = np.zeros((len(weights) + 1, len(self._names)), np.int16)
        self._table[rows, columns] = np.rint(values * _TENTHS)
        self._after: dict[tuple[str, str], NDArray[np.int32]] = {}
        """What two tags say of the next, by the last and the one before."""

    def tags(self, words: Sequence[str]) -> list[str]:
        """The tag of each word of a sentence."""
        row, table = self._row, self._table
        context = [*_BEFORE, *map(_plain, words), *_AFTER]
        unsure = [i for i, word in enumerate(words) if word not in self._known]
        rows = [[row.get(f, 0) for f in _fixed(words[i], context, i + 2)] for i in unsure]
        # The word with the tag before comes in below.
        sums = dict(zip(unsure, table[rows].sum(axis=1, dtype="int32"), strict=True)) if rows else {}
        found: list[str] = []
        last, second = _BEFORE
        for i, word in enumerate(words):
            name = self._known.get(word)
            if name is None:
                both = row.get(f"i-1 tag+i word {last} {context[i + 2]}", 0)
                chances = sums[i] + self._tagged(last, second)
                if both:
                    chances = chances + table[both]
                best = int(chances.argmax())
                name = self._names[best]
                if (chances == chances[best]).sum() > 1:
                    name = self._decided(word, context, i + 2, last, second)
            found.append(name)
            last, second = name, last
        return found

    def _tagged(self, last: str, second: str) -> NDArray[np.int32]:
        known = self._after.get((last, second))
        if known is None:
            features = (f"i-1 tag {last}", f"i-2 tag {second}", f"i tag+i-2 tag {last} {second}")
            known = self._table[[self._row.get(f, 0) for f in features]].sum(axis=0, dtype="int32")
            self._after[last, second] = known
        return known

    def _decided(self, word: str, context: Sequence[str], at: int, last: str, second: str) -> str:
        """Of tags equally likely, the one that NLTK's sums of floating-point numbers, in its order, come out for."""
        import numpy as np

        bias, suffix, first, here, *around = _fixed(word, context, at)
        features = (
            bias, suffix, first, f"i-1 tag {last}", f"i-2 tag {second}", f"i tag+i-2 tag {last} {second}",
            here, f"i-1 tag+i word {last} {context[at]}", *around,
        )  # fmt: skip
        chances = np.zeros(len(self._names))
        for feature in features:
            chances += self._table[self._row.get(feature, 0)] / _TENTHS
        return self._names[int(chances.argmax())]


def _fixed(word: str, context: Sequence[str], at: int) -> tuple[str, ...]:
    """The features of a word that don't depend on tags, named as NLTK names them."""
    before, after = context[at - 1], context[at + 1]
    return (
        "bias", f"i suffix {word[-3:]}", f"i pref1 {word[:1]}", f"i word {context[at]}",
        f"i-1 word {before}", f"i-1 suffix {before[-3:]}", f"i-2 word {context[at - 2]}",
        f"i+1 word {after}", f"i+1 suffix {after[-3:]}", f"i+2 word {context[at + 2]}",
    )  # fmt: skip


def _plain(word: str) -> str:
    """A word as its neighbours see it, as NLTK has it."""
    if "-" in word and word[0] != "-":
        return "!HYPHEN"
    if word.isdigit() and len(word) == 4:
        return "!YEAR"
    if word and word[0].isdigit():
        return "!DIGITS"
    return word.lower()
