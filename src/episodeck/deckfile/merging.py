"""Bringing new proposals into a card file: three-way, field by field, losing nothing of the reader's.

For each field there are three values: what the program proposed last time (the ledger has
its mark), what it proposes now, and what stands in the file. A field that stands as last
proposed follows the program; any other is the reader's and stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..model import Card, EpisodeInfo, Kind
from .values import (
    CARD_FIELDS,
    INFO_FIELDS,
    SOURCE_FIELDS,
    CardFile,
    Ledger,
    Removed,
    card_id,
    card_marks,
    info_marks,
    mark,
    tidy_card,
    tidy_info,
    trace,
    value,
    with_values,
)

SAME_PLACE = 0.5
"""Share of the shorter excerpt's words that two excerpts for the same place have in common."""

_STICKY = ("kind", "topic")
"""Given once: the kind decides the note type and the topic the deck, and Anki changes neither for a note it has."""
_PAIRS = (("question", "answer"), ("answer", "question"))
_NOTED = ("question", "answer", "speaker", "kind", "excerpt", "readable", "start", "url")
"""Fields whose change makes a card count as updated; the others are volatile."""
_PINNED = ("kind", "question", "answer", "speaker")
"""What of a pinned card stays as it is, whatever the program proposes."""
_GRAM = 3
_RARE_GRAM = 5
"""Words in a row that tell a place from all others of a whole talk."""


@dataclass(frozen=True, slots=True)
class Held:
    """A proposal that the reader's own wording holds back."""

    id: str
    """The card's; empty for a field of the episode."""
    field: str
    yours: object
    proposed: object
    news: bool = True
    """The program didn't propose this the last time."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged card file and what came of it: new + updated + kept + yours are all its cards."""

    file: CardFile
    new: int = 0
    updated: int = 0
    """The program's cards of which something visible changed."""
    kept: int = 0
    """The program's cards that stay as they were, also those no longer proposed."""
    yours: int = 0
    """The reader's own cards, and cards in which the reader changed something."""
    removed: int = 0
    """Cards found deleted by the reader since the last merge."""
    withheld: int = 0
    """Proposals not made because the reader deleted a card in their place."""
    held: tuple[Held, ...] = ()
    unproposed: tuple[str, ...] = ()
    """Ids of the program's cards that it no longer proposes; they stay."""


@dataclass(frozen=True, slots=True)
class _Old:
    """A card the program once proposed, live or removed, as something a proposal may be for."""

    id: str
    kind: Kind | None
    trace: str
    words: tuple[int, int] | None
    question: str
    live: bool


def settle(old: CardFile, now: str) -> Merged:
    """The file with the reader's doings entered: deletions go to `removed`, own cards get a topic and a guest.

    This is a merge without proposals, for an episode whose transcript needs no reading.
    `now` is UTC in the form of `Card.changed`.
    """
    file, gone = _entered(old, old.info, now)
    return _counted(file, old, (), removed=gone)


def merge(
    old: CardFile | None,
    info: EpisodeInfo,
    proposals: Sequence[Card],
    made: str,
    now: str,
    most: int | None = None,
    talk: str = "",
    by: str = "",
    replacing: bool = False,
) -> Merged:
    """`old` with `proposals` brought in; a new file if there was none.

    A proposal finds its card by place (half of the shorter excerpt's words in common,
    claims and exchanges apart from quotes) or by id; the card keeps its id, its kind, its
    deck's guest and its topic. A proposal in the place of a card that the reader deleted is not
    made. Cards that are no longer proposed stay. The order in the file stays; new cards
    stand by their place in the transcript. Doing the same merge again changes nothing.
    `made` is kept in the file as the fingerprint of what the proposals came from.

    `most` is how many cards the episode should have: an existing file gets new cards, best first, only
    while it has fewer, cards the reader deleted counted in, so that a program that chooses otherwise
    betters the deck instead of piling cards on it. Where the transcript changed, cards that are no
    longer proposed count only if their words are still in `talk`, the trace of the whole transcript:
    new talk gets its own, a corrected one nothing on top.

    `by` names the writer that the proposals are from, if it isn't the program's own. What another writer wrote is not
    rewritten by the program, which only follows up with cards where there is room; the other writer betters the
    program's cards in their place, and counts only its own and the reader's towards `most`. With `replacing` cards of any
    other writer that the reader left as they were, and that no proposal is for, are taken out as if the reader had
    deleted them, and the program rewrites what another wrote.
    """
    info = tidy_info(info)
    proposals = [tidy_card(p) for p in proposals]
    before = old or CardFile(info, told=info_marks(info))
    same_words = before.info.digest == info.digest
    merged_info, held = _merged_info(before, info)
    file, gone = _entered(before, merged_info, now)
    matches, withheld = _matched(file, proposals, same_words)

    by_card = {card: proposals[p] for p, card in matches.items()}
    ledger = dict(file.ledger)
    cards: list[Card] = []
    outdated: list[Removed] = []
    for card in file.cards:
        if (proposal := by_card.get(card.id)) is not None:
            known = ledger.get(card.id, Ledger())
            if not (known.by and known.told and not by and not replacing):
                card, known, back = _merged_card(card, proposal, known, same_words)
                ledger[card.id] = replace(known, by=by)
                held += back
        elif replacing and _untouched(card, ledger.get(card.id, Ledger()), by):
            old_entry = ledger.pop(card.id)
            outdated.append(Removed(card.id, old_entry.changed or now, old_entry.kind, old_entry.trace))
            continue
        cards.append(card)

    places = {
        c.id: c.source.words[0]
        for c in cards
        if c.source.words and (c.id in by_card or (same_words and (entry := ledger.get(c.id)) and entry.told))
    }
    taken = {c.id for c in cards} | {r.id for r in file.removed} | ledger.keys()
    fresh: set[str] = set()
    unclaimed = [p for p in range(len(proposals)) if p not in matches and p not in withheld]
    if old is not None and most is not None:
        said = runs(talk)
        counted = sum(
            same_words or number in by_card or _still_said(entry.trace, said)
            for number, entry in ledger.items()
            if entry.told and (not by or entry.by == by)
        )
        unclaimed.sort(key=lambda p: -(proposals[p].score or 0))
        unclaimed = unclaimed[: max(0, most - counted - len(file.removed))]
    for p in sorted(unclaimed, key=lambda p: (proposals[p].source.words or (0, 0), p)):
        new = replace(proposals[p], changed=None)
        if not new.id or new.id in taken:
            new = replace(new, id=card_id(info.id, new.kind, new.source.excerpt, taken))
        taken.add(new.id)
        fresh.add(new.id)
        ledger[new.id] = Ledger(
            _guest(new, file.info), None, "", new.kind, card_marks(new), trace(new.source.excerpt), by
        )
        _insert(cards, new, places)

    removed = (*file.removed, *outdated)
    new_file = replace(
        file,
        cards=tuple(cards),
        ledger=ledger,
        made=made,
        told=info_marks(info),
        removed=removed,
        removals=len(removed),
    )
    there = {c.id for c in cards}
    unproposed = tuple(
        c.id for c in file.cards if c.id in there and c.id not in by_card and file.ledger[c.id].told
    )
    counted_file = _counted(new_file, before, fresh, gone)
    return replace(counted_file, withheld=len(withheld), held=tuple(held), unproposed=unproposed)


def rests_on(file: CardFile) -> set[str]:
    """The runs of five words, as in `runs`, that the program's cards of a file rest on, removed ones too: it
    is known by them."""
    traces = [*(e.trace for e in file.ledger.values() if e.told), *(r.trace for r in file.removed)]
    return {run for place in traces for run in runs(place)}


def runs(of: str) -> set[str]:
    """Every five words in a row of a trace; none of a shorter one."""
    return _grams(of, _RARE_GRAM) if len(of) >= _RARE_GRAM else set()


def _entered(old: CardFile, info: EpisodeInfo, now: str) -> tuple[CardFile, int]:
    """The file, for the episode `info`, with the reader's deletions and additions entered; and the deletions' number."""
    there = {c.id for c in old.cards}
    known = {r.id for r in old.removed}
    gone = tuple(
        Removed(number, entry.changed or now, entry.kind, entry.trace)
        for number, entry in old.ledger.items()
        if number not in there and number not in known
    )
    ledger = {number: entry for number, entry in old.ledger.items() if number in there}
    topic = info.topics[0] if info.topics else ""
    cards = tuple(c if c.topic else replace(c, topic=topic) for c in old.cards)
    for card in cards:
        entry = ledger.get(card.id, Ledger())
        ledger[card.id] = replace(
            entry, guest=entry.guest or _guest(card, info), kind=entry.kind or card.kind
        )
    removed = old.removed + gone
    file = replace(old, info=info, cards=cards, removed=removed, ledger=ledger, removals=len(removed))
    return file, len(gone)


def _guest(card: Card, info: EpisodeInfo) -> str | None:
    """The guest whose deck a card belongs in: the speaker if a guest, else the first guest."""
    if card.speaker in info.guests:
        return card.speaker
    return info.guests[0] if info.guests else None


def _merged_info(file: CardFile, info: EpisodeInfo) -> tuple[EpisodeInfo, list[Held]]:
    told = file.told or ("",) * len(INFO_FIELDS)
    yours = {}
    held = []
    for name, last in zip(INFO_FIELDS, told, strict=True):
        mine, theirs = getattr(file.info, name), getattr(info, name)
        if mark(mine) != last:
            yours[name] = mine
            if mine != theirs:
                held.append(Held("", name, mine, theirs, mark(theirs) != last))
    return replace(info, **yours), held


def _merged_card(
    card: Card, proposal: Card, entry: Ledger, same_words: bool
) -> tuple[Card, Ledger, list[Held]]:
    told = dict(zip(CARD_FIELDS, entry.told or ("",) * len(CARD_FIELDS), strict=True))
    marks = dict(zip(CARD_FIELDS, card_marks(proposal), strict=True))
    yours = {name for name, last in told.items() if mark(value(card, name)) != last}
    yours |= {
        partner
        for name, partner in _PAIRS
        if name in yours
        and marks[name] != told[name]
        and not _reworded(str(value(card, partner)), str(value(proposal, partner)))
    }
    # What the reader wrote rests on the words that stood beside it, while those are in the transcript.
    rests = same_words and bool(yours & {"question", "answer"})
    values: dict[str, object] = {}
    held: list[Held] = []
    for name, last in told.items():
        mine, theirs = value(card, name), value(proposal, name)
        if name in _STICKY or (rests and name in SOURCE_FIELDS):
            marks[name] = last or marks[name]
        elif name not in yours and not (card.pinned and name in _PINNED):
            values[name] = theirs
        elif name not in yours:
            marks[name] = last  # unpinned, it follows the program again
        elif mine != theirs and name in _NOTED:
            held.append(Held(card.id, name, mine, theirs, marks[name] != last))
    said = entry.trace if rests and entry.trace else trace(proposal.source.excerpt)
    entry = replace(entry, told=tuple(marks.values()), trace=said)
    return with_values(card, values), entry, held


def _untouched(card: Card, entry: Ledger, by: str) -> bool:
    """Whether a card is another writer's than `by`, and just as that one proposed it."""
    mine = bool(entry.told) and entry.by != by and card_marks(card) == entry.told
    return mine and not card.pinned and not card.anki


def _reworded(text: str, other: str) -> bool:
    """Whether one text may be another put better: half the words of the shorter are in both.

    An answer that is another one altogether answers another question than the one the reader wrote.
    """
    words, others = ({*re.findall(r"\w+", t.casefold())} for t in (text, other))
    return len(words & others) >= SAME_PLACE * min(len(words), len(others))


def _insert(cards: list[Card], new: Card, places: dict[str, int]) -> None:
    """Puts a new card before the next one in the transcript, whatever order the reader gave the others."""
    words = new.source.words
    after = [c for c in cards if words and c.id in places and places[c.id] > words[0]]
    at = cards.index(min(after, key=lambda c: places[c.id])) if after else len(cards)
    cards.insert(at, new)
    if words:
        places[new.id] = words[0]


def _counted(
    file: CardFile,
    before: CardFile,
    fresh: Iterable[str],
    removed: int = 0,
) -> Merged:
    fresh = frozenset(fresh)
    was = {c.id: c for c in before.cards}
    new = updated = kept = yours = 0
    for card in file.cards:
        entry = file.ledger.get(card.id)
        if card.id in fresh:
            new += 1
        elif entry is None or not entry.told or card_marks(card) != entry.told:
            yours += 1
        elif any(value(card, name) != value(was[card.id], name) for name in _NOTED):
            updated += 1
        else:
            kept += 1
    return Merged(file, new, updated, kept, yours, removed)


def _matched(
    file: CardFile, proposals: Sequence[Card], same_words: bool
) -> tuple[dict[int, str], frozenset[int]]:
    """Which proposal (by index) is for which card, and which are in the place of a removed one."""
    olds = _olds(file)
    traces = [trace(p.source.excerpt) for p in proposals]
    ranked = []
    for p, o in _candidates(proposals, traces, olds):
        proposal, old = proposals[p], olds[o]
        by_id = bool(old.id) and proposal.id == old.id
        common = _common(traces[p], old.trace)
        shorter = min(len(traces[p]), len(old.trace))
        near = shorter > 0 and common >= SAME_PLACE * shorter and _family(proposal.kind) == _family(old.kind)
        if not near and not by_id:
            continue
        likeness = 2 * common / max(1, len(traces[p]) + len(old.trace))
        key = (
            near and traces[p] == old.trace,
            mark(proposal.question) == old.question and near,
            by_id,
            likeness,
            proposal.kind == old.kind,
            _shared(proposal.source.words, old.words) if same_words else 0,
            -p,
            -o,
        )
        ranked.append((key, p, o))
    ranked.sort(reverse=True)

    matches: dict[int, str] = {}
    done: set[int] = set()
    withheld: set[int] = set()
    for _, p, o in ranked:
        if p in matches or p in withheld or o in done:
            continue
        done.add(o)
        if olds[o].live:
            matches[p] = olds[o].id
        else:
            withheld.add(p)
    # A removed card keeps its whole place free, not only from the proposal most like it.
    withheld |= {p for _, p, o in ranked if p not in matches and not olds[o].live}
    return matches, frozenset(withheld)


def _olds(file: CardFile) -> list[_Old]:
    question = CARD_FIELDS.index("question")
    olds = []
    for card in file.cards:
        entry = file.ledger.get(card.id, Ledger())
        if entry.told:
            olds.append(_Old(card.id, entry.kind, entry.trace, card.source.words, entry.told[question], True))
        elif card.score is not None:
            # Only the program scores cards: this one's line in the ledger was lost.
            place = trace(card.source.excerpt)
            olds.append(_Old(card.id, card.kind, place, card.source.words, mark(card.question), True))
        else:
            olds.append(_Old(card.id, None, "", None, "", True))
    return olds + [_Old(r.id, r.kind, r.trace, None, "", False) for r in file.removed]


def _candidates(
    proposals: Sequence[Card], traces: Sequence[str], olds: Sequence[_Old]
) -> set[tuple[int, int]]:
    """Pairs that share an id or a few words in a row."""
    ids: Mapping[str, int] = {old.id: o for o, old in enumerate(olds)}
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for o, old in enumerate(olds):
        for gram in _grams(old.trace):
            holders[gram].add(o)
    found = {(p, ids[proposal.id]) for p, proposal in enumerate(proposals) if proposal.id in ids}
    for p, letters in enumerate(traces):
        found |= {(p, o) for gram in _grams(letters) for o in holders.get(gram, ())}
    return found


def _grams(letters: str, size: int = _GRAM) -> set[str]:
    if len(letters) < size:
        return {letters} if letters else set()
    return {letters[i : i + size] for i in range(len(letters) - size + 1)}


def _still_said(place: str, said: set[str]) -> bool:
    """Whether half of an excerpt's words are still in a talk, which is given by its runs."""
    grams = runs(place)
    return bool(grams) and sum(gram in said for gram in grams) >= SAME_PLACE * len(grams)


def _common(a: str, b: str) -> int:
    """How many words of two traces stand in runs that both have."""
    if a == b:
        return len(a)
    if min(len(a), len(b)) < _GRAM:
        return 0
    return min(_covered(a, _grams(b)), _covered(b, _grams(a)))


def _covered(letters: str, grams: set[str]) -> int:
    hit: set[int] = set()
    for i in range(len(letters) - _GRAM + 1):
        if letters[i : i + _GRAM] in grams:
            hit.update(range(i, i + _GRAM))
    return len(hit)


def _family(kind: Kind | None) -> bool:
    return kind is Kind.QUOTE


def _shared(a: tuple[int, int] | None, b: tuple[int, int] | None) -> int:
    """How many word offsets two ranges have in common."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]) + 1) if a and b else 0
