"""What a blind choice says of the two writers."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from typing import Any

from .. import entries
from ..errors import ChoicesError
from ..project import Project
from .page import key_file

VERSION = 1
_MOST_BYTES = 10_000_000
_MEND = "save it again on the page that `episodeck compare` writes"


class Judgement(StrEnum):
    """What became of a card."""

    KEEP = "keep"
    EDIT = "edit"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file of choices."""

    comparison: str
    cards: Mapping[int, Judgement]
    """By number."""
    better: Mapping[tuple[int, ...], int | None]
    """For pairs, by their numbers: the better one, or none."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a writer's cards."""

    writer: str
    kept: int
    edited: int
    dropped: int
    open: int
    """Not judged."""
    better: int
    """Of the places that both ask about."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of both."""

    episode: str
    cards: int
    judged: int
    tallies: tuple[Tally, ...]
    pairs: int
    even: int
    """Pairs without a difference."""


def result(project: Project, path: Path) -> Result:
    """What the choices in a file say. Raises `ChoicesError`."""
    chosen = read(path)
    key = entries.read(key_file(project, chosen.comparison))
    try:
        episode, writers = str(key["episode"]), [str(name) for name in key["writers"]]
        whose = dict(enumerate(([str(name) for name in names] for names in key["cards"]), 1))
        last = list(accumulate(int(size) for size in key["places"]))
        pairs = {(n - 1, n) for n, size in zip(last, key["places"], strict=True) if size == 2}
    except (KeyError, TypeError, ValueError) as error:
        raise ChoicesError(
            "is of a comparison that this project has no key for",
            where=path,
            mend="run `episodeck compare` again for the same episode and writers, then this",
        ) from error
    if unknown := sorted(chosen.cards.keys() - whose.keys()):
        raise ChoicesError(f"the comparison has no card {unknown[0]}", where=path, mend=_MEND)
    if strange := sorted(chosen.better.keys() - pairs):
        what = f"cards {strange[0][0]} and {strange[0][1]} are no pair in the comparison"
        raise ChoicesError(what, where=path, mend=_MEND)
    won = Counter(name for number in chosen.better.values() if number for name in whose[number])
    tallies = []
    for name in writers:
        theirs = [number for number, names in whose.items() if name in names]
        of = Counter(chosen.cards.get(number) for number in theirs)
        counts = (of[Judgement.KEEP], of[Judgement.EDIT], of[Judgement.DROP], of[None], won[name])
        tallies.append(Tally(name, *counts))
    even = sum(number is None for number in chosen.better.values())
    return Result(episode, len(whose), len(chosen.cards), tuple(tallies), len(pairs), even)


def read(path: Path) -> Chosen:
    """A file of choices, which anyone may have written. Raises `ChoicesError`."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ChoicesError("is too large for a file of choices", where=path, mend="name the right file")
        stored = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ChoicesError("is not UTF-8 text", where=path, mend=_MEND) from error
    except OSError as error:
        raise ChoicesError(error.strerror or str(error), where=path, mend="name a readable file") from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise ChoicesError("is not a file of choices", where=path, line=line, mend=_MEND) from error
    if not isinstance(stored, dict) or stored.get("episodeck") != "comparison":
        raise ChoicesError("is not a file of choices from a comparison", where=path, mend=_MEND)
    if stored.get("version") != VERSION:
        mend = f"this Episodeck reads version {VERSION}"
        raise ChoicesError("is of another version of Episodeck", where=path, mend=mend)
    comparison = stored.get("comparison")
    if not isinstance(comparison, str) or not re.fullmatch(r"[0-9a-f]{16}", comparison):
        raise ChoicesError("doesn't say which comparison it is of", where=path, mend=_MEND)
    return Chosen(comparison, _cards(stored, path), _better(stored, path))


def _cards(stored: Mapping[str, Any], path: Path) -> dict[int, Judgement]:
    found: dict[int, Judgement] = {}
    for n, entry in enumerate(_list(stored, "choices", path), 1):
        number, choice = (entry.get("card"), entry.get("choice")) if isinstance(entry, dict) else (None, None)
        if not _is_number(number) or choice not in list(Judgement) or number in found:
            what = f"its choice {n} isn't keep, edit or drop of one more card"
            raise ChoicesError(what, where=path, mend=_MEND)
        found[int(number)] = Judgement(choice)  # type: ignore[arg-type]
    return found


def _better(stored: Mapping[str, Any], path: Path) -> dict[tuple[int, ...], int | None]:
    found: dict[tuple[int, ...], int | None] = {}
    for n, entry in enumerate(_list(stored, "pairs", path), 1):
        fields = entry if isinstance(entry, dict) else {}
        numbers, better = fields.get("cards"), fields.get("better")
        two = tuple(numbers) if isinstance(numbers, list) and all(map(_is_number, numbers)) else ()
        if len(two) != 2 or two in found or (better is not None and better not in two):
            what = f"its pair {n} doesn't name two cards, and one of them or none as the better"
            raise ChoicesError(what, where=path, mend=_MEND)
        found[two] = better
    return found


def _list(stored: Mapping[str, Any], name: str, path: Path) -> list[Any]:
    found = stored.get(name, [])
    if not isinstance(found, list):
        raise ChoicesError(f"its `{name}` are no list", where=path, mend=_MEND)
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
