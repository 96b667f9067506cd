"""Text into the HTML of an Anki field: everything escaped, a small Markdown subset turned into elements."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_SURROGATES = re.compile("[\ud800-\udfff]")

# Bounded repetitions keep hostile text (thousands of lone stars) from taking quadratic time.
SPAN = re.compile(
    r"""
      \\(?P<escaped>[*`$])
    | `(?P<code>[^`\n]{1,500})`
    | (?<![\w$\\])\$(?P<math>[^\s$](?:[^$\n]{0,500}[^\s$])?)\$(?![\w$])
    | (?<![\w*])\*\*(?P<strong>[^\s*](?:.{0,1000}?[^\s*])?)\*\*(?![\w*])
    | (?<![\w*])\*(?P<em>(?:[^\s*]|\*\*[^*]{1,500}\*\*)(?:(?:[^*]|\*\*[^*]{1,500}\*\*){0,1000}?[^\s*])?)\*(?![\w*])
    """,
    re.VERBOSE | re.DOTALL,
)

# Anki reads {{…}} and [sound:…] in fields or templates as commands; as character references they are text.
_ANKI = str.maketrans({"{": "&#123;", "}": "&#125;", "[": "&#91;", "]": "&#93;"})
_MATHJAX = re.compile(r"\\(?=[()]|&#9[13];)")


def clean(text: str) -> str:
    """`text` in Unicode's composed form, without control characters but for tabs and line ends."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))


def one_line(text: str) -> str:
    """`text` cleaned, every run of white space one space."""
    return " ".join(clean(text).split())


def literal(text: str) -> Markup:
    """HTML that shows `text` just as it is, whatever it holds: tags, {{…}}, [sound:…], MathJax's delimiters."""
    from markupsafe import Markup

    escaped = html.escape(clean(text)).translate(_ANKI)
    # An element between the backslash and the bracket: MathJax finds its delimiters in running text only.
    return Markup(_MATHJAX.sub("&#92;<span></span>", escaped))  # noqa: S704 - escaped above


def markdown(text: str) -> Markup:
    r"""HTML of a card's text: *emphasis*, **bold**, `code`, $math$; `\*`, `` \` `` and `\$` are the characters."""
    return _spans(clean(text).strip())


def plain(text: str) -> str:
    """A card's text as it reads, without the marks of the Markdown subset."""

    def inner(match: re.Match[str]) -> str:
        text = match[match.lastgroup or 0]
        return plain(text) if match.lastgroup in ("strong", "em") else text

    return " ".join(SPAN.sub(inner, clean(text)).split())


def as_written(text: str) -> str:
    """Text of a card that reads as just `text`: marks that would become emphasis, code or formulas are escaped."""
    return text if plain(text) == one_line(text) else re.sub(r"[*`$]", r"\\\g<0>", text)


def _spans(text: str) -> Markup:
    from markupsafe import Markup

    out, end = [], 0
    for match in SPAN.finditer(text):
        out += [
            _lines(text[end : match.start()]),
            _element(match.lastgroup or "", match[match.lastgroup or 0]),
        ]
        end = match.end()
    return Markup("").join([*out, _lines(text[end:])])


def _lines(text: str) -> Markup:
    from markupsafe import Markup

    return Markup("<br>").join(literal(line) for line in text.split("\n"))


def _element(name: str, inner: str) -> Markup:
    from markupsafe import Markup

    if name == "escaped":
        return literal(inner)
    if name == "code":
        return Markup("<code>{}</code>").format(literal(inner))
    if name == "math":
        formula = html.escape(inner).translate(_ANKI)
        return Markup(rf"\({formula}\)")  # noqa: S704 - escaped above
    return Markup("<{0}>{1}</{0}>").format(Markup(name), _spans(inner))  # noqa: S704 - "strong" or "em"
