"""Deepgram's JSON: times in seconds, speakers as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Cue
from . import jsons
from .document import Document, Draft


def recognises(document: Document) -> bool:
    """`results` with `utterances` or `channels`, or `utterances` that hold a `transcript`."""
    data = jsons.mapping(document.data)
    results = jsons.mapping(data.get("results"))
    return bool(
        jsons.objects(results.get("utterances"))
        or jsons.objects(results.get("channels"))
        or any("transcript" in u for u in jsons.objects(data.get("utterances"))[:20])
    )


def read(document: Document) -> Draft:
    """A cue an utterance; without utterances, a cue a sentence of the paragraphs, or of the words."""
    data = jsons.mapping(document.data)
    results = jsons.mapping(data.get("results")) or data
    channels = jsons.objects(results.get("channels"))
    utterances = [
        u for u in jsons.objects(results.get("utterances")) if jsons.text(u.get("transcript")).strip()
    ]
    if utterances:
        found = [_utterance(u, len({u.get("channel") for u in utterances}) > 1) for u in utterances]
    else:
        found = [cue for n, c in enumerate(channels) for cue in _channel(c, n if len(channels) > 1 else None)]
        if len(channels) > 1:
            found.sort(key=lambda cue: cue.start or 0.0)
    return Draft(jsons.metadata({**data, "metadata": None}), jsons.cues(found))


def _utterance(utterance: Mapping[str, Any], by_channel: bool) -> Cue:
    speaker = utterance.get("channel") if by_channel else utterance.get("speaker")
    return Cue(
        jsons.text(utterance.get("transcript")), jsons.label(speaker), jsons.number(utterance.get("start"))
    )


def _channel(channel: Mapping[str, Any], number: int | None) -> Iterator[Cue]:
    """The cues of one channel's best alternative; where each speaker has a channel, its number is the speaker."""
    best = next(iter(jsons.objects(channel.get("alternatives"))), {})
    paragraphs = jsons.objects(jsons.mapping(best.get("paragraphs")).get("paragraphs"))
    words = jsons.objects(best.get("words"))
    if paragraphs:
        for paragraph in paragraphs:
            speaker = jsons.label(paragraph.get("speaker") if number is None else number)
            for sentence in jsons.objects(paragraph.get("sentences")):
                yield Cue(jsons.text(sentence.get("text")), speaker, jsons.number(sentence.get("start")))
    elif words:
        yield from jsons.phrases(
            Cue(
                jsons.text(w.get("punctuated_word")) or jsons.text(w.get("word")),
                jsons.label(w.get("speaker") if number is None else number),
                jsons.number(w.get("start")),
            )
            for w in words
        )
    else:
        yield Cue(jsons.text(best.get("transcript")), jsons.label(number))
