"""Learn which drafts of cards careful readers keep: writes `scoring.json` into the package.

    python training/asking.py [--gold ../shared/gold] [--corpus ../shared/corpus] [--jobs 2] [--check]

From the annotated questions and answers come the shapes of fluent ones: runs of function words and parts of speech. From the
verdicts of careful readers on drafts of this program (`verdicts.py`) come the weights of a draft's features, and of what the
network of the chooser sees in the words it asks about. `--check` cross-validates over episodes as well. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from claims import load
from gold import Annotated, annotated, gold
from numpy.typing import NDArray
from verdicts import DROP, EDIT, KEEP, Judged, cards

from episodeck.cards import scoring
from episodeck.cards.draft import Draft
from episodeck.cards.grammar import tokens_of
from episodeck.cards.trees import tree_of
from episodeck.cards.wanted import Wanted
from episodeck.highlights.reader import read

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "episodeck" / "cards" / "scoring.json"
_WORTH = {KEEP: 1.0, EDIT: 0.6, DROP: 0.0}
"""What a verdict counts: of cards that need a small edit a part is kept."""
_RIDGE = 30.0
_OFTEN = 12
"""Features of fewer cards are left out."""
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A judged card as numbers."""

    episode: str
    given: dict[str, float]
    verdict: str


def shape_counts(texts: list[str]) -> dict[str, int]:
    """How often ones, twos and threes of shapes come, the rare ones left out; "" holds their sum."""
    counts: Counter[str] = Counter()
    for text in texts:
        run = scoring.shapes(text, {t.low: t.tag for t in tokens_of(text)})
        for size in (1, 2, 3):
            counts.update(" ".join(run[i : i + size]) for i in range(len(run) - size + 1))
        counts[""] += len(run)
    return {k: v for k, v in sorted(counts.items()) if v > 1 or k.count(" ") < 2}


def cases(item: Annotated, form: str, judged: Sequence[Judged]) -> list[Case]:
    """The judged cards of an episode, read by the network as the program would have it read."""
    episode = item.labelled() if form == "labelled" else item.captions()
    reading = read(episode, closely=True)
    spans = [(s.sentence.first, s.sentence.last) for s in episode.spoken()]
    out = []
    for card in judged:
        first, last = card.stretch
        inside = {
            i: tuple(reading.sentences[i].tolist())
            for i, (a, b) in enumerate(spans)
            if first <= a and b <= last
        }
        rests_on = [
            i for i in inside if any(spans[i][0] <= b and a <= spans[i][1] for a, b in card.sentences)
        ]
        wanted = Wanted.within(
            episode.speech.words[first : last + 1],
            reading.answer[first : last + 1].tolist(),
            reading.topic[first : last + 1].tolist(),
            inside,
        )
        draft = Draft(card.means, (card.question,), card.answer, card.asks)
        given = card.sight | read_again(card) | wanted.features(draft, rests_on)
        out.append(Case(item.name, given, card.verdict))
    return out


def read_again(card: Judged) -> dict[str, float]:
    """What depends on how the sentence is parsed, which may be by another parser than when the card was judged."""
    tree = tree_of(card.statement)
    tags = {t.low: t.tag for t in tree.tokens} if tree else {}
    return {
        "front fluent": scoring.fluency("question", card.question, tags),
        "answer fluent": scoring.fluency("answer", card.answer, tags),
        "unsure": tree.doubt if tree else 1.0,
        **scoring.worded(card.question),
    }


def fit(x: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression by Newton's method, every weight but the last pulled to zero."""
    w = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ w))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, x.T @ (p - target) + ridge * w)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return w


def learn(given: Sequence[Case]) -> dict[str, float]:
    """Weights by name."""
    often = Counter(name for case in given for name, value in case.given.items() if value)
    names = sorted(name for name, count in often.items() if count >= _OFTEN)
    x = np.array([[case.given.get(name, 0.0) for name in names] for case in given])
    mean, spread = x.mean(0), x.std(0) + 1e-6
    scaled = np.column_stack([(x - mean) / spread, np.ones(len(x))])
    w = fit(scaled, np.array([_WORTH[case.verdict] for case in given]))
    weights = w[:-1] / spread
    weights = np.append(weights, w[-1] - weights @ mean)
    return dict(zip([*names, "bias"], (round(float(v), 4) for v in weights), strict=True))


def chance(weights: dict[str, float], case: Case) -> float:
    total = weights["bias"] + sum(weights.get(name, 0.0) * v for name, v in case.given.items())
    return float(1 / (1 + np.exp(-total)))


def check(given: Sequence[Case]) -> None:
    """What is kept of the cards that are scored best, by weights that have not seen their episodes."""
    without: list[tuple[str, Callable[[str], bool]]] = [
        ("all features", lambda name: True),
        ("without what the network sees", lambda name: not name.startswith("read ")),
        ("without the means", lambda name: not name.startswith("by ")),
        ("without fluency", lambda name: not name.endswith(" fluent")),
    ]
    episodes = sorted({case.episode for case in given})
    for title, wanted in without:
        some = [Case(c.episode, {n: v for n, v in c.given.items() if wanted(n)}, c.verdict) for c in given]
        scored: list[tuple[float, str]] = []
        for fold in range(_FOLDS):
            held = set(episodes[fold::_FOLDS])
            weights = learn([c for c in some if c.episode not in held])
            scored += [(chance(weights, c), c.verdict) for c in some if c.episode in held]
        scored.sort(key=lambda pair: -pair[0])
        ranks = np.arange(len(scored), 0, -1)
        kept = np.array([verdict != DROP for _, verdict in scored])
        area = (ranks[kept].sum() - kept.sum() * (kept.sum() + 1) / 2) / (kept.sum() * (~kept).sum())
        line = [f"{title:32} area under the curve {area:.3f}"]
        for share in (0.05, 0.1, 0.2):
            top = [verdict for _, verdict in scored[: round(share * len(scored))]]
            line.append(
                f"best {share:.0%}: kept {top.count(KEEP) / len(top):.2f}, edited {top.count(EDIT) / len(top):.2f}"
            )
        print("; ".join(line))


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--gold", type=Path, default=ROOT.parent / "shared" / "gold")
    options.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    claims = [c for p in sorted(given.gold.glob("train-*.json")) for c in load(p).claims]
    shapes = {
        "question": shape_counts([c.question for c in claims]),
        "answer": shape_counts([c.answer for c in claims]),
    }
    items = [*gold(given.gold), *annotated(given.corpus)]
    judged: dict[tuple[str, str], list[Judged]] = {}
    for card in cards(items):
        judged.setdefault((card.episode, card.form), []).append(card)
    by_name = {item.name: item for item in items}
    jobs = [(by_name[name], form, some) for (name, form), some in sorted(judged.items())]
    with ProcessPoolExecutor(given.jobs) as pool:
        found = [case for some in pool.map(partial(_cases), jobs) for case in some]
    print(
        f"{len(found):,} cards judged: "
        + ", ".join(f"{n:,} {v}" for v, n in Counter(c.verdict for c in found).most_common())
    )
    if given.check:
        check(found)
    stored = {"shapes": shapes, "kept": learn(found)}
    TARGET.write_text(
        json.dumps(stored, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


def _cases(job: tuple[Annotated, str, list[Judged]]) -> list[Case]:
    return cases(*job)


if __name__ == "__main__":
    main()
