"""AssemblyAI's JSON: times in milliseconds, speakers as letters."""

from __future__ import annotations

from ..errors import TranscriptError
from ..model import Cue
from . import jsons
from .document import Document, Draft

_OWN_KEYS = frozenset(
    "audio_url language_model acoustic_model audio_duration speaker_labels utterances confidence".split()
)


def recognises(document: Document) -> bool:
    """`utterances` with `text`, or a `text` beside keys that only AssemblyAI writes."""
    data = jsons.mapping(document.data)
    if any("text" in u for u in jsons.objects(data.get("utterances"))[:20]):
        return True
    return len(_OWN_KEYS & data.keys()) > 1 and "segments" not in data and "results" not in data


def read(document: Document) -> Draft:
    """A cue an utterance; without utterances, a cue a sentence of the words.

    Raises `TranscriptError` if the service reported that it failed.
    """
    data = jsons.mapping(document.data)
    if data.get("status") == "error":
        fault = jsons.text(data.get("error")) or "no reason given"
        raise TranscriptError(
            f"AssemblyAI did not transcribe it: {fault}",
            where=document.source,
            mend="have it transcribed again",
        )
    found = [
        Cue(jsons.text(u.get("text")), jsons.label(u.get("speaker")), jsons.number(u.get("start"), 0.001))
        for u in jsons.objects(data.get("utterances"))
    ]
    if not any(cue.text.strip() for cue in found):
        found = list(
            jsons.phrases(
                Cue(
                    jsons.text(w.get("text")),
                    jsons.label(w.get("speaker")),
                    jsons.number(w.get("start"), 0.001),
                )
                for w in jsons.objects(data.get("words"))
            )
        )
    if not any(cue.text.strip() for cue in found):
        found = [Cue(jsons.text(data.get("text")))]
    return Draft(jsons.metadata(data), jsons.cues(found))
