"""Values as Typst source that is nothing but those values, wherever in a template it lands.

In strings every character that could mean something to Typst is written by its number. A
template that puts one where it doesn't belong shows quotation marks, and no more than that.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .formulas import typst_math
from .richtext import RichText, Run

if TYPE_CHECKING:
    from markupsafe import Markup

_ACTIVE = re.compile(r"[\x00-\x1f!-/:-@\[-`{-\x7f\u0085\u2028\u2029]")

# What Typst never breaks between may run out of its column, so a long stretch without a space that is sure
# to be a place to break (between letters) is measured there. East Asian scripts break nearly anywhere.
_LONG = re.compile(
    r"(?:[^\s\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]"
    r"|[\u00a0\u2007\u202f]|(?<![\w.,;:!?…])[ ]|[ ](?!\w)){14,}"
)


def literal(value: Any) -> Markup:
    """`value` as a Typst expression. Raises `TypeError` for what Typst has nothing like."""
    from jinja2 import Undefined
    from markupsafe import Markup

    if isinstance(value, Undefined):
        str(value)  # raises, and says which name doesn't exist
    return value if isinstance(value, Markup) else Markup(_literal(value))  # noqa: S704 - inert


def _literal(value: Any) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return '"' + _ACTIVE.sub(lambda m: f"\\u{{{ord(m[0]):x}}}", value) + '"'
        case RichText():
            return _array(f"({_literal(text)}, {_literal(style)})" for text, style in _pieces(value))
        case tuple() | list():
            return _array(map(_literal, value))
    if dataclasses.is_dataclass(value):
        return _array(f"{f.name}: {_literal(getattr(value, f.name))}" for f in dataclasses.fields(value))
    raise TypeError(f"a {type(value).__name__} can't be put into a Typst template")


def _array(items: Iterator[str]) -> str:
    joined = ", ".join(items)
    return f"({joined},)" if joined else "()"


def _pieces(rich: RichText) -> Iterator[tuple[str, str]]:
    """Runs as (text, style); `break` is a line break, `long` a stretch that may need breaking anywhere."""
    for run in rich.runs:
        if run.style == "math":
            yield typst_math(run.text) or "", "math"
            continue
        for number, line in enumerate(run.text.split("\n")):
            if number:
                yield "", "break"
            yield from _stretches(Run(line, run.style))


def _stretches(run: Run) -> Iterator[tuple[str, str]]:
    end = 0
    for match in _LONG.finditer(run.text):
        if before := run.text[end : match.start()]:
            yield before, run.style
        yield match[0], f"{run.style} long".strip()
        end = match.end()
    if rest := run.text[end:]:
        yield rest, run.style
