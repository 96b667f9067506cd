"""What a whole collection of episodes talks about: surveys in, a vocabulary of topics out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from ..model import Transcript
from ..settings import Settings
from .phrases import Phrase, mine, name_words, own_topic, text_of
from .subjects import subjects
from .words import background, is_stop, term

SHARED = 20_000
"""Phrases that a vocabulary keeps, however large the collection."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What one transcript offers as topics. Small: it travels between processes."""

    phrases: tuple[Phrase, ...]
    """Key phrases, most characteristic first."""
    topics: tuple[str, ...]
    """The file's own topics, without boilerplate."""
    chapters: tuple[str, ...]
    names: frozenset[str]
    """Words of the names of the people in it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A topic that is no well-known subject: its term, its name for the eye, and other terms for it."""

    term: str
    name: str
    others: tuple[str, ...] = ()
    documents: int = 1
    """Episodes of the collection that have it among their key phrases."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The topics a collection can have. Well-known subjects belong to it without being listed."""

    settings: tuple[Named, ...] = ()
    """From the settings, in their order, with their keywords."""
    existing: tuple[Named, ...] = ()
    """In card files already; sorted by term, like those below."""
    own: tuple[Named, ...] = ()
    """Named by the files themselves."""
    phrases: tuple[Named, ...] = ()
    """Key phrases of the episodes."""
    names: frozenset[str] = frozenset()
    """Words of people's names, which make no topic."""

    def look_up(self, base: str) -> Named | None:
        """The topic whose term is `base`, where the collection has one that isn't just a subject."""
        for topic in self.settings:
            if topic.term == base:
                return topic
        for topics in (self.existing, self.own, self.phrases):
            at = bisect_left(topics, base, key=attrgetter("term"))
            if at < len(topics) and topics[at].term == base:
                return topics[at]
        return None


def survey(transcript: Transcript) -> Survey:
    """The candidate topics of one transcript. Linear in its length; raw captions will do."""
    data = transcript.metadata
    names = name_words(transcript)
    own = [own_topic(part) for topic in data.topics for part in topic.split(" / ")]
    return Survey(
        phrases=mine(text_of(transcript), names),
        topics=tuple(dict.fromkeys(topic for topic in own if topic)),
        chapters=tuple(chapter.title for chapter in data.chapters),
        names=names,
    )


def vocabulary(settings: Settings, surveys: Iterable[Survey], existing: Iterable[str]) -> Vocabulary:
    """The topics of a collection, from settings, surveys, and the names in card files so far."""
    people: set[str] = set()
    documents: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    forms: dict[str, Counter[str]] = {}
    figures: dict[str, float] = {}
    own: dict[str, Counter[str]] = {}
    for one in surveys:
        people |= one.names
        for phrase in one.phrases:
            documents[phrase.term] += 1
            counts[phrase.term] += phrase.count
            forms.setdefault(phrase.term, Counter())[phrase.form] += phrase.count
            figures[phrase.term] = max(figures.get(phrase.term, 0.0), phrase.figure)
        for topic in one.topics:
            own.setdefault(term(topic), Counter())[topic] += 1
        for title in one.chapters:
            for base in {phrase.term for phrase in one.phrases if f" {phrase.term} " in f" {term(title)} "}:
                figures[base] += 1.0
    for name, spellings in settings.people.items():
        people |= {w for spelling in (name, *spellings) for w in term(spelling).split() if not is_stop(w)}

    kept = sorted(
        (t for t in documents if not set(t.split()) <= people),
        key=lambda t: (-figures[t] * (1 + math.log(documents[t])), t),
    )[:SHARED]
    short = _acronyms(kept, counts)
    spelled = {full: tuple(a for a, f in sorted(short.items()) if f == full) for full in set(short.values())}
    return Vocabulary(
        settings=tuple(
            Named(term(name), name, tuple(dict.fromkeys(filter(None, map(term, words)))))
            for name, words in settings.topics.items()
            if term(name)
        ),
        existing=_sorted(
            Named(t, name, spelled.get(t, ())) for name in sorted(set(existing)) if (t := term(name))
        ),
        own=_sorted(
            Named(t, title_case(_most(names)), documents=names.total())
            for t, names in own.items()
            if t and not set(t.split()) <= people
        ),
        phrases=_sorted(
            Named(t, title_case(_most(forms[t])), spelled.get(t, ()), documents[t])
            for t in kept
            if t not in short
        ),
        names=frozenset(people),
    )


def _most(forms: Counter[str]) -> str:
    return max(forms.items(), key=lambda f: (f[1], f[0]))[0]


def _sorted(topics: Iterable[Named]) -> tuple[Named, ...]:
    unique = {topic.term: topic for topic in topics}
    return tuple(unique[t] for t in sorted(unique))


def _acronyms(terms: Sequence[str], counts: Counter[str]) -> dict[str, str]:
    """Acronym -> the phrase of the collection it stands for, where exactly one fits."""
    initials: dict[str, list[str]] = {}
    for t in terms:
        parts = t.split()
        if len(parts) > 1:
            initials.setdefault("".join(p[0] for p in parts), []).append(t)
            initials.setdefault("".join(p[0] for p in parts if not is_stop(p)), []).append(t)
    known = background()
    return {
        t: full[0]
        for t in terms
        if 2 <= len(t) <= 5
        and (full := sorted(set(initials.get(t, ()))))
        and len(full) == 1
        and (t in known.forms or t not in known.frequency)
        and counts[full[0]] >= 3
    }


_SMALL = frozenset("a an and as at by for from in of on or the to vs with".split())


def title_case(name: str) -> str:
    """A name in Title Case, with capitals of its own kept: `ai agents` -> `AI Agents`, `openai` -> `OpenAI`."""
    parts = name.split()
    return " ".join(_capital(word, 0 < i < len(parts) - 1) for i, word in enumerate(parts))


def _capital(word: str, inside: bool) -> str:
    if word[1:] != word[1:].lower() and not (word.isupper() and len(word) > 6):
        return word
    low = word.lower()
    base = term(low)
    form = background().forms.get(low) or background().forms.get(base)
    if form:
        plural = low.endswith("s") and not form.lower().endswith("s")
        return form + "s" if plural else form
    if inside and low in _SMALL:
        return low
    if low in _subject_words():
        return _subject_words()[low]
    return low[:1].upper() + low[1:]


@lru_cache(maxsize=1)
def _subject_words() -> dict[str, str]:
    """Words with capitals of their own in the names of subjects."""
    return {
        word.lower(): word
        for subject in subjects().values()
        for word in subject.name.split()
        if word[1:] != word[1:].lower() and "-" not in word
    }
