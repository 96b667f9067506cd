"""Where an episode is worth reading closely: what the network will say of each sentence, guessed without it.

A linear guess from the plain features of a sentence and of those around it, learned from what the network says of talks
(training/glance.py). The network takes most of the time that choosing takes; where the guess is lowest it isn't asked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..model import Spoken

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

AROUND = 3
"""So many sentences before and after have a part in the guess."""
_NOTHING = -20.0


def guess(plain: Matrix) -> Matrix:
    """Log-odds of CLAIM, TOP, QUOTE and BAD as the network would give them: shape (sentences, 4).

    `plain` are the sentences' features as `features.plain` gives them.
    """
    weights, constant = _weights()
    guessed: Matrix = seen(plain) @ weights + constant
    return guessed


def seen(plain: Matrix) -> Matrix:
    """The features of each sentence, and their means among it and its neighbours."""
    import numpy as np

    n = len(plain)
    sums = np.vstack([np.zeros((1, plain.shape[1])), np.cumsum(plain, axis=0)])
    first = np.maximum(0, np.arange(n) - AROUND)
    end = np.minimum(n, np.arange(n) + AROUND + 1)
    return np.hstack([plain, (sums[end] - sums[first]) / np.maximum(1, end - first)[:, None]])


def promise(spoken: Sequence[Spoken], guessed: Matrix) -> Matrix:
    """How much each sentence promises: its log-odds of being a claim; next to nothing where it is set aside."""
    import numpy as np

    aside = np.array([s.sentence.aside is not None for s in spoken], bool)
    return np.where(aside, _NOTHING, guessed[:, 0])


@cache
def _weights() -> tuple[Matrix, Matrix]:
    import numpy as np

    stored = json.loads(files(__package__).joinpath("glance.json").read_text(encoding="utf-8"))
    return np.array(stored["weights"]), np.array(stored["constant"])
