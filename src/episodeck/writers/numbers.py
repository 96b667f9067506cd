"""The numbers in a text, however they are written: 3,000, three thousand, 3k, nineteen ninety-nine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..text import STOP_WORDS, stem

_ONES = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 10**9, "trillion": 10**12}
_LETTERS = {"k": 1_000, "m": 1_000_000, "b": 10**9, "bn": 10**9}
_OTHERS = {"dozen": 12, "half": 0.5, "quarter": 0.25, "twice": 2, "double": 2, "triple": 3, "once": 1}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
}  # fmt: skip
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+", re.I)
_IN_A_NAME = re.compile(r"\b[a-z]+-?\d[\w.]*|\b\d+[a-z]{4,}\b", re.I)
_NO_UNITS = frozenset(
    "of or and to in on at the a an more less as than is was by for per times from with that".split()
)
_REACH = 8
_LINKS = frozenset({"and"})
_SMALL = {**_ONES, **_TENS}
_PLURAL = re.compile(r"(ies|s)$")


def numbers(text: str) -> set[float]:
    """Every value that a number in the text may stand for, in digits or in words; not what belongs to a name, as in GPT-3."""
    return {value for value, _, _ in _read(text)}


def measures(text: str) -> set[tuple[float, str]]:
    """Numbers with what they count or measure, by the stem of the word after them: (5, `week`)."""
    out = set()
    tokens = _tokens(text)
    for value, _, last in _read(text):
        unit = next(
            (t for t in tokens[last + 1 : last + 3] if t[0].isalpha() and len(t) > 1 and t not in _NO_UNITS),
            "",
        )
        if unit and unit not in STOP_WORDS and unit not in _SMALL and _PLURAL.sub("", unit) not in _SCALES:
            out.add((value, stem(unit)))
    return out


def counted_by(text: str, unit: str) -> set[float]:
    """The numbers that stand up to some words before a unit, given by its stem: 35 and 80 in `35 and then 80 percent`."""
    tokens = _tokens(text)
    places = [at for at, token in enumerate(tokens) if stem(token) == unit]
    return {value for value, _, last in _read(text) if any(0 < at - last <= _REACH for at in places)}


def placed(tokens: Sequence[str]) -> list[tuple[float, int]]:
    """The numbers among lower-case words and signs, each with the place of its last word; of what stands for one
    number the whole only."""
    found = _among(tokens)
    ends = {last: first for _, first, last in found if first < last}
    inner = {at for last, first in ends.items() for at in range(first, last + 1)}
    return [(value, last) for value, first, last in found if first < last or last not in inner]


def _read(text: str) -> list[tuple[float, int, int]]:
    """Values, each with the places of its first and last word among `_tokens`."""
    return _among(_tokens(text))


def _among(tokens: Sequence[str]) -> list[tuple[float, int, int]]:
    found: list[tuple[float, int, int]] = []
    run: list[float] = []
    """The values of the words of one number so far: twenty, nineteen."""
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        plain = _PLURAL.sub(lambda m: "y" if m.group() == "ies" else "", token)
        if token[0].isdigit():
            value = float(token.replace(",", ""))
            found.append((value, at, at))
            if scale := _SCALES.get(following) or _LETTERS.get(following):
                found.append((value * scale, at, at + 1))
            run = [value]
        elif (value_of := _SMALL.get(token, _SMALL.get(plain))) is not None:
            run.append(value_of)
            found.append((value_of, at, at))
            found += [(value, at - 1, at) for value in _joined(run)]
        elif plain in _SCALES:
            scale = _SCALES[plain]
            values = {value * scale for value in (run[-1:] or [1.0])} | {v * scale for v in _joined(run)}
            found += [(value, at - 1, at) for value in sorted(values)]
            run = [max(values)]
        elif run and token in _LINKS:
            continue
        else:
            if (other := _OTHERS.get(token, _ORDINALS.get(token))) is not None:
                found.append((other, at, at))
            run = []
    return found


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_IN_A_NAME.sub(" ", text.lower()))


def _joined(run: list[float]) -> set[float]:
    """What the last words of a number may be together: twenty-one, two thousand nineteen, nineteen ninety-nine."""
    out: set[float] = set()
    if len(run) >= 2:
        before, last = run[-2:]
        if before >= 20 and before % 10 == 0 and last < 10:
            out.add(before + last)
        if before > last and (before % 100 == 0 or before >= 1000):
            out.add(before + last)
        if 10 <= before < 100 and 10 <= last < 100:
            out.add(before * 100 + last)
        if before < 10 and last < 100:
            out.add(before * (100 if last >= 10 else 10) + last)
    if len(run) >= 3:
        first, tens, ones = run[-3:]
        if tens >= 20 and ones < 10:
            if 10 <= first < 100:
                out.add(first * 100 + tens + ones)
            if first >= 100 and first % 100 == 0:
                out.add(first + tens + ones)
            if first < 10:
                out.add(first * 100 + tens + ones)
    return out
