"""How likely a careful reader is to choose a sentence: logistic regressions, learned from annotated episodes."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .features import NAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "weights.json"
BAD = "not worth a card"
"""What is learned from the stretches that annotators marked so: biography, logistics, banter, recaps, reading ads."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each feature, in the order of `features.NAMES`, and a constant."""

    features: tuple[float, ...]
    constant: float


def chances(features: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """For every row of `features.describe`, how likely it is a good part of a `claim` or a `quote`, from 0 to 1.

    That is the probability that a reader chooses it, less the share of it that speaks of what is not worth a card.
    """
    return _probabilities(features, kind) * (1 - _probabilities(features, BAD))


def score(worth: float, kind: str, wish: float = 0.0) -> float:
    """The probability that a highlight of this worth rests on what a careful reader chose, from 0 to 1.

    `wish` is what a reader's taste adds to its log-odds.
    """
    slope, constant = _stored()["calibration"][kind]
    return 1 / (1 + math.exp(-(slope * worth + constant + wish)))


def _probabilities(features: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    import numpy as np

    weights = _weights(kind)
    logits = features @ np.array(weights.features) + weights.constant
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float64)


@cache
def _weights(kind: str) -> Weights:
    values = _stored()[kind]
    return Weights(tuple(values["features"][name] for name in NAMES), values["constant"])


@cache
def _stored() -> dict[str, dict[str, Any]]:
    stored: dict[str, dict[str, Any]] = json.loads(
        files(__package__).joinpath(WEIGHTS).read_text(encoding="utf-8")
    )
    return stored
