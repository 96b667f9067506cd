"""Card files: the one place where the program's work and a person's work meet.

`load` reads one, `merge` brings new proposals into it without touching what is the
reader's, `stamp` dates the cards whose notes changed, `save` writes it without ever
leaving half a file. `edited` and `without` enter what a reader did elsewhere.
docs/card-files.md describes the format.
"""

from __future__ import annotations

from .editing import edited, readers_fields, without
from .merging import Held, Merged, likeness, merge, settle
from .reading import Decks, load, load_all, parse
from .stamps import ahead, stamp
from .values import CardFile, Ledger, Removed, card_id, trace
from .writing import render, save

__all__ = [
    "CardFile",
    "Decks",
    "Held",
    "Ledger",
    "Merged",
    "Removed",
    "ahead",
    "card_id",
    "edited",
    "likeness",
    "load",
    "load_all",
    "merge",
    "parse",
    "readers_fields",
    "render",
    "save",
    "settle",
    "stamp",
    "trace",
    "without",
]
