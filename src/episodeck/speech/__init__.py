"""Transcripts into speech: sentences, turns, readable text, and what to set aside."""

from .restore import restore

__all__ = ["restore"]
