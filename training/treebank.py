"""Sentences of the English Web Treebank, as speech has them."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from episodeck.cards.parsing import RELATIONS


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


def sentences(path: Path, split: str) -> Iterator[list[list[str]]]:
    """The sentences of one split of a CoNLL-U file with several: a row of cells for every word."""
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
                    yield rows
                rows = []


def treebank(path: Path, split: str) -> Iterator[Tree]:
    for rows in sentences(path, split):
        heads = [int(c[5]) - 1 if c[5] != "0" else len(rows) for c in rows]
        yield Tree([c[1] for c in rows], [c[4] for c in rows], heads, [relation(c[6]) for c in rows])


def tagged(path: Path, split: str) -> list[list[tuple[str, str]]]:
    """Sentences of (form, Penn tag), words without a tag left out."""
    found = ([(c[1], c[4]) for c in rows if c[4] not in ("", "_")] for rows in sentences(path, split))
    return [sentence for sentence in found if sentence]


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
