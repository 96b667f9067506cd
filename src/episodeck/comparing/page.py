"""The page for a blind choice, and the key that tells whose its cards are.

The order comes from a hash of the cards, so that the same cards make the same page, whichever writer is named first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import entries
from ..anki.markup import one_line, plain
from ..errors import ProjectError
from ..files import write_atomically
from ..locking import locked
from ..model import Card
from ..preview import compare_page
from ..project import Project
from ..showing import clock
from ..understanding import Heard, understood
from .sets import Ask, cards_of, edited_of

KEYS = "comparisons"
"""In the project's cache: for each comparison, whose its cards are."""
_MARK = b'content="Episodeck comparison"'
_SAME_PLACE = 0.5
"""Two cards that have this part of their words in common ask about the same place."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """A card on the page."""

    card: Card
    writers: tuple[str, ...]
    """Whose it is: both, where they wrote the same."""

    @property
    def text(self) -> str:
        """All that is seen of it."""
        c = self.card
        said = one_line(c.source.readable or c.source.excerpt)
        return json.dumps([plain(c.question), plain(c.answer), c.speaker or "", c.topic, said])


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison that was written."""

    page: Path
    episode: str
    cards: int
    pairs: int
    """Places that both writers ask about."""
    remarks: tuple[str, ...]


def compare(
    project: Project,
    episode: str,
    writers: tuple[str, str],
    page: Path | None = None,
    *,
    ask: Ask = lambda estimate: False,
    limit_tokens: int | None = None,
) -> Compared:
    """Write the page with the cards of two writers for an episode, given as `understood` takes it.

    It goes to `page`, or to `compare` beneath the project's `out`. Raises as `cards_of` and `understood` do, and
    `ProjectError` where something else stands at that place.
    """
    heard = understood(project, episode)
    out = page or project.out / "compare" / f"{heard.source.card_file.stem}.html"
    _see_that_it_may_go(out)
    sets = {name: cards_of(project, heard, name, ask, limit_tokens) for name in writers}
    places = mixed(sets)
    key = _identity(heard, places)
    text = compare_page(project, heard.episode.info.title, _json(places, key), sum(map(len, places)))
    with locked(project.out, work="compare"):
        whose = [list(one.writers) for place in places for one in place]
        paired = [len(place) for place in places]
        stored = {"episode": heard.source.id, "writers": sorted(writers), "cards": whose, "places": paired}
        entries.write(key_file(project, key), stored)
        write_atomically(out, text.encode("utf-8", "replace"))
    remarks = tuple(
        f"{left} cards by {name} are left out, for you edited them"
        for name in writers
        if (left := edited_of(heard, name))
    )
    pairs = sum(len(place) > 1 for place in places)
    return Compared(out, heard.source.id, len(whose), pairs, remarks)


def key_file(project: Project, comparison: str) -> Path:
    """Where it is kept whose the cards of a comparison are."""
    return project.out / "cache" / KEYS / f"{comparison}.json"


def mixed(sets: Mapping[str, Sequence[Card]]) -> list[tuple[Mixed, ...]]:
    """The cards by place, in an order that tells nothing: two where both writers ask about the same one."""
    whose: dict[str, Mixed] = {}
    for name, cards in sorted(sets.items()):
        for card in cards:
            one = Mixed(card, (name,))
            known = whose.get(one.text)
            if known is None or name not in known.writers:
                whose[one.text] = Mixed(card, (*known.writers, name)) if known else one
    alone = {name: [m for m in whose.values() if m.writers == (name,)] for name in sorted(sets)}
    first, second = alone.values()
    pairs = list(_pairs(first, second))
    paired = {id(m) for pair in pairs for m in pair}
    places = [*pairs, *((m,) for m in whose.values() if id(m) not in paired)]
    seed = hashlib.sha256("\n".join(sorted(whose)).encode("utf-8", "surrogatepass")).hexdigest()

    def at_random(of: str) -> str:
        return hashlib.sha256(f"{seed}{of}".encode("utf-8", "surrogatepass")).hexdigest()

    inside = [tuple(sorted(place, key=lambda m: at_random(m.text))) for place in places]
    return sorted(inside, key=lambda place: at_random("".join(m.text for m in place)))


def _pairs(first: Iterable[Mixed], second: Sequence[Mixed]) -> Iterator[tuple[Mixed, ...]]:
    """Cards of the two about the same place, the nearest first; none in two pairs."""
    near = [(_common(a.card, b.card), a, b) for a in first for b in second]
    taken: set[int] = set()
    for share, a, b in sorted(near, key=lambda n: (-n[0], n[1].text, n[2].text)):
        if share >= _SAME_PLACE and not taken & {id(a), id(b)}:
            taken |= {id(a), id(b)}
            yield a, b


def _common(a: Card, b: Card) -> float:
    """Which share of the words of both lies in both, from 0 to 1."""
    if not a.source.words or not b.source.words:
        return 0.0
    (first, last), (start, end) = a.source.words, b.source.words
    common = min(last, end) - max(first, start) + 1
    return 2 * max(0, common) / (last - first + end - start + 2)


def _identity(heard: Heard, places: Sequence[tuple[Mixed, ...]]) -> str:
    """Of a comparison: another one where anything differs, also whose a card is."""
    parts = [heard.source.id, *(f"{m.writers} {m.text}" for place in places for m in place)]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _json(places: Sequence[tuple[Mixed, ...]], key: str) -> dict[str, object]:
    numbers = iter(range(1, 1 + sum(map(len, places))))
    shown = [[_shown(one.card, next(numbers)) for one in place] for place in places]
    return {"comparison": key, "places": shown}


def _shown(card: Card, number: int) -> dict[str, object]:
    return {
        "number": number,
        "question": plain(card.question),
        "answer": plain(card.answer),
        "speaker": one_line(card.speaker or ""),
        "topic": one_line(card.topic),
        "time": clock(card.source.start) if card.source.start is not None else "",
        "excerpt": one_line(card.source.readable or card.source.excerpt),
    }


def _see_that_it_may_go(page: Path) -> None:
    """Only an older comparison is written over."""
    try:
        with page.open("rb") as file:
            if _MARK not in file.read(2_000):
                raise ProjectError(
                    "is there already, and is no comparison", where=page, mend="choose another name"
                )
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ProjectError(error.strerror or str(error), where=page, mend="choose another name") from error
