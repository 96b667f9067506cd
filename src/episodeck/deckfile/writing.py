"""Writing card files: only what changed, in the reader's own form, and never half of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from ..errors import CardFileError, EpisodeckError
from ..files import unwritable, write_atomically
from ..model import Card, EpisodeInfo
from . import nodes
from .reading import CARD, EPISODE, SOURCE, parse
from .values import CardFile, Ledger, Removed, tidy_card, tidy_info
from .yamlform import flow_list, flow_map, number, scalar

HEADER = "# Yours to edit: change any text, add, move or delete cards, comment. The next build keeps all of that.\n"
_LEDGER_NOTE = "# kept by episodeck; leave it as it is"
_OURS = (HEADER.strip(), _LEDGER_NOTE)

_OPTIONAL = ("score", "changed", "pinned", "anki")
"""Keys of a card that are left out where there is nothing to say."""

Value = object


@dataclass(frozen=True, slots=True)
class _Edit:
    """`new` in place of the text from `first` up to `last`."""

    first: int
    last: int
    new: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a card file."""

    written: bool
    """False, with the file untouched, where nothing changed."""
    data: bytes
    """What the file holds."""


def save(path: Path, file: CardFile) -> Saved:
    """Writes `file` to `path`, if that changes anything.

    What the reader wrote keeps its form, order and comments; only values that differ are
    replaced. The file at `path` is either the old one or the new one, whole, at any
    moment. Raises `ProjectError` if the folder can't be written to, and `CardFileError`
    if the file at `path` is no longer the one that `file` was read from.
    """
    there = _bytes(path)
    base = file.base.text.encode() if file.base else None
    if there is not None and there == base and file.base and file.base.same == file:
        return Saved(False, there)
    data = render(file).encode()
    if there == data:
        return Saved(False, there)

    def unchanged() -> None:
        if _bytes(path) not in (None, base):
            what = "was changed by someone else in the meantime" if base else "is there already"
            raise CardFileError(what, where=path, mend="nothing was written; build again")

    unchanged()
    return Saved(write_atomically(path, data, allowed=unchanged), data)


def render(file: CardFile) -> str:
    """The text of a card file: the one it was read from with what changed, or a new one."""
    file = replace(
        file,
        info=tidy_info(file.info),
        cards=tuple(replace(tidy_card(c), changed=c.changed) for c in file.cards),
    )
    if file.base is None:
        return _checked(_whole(file), file)
    raw = file.base.text
    mark = "\ufeff" if raw.startswith("\ufeff") else ""
    text = raw.removeprefix("\ufeff").replace("\r\n", "\n")
    root = nodes.compose(text)
    if not isinstance(root, yaml.MappingNode):
        raise CardFileError("not a card file", mend="see docs/card-files.md")
    remarks = nodes.comments(text, root)
    new = _patched(text, root, file)
    if new is None or not _says(new, file, remarks):
        # A form that can't be kept, such as cards in brackets: rewritten, with every comment.
        new = _checked(_whole(file, *_remarks_by_card(text, root, remarks)), file)
    return mark + (new.replace("\n", "\r\n") if "\r\n" in raw else new)


def _checked(text: str, file: CardFile) -> str:
    if not _says(text, file):
        raise CardFileError(
            f"the cards of `{file.info.id}` can't be put in a card file", mend="report this as a fault"
        )
    return text


def _says(text: str, file: CardFile, remarks: Iterable[tuple[int, str]] = ()) -> bool:
    """Whether `text` reads as `file` and has all the comments."""
    try:
        read = parse(text, Path())
        root = nodes.compose(text)
        left = Counter(c for _, c in nodes.comments(text, *([root] if root else [])))
    except (EpisodeckError, yaml.YAMLError):
        return False
    return read == file and not Counter(c for _, c in remarks) - left


# A whole file


def _whole(file: CardFile, header: Sequence[str] = (), remarks: dict[str, list[str]] | None = None) -> str:
    remarks = remarks or {}
    top = "".join(f"{line}\n" for line in header)
    cards = "\n".join(
        "".join(f"  {c}\n" for c in remarks.get(card.id, ())) + _card(card, 2) + "\n" for card in file.cards
    )
    return "\n".join(
        [
            (HEADER if HEADER.strip() not in header else "") + top + _episode(file.info),
            ("cards:\n" + cards) if file.cards else "cards: []\n",
            _removed(file.removed),
            _ledger(file),
        ]
    )


def _episode(info: EpisodeInfo) -> str:
    return "episode:\n" + "".join(f"  {line}\n" for line in _lines(EPISODE, _info_values(info), 2))


def _card(card: Card, dash: int) -> str:
    """A card as a list item whose dash stands in column `dash`, without the last line break."""
    margin = " " * (dash + 2)
    lines = _lines(CARD, _card_values(card), dash + 2)
    return " " * dash + "- " + f"\n{margin}".join(lines)


def _removed(removed: Sequence[Removed]) -> str:
    if not removed:
        return "removed: []\n"
    return "removed:\n" + "".join(f"  - {_removed_entry(entry)}\n" for entry in removed)


def _removed_entry(entry: Removed) -> str:
    fields = [
        ("id", scalar(entry.id, flow=True)),
        ("changed", entry.changed or "null"),
        ("kind", str(entry.kind or "")),
        ("trace", scalar(entry.trace, flow=True) if entry.trace else ""),
    ]
    return flow_map((key, written) for key, written in fields if written)


def _remembered(file: CardFile) -> tuple[object, ...]:
    """All that stands in the ledger."""
    return file.ledger, file.made, file.told, file.removals


def _ledger(file: CardFile) -> str:
    lines = [f"ledger:  {_LEDGER_NOTE}"]
    if file.made:
        lines.append(f"  made: {scalar(file.made)}")
    if file.told:
        lines.append(f"  episode: {scalar(''.join(file.told))}")
    if file.removals:
        lines.append(f"  removals: {file.removals}")
    lines.append("  cards:" if file.ledger else "  cards: {}")
    # By id, so that a card's line stays where it is whatever becomes of others.
    for number_, entry in sorted(file.ledger.items()):
        lines.append(f"    {scalar(number_, flow=True)}: {_ledger_entry(entry)}")
    return "\n".join(lines) + "\n"


def _ledger_entry(entry: Ledger) -> str:
    fields = [
        ("guest", entry.guest),
        ("changed", entry.changed),
        ("content", entry.content),
        ("kind", entry.kind),
        ("told", "".join(entry.told)),
        ("trace", entry.trace),
        ("by", entry.by),
    ]
    return flow_map((key, of if key == "changed" else scalar(str(of), flow=True)) for key, of in fields if of)


def _lines(order: Sequence[str], values: dict[str, Value], indent: int) -> list[str]:
    """`key: value` lines; the further lines of a value carry their indent already."""
    return [_line(key, values[key], indent, False) for key in order if key in values]


def _line(key: str, of: Value, indent: int, flow: bool) -> str:
    written = _written(key, of, indent, flow)
    return f"{key}:{written}" if written.startswith("\n") else f"{key}: {written}"


def _written(key: str, of: Value, indent: int, flow: bool) -> str:
    """A value as it stands after `key: `, where the key stands in column `indent`."""
    if of is None:
        return "null"
    if key == "changed":
        return str(of)
    if isinstance(of, dict):
        if flow:
            return flow_map((k, _written(k, v, 0, True)) for k, v in of.items())
        margin = " " * (indent + 2)
        return "\n" + "\n".join(margin + line for line in _lines(SOURCE, of, indent + 2))
    if isinstance(of, tuple):
        if key == "words":
            return f"[{of[0]}, {of[1]}]"
        return flow_list(of)
    if isinstance(of, bool):
        return str(of).lower()
    if isinstance(of, float | int):
        return number(of)
    return scalar(str(of), indent + 2, indent + len(key) + 2, flow)


def _info_values(info: EpisodeInfo) -> dict[str, Value]:
    return {key: getattr(info, key) for key in EPISODE}


def _card_values(card: Card) -> dict[str, Value]:
    source: dict[str, Value] = {
        key: of for key in SOURCE if (of := getattr(card.source, key)) is not None or key != "readable"
    }
    values: dict[str, Value] = {key: getattr(card, key) for key in CARD if key != "source"}
    values["source"] = source
    values["pinned"] = card.pinned or None
    return {key: values[key] for key in CARD if key not in _OPTIONAL or values[key] not in (None, ())}


# Changes to a text


def _patched(text: str, root: yaml.MappingNode, file: CardFile) -> str | None:
    """`text` changed to say `file`; none if its form can't be kept."""
    was = parse(text, Path())
    top = nodes.pairs(root)
    edits: list[_Edit] = []
    episode, cards = top["episode"][1], top["cards"][1]
    if root.flow_style or not isinstance(episode, yaml.MappingNode):
        return None
    _patch_mapping(edits, text, episode, EPISODE, _info_values(was.info), _info_values(file.info))

    known = {card.id: None for card in was.cards}
    left = {card.id: None for card in file.cards if card.id in known}
    if list(left) != [number for number in known if number in left]:
        return None  # in another order
    if known and isinstance(cards, yaml.SequenceNode) and not cards.flow_style:
        _patch_cards(edits, text, cards, was.cards, file.cards)
    elif known or file.cards:
        edits.append(
            _section(text, root, top["cards"], "cards:\n" + "\n".join(_card(c, 2) + "\n" for c in file.cards))
        )

    if was.removed != file.removed:
        _patch_removed(edits, text, root, was.removed, file.removed)
    if _remembered(was) != _remembered(file):
        edits.append(_section(text, root, top.get("ledger"), _ledger(file)))
    return _applied(text, edits)


def _applied(text: str, edits: list[_Edit]) -> str | None:
    parts, at = [], 0
    for edit in sorted(edits, key=lambda e: (e.first, e.last)):
        if edit.first < at:
            return None
        parts += [text[at : edit.first], edit.new]
        at = edit.last
    return "".join([*parts, text[at:]])


def _patch_cards(
    edits: list[_Edit], text: str, node: yaml.SequenceNode, was: Sequence[Card], cards: Sequence[Card]
) -> None:
    dash = int(node.start_mark.column)
    by_id = {card.id: card for card in cards}
    for item, old in zip(node.value, was, strict=True):
        if old.id not in by_id:
            edits.append(_without_card(text, item, dash))
            continue
        have, want = _card_values(old), _card_values(by_id[old.id])
        if "id" not in nodes.pairs(item) or not nodes.pairs(item)["id"][1].value:
            del have["id"]
        _patch_mapping(edits, text, item, CARD, have, want)
    known = {card.id: i for i, card in enumerate(was)}
    new: list[Card] = []
    for card in [*cards, None]:
        if card is not None and card.id not in known:
            new.append(card)
            continue
        if not new:
            continue
        blocks = "\n\n".join(_card(c, dash) for c in new)
        before = known[card.id] if card is not None else len(was)
        if before == 0:
            at = text.rfind("\n", 0, nodes.start(node)) + 1
            at = _above(text, at)
            edits.append(_Edit(at, at, blocks + "\n\n"))
        else:
            at = _tail(text, node.value[before - 1], dash)
            edits.append(_Edit(at, at, "\n\n" + blocks))
        new = []


def _without_card(text: str, item: yaml.Node, dash: int) -> _Edit:
    """The lines of a card and the blank ones after it taken out; its comments stay in its place."""
    first, last = text.rfind("\n", 0, nodes.start(item)) + 1, _tail(text, item, dash)
    left = "".join(f"{' ' * dash}{c}\n" for _, c in nodes.comments(text, item, first=first, last=last))
    after = re.compile(r"\n(?:[ \t]*\n)*").match(text, last)
    return _Edit(first, after.end() if after else last, left)


def _above(text: str, at: int) -> int:
    """Where the comment lines that stand right above the line at `at` begin."""
    while at > 0:
        line = text.rfind("\n", 0, at - 1) + 1
        if not text[line:at].lstrip().startswith("#"):
            break
        at = line
    return at


def _tail(text: str, item: yaml.Node, column: int) -> int:
    """Where a list item ends: at the end of its last line, or of the comments indented as part of it."""
    at = nodes.line_end(text, nodes.end(item, text))
    while comment := re.compile(rf"\n {{{column + 1},}}#[^\n]*").match(text, at):
        at = comment.end()
    return at


def _patch_removed(
    edits: list[_Edit], text: str, root: yaml.MappingNode, was: Sequence[Removed], now: Sequence[Removed]
) -> None:
    pair = nodes.pairs(root).get("removed")
    if (
        was
        and pair
        and isinstance(pair[1], yaml.SequenceNode)
        and not pair[1].flow_style
        and tuple(now[: len(was)]) == tuple(was)
    ):
        dash = int(pair[1].start_mark.column)
        at = _tail(text, pair[1].value[-1], dash)
        edits.append(_Edit(at, at, "".join(f"\n{' ' * dash}- {_removed_entry(r)}" for r in now[len(was) :])))
    else:
        before = nodes.pairs(root).get("ledger")
        edits.append(_section(text, root, pair, _removed(now), before))


def _section(
    text: str,
    root: yaml.MappingNode,
    pair: tuple[yaml.Node, yaml.Node] | None,
    new: str,
    before: tuple[yaml.Node, yaml.Node] | None = None,
) -> _Edit:
    """A top-level section written anew, its comments above it; where there is none, it goes before another or last."""
    if pair is None:
        if before is not None:
            at = _above(text, nodes.start(before[0]))
            return _Edit(at, at, new + "\n")
        at = len(text)
        return _Edit(at, at, ("\n" if text.endswith("\n") else "\n\n") + new)
    first = nodes.start(pair[0])
    last = nodes.line_end(text, max(nodes.end(pair[0], text), nodes.end(pair[1], text)))
    hoisted = [c for _, c in nodes.comments(text, root, first=first, last=last) if c not in _OURS]
    return _Edit(first, last, "".join(f"{c}\n" for c in hoisted) + new.rstrip("\n"))


def _patch_mapping(
    edits: list[_Edit],
    text: str,
    node: yaml.Node,
    order: Sequence[str],
    have: dict[str, Value],
    want: dict[str, Value],
    flow: bool = False,
) -> None:
    """Changes the values that differ; a key that isn't there goes after the one that should precede it."""
    if not isinstance(node, yaml.MappingNode):
        return
    there = nodes.pairs(node)
    flow = flow or bool(node.flow_style)
    indent = int(node.start_mark.column)
    previous: tuple[yaml.Node, yaml.Node] | None = None
    for key in order:
        pair = there.get(key)
        old, new = have.get(key), want.get(key)
        if old != new and pair and isinstance(new, dict) and isinstance(pair[1], yaml.MappingNode):
            assert isinstance(old, dict)
            _patch_mapping(edits, text, pair[1], SOURCE, old, new, flow)
        elif old != new and pair:
            edits.append(_replaced(text, pair, key, new, indent, flow))
        elif old != new:
            edits.append(_added(text, node, previous, _line(key, new, indent, flow), indent, flow))
        previous = pair or previous


def _added(
    text: str,
    node: yaml.MappingNode,
    previous: tuple[yaml.Node, yaml.Node] | None,
    written: str,
    indent: int,
    flow: bool,
) -> _Edit:
    if previous is None:
        at = nodes.start(node) + (1 if flow else 0)
        return _Edit(at, at, f"{written}, " if flow else f"{written}\n{' ' * indent}")
    at = max(nodes.end(previous[0], text), nodes.end(previous[1], text))
    if flow:
        return _Edit(at, at, f", {written}")
    at = nodes.line_end(text, at)
    return _Edit(at, at, f"\n{' ' * indent}{written}")


def _replaced(
    text: str, pair: tuple[yaml.Node, yaml.Node], key: str, new: Value, indent: int, flow: bool
) -> _Edit:
    """A value written anew. A comment behind the old one stays on the line of the key, those inside a list go above."""
    first, last = nodes.start(pair[1]), nodes.end(pair[1], text)
    written = _written(key, new, indent, flow)
    if flow:
        return _Edit(first, last, written if first > nodes.end(pair[0], text) + 1 else " " + written)
    line_end = nodes.line_end(text, last)
    behind = text[last:line_end]
    if isinstance(pair[1], yaml.ScalarNode):
        if pair[1].style in ("|", ">"):
            header = re.match(r"[|>][-+0-9]*([ \t]+#[^\n]*)?", text[first:last])
            behind = (header[1] or "") if header else ""
        before = " " if text[first - 1 : first] == ":" else ""
    else:
        inside = nodes.comments(text, *pair, first=nodes.start(pair[0]), last=last)
        before = "".join(f"{remark}\n{' ' * indent}" for _, remark in inside) + f"{key}: "
        first = nodes.start(pair[0])
    head, newline, rest = written.partition("\n")
    return _Edit(first, line_end, before + head + behind + newline + rest)


def _remarks_by_card(
    text: str, root: yaml.MappingNode, remarks: Iterable[tuple[int, str]]
) -> tuple[list[str], dict[str, list[str]]]:
    """Comments to stand at the head of a file that is rewritten, and those above its cards."""
    was = parse(text, Path())
    node = nodes.pairs(root)["cards"][1]
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    ends = [
        (nodes.line_end(text, nodes.end(item, text)), card.id)
        for item, card in zip(items, was.cards, strict=False)
    ]
    header: list[str] = []
    by_card: dict[str, list[str]] = {}
    for at, remark in remarks:
        if remark == _LEDGER_NOTE:
            continue
        owner = next((number for last, number in ends if at < last), None)
        if owner is None or at < nodes.start(node):
            header.append(remark)
        else:
            by_card.setdefault(owner, []).append(remark)
    return header, by_card


# The file itself


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unwritable(path, error) from error
