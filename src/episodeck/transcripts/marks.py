"""Marks inside a line of a transcript: times, changes of speaker, Markdown."""

from __future__ import annotations

import html
import re

TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
BRACKETED_TIME = rf"[\[(]{{1,2}}\s*(?P<time>{TIME})(?:\s*(?:-->|[-–—])\s*{TIME})?\s*[\])]{{1,2}}"
SOUND = r"(?:\[[^\[\]]{1,60}\]|\([^()]{1,60}\)|♪[^♪]{0,500}♪|[♪♫]+)"
"""`[Music]`, `(laughs)`, `♪`."""

_INLINE_TIME = re.compile(
    rf"\[{{1,2}}\s*(?P<time>{TIME})(?:\s*(?:-->|[-–—])\s*{TIME})?\s*\]{{1,2}}"
    r"|\((?P<long>\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?)\)"
)
"""In round brackets only with hours: `(10:30)` may be part of what is said."""
_ARROWS = re.compile(r"(?:^|(?<=\s)|(?<=[\])]))>{2,3}(?!>)\s*")
_BROKEN_OFF = re.compile(r"(?<=[-–—])\s+[-–—]\s+(?=\S)")
_AFTER_SOUND = re.compile(rf"(\s*{SOUND})\s+[-–—]\s+(?=\S)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TIME_LINK = re.compile(rf"\[+({TIME})\]+\((?:[^()\s]*)\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()\s]{0,2000}(?:\s+\"[^\"]*\")?\)")
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]{0,300}\]){1,1000})\]\((?:<[^<>\s]{0,2000}>|[^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,2000}){0,5})(?:\s+[\"'][^\"']*[\"'])?\)"
)
_REFERENCE = re.compile(r"\[\^[^\]\s]{1,20}\]")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]+)>")
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.DOTALL)
_EMPHASIS = tuple(
    re.compile(p)
    for p in (
        r"(?<![\w*])\*{3}(?=[^\s*])(.{1,1000}?)(?<=[^\s*])\*{3}(?![\w*])",
        r"(?<!\*)\*\*(?=[^\s*])(.{1,1000}?)(?<=[^\s*])\*\*(?!\*)",
        r"(?<![\w*])\*(?=[^\s*])([^*]{1,1000}?)(?<=[^\s*])\*(?![\w*])",
        r"(?<![\w_])__(?=[^\s_])(.{1,1000}?)(?<=[^\s_])__(?![\w_])",
        r"(?<![\w_])_(?=[^\s_])([^_]{1,1000}?)(?<=[^\s_])_(?![\w_])",
        r"(?<!`)`([^`]{1,1000})`(?!`)",
        r"~~(?=\S)(.{1,1000}?)(?<=\S)~~",
    )
)
_HIDDEN = 0xE000
"""Escaped marks wait in the private use area until emphasis is done."""


def seconds(time: str | None) -> float | None:
    """`1:02:03.5` as 3723.5; None where it is no time."""
    if not time:
        return None
    parts = time.replace(",", ".").split(":")
    try:
        numbers = [float(p) for p in parts]
    except ValueError:
        return None
    if len(numbers) not in (2, 3) or numbers[-1] >= 60 or (len(numbers) == 3 and numbers[1] >= 60):
        return None
    total = 0.0
    for number in numbers:
        total = total * 60 + number
    return round(total, 3)


def split_at_times(text: str) -> list[tuple[float | None, str]]:
    """A text cut at the bracketed times in it, each piece with its start."""
    pieces: list[tuple[float | None, str]] = []
    start: float | None = None
    begin = 0
    for match in _INLINE_TIME.finditer(text):
        time = seconds(match["time"] or match["long"])
        if time is None:
            continue
        pieces.append((start, text[begin : match.start()]))
        start, begin = time, match.end()
    pieces.append((start, text[begin:]))
    return pieces


def split_at_arrows(text: str) -> list[tuple[bool, str]]:
    """A text cut at `>>`, each piece with whether the mark stood before it."""
    first, *others = _ARROWS.split(text)
    pieces = [(False, first)] if first.strip() else []
    return pieces + [(True, piece) for piece in others]


def split_at_dashes(text: str) -> list[tuple[bool, str]]:
    """A text cut where a dash marks another speaker: after a sound at its beginning, or after an unfinished `has--`."""
    pieces: list[tuple[bool, str]] = []
    marked = False
    if match := _AFTER_SOUND.match(text):
        pieces.append((False, match[1]))
        text, marked = text[match.end() :], True
    for piece in _BROKEN_OFF.split(text):
        pieces.append((marked, re.sub(r"\s+[-–—]\s*\Z", "", piece)))
        marked = True
    return pieces


def unescape(text: str) -> str:
    """HTML entities as their characters; only those closed by a semicolon, so `AT&T` stays."""
    return _ENTITY.sub(lambda m: html.unescape(m.group()), text)


def prepare_markdown(text: str) -> str:
    """Markdown without comments, its linked and escaped times as plain `[mm:ss]`."""
    text = _COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text)
    text = _TIME_LINK.sub(r"[\1]", text)
    return re.sub(rf"\\([\[(])\\?({TIME})\\?([\])])", r"\1\2\3", text)


def plain(markdown: str) -> str:
    """A line of Markdown as plain text: links and emphasis reduced to their words, escapes and entities undone."""
    text = _ESCAPED.sub(lambda m: chr(_HIDDEN + ord(m[1])), markdown)
    text = _LINK.sub(r"\1", _REFERENCE.sub("", _IMAGE.sub("", text)))
    text = _AUTOLINK.sub(r"\1", text)
    for emphasis in _EMPHASIS:
        text = emphasis.sub(r"\1", text)
    text = re.sub("[\ue000-\ue07f]", lambda m: chr(ord(m.group()) - _HIDDEN), text)
    return unescape(text)
