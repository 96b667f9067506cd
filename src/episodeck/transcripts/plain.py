"""Text without labels, times or chapters: paragraphs, or one raw stream."""

from __future__ import annotations

from . import prose
from .document import Document, Draft


def is_stream(document: Document) -> bool:
    """Hardly any sentence marks, whether on one line or on many."""
    return document.suffix != ".json" and prose.is_unpunctuated("\n".join(document.lines))


def is_text(document: Document) -> bool:
    """Anything else but a file that calls itself JSON."""
    return document.suffix != ".json"


def read(document: Document) -> Draft:
    """A cue a paragraph; a stream on one line is one cue."""
    return prose.read(document)
