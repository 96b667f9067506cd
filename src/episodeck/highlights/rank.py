"""How likely a careful reader is to choose a sentence: logistic regression, learned from annotated episodes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from .features import NAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = "weights.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each feature, in the order of `features.NAMES`, and a constant."""

    features: tuple[float, ...]
    constant: float


def probabilities(features: NDArray[np.float64], kind: str) -> NDArray[np.float64]:
    """For every row of `features.describe`, the probability that it is part of a `claim` or a `quote`."""
    import numpy as np

    weights = _weights(kind)
    logits = features @ np.array(weights.features) + weights.constant
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float64)


@cache
def _weights(kind: str) -> Weights:
    stored = json.loads(files(__package__).joinpath(WEIGHTS).read_text(encoding="utf-8"))
    values = stored[kind]
    return Weights(tuple(values["features"][name] for name in NAMES), values["constant"])
