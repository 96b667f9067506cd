"""A reader's taste, from their card files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .deckfile import CardFile, Decks
from .deckfile.values import CARD_FIELDS, card_marks, trace
from .errors import EpisodeckError
from .highlights import Taste, learn
from .model import Card
from .project import Project
from .transcripts import read

_FIELDS = [CARD_FIELDS.index(name) for name in ("question", "answer")]


def learned(project: Project, decks: Decks) -> Taste:
    """What the cards tell that the reader deleted, reworded or wrote; nothing if there are none.

    A deleted card's words are no longer in the card file: they are looked up in its transcript, and the card
    tells nothing if that can't be read.
    """
    deleted: list[str] = []
    own: list[str] = []
    others: list[str] = []
    for path in sorted(decks.files):
        file = decks.files[path]
        for card in file.cards:
            text = f"{card.source.readable or card.source.excerpt} {card.question} {card.answer}"
            (own if _is_own(file, card) else others).append(text)
        deleted += _deleted(project, file)
    return learn(deleted, own, others)


def _is_own(file: CardFile, card: Card) -> bool:
    """Whether the reader wrote a card, or changed its question or answer."""
    entry = file.ledger.get(card.id)
    if entry is None or not entry.told:
        return True
    now = card_marks(card)
    return any(now[k] != entry.told[k] for k in _FIELDS)


def _deleted(project: Project, file: CardFile) -> Iterator[str]:
    """The words of the transcript that deleted cards of a file rested on, those deleted since the last build too."""
    live = {card.id for card in file.cards}
    traces = [r.trace for r in file.removed] + [e.trace for id, e in file.ledger.items() if id not in live]
    if not any(traces):
        return
    try:
        transcript = read(project.root / file.info.source, file.info.source)
    except (EpisodeckError, OSError):
        return
    words = re.findall(r"\w+", " ".join(cue.text for cue in transcript.cues))
    letters = trace(" ".join(words))
    for place in filter(None, traces):
        at = letters.find(place)
        if at >= 0:
            yield " ".join(words[at : at + len(place)])
