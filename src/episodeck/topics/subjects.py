"""Well-known subjects and their words, from `subjects.yaml`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from .words import background, is_stop, term, words


@dataclass(frozen=True, slots=True)
class Profile:
    """What speaks of a topic: terms, each with how telling it is."""

    name: str
    terms: tuple[tuple[str, float], ...]


MOST_TELLING, LEAST_TELLING = 5.0, 0.2
"""Bounds of what one occurrence of a term says, in nats."""
USUAL = 50
"""Words in which a telling term is hardly ever met by chance."""


def telling(base: str) -> float:
    """How much one occurrence of a term in a stretch of talk says, in nats: little for words of every day."""
    return min(MOST_TELLING, max(LEAST_TELLING, -math.log(background().rate(base) * USUAL)))


@lru_cache(maxsize=4096)
def usual_words(name: str) -> frozenset[str]:
    """The words of a name that carry meaning."""
    return frozenset(w for w in words(name) if not is_stop(w))


def profile(name: str, others: tuple[str, ...] = ()) -> Profile:
    """The profile of a topic from its name and other words for it."""
    terms = dict.fromkeys([term(name), *map(term, others)])
    return Profile(name, tuple((t, telling(t)) for t in terms if t))


@lru_cache(maxsize=1)
def subjects() -> dict[str, Profile]:
    """Every well-known subject, by the term of its name."""
    import yaml

    text = resources.files(__package__).joinpath("subjects.yaml").read_text(encoding="utf-8")
    fields: dict[str, dict[str, str]] = yaml.safe_load(text)
    return {
        term(name): profile(name, tuple(listed.split(",")))
        for field in fields.values()
        for name, listed in field.items()
    }
