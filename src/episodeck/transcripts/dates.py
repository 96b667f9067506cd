"""Dates as people write them."""

from __future__ import annotations

import datetime
import re

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(?P<name>[A-Za-z]{3,9})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_FORMS = tuple(
    re.compile(form + r"\Z", re.IGNORECASE)
    for form in (
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:[T ]\d\d?:\d\d.*)?",
        rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)",
        rf"{_YEAR}[-/.](?P<month>\d{{1,2}})",
        rf"(?:[a-z]{{3,9}},?\s+)?{_NAME}\s+{_DAY},?\s+{_YEAR}",
        rf"(?:[a-z]{{3,9}},?\s+)?{_DAY}\.?\s+(?:of\s+)?{_NAME},?\s+{_YEAR}(?:\s+\d\d:\d\d.*)?",
        rf"{_NAME},?\s+{_YEAR}",
        rf"(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark){_YEAR}",
        _YEAR,
    )
)


def iso_date(text: str) -> str | None:
    """`text` as YYYY-MM-DD, YYYY-MM or YYYY; None if it is no date, or one that can be read in two ways."""
    text = " ".join(text.split())
    for form in _FORMS:
        if match := form.match(text):
            return _iso(match.groupdict())
    return None


def _iso(parts: dict[str, str | None]) -> str | None:
    year = parts["year"] or ""
    month, day = _number(parts.get("month")), _number(parts.get("day"))
    if name := parts.get("name"):
        short = name[:3].lower()
        if short not in _MONTHS:
            return None
        month = _MONTHS.index(short) + 1
    first, second = _number(parts.get("first")), _number(parts.get("second"))
    if first is not None and second is not None:
        if parts["mark"] == "." or first > 12:
            day, month = first, second
        elif second > 12 or first == second:
            month, day = first, second
        else:
            return None
    if month is None:
        return year
    try:
        date = datetime.date(int(year), month, day or 1)
    except ValueError:
        return None
    return date.isoformat() if day is not None else f"{date:%Y-%m}"


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None
