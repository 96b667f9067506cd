"""JSON of Whisper, WhisperX, whisper.cpp and Whisper in Transformers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Cue
from . import jsons
from .document import Document, Draft


def recognises(document: Document) -> bool:
    """`segments` with `text` (or a bare list of them), whisper.cpp's `transcription`, Transformers' `chunks`, or `text`."""
    if any("text" in s for s in _segments(document.data)[:20]):
        return True
    data = jsons.mapping(document.data)
    return bool(jsons.text(data.get("text")).strip()) and "utterances" not in data


def read(document: Document) -> Draft:
    """A cue a segment, with WhisperX's speaker where it has one."""
    data = jsons.mapping(document.data)
    segments = _segments(document.data)
    cues = jsons.cues(map(_cue, segments)) if segments else (Cue(jsons.text(data.get("text"))),)
    return Draft(jsons.metadata({k: v for k, v in data.items() if k != "text"}), cues)


def _segments(data: object) -> list[Mapping[str, Any]]:
    if isinstance(data, list):
        return jsons.objects(data)
    top = jsons.mapping(data)
    return next(
        filter(None, (jsons.objects(top.get(k)) for k in ("segments", "transcription", "chunks"))), []
    )


def _cue(segment: Mapping[str, Any]) -> Cue:
    start = jsons.number(segment.get("start"))
    if start is None:
        start = jsons.number(jsons.mapping(segment.get("offsets")).get("from"), 0.001)
    times = segment.get("timestamp")
    if start is None and isinstance(times, list) and times:
        start = jsons.number(times[0])
    speaker = jsons.label(segment.get("speaker")) or _commonest(jsons.objects(segment.get("words")))
    return Cue(jsons.text(segment.get("text")), speaker, start)


def _commonest(words: Iterator[Mapping[str, Any]] | list[Mapping[str, Any]]) -> str | None:
    found = Counter(filter(None, (jsons.label(w.get("speaker")) for w in words)))
    return found.most_common(1)[0][0] if found else None
