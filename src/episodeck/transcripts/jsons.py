"""What the readers of JSON share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..model import Cue, Metadata
from .document import marked_turns
from .metadata import from_pairs

_END = re.compile(r"[.!?…。！？][\"'”’)\]]*\Z")
_MOST_WORDS = 40


def mapping(value: object) -> Mapping[str, Any]:
    """`value` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Mapping[str, Any]]:
    """The JSON objects in `value`, if it is a list."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def text(value: object) -> str:
    return value if isinstance(value, str) else ""


def number(value: object, unit: float = 1.0) -> float | None:
    """A time in seconds from a number, or a text that holds one, in `unit` seconds; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value.removesuffix("s"))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        time = float(value) * unit
    except OverflowError:
        return None
    return round(time, 3) if math.isfinite(time) and time >= 0 else None


def label(value: object) -> str | None:
    """A speaker as a label: names and `SPEAKER_00` as they stand, numbers and single letters as `Speaker 0`."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, dict):
        value = value.get("name") or value.get("id")
    if not isinstance(value, str | int):
        return None
    name = " ".join(str(value).split())
    if not name or name.lower() in ("unknown", "none", "null"):
        return None
    return f"Speaker {name}" if re.fullmatch(r"\d+|[A-Za-z]", name) else name


def metadata(data: Mapping[str, Any]) -> Metadata:
    """Metadata from the top of the file and from `metadata` in it."""
    return from_pairs([*data.items(), *mapping(data.get("metadata")).items()])


def cues(parts: Iterable[Cue]) -> tuple[Cue, ...]:
    """Cues with new turns marked where the speaker changes; cues of a word each are put together first."""
    parts = [p for p in parts if p.text.strip()]
    words = sum(len(p.text.split()) for p in parts)
    if len(parts) > 3 and words < 1.5 * len(parts):
        parts = list(phrases(parts))
    return tuple(marked_turns(parts))


def phrases(words: Iterable[Cue]) -> Iterator[Cue]:
    """Cues of a word each as cues of a sentence each, or of at most forty words where sentences are unmarked."""
    taken: list[Cue] = []
    for word in words:
        mark = not any(c.isalnum() for c in word.text) and not word.text.startswith((" ", "[", "(", "♪"))
        if taken and mark:
            # A comma or full stop that the tool took for a word.
            taken[-1] = Cue(taken[-1].text.rstrip() + word.text.strip(), taken[-1].speaker, taken[-1].start)
            continue
        if taken and (
            word.speaker != taken[-1].speaker
            or _END.search(taken[-1].text.strip())
            or len(taken) >= _MOST_WORDS
        ):
            yield _joined(taken)
            taken = []
        taken.append(word)
    if taken:
        yield _joined(taken)


def _joined(words: list[Cue]) -> Cue:
    return Cue(" ".join(w.text.strip() for w in words), words[0].speaker, words[0].start)
