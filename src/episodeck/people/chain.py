"""A linear-chain conditional random field over two states, with hashed features."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Features = Iterable[Collection[int]]
"""For each step, the hashed features that it has; made one by one, for together they fill the memory."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What hashed features weigh: of a step for state 1, of a boundary for a change to state 1 and to state 0."""

    said: dict[int, float]
    to_one: dict[int, float]
    to_zero: dict[int, float]

    @classmethod
    def of(cls, said_ids: Sequence[int], between_ids: Sequence[int], values: Sequence[float]) -> Weights:
        """Weights from one sequence of values: of steps, of changes to state 1, of changes to state 0."""
        n, m = len(said_ids), len(between_ids)
        return cls(
            dict(zip(said_ids, values[:n], strict=True)),
            dict(zip(between_ids, values[n : n + m], strict=True)),
            dict(zip(between_ids, values[n + m :], strict=True)),
        )

    def shares(self, said: Features, between: Features) -> Floats:
        """The probability of state 1 at each step; `between` begins with what stands before the first, nothing."""
        import numpy as np

        one, up, down = self.said.get, self.to_one.get, self.to_zero.get
        return posteriors(
            np.array([sum(one(f, 0.0) for f in found) for found in said]),
            np.array(
                [(sum(up(f, 0.0) for f in found), sum(down(f, 0.0) for f in found)) for found in between]
            ),
        )


def posteriors(one: Floats, change: Floats) -> Floats:
    """Probability of state 1 at each step, by the forward-backward recursions.

    `one` (n): score of state 1, state 0's being 0. `change` (n, 2): score of changing from 0 to 1 and
    from 1 to 0 before each step, staying being 0.
    """
    import numpy as np

    n = len(one)
    forward, backward = np.zeros((n, 2)), np.zeros((n, 2))
    forward[0, 1] = one[0]
    for i in range(1, n):
        a, b = forward[i - 1]
        forward[i, 0] = np.logaddexp(a, b + change[i, 1])
        forward[i, 1] = np.logaddexp(b, a + change[i, 0]) + one[i]
    for i in range(n - 2, -1, -1):
        a, b = backward[i + 1, 0], backward[i + 1, 1] + one[i + 1]
        backward[i, 0] = np.logaddexp(a, b + change[i + 1, 0])
        backward[i, 1] = np.logaddexp(b, a + change[i + 1, 1])
    odds = forward[:, 1] + backward[:, 1] - forward[:, 0] - backward[:, 0]
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -50, 50))))
