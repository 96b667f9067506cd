"""Episodeck turns podcast and interview transcripts into Anki decks."""

__version__ = "0.1.0"
