"""Learn to guess what the network says of sentences: writes `src/episodeck/highlights/glance.json`.

    python training/glance.py [--corpus ../shared/corpus] [--talks 60]

A ridge regression from `glance.seen` to the network's four log-odds, on talks of the corpus's `train` split, every
other one as labelled Markdown and the others as bare captions. Every fourth talk is held out first, and how well the guess
fits there is printed. Needs neither annotations nor PyTorch; after `make train-reader` it must run again.
There is nothing random in it.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import episodeck.highlights
from episodeck.highlights.glance import seen
from episodeck.highlights.reader import read as read_closely
from episodeck.people import identify
from episodeck.settings import Settings
from episodeck.speech import restore
from episodeck.transcripts import read

RIDGE = 10.0
"""On standardised features."""
FOLDS = 4
LEAST_SENTENCES = 30
Matrix = NDArray[np.float64]


def talks(corpus: Path, number: int) -> Iterator[list[tuple[str, str]]]:
    """Turns of so many training talks, evenly spread over the corpus."""
    chosen = []
    for path in sorted(corpus.glob("*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            chosen += [talk["turns"] for talk in map(json.loads, lines) if talk["split"] == "train"]
    yield from chosen[:: max(1, len(chosen) // number)][:number]


def written(turns: list[tuple[str, str]], raw: bool) -> str:
    """Turns as labelled Markdown, or as captions without marks."""
    if not raw:
        return "\n\n".join(f"**{who}:** {said}" if who else said for who, said in turns) + "\n"
    words = [w for _, said in turns for w in re.sub(r"[^\w' ]+", "", said.lower()).split()]
    return "\n".join(" ".join(words[i : i + 8]) for i in range(0, len(words), 8))


def examples(corpus: Path, number: int) -> Iterator[tuple[Matrix, Matrix]]:
    """Of each talk the features, and what the network says of the sentences."""
    with tempfile.TemporaryDirectory() as folder:
        for n, turns in enumerate(talks(corpus, number)):
            path = Path(folder) / ("talk.txt" if n % 2 else "talk.md")
            path.write_text(written(turns, bool(n % 2)), encoding="utf-8")
            transcript = read(path, path.name)
            reading = read_closely(identify(transcript, restore(transcript), Settings()), closely=True)
            if len(reading.plain) >= LEAST_SENTENCES:
                yield seen(reading.plain), reading.sentences.astype(np.float64)


def fit(given: list[tuple[Matrix, Matrix]]) -> tuple[Matrix, Matrix]:
    """Weights and constants, on unstandardised features."""
    x, y = (np.vstack(side) for side in zip(*given, strict=True))
    mean, deviation, usual = x.mean(axis=0), x.std(axis=0) + 1e-3, y.mean(axis=0)
    z = (x - mean) / deviation
    weights = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ (y - usual)) / deviation[:, None]
    return weights, usual - mean @ weights


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpus"))
    parser.add_argument("--talks", type=int, default=60)
    args = parser.parse_args()
    given = list(examples(args.corpus, args.talks))
    guesses = []
    for fold in range(FOLDS):
        weights, constant = fit([e for n, e in enumerate(given) if n % FOLDS != fold])
        guesses += [(x @ weights + constant, y) for n, (x, y) in enumerate(given) if n % FOLDS == fold]
    guessed, said = (np.vstack(side) for side in zip(*guesses, strict=True))
    fits = [float(np.corrcoef(guessed[:, k], said[:, k])[0, 1]) for k in range(said.shape[1])]
    print(
        f"{len(given)} talks, {len(said):,} sentences; correlation with claim, top, quote, bad:",
        *(f"{f:.3f}" for f in fits),
    )
    weights, constant = fit(given)
    stored = {"weights": np.round(weights, 5).tolist(), "constant": np.round(constant, 5).tolist()}
    target = Path(episodeck.highlights.__file__).parent / "glance.json"
    target.write_text(json.dumps(stored) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
