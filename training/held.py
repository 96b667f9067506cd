"""What networks said of annotated episodes they had not learned from: log-odds of sentences, none of their words.

The chooser learns from these how far to trust the network that ships. Training a network takes long, so they are
kept (`reader_held.npz`, by training/reader.py), with the tokens of each sentence as places.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HELD = Path(__file__).resolve().parent / "reader_held.npz"
Rows = NDArray[np.float32]


def stored(name: str, spans: Sequence[tuple[int, int]], said: Rows) -> dict[str, NDArray[np.generic]]:
    """The arrays to keep under a name: where each sentence ends (tokens), and what was said, in half precision."""
    ends = np.array([end for _, end in spans], np.int32)
    return {f"{name} ends": ends, f"{name} said": said.astype(np.float16)}


def held(name: str, spans: Sequence[tuple[int, int]]) -> Rows:
    """What was said of the sentences at these tokens: of one that was cut otherwise then, the mean of its tokens'."""
    kept = _kept()
    ends, said = kept[f"{name} ends"].astype(np.int64), kept[f"{name} said"].astype(np.float64)
    sizes = np.diff(ends, prepend=0)
    # Sums up to every sentence's end, and in between as far as one has come.
    sums = np.vstack([np.zeros((1, said.shape[1])), np.cumsum(said * sizes[:, None], axis=0)])
    places, at = np.unique(np.concatenate([[0], ends]), return_index=True)

    def until(token: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.column_stack([np.interp(token, places, column[at]) for column in sums.T])

    first, end = (np.array(side, np.int64) for side in zip(*spans, strict=True))
    return ((until(end) - until(first)) / np.maximum(1, end - first)[:, None]).astype(np.float32)


@cache
def _kept() -> dict[str, NDArray[np.generic]]:
    with np.load(HELD, allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}
