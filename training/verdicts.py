"""What careful readers thought of cards that the program drafted: kept as it is, after a small edit, or not at all.

`verdicts/*.jsonl` holds a card a line. None of the words of a transcript are stored: of a text, words that stand in the
transcript are its places there ("{12}" is the twelfth word of the stretch, "{^3}" the third with a capital, "{_3}" in small
letters, "{!3}" in capitals), "@" is the speaker; the rest is the program's own phrasing. `cards` puts the words back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gold import TOKEN, Annotated

VERDICTS = Path(__file__).resolve().parent / "verdicts"
KEEP, EDIT, DROP = "k", "e", "d"
FAULTS = {
    "F": "front not well-formed",
    "A": "answer not well-formed or unfinished",
    "R": "points at something the card does not name",
    "V": "vague: two fair readers would answer differently",
    "M": "the answer does not answer the question",
    "W": "not worth remembering",
    "G": "the front gives the answer away",
    "N": "noise of speech or transcription",
    "L": "long, or several ideas",
    "X": "misstates what was said, or who said it",
}
_BEFORE = 90
"""Words before the stretch that a card may take up, as the name of what a pronoun means."""
_BARE = re.compile(r"^(\W*)(.*?)(\W*)$", re.S)
_PLACE = re.compile(r"\{([\^_!]?)(-?\d+)\}")
_TEXTS = ("question", "answer", "statement", "asks")


@dataclass(frozen=True, slots=True)
class Judged:
    """A card with what a reader thought of it."""

    episode: str
    form: str
    """`labelled` or `captions`: how the program was given the transcript."""
    means: str
    question: str
    answer: str
    statement: str
    """The sentence it rests on, in readable form."""
    asks: str
    speaker: str | None
    stretch: tuple[int, int]
    """First and last word of the highlight, as the program counts the words of an episode."""
    sentences: tuple[tuple[int, int], ...]
    """The same of the sentences it rests on."""
    sight: dict[str, float]
    """Its features (`scoring.features`) when it was judged."""
    verdict: str
    faults: str
    """Letters of FAULTS, the gravest first."""


def spoken_words(item: Annotated, form: str) -> list[str]:
    """The words of an episode, as verdicts count them."""
    if form == "captions":
        return [w.lower() for _, text in item.turns for w in TOKEN.findall(text)]
    return [w for _, text in item.turns for w in text.split()]


def without_words(text: str, words: Sequence[str], first: int, last: int, speaker: str | None) -> str:
    """A text with places instead of the transcript's words; `first` and `last` bound the stretch it rests on."""
    start = max(0, first - _BEFORE)
    at: dict[str, list[int]] = {}
    for i in range(start, min(len(words), last + 1)):
        at.setdefault(_BARE.sub(r"\2", words[i]).lower(), []).append(i)
    out, after = [], first - 1
    if speaker:
        text = text.replace(speaker, "@")
    for token in text.split():
        lead, core, trail = _BARE.match(token).groups()  # type: ignore[union-attr]
        places = at.get(core.lower(), []) if core else []
        place = next((i for i in places if i > after), places[-1] if places else None)
        mark = None if place is None else _mark(core, _BARE.sub(r"\2", words[place]))
        if place is None or mark is None:
            out.append(token)
            continue
        after = place
        out.append(f"{lead}{{{mark}{place - first}}}{trail}")
    return " ".join(out)


def _mark(written: str, said: str) -> str | None:
    """How the written form differs from the word in the transcript; None if by more than its case."""
    for mark, form in (
        ("", said),
        ("^", said[:1].upper() + said[1:]),
        ("_", said.lower()),
        ("!", said.upper()),
    ):
        if written == form:
            return mark
    return None


def with_words(text: str, words: Sequence[str], first: int, speaker: str | None) -> str:
    """The reverse of `without_words`."""

    def word(match: re.Match[str]) -> str:
        said = _BARE.sub(r"\2", words[first + int(match[2])])
        forms = {"^": said[:1].upper() + said[1:], "_": said.lower(), "!": said.upper()}
        return forms.get(match[1], said)

    put_back = _PLACE.sub(word, text)
    return put_back.replace("@", speaker) if speaker else put_back


def cards(episodes: Sequence[Annotated], folder: Path = VERDICTS) -> Iterator[Judged]:
    """Every judged card of these episodes."""
    by_name = {e.name: e for e in episodes}
    said: dict[tuple[str, str], list[str]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            stored = json.loads(line)
            name, form, first = stored["episode"], stored["form"], stored["first"]
            if name not in by_name:
                continue
            words = said.setdefault((name, form), spoken_words(by_name[name], form))
            speaker = stored["speaker"]
            texts = {key: with_words(stored[key], words, first, speaker) for key in _TEXTS}
            yield Judged(
                name,
                form,
                stored["means"],
                texts["question"],
                texts["answer"],
                texts["statement"],
                texts["asks"],
                speaker,
                (first, stored["last"]),
                tuple((a, b) for a, b in stored["sentences"]),
                stored["sight"],
                stored["verdict"],
                stored["faults"],
            )
