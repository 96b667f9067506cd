"""Parts of speech, by NLTK's averaged perceptron with weights trained for this project."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any


def tag(tokens: Sequence[str]) -> list[tuple[str, str]]:
    """Each token of one sentence with its Penn Treebank tag.

    Tokens are words and punctuation marks apart, contractions split as in the treebank
    ("do", "n't"); `nltk.word_tokenize`-like. Whole words with marks on them are tagged too, less surely.
    """
    words = list(tokens)
    return list(_tagger().tag(words)) if words else []


@cache
def _tagger() -> Any:
    from nltk.tag.perceptron import PerceptronTagger

    stored = json.loads(gzip.decompress(files(__package__).joinpath("tagger.json.gz").read_bytes()))
    tagger = PerceptronTagger(load=False)
    tagger.model.weights = stored["weights"]
    tagger.model.classes = set(stored["classes"])
    tagger.tagdict = stored["tagdict"]
    tagger.classes = tagger.model.classes
    return tagger
