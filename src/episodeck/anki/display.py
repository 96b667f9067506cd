"""How Anki shows a note: its template language, filled in the way the engine does.

A layout is settled once for all notes that have the same fields filled: what remains is text with holes
for the values of fields. Sounds and clozes are left out, for these note types have none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ..templating import closest
from .notetypes import FIELDS

SPECIAL_FIELDS = ("FrontSide", "Tags", "Type", "Deck", "Subdeck", "Card", "CardFlag", "CardID")

_TOKEN = re.compile(r"<!--.*?-->|\{\{\s*([#^/]?)\s*([^{}]*?)\s*\}\}", re.DOTALL)
_BLANK = re.compile(r"(?:\s|</?(?:br|div) ?/?>)*", re.IGNORECASE)
_MARKUP = re.compile(r"<!--.*?-->|<style.*?</style>|<script.*?</script>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_FURIGANA = re.compile(r" ?([^ >]+?)\[(.+?)\]")
_FURIGANA_FORMS = {"furigana": r"<ruby><rb>\1</rb><rt>\2</rt></ruby>", "kana": r"\2", "kanji": r"\1"}


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in a layout for a field's value, filtered."""

    field: str
    filters: tuple[str, ...] = ()
    """In the order in which they are applied."""


Shape = tuple[str | Hole, ...]
"""A side of a card with its conditions settled."""


def show(layout: str, values: Mapping[str, str]) -> str:
    """One side of a card as Anki shows it; `values` are HTML, an absent field is empty.

    Raises `ValueError(what, tag, mend)` for an unknown field or a section that isn't closed.
    """
    parts = shape(layout, {name for name, value in values.items() if is_filled(value)})
    return "".join(part if isinstance(part, str) else fill(part, values) for part in parts)


def shape(layout: str, filled: Collection[str]) -> Shape:
    """`layout` for a note of which just the fields `filled` hold something. Raises as `show` does."""
    return tuple(_joined(_parts(layout, filled)))


def is_filled(value: str) -> bool:
    """Whether a field counts as filled to Anki's conditions: line breaks alone don't."""
    return _BLANK.fullmatch(value) is None


def fill(hole: Hole, values: Mapping[str, str]) -> str:
    """What stands in a hole."""
    value = values.get(hole.field, "")
    for name in hole.filters:
        if name == "text":
            value = _MARKUP.sub("", value)
        elif name == "hint":
            value = _hint(hole.field, value)
        elif name == "type" or name.startswith("type-"):
            return '<center><input type="text" id="typeans" aria-label="your answer"></center>'
        elif name in _FURIGANA_FORMS:
            value = _FURIGANA.sub(_FURIGANA_FORMS[name], value)
        elif name == "cloze" or name.startswith("tts"):
            value = ""
    return value


def _parts(layout: str, filled: Collection[str]) -> Iterator[str | Hole]:
    known = (*FIELDS, *SPECIAL_FIELDS)
    sections: list[tuple[str, str, bool]] = []
    end = 0
    for match in _TOKEN.finditer(layout):
        shown = all(truth for _, _, truth in sections)
        if shown:
            yield layout[end : match.start()]
        end = match.end()
        sign, path = match[1], match[2]
        if path is None:  # a comment: what stands in it is no tag
            if shown:
                yield match[0]
            continue
        *filters, name = [part.strip() for part in path.split(":")]
        if sign == "/":
            if not sections or sections.pop()[0] != name:
                raise ValueError(
                    f"`{match[0]}` closes a section that is not open", match[0], "close the last one opened"
                )
        elif name not in known or (sign and name == "FrontSide"):
            raise ValueError(f"there is no field `{name}`", match[0], closest(name, known))
        elif sign:
            sections.append((name, match[0], (name in filled) == (sign == "#")))
        elif shown:
            yield Hole(name, tuple(reversed(filters)))
    if sections:
        name, tag, _ = sections[-1]
        raise ValueError(f"`{tag}` is not closed", tag, f"end it with {{{{/{name}}}}}")
    yield layout[end:]


def _joined(parts: Iterator[str | Hole]) -> Iterator[str | Hole]:
    """Neighbouring texts made one, empty ones left out."""
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text


def _hint(field: str, value: str) -> str:
    """A link that uncovers the value, as Anki makes it; whoever shows it must hear the click."""
    if not value.strip():
        return ""
    number = hashlib.sha256(value.encode()).hexdigest()[:16]
    return (
        f'\n<a class=hint href="#" draggable=false>\n{field}</a>\n'
        f'<div id="hint{number}" class=hint style="display: none">{value}</div>\n'
    )
