"""Card files: the one place where the program's work and a person's work meet.

`load` reads one, `merge` brings new proposals into it without touching what is the
reader's, `stamp` dates the cards whose notes changed, `save` writes it without ever
leaving half a file. `edited` and `without` enter what a reader did elsewhere.
docs/card-files.md describes the format.
"""

from __future__ import annotations

from .editing import edited, readers_fields, without
from .merging import Held, Merged, merge, rests_on, runs, settle
from .reading import Decks, clashes, load, load_all, parse, paths
from .stamps import ahead, stamp
from .values import CardFile, Ledger, Removed, card_id, trace, value
from .writing import Saved, render, save

__all__ = [
    "CardFile",
    "Decks",
    "Held",
    "Ledger",
    "Merged",
    "Removed",
    "Saved",
    "ahead",
    "card_id",
    "clashes",
    "edited",
    "load",
    "load_all",
    "merge",
    "parse",
    "paths",
    "readers_fields",
    "render",
    "rests_on",
    "runs",
    "save",
    "settle",
    "stamp",
    "trace",
    "value",
    "without",
]
