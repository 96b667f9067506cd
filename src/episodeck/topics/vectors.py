"""Likeness of words in meaning, from which words occur near each other in a large collection of talk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, Any

from .subjects import Profile
from .words import background, is_stop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIKENESS = 20.0
"""What a likeness of 1 counts, in the unit of mentions."""
AROUND = 0.05
"""What a word of the surroundings counts beside one of the stretch."""


@dataclass(frozen=True, slots=True)
class _Vectors:
    number: dict[str, int]
    rows: NDArray[np.float32]
    """One row of length 1 for each word."""


@lru_cache(maxsize=1)
def _vectors() -> _Vectors:
    import numpy as np

    data = resources.files(__package__).joinpath("vectors.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as stored:
        rows = stored["vectors"].astype(np.float32)
        listed = str(stored["words"]).split("\n")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-9
    return _Vectors({w: i for i, w in enumerate(listed)}, rows)


def nearest(word: str, others: Sequence[str]) -> float:
    """How near in meaning the nearest of some lower-case words is to one, -1 to 1; 0 where one side isn't known."""
    known = _vectors()
    rows = [known.number[other] for other in others if other in known.number]
    if word not in known.number or not rows:
        return 0.0
    return float((known.rows[rows] @ known.rows[known.number[word]]).max())


def _mean(weighted: Sequence[tuple[str, float]]) -> NDArray[Any]:
    known = _vectors()
    return _mean_of([(known.number[w], weight) for w, weight in weighted if w in known.number])


def _mean_of(found: Sequence[tuple[int, float]]) -> NDArray[Any]:
    """The mean of these rows, each with a weight, at length 1."""
    import numpy as np

    known = _vectors()
    if not found:
        return np.zeros(known.rows.shape[1], dtype=np.float32)
    rows, weights = zip(*found, strict=True)
    mean = np.asarray(weights, dtype=np.float32) @ known.rows[list(rows)]
    return mean / (np.linalg.norm(mean) + 1e-9)


@lru_cache(maxsize=1024)
def _topic(profile: Profile) -> NDArray[Any]:
    weighted = [
        (word, weight / max(1, len(t.split())) * (2.0 if i == 0 else 1.0))
        for i, (t, weight) in enumerate(profile.terms)
        for word in t.split()
        if not is_stop(word)
    ]
    return _mean(weighted)


def likeness(profiles: Sequence[Profile], here: Sequence[str], around: Sequence[str]) -> list[float]:
    """How near each topic is in meaning to a stretch and, at a lower weight, its surroundings."""
    stretch = _mean_of(
        [
            (known[0], weight * known[1])
            for stream, weight in ((here, 1.0), (around, AROUND))
            for word in stream
            if (known := _known(word)) is not None
        ]
    )
    return [round(LIKENESS * float(_topic(profile) @ stretch), 4) for profile in profiles]


@lru_cache(maxsize=1 << 16)
def _known(word: str) -> tuple[int, float] | None:
    """The row of a word that carries meaning, and how telling it is."""
    number = None if is_stop(word) else _vectors().number.get(word)
    return None if number is None else (number, max(0.0, background().weight(word)))


def nearness(profiles: Sequence[Profile], stream: Sequence[str]) -> list[float]:
    """How near each topic is in meaning to a whole text, -1 to 1; 1 for topics of unknown words."""
    known = background()
    counts = Counter(stream)
    text = _mean([(w, known.surprise(w, n, len(stream))) for w, n in counts.items() if not is_stop(w)])
    return [
        float(row @ text) if (row := _topic(profile)).any() and text.any() else 1.0 for profile in profiles
    ]
