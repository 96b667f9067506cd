"""What a reader chose on the preview page: cards to keep, to drop, to word otherwise.

The file comes from a web page and anyone may have written it: it is read without trust, and applied whole or
not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import yaml

from ..anki.markup import clean
from ..deckfile import CardFile, nodes
from ..deckfile.values import mark
from ..errors import ChoicesError, EpisodeckError, Problems
from ..model import Card
from ..settings import yaml_fault, yaml_line

VERSION = "1"
Fault = Callable[[yaml.Node, str, str], None]
"""Takes note of what is wrong with a node, and of the mend."""

_TOP = ("episodeck", "version", "choices")
_KEYS = ("card", "choice", "question", "answer", "seen")
_MOST_BYTES, _MOST_LETTERS = 50_000_000, 20_000
_FRESH = "make a new preview with `episodeck preview` and choose again"


class Do(StrEnum):
    """What becomes of a card."""

    KEEP = "keep"
    DROP = "drop"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader wants with one card. A card that is kept may be edited too."""

    card: str
    do: Do
    question: str | None = None
    answer: str | None = None
    seen: str | None = None
    """The mark of the text that was shown (see `mark_of`)."""
    line: int = 1


def mark_of(card: Card) -> str:
    """A short hash of a card's text, by which an edit knows what it was made on."""
    return mark([card.question, card.answer])


def apply(path: Path, files: Mapping[Path, CardFile]) -> dict[Path, CardFile]:
    """`files` with the choices in the file `path`, as if the reader had made them in the card files.

    Doing it again changes nothing. Raises `ChoicesError` or `Problems` if any of them can't be applied.
    """
    choices = {choice.card: choice for choice in read(path)}
    there = {card.id: card for file in files.values() for card in file.cards}
    gone = {entry.id for file in files.values() for entry in file.removed}
    problems = [
        ChoicesError(fault[0], where=path, line=choice.line, mend=fault[1])
        for choice in choices.values()
        if (fault := _fault(choice, there.get(choice.card), choice.card in gone))
    ]
    if problems:
        raise Problems(problems)
    return {at: _with(file, choices) for at, file in files.items()}


def read(path: Path) -> tuple[Choice, ...]:
    """The choices in a file, JSON or YAML. Raises `ChoicesError`, or `Problems` with several."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ChoicesError("too large for a file of choices", where=path, mend="name the right file")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ChoicesError("not UTF-8 text", where=path, mend="download the choices again") from error
    except OSError as error:
        raise ChoicesError(error.strerror or str(error), where=path, mend="name a readable file") from error
    try:
        root = nodes.compose(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        what, line = f"not a file of choices: {yaml_fault(error)}", yaml_line(error)
        raise ChoicesError(what, where=path, line=line, mend="download the choices again") from error
    problems: list[EpisodeckError] = []
    found = tuple(_choices(root, path, problems))
    if problems:
        raise Problems(problems)
    return found


def _fault(choice: Choice, card: Card | None, gone: bool) -> tuple[str, str] | None:
    """Why a choice can't be applied, and the mend."""
    if card is None and gone and choice.do is Do.DROP:
        return None  # done already
    if card is None:
        state = "has been deleted" if gone else "is in no card file"
        return f"the card `{_short(choice.card)}` {state}", _FRESH
    edited = _edited(card, choice)
    if choice.seen not in (None, mark_of(card)) and edited != card:
        return f"the card `{choice.card}` has another text by now", _FRESH
    return None


def _with(file: CardFile, choices: Mapping[str, Choice]) -> CardFile:
    cards = []
    for card in file.cards:
        choice = choices.get(card.id)
        if choice is None:
            cards.append(card)
        elif choice.do is not Do.DROP:
            cards.append(replace(_edited(card, choice), pinned=card.pinned or choice.do is Do.KEEP))
    return replace(file, cards=tuple(cards)) if cards != list(file.cards) else file


def _edited(card: Card, choice: Choice) -> Card:
    return replace(card, question=choice.question or card.question, answer=choice.answer or card.answer)


def _choices(root: yaml.Node | None, path: Path, problems: list[EpisodeckError]) -> Iterator[Choice]:
    def fault(node: yaml.Node, what: str, mend: str) -> None:
        line = int(node.start_mark.line) + 1
        problems.append(ChoicesError(what, where=path, line=line, mend=mend))

    top = nodes.pairs(root) if isinstance(root, yaml.MappingNode) else {}
    entries = top["choices"][1] if "choices" in top else None
    if not isinstance(entries, yaml.SequenceNode) or _scalar(top, "episodeck") != "choices":
        mend = "download one from the page that `episodeck preview` writes"
        problems.append(ChoicesError("not a file of choices", where=path, line=1, mend=mend))
        return
    if _scalar(top, "version") != VERSION:
        mend = f"this Episodeck reads version {VERSION}"
        problems.append(ChoicesError("of another version of Episodeck", where=path, line=1, mend=mend))
        return
    for name, (key, _) in top.items():
        if name not in _TOP:
            fault(key, f"unknown key `{_short(name)}`", f"known: {', '.join(_TOP)}")
    lines: dict[str, int] = {}
    for node in entries.value:
        before = len(problems)
        choice = _choice(node, fault)
        if len(problems) > before or choice is None:
            continue
        if choice.card in lines:
            what = f"the card `{choice.card}` was chosen in line {lines[choice.card]} already"
            fault(node, what, "keep one of the two")
            continue
        lines[choice.card] = choice.line
        yield choice


def _choice(node: yaml.Node, fault: Fault) -> Choice | None:
    if not isinstance(node, yaml.MappingNode):
        fault(node, "a choice must be `{card: …, choice: …}`", "download the choices again")
        return None
    keys: dict[str, str] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name not in _KEYS:
            fault(key, f"unknown key `{_short(name)}` in a choice", f"known: {', '.join(_KEYS)}")
        elif name in keys:
            fault(key, f"`{name}` stands twice in a choice", "keep one")
        elif not isinstance(value, yaml.ScalarNode):
            fault(value, f"`{name}` must be text", f"write `{name}: …`")
        else:
            keys[name] = value.value
    card, do = keys.get("card", ""), keys.get("choice", "")
    if not card:
        fault(node, "a choice names no card", "add `card: …`, or delete the entry")
    if do not in list(Do):
        fault(node, f"unknown choice `{_short(do)}`", f"use {', '.join(Do)}")
        return None
    texts = {name: clean(keys[name]).strip() for name in ("question", "answer") if name in keys}
    for name, text in texts.items():
        if not text:
            fault(node, f"the {name} of `{_short(card)}` is empty", "fill it in, or choose drop")
        elif len(text) > _MOST_LETTERS:
            fault(node, f"the {name} of `{_short(card)}` is too long", f"at most {_MOST_LETTERS:,} letters")
    if texts and do == Do.DROP:
        fault(node, f"`{_short(card)}` is dropped and edited at once", "choose one")
    if not texts and do == Do.EDIT:
        fault(node, f"the edit of `{_short(card)}` has no text", "add `question: …` or `answer: …`")
    line = int(node.start_mark.line) + 1
    return Choice(card, Do(do), texts.get("question"), texts.get("answer"), keys.get("seen"), line)


def _scalar(keys: Mapping[str, tuple[yaml.Node, yaml.Node]], name: str) -> str | None:
    node = keys[name][1] if name in keys else None
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def _short(text: object) -> str:
    return str(text)[:80]
