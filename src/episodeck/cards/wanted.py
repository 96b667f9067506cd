"""Which words of a stretch a careful reader would ask about, and which would be the answer, as the network reads it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..highlights.reader import Reading
from ..model import Episode, Highlight, Spoken
from ..text import content_words, stem, words_of
from .draft import Draft

_USUAL = 0.2
"""What the network says of a word of which it knows nothing."""
_BAD = 3
"""The column of `Reading.sentences` that speaks of what is not worth a card."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of speech with what the network sees in it."""

    words: tuple[frozenset[str], ...]
    """The stems of each word."""
    answer: tuple[float, ...]
    topic: tuple[float, ...]
    sentences: dict[int, tuple[float, ...]]
    """Log-odds of claim, of what matters most, of quote and of what is not worth a card, by the sentence's number."""

    @staticmethod
    def of(episode: Episode, spoken: Sequence[Spoken], reading: Reading, highlight: Highlight) -> Wanted:
        first = spoken[highlight.first].sentence.first
        end = spoken[highlight.last].sentence.last + 1
        return Wanted.within(
            episode.speech.words[first:end],
            reading.answer[first:end].tolist(),
            reading.topic[first:end].tolist(),
            {i: tuple(reading.sentences[i].tolist()) for i in range(highlight.first, highlight.last + 1)},
        )

    @staticmethod
    def within(
        words: Iterable[str],
        answer: Iterable[float],
        topic: Iterable[float],
        sentences: dict[int, tuple[float, ...]],
    ) -> Wanted:
        stems = tuple(frozenset(stem(part) for part in words_of(word)) for word in words)
        return Wanted(stems, tuple(answer), tuple(topic), sentences)

    def topic_of(self, words: frozenset[str]) -> float:
        """How much the network would ask about these content words: the mean of what it says of each, 0 to 1."""
        told = [
            max((t for t, stems in zip(self.topic, self.words, strict=True) if w in stems), default=0.0)
            for w in sorted(words)
        ]
        return sum(told) / len(told) if told else 0.0

    def features(self, draft: Draft, sentences: Iterable[int]) -> dict[str, float]:
        """How well a draft that rests on these sentences asks for what the network would have asked for."""
        told, asked = frozenset(content_words(draft.answer)), frozenset(content_words(draft.asks))
        in_answer = [i for i, stems in enumerate(self.words) if stems & told]
        in_front = [i for i, stems in enumerate(self.words) if stems & asked]
        answers = [self.answer[i] for i in in_answer]
        topics = [self.topic[i] for i in in_front]
        seen = [self.sentences[i] for i in sentences if i in self.sentences]
        claim, top, quote, bad = (
            (sum(row[k] for row in seen) / len(seen) for k in range(_BAD + 1))
            if seen
            else (-3.0, -4.0, -4.0, -1.0)
        )
        return {
            "read claim": claim / 3,
            "read top": top / 3,
            "read quote": quote / 3,
            "read bad": bad / 3,
            "read answer": 3 * _mean(answers),
            "read topic": 3 * _mean(topics),
            "read topic told": 3 * _mean([self.topic[i] for i in in_answer]),
            "read answer asked": 3 * _mean([self.answer[i] for i in in_front]),
            "read answer held": sum(answers) / (sum(self.answer) + 1e-6),
            "read best answer": 2 * max(answers, default=_USUAL),
            "read best topic": 2 * max(topics, default=_USUAL),
        }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else _USUAL
