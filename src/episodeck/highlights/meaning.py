"""What sentences are about: the mean of their words' vectors, rare words counting more.

The vectors (`words.npz`) are those that a sentence encoder begins with, cut down to the directions in which the
words of talk differ most; training/meanings.py makes the file. Looking words up costs next to nothing, which is what
comparing talk with a reader's taste needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZE = 64
"""Numbers in a vector."""


@dataclass(frozen=True, slots=True)
class _Words:
    number: dict[str, int]
    vectors: NDArray[np.float32]
    weights: NDArray[np.float32]
    """What a word counts in a mean: near 0 for *the*, near 1 for what is hardly ever said."""


def meanings(sentences: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """One row for each sentence, given as lower-case words: shape (sentences, SIZE); zeros where no word is known."""
    import numpy as np

    known = _words()
    out = np.zeros((len(sentences), SIZE), np.float32)
    for i, sentence in enumerate(sentences):
        found = [known.number[word] for word in sentence if word in known.number]
        if found:
            weights = known.weights[found]
            out[i] = weights @ known.vectors[found] / weights.sum()
    return out


def weight(word: str) -> float:
    """What a lower-case word counts in a mean: near 0 for *the*, 1 for what is hardly ever said or not known at all."""
    known = _words()
    at = known.number.get(word)
    return 1.0 if at is None else float(known.weights[at])


@cache
def _words() -> _Words:
    import numpy as np

    data = files(__package__).joinpath("words.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        listed = str(stored["words"]).split("\n")
        vectors = stored["vectors"].astype(np.float32) * stored["scale"].astype(np.float32)
        weights = stored["weights"].astype(np.float32)
    return _Words({word: i for i, word in enumerate(listed)}, vectors, weights)
