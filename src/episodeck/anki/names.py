"""Names of decks, tags and files, made from names of people, topics and shows."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..text import slug
from .markup import one_line

_WINDOWS_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def deck_part(name: str) -> str:
    """`name` fit to be one level of a deck's name; "" if nothing is left of it."""
    name = re.sub(r'"([^"]*)"', r"“\1”", name).replace('"', "")  # Anki drops straight quotes
    return one_line(re.sub(":{2,}", ": ", name)).strip(" :")


def deck_name(*parts: str) -> str:
    """A nested deck's name; blank parts are left out."""
    return "::".join(filter(None, map(deck_part, parts)))


def tag(axis: str, name: str) -> str:
    """The tag `axis::name`, spaces as `_`; "" if nothing is left of the name."""
    slug = re.sub(r'["\s:_]+', "_", one_line(name)).strip("_")
    return f"{axis}::{slug}" if slug else ""


def file_name(name: str) -> str:
    """`name` as the name of a file on any system, otherwise unchanged; "deck" if nothing is left of it."""
    safe = _shorten(re.sub(r'[\\/:*?"<>|]+', "-", one_line(name)).strip(" .-"))
    return f"{safe}-" if _WINDOWS_DEVICES.fullmatch(safe) else safe or "deck"


def file_names(names: Iterable[str]) -> dict[str, str]:
    """For every name, case ignored, the name of its file; no two the same."""
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted({name.casefold() for name in names if name}):
        base = file_name(slug(name))
        number = 1
        while (candidate := base if number == 1 else f"{base}-{number}") in taken:
            number += 1
        chosen[name] = candidate
        taken.add(candidate)
    return chosen


def _shorten(name: str, size: int = 120) -> str:
    """The beginning of `name` that takes at most `size` bytes: file systems allow 255, less what is added."""
    return name.encode()[:size].decode(errors="ignore").rstrip(" .-")
