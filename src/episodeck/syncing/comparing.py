"""Who changed what since the card files and Anki last met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from ..anki import FIELDS, RenderedNote
from ..anki.names import tag
from ..anki.seen import Look, Seen, SeenNote
from ..anki.unrender import same, to_text
from ..model import Kind
from .record import UNKNOWN, Entry, Record, field_mark

WRITTEN = tuple(list(FIELDS).index(name) for name in ("Question", "Answer", "Speaker"))
"""Fields that a card file can take back from Anki; the others are made from it."""
_NAMED_BY = {axis: list(FIELDS).index(axis.title()) for axis in ("show", "topic", "guest")}
"""Axes of tags whose value stands in a field as well."""
_AXES = ("episode", "kind", *_NAMED_BY)
MANY = 5
"""So many notes of the last meeting gone, and more than half of them: that is another collection."""


class Side(Enum):
    """Who changed a field."""

    NOBODY = "nobody"
    """It is the same in both."""
    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Ours:
    """A card as its file has it."""

    note: RenderedNote
    changed: int
    """Its stamp, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A card that is in both."""

    card: str
    ours: Ours
    theirs: SeenNote
    entry: Entry | None
    sides: tuple[Side, ...]
    """For each field."""
    stale: bool = False
    """Whether Anki's note is older than what was seen of it already, as in an old export."""

    def having(self, *sides: Side) -> tuple[int, ...]:
        """The fields that these sides changed."""
        return tuple(i for i, side in enumerate(self.sides) if side in sides)

    @property
    def readers_tags(self) -> tuple[str, ...]:
        """Tags in Anki that aren't ours, nor were."""
        ours = self._ours_ever
        return tuple(tag for tag in self.theirs.tags if tag.casefold() not in ours)

    @property
    def wanted_tags(self) -> tuple[str, ...]:
        """What the tags shall be: ours, but for those the reader took off, and the reader's."""
        there = _folded(self.theirs.tags)
        off = self._brought - there
        return (*(tag for tag in self.ours.note.tags if tag.casefold() not in off), *self.readers_tags)

    @property
    def tags_differ(self) -> bool:
        """Whether our tags changed since; without a record nobody knows."""
        return self.entry is not None and _folded(self.wanted_tags) != _folded(self.theirs.tags)

    @property
    def _ours_ever(self) -> set[str]:
        """Every tag that may have come from us: an import by hand since the last meeting brought its own."""
        last = self.entry.tags if self.entry else ()
        kinds = (tag("kind", kind) for kind in Kind)
        return _folded((*self.ours.note.tags, *last, *kinds, *self._named_tags.values()))

    @property
    def _named_tags(self) -> dict[str, str]:
        """The tags that go with what the fields of Anki's note say, by axis."""
        return {axis: tag(axis, to_text(self.theirs.fields[i])) for axis, i in _NAMED_BY.items()}

    @property
    def _brought(self) -> set[str]:
        """Tags that came to Anki with what its note now holds: if one isn't there, the reader took it off."""
        theirs, ever = _folded(self.theirs.tags), self._ours_ever
        last = {_axis(tag): tag for tag in (self.entry.tags if self.entry else ())}
        brought = {axis: self._named_tags.get(axis, last.get(axis, "")) for axis in _AXES}
        # Where another one of ours is in its place, nobody took it off.
        replaced = {_axis(tag) for tag in theirs & ever}
        return {tag.casefold() for axis, tag in brought.items() if tag and axis not in replaced}


@dataclass(frozen=True, slots=True)
class Comparison:
    """All cards of a project against all notes in Anki."""

    both: tuple[Compared, ...]
    new: tuple[str, ...]
    """Cards that aren't in Anki, and never were as far as is known."""
    missing: tuple[str, ...]
    """Cards that were in Anki and aren't among our notes there any more."""
    looks: Mapping[Kind, Look]
    """Layouts of the note types in Anki."""
    strange: bool
    """Whether so many are missing that this is hardly the same collection."""


def compare(ours: Mapping[str, Ours], seen: Seen, record: Record) -> Comparison:
    """`ours` by card id."""
    by_card = identified(ours, seen, record)
    both = tuple(
        _compared(card, ours[card], by_card[card], record.entries.get(card))
        for card in ours
        if card in by_card
    )
    known = {card: e for card, e in record.entries.items() if e.note and card in ours}
    taken_over = {card for card in ours if ours[card].note.guid in seen.others}
    missing = tuple(card for card in known if card not in by_card and card not in taken_over)
    new = tuple(card for card in ours if card not in by_card and card not in known)
    return Comparison(both, new, missing, seen.looks, len(missing) >= MANY and 2 * len(missing) > len(known))


def identified(ours: Mapping[str, Ours], seen: Seen, record: Record) -> dict[str, SeenNote]:
    """The note of each card: by GUID where Anki tells it, else by number or by the id in its first field.

    A copy that the reader made of a note in Anki has the same first field; the note known from before
    is meant, or the older one.
    """
    cards = {o.note.guid: card for card, o in ours.items()}
    numbers = {e.note: card for card, e in record.entries.items() if e.note}
    ids = {o.note.fields[0]: card for card, o in ours.items()}
    found: dict[str, SeenNote] = {}
    by_number: dict[str, SeenNote] = {}
    for note in sorted(seen.notes, key=lambda n: n.id):
        if note.guid is not None:
            if (card := cards.get(note.guid)) is not None:
                found[card] = note
            continue
        if (card := numbers.get(note.id)) in ours and card is not None:
            by_number[card] = note
        elif (card := ids.get(note.fields[0])) is not None:
            found.setdefault(card, note)
    return found | by_number


def _compared(card: str, ours: Ours, theirs: SeenNote, entry: Entry | None) -> Compared:
    # What Anki had changed when we last looked at it is no news, as in an export older than that.
    stale = bool(entry and theirs.modified and theirs.modified < entry.modified)
    newer = theirs.modified is None or theirs.modified > ours.changed
    made = entry.made if entry else ()
    sides = []
    for i, (mine, other) in enumerate(zip(ours.note.fields, theirs.fields, strict=True)):
        if same(mine, other):
            sides.append(Side.NOBODY)
        elif stale:
            sides.append(Side.OURS)
        elif entry is None:
            # Never met: the later one wins whole, as in an import; where times aren't told, nothing of the
            # reader's writing is touched.
            told = theirs.modified is not None
            sides.append((Side.THEIRS if newer else Side.OURS) if told else _guess(i))
        else:
            # What was made since may have come to Anki by an import: that isn't the reader's doing.
            known = {entry.marks[i], *(marks[i] for marks in made)}
            if field_mark(other) in known:
                sides.append(Side.OURS)
            else:
                sides.append(Side.THEIRS if known == {field_mark(mine)} else Side.BOTH)
    return Compared(card, ours, theirs, entry, tuple(sides), stale)


def _guess(field: int) -> Side:
    return Side.BOTH if field in WRITTEN else Side.OURS


def entry_of(compared: Compared, theirs: SeenNote, settled: Iterable[int] = (), whole: bool = True) -> Entry:
    """What to remember of a card after a meeting that left `theirs` in Anki.

    What is the same in both, and what was `settled`, is common from now on. Of the rest the mark stays such
    that whose change it is will still be known.
    """
    old = compared.entry
    if compared.stale and old is not None:
        return old
    agreed = set(settled)
    marks = []
    for i, (side, mine, other) in enumerate(
        zip(compared.sides, compared.ours.note.fields, theirs.fields, strict=True)
    ):
        if i in agreed or same(mine, other) or side is Side.OURS:
            marks.append(field_mark(other))
        elif side is Side.THEIRS:
            marks.append(field_mark(mine))
        else:
            marks.append(old.marks[i] if old else UNKNOWN)
    number = theirs.id if whole else (old.note if old else 0)
    as_ours = theirs.deck.casefold() == compared.ours.note.deck.casefold()
    deck = theirs.deck if as_ours else (old.deck if old else "")
    ours = tuple(map(field_mark, compared.ours.note.fields))
    made = () if ours == tuple(marks) else (ours,)
    return Entry(number, theirs.modified or 0, tuple(marks), common_tags(compared, theirs), deck, made)


def common_tags(compared: Compared, theirs: SeenNote) -> tuple[str, ...]:
    """Our tags as they were sent, with those that the reader took off since, so that they stay off."""
    if compared.entry is None and not compared.having(Side.OURS, Side.THEIRS, Side.BOTH):
        return compared.ours.note.tags
    sent = _folded(theirs.tags) | _folded(compared.entry.tags if compared.entry else ())
    return tuple(tag for tag in compared.ours.note.tags if tag.casefold() in sent)


def _axis(tag: str) -> str:
    return tag.partition("::")[0].casefold()


def _folded(tags: Iterable[str]) -> set[str]:
    return {tag.casefold() for tag in tags}
