"""Learn what annotators choose: writes `src/episodeck/highlights/weights.json`.

    python training/highlights.py [--gold ../shared/gold] [--corpus ../shared/corpus] [--check | --ablate]

Logistic regressions on `highlights.features`: is a sentence part of a claim, of a quote, of what is not worth a card?
They learn from the `train-*` episodes of `gold/` and from the talks annotated here, each read as the program reads a
labelled transcript; some have ready-made claims, as some pages do. What the worth of a highlight means is then
learned from cross-validated choices. `--check` prints five-fold figures of choosing alone on `gold/` instead of
writing, `--ablate` the same with parts left out. There is nothing random in it.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gold import ANNOTATIONS, Annotated, Span, annotated, gold, inside, token_spans
from held import held
from numpy.typing import NDArray

from episodeck.highlights.choose import SHAPES
from episodeck.highlights.features import NAMES, describe
from episodeck.highlights.rank import BAD, WEIGHTS
from episodeck.highlights.windows import distinct, windows
from episodeck.model import Episode, Kind, Spoken

RIDGE, READ_RIDGE = 100.0, 30.0
"""On standardised features: plain ones, what the network says."""
NUMBERS = {Kind.CLAIM: 30, Kind.QUOTE: 12}
FOLDS = 5
HINTED, HINT_EVERY = 3, 5
"""One episode in so many is learned from a second time, as if its page had every fifth claim on it."""
HERE = Path(__file__).resolve().parent
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """An annotated episode as the chooser sees it."""

    item: Annotated
    spoken: list[Spoken]
    tokens: list[tuple[int, int]]
    """First token of each sentence, and the one after its last."""
    features: Matrix
    learned_only: bool
    """Never reported on: annotated here."""

    def labels(self, kind: str) -> tuple[Matrix, Matrix]:
        """1 for sentences inside an annotation of the kind, and their weights: importance over 2."""
        chosen = (
            {Kind.CLAIM: self.item.claims, Kind.QUOTE: self.item.quotes}.get(Kind(kind), ())
            if kind != BAD
            else self.item.bad
        )
        y, weight = np.zeros(len(self.spoken)), np.ones(len(self.spoken))
        for span in chosen:
            for i in inside(self.tokens, span):
                strength = span.importance / 2 if span.importance else 1.0
                weight[i] = max(weight[i], strength) if y[i] else strength
                y[i] = 1
        return y, weight


def example(
    item: Annotated, episode: Episode, learned_only: bool, hints: Sequence[str] = (), form: str = "labelled"
) -> Example:
    spoken, spans = list(episode.spoken()), token_spans(episode)
    seen = held(f"{item.name} {form}", spans)
    return Example(item, spoken, spans, describe(spoken, seen, hints), learned_only)


def fit(x: Matrix, y: Matrix, weight: Matrix, ridge: Matrix) -> tuple[Matrix, float]:
    """Weights and constant of a ridge logistic regression by Newton's method, on unstandardised features."""
    mean, deviation = x.mean(0), x.std(0) + 1e-9
    z = np.hstack([(x - mean) / deviation, np.ones((len(x), 1))]).astype(np.float32)
    penalty = np.append(ridge, 0)
    w = np.zeros(z.shape[1])
    for _ in range(12):
        p = 1 / (1 + np.exp(-(z @ w.astype(np.float32)).astype(np.float64)))
        gradient = z.T @ (weight * (p - y)).astype(np.float32) + penalty * w
        hessian = (z * (weight * p * (1 - p)).astype(np.float32)[:, None]).T @ z + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-4:
            break
    scaled = w[:-1] / deviation
    return scaled, float(w[-1] - scaled @ mean)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights and constant for each of claim, quote and not worth a card; of some features, all others being 0."""

    columns: NDArray[np.int64]
    parts: dict[str, tuple[Matrix, float]]

    def chances(self, features: Matrix, kind: str, *, veto: bool = True) -> Matrix:
        chosen = self._probabilities(features, kind)
        return chosen * (1 - self._probabilities(features, BAD)) if veto else chosen

    def _probabilities(self, features: Matrix, kind: str) -> Matrix:
        weights, constant = self.parts[kind]
        return 1 / (1 + np.exp(-(features[:, self.columns] @ weights + constant)))


def train(examples: Sequence[Example], names: Sequence[str] = NAMES) -> Model:
    columns = np.array([NAMES.index(name) for name in names])
    ridge = np.array([READ_RIDGE if n.startswith("read") else RIDGE for n in names])
    x = np.vstack([e.features[:, columns] for e in examples])
    parts = {}
    for kind in (Kind.CLAIM, Kind.QUOTE, BAD):
        labels = [e.labels(kind) for e in examples]
        y, weight = np.concatenate([y for y, _ in labels]), np.concatenate([w for _, w in labels])
        parts[str(kind)] = fit(x, y, weight, ridge)
    return Model(columns, parts)


def folds(examples: Sequence[Example], names: Sequence[str] = NAMES) -> list[tuple[Example, Model]]:
    """Every example to report on, with a model that did not learn from its episode."""
    reported = sorted({e.item.name for e in examples if not e.learned_only})
    out = []
    for k in range(FOLDS):
        kept_out = set(reported[k::FOLDS])
        model = train([e for e in examples if e.item.name not in kept_out], names)
        out += [(e, model) for e in examples if e.item.name in kept_out]
    return out


@dataclass(frozen=True, slots=True)
class Choice:
    """A chosen window: what it promised, and whether an annotated claim or quote is there."""

    worth: float
    hit: bool


def choices(e: Example, model: Model, kind: Kind, counts: Counter[str], *, veto: bool = True) -> list[Choice]:
    """What the model chooses of an episode; `counts` gets what `score_cards.py` would count."""
    likely = model.chances(e.features, kind, veto=veto).tolist()
    ranked = windows(e.spoken, likely, frozenset(), SHAPES[kind])
    own = e.item.claims if kind is Kind.CLAIM else e.item.quotes
    found: set[Span] = set()
    out = []
    for window in distinct(e.spoken, ranked, NUMBERS[kind]):
        here = Span(e.tokens[window.first][0], e.tokens[window.last][1])
        found |= {a for a in own if rests(here, a)}
        hit = any(rests(here, a) for a in (*e.item.claims, *e.item.quotes))
        counts["bad"] += not hit and any(2 * shared(here, b) >= here.end - here.first for b in e.item.bad)
        out.append(Choice(window.worth, hit))
    counts.update(
        chosen=len(out), hits=sum(c.hit for c in out), own=len(own), found=len(found),
        top=sum(a.importance == 3 for a in own), top_found=sum(a.importance == 3 for a in found),
    )  # fmt: skip
    return out


def shared(a: Span, b: Span) -> int:
    return min(a.end, b.end) - max(a.first, b.first)


def rests(a: Span, b: Span) -> bool:
    """Half of one's words are in the other."""
    return shared(a, b) > 0 and 2 * shared(a, b) >= min(a.end - a.first, b.end - b.first)


def figures(judged: Sequence[tuple[Example, Model]], kind: Kind, *, veto: bool = True) -> str:
    """Figures of choosing 30 claims or 12 quotes an episode."""
    c: Counter[str] = Counter()
    for e, model in judged:
        choices(e, model, kind, c, veto=veto)
    return (
        f"recall3 {c['top_found'] / c['top']:.3f} recall {c['found'] / c['own']:.3f} "
        f"precision {c['hits'] / c['chosen']:.3f} bad {c['bad'] / c['chosen']:.3f}"
    )


def calibration(judged: Sequence[tuple[Example, Model]], kind: Kind) -> tuple[float, float]:
    """Slope and constant that make a probability of hitting out of a worth."""
    found = [choice for e, model in judged for choice in choices(e, model, kind, Counter())]
    x, y = np.array([[c.worth] for c in found]), np.array([float(c.hit) for c in found])
    slope, constant = fit(x, y, np.ones(len(y)), np.array([1e-3]))
    return round(float(slope[0]), 4), round(constant, 4)


def ablate(examples: Sequence[Example]) -> None:
    """Figures with parts left out."""
    plain = [n for n in NAMES if not n.startswith("read")]
    read = [n for n in NAMES if n.startswith("read")]
    odds = [n for n in NAMES if not n.endswith("_here")]
    ours = [e for e in examples if e.learned_only]
    theirs = [e for e in examples if not e.learned_only]
    for name, used, names, veto in (
        ("plain features", examples, plain, True),
        ("what the network says", examples, read, True),
        ("both, the network's log-odds alone", examples, odds, True),
        ("and beside the rest of the episode", examples, NAMES, True),
        ("the same without the veto", examples, NAMES, False),
        ("without the talks annotated here", theirs, NAMES, True),
        ("half of all episodes", [*theirs[::2], *ours[::2]], NAMES, True),
        ("a quarter", [*theirs[::4], *ours[::4]], NAMES, True),
    ):
        kept = {e.item.name for e in used}
        judged = []
        for k in range(FOLDS):
            kept_out = {e.item.name for e in theirs[k::FOLDS]}
            model = train([e for e in used if e.item.name in kept - kept_out], names)
            judged += [(e, model) for e in theirs[k::FOLDS]]
        for kind in NUMBERS:
            print(f"{name:40} {kind:6} {figures(judged, kind, veto=veto)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, default=HERE / "../../shared/gold")
    parser.add_argument("--corpus", type=Path, default=HERE / "../../shared/corpus")
    parser.add_argument("--check", action="store_true", help="cross-validate, write nothing")
    parser.add_argument(
        "--ablate", action="store_true", help="cross-validate with parts left out, write nothing"
    )
    args = parser.parse_args()
    items = [(item, False) for item in gold(args.gold)] + [
        (item, True) for item in annotated(args.corpus, ANNOTATIONS)
    ]
    episodes = [item.labelled() for item, _ in items]
    examples = [example(item, episode, ours) for (item, ours), episode in zip(items, episodes, strict=True)]
    # Few pages have ready-made claims, but where one does, what they say is to be found in the talk.
    examples += [
        example(item, episode, True, item.summary[::HINT_EVERY])
        for (item, _), episode in list(zip(items, episodes, strict=True))[::HINTED]
        if item.summary
    ]
    if args.ablate:
        ablate(examples)
        return
    judged = folds(examples)
    if args.check:
        captions = {
            item.name: example(item, item.captions(), False, form="captions")
            for item, ours in items
            if not ours
        }
        for kind in NUMBERS:
            print(f"{kind:6} labelled {figures(judged, kind)}", flush=True)
            print(
                f"{kind:6} captions {figures([(captions[e.item.name], m) for e, m in judged], kind)}",
                flush=True,
            )
        return
    model = train(examples)
    stored: dict[str, object] = {
        kind: {
            "constant": round(constant, 5),
            "features": {name: round(float(v), 5) for name, v in zip(NAMES, weights, strict=True)},
        }
        for kind, (weights, constant) in model.parts.items()
    }
    stored["calibration"] = {str(kind): calibration(judged, kind) for kind in NUMBERS}
    place = HERE.parent / "src/episodeck/highlights" / WEIGHTS
    place.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
    print(f"{place.name}: {len(examples)} episodes, {len(NAMES)} features")


if __name__ == "__main__":
    main()
