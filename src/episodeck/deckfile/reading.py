"""Reading card files: everything wrong with one is said at once, each thing with its line."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

import yaml

from ..errors import CardFileError, EpisodeckError, Problems
from ..model import Card, EpisodeInfo, Kind, Source
from ..settings import yaml_fault, yaml_line
from . import nodes
from .values import (
    CARD_FIELDS,
    INFO_FIELDS,
    MARK,
    Base,
    CardFile,
    Ledger,
    Removed,
    card_id,
    mark,
    trace,
)

T = TypeVar("T")

TOP = ("episode", "cards", "removed", "ledger")
EPISODE = (*INFO_FIELDS, "source", "digest")
CARD = (
    "id",
    "kind",
    "topic",
    "speaker",
    "question",
    "answer",
    "source",
    "score",
    "changed",
    "pinned",
    "anki",
)
SOURCE = ("excerpt", "readable", "words", "start", "url")
REMOVED = ("id", "changed", "kind", "trace")
LEDGER = ("made", "episode", "removals", "cards")
ENTRY = ("by", "changed", "content", "guest", "kind", "told", "trace")

_CONFLICT = re.compile(r"^(<{7}|>{7}|={7})( |$)", re.MULTILINE)
_CLOCK = re.compile(r"(?:(\d+):)?([0-5]?\d):([0-5]?\d(?:\.\d+)?)")
_ID = re.compile(r"[^\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]{1,64}")
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Decks:
    """All card files of a folder: those that could be read, and what is wrong with the others."""

    files: Mapping[Path, CardFile]
    problems: tuple[EpisodeckError, ...] = ()


def load(path: Path) -> CardFile:
    """The card file at `path`.

    A card without an id is taken for the reader's own and gets one, the same at every
    reading. Raises `CardFileError` if the file can't be read or isn't a card file,
    `Problems` with a `CardFileError` for each thing wrong in it.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise CardFileError("no such file", where=path, mend="`episodeck build` makes it") from error
    except OSError as error:
        raise CardFileError(
            error.strerror or str(error), where=path, mend="make it a readable file"
        ) from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CardFileError("not UTF-8 text", where=path, line=line, mend="save it as UTF-8") from error
    return parse(text, path)


def load_all(decks: Path) -> Decks:
    """Every card file in `decks` and its subfolders, in order of path; hidden files are left out.

    Files that can't be read are among the problems, and so are an episode id or a card
    id that two files share; those two files are in `files` all the same.
    """
    files: dict[Path, CardFile] = {}
    problems: list[EpisodeckError] = []
    for path in paths(decks):
        try:
            files[path] = load(path)
        except Problems as found:
            problems += found.problems
        except CardFileError as found:
            problems.append(found)
    ids = {path: (file.info.id, [c.id for c in file.cards]) for path, file in files.items()}
    return Decks(files, (*problems, *clashes(ids)))


def clashes(ids: Mapping[Path, tuple[str, Sequence[str]]]) -> Iterator[CardFileError]:
    """What is wrong with card files together: an episode's id, or a card's, that two of them share.

    `ids` are each file's episode id and its cards' ids.
    """
    episodes: dict[str, Path] = {}
    cards: dict[str, Path] = {}
    for path, (episode, own) in ids.items():
        other = episodes.setdefault(episode, path)
        if other is not path:
            what = f"has the episode id `{episode}` of {other}"
            mend = "keep one of the two files, or give one another id"
            yield CardFileError(what, where=path, line=1, mend=mend)
            continue
        for card in own:
            other = cards.setdefault(card, path)
            if other is not path:
                what = f"has the card id `{card}`, which is also in {other}"
                mend = "delete the `id` line of the copy; it gets a new id"
                yield CardFileError(what, where=path, line=_line_of(path, card), mend=mend)


def parse(text: str, path: Path) -> CardFile:
    """The card file that `text` holds; `path` is only named in problems. Raises as `load` does."""
    raw = text
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if bad := nodes.UNREADABLE.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        what = f"holds the character U+{ord(bad[0]):04X}, which YAML can't hold"
        raise CardFileError(what, where=path, line=line, mend="delete it; it may be invisible")
    try:
        root = nodes.compose(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if conflict := _CONFLICT.search(text):
            line = text.count("\n", 0, conflict.start()) + 1
            raise CardFileError(
                "holds an unsettled merge of two versions",
                where=path,
                line=line,
                mend="keep one side, delete the marks",
            ) from error
        raise CardFileError(
            f"not valid YAML: {yaml_fault(error)}",
            where=path,
            line=yaml_line(error),
            mend="mend the line or quote the value",
        ) from error
    if not isinstance(root, yaml.MappingNode) or not {"episode", "cards"} <= nodes.pairs(root).keys():
        raise CardFileError(
            "not a card file",
            where=path,
            line=1,
            mend="it needs `episode:` and `cards:`; see docs/card-files.md",
        )
    reader = _Reader(path, text)
    file = reader.file(root)
    if reader.problems:
        raise Problems(sorted(reader.problems, key=lambda p: p.line or 0))
    file, filled = _with_ids(file)
    return replace(file, base=Base(raw, None if filled else file))


def paths(decks: Path) -> Iterator[Path]:
    """Every card file in `decks` and its subfolders, in order; hidden files are left out.

    Raises `CardFileError` for a folder that can't be read.
    """
    found = []

    def unreadable(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            mend = "make it readable"
            raise CardFileError(error.strerror or str(error), where=error.filename, mend=mend) from error

    for folder, folders, names in os.walk(decks, onerror=unreadable):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [Path(folder) / n for n in names if n.endswith((".yaml", ".yml")) and not n.startswith(".")]
    return iter(sorted(found))


def _line_of(path: Path, card: str) -> int | None:
    text = path.read_text(encoding="utf-8")
    at = re.search(rf"\bid:[ \t]*['\"]?{re.escape(card)}\b", text)
    return text.count("\n", 0, at.start()) + 1 if at else None


def _with_ids(file: CardFile) -> tuple[CardFile, bool]:
    """The file with an id for each of the reader's cards that lack one, and whether any did."""
    taken = {c.id for c in file.cards} | file.ledger.keys() | {r.id for r in file.removed}
    cards = []
    for card in file.cards:
        if not card.id:
            card = replace(card, id=card_id(file.info.id, "own", f"{card.question}\n{card.answer}", taken))
            taken.add(card.id)
        cards.append(card)
    filled = any(not c.id for c in file.cards)
    return replace(file, cards=tuple(cards)) if filled else file, filled


@dataclass(slots=True)
class _Reader:
    """Turns nodes into values and gathers what is wrong on the way."""

    path: Path
    text: str
    problems: list[EpisodeckError] = field(default_factory=list)

    def fault(self, at: yaml.Node | int, what: str, mend: str) -> None:
        offset = at if isinstance(at, int) else nodes.start(at)
        line = self.text.count("\n", 0, offset) + 1
        self.problems.append(CardFileError(what, where=self.path, line=line, mend=mend))

    def file(self, root: yaml.MappingNode) -> CardFile:
        top = self.mapping(root, "the file", TOP)
        info = self.info(top["episode"])
        made, told, removals, ledger = self.ledger(top.get("ledger"))
        removed = tuple(self.items(top.get("removed"), "removed", self.removed))
        found = list(self.items(top["cards"], "cards", self.card))
        seen: dict[str, yaml.Node] = {}
        gone = {r.id: node for r, node in removed}
        for card, node in found:
            if not card.id:
                self.check_lost_id(card, node, ledger, {c.id for c, _ in found})
                continue
            if card.id in seen:
                line = self.text.count("\n", 0, nodes.start(seen[card.id])) + 1
                mend = "delete the `id` line of the copy; it gets a new id"
                self.fault(node, f"the card id `{card.id}` stands twice, first in line {line}", mend)
            seen.setdefault(card.id, node)
            if card.id in gone:
                mend = "delete its entry under `removed` to keep the card"
                self.fault(gone[card.id], f"the card `{card.id}` is both in `cards` and in `removed`", mend)
        cards = tuple(c for c, _ in found)
        return CardFile(info, cards, tuple(r for r, _ in removed), ledger, made, told, removals)

    def check_lost_id(
        self, card: Card, node: yaml.Node, ledger: Mapping[str, Ledger], there: set[str]
    ) -> None:
        """A card without an id is the reader's own, unless it is one of the program's that lost it."""
        question, answer, place = mark(card.question), mark(card.answer), trace(card.source.excerpt)
        at = {name: i for i, name in enumerate(CARD_FIELDS)}
        for known, entry in ledger.items():
            if known in there or not entry.told:
                continue
            same_text = question == entry.told[at["question"]] or answer == entry.told[at["answer"]]
            if same_text or (place and place == entry.trace and card.kind == entry.kind):
                mend = f"write `id: {known}` back, so that it stays the same card in Anki"
                self.fault(node, "this card has lost its id", mend)
                return

    def info(self, node: yaml.Node) -> EpisodeInfo:
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "`episode` must be a block of `name: value` lines", "see docs/card-files.md")
            return EpisodeInfo("", "")
        keys = self.mapping(node, "`episode`", EPISODE)
        get: Callable[[str], str | None] = lambda name: self.text_of(keys.get(name), name)  # noqa: E731
        episode = get("id")
        if not episode:
            self.fault(
                keys.get("id", node), "the episode has no `id`", "write the file's name without its ending"
            )
        elif not _ID.fullmatch(episode):
            self.fault(keys["id"], f"`{episode}` can't be an id", "use up to 64 letters, digits and hyphens")
        return EpisodeInfo(
            episode or "",
            get("title") or episode or "",
            get("show"),
            get("date"),
            get("url"),
            self.texts_of(keys.get("guests"), "guests"),
            self.texts_of(keys.get("hosts"), "hosts"),
            self.texts_of(keys.get("topics"), "topics"),
            get("source") or "",
            get("digest") or "",
        )

    def card(self, node: yaml.Node) -> Card | None:
        if not isinstance(node, yaml.MappingNode):
            self.fault(
                node, "a card must be a block of `name: value` lines", "it needs `question:` and `answer:`"
            )
            return None
        keys = self.mapping(node, "a card", CARD)
        number = self.id_of(keys)
        for name in ("question", "answer"):
            if name not in keys:
                self.fault(node, f"this card has no `{name}`", f"add `{name}: …`, or delete the card")
            elif (
                isinstance(keys[name], yaml.ScalarNode) and not (self.text_of(keys[name], name) or "").strip()
            ):
                self.fault(keys[name], f"the `{name}` is empty", "fill it in, or delete the card")
        return Card(
            number,
            self.kind_of(keys.get("kind")) or Kind.CLAIM,
            self.text_of(keys.get("topic"), "topic") or "",
            self.text_of(keys.get("speaker"), "speaker"),
            self.text_of(keys.get("question"), "question") or "",
            self.text_of(keys.get("answer"), "answer") or "",
            self.source(keys.get("source")),
            self.number_of(keys.get("score"), "score"),
            self.stamp_of(keys.get("changed")),
            self.flag_of(keys.get("pinned"), "pinned"),
            self.texts_of(keys.get("anki"), "anki"),
        )

    def source(self, node: yaml.Node | None) -> Source:
        if node is None or _is_null(node):
            return Source("")
        if not isinstance(node, yaml.MappingNode):
            self.fault(
                node, "`source` must be a block of `name: value` lines", "write `excerpt: …` beneath it"
            )
            return Source("")
        keys = self.mapping(node, "`source`", SOURCE)
        return Source(
            self.text_of(keys.get("excerpt"), "excerpt") or "",
            self.words_of(keys.get("words")),
            self.number_of(keys.get("start"), "start"),
            self.text_of(keys.get("url"), "url"),
            self.text_of(keys.get("readable"), "readable"),
        )

    def removed(self, node: yaml.Node) -> Removed | None:
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "an entry of `removed` must be `{id: …, changed: …}`", "write it so")
            return None
        keys = self.mapping(node, "an entry of `removed`", REMOVED)
        number = self.id_of(keys)
        if not number:
            self.fault(
                node, "this entry of `removed` has no `id`", "write the card's id, or delete the entry"
            )
        return Removed(
            number,
            self.stamp_of(keys.get("changed")),
            self.kind_of(keys.get("kind")),
            self.text_of(keys.get("trace"), "trace") or "",
        )

    def ledger(self, node: yaml.Node | None) -> tuple[str, tuple[str, ...], int, dict[str, Ledger]]:
        mend = "delete it; what it remembered is then taken for yours"
        if node is None or _is_null(node):
            return "", (), 0, {}
        if not isinstance(node, yaml.MappingNode):
            self.fault(node, "`ledger` isn't as episodeck wrote it", mend)
            return "", (), 0, {}
        keys = self.mapping(node, "`ledger`", LEDGER)
        made = self.text_of(keys.get("made"), "made") or ""
        told = self.marks_of(keys.get("episode"), len(INFO_FIELDS))
        removals = self.number_of(keys.get("removals"), "removals") or 0
        entries: dict[str, Ledger] = {}
        cards = keys.get("cards")
        if isinstance(cards, yaml.MappingNode):
            for key, val in cards.value:
                if (
                    not isinstance(key, yaml.ScalarNode)
                    or not isinstance(val, yaml.MappingNode)
                    or key.value in entries
                ):
                    self.fault(key, "this line of the ledger isn't as episodeck wrote it", mend)
                    continue
                entry = self.mapping(val, "the ledger", ENTRY)
                entries[key.value] = Ledger(
                    self.text_of(entry.get("guest"), "guest"),
                    self.stamp_of(entry.get("changed")),
                    self.text_of(entry.get("content"), "content") or "",
                    self.kind_of(entry.get("kind")),
                    self.marks_of(entry.get("told"), len(CARD_FIELDS)),
                    self.text_of(entry.get("trace"), "trace") or "",
                    self.text_of(entry.get("by"), "by") or "",
                )
        elif cards is not None and not _is_null(cards):
            self.fault(cards, "`ledger` isn't as episodeck wrote it", mend)
        return made, told, int(removals), entries

    def mapping(self, node: yaml.MappingNode, of: str, known: Sequence[str]) -> dict[str, yaml.Node]:
        found: dict[str, yaml.Node] = {}
        for key, val in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if nodes.start(val) < nodes.start(key):
                self.fault(key, f"`{name}` stands for a text elsewhere (`*`)", "write the text out")
            elif name in found:
                self.fault(key, f"`{name}` stands twice in {of}", "keep one")
            elif name not in known:
                close = get_close_matches(name, known, 1)
                mend = (
                    f"did you mean `{close[0]}`?"
                    if close
                    else f"known: {', '.join(known)}; for notes use a comment (#)"
                )
                self.fault(key, f"unknown key `{name}` in {of}", mend)
            found.setdefault(name, val)
        return found

    def items(
        self, node: yaml.Node | None, name: str, read: Callable[[yaml.Node], T | None]
    ) -> Iterator[tuple[T, yaml.Node]]:
        if node is None or _is_null(node):
            return
        if not isinstance(node, yaml.SequenceNode):
            self.fault(node, f"`{name}` must be a list", "begin each entry with `- `")
            return
        last = -1
        for item in node.value:
            if nodes.start(item) <= last:
                self.fault(node, f"an entry of `{name}` stands for one elsewhere (`*`)", "write it out")
                return
            last = nodes.start(item)
            if (made := read(item)) is not None:
                yield made, item

    def id_of(self, keys: Mapping[str, yaml.Node]) -> str:
        found = self.text_of(keys.get("id"), "id") or ""
        if found and not _ID.fullmatch(found):
            self.fault(
                keys["id"], f"`{found[:80]}` can't be an id", "use up to 64 letters, digits and hyphens"
            )
        return found

    def text_of(self, node: yaml.Node | None, name: str) -> str | None:
        """The text of a scalar as it stands, whatever YAML would make of it (`yes`, `1969`); none if null or empty."""
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.fault(
                node, f"`{name}` must be text", f"write `{name}: …`, in quotes if it begins with a bracket"
            )
            return None
        return node.value or None

    def texts_of(self, node: yaml.Node | None, name: str) -> tuple[str, ...]:
        if node is None or _is_null(node):
            return ()
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        return tuple(text for item in items if (text := self.text_of(item, name)))

    def kind_of(self, node: yaml.Node | None) -> Kind | None:
        text = self.text_of(node, "kind")
        if node is None or text is None:
            return None
        if text not in list(Kind):
            self.fault(node, f"unknown kind `{text}`", f"use {', '.join(Kind)}")
            return None
        return Kind(text)

    def number_of(self, node: yaml.Node | None, name: str) -> float | None:
        text = self.text_of(node, name)
        if node is None or text is None:
            return None
        if clock := _CLOCK.fullmatch(text):
            return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
        if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", text):
            self.fault(
                node, f"`{name}` is `{text[:80]}`; it must be a number", f"write `{name}: 12.5`, or null"
            )
            return None
        return float(text)

    def flag_of(self, node: yaml.Node | None, name: str) -> bool:
        text = self.text_of(node, name)
        if node is not None and text is not None and text.lower() not in ("true", "false"):
            mend = f"write `{name}: true`, or delete the line"
            self.fault(node, f"`{name}` is `{text[:80]}`; it must be true or false", mend)
        return text is not None and text.lower() == "true"

    def words_of(self, node: yaml.Node | None) -> tuple[int, int] | None:
        if node is None or _is_null(node):
            return None
        parts = (
            [n.value for n in node.value if isinstance(n, yaml.ScalarNode)]
            if isinstance(node, yaml.SequenceNode)
            else []
        )
        if (
            len(parts) != 2
            or not all(re.fullmatch(r"\d{1,12}", p) for p in parts)
            or int(parts[0]) > int(parts[1])
        ):
            self.fault(node, "`words` must be the first and last word", "write `words: [12, 40]`, or null")
            return None
        return int(parts[0]), int(parts[1])

    def stamp_of(self, node: yaml.Node | None) -> str | None:
        text = self.text_of(node, "changed")
        if node is None or text is None:
            return None
        if not _STAMP.fullmatch(text):
            self.fault(
                node,
                f"`changed` is `{text[:80]}`; it must be a UTC time",
                "delete the line; episodeck writes it anew",
            )
            return None
        return text

    def marks_of(self, node: yaml.Node | None, count: int) -> tuple[str, ...]:
        text = self.text_of(node, "told") or ""
        if len(text) != count * MARK:
            if node is not None:
                self.fault(
                    node,
                    "this line of the ledger isn't as episodeck wrote it",
                    "delete it; the card is then yours",
                )
            return ()
        return tuple(text[i : i + MARK] for i in range(0, len(text), MARK))


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == nodes.NULL
