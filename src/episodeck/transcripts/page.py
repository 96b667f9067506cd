"""A page about an episode with its transcript below: hosts, guests, topics, key claims, summary, then the talk."""

from __future__ import annotations

import re

from ..errors import TranscriptError
from . import prose
from .document import Document, Draft
from .head import TRANSCRIPT, pair, section

_SHOW_AND_DATE = re.compile(r"\S.*\s[·•]\s.*\b(?:19|20)\d\d\b")


def recognises(document: Document) -> bool:
    """At least three of: `show · date` line, `Hosts:`, `Guests:`, headings such as `Key claims` without `#`."""
    if document.front_matter is not None:
        return False
    above = []
    for line in [line for line in document.lines if line.strip()][:120]:
        if TRANSCRIPT.match(line):
            break
        above.append(line)
    signs = {
        found[0].lower().rstrip("s") for line in above if (found := pair(line)) and not line.startswith("-")
    }
    signs &= {"host", "guest", "date", "show", "title", "url"}
    headings = {
        kind for line in above if len(line) < 40 and not line.startswith("#") and (kind := section(line))
    }
    first = above[0] if above else ""
    return bool(headings) and len(signs) + len(headings) + bool(_SHOW_AND_DATE.match(first)) >= 3


def read(document: Document) -> Draft:
    """What stands above `Transcript` as metadata, what stands below as cues.

    Raises `TranscriptError` if there is no line `Transcript`.
    """
    if not any(TRANSCRIPT.match(line) for line in document.lines):
        raise TranscriptError(
            "a page about an episode, without its transcript",
            where=document.source,
            mend="add the transcript beneath a line `Transcript`",
        )
    return prose.read(document, page=True)
