"""What a reader does elsewhere, in Anki for one, entered in a card file as if done there.

The values made here are saved with `settle`, `stamp` and `save`, as a build does.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from .values import CARD_FIELDS, CardFile, card_marks, mark, value, with_values


def edited(file: CardFile, card: str, values: Mapping[str, object]) -> CardFile:
    """The file with some of `CARD_FIELDS` of the card with the id `card` set: the reader's from now on.

    Raises `KeyError` if there is no such card or no such field.
    """
    if unknown := values.keys() - set(CARD_FIELDS):
        raise KeyError(*sorted(unknown))
    if all(c.id != card for c in file.cards):
        raise KeyError(card)
    return replace(file, cards=tuple(with_values(c, values) if c.id == card else c for c in file.cards))


def without(file: CardFile, cards: Collection[str]) -> CardFile:
    """The file without the cards of these ids; `settle` enters them in `removed`, and they never come back."""
    return replace(file, cards=tuple(c for c in file.cards if c.id not in cards))


def readers_fields(file: CardFile) -> dict[str, tuple[str, ...]]:
    """For each card by id, the fields that are the reader's: all of them in a card of the reader's own."""
    found: dict[str, tuple[str, ...]] = {}
    for card in file.cards:
        entry = file.ledger.get(card.id)
        if entry is None or not entry.told:
            found[card.id] = CARD_FIELDS
        elif card_marks(card) != entry.told:
            pairs = zip(CARD_FIELDS, entry.told, strict=True)
            found[card.id] = tuple(name for name, last in pairs if mark(value(card, name)) != last)
    return found
