"""The `restore` stage: cues of any kind become turns of sentences."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model import Aside, Sentence, Speech, Transcript, Turn
from . import punctuation, sentences
from .asides import set_aside
from .language import is_foreign, language
from .readable import readable, sounds

_BLOCK = 4000
"""Words looked at together; sentences that run over the edge are looked at again with the next block."""
_TELLING = 150
"""In punctuated text, words without a sentence end from which on the punctuation is missing there."""
_DENSE = 30
"""In bare text, words a sentence has at most where the punctuation is there after all."""
_LONG_CUE = 15
"""Words from which on a cue's start says too little about where in it a sentence starts."""
_SECONDS_A_WORD = 0.6
_SURE_TURN = 0.5
_NOISE = re.compile(
    r"^\W*(?:(?:yeah|yes|yep|yup|right|mm-?hmm|mhm|uh-huh|uh|um|hmm|okay|ok|sure|exactly|totally|wow|interesting|nice|cool|gotcha)\b\W*){1,3}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words from `first` up to but not including `end` that the file gives to one speaker."""

    first: int
    end: int
    speaker: str | None
    marked: bool
    """The file says that this is a turn of its own."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One sentence: its words' offsets, its text, and how likely the speaker changes after it."""

    first: int
    last: int
    text: str
    turn_end: float


def restore(transcript: Transcript) -> Speech:
    """The sentences and turns of a transcript, every word kept in order.

    Turns carry the file's own labels and no role. A sentence never runs over a change of speaker
    that the file marks; it does run over captions, paragraphs and chapter lines.
    """
    words: list[str] = []
    starts: list[int] = []
    known: dict[str, str] = {}  # talk says the same words again and again: each is held once
    for cue in transcript.cues:
        starts.append(len(words))
        words.extend(known.setdefault(word, word) for word in cue.text.split())
    spoken_in = language(words)
    clock = _Clock(transcript, starts, len(words))
    punctuated = punctuation.punctuated(words)

    turns: list[Turn] = []
    stretches = _stretches(transcript, starts, len(words))
    alone = not any(s.marked for s in stretches)
    labelled = any(s.speaker for s in stretches)
    for stretch in stretches:
        current: list[Sentence] = []
        for run in _runs(words, stretch, punctuated, turns_wanted=not labelled and spoken_in == "en"):
            shown = readable(run.text)
            current.append(
                Sentence(
                    run.text,
                    run.text if shown == run.text else shown,  # one string, not two alike
                    run.first,
                    run.last,
                    clock.at(run.first),
                    _no_english_speech(run.text),
                    run.turn_end,
                )
            )
            if alone and run.turn_end >= _SURE_TURN:
                turns.append(Turn(None, None, tuple(current)))
                current = []
        if current:
            turns.append(Turn(stretch.speaker, None, tuple(current)))
    if alone:
        turns = _without_noises(turns)

    breaks = sorted(
        {starts[c.cue] if c.cue < len(starts) else len(words) for c in transcript.metadata.chapters}
    )
    return Speech(
        tuple(words), set_aside(tuple(turns)), tuple(b for b in breaks if 0 < b < len(words)), spoken_in
    )


def _stretches(transcript: Transcript, starts: Sequence[int], total: int) -> list[_Stretch]:
    """Runs of cues with one speaker. A cue with neither label nor mark goes on with the one before."""
    out: list[_Stretch] = []
    first, speaker, marked = 0, None, False
    for cue, start in zip(transcript.cues, starts, strict=True):
        same = cue.speaker == speaker and (cue.speaker is not None or not cue.new_turn)
        if same or (cue.speaker is None and not cue.new_turn):
            continue
        if start > first:
            out.append(_Stretch(first, start, speaker, marked))
        first, speaker, marked = start, cue.speaker, True
    if total > first:
        out.append(_Stretch(first, total, speaker, marked))
    return out


def _runs(words: Sequence[str], stretch: _Stretch, punctuated: bool, *, turns_wanted: bool) -> Iterator[_Run]:
    """The sentences of a stretch, block by block, so that memory does not grow with its length."""
    at = stretch.first
    while at < stretch.end:
        end = min(at + _BLOCK, stretch.end)
        block = words[at:end]
        # A stretch is taken for the other kind than its transcript only where that is plain.
        if punctuated:
            as_it_stands = len(block) < _TELLING or punctuation.punctuated(block, _TELLING)
        else:
            as_it_stands = punctuation.punctuated(block, _DENSE)
        if as_it_stands:
            ends = sentences.split(block)
            marked = punctuation.Marked(tuple(block), tuple(ends), ())
            if turns_wanted:
                marked = replace(marked, turn_ends=punctuation.turn_ends(block, ends))
        else:
            marked = punctuation.mark(block)
        done = 0
        for k, last in enumerate(marked.ends):
            # What the block's edge cuts off is read again with what follows.
            if end < stretch.end and last > len(block) - 1 - _BLOCK // 40 and done:
                break
            text = " ".join(marked.words[done : last + 1])
            yield _Run(at + done, at + last, text, marked.turn_ends[k] if marked.turn_ends else 0.0)
            done = last + 1
        at += done


def _without_noises(turns: Sequence[Turn]) -> list[Turn]:
    """Guessed turns without those of a listener: "Right." inside an answer ends neither it nor a turn.

    After a question such a word is the answer's beginning; and who asks after one is no longer listening.
    """
    out: list[Turn] = []
    goes_on = False
    for turn in turns:
        noise = all(_NOISE.match(sentence.text) for sentence in turn.sentences)
        answers = noise and out and out[-1].sentences[-1].text.endswith("?")
        asks = any(sentence.text.endswith("?") for sentence in turn.sentences)
        if out and ((goes_on and not asks) or (noise and not answers)):
            out[-1] = replace(out[-1], sentences=out[-1].sentences + turn.sentences)
        else:
            out.append(turn)
        goes_on = noise
    return out


def _no_english_speech(text: str) -> Aside | None:
    words = text.split()
    if len(sounds(words)) == len(words):
        return Aside.MUSIC
    return Aside.FOREIGN if is_foreign(text) else None


class _Clock:
    """Start times of words, as well as the cues tell."""

    def __init__(self, transcript: Transcript, starts: Sequence[int], total: int):
        self._cues = [(word, cue.start) for word, cue in zip(starts, transcript.cues, strict=True)]
        self._first = list(starts)
        self._ends = [*starts[1:], total]
        following: float | None = None
        self._next: list[float | None] = [None] * len(starts)
        for k in range(len(starts) - 1, -1, -1):
            self._next[k] = following
            if transcript.cues[k].start is not None:
                following = transcript.cues[k].start

    def at(self, word: int) -> float | None:
        """When the word with this offset is said, in seconds; None where its cue has no time."""
        k = bisect_right(self._first, word) - 1
        first, start = self._cues[k]
        length, following = self._ends[k] - first, self._next[k]
        if start is None or length < _LONG_CUE or following is None or following <= start:
            return start
        into = word - first
        return round(start + min((following - start) * into / length, into * _SECONDS_A_WORD), 2)
