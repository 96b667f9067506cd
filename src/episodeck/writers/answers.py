"""What a language model answered: JSON, found in whatever stands around it, whole or broken off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..speech.language import described, is_foreign, language
from ..text import content_words, words_of
from .protocol import Proposal, Refusal

_BROKEN = 40
"""After so many beginnings of JSON that lead nowhere no more are tried."""
_THOUGHT = re.compile(r"\A\s*<(think|thinking|reasoning)>.*?</\1>", re.S | re.I)
_ALIKE = 0.7
"""Two questions on the same sentences that share so much of their words ask for the same thing."""


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in an answer."""

    items: tuple[object, ...]
    whole: bool
    """Whether the JSON ends; otherwise these are the items that were whole."""


def found(text: str) -> Found | None:
    """The proposals in an answer as JSON values, alone, fenced or among chatter; none where there is no such JSON."""
    text = _THOUGHT.sub("", text)
    decoder = json.JSONDecoder()
    lists: list[tuple[object, ...]] = []
    singles: list[object] = []
    broken = 0
    at = 0
    while broken < _BROKEN and (start := re.compile(r"[\[{]").search(text, at)):
        try:
            value, at = decoder.raw_decode(text, start.start())
        except (ValueError, RecursionError):
            broken += 1
            at = start.end()
            continue
        if (items := _items(value)) is not None:
            lists.append(items)
        elif isinstance(value, dict) and "question" in value:
            singles.append(value)
    if lists:
        return Found(max(lists, key=len), True)
    if singles:
        return Found(tuple(singles), not broken)
    return Found((), False) if broken and re.search(r'"proposals"|\A\s*(?:```\w*\s*)?[\[{]', text) else None


def tongue(items: Iterable[object]) -> str | None:
    """What language they are in, to go on a sentence, if it isn't English."""
    said = [text for item in items for text in _texts(item)]
    code = language(" ".join(said).split())
    return None if code == "en" else described(code)


def in_english(proposal: Proposal) -> bool:
    """Whether a single one is; short ones pass."""
    text = f"{proposal.question} {proposal.answer}"
    return not is_foreign(text) and language(text.split()) == "en"


def distinct(results: Iterable[Proposal | Refusal]) -> Iterator[Proposal | Refusal]:
    """Without those that ask what another asked of the same sentences, as parts that overlap bring them."""
    seen: list[Proposal] = []
    for result in results:
        if isinstance(result, Proposal):
            if any(_same(result, other) for other in seen):
                continue
            seen.append(result)
        yield result


def _same(a: Proposal, b: Proposal) -> bool:
    if words_of(a.question) == words_of(b.question):
        return True
    if a.sentences[0] > b.sentences[1] or b.sentences[0] > a.sentences[1]:
        return False
    asked, other = set(content_words(a.question)), set(content_words(b.question))
    told, else_told = set(content_words(a.answer)), set(content_words(b.answer))
    return _share(asked, other) >= _ALIKE and _share(told, else_told) >= _ALIKE


def _share(a: set[str], b: set[str]) -> float:
    return len(a & b) / len(a | b) if a | b else 1.0


def _items(value: object) -> tuple[object, ...] | None:
    """The proposals in a JSON value, if it holds a list of such."""
    if isinstance(value, dict):
        value = value.get("proposals")
        return tuple(value) if isinstance(value, list) else None
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return tuple(value)
    return None


def _texts(item: object) -> Sequence[str]:
    if not isinstance(item, dict):
        return ()
    return [t for t in (item.get("question"), item.get("answer")) if isinstance(t, str)]
