"""How much of what is set aside should be: greetings, sponsor reads, goodbyes against annotated episodes.

    python benchmarks/asides.py [--gold ../shared/gold] [--train] [--show] [--json]

Annotators marked stretches not worth a card, and claims. `found`: the share of the words of such stretches
that are set aside (they hold much small talk too, which is not looked for). `lost`: the share of the words of
claims that are, which should be none. `--train` looks at the episodes to learn from, else at those to report on.
`--show` lists what is set aside by reason, and what is lost.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training"))

from claims import Annotated, load

from episodeck.model import Sentence
from episodeck.speech.asides import set_aside


def read(annotated: Annotated) -> list[Sentence]:
    """The units of an episode, set aside as the program does."""
    return [s for turn in set_aside(annotated.episode.speech.turns) for s in turn.sentences]


def words(sentence: Sentence) -> int:
    return sentence.last - sentence.first + 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, default=Path(__file__).resolve().parents[2] / "shared" / "gold")
    parser.add_argument("--train", action="store_true", help="the episodes to learn from")
    parser.add_argument("--show", action="store_true", help="list what is set aside")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    count: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for path in sorted(args.gold.glob("*.json")):
        if path.stem.startswith("train-") is not args.train:
            continue
        annotated = load(path)
        sentences = read(annotated)
        bad = {k for a, b in annotated.bad for k in range(a, b + 1)}
        claims = {k for c in (*annotated.claims, *annotated.quotes) for k in range(c.first, c.last + 1)}
        count["episodes"] += 1
        for k, sentence in enumerate(sentences):
            n = words(sentence)
            count["words"] += n
            count["not worth a card"] += n * (k in bad)
            count["claims and quotes"] += n * (k in claims)
            if sentence.aside:
                count["set aside"] += n
                count["found"] += n * (k in bad)
                count["lost"] += n * (k in claims)
                reasons[str(sentence.aside)] += n
            if args.show and (sentence.aside or (k in bad and k not in claims)):
                kind = "LOST" if k in claims else "ok" if k in bad else "-" if sentence.aside else "missed"
                print(f"{path.stem[:24]:24} {k:4} {kind:6} {sentence.aside or '':10} {sentence.text[:150]}")
    figures = {
        "found": round(count["found"] / max(1, count["not worth a card"]), 3),
        "lost": round(count["lost"] / max(1, count["claims and quotes"]), 4),
        "right": round(count["found"] / max(1, count["set aside"]), 3),
        "words": dict(count),
        "by reason": dict(reasons),
    }
    print(
        json.dumps(figures, indent=1) if args.json else "\n".join(f"{k:18} {v}" for k, v in figures.items())
    )


if __name__ == "__main__":
    main()
