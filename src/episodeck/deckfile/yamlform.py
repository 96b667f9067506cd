"""YAML for people: how a value is written so that it reads well and reads back as itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import yaml

WIDTH = 100

_ESCAPED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\\": "\\\\", '"': '\\"'}
_BARE = re.compile(r"[^-\s?:,\[\]{}#&*!|>'\"%@`](?:[^:#]|:(?=\S)|(?<=\S)#)*")
# What YAML 1.1 doesn't take for a number, but other readers may.
_NUMERAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0[ox][0-9a-fA-F]+|[yYnN]")
_FLOW = re.compile(r"[,\[\]{}?:]")


def scalar(text: str, indent: int = 0, used: int = 0, flow: bool = False) -> str:
    """`text` as a YAML scalar that stands after a key.

    `indent` is where further lines of it begin, `used` how much of the first line the
    key takes. In `flow` (inside brackets) it stays on one line. Long texts and texts of
    several lines become blocks, in which colons, quotes and hashes need no care.
    """
    margin = " " * indent
    tidy = not text.startswith(" ") and not text.endswith((" ", "\n")) and text != ""
    if not flow and "\n" in text and tidy and _printable(text.replace("\n", "")):
        lines = text.split("\n")
        if lines[0] and not any(line.endswith(" ") for line in lines):
            return "|-\n" + "\n".join(margin + line if line else "" for line in lines)
    if not _printable(text):
        return _double(text)
    if not flow and tidy and used + len(text) > WIDTH and len(lines := _folded(text, WIDTH - indent)) > 1:
        return ">-\n" + "\n".join(margin + line for line in lines)
    if _is_plain(text, flow):
        return text
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def number(of: float) -> str:
    return str(int(of)) if float(of).is_integer() else repr(float(of))


def flow_list(items: Iterable[str]) -> str:
    return "[" + ", ".join(scalar(item, flow=True) for item in items) + "]"


def flow_map(pairs: Iterable[tuple[str, str]]) -> str:
    """One line of `key: value`; the values are YAML already."""
    return "{" + ", ".join(f"{key}: {written}" for key, written in pairs) + "}"


def _printable(text: str) -> bool:
    return not _ESCAPED.search(text)


def _double(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        code = ord(match[0])
        return _NAMED.get(match[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")

    return '"' + re.sub(_ESCAPED.pattern + r'|[\\"]', escape, text) + '"'


def _is_plain(text: str, flow: bool) -> bool:
    if (
        not _BARE.fullmatch(text)
        or text.endswith((" ", ":"))
        or text.startswith("...")
        or _NUMERAL.fullmatch(text)
    ):
        return False
    if flow and _FLOW.search(text):
        return False
    resolvers: Sequence[tuple[str, re.Pattern[str]]] = yaml.SafeLoader.yaml_implicit_resolvers.get(
        text[0], []
    )
    return not any(pattern.match(text) for _, pattern in resolvers)


def _folded(text: str, width: int) -> list[str]:
    """Lines broken at single spaces only: folding turns each break back into one space."""
    lines: list[str] = []
    line = ""
    for word in re.findall(r"[^ ]+(?: {2,}[^ ]+)*", text):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]
