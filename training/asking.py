"""Learn which draft of a card a careful reader would have written.

    python training/asking.py [--gold ../shared/gold] [--check]

For every claim of the annotated training episodes all drafts are made that pass the rubric. A draft counts as right if its
answer has half of the annotated answer's key words and its question shares a word with the annotated question. From the
annotated questions and answers themselves come the shapes of fluent ones: runs of function words and parts of speech.
Writes `scoring.json` into the package; `--check` cross-validates over episodes as well. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from claims import Annotated, key_words, load

from episodeck.cards import scoring
from episodeck.cards.grammar import tokens_of
from episodeck.cards.proposals import Setting, proposals, readable
from episodeck.cards.rubric import faults
from episodeck.model import Highlight, Kind
from episodeck.text import content_words

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "episodeck" / "cards" / "scoring.json"
_RIDGE = 3.0


@dataclass(frozen=True, slots=True)
class Case:
    """A draft for a claim, and whether it is the right one."""

    episode: str
    claim: int
    given: dict[str, float]
    right: float


def cases(annotated: Annotated) -> list[Case]:
    setting = Setting.of(annotated.episode)
    out = []
    for n, claim in enumerate(annotated.claims):
        highlight = Highlight(Kind.CLAIM, claim.first, claim.last, claim.speaker, "", 0.5)
        stretch = readable(setting.spoken, highlight)
        keys = key_words(claim, stretch)
        wanted = set(content_words(claim.question))
        for p in proposals(setting, highlight):
            if faults(p.draft.question, p.draft.answer, stretch):
                continue
            told = set(content_words(p.draft.answer))
            covered = len(keys & told) >= 0.5 * len(keys) if keys else False
            given = scoring.features(
                p.draft, scoring.Place(p.statement, stretch, p.place, setting.frequency, False)
            )
            right = float(covered and bool(wanted & set(content_words(p.draft.asks))))
            out.append(Case(annotated.name, n, given, right))
    return out


def shape_counts(texts: list[str]) -> dict[str, int]:
    """How often ones, twos and threes of shapes come, the rare ones left out; "" holds their sum."""
    counts: Counter[str] = Counter()
    for text in texts:
        run = scoring.shapes(text, {t.low: t.tag for t in tokens_of(text)})
        for size in (1, 2, 3):
            counts.update(" ".join(run[i : i + size]) for i in range(len(run) - size + 1))
        counts[""] += len(run)
    return {k: v for k, v in sorted(counts.items()) if v > 1 or k.count(" ") < 2}


def fit(x: np.ndarray, target: np.ndarray, ridge: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method; `ridge` pulls each weight to zero."""
    w = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ w))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, x.T @ (p - target) + ridge * w)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return w


def learn(given: list[Case]) -> dict[str, float]:
    """Weights by name."""
    names = sorted({n for c in given for n in c.given})
    x = np.array([[c.given.get(n, 0.0) for n in names] + [1.0] for c in given])
    ridge = np.full(x.shape[1], _RIDGE)
    ridge[-1] = 1e-6
    weights = fit(x, np.array([c.right for c in given]), ridge)
    return dict(zip([*names, "bias"], (round(float(v), 4) for v in weights), strict=True))


def valued(weights: dict[str, float], case: Case) -> float:
    return sum(weights.get(name, 0.0) * v for name, v in case.given.items())


def check(given: list[Case]) -> None:
    """How often the draft taken is right: by the score, by the first means that works, by chance, at best."""
    episodes = sorted({c.episode for c in given})
    taken: Counter[str] = Counter()
    for fold in range(5):
        held = set(episodes[fold::5])
        weights = learn([c for c in given if c.episode not in held])
        claims: dict[tuple[str, int], list[Case]] = {}
        for c in given:
            if c.episode in held:
                claims.setdefault((c.episode, c.claim), []).append(c)
        for drafts in claims.values():
            value = partial(valued, weights)
            taken["claims"] += 1
            taken["score"] += max(drafts, key=value).right
            taken["first"] += drafts[0].right
            taken["chance"] += sum(c.right for c in drafts) / len(drafts)
            taken["best"] += max(c.right for c in drafts)
    for name in ("score", "first", "chance", "best"):
        print(f"{name:8} {taken[name] / taken['claims']:.3f} of {taken['claims']:.0f} claims")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--gold", type=Path, default=ROOT.parent / "shared" / "gold")
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    episodes = [load(p) for p in sorted(given.gold.glob("train-*.json"))]
    claims = [c for e in episodes for c in e.claims]
    stored = {
        "shapes": {"question": shape_counts([c.question for c in claims]), "answer": shape_counts([c.answer for c in claims])},
        "weights": {},
    }  # fmt: skip
    TARGET.write_text(json.dumps(stored), encoding="utf-8")
    found = [case for e in episodes for case in cases(e)]
    print(
        f"{len(found):,} drafts, {len({(c.episode, c.claim) for c in found}):,} of {len(claims):,} claims have one"
    )
    if given.check:
        check(found)
    stored["weights"] = learn(found)
    TARGET.write_text(
        json.dumps(stored, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
