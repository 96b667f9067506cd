"""SubRip (SRT)."""

from __future__ import annotations

import re
from dataclasses import replace

from ..model import Metadata
from . import vtt
from .captions import Caption, cues
from .document import Document, Draft

_TIMES = re.compile(r"^\s*\d{1,3}:\d{2}:\d{2}(?:[.,]\d{1,3})?\s*-->\s*\d{1,3}:\d{2}:\d{2}", re.MULTILINE)

_COMMA = re.compile(r"(\d\d:\d\d),(\d{1,3})(?=\s*-->|\s*$)", re.MULTILINE)


def recognises(document: Document) -> bool:
    """A line of two times with an arrow stands among the first lines."""
    return bool(_TIMES.search("\n".join(document.text[:20_000].split("\n")[:40])))


def read(document: Document) -> Draft:
    """Captions as cues."""
    import srt

    text, numbered = _captions_of(document.text)
    if not numbered:
        # `srt` would take a caption's last line for a number if it is one.
        return vtt.read(replace(document, text="WEBVTT\n\n" + _COMMA.sub(r"\1.\2", text)))
    captions = [
        Caption(s.start.total_seconds(), tuple(s.content.split("\n")))
        for s in srt.parse(text, ignore_errors=True)
    ]
    return Draft(Metadata(), tuple(cues(captions, Metadata())))


def _captions_of(text: str) -> tuple[str, bool]:
    """The text from its first caption on, and whether captions have numbers."""
    times = _TIMES.search(text)
    begin = times.start() if times else 0
    number = re.search(r"\d+[ \t]*\n\s*\Z", text[:begin])
    return text[number.start() if number else begin :].lstrip(), number is not None
