"""Sentence ends of punctuated text, by NLTK's Punkt with parameters trained for this project."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

SURE_END = re.compile(r"[.!?…。！？؟।][\"'”’)\]*_»」]*$")
"""A word that may end a sentence."""
_TITLE = re.compile(r"^[(\"“]?(?:Mr|Mrs|Ms|Dr|Prof|St|Mt|Gen|Sen|Rev|vs|e\.g|i\.e|cf)\.$")
_INITIAL = re.compile(r"^[A-HJ-Z]\.$")
_QUOTED_END = re.compile(r"[!?][\"”’']$")


def split(words: Sequence[str]) -> list[int]:
    """Offsets, within `words`, of the last word of every sentence; the last word always ends one."""
    if not words:
        return []
    text = " ".join(words)
    ends: list[int] = []
    word, reached = -1, -1  # the word reached so far, and the character after which it ends
    for _, end in _tokenizer().span_tokenize(text):
        while reached < end and word + 1 < len(words):
            word += 1
            reached += len(words[word]) + 1
        if not ends or word > ends[-1]:
            ends.append(word)
    if not ends or ends[-1] != len(words) - 1:
        ends.append(len(words) - 1)
    return [
        e
        for e in ends
        if e == len(words) - 1 or not _runs_on(words[e - 1] if e else "", words[e], words[e + 1])
    ]


def _runs_on(before: str, last: str, following: str) -> bool:
    """Punkt ends a sentence after `last`, but it goes on: after a quotation, a title, an initial of a name."""
    if len(last) > 12:
        return False
    if following[:1].islower():
        return bool(_QUOTED_END.search(last))
    return bool(_TITLE.search(last)) or (
        bool(_INITIAL.match(last)) and following[:1].isupper() and (not before or before[:1].isupper())
    )


@cache
def _tokenizer() -> Any:
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    stored = json.loads(gzip.decompress(files(__package__).joinpath("punkt.json.gz").read_bytes()))
    parameters = PunktParameters()
    parameters.abbrev_types = set(stored["abbreviations"])
    parameters.collocations = {(a, b) for a, b in stored["collocations"]}
    parameters.sent_starters = set(stored["starters"])
    parameters.ortho_context.update(stored["context"])
    return PunktSentenceTokenizer(parameters)
