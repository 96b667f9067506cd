"""Train the small dependency parser that questions are made with.

    python training/parser.py [--corpus ../shared/corpus] [--rounds 7]

Reads the train split of the English Web Treebank, writes `parser.npz` into the package and prints accuracy on the
dev split with the tags of the tagger that ships (words hung rightly; with the right relation too; marks left out).
An averaged perceptron with a dynamic oracle: from the second round on it follows its own guesses and learns what is
best after them. Its training tags are those of taggers that haven't seen the sentence. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import io
import lzma
import random
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from episodeck.cards.parsing import LEFT, MOVES, RELATIONS, RIGHT, SHIFT, SIZE, State, best_move
from episodeck.speech.tagging import tag

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "episodeck" / "cards" / "parser.npz"
_LEAST = 4
"""Weights smaller than so many steps of 127 are left out."""


@dataclass(slots=True)
class Tree:
    """A sentence of the treebank; the root's index is the number of words."""

    words: list[str]
    tags: list[str]
    heads: list[int]
    relations: list[int]


def relation(name: str) -> int:
    plain = name if name in RELATIONS else name.split(":")[0]
    plain = {"vocative": "discourse", "orphan": "dep", "goeswith": "flat", "list": "parataxis"}.get(
        plain, plain
    )
    return RELATIONS.index(plain if plain in RELATIONS else "dep")


def treebank(path: Path, split: str) -> Iterator[Tree]:
    rows: list[list[str]] = []
    here = ""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("# split ="):
                here = line.split("=")[1].strip()
            elif line and not line.startswith("#"):
                cells = line.split("\t")
                if cells[0].isdigit():
                    rows.append(cells)
            elif not line:
                if rows and here == split:
                    heads = [int(c[5]) - 1 if c[5] != "0" else len(rows) for c in rows]
                    yield Tree(
                        [c[1] for c in rows], [c[4] for c in rows], heads, [relation(c[6]) for c in rows]
                    )
                rows = []


def projective(tree: Tree) -> bool:
    arcs = [(min(i, h), max(i, h)) for i, h in enumerate(tree.heads)]
    return not any(a < c < b < d for a, b in arcs for c, d in arcs)


def without_commas(tree: Tree) -> Tree:
    """As speech is written down: the commas gone."""
    gone = {i for i, w in enumerate(tree.words) if w == "," and i not in tree.heads}
    kept = [i for i in range(len(tree.words)) if i not in gone]
    place = {old: new for new, old in enumerate(kept)} | {len(tree.words): len(kept)}
    return Tree(
        [tree.words[i] for i in kept], [tree.tags[i] for i in kept], [place[tree.heads[i]] for i in kept],
        [tree.relations[i] for i in kept],
    )  # fmt: skip


def as_spoken(words: list[str]) -> list[str]:
    """Words as the cards' tokeniser gives them to the tagger: no capital for being first."""
    first = words[0]
    plain = first[1:].islower() or len(first) == 1
    return [first.lower() if plain and first != "I" else first, *words[1:]]


def retag(trees: list[Tree]) -> None:
    """Gives each half the tags of a tagger that learned from the other."""
    from nltk.tag.perceptron import PerceptronTagger

    random.seed(1)
    for half in (0, 1):
        tagger = PerceptronTagger(load=False)
        tagger.train(
            [list(zip(t.words, t.tags, strict=True)) for k, t in enumerate(trees) if k % 2 != half], nr_iter=4
        )
        for k, tree in enumerate(trees):
            if k % 2 == half:
                tree.tags = [str(t) for _, t in tagger.tag(as_spoken(tree.words))]


def costs(state: State, tree: Tree) -> tuple[float, float, float]:
    """How many right arcs each kind of move makes impossible."""
    heads, n, b = tree.heads, state.count, state.buffer
    read, left, right = state.allowed()
    never = float("inf")
    shift_cost = left_cost = right_cost = never
    stack = state.stack
    if read:
        shift_cost = sum(heads[s] == b for s in stack) + (heads[b] in stack[:-1])
    if stack:
        s0 = stack[-1]
        lost = sum(heads[k] == s0 for k in range(b, n))
        if left:
            s1 = stack[-2] if len(stack) > 1 else -2
            left_cost = lost + (heads[s0] == s1 or heads[s0] > b)
        if right:
            right_cost = lost + (heads[s0] >= b)
    return shift_cost, left_cost, right_cost


def train(trees: list[Tree], rounds: int, dev: list[Tree]) -> np.ndarray:
    weights = np.zeros((SIZE, MOVES), dtype=np.float32)
    totals = np.zeros((SIZE, MOVES), dtype=np.float32)
    chance = random.Random(1)  # noqa: S311
    step = 0
    for r in range(rounds):
        chance.shuffle(trees)
        right = seen = 0
        for original in trees:
            tree = without_commas(original) if chance.random() < 0.15 else original
            state = State(tree.words, tree.tags)
            while not state.done:
                step += 1
                rows = state.features()
                scores = weights[rows].sum(axis=0)
                guess = best_move(scores, state)
                each = costs(state, tree)
                least = min(each)
                good = [SHIFT] if each[0] == least else []
                top = state.stack[-1] if state.stack else -1
                for kind, first in ((1, LEFT), (2, RIGHT)):
                    if each[kind] == least:
                        head = state.buffer if kind == 1 else state.stack[-2]
                        if tree.heads[top] == head:
                            good.append(first + tree.relations[top])
                        else:  # its head is lost: any relation is as wrong as any other
                            good.append(first + int(scores[first : first + len(RELATIONS)].argmax()))
                best = max(good, key=lambda m: scores[m])
                seen += 1
                if guess in good:
                    right += 1
                else:
                    weights[rows, best] += 1
                    weights[rows, guess] -= 1
                    totals[rows, best] += step
                    totals[rows, guess] -= step
                state.take(guess if r and chance.random() < 0.9 else best)
        print(f"round {r + 1}: {right / seen:.4f} of {seen:,} moves", flush=True)
        if r % 3 == 2:
            score(weights - totals / step, dev)
    return weights - totals / step


def score(weights: np.ndarray, dev: list[Tree]) -> None:
    marks = RELATIONS.index("punct")
    hung = labelled = words = 0
    for tree in dev:
        state = State(tree.words, tree.tags)
        while not state.done:
            state.take(best_move(weights[state.features()].sum(axis=0), state))
        for i, (head, rel) in enumerate(zip(tree.heads, tree.relations, strict=True)):
            if rel != marks:
                words += 1
                hung += state.heads[i] == head
                labelled += state.heads[i] == head and state.relations[i] == rel
    print(f"dev: {hung / words:.4f} hung rightly, {labelled / words:.4f} with their relation", flush=True)


def save(weights: np.ndarray) -> np.ndarray:
    """Writes the weights as whole numbers; gives what will be read again."""
    whole = np.rint(weights * (127 / np.abs(weights).max()))
    whole[np.abs(whole) < _LEAST] = 0
    rows, moves = np.nonzero(whole)
    values = whole[rows, moves].astype(np.int8)
    steps = np.diff(rows, prepend=0)
    kind = np.uint8 if steps.max() < 256 else np.uint16
    with zipfile.ZipFile(TARGET, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in (
            ("rows", steps.astype(kind)),
            ("moves", moves.astype(np.uint8)),
            ("weights", values),
        ):
            raw = io.BytesIO()
            np.save(raw, array)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (2026, 1, 1, 0, 0, 0)), raw.getvalue(), zipfile.ZIP_DEFLATED, 9
            )
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, {len(values):,} weights")
    return whole


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    options.add_argument("--rounds", type=int, default=7)
    given = options.parse_args()
    path = given.corpus / "ud-ewt.conllu.xz"
    trees = [t for t in treebank(path, "train") if len(t.words) > 2 and projective(t)]
    dev = list(treebank(path, "dev"))
    retag(trees)
    for tree in dev:
        tree.tags = [t for _, t in tag(as_spoken(tree.words))]
    print(f"{len(trees):,} sentences to learn from, {len(dev):,} to report on", flush=True)
    score(save(train(trees, given.rounds, dev)), dev)


if __name__ == "__main__":
    main()
