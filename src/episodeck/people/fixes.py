"""Names and terms that the transcript spells wrongly, mended for the eye where the file proves them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..model import NameFix, Speech, Turn
from .names import alike, common_words, distance, first_names, fold, same_person

_WORD = re.compile(r"[^\W_]+(?:[-.&][^\W_]+)*")
_DISTINCT = re.compile(r"(?:\w*[^\W\d_A-Z]\w*[A-Z]\w*|[A-Z]{2,}\w*|[A-Za-z]+\d+\w*)[&+]?")
"""A term with capitals or digits inside, which has one right spelling."""


@dataclass(frozen=True, slots=True)
class Known:
    """Right spellings."""

    people: tuple[str, ...]
    """Full names of everyone the file or the settings name, those who speak first."""
    present: tuple[str, ...]
    """Of these, who takes part."""
    terms: tuple[str, ...]
    """Words and phrases with a spelling of their own, the show's name among them."""
    replacements: tuple[tuple[str, str], ...]
    """Other spellings, and the right ones, that the settings list."""
    heard_first: tuple[tuple[str, str], ...]
    """Spellings of first names by which somebody who takes part is addressed or introduced, and the name meant."""


_THING = re.compile(r"(?:the|an?) [^\W\d_]+", re.IGNORECASE)
"""A show called "The Harbour": its guests may speak of any harbour."""


def known(
    people: Iterable[str],
    present: Iterable[str],
    texts: Iterable[str],
    show: str | None,
    settings_people: Mapping[str, Sequence[str]],
    settings_topics: Mapping[str, Sequence[str]],
    addressed: Iterable[str],
) -> Known:
    """What may be mended in an episode, gathered from its file and the settings."""
    here = tuple(dict.fromkeys(n for n in present if " " in n))
    everyone = tuple(
        dict.fromkeys([*here, *(n for n in people if " " in n), *(n for n in settings_people if " " in n)])
    )
    terms = [t for text in texts for w in text.split() for t in _DISTINCT.findall(w) if len(t) > 2]
    terms += [t for name, words in settings_topics.items() for t in (name, *words) if _DISTINCT.search(t)]
    if show and len(show) > 3 and not _THING.fullmatch(show):
        terms.append(show)
    replacements = [(o, n) for n, others in settings_people.items() for o in others if o and o != n]
    heard: dict[str, str] = {}
    for name in addressed:
        key = fold(name)
        fits = [p for p in here if alike(key, fold(p.split()[0])) >= 0.9]
        if len(fits) == 1 and key != fold(fits[0].split()[0]) and key not in common_words():
            heard[key] = fits[0]
    return Known(everyone, here, tuple(dict.fromkeys(terms)), tuple(replacements), tuple(heard.items()))


def mend(speech: Speech, right: Known) -> tuple[Speech, tuple[NameFix, ...]]:
    """The speech with its readable sentences mended, and the fixes that occurred, in order. Words and text stay."""
    mender = _Mender(right)
    turns = tuple(
        Turn(t.speaker, t.role, tuple(replace(s, readable=mender.mended(s.readable)) for s in t.sentences))
        for t in speech.turns
    )
    if not mender.found:
        return speech, ()
    return replace(speech, turns=turns), tuple(NameFix(heard, correct) for heard, correct in mender.found)


class _Mender:
    """Looks words up among the right spellings; remembers what it answered and what it mended."""

    def __init__(self, right: Known) -> None:
        self.found: dict[tuple[str, str], None] = {}
        self._right = right
        self._near: dict[str, tuple[str, ...]] = {}
        self._firsts = [(fold(p.split()[0]), p) for p in right.people]
        self._lasts = {fold(p.split()[-1]): p for p in right.present}
        self._heard = dict(right.heard_first)
        self._replaced = {tuple(fold(w) for w in _WORD.findall(o)): n for o, n in right.replacements}
        self._terms: dict[str, str] = {}
        for term in right.terms:
            key = fold(term)
            # Two spellings in one file: neither is proven.
            self._terms[key] = term if self._terms.get(key, term) == term else ""
        self._longest = max([3, *(len(k) for k in self._replaced)])

    def mended(self, text: str) -> str:
        spans = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
        keys = [fold(w) for _, _, w in spans]
        out, at, i = [], 0, 0
        while i < len(spans):
            length, correct = self._at(text, spans, keys, i)
            if length:
                start, end = spans[i][0], spans[i + length - 1][1]
                heard = text[start:end]
                if correct.endswith("&") and text[end : end + 1] == "&":
                    end += 1
                if heard != correct and text[start:end] != correct:
                    self.found[heard, correct] = None
                    out += [text[at:start], correct]
                    at = end
                i += length
            else:
                i += 1
        return "".join([*out, text[at:]]) if out else text

    def _at(self, text: str, spans: list[tuple[int, int, str]], keys: list[str], i: int) -> tuple[int, str]:
        """How many words from `i` on are one name or term, and its right spelling; 0 if none."""
        for n in range(min(self._longest, len(keys) - i), 0, -1):
            if name := self._replaced.get(tuple(keys[i : i + n])):
                return n, name
        together = self._together(text, spans, i)
        if name := self._full(keys, spans, i, together):
            return len(name.split()) if self._has(keys, i, name) else 2, name
        for n in range(together, 0, -1):
            term = self._terms.get("".join(keys[i : i + n]), "")
            if (
                term
                and (n > 1 or keys[i] not in common_words() or spans[i][2].isupper())
                and self._worth(term, keys[i : i + n])
            ):
                return n, term
        return self._single(spans, keys, i, together)

    def _together(self, text: str, spans: list[tuple[int, int, str]], i: int) -> int:
        """How many words from `i` on, up to three, have only a space between them."""
        n = 1
        while n < 3 and i + n < len(spans) and text[spans[i + n - 1][1] : spans[i + n][0]] == " ":
            n += 1
        return n

    @staticmethod
    def _has(keys: list[str], i: int, name: str) -> bool:
        parts = [fold(p) for p in name.split()]
        return len(parts) > 2 and keys[i : i + len(parts)] == parts

    @staticmethod
    def _worth(term: str, keys: list[str]) -> bool:
        """Ordinary words that happen to spell a term when joined are left alone, unless the term has that gap."""
        return len(keys) == 1 or " " in term or not all(k in common_words() and len(k) < 4 for k in keys)

    def _full(self, keys: list[str], spans: list[tuple[int, int, str]], i: int, together: int) -> str | None:
        if together < 2:
            return None
        near = self._people_near(keys[i])
        if not near:
            return None
        for name in near:
            if self._has(keys, i, name):
                return name
        fits = {
            name
            for name in near
            if same_person(f"{keys[i]} {keys[i + 1]}", name)
            or (keys[i + 1] == fold(name.split()[-1]) and _slip(keys[i], fold(name.split()[0])))
        }
        exact = {
            name
            for name in fits
            if keys[i + 1] == fold(name.split()[-1]) and keys[i] == fold(name.split()[0])
        }
        fits = exact or fits
        # Words that talk is made of are not a name misheard.
        if len(fits) != 1 or (
            not exact and keys[i + 1] in common_words() and not spans[i + 1][2][:1].isupper()
        ):
            return None
        return fits.pop()

    def _people_near(self, key: str) -> tuple[str, ...]:
        if key not in self._near:
            self._near[key] = tuple(
                p
                for first, p in self._firsts
                if first[:1] == key[:1] and (alike(key, first) > 0 or _slip(key, first))
            )
        return self._near[key]

    def _single(
        self, spans: list[tuple[int, int, str]], keys: list[str], i: int, together: int
    ) -> tuple[int, str]:
        word, key = spans[i][2], keys[i]
        if name := self._heard.get(key):
            follows = spans[i + 1][2] if together > 1 else ""
            other = (
                follows[:1].isupper()
                and keys[i + 1] not in common_words()
                and keys[i + 1] not in first_names()
            )
            return (0, "") if other else (1, name.split()[0])
        if key in self._lasts and word.islower() and key not in common_words():
            return 1, self._lasts[key].split()[-1]
        if len(key) >= 5 and key not in common_words() and key not in first_names():
            fits = {
                p
                for last, p in self._lasts.items()
                if last[:1] == key[:1] and last != key and alike(key, last) >= 0.9
            }
            before = spans[i - 1][2] if i else ""
            if len(fits) == 1 and not (before[:1].isupper() and keys[i - 1] in first_names()):
                return 1, fits.pop().split()[-1]
        return 0, ""


def _slip(heard: str, first: str) -> bool:
    """Whether a folded word that is nothing by itself may be a first name but for one letter, before the right surname."""
    return (
        min(len(heard), len(first)) >= 4
        and distance(heard, first) == 1
        and heard not in common_words()
        and heard not in first_names()
    )
