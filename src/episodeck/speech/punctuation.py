"""Punctuation, capitals and turn ends of bare words, by linear models over hashed features.

`mark` and `turn_ends` are all that `restore` knows of the models.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from . import features
from .readable import slips, sounds
from .sentences import SURE_END

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.uint64]

_END_BIAS = 0.25
_LENGTH_WEIGHT = 0.7
_COMMA_ODDS = 0.9
_QUESTION = 0.4
_MARK = re.compile(r"[.,;:!?…]+[\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Marked:
    """Words with punctuation and capitals, and where sentences and perhaps turns end."""

    words: tuple[str, ...]
    ends: tuple[int, ...]
    """Offset of the last word of each sentence."""
    turn_ends: tuple[float, ...]
    """For each sentence, how likely it is that another speaks after it, 0 to 1; or nothing."""


def punctuated(words: Sequence[str], longest: int = 45) -> bool:
    """Whether these words have sentence ends: at least one in `longest` words, as speech has."""
    ends = sum(SURE_END.search(word[-8:]) is not None for word in words)
    return ends * longest >= len(words) > 0


def mark(words: Sequence[str]) -> Marked:
    """Bare words as sentences. Sound marks such as [Music] go with the sentence before them.

    A mark that a word has already is kept.
    """
    import numpy as np

    silent = sounds(words)
    unsaid = silent | slips(words)  # the model reads fluent speech best
    spoken = [k for k in range(len(words)) if k not in unsaid]
    if not spoken:
        return Marked(tuple(words), (len(words) - 1,) if words else (), ())
    bare = [words[k] for k in spoken]
    model = _model()
    codes, endings, capitals = features.encode(bare)
    ends, commas = model.boundaries(codes, endings, capitals)
    ends = np.union1d(ends, [k for k, word in enumerate(bare) if SURE_END.search(word[-8:])]).astype(np.int64)
    questions, turns = model.sentences(codes, ends)

    shown = [
        word.lower() if word[:1].isupper() and k in unsaid - silent else word for k, word in enumerate(words)
    ]
    for k, word, capital in zip(spoken, bare, model.capitals(codes, endings, capitals), strict=True):
        shown[k] = model.cased(word, capital=capital)
    for k in np.setdiff1d(commas, ends).tolist():
        if not _MARK.search(bare[k][-8:]):
            shown[spoken[k]] += ","
    last_words, first = [], 0
    for end, question in zip(ends.tolist(), questions.tolist(), strict=True):
        last = spoken[end]
        if not _MARK.search(bare[end][-8:]):
            shown[last] += "?" if question > _QUESTION else "."
        limit = spoken[end + 1] if end + 1 < len(spoken) else len(words)
        while last + 1 < limit and (limit == len(words) or last + 1 in silent):
            last += 1
        while first < last and first in silent:
            first += 1
        shown[first] = _capitalised(shown[first])
        first = last + 1
        last_words.append(last)
    return Marked(tuple(shown), tuple(last_words), tuple(turns.tolist()))


def turn_ends(words: Sequence[str], ends: Sequence[int]) -> tuple[float, ...]:
    """For each sentence, given its last word's offset, how likely it is that another speaks after it."""
    import numpy as np

    if not words:
        return ()
    codes, _, _ = features.encode(words)
    return tuple(_model().sentences(codes, np.array(ends, dtype=np.int64))[1].tolist())


def _capitalised(word: str) -> str:
    for k, char in enumerate(word[:4]):
        if char.isalnum():
            return word[:k] + char.upper() + word[k + 1 :] if word[k:].islower() else word
    return word


class Model:
    """The weights, unpacked."""

    def __init__(self, stored: Mapping[str, NDArray[Any]], forms: Sequence[str] = ()):
        import numpy as np

        self._hazards = stored["hazards"].astype(np.float64)
        self._forms = {form.lower(): form for form in forms}
        self._tables: dict[str, NDArray[np.int8]] = {}
        self._scales: dict[str, tuple[float, NDArray[np.float64]]] = {}
        for name in ("boundary", "capital", "sentence"):
            if f"{name}_kept" not in stored:
                continue
            values = stored[f"{name}_values"]
            rows = np.flatnonzero(np.unpackbits(stored[f"{name}_kept"]))
            table = np.zeros((1 << features.BITS, len(values)), dtype=np.int8)
            table[rows] = values.T
            self._tables[name] = table
            self._scales[name] = float(stored[f"{name}_scale"]), stored[f"{name}_bias"]

    def _scores(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        import numpy as np

        scale, bias = self._scales[name]
        total: NDArray[np.float64] = self._tables[name][rows].sum(axis=1, dtype=np.int32) * scale + bias
        return total

    def boundaries(
        self, words: Codes, endings: Codes, capitals: Codes
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Offsets of words that end a sentence (the last word always does), and of words with a comma."""
        import numpy as np

        scores = self._scores("boundary", features.boundary_rows(words, endings, capitals))
        scores -= np.logaddexp.reduce(scores, axis=1, keepdims=True)
        inner = np.logaddexp(scores[:, 0], scores[:, 1])
        ends = _best_ends(scores[:, 2] - inner + _END_BIAS, self._hazards * _LENGTH_WEIGHT)
        commas = np.flatnonzero(scores[:, 1] - scores[:, 0] > _COMMA_ODDS)
        return ends, commas

    def sentences(
        self, words: Codes, ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each sentence, how likely it is a question, and that the speaker changes after it."""
        import numpy as np

        edges, inner = features.sentence_rows(words, ends)
        starts = np.concatenate([[0], ends[:-1] + 1])
        scale, _ = self._scales["sentence"]
        sums = self._tables["sentence"][inner].sum(axis=1, dtype=np.int32)
        scores = self._scores("sentence", edges)
        scores += np.add.reduceat(sums, starts, axis=0) * scale / np.sqrt(ends - starts + 1)[:, None]
        chances = 1 / (1 + np.exp(-np.clip(scores, -30, 30)))
        return chances[:, 0], chances[:, 1]

    def capitals(self, words: Codes, endings: Codes, capitals: Codes) -> list[bool]:
        """Whether each word, inside a sentence, has a capital."""
        rows = features.capital_rows(words, endings, capitals)
        return [bool(x) for x in self._scores("capital", rows)[:, 0] > 0]

    def cased(self, word: str, *, capital: bool) -> str:
        """The word in the form it is usually written in."""
        if word.lower() in _ALWAYS:
            return word[:1].upper() + word[1:]
        if not capital:
            return word.lower() if word[:1].isupper() and word[1:].islower() else word
        form = self._forms.get(word.lower())
        if form and (word.islower() or word[1:].islower()):
            return form
        return word[:1].upper() + word[1:]


_ALWAYS = frozenset("i i'm i've i'd i'll i’m i’ve i’d i’ll".split())


def _best_ends(odds: NDArray[np.float64], hazards: NDArray[np.float64]) -> NDArray[np.int64]:
    """The most likely set of sentence ends: `odds` after each word, `hazards` by the sentence's length so far.

    No sentence is longer than there are hazards; the last word always ends one.
    """
    import numpy as np

    # best[l]: score of the best reading in which the sentence open at this word has l + 1 words so far.
    best = np.full(len(hazards), -np.inf)
    best[0] = 0.0
    lengths = np.zeros(len(odds), dtype=np.int64)
    for k, odd in enumerate(odds.tolist()):
        ending = best + hazards
        length = int(ending.argmax())
        lengths[k] = length + 1
        best[1:] = best[:-1]
        best[0] = ending[length] + odd
        if k % 512 == 511:
            best -= best.max()
    ends, at = [], len(odds) - 1
    while at >= 0:
        ends.append(at)
        at -= int(lengths[at])
    return np.array(ends[::-1], dtype=np.int64)


@cache
def _model() -> Model:
    import numpy as np

    folder = files(__package__)
    with folder.joinpath("restorer.npz").open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    forms = json.loads(gzip.decompress(folder.joinpath("casing.json.gz").read_bytes()))
    return Model(arrays, forms)
