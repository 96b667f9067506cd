"""How a large collection is divided: a page for some episodes of one show, and a page that lists those."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..anki.markup import one_line
from ..anki.names import file_names
from ..model import EpisodeInfo

LARGE = 5_000
"""With more cards than this, there are several pages."""
_MOST, _USUAL = 2_000, 32
"""Cards on one of them at most, unless one episode has more; and about how many episodes."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What must be known of a card file to tell on which page it stands."""

    info: EpisodeInfo
    cards: int


@dataclass(frozen=True, slots=True)
class Part:
    """One of several pages."""

    name: str
    """Of its files, without an ending."""
    show: str
    """"" where it isn't known."""
    first: str
    """The title of its first episode."""
    last: str
    paths: tuple[Path, ...]
    cards: int


def parts(episodes: Mapping[Path, Episode], default_show: str | None) -> tuple[Part, ...]:
    """The pages of a collection, each with episodes of one show, in order of show and path; none if one page will do.

    Where one ends is decided by the ids of the episodes, so that one more episode changes one or two pages.
    """
    if sum(episode.cards for episode in episodes.values()) <= LARGE:
        return ()
    shows: dict[str, list[list[Path]]] = {}
    names: dict[str, str] = {}
    for path in sorted(path for path, episode in episodes.items() if episode.cards):
        show = one_line(episodes[path].info.show or default_show or "")
        names.setdefault(show.casefold(), show)
        pages = shows.setdefault(show.casefold(), [])
        full = pages and sum(episodes[p].cards for p in [*pages[-1], path]) > _MOST
        if not pages or full or _begins(episodes[path].info.id):
            pages.append([])
        pages[-1].append(path)
    found = [(names[show], page) for show in sorted(shows) for page in shows[show]]
    files = file_names(episodes[page[0]].info.id for _, page in found)
    return tuple(
        Part(
            files[episodes[page[0]].info.id.casefold()],
            show,
            one_line(episodes[page[0]].info.title),
            one_line(episodes[page[-1]].info.title),
            tuple(page),
            sum(episodes[path].cards for path in page),
        )
        for show, page in found
    )


def _begins(id: str) -> bool:
    """Whether a new page begins with an episode."""
    return hashlib.sha256(id.encode()).digest()[0] % _USUAL == 0


def listed(found: Sequence[Part]) -> list[dict[str, object]]:
    """What the page that lists them shows of each."""
    return [
        {
            "page": part.name,
            "show": part.show,
            "first": part.first,
            "last": part.last,
            "episodes": len(part.paths),
            "cards": part.cards,
        }
        for part in found
    ]
