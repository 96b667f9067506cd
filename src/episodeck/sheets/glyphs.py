"""Characters that no font on this machine has: found by asking Typst, and spelt out on paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from .richtext import Shown

# What Libertinus Serif, which comes with Typst, has: Latin, Greek, Cyrillic and common punctuation.
_COVERED = re.compile(
    "[\x00-\u017f\u0386-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u20ac\u2122]+"
)
_NONCHARACTER = "\ufdd0"


def unusual(texts: Iterable[str]) -> str:
    """The characters of `texts` that a font may lack, of those that would leave a mark; each once, in order."""
    used = {c for text in texts for c in _COVERED.sub("", text)}
    return "".join(sorted(c for c in used if not _unseen(c)))


def missing(signs: Iterable[str]) -> frozenset[str]:
    """Which of these characters no font has."""
    asked = sorted(set(signs))
    return frozenset(_without_glyph(asked)) if asked else frozenset()


def spelt(gone: frozenset[str]) -> Shown:
    """What stands on paper for a text: missing signs by name, missing letters by number, nothing dropped."""
    if not gone:
        return str
    pattern = re.compile("[" + "".join(map(re.escape, sorted(gone))) + "]")

    def shown(text: str) -> str:
        return pattern.sub(lambda match: _name(match[0]), text)

    return shown


def _name(character: str) -> str:
    if unicodedata.category(character).startswith("S") and (name := unicodedata.name(character, "")):
        return f"[{name.lower()}]"
    return f"[U+{ord(character):04X}]"


def _unseen(character: str) -> bool:
    """Spaces, controls and variation selectors, which have no shape of their own."""
    if unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _without_glyph(characters: list[str]) -> list[str]:
    """Each character is set in a colour of its own, whose glyph is then compared with that of no character."""
    from .typesetting import compile_svg

    tested = [_NONCHARACTER, *characters]
    lines = [
        f'#text(fill: rgb("#{number:06x}"), "\\u{{{ord(character):x}}}")\n'
        for number, character in enumerate(tested, 1)
    ]
    source = '#set page(width: 10cm, height: auto)\n#set text(font: "Libertinus Serif")\n' + "\n".join(lines)
    glyphs: dict[int, set[str]] = {}
    for use in re.findall(r"<use\b[^>]*>", compile_svg(source)):
        glyph, fill = re.search(r'href="#(\w+)"', use), re.search(r'fill="#([0-9a-f]{6})"', use)
        if glyph and fill:
            glyphs.setdefault(int(fill[1], 16), set()).add(glyph[1])
    none = glyphs.get(1, set())
    return [c for number, c in enumerate(tested[1:], 2) if glyphs.get(number, set()) & none]
