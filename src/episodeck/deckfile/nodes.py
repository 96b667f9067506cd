"""The YAML of a card file as nodes that know their place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

NULL = "tag:yaml.org,2002:null"
# What YAML can't hold as it stands, a byte order mark amid the text included.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff\ufffe\uffff]")
# The C parser has no guard against deep nesting: what looks deep goes to the slower one, which has.
_DEEP = re.compile(r"^[-?:\s]{100}", re.MULTILINE)
_MANY_BRACKETS = 500


def compose(text: str) -> yaml.Node | None:
    """The node of a YAML text, without a byte order mark and with `\\n` for line breaks.

    Raises YAMLError, ValueError or RecursionError.
    """
    deep = text.count("[") + text.count("{") > _MANY_BRACKETS or _DEEP.search(text)
    loader: Any = yaml.SafeLoader if deep else getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    node: yaml.Node | None = yaml.compose(text, Loader=loader)
    return node


def pairs(node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key and value nodes by key; the first where a key stands twice."""
    found: dict[str, tuple[yaml.Node, yaml.Node]] = {}
    for key, val in node.value:
        if isinstance(key, yaml.ScalarNode):
            found.setdefault(key.value, (key, val))
    return found


def start(node: yaml.Node) -> int:
    at: int = node.start_mark.index
    return at


def end(node: yaml.Node, text: str) -> int:
    """Where a node's own text ends: without the blank lines and comments that follow it."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        first, last = start(node), int(node.end_mark.index)
        return first + len(text[first:last].rstrip())
    last = node.value[-1]
    if isinstance(node, yaml.MappingNode):
        return max(end(last[0], text), end(last[1], text))
    return end(last, text)


def line_end(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found


def scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for key, val in node.value:
            yield from scalars(key)
            yield from scalars(val)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from scalars(item)


def comments(text: str, *roots: yaml.Node, first: int = 0, last: int | None = None) -> list[tuple[int, str]]:
    """Every comment from `first` to `last` with its offset: what begins with # outside all scalars of `roots`."""
    bare = list(text)
    for node in (n for root in roots for n in scalars(root)):
        begin, stop = start(node), end(node, text)
        if node.style in ("|", ">"):
            begin = line_end(text, begin) + 1  # the block's header line may hold a comment
        bare[begin:stop] = "x" * max(0, stop - begin)
    found = re.compile(r"(?:^|(?<=\s))(#[^\n]*)", re.M).finditer(
        "".join(bare), first, len(text) if last is None else last
    )
    return [(m.start(1), text[m.start(1) : m.end(1)].rstrip()) for m in found]
