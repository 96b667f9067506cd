"""`- [mm:ss] words` lines, with or without front matter."""

from __future__ import annotations

from . import prose
from .document import Document, Draft


def recognises(document: Document) -> bool:
    """Most lines begin with a time, and none with a speaker's label."""
    divided = prose.divide(document)
    return divided.timed > 0.5 and not divided.labelled


def read(document: Document) -> Draft:
    """A cue a line, with its start."""
    return prose.read(document)
