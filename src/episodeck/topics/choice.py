"""Which topics an episode has, and which of them a stretch of it belongs to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from ..model import Episode, Transcript
from .collection import Vocabulary, survey
from .phrases import text_of
from .subjects import Profile, profile, subjects, usual_words
from .vectors import likeness, nearness
from .words import background, is_stop, term, words

FEWEST, MOST = 3, 8
LAST_RESORT = "General"
WINDOW = 100
"""Words of a window; topics are chosen so that together they cover many windows."""
LONGEST = 4
"""Words of the longest term that is looked for."""
ENOUGH = 3
"""Occurrences of its words that a topic of the settings needs."""
WITNESSES = 2
"""Different words that must speak for a subject which isn't named."""
NAME = 2.0
"""What a topic's name counts beside its other words."""
CAP = 12.0
"""The most that one word can speak for a topic: it may have another meaning."""
DECAY, DECAY_HERE = 0.9, 0.5
"""What the next word for a topic counts beside the one before, in an episode and in a stretch of it."""
WHOLE = 0.2
"""What speaking for the whole episode counts beside covering parts of it that no other topic covers."""
AROUND = 0.3
"""What an occurrence in the surroundings of a stretch counts."""
KIN = 0.7
"""What a subject's words count for a topic whose name holds the subject's: `Kubernetes at Home`."""
SHARED = 1.3
"""How much a key phrase is favoured that is one in several episodes."""
SINGLE = 0.7
"""The same for a single word."""
STRANGE, STRANGELY = 0.3, 0.3
"""A topic less like the episode than this in meaning is taken for a word's other meaning, and counts so much."""


class Kind(IntEnum):
    SUBJECT = 0
    PHRASE = 1
    OWN = 2
    EXISTING = 3
    SETTING = 4


FAVOUR = {Kind.SUBJECT: 1.0, Kind.PHRASE: 0.6, Kind.OWN: 1.6, Kind.EXISTING: 1.2, Kind.SETTING: 4.0}
"""How much a topic is favoured for where it comes from."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    profile: Profile
    kind: Kind
    favour: float


def find(transcript: Transcript, episode: Episode, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The topics of an episode, best first: three to eight, fewer where the text gives fewer, never none.

    Topics of the settings come before others wherever their words occur enough.
    """
    stream = words(text_of(transcript))
    info = episode.info
    banned = {term(name) for name in (info.show or "", *info.guests, *info.hosts) if name}
    people = vocabulary.names | {
        w for name in (*info.guests, *info.hosts) for w in words(name) if not is_stop(w)
    }
    one = survey(transcript)
    candidates = [
        c
        for c in _candidates(one.topics, [p.term for p in one.phrases], set(stream), vocabulary)
        if c.kind in (Kind.SETTING, Kind.EXISTING, Kind.SUBJECT)
        or not (term(c.profile.name) in banned or set(term(c.profile.name).split()) <= people)
    ]
    counts = _counts(stream, candidates)
    near = nearness([c.profile for c in candidates], stream)
    candidates = [
        replace(c, favour=c.favour * STRANGELY)
        if n < STRANGE and c.kind in (Kind.SUBJECT, Kind.PHRASE, Kind.EXISTING)
        else c
        for c, n in zip(candidates, near, strict=True)
    ]
    scores = [_figure(c, counts, len(stream)) * c.favour for c in candidates]
    order = sorted(
        (i for i, s in enumerate(scores) if s > 0),
        key=lambda i: (-(candidates[i].kind is Kind.SETTING), -scores[i], candidates[i].profile.name),
    )[:60]
    wanted = min(MOST, FEWEST + len(stream) // 1200)
    chosen = _cover(stream, [candidates[i] for i in order], [scores[i] for i in order], wanted)
    names = tuple(c.profile.name for c in chosen)
    return names or tuple(_own_names(one.topics, vocabulary))[:FEWEST] or (LAST_RESORT,)


def sort_into(text: str, topics: Sequence[str], vocabulary: Vocabulary, context: str = "") -> str:
    """The one of `topics` that a stretch of talk belongs to; ties go to the earlier one.

    `context` is what stands around it and counts for less. Raises ValueError where `topics` is empty.
    For many stretches of one episode, a `Sorter` is quicker.
    """
    return Sorter(topics, vocabulary).into(text, context)


class Sorter:
    """What `sort_into` needs to know of the topics of an episode, gathered once."""

    def __init__(self, topics: Sequence[str], vocabulary: Vocabulary) -> None:
        self._topics = topics
        self._profiles = [profile_of(name, vocabulary) for name in topics]
        self._terms = {t for p in self._profiles for t, _ in p.terms}
        self._heads = _heads(self._terms)

    def into(self, text: str, context: str = "") -> str:
        """The topic that a stretch of talk belongs to, as `sort_into` says."""
        if not self._topics:
            raise ValueError("no topics to choose from")
        here, around = words(text), words(context)
        near = likeness(self._profiles, here, around)
        seen, seen_near = self._counts(here), self._counts(around)
        mentions = [_mention(p, seen, seen_near) for p in self._profiles]
        return self._topics[max(range(len(near)), key=lambda i: (mentions[i] + near[i], -i))]

    def _counts(self, stream: Sequence[str]) -> Counter[str]:
        return Counter(t for _, t in _found(stream, self._terms, self._heads))


def profile_of(name: str, vocabulary: Vocabulary) -> Profile:
    """What speaks of a topic, by its name."""
    base = term(name)
    named = vocabulary.look_up(base)
    subject = subjects().get(base)
    if named and named in vocabulary.settings and named.others:
        return profile(name, named.others)
    if subject:
        return Profile(name, subject.terms)
    own = profile(name, named.others if named else ())
    if named and named.others:
        return own
    known = {t for t, _ in own.terms}
    of_kin = {
        t: weight * KIN
        for kin in subjects().values()
        if usual_words(kin.name) < usual_words(name)
        for t, weight in kin.terms
        if t not in known
    }
    return Profile(name, own.terms + tuple(of_kin.items()))


def _candidates(
    own: Iterable[str], phrases: Iterable[str], said: set[str], vocabulary: Vocabulary
) -> list[_Candidate]:
    """Every topic that an episode with these own topics, phrases and words could have, one for each term."""
    found: dict[str, _Candidate] = {}

    def add(base: str, name: str, kind: Kind, more: float = 1.0) -> None:
        old = found.get(base)
        favour = FAVOUR[kind] * more
        if old is None or old.kind < kind:
            known = profile_of(old.profile.name if old else name, vocabulary)
            keep = name if kind >= Kind.EXISTING or old is None else old.profile.name
            found[base] = _Candidate(
                Profile(keep, known.terms), kind, max(favour, old.favour if old else 0.0)
            )

    for base, subject in subjects().items():
        add(base, subject.name, Kind.SUBJECT)
    for base in phrases:
        named = vocabulary.look_up(base)
        if named and (named.documents > 1 or " " in base):
            more = (SHARED if named.documents > 1 else 1.0) * (1.0 if " " in base else SINGLE)
            add(base, named.name, Kind.PHRASE, more)
    for topic in own:
        wider, meant = _subjects_of(topic)
        for subject in wider:
            add(term(subject.name), subject.name, Kind.OWN)
        for subject in meant:
            base = term(subject.name)
            found[base] = replace(found[base], favour=max(found[base].favour, FAVOUR[Kind.OWN]))
        if not wider:
            named = vocabulary.look_up(term(topic))
            add(term(topic), named.name if named else topic, Kind.OWN)
    for named in vocabulary.existing:
        if named.name != LAST_RESORT and (named.term in found or said & set(named.term.split())):
            add(named.term, named.name, Kind.EXISTING)
    for named in vocabulary.settings:
        add(named.term, named.name, Kind.SETTING)
    return [found[base] for base in sorted(found)]


def _subjects_of(topic: str) -> tuple[list[Profile], list[Profile]]:
    """The well-known subjects that a file's own topic names, or else those that it may be a word for."""
    base, parts = term(topic), usual_words(topic)
    if base in subjects():
        return [subjects()[base]], []
    wider = [s for s in subjects().values() if len(usual_words(s.name)) > 1 and usual_words(s.name) <= parts]
    return wider, [] if wider else [s for s in subjects().values() if base in {t for t, _ in s.terms}]


def _own_names(own: Iterable[str], vocabulary: Vocabulary) -> Iterable[str]:
    for topic in own:
        named = vocabulary.look_up(term(topic))
        yield named.name if named else topic


def _counts(stream: Sequence[str], candidates: Iterable[_Candidate]) -> Counter[str]:
    """How often each term of the candidates occurs."""
    return Counter(t for _, t in _occurrences(stream, {t for c in candidates for t, _ in c.profile.terms}))


def _occurrences(stream: Sequence[str], terms: set[str]) -> Iterable[tuple[int, str]]:
    """(place, term) wherever one of the terms stands."""
    return _found(stream, terms, _heads(terms))


def _heads(terms: Iterable[str]) -> dict[str, int]:
    """Each word that a term begins with, and how many words the longest of these has."""
    heads: dict[str, int] = {}
    for t in terms:
        parts = t.split()
        heads[parts[0]] = max(heads.get(parts[0], 1), min(len(parts), LONGEST))
    return heads


def _found(stream: Sequence[str], terms: set[str], heads: dict[str, int]) -> Iterable[tuple[int, str]]:
    for i, word in enumerate(stream):
        longest = heads.get(word)
        if longest is None:
            continue
        for n in range(1, longest + 1):
            t = word if n == 1 else " ".join(stream[i : i + n])
            if t in terms:
                yield i, t


def _figure(candidate: _Candidate, counts: Counter[str], length: int) -> float:
    """How much more than usual a text of `length` words speaks of a topic, from how often each of its terms occurs."""
    if candidate.kind is Kind.SETTING and sum(counts[t] for t, _ in candidate.profile.terms) < ENOUGH:
        return 0.0
    # A subject that nobody names needs more than one of its words: any one may mean something else.
    unnamed = candidate.kind is Kind.SUBJECT and not counts[candidate.profile.terms[0][0]]
    if unnamed and sum(counts[t] > 0 for t, _ in candidate.profile.terms) < WITNESSES:
        return 0.0
    known = background()
    found = sorted(
        (
            min(CAP, known.surprise(t, counts[t], length)) * (1.0 if i else NAME)
            for i, (t, _) in enumerate(candidate.profile.terms)
            if counts[t]
        ),
        reverse=True,
    )
    return sum(f * DECAY**rank for rank, f in enumerate(found))


def _cover(
    stream: Sequence[str], candidates: Sequence[_Candidate], scores: Sequence[float], wanted: int
) -> list[_Candidate]:
    """The candidates that together speak of most of the text, distinct from each other."""
    terms = {t for c in candidates for t, _ in c.profile.terms}
    size = max(WINDOW, len(stream) // 400)  # the work must not grow faster than the text
    windows: dict[int, Counter[str]] = {}
    for place, t in _occurrences(stream, terms):
        windows.setdefault(place // size, Counter())[t] += 1
    strength = [
        {
            w: sum(weight * math.log2(1 + seen[t]) for t, weight in c.profile.terms if t in seen)
            * min(c.favour, 2.0)
            for w, seen in windows.items()
        }
        for c in candidates
    ]
    total = sum(max(s[w] for s in strength) for w in windows) if candidates else 0.0
    best: dict[int, float] = dict.fromkeys(windows, 0.0)
    chosen: list[_Candidate] = []
    left = list(range(len(candidates)))
    top = max(scores, default=1.0)
    while left and len(chosen) < wanted:
        gain = {
            i: sum(max(0.0, s - best[w]) for w, s in strength[i].items()) / (total or 1.0)
            + WHOLE * scores[i] / top
            for i in left
        }
        i = max(left, key=lambda i: (candidates[i].kind is Kind.SETTING, gain[i], -i))
        left.remove(i)
        if any(_same(candidates[i], other) for other in chosen):
            continue
        chosen.append(candidates[i])
        best = {w: max(b, strength[i][w]) for w, b in best.items()}
    return chosen


def _same(one: _Candidate, other: _Candidate) -> bool:
    """Whether two topics would be one to a reader: `Agents` and `AI Agents`."""
    if one.kind is Kind.SETTING and other.kind is Kind.SETTING:
        return False
    a, b = usual_words(one.profile.name), usual_words(other.profile.name)
    if a and b and (a <= b or b <= a):
        return True
    if a & b and Kind.PHRASE in (one.kind, other.kind) and Kind.SUBJECT not in (one.kind, other.kind):
        return True
    first, second = term(one.profile.name), term(other.profile.name)
    return first in {t for t, _ in other.profile.terms} or second in {t for t, _ in one.profile.terms}


def _mention(profile: Profile, here: Counter[str], around: Counter[str]) -> float:
    """How much a stretch speaks of a topic by name or by its words, its surroundings at a lower weight; from how often each has
    which terms."""
    first = profile.terms[0][0] if profile.terms else ""
    found = sorted(
        (
            weight * math.log2(1 + here[t] + AROUND * around[t]) * (NAME if t == first else 1.0)
            for t, weight in dict(profile.terms).items()
            if t in here or t in around
        ),
        reverse=True,
    )
    return sum(f * DECAY_HERE**rank for rank, f in enumerate(found))
