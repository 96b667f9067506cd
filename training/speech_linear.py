"""Train the punctuation model: sentence ends, commas, questions, capitals and turn ends of bare words.

    python training/speech_linear.py [--corpus ../shared/corpus] [--words 21500000]

Needs NumPy only. The corpus's punctuated turns are made as messy as captions (no punctuation, few
and odd capitals, fillers, repeated words), three sets of hashed linear weights are learned by
stochastic gradient descent, and what matters of them is written to `restorer.npz` in the package,
with the written forms of names and acronyms in `casing.json.gz`. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import lzma
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from episodeck.speech import features, punctuation

ROOT = Path(__file__).resolve().parents[1]
SPEECH = ROOT / "src" / "episodeck" / "speech"
NONE, COMMA, END = 0, 1, 2
UNKNOWN = -1
ROWS = 1 << features.BITS
BLOCK = 4096
KEEP = {"boundary": 430_000, "capital": 160_000, "sentence": 230_000}
"""Rows of each table that ship: those with the largest weights."""

SOUND = re.compile(r"^\W*\[.*$|^.*\]\W*$")
TAIL = re.compile(r"[^\w%+#'’]*$")
HEAD = re.compile(r"^[^\w$]*")
FILLERS = (
    ["um"],
    ["uh"],
    ["uh"],
    ["um"],
    ["like"],
    ["you", "know"],
    ["i", "mean"],
    ["sort", "of"],
    ["kind", "of"],
)


@dataclass
class Talk:
    """One talk as bare words with what was taken away. `after`: NONE, COMMA, END; `capital`: no, yes, UNKNOWN."""

    words: list[str]
    after: list[int]
    question: list[bool]
    capital: list[int]
    turn: list[bool]


def talks(corpus: Path, split: str, share: float) -> Iterator[list[str]]:
    """The turns of each talk; a share of them, evenly chosen, of the larger corpus."""
    for name in ("bitcoin.jsonl.xz", "changelog.jsonl.xz"):
        chance = random.Random(7)  # noqa: S311
        with lzma.open(corpus / name, "rt", encoding="utf-8") as lines:
            for line in lines:
                if name.startswith("changelog") and split == "train" and chance.random() > share:
                    continue
                talk = json.loads(line)
                if talk["split"] == split:
                    yield [text for _, text in talk["turns"]]


def bare(turns: list[str]) -> Talk:
    """Words without punctuation, in their own case, and what stood after each."""
    talk = Talk([], [], [], [], [])
    for text in turns:
        first = len(talk.words)
        inside = False  # a bracketed remark
        for token in text.replace("—", " -- ").split():
            if token.startswith(("[", "\\[")) or inside:
                inside = "]" not in token
                continue
            plain = TAIL.sub("", HEAD.sub("", token))
            tail = token[HEAD.match(token).end() + len(plain) :]  # type: ignore[union-attr]
            if not plain or not any(map(str.isalnum, plain)):
                if len(talk.words) > first and token.strip('"').startswith(("-", "–")):
                    talk.after[-1] = max(talk.after[-1], COMMA)
                continue
            end = any(c in tail for c in ".!?…")
            talk.words.append(plain)
            talk.after.append(END if end else COMMA if any(c in tail for c in ",;:") else NONE)
            talk.question.append("?" in tail)
            talk.capital.append(int(plain[0].isupper()))
            talk.turn.append(False)
        if len(talk.words) > first:
            talk.after[-1] = END
            talk.turn[-1] = True
    return talk


def messy(talk: Talk, chance: random.Random) -> Talk:
    """As automatic captions have it: fillers and stutters in, capitals mostly out and some in the wrong place."""
    fillers, stutters = chance.choice((0.0, 0.01, 0.03)), chance.choice((0.0, 0.004, 0.015))
    keeps_capitals = chance.random() < 0.5
    odd = chance.choice((0.01, 0.03))
    out = Talk([], [], [], [], [])

    def add(word: str, after: int, question: bool, capital: int, turn: bool) -> None:
        out.words.append(word)
        out.after.append(after)
        out.question.append(question)
        out.capital.append(capital)
        out.turn.append(turn)

    start = True
    for word, after, question, capital, turn in zip(
        talk.words, talk.after, talk.question, talk.capital, talk.turn, strict=True
    ):
        shown = word.lower()
        if keeps_capitals:
            if capital and not start and chance.random() < 0.8:
                shown = word
            elif len(word) > 4 and chance.random() < odd:
                shown = word.lower().capitalize()
        begun = start  # whether this word still begins its sentence
        if chance.random() < fillers * (3 if start else 1):
            for filler in chance.choice(FILLERS[:4] if start else FILLERS):
                add(filler, NONE, False, int(begun), False)
                begun = False
        if len(word) < 6 and after == NONE and chance.random() < stutters * (3 if start else 1):
            add(shown, NONE, False, UNKNOWN if start else capital, False)
            begun = False
        # How a sentence's first word would be written inside one is not known, "I" apart.
        known = begun or not start or word == "I" or word.startswith(("I'", "I’"))
        add(shown, after, question, capital if known else UNKNOWN, turn)
        start = after == END
    return out


@dataclass
class Data:
    """All talks end to end."""

    words: NDArray[np.uint64]
    endings: NDArray[np.uint64]
    capitals: NDArray[np.uint64]
    after: NDArray[np.int8]
    question: NDArray[np.bool_]
    capital: NDArray[np.int8]
    turn: NDArray[np.bool_]


def gather(corpus: Path, split: str, share: float, *, mess: bool) -> tuple[Data, Counter[str]]:
    """The corpus as arrays, and how often each word form stands inside a sentence."""
    chance = random.Random(3)  # noqa: S311
    forms: Counter[str] = Counter()
    parts: list[tuple[NDArray[np.generic], ...]] = []
    for turns in talks(corpus, split, share):
        talk = bare(turns)
        if not talk.words:
            continue
        forms.update(w for w, before in zip(talk.words[1:], talk.after, strict=False) if before != END)
        if mess:
            talk = messy(talk, chance)
        else:
            talk.words = [w.lower() for w in talk.words]
        parts.append(
            (*features.encode(talk.words), np.array(talk.after, np.int8), np.array(talk.question, bool),
             np.array(talk.capital, np.int8), np.array(talk.turn, bool))
        )  # fmt: skip
    return Data(*(np.concatenate(column) for column in zip(*parts, strict=True))), forms


def blocks(total: int, size: int, chance: np.random.Generator) -> Iterator[slice]:
    """Blocks of neighbouring positions, in random order."""
    for k in chance.permutation(total // size + 1):
        if k * size < total:
            yield slice(int(k) * size, min(int(k) * size + size, total))


class Table:
    """Hashed weights, learned by AdaGrad; one column an outcome."""

    def __init__(self, outcomes: int):
        self.weights = [np.zeros(ROWS, np.float32) for _ in range(outcomes)]
        self.squares = [np.full(ROWS, 1e-2, np.float32) for _ in range(outcomes)]
        self.bias = np.zeros(outcomes, np.float32)

    def scores(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.stack([w[rows].sum(axis=1) for w in self.weights], axis=1) + self.bias

    def learn(self, rows: NDArray[np.int64], errors: NDArray[np.float32], rate: float) -> None:
        """One step: `errors` is the gradient of the loss by score (examples × outcomes)."""
        flat = rows.ravel()
        for k, (weights, squares) in enumerate(zip(self.weights, self.squares, strict=True)):
            gradient = np.repeat(errors[:, k], rows.shape[1])
            np.add.at(squares, flat, gradient * gradient)
            np.add.at(weights, flat, -rate * gradient / np.sqrt(squares[flat]))
            self.bias[k] -= rate * 0.05 * errors[:, k].mean()

    def shipped(self, keep: int) -> dict[str, NDArray[np.generic]]:
        """The largest rows as small whole numbers, and which rows they are."""
        stacked = np.stack(self.weights, axis=1)
        size = np.abs(stacked).max(axis=1)
        kept = np.zeros(ROWS, bool)
        kept[np.argpartition(-size, keep)[:keep]] = True
        scale = np.float32(np.quantile(size[kept], 0.999) / 127)
        values = np.clip(np.rint(stacked[kept] / scale), -127, 127).astype(np.int8)
        return {"kept": np.packbits(kept), "values": values.T.copy(), "scale": scale, "bias": self.bias}


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True), dtype=np.float32)


def sigmoid(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))), dtype=np.float32)


def learn_boundaries(data: Data, rounds: int) -> Table:
    table, chance = Table(3), np.random.default_rng(1)
    truth = np.eye(3, dtype=np.float32)[data.after]
    for k in range(rounds):
        loss = []
        for part in blocks(len(data.after), 2048, chance):
            rows = features.boundary_rows(data.words[part], data.endings[part], data.capitals[part])
            guess = softmax(table.scores(rows))
            loss.append(-np.log(np.maximum((guess * truth[part]).sum(axis=1), 1e-9)).mean())
            table.learn(rows, guess - truth[part], 0.06 if k == 0 else 0.03)
        print(f"boundaries, round {k + 1}: loss {np.mean(loss):.4f}", flush=True)
    return table


def learn_capitals(data: Data, rounds: int) -> Table:
    table, chance = Table(1), np.random.default_rng(2)
    inside = np.concatenate([[False], data.after[:-1] != END]) & (data.capital != UNKNOWN)
    for k in range(rounds):
        loss = []
        for part in blocks(len(data.after), 2048, chance):
            rows = features.capital_rows(data.words[part], data.endings[part], data.capitals[part])[
                inside[part]
            ]
            truth = data.capital[part][inside[part]].astype(np.float32)
            guess = sigmoid(table.scores(rows)[:, 0])
            loss.append(-np.log(np.maximum(np.where(truth > 0, guess, 1 - guess), 1e-9)).mean())
            table.learn(rows, (guess - truth)[:, None], 0.08 if k == 0 else 0.04)
        print(f"capitals, round {k + 1}: loss {np.mean(loss):.4f}", flush=True)
    return table


def learn_sentences(data: Data, ends: list[NDArray[np.int64]], rounds: int) -> Table:
    """Whether a sentence is a question, and whether the speaker changes after it; `ends` of each block."""
    table, chance = Table(2), np.random.default_rng(3)
    for k in range(rounds):
        loss = []
        at = chance.permutation(len(ends))
        for b in at:
            part = slice(int(b) * BLOCK, min((int(b) + 1) * BLOCK, len(data.after)))
            last = ends[b]
            edges, inner = features.sentence_rows(data.words[part], last)
            starts = np.concatenate([[0], last[:-1] + 1])
            truth = np.stack([data.question[part][last], data.turn[part][last]], axis=1).astype(np.float32)
            scores = table.scores(edges)
            lengths = (last - starts + 1)[:, None]
            inner_scores = np.stack([w[inner].sum(axis=1) for w in table.weights], axis=1)
            scores += np.add.reduceat(inner_scores, starts, axis=0) / np.sqrt(lengths)
            guess = sigmoid(scores)
            loss.append(-np.log(np.maximum(np.where(truth > 0, guess, 1 - guess), 1e-9)).mean(axis=0))
            rate = 0.06 if k == 0 else 0.03
            table.learn(edges, guess - truth, rate)
            table.learn(inner, np.repeat((guess - truth) / np.sqrt(lengths), lengths[:, 0], axis=0), rate)
        print(f"questions and turns, round {k + 1}: loss {np.mean(loss, axis=0)}", flush=True)
    return table


def hazards(data: Data) -> NDArray[np.float32]:
    """Log odds of a sentence ending after so many words, over ending anywhere."""
    ends = np.flatnonzero(data.after == END)
    lengths = np.minimum(np.diff(ends), features.LENGTHS)
    counts = np.bincount(lengths, minlength=features.LENGTHS + 1)[1:] + 1.0
    alive = np.cumsum(counts[::-1])[::-1]
    hazard = counts / alive
    hazard[-1] = hazard[-8:-1].mean()
    overall = len(ends) / len(data.after)
    odds = np.log(hazard / (1 - hazard)) - np.log(overall / (1 - overall))
    return np.convolve(np.pad(odds, 1, mode="edge"), np.ones(3) / 3, "valid").astype(np.float32)


def casing(forms: Counter[str]) -> list[str]:
    """Forms of words that have more than a first capital, where they are the usual one."""
    best: dict[str, tuple[int, str]] = {}
    total: Counter[str] = Counter()
    for form, count in forms.items():
        total[form.lower()] += count if form != form.lower() else 0
        if form != form.lower() and count > best.get(form.lower(), (0, ""))[0]:
            best[form.lower()] = (count, form)
    return sorted(
        form for low, (count, form) in best.items()
        if count >= 5 and form != low.capitalize() and count > 0.6 * total[low] and len(form) < 25
    )  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    options.add_argument("--words", type=int, default=21_500_000)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--out", type=Path, default=SPEECH)
    given = options.parse_args()
    began = time.time()
    data, forms = gather(given.corpus, "train", max(0.005, (given.words - 2.3e6) / 19e6), mess=True)
    print(f"{len(data.after):,} words, {time.time() - began:.0f} s", flush=True)
    out: dict[str, NDArray[np.generic]] = {"hazards": hazards(data)}

    def ship(name: str, table: Table) -> None:
        out.update({f"{name}_{key}": np.asarray(value) for key, value in table.shipped(KEEP[name]).items()})
        print(f"{name}: {time.time() - began:.0f} s", flush=True)

    ship("boundary", learn_boundaries(data, given.rounds))
    ends = []
    model = punctuation.Model({key: np.asarray(value) for key, value in out.items()})
    for b in range(0, len(data.after), BLOCK):
        part = slice(b, min(b + BLOCK, len(data.after)))
        if (b // BLOCK) % 3 == 0:  # the true ends, as in punctuated text
            last = np.flatnonzero(data.after[part] == END)
            if not len(last) or last[-1] != part.stop - part.start - 1:
                last = np.append(last, part.stop - part.start - 1)
        else:
            last = model.boundaries(data.words[part], data.endings[part], data.capitals[part])[0]
        ends.append(last.astype(np.int64))
    print(f"segmented, {time.time() - began:.0f} s", flush=True)
    ship("sentence", learn_sentences(data, ends, given.rounds + 1))
    ship("capital", learn_capitals(data, given.rounds))

    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
        packed.write(json.dumps(casing(forms), ensure_ascii=False).encode())
    (given.out / "casing.json.gz").write_bytes(raw.getvalue())
    np.savez_compressed(given.out / "restorer.npz", **out)  # type: ignore[arg-type]
    print(f"{(given.out / 'restorer.npz').stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
