"""What the second look at unlabelled talk sees: the first look's answers around a sentence, and each one's way of speaking.

Who says "sort of" and who says "you know" differs from talk to talk. Once the first look has found most
of what the two say, their words elsewhere in the talk tell whose a doubtful sentence is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import sqrt
from typing import TYPE_CHECKING
from zlib import crc32

from .first_look import Line, bucket, certainty

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_VOCABULARY = 400
_LEAST = 8
"""Sentences in which a word occurs at least to tell of somebody's way of speaking."""
_NEAR = 8
"""Sentences on both sides that do not count: there the two share a subject."""
_PRIOR = 100.0
"""Words that are taken to be spoken alike before any are counted."""
_MOST = 1.5
"""The most that one word may tell, in log odds."""


def said(sentences: Sequence[Line], shares: Floats) -> Iterator[set[int]]:
    """Hashed features of each sentence; `shares` are the first look's probabilities of the host."""
    for found in _said(sentences, shares):
        yield {crc32(f.encode()) for f in found}


def between(sentences: Sequence[Line], shares: Floats) -> Iterator[set[int]]:
    """Hashed features of the boundary before each sentence; before the first there is none."""
    yield set()
    for i, (before, after) in enumerate(pairwise(sentences), 1):
        change = certainty(after.change)
        step = _step(float(shares[i] - shares[i - 1]), 0.15, 6)
        found = {
            "bias",
            f"known {after.boundary}",
            f"{after.boundary} change {change}",
            f"change {change}",
            f"step {step}",
            f"change {change} step {step}",
            f"change {change} question {before.question}",
            f"change {change} length {bucket(len(after.words))}",
            f"begins {' '.join(after.words[:1])}",
        }
        yield {crc32(f.encode()) for f in found}


def _said(sentences: Sequence[Line], shares: Floats) -> Iterator[set[str]]:
    n = len(sentences)
    host: list[float] = shares.tolist()
    sizes = [len(line.words) + 0.5 for line in sentences]
    words = [0.0, *accumulate(sizes)]
    hosts = [0.0, *accumulate(p * size for p, size in zip(host, sizes, strict=True))]

    def mean(first: int, end: int) -> float:
        return (hosts[end] - hosts[first]) / (words[end] - words[first]) if end > first else 0.0

    begins = [0, *(i for i in range(1, n) if (host[i] > 0.5) != (host[i - 1] > 0.5)), n]
    manner = way_of_speaking(sentences, shares)
    told = [0.0, *accumulate(manner)]
    whole = _step(mean(0, n), 0.1, 10)
    for i, line in enumerate(sentences):
        odds = certainty(host[i])
        found = {
            "bias",
            f"own {odds}",
            f"host's share {whole}",
            f"length {bucket(len(line.words))}",
            f"? {line.question}",
            f"manner {_step(manner[i], 0.5, 12)}",
            f"manner a word {_step(manner[i] / sqrt(len(line.words) + 1), 0.15, 12)}",
            f"manner near {_step(told[min(n, i + 5)] - told[max(0, i - 4)], 1.0, 12)}",
        }
        for reach in (2, 5, 15, 50):
            first, end = max(0, i - reach), min(n, i + reach + 1)
            around = words[end] - words[first] - sizes[i]
            near = (hosts[end] - hosts[first] - host[i] * sizes[i]) / around if around > 0 else 0.0
            found.add(f"near {reach} {_step(near, 0.1, 10)}")
            if reach <= 5:
                found |= {
                    f"before {reach} {_step(mean(first, i), 0.2, 5)} {odds // 2}",
                    f"after {reach} {_step(mean(i + 1, end), 0.2, 5)} {odds // 2}",
                }
        k = bisect_right(begins, i) - 1
        first, end = begins[k], begins[k + 1]
        run = f"run {host[i] > 0.5} {int(words[end] - words[first]).bit_length()}"
        earlier = int(words[first] - words[begins[k - 1]]).bit_length() if k else -1
        found |= {
            run,
            f"{run} asks {sentences[end - 1].question}",
            f"{run} after {earlier}",
            f"run mean {host[i] > 0.5} {_step(mean(first, end), 0.1, 10)}",
            f"run manner {_step(told[end] - told[first], 1.0, 12)}",
        }
        yield found


def way_of_speaking(sentences: Sequence[Line], shares: Floats) -> list[float]:
    """For each sentence, the log odds that it is the host's by how the talk's commonest words are used elsewhere.

    Sentences whose speaker is doubtful count little, those near by not at all.
    """
    import numpy as np

    n = len(sentences)
    seen = Counter(word for line in sentences for word in set(line.words))
    column = {word: k for k, (word, count) in enumerate(seen.most_common(_VOCABULARY)) if count >= _LEAST}
    if not column:
        return [0.0] * n
    used = [np.array([column[w] for w in line.words if w in column], dtype=np.intp) for line in sentences]
    sure = np.clip((np.abs(shares - 0.5) - 0.1) * 2.5, 0, 1)
    weight = np.stack([sure * shares, sure * (1 - shares)])
    counts = np.zeros((2, len(column)))
    every = np.zeros(len(column))
    for i, columns in enumerate(used):
        np.add.at(every, columns, 1)
        for who in (0, 1):
            np.add.at(counts[who], columns, weight[who, i])
    prior = _PRIOR * every / every.sum() + 0.5
    totals = counts.sum(axis=1)

    def count(i: int, sign: float) -> None:
        for who in (0, 1):
            np.add.at(counts[who], used[i], sign * weight[who, i])
            totals[who] += sign * weight[who, i] * len(used[i])

    for i in range(min(_NEAR, n)):
        count(i, -1.0)
    out = []
    for i, columns in enumerate(used):
        if i + _NEAR < n:
            count(i + _NEAR, -1.0)
        if i - _NEAR > 0:
            count(i - _NEAR - 1, 1.0)
        odds = (
            np.log(counts[0, columns] + prior[columns])
            - np.log(counts[1, columns] + prior[columns])
            - np.log((totals[0] + prior.sum()) / (totals[1] + prior.sum()))
        )
        out.append(float(np.clip(odds, -_MOST, _MOST).sum()))
    return out


def _step(value: float, size: float, most: int) -> int:
    return round(max(-most, min(most, value / size)))
