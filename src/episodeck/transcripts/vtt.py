"""WebVTT, with voices, and YouTube's rolling captions."""

from __future__ import annotations

import re

from ..errors import TranscriptError
from ..model import Chapter, Cue
from .captions import Caption, cues
from .document import Document, Draft
from .marks import seconds
from .metadata import from_pairs

_TIMES = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d{2}\.\d{3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}\.\d{3}", re.MULTILINE)


def recognises(document: Document) -> bool:
    """`WEBVTT` begins the file; without it, times in the manner of WebVTT stand among the first lines."""
    beginning = document.text[:20_000].lstrip()
    return bool(re.match(r"WEBVTT(?:\s|\Z)", beginning)) or bool(
        _TIMES.search("\n".join(beginning.split("\n")[:40]))
    )


def read(document: Document) -> Draft:
    """Captions as cues; `Title: …` lines before the first cue, in notes too, as metadata."""
    import webvtt

    text = document.text.lstrip()
    if not text.startswith("WEBVTT"):
        text = "WEBVTT\n\n" + text
    try:
        file = webvtt.from_string(text)
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise TranscriptError(
            f"broken WebVTT: {error}", where=document.source, mend="export the captions again"
        ) from error
    first = _TIMES.search(text)
    header = text[: first.start()] if first else text
    metadata = from_pairs(
        (m[1], m[2]) for m in re.finditer(r"^([A-Za-z][\w -]*):\s*(.+)$", header, re.MULTILINE)
    )
    captions = [Caption(seconds(c.start), tuple(c.raw_text.split("\n"))) for c in file.captions]
    items: tuple[Cue | Chapter, ...] = tuple(cues(captions, metadata))
    return Draft(metadata, items)
