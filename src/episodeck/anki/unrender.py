"""A field's HTML back into the Markdown of a card, without loss or not at all.

Anki's editor rewrites the HTML of a field that was only looked at (entities, `<b>` for `<strong>`, lines
as `<div>`), so fields are compared in a canonical form.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from html.parser import HTMLParser

from .markup import markdown

_SAME = {"b": "strong", "i": "em", "strong": "strong", "em": "em", "code": "code"}
_BLOCKS = ("div", "p")
_SEAM = "\x00"
"""Where an empty element parts a backslash from a bracket, so that MathJax leaves them alone."""
_EMPTY = re.compile(r"<(strong|em|code)>(\s*)</\1>")
_OPENING = re.compile(r"((?:<(?:strong|em)>)+) ")
_CLOSING = re.compile(r" ((?:</(?:strong|em)>)+)")
_TAG = re.compile(r"<[^>]*>")
_MATH = re.compile(r"\\\(([^\x00]*?)\\\)", re.DOTALL)
_SPECIAL = re.compile(r"[*`$]")


class _Canonical(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.break_due = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._put("<br>")
        elif tag in _BLOCKS and not attrs:
            self.break_due = self.break_due or bool(self.out)
        elif tag == "span" and all(name == "class" and value == "said" for name, value in attrs):
            self.out.append(_SEAM if not attrs else "")
        elif tag == "anki-mathjax":
            self._put(r"\(")
        elif tag in _SAME and not attrs:
            self._put(f"<{_SAME[tag]}>")
        else:
            values = "".join(f' {name}="{html.escape(value or "")}"' for name, value in sorted(attrs))
            self._put(f"<{tag}{values}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            if self.out and self.out[-1] == "<br>":
                self.out.pop()  # a line break that ends a block shows nothing
            self.break_due = bool(self.out)
        elif tag == "anki-mathjax":
            self._put(r"\)")
        elif tag not in ("br", "span"):
            self._put(f"</{_SAME.get(tag, tag)}>")

    def handle_data(self, data: str) -> None:
        text = html.escape(re.sub(r"[ \t\r\n\f\u00a0]+", " ", data), quote=False)
        if text.strip() or not self.break_due:
            self._put(text)

    def handle_comment(self, data: str) -> None:
        """Not shown, so not kept."""

    def _put(self, piece: str) -> None:
        if self.break_due:
            self.out.append("<br>")
            self.break_due = False
        self.out.append(piece)


@lru_cache(maxsize=4096)
def canonical(field: str) -> str:
    """A field's HTML in a form that is the same for all that shows the same."""
    if "<" not in field and "&" not in field and not re.search(r"\s\s|[>\t\r\n\u00a0]", field):
        return field.strip()
    parser = _Canonical()
    parser.feed(field)
    parser.close()
    text = "".join(parser.out)
    # A seam is one only where it parts a backslash from what it escapes.
    text = re.sub(rf"(?<!\\){_SEAM}|{_SEAM}(?![()\[\]])", "", text)
    while (tidied := _tidied(text)) != text:
        text = tidied
    return text.strip().removesuffix("<br>").strip()


def same(field: str, other: str) -> bool:
    """Whether two fields show the same."""
    return field == other or canonical(field) == canonical(other)


def inner(field: str, ours: str, core: str) -> str | None:
    """What in `field` stands for `core` in `ours`: what a template put around it taken off, in canonical HTML.

    None if `field` no longer has what the template put there.
    """
    before, found, after = canonical(ours).partition(canonical(core))
    changed = canonical(field)
    fits = found and len(changed) >= len(before) + len(after)
    if not fits or not changed.startswith(before) or not changed.endswith(after):
        return None
    return changed[len(before) : len(changed) - len(after)]


def to_markdown(field: str) -> str | None:
    """The Markdown that renders as `field`; None if it holds what cards can't: pictures, colours, lists."""
    wanted = canonical(field)
    for escape in (False, True):
        text = _markdown(wanted, escape)
        if canonical(markdown(text)) == wanted:
            return text
    return None


def to_text(field: str) -> str:
    """A field's words, without any markup."""
    return " ".join(html.unescape(_TAG.sub(" ", canonical(field).replace(_SEAM, ""))).split())


def _tidied(text: str) -> str:
    """Spaces outside of marks rather than inside, none at the ends of lines, no empty marks."""
    text = _EMPTY.sub(r"\2", text)
    text = _CLOSING.sub(r"\1 ", _OPENING.sub(r" \1", text))
    return re.sub(r" *(<br>) *", r"\1", re.sub(r" {2,}", " ", text))


def _markdown(text: str, escape: bool) -> str:
    out: list[str] = []
    code = False
    for piece in re.split(r"(<[^>]*>)", text):
        if piece in ("<code>", "</code>"):
            code = piece == "<code>"
        if piece.startswith("<"):
            out.append({"strong": "**", "em": "*", "code": "`"}.get(piece.strip("</>"), ""))
            out[-1] = "\n" if piece == "<br>" else out[-1]
        elif code:
            out.append(html.unescape(piece))
        else:
            out.append(_text(html.unescape(piece), escape))
    return "".join(out)


def _text(text: str, escape: bool) -> str:
    out, end = [], 0
    for math in _MATH.finditer(text):
        out += [_plain(text[end : math.start()], escape), f"${math[1]}$"]
        end = math.end()
    return "".join([*out, _plain(text[end:], escape)])


def _plain(text: str, escape: bool) -> str:
    text = text.replace(_SEAM, "")
    return _SPECIAL.sub(r"\\\g<0>", text) if escape else text
