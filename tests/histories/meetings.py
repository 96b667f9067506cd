"""What must come of a push and of a pull: a plain model of three versions, and of who wins.

Of every field there are the version that both sides had when they last met, the one in Anki, and the one in the
card file. The model knows nothing of how the program finds that out; docs/syncing.md is what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass, field
from enum import Enum

from episodeck.anki import FIELDS

MINE = "mine::"
"""How tags begin that the reader gives."""
WRITTEN = tuple(list(FIELDS).index(name) for name in ("Question", "Answer", "Speaker"))
"""Fields that a card file can take from Anki."""
QUESTION, ANSWER, _ = WRITTEN
SOURCE = list(FIELDS).index("Source")
MANY = 5


@dataclass(slots=True)
class Note:
    """A note as the reader's Anki must have it."""

    fields: tuple[str, ...]
    tags: frozenset[str]
    mod: int
    state: tuple[int, ...] = ()
    """Of its card, the schedule, and last the number of its deck."""
    reviews: int = 0
    moved: bool = False
    """Whether the reader moved its card to another deck."""
    taken_off: frozenset[str] = frozenset()
    """Tags of ours that the reader took off."""

    @property
    def readers_tags(self) -> frozenset[str]:
        return frozenset(tag for tag in self.tags if tag.startswith(MINE))


@dataclass(frozen=True, slots=True)
class Ours:
    """A note as the card files have it."""

    card: str
    fields: tuple[str, ...]
    tags: frozenset[str]
    deck: str
    mod: int


class Side(Enum):
    """Who changed a field since the two last met."""

    NOBODY, OURS, THEIRS, BOTH = range(4)


@dataclass(slots=True)
class Met:
    """What both sides had of a note when they last met."""

    fields: tuple[str, ...]
    mod: int
    """When Anki's note had last been changed then."""
    deck: str
    """The deck where we had its card; "" if it was elsewhere."""
    made: list[tuple[str, ...]] = field(default_factory=list)
    """What the card files have made of it since: an import by hand may have brought any of that."""


@dataclass(slots=True)
class Meetings:
    """What is known of all meetings, by GUID."""

    met: dict[str, Met] = field(default_factory=dict)

    def gone(self, ours: Mapping[str, Ours], theirs: Mapping[str, Note]) -> set[str]:
        """Cards that were in Anki and aren't any more: the reader deleted them."""
        return {guid for guid in ours if guid in self.met and guid not in theirs}

    def strange(self, ours: Mapping[str, Ours], theirs: Mapping[str, Note]) -> bool:
        """Whether so many are gone that this is taken for another collection."""
        gone = len(self.gone(ours, theirs))
        return gone >= MANY and 2 * gone > sum(guid in self.met for guid in ours)

    def sides(self, guid: str, ours: Ours, theirs: Note) -> tuple[Side, ...]:
        """For each field, who changed it. Before the first meeting the later note wins as a whole."""
        met = self.met.get(guid)
        sides = []
        for i, (mine, other) in enumerate(zip(ours.fields, theirs.fields, strict=True)):
            if mine == other:
                sides.append(Side.NOBODY)
            elif met is None:
                sides.append(Side.THEIRS if theirs.mod > ours.mod else Side.OURS)
            elif theirs.mod < met.mod or other in self._known(met, i):
                sides.append(Side.OURS)
            else:
                sides.append(Side.THEIRS if self._known(met, i) == {mine} else Side.BOTH)
        return tuple(sides)

    def build(self, guid: str, fields: tuple[str, ...]) -> None:
        """The card files made this of a note."""
        met = self.met.get(guid)
        if met and fields != met.fields and fields not in met.made:
            met.made.append(fields)

    def pushed(self, guid: str, ours: Ours, theirs: Note, overwrite: bool) -> tuple[str, ...]:
        """What the fields of a note in Anki are after a push."""
        sends = tuple(Side) if overwrite else (Side.OURS,)
        sides = self.sides(guid, ours, theirs)
        return tuple(
            mine if side in sends else other
            for side, mine, other in zip(sides, ours.fields, theirs.fields, strict=True)
        )

    def pulled(self, guid: str, ours: Ours, theirs: Note, prefer_anki: bool) -> tuple[int, ...]:
        """The fields that a card file takes from Anki."""
        takes = (Side.THEIRS, Side.BOTH) if prefer_anki else (Side.THEIRS,)
        sides = self.sides(guid, ours, theirs)
        return tuple(i for i in WRITTEN if sides[i] in takes)

    def meet(
        self, guid: str, ours: Ours, before: Note, after: Note, taken: Collection[int], deck: str
    ) -> None:
        """Remembers a meeting at which Anki's note became `after` and `taken` were the fields that came to be the
        same in both."""
        old = self.met.get(guid)
        common = []
        for i, side in enumerate(self.sides(guid, ours, before)):
            if i in taken or after.fields[i] == ours.fields[i] or side is Side.OURS:
                common.append(after.fields[i])
            elif side is Side.BOTH and old:
                common.append(old.fields[i])
            else:
                common.append(ours.fields[i])
        known = deck if deck == ours.deck else (old.deck if old else "")
        self.met[guid] = Met(tuple(common), after.mod, known)
        self.build(guid, ours.fields)

    def forget(self, guids: Container[str]) -> None:
        """There is nothing of these notes on either side any more."""
        self.met = {guid: met for guid, met in self.met.items() if guid not in guids}

    @staticmethod
    def _known(met: Met, i: int) -> set[str]:
        return {met.fields[i], *(fields[i] for fields in met.made)}
