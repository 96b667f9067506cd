"""What was said around an excerpt, as the transcript has it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ..model import Source, Transcript

_SENTENCES, _MOST_WORDS, _BARE_WORDS = 3, 90, 45
"""So many sentences on either side; where there are no full stops, so many words."""
_SENTENCE_END = re.compile(r"[.!?…。！？؟][\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Said:
    """Words by one person, in a row."""

    speaker: str
    """As the transcript labels them; "" where it doesn't, or where this goes on from what stands before."""
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """An excerpt and what stands around it."""

    before: tuple[Said, ...]
    excerpt: tuple[Said, ...]
    after: tuple[Said, ...]


class Words:
    """A transcript's words, in which excerpts are looked up."""

    def __init__(self, transcript: Transcript):
        cues = [cue.text.split() for cue in transcript.cues]
        self._words = [word for words in cues for word in words]
        self._turns = _turns(transcript, [0, *accumulate(map(len, cues))])
        self._places: dict[str, list[int]] | None = None

    def passage(self, source: Source) -> Passage | None:
        """The passage that an excerpt stands in; None if the transcript no longer has it."""
        first = self._place(source)
        if first is None:
            return None
        last = first + len(source.excerpt.split())
        return Passage(
            self._said(self._back(first), first),
            self._said(first, last),
            self._said(last, self._ahead(last)),
        )

    def _place(self, source: Source) -> int | None:
        """The offset of the excerpt's first word: where the card says, or where the words now are."""
        wanted = source.excerpt.split()
        if not wanted:
            return None
        if source.words and self._words[source.words[0] : source.words[0] + len(wanted)] == wanted:
            return source.words[0]
        if self._places is None:
            self._places = {}
            for i, word in enumerate(self._words):
                self._places.setdefault(word, []).append(i)
        rare = min(range(len(wanted)), key=lambda i: len(self._places.get(wanted[i], ())))  # type: ignore[union-attr]
        starts = (i - rare for i in self._places.get(wanted[rare], ()))
        return next((i for i in starts if i >= 0 and self._words[i : i + len(wanted)] == wanted), None)

    def _back(self, first: int) -> int:
        """Where some sentences before `first` begin."""
        ends = [i + 1 for i in range(max(0, first - _MOST_WORDS), first - 1) if self._ends(i)]
        if max(0, first - _MOST_WORDS) == 0:
            ends.insert(0, 0)
        return ends[-_SENTENCES:][0] if ends else max(0, first - _BARE_WORDS)

    def _ahead(self, last: int) -> int:
        """Where some sentences from `last` end."""
        most = min(len(self._words), last + _MOST_WORDS)
        ends = [i + 1 for i in range(last, most) if self._ends(i)]
        return ends[:_SENTENCES][-1] if ends else min(len(self._words), last + _BARE_WORDS)

    def _ends(self, i: int) -> bool:
        return bool(_SENTENCE_END.search(self._words[i])) or i + 1 in self._turns

    def _said(self, first: int, last: int) -> tuple[Said, ...]:
        if first >= last:
            return ()
        starts = [first, *(i for i in range(first + 1, last) if i in self._turns)]
        return tuple(
            Said(self._turns.get(start, ""), " ".join(self._words[start:end]))
            for start, end in zip(starts, [*starts[1:], last], strict=True)
        )


def _turns(transcript: Transcript, offsets: Sequence[int]) -> Mapping[int, str]:
    """Offsets of words with which somebody else begins to speak, and who it is."""
    turns: dict[int, str] = {}
    speaker: str | None = None
    for cue, offset in zip(transcript.cues, offsets, strict=False):
        if cue.new_turn or (cue.speaker and cue.speaker != speaker):
            turns[offset] = cue.speaker or ""
        speaker = cue.speaker or speaker
    return turns
