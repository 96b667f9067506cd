"""A card's text as runs of one style each, which a page in HTML and one in Typst can both be made of."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..anki.markup import SPAN, clean, one_line
from .formulas import mathml

Shown = Callable[[str], str]
"""What stands on the page for a text: the text itself, or one with signs spelt out that no font has."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style."""

    text: str
    """Plain characters, line breaks included; for a formula, LaTeX."""
    style: str = ""
    """Names with spaces between: strong, em, code (as the elements of HTML are called), math."""


@dataclass(frozen=True, slots=True)
class RichText:
    """Text with emphasis, code and formulas. Empty text is false."""

    runs: tuple[Run, ...]

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __str__(self) -> str:
        return self.plain

    def __html__(self) -> str:
        return "".join(map(_html, self.runs))

    @property
    def plain(self) -> str:
        """The text as it reads."""
        return "".join(run.text for run in self.runs)


def of_card(text: str, shown: Shown = str) -> RichText:
    """A question or an answer: *emphasis*, **bold**, `code` and $math$ are read, all else is literal."""
    return RichText(tuple(_joined(_runs(clean(text).strip(), "", shown))))


def of_plain(text: str, shown: Shown = str) -> RichText:
    """A title, a name, a quotation: one line, nothing in it is markup."""
    text = shown(one_line(text))
    return RichText((Run(text),) if text else ())


def _runs(text: str, style: str, shown: Shown) -> Iterator[Run]:
    end = 0
    for match in SPAN.finditer(text):
        yield Run(shown(text[end : match.start()]), style)
        end = match.end()
        kind, inner = match.lastgroup or "", match[match.lastgroup or 0]
        if kind == "math" and mathml(inner) is None:
            yield Run(shown(match[0]), style)  # not a formula after all, such as two prices
        elif kind == "math":
            yield Run(inner, "math")
        elif kind in ("strong", "em"):
            yield from _runs(inner, f"{style} {kind}".strip(), shown)
        else:
            yield Run(shown(inner), f"{style} code".strip() if kind == "code" else style)
    yield Run(shown(text[end:]), style)


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Neighbours of one style as one run; empty ones left out."""
    last: Run | None = None
    for run in runs:
        if run.style not in ("code", "math"):
            run = Run(re.sub(r" *\n *|[ \t]+(…?)", _space, run.text), run.style)
        if not run.text:
            continue
        if last and last.style == run.style != "math":
            last = Run(last.text + run.text, run.style)
        else:
            if last:
                yield last
            last = run
    if last:
        yield last


def _space(match: re.Match[str]) -> str:
    if "\n" in match[0]:
        return "\n"
    # What breaks off stays with its last word, so that no line begins with its dots.
    return "\N{NO-BREAK SPACE}…" if match[1] else " "


def _html(run: Run) -> str:
    if run.style == "math":
        return mathml(run.text) or ""
    out = re.sub(r"\n", "<br>", html.escape(run.text))
    for name in reversed(run.style.split()):
        out = f"<{name}>{out}</{name}>"
    return out
