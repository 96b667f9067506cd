"""A reader's taste: what the settings say, and what the cards they deleted, reworded or wrote themselves tell.

It only moves the ranking, gently: what is a poor highlight for everyone stays one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..settings import Settings
from ..text import content_words, words_of
from .meaning import meanings

_PREFERRED = 1.0
"""What a preferred topic adds to the log-odds of a highlight."""
_LEARNED = 0.5
"""The most that learned taste adds or takes away."""
_PRIOR = 8
"""So many cards must be deleted, or be the reader's own, before learned taste has half of its strength."""
_LEAST = 2
"""A word in fewer cards is not shown as learned."""
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Taste:
    """What was learned; nothing by default."""

    deleted: int = 0
    own: int = 0
    """Cards that the reader reworded or wrote."""
    centre: tuple[float, ...] = ()
    """The mean meaning of all cards."""
    direction: tuple[float, ...] = ()
    """From what the reader deletes to what is their own: of length 1, or empty."""
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    """Words that stand out on either side, for the eye."""

    @property
    def strength(self) -> float:
        """The most that it moves the log-odds of a highlight."""
        seen = self.deleted + self.own
        return _LEARNED * seen / (seen + _PRIOR) if self.direction else 0.0

    def leaning(self, text: str) -> float:
        """How far a text lies in the reader's direction, in log-odds: within `strength` of 0."""
        if not self.direction:
            return 0.0
        meaning: list[float] = meanings([words_of(text)])[0].tolist()
        away = [m - c for m, c in zip(meaning, self.centre, strict=True)]
        length = math.sqrt(sum(a * a for a in away))
        return self.strength * sum(a * d for a, d in zip(away, self.direction, strict=True)) / (length + 1e-9)


def learn(deleted: Sequence[str], own: Sequence[str], others: Sequence[str]) -> Taste:
    """What cards tell, by the text they rest on: those deleted, the reader's own, and the rest."""
    if not deleted and not own:
        return Taste()
    centre = _mean([*deleted, *own, *others])
    liked, disliked = _mean(own) if own else centre, _mean(deleted) if deleted else centre
    difference = [a - b for a, b in zip(liked, disliked, strict=True)]
    length = math.sqrt(sum(d * d for d in difference))
    direction = tuple(d / length for d in difference) if length else ()
    return Taste(
        len(deleted), len(own), tuple(centre), direction, _telling(own, [*deleted, *others]), _telling(deleted, [*own, *others])
    )  # fmt: skip


def stated(text: str, topic: str, settings: Settings) -> float | None:
    """What the settings add to the log-odds of a highlight; None if they leave it out."""
    if any(_speaks_of(text, topic, name, settings) for name in settings.leave_out):
        return None
    return _PREFERRED if any(_speaks_of(text, topic, name, settings) for name in settings.prefer) else 0.0


def _speaks_of(text: str, topic: str, name: str, settings: Settings) -> bool:
    """Whether a highlight is sorted into a topic, or has its name or one of its phrases in it."""
    if topic.casefold() == name.casefold():
        return True
    said = f" {' '.join(content_words(text))} "
    phrases = (" ".join(content_words(p)) for p in (name, *settings.topics.get(name, ())))
    return any(phrase and f" {phrase} " in said for phrase in phrases)


def _mean(texts: Sequence[str]) -> list[float]:
    mean: list[float] = meanings([words_of(t) for t in texts]).mean(axis=0).tolist()
    return mean


def _telling(here: Sequence[str], elsewhere: Sequence[str]) -> tuple[str, ...]:
    """The words that are commoner in some texts than in others, most telling first."""
    a, b = _in_texts(here), _in_texts(elsewhere)
    odds = {
        w: math.log((n + 0.5) / (len(here) + 1)) - math.log((b[w] + 0.5) / (len(elsewhere) + 1))
        for w, n in a.items()
        if n >= _LEAST
    }
    return tuple(sorted((w for w in odds if odds[w] > 0), key=lambda w: (-odds[w], w))[:_SHOWN])


def _in_texts(texts: Iterable[str]) -> Counter[str]:
    return Counter(w for t in texts for w in set(content_words(t)))
