"""Background statistics for topics, from the training part of the corpus of talk.

    python training/term_statistics.py [--corpus ../shared/corpus]

Writes, into `src/episodeck/topics/`:
- `terms.txt.gz`: first line the number of episodes and of words; then a line for each word and each phrase
  of two or three words: term, number of episodes that have it, times it occurs in them, flags (x: not a
  noun; v: nor an adjective; p: a person's name), and how it is written where it has capitals of its own.
- `vectors.npz`: word vectors (int8) from which words occur near each other, best-known words first.
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import math
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from episodeck.topics.words import TOKEN, is_stop, words

HERE = Path(__file__).resolve().parent.parent
OUT = HERE / "src" / "episodeck" / "topics"

LEAST_WORD, LEAST_PHRASE = 4, 12
"""Episodes that must have a word, or a phrase, for it to be listed; what is not listed counts as new."""
VECTOR_WORDS, DIMENSIONS = 11000, 60
REACH = 12
"""Content words on each side that count as near."""

MID_SENTENCE = re.compile(r"(?<=[a-z,;] )" + TOKEN.pattern)


def episodes(corpus: Path) -> Iterator[tuple[list[str], list[str]]]:
    """(speakers, texts of the turns) of every training episode."""
    for path in sorted(corpus.glob("*.jsonl.xz")):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                episode = json.loads(line)
                if episode["split"] == "train":
                    yield [s for s, _ in episode["turns"] if s], [t for _, t in episode["turns"]]


def noun_share(corpus: Path) -> dict[str, tuple[int, int, int]]:
    """Word -> (times a noun, times an adjective, times seen) in the treebank."""
    seen: Counter[str] = Counter()
    nouns: Counter[str] = Counter()
    adjectives: Counter[str] = Counter()
    with lzma.open(corpus / "ud-ewt.conllu.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            parts = line.split("\t")
            if len(parts) > 4 and parts[0].isdigit():
                for word in words(parts[1]):
                    seen[word] += 1
                    nouns[word] += parts[3] in ("NOUN", "PROPN")
                    adjectives[word] += parts[3] == "ADJ"
    return {w: (nouns[w], adjectives[w], seen[w]) for w in seen}


def phrases(text: list[str]) -> Iterator[str]:
    """Two- and three-word phrases that begin and end with a content word."""
    stop = [is_stop(w) or w.isdigit() for w in text]
    for i in range(len(text) - 1):
        if stop[i]:
            continue
        if not stop[i + 1]:
            yield f"{text[i]} {text[i + 1]}"
        if (
            i + 2 < len(text)
            and not stop[i + 2]
            and (not stop[i + 1] or text[i + 1] in ("of", "and", "the", "in"))
        ):
            yield f"{text[i]} {text[i + 1]} {text[i + 2]}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, default=HERE.parent / "shared" / "corpus")
    corpus = parser.parse_args().corpus

    single: Counter[str] = Counter()
    double: Counter[str] = Counter()
    times: Counter[str] = Counter()
    written: Counter[str] = Counter()
    people: Counter[str] = Counter()
    streams: list[list[str]] = []
    documents = 0
    for speakers, turns in episodes(corpus):
        documents += 1
        text = words("\n".join(turns))
        single.update(set(text))
        found = Counter(phrases(text))
        double.update(found.keys())
        times.update(text)
        times.update(found)
        written.update(MID_SENTENCE.findall("\n".join(turns)))
        people.update({word for s in set(speakers) if 1 < len(s.split()) < 5 for word in words(s)})
        streams.append(text)
        if documents % 300 == 0:
            double = Counter({p: n for p, n in double.items() if n > documents // 300})
            times = Counter({t: n for t, n in times.items() if t in single or t in double})

    lower: Counter[str] = Counter()
    best: dict[str, tuple[int, str]] = {}
    capital: Counter[str] = Counter()
    for form, count in written.items():
        base = "".join(words(form)[:1])
        lower[base] += count
        if form[0].isupper():
            capital[base] += count
        if base == form.lower().removesuffix("'s") and count > best.get(base, (0, ""))[0]:
            best[base] = (count, form)
    tagged = noun_share(corpus)
    table: list[str] = []
    for word, count in single.items():
        if count < LEAST_WORD:
            continue
        share = capital[word] / lower[word] if lower[word] else 0.0
        noun, adjective, seen = tagged.get(word, (0, 0, 0))
        flags = ""
        if (seen >= 2 and noun / seen < 0.3) or (seen < 2 and word.endswith(("ly", "ed"))):
            flags += "x"
            if (seen >= 2 and (noun + adjective) / seen < 0.3) or word.endswith("ly"):
                flags += "v"
        if people[word] and share > 0.9 and (people[word] >= 2 or count < 100) and len(word) > 2:
            flags += "p"
        form = best.get(word, (0, ""))[1]
        own = (
            form if form[1:] != form[1:].lower() and share > 0.6 and best[word][0] > 0.5 * lower[word] else ""
        )
        table.append(f"{word}\t{count}\t{times[word]}\t{flags}\t{own}")
    table += [f"{p}\t{n}\t{times[p]}\t\t" for p, n in double.items() if n >= LEAST_PHRASE]
    lines = "\n".join([f"{documents}\t{sum(map(len, streams))}", *sorted(table)]) + "\n"
    (OUT / "terms.txt.gz").write_bytes(gzip.compress(lines.encode("utf-8"), 9, mtime=0))

    known = [
        w for w, n in single.most_common() if not is_stop(w) and not w.isdigit() and n < 0.75 * documents
    ]
    known = known[:VECTOR_WORDS]
    vectors = word_vectors(streams, known)
    np.savez_compressed(OUT / "vectors.npz", words=np.array("\n".join(known)), vectors=vectors)


def word_vectors(streams: list[list[str]], known: list[str]) -> NDArray[np.int8]:
    """Vectors of `known` words, shape (words, dimensions), int8: the strongest directions of their shifted PPMI."""
    number = {w: i for i, w in enumerate(known)}
    size = len(known)
    near = np.zeros(size * size, dtype=np.float32)
    for start in range(0, len(streams), 100):
        ids = np.array(
            [
                number.get(w, -1)
                for s in streams[start : start + 100]
                for w in [*s, *[""] * REACH]
                if w == "" or not is_stop(w)
            ],
            dtype=np.int64,
        )
        for reach in range(1, REACH + 1):
            a, b = ids[:-reach], ids[reach:]
            both = (a >= 0) & (b >= 0) & (a != b)
            pairs, counts = np.unique(a[both] * size + b[both], return_counts=True)
            near[pairs] += counts
    square = near.reshape(size, size)
    square += square.T.copy()
    total = square.sum()
    rows = square.sum(1)
    smooth = rows**0.75
    smooth /= smooth.sum()
    with np.errstate(divide="ignore"):
        square = np.log(square / total / (rows[:, None] / total) / smooth[None, :])
    square = np.maximum(square - math.log(2), 0).astype(np.float32)
    random = np.random.default_rng(0).normal(size=(size, DIMENSIONS + 16)).astype(np.float32)
    basis, _ = np.linalg.qr(square @ random)
    for _ in range(3):
        basis, _ = np.linalg.qr(square @ (square.T @ basis))
    left, strength, _ = np.linalg.svd(basis.T @ square, full_matrices=False)
    vectors = (basis @ left)[:, :DIMENSIONS] * np.sqrt(strength[:DIMENSIONS])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
    return np.asarray(np.round(vectors * 127), dtype=np.int8)


if __name__ == "__main__":
    main()
