"""JSON of the Podcasting 2.0 transcript tag."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Cue
from . import jsons
from .document import Document, Draft


def recognises(document: Document) -> bool:
    """`segments` with a `body` or a `startTime`."""
    segments = jsons.objects(jsons.mapping(document.data).get("segments"))
    return any("body" in s or "startTime" in s for s in segments[:20])


def read(document: Document) -> Draft:
    """A cue a segment; a segment without `speaker` goes on with the last one's. Segments of a word are put together."""
    data = jsons.mapping(document.data)
    return Draft(jsons.metadata(data), jsons.cues(_segments(document)))


def _segments(document: Document) -> Iterator[Cue]:
    speaker: str | None = None
    for segment in jsons.objects(jsons.mapping(document.data).get("segments")):
        speaker = jsons.label(segment.get("speaker")) or speaker
        words = jsons.text(segment.get("body")) or jsons.text(segment.get("text"))
        start = segment.get("startTime", segment.get("start"))
        yield Cue(words, speaker, jsons.number(start))
