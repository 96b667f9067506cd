"""What a small transformer makes of bare words: punctuation, case and turn ends, as probabilities.

The network (`encoder.onnx`, 8-bit) was fine-tuned by training/speech_encoder.py. It sees lower-case
word pieces, and for each word whether a lexicon knows it as written with capitals.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ..networks import network
from .pieces import FIRST, LAST, shared_vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NONE, COMMA, PERIOD, QUESTION, LOWER, CAPITAL, UPPER, TURN = range(8)
"""The columns of `probabilities`."""

_WINDOW = 256
"""Word pieces the network sees at once, its first and last mark included."""
_OVERLAP = 48
"""Word pieces that two windows share: words near an edge lack context."""


def probabilities(words: Sequence[str]) -> NDArray[np.float32]:
    """For every word, the probability of each column: shape (words, 8).

    NONE to QUESTION (what follows the word) sum to 1, and so do LOWER to UPPER; TURN stands alone. A word
    without letters or digits is NONE and LOWER. Of a word in parts (non-fungible) the last decides what
    follows, the first the case.
    """
    return _encoder().probabilities(words)


def written(word: str) -> str | None:
    """The form with capitals in which the lexicon knows a word (GitHub, APIs), if it does."""
    return _encoder().forms.get(word.lower())


@cache
def _encoder() -> _Encoder:
    return _Encoder()


class _Encoder:
    def __init__(self) -> None:
        self._session = network(__package__, "encoder.onnx")
        self._vocabulary = shared_vocabulary()
        folder = files(__package__)
        self._buckets: dict[str, int] = {}
        self.forms: dict[str, str] = {}
        for line in folder.joinpath("encoder_lexicon.txt").read_text(encoding="utf-8").splitlines():
            bucket, form = line.split(" ")
            self._buckets[form.lower()] = int(bucket)
            self.forms[form.lower()] = form

    def probabilities(self, words: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        out = np.zeros((len(words), 8), np.float32)
        out[:, (NONE, LOWER)] = 1
        ids: list[int] = []
        buckets: list[int] = []
        starts: list[int] = []
        owners: list[int] = []
        for n, word in enumerate(words):
            for part in self._vocabulary.parts(word):
                pieces = self._vocabulary.pieces(part)
                starts.append(len(ids))
                owners.append(n)
                ids += pieces
                buckets += [self._buckets.get(part, 0)] * len(pieces)
        if not owners:
            return out
        starts.append(len(ids))
        rows = _softmaxes(self._logits(np.array(ids, np.int64), np.array(buckets, np.int64)))
        owner = np.array(owners)
        leads = np.ones(len(owner), bool)
        leads[1:] = owner[1:] != owner[:-1]
        trails = np.append(leads[1:], True)
        # A part is judged by its last piece.
        ends = np.array(starts[1:]) - 1
        out[owner[leads], LOWER : UPPER + 1] = rows[ends[leads], LOWER : UPPER + 1]
        out[owner[trails], : QUESTION + 1] = rows[ends[trails], : QUESTION + 1]
        out[owner[trails], TURN] = rows[ends[trails], TURN]
        return out

    def _logits(self, ids: NDArray[np.int64], buckets: NDArray[np.int64]) -> NDArray[np.float32]:
        """Of every piece, from the window in which it is farthest from an edge: shape (pieces, 8)."""
        import numpy as np

        room = _WINDOW - 2
        out = np.zeros((len(ids), 8), np.float32)
        done = first = 0
        while done < len(ids):
            last = first + room >= len(ids)
            if last:
                # The last window reaches back as far as it can.
                first = max(0, len(ids) - room)
            end = min(first + room, len(ids))
            window = np.zeros((2, 1, end - first + 2), np.int64)
            window[0, 0, 0], window[0, 0, -1] = FIRST, LAST
            window[:, 0, 1:-1] = ids[first:end], buckets[first:end]
            logits: Any = self._session.run(None, {"ids": window[0], "buckets": window[1]})[0][0][1:-1]
            until = end if last else end - _OVERLAP // 2
            out[done:until] = logits[done - first : until - first]
            done, first = until, until - _OVERLAP // 2
        return out


def _softmaxes(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits (n, 8) to two softmaxes and a sigmoid."""
    import numpy as np

    out = np.empty_like(logits)
    for columns in (slice(NONE, QUESTION + 1), slice(LOWER, UPPER + 1)):
        e = np.exp(logits[:, columns] - logits[:, columns].max(axis=1, keepdims=True))
        out[:, columns] = e / e.sum(axis=1, keepdims=True)
    out[:, TURN] = 1 / (1 + np.exp(-logits[:, TURN]))
    return out
