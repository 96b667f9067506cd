"""When a card's note last really changed: what tells Anki which version is newer."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..model import Card
from .values import CardFile, Ledger

FORM = "%Y-%m-%dT%H:%M:%SZ"

_SECOND = timedelta(seconds=1)
_PATIENCE = timedelta(seconds=2)


def stamp(
    file: CardFile,
    content: Callable[[Card, str | None], str],
    now: datetime,
    wait: Callable[[float], None] = time.sleep,
) -> CardFile:
    """The file with `changed` set on every card whose note is not as it was when last stamped.

    `content` gives everything of a card's note that Anki keeps, from the card and its
    guest; leave out what is volatile (score, place, order). `now` is an aware time.

    A stamp is later than the card's last one and never later than `now`; a text that
    returns to an earlier one gets a new stamp. If a card was stamped within this very
    second, `wait` is called with the seconds until the next one. If its last stamp lies
    further ahead, because a clock was wrong, the card keeps it and is stamped by the first
    build after that time; `ahead` tells which cards those are.
    """
    now = now.astimezone(UTC)
    hashes = {c.id: _hash(content(c, file.ledger.get(c.id, Ledger()).guest)) for c in file.cards}
    due = {
        c.id: _last(c, file) for c in file.cards if file.ledger.get(c.id, Ledger()).content != hashes[c.id]
    }
    soon = [t + _SECOND for t in due.values() if t and now < t + _SECOND <= now + _PATIENCE]
    if soon:
        wait((max(soon) - now).total_seconds())
        now = max(soon)
    ledger = dict(file.ledger)
    cards = []
    for card in file.cards:
        entry = ledger.get(card.id, Ledger())
        last = _last(card, file)
        if card.id in due and (last is None or last + _SECOND <= now):
            entry = replace(entry, content=hashes[card.id], changed=now.strftime(FORM))
        elif entry.changed is None and card.changed:
            entry = replace(entry, changed=card.changed)
        ledger[card.id] = entry
        cards.append(card if card.changed == entry.changed else replace(card, changed=entry.changed))
    return replace(file, cards=tuple(cards), ledger=ledger)


def agreed(file: CardFile, card: str, content: str, when: datetime) -> CardFile:
    """The file with a card stamped `when` Anki's note got this very `content`: there is nothing to send.

    Only if that is later than its last stamp; otherwise the file as it is.
    """
    last = next((_last(c, file) for c in file.cards if c.id == card), None)
    when = when.astimezone(UTC).replace(microsecond=0)
    if card not in file.ledger or (last is not None and when <= last):
        return file
    text = when.strftime(FORM)
    entry = replace(file.ledger[card], content=_hash(content), changed=text)
    cards = tuple(replace(c, changed=text) if c.id == card else c for c in file.cards)
    return replace(file, cards=cards, ledger={**file.ledger, card: entry})


def ahead(file: CardFile, now: datetime) -> tuple[str, ...]:
    """Ids of cards stamped later than `now`: a clock was wrong, and changes to them wait until then."""
    return tuple(c.id for c in file.cards if (last := _last(c, file)) and last > now.astimezone(UTC))


def _last(card: Card, file: CardFile) -> datetime | None:
    """A card's last stamp: the ledger's, for the card's own line may have been edited."""
    entry = file.ledger.get(card.id)
    text = (entry.changed if entry else None) or card.changed
    try:
        return datetime.strptime(text, FORM).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def _hash(content: str) -> str:
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
