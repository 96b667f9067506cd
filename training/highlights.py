"""Learn what annotators choose: writes `src/episodeck/highlights/weights.json`.

    python training/highlights.py --gold ../shared/gold [--check]

Logistic regression on `highlights.features`, for claims and for quotes, over the `train-*`
episodes, each once as it is and once without speakers, since many transcripts have none.
`--check` prints five-fold cross-validated figures instead of writing.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from gold import Annotated, load
from numpy.typing import NDArray

from episodeck.highlights.choose import _best_windows, _distinct
from episodeck.highlights.features import NAMES, describe
from episodeck.highlights.rank import WEIGHTS
from episodeck.model import Episode

STRENGTH = 100.0
"""Of the ridge on standardised features."""
HERE = Path(__file__).resolve().parent
Matrix = NDArray[np.float64]


def without_speakers(episode: Episode) -> Episode:
    """The same talk as an unlabelled transcript gives it."""
    turns = tuple(replace(turn, speaker=None, role=None) for turn in episode.speech.turns)
    return replace(episode, speech=replace(episode.speech, turns=turns))


def labels(item: Annotated, kind: str, n: int) -> tuple[Matrix, Matrix]:
    """1 for sentences inside an annotation, with its importance over 2 as weight."""
    y, weight = np.zeros(n), np.ones(n)
    for a in item.claims if kind == "claim" else item.quotes:
        span = slice(a.first, a.last + 1)
        weight[span] = np.where(y[span] > 0, np.maximum(weight[span], a.importance / 2), a.importance / 2)
        y[span] = 1
    return y, weight


def fit(x: Matrix, y: Matrix, weight: Matrix) -> tuple[Matrix, float]:
    """Weights and constant of a ridge logistic regression by Newton's method, on unstandardised features."""
    mean, deviation = x.mean(0), x.std(0) + 1e-9
    z = np.hstack([(x - mean) / deviation, np.ones((len(x), 1))])
    ridge = np.full(z.shape[1], STRENGTH)
    ridge[-1] = 0
    w = np.zeros(z.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-z @ w))
        gradient = z.T @ (weight * (p - y)) + ridge * w
        hessian = (z * (weight * p * (1 - p))[:, None]).T @ z + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-8:
            break
    scaled = w[:-1] / deviation
    return scaled, float(w[-1] - scaled @ mean)


def train(items: list[Annotated], matrices: list[tuple[Matrix, Matrix]], kind: str) -> tuple[Matrix, float]:
    xs, ys, ws = [], [], []
    for item, versions in zip(items, matrices, strict=True):
        y, weight = labels(item, kind, len(versions[0]))
        for x in versions:
            xs.append(x)
            ys.append(y)
            ws.append(weight / 2)
    return fit(np.vstack(xs), np.concatenate(ys), np.concatenate(ws))


def check(items: list[Annotated], matrices: list[tuple[Matrix, Matrix]]) -> None:
    """Five-fold figures of choosing alone: 30 claims and 12 quotes an episode, as `score_cards.py` counts them."""
    for kind, number, reach, most, cost in (("claim", 30, 4, 130, 0.15), ("quote", 12, 2, 60, 0.02)):
        for version, name in enumerate(("labelled", "without speakers")):
            found = top_found = top = total = hits = chosen = 0
            for k in range(5):
                rest = [i for i in range(len(items)) if i % 5 != k]
                w, c = train([items[i] for i in rest], [matrices[i] for i in rest], kind)
                for i in range(k, len(items), 5):
                    spoken = list(items[i].episode.spoken())
                    likely = 1 / (1 + np.exp(-(matrices[i][version] @ w + c)))
                    windows = _distinct(
                        spoken, _best_windows(spoken, likely, frozenset(), reach, most, cost), number
                    )
                    sizes = np.array([s.sentence.last - s.sentence.first + 1 for s in spoken])
                    own = items[i].claims if kind == "claim" else items[i].quotes
                    rests = [
                        [_rests((v.first, v.last), (a.first, a.last), sizes) for v in windows] for a in own
                    ]
                    every = (*items[i].claims, *items[i].quotes)
                    chosen += len(windows)
                    hits += sum(
                        any(_rests((v.first, v.last), (a.first, a.last), sizes) for a in every)
                        for v in windows
                    )
                    total += len(own)
                    found += sum(map(any, rests))
                    top += sum(a.importance == 3 for a in own)
                    top_found += sum(any(r) for a, r in zip(own, rests, strict=True) if a.importance == 3)
            print(
                f"{kind:6} {name:17} recall3 {top_found / top:.3f} recall {found / total:.3f} precision {hits / chosen:.3f}"
            )


def _rests(a: tuple[int, int], b: tuple[int, int], sizes: NDArray[np.int64]) -> bool:
    low, high = max(a[0], b[0]), min(a[1], b[1])
    shared = sizes[low : high + 1].sum() if low <= high else 0
    return bool(shared and shared >= 0.5 * min(sizes[a[0] : a[1] + 1].sum(), sizes[b[0] : b[1] + 1].sum()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, default=HERE / "../../shared/gold")
    parser.add_argument("--check", action="store_true", help="cross-validate, write nothing")
    args = parser.parse_args()
    items = [load(path) for path in sorted(args.gold.glob("train-*.json"))]
    matrices = [
        (describe(list(i.episode.spoken())), describe(list(without_speakers(i.episode).spoken())))
        for i in items
    ]
    if args.check:
        check(items, matrices)
        return
    stored = {}
    for kind in ("claim", "quote"):
        w, c = train(items, matrices, kind)
        stored[kind] = {
            "constant": round(c, 5),
            "features": {name: round(float(v), 5) for name, v in zip(NAMES, w, strict=True)},
        }
    place = HERE.parent / "src/episodeck/highlights" / WEIGHTS
    place.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(f"{place.name}: {len(items)} episodes, {len(NAMES)} features")


if __name__ == "__main__":
    main()
