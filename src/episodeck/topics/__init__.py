"""Topics that episodes share: the names of decks.

`survey` looks at one transcript, `vocabulary` at all surveys together, `find` names an episode's
topics, and `sort_into` puts a stretch of talk under one of them.
"""

from __future__ import annotations

from .choice import LAST_RESORT, Sorter, find, sort_into
from .collection import Named, Survey, Vocabulary, survey, vocabulary

__all__ = [
    "LAST_RESORT",
    "Named",
    "Sorter",
    "Survey",
    "Vocabulary",
    "find",
    "sort_into",
    "survey",
    "vocabulary",
]
