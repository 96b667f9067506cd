"""Chapter lines `¶ Title` over paragraphs."""

from __future__ import annotations

import re

from . import prose
from .document import Document, Draft


def recognises(document: Document) -> bool:
    """A line begins with a pilcrow."""
    return any(re.match(r"\s*¶\s*\S", line) for line in document.lines)


def read(document: Document) -> Draft:
    """A cue a paragraph, none of them a turn by itself; chapter lines as chapters."""
    return prose.read(document)
