"""Speakers' names before what they say, in Markdown and in plain text."""

from __future__ import annotations

from . import prose
from .document import Document, Draft


def is_labelled_text(document: Document) -> bool:
    """Labels that recur, or that the metadata names, begin paragraphs of a text without Markdown."""
    return not prose.is_markdown(document) and prose.divide(document).labelled


def is_markdown(document: Document) -> bool:
    """Front matter or Markdown's own marks."""
    return prose.is_markdown(document)


def read(document: Document) -> Draft:
    """A cue a paragraph, with the speaker whose label stands before it or before an earlier one."""
    return prose.read(document)
