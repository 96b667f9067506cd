"""Formulas written in LaTeX, as MathML for web pages and as Typst's own mathematics.

Both are made from one tree, rebuilt from known elements alone, so nothing in a formula
can be anything but a formula.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree import ElementTree as ET

_KNOWN = frozenset(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover "
    "mtable mtr mtd mstyle mpadded mphantom menclose".split()
)
_ATTRIBUTES = frozenset(("accent", "stretchy", "fence", "form", "display", "mathvariant", "linethickness"))
_MOST = 500
"""Letters of a formula; deep nesting in longer ones could exhaust the stack."""


@lru_cache(4096)
def mathml(latex: str) -> str | None:
    """The formula as MathML, or None if it can't be read as one."""
    tree = _tree(latex)
    if tree is None:
        return None
    tree.set("xmlns", "http://www.w3.org/1998/Math/MathML")
    return ET.tostring(tree, encoding="unicode")


@lru_cache(4096)
def typst_math(latex: str) -> str | None:
    """The formula as Typst mathematics, without the dollars; None if it can't be read."""
    tree = _tree(latex)
    return None if tree is None else _typst(tree)


def _tree(latex: str) -> ET.Element | None:
    from latex2mathml.converter import convert_to_element

    if len(latex) > _MOST:
        return None
    try:
        found = convert_to_element(latex)
    except Exception:  # the library raises errors of many kinds for what it can't read
        return None
    if "\\" in "".join(found.itertext()):  # a command that it doesn't know
        return None
    return _rebuilt(found)


def _rebuilt(node: ET.Element) -> ET.Element | None:
    if node.tag not in _KNOWN:
        return None
    new = ET.Element(node.tag, {k: v for k, v in node.attrib.items() if k in _ATTRIBUTES})
    new.text = _characters(node.text or "") or None
    for child in node:
        made = _rebuilt(child)
        if made is None:
            return None
        new.append(made)
    return new


def _characters(text: str) -> str:
    """The library writes characters as references: `&#x0003D;`."""
    from html import unescape

    return unescape(text)


def _typst(node: ET.Element) -> str:
    parts = [_typst(child) for child in node]
    text = node.text or ""
    match node.tag, parts:
        case "mi", _:
            return _identifier(text)
        case "mo", _:
            return " ".join(map(_sign, text)) if not text.isalpha() else f"op({_string(text)})"
        case "mn" | "mtext", _:
            return _string(text)
        case "mspace", _:
            return "thin"
        case "msup", [base, top]:
            return f"attach({base}, t: {top})"
        case "msub", [base, bottom]:
            return f"attach({base}, b: {bottom})"
        case "msubsup", [base, bottom, top]:
            return f"attach({base}, b: {bottom}, t: {top})"
        case "munderover", [base, bottom, top]:
            return f"attach(limits({base}), b: {bottom}, t: {top})"
        case "munder", [base, bottom]:
            return f"attach(limits({base}), b: {bottom})"
        case "mover", [base, top]:
            mark = "".join(node[1].itertext())
            if mark in _ACCENTS:
                return f"{_ACCENTS[mark]}({base})"
            return f"attach(limits({base}), t: {top})"
        case "mfrac", [above, below]:
            if node.get("linethickness") == "0":
                return f"mat(delim: #none, {above}; {below})"
            return f"frac({above}, {below})"
        case "msqrt", _:
            return f"sqrt({' '.join(parts)})"
        case "mroot", [base, degree]:
            return f"root({degree}, {base})"
        case "mtable", _:
            return f"mat(delim: #none, {'; '.join(parts)})"
        case "mtr", _:
            return ", ".join(parts)
    inner = " ".join(filter(None, parts))
    fenced = len(node) > 1 and all(node[end].get("fence") == "true" for end in (0, -1))
    return f"lr({inner})" if fenced else inner or '""'


_ACCENTS = {
    "^": "hat",
    "~": "tilde",
    "¯": "overline",
    "‾": "overline",
    "→": "arrow",
    "˙": "dot",
    "¨": "diaer",
}


def _identifier(text: str) -> str:
    if len(text) == 1:
        return text if text.isalpha() and text.isascii() else _sign(text)
    return f"op({_string(text)})" if text else '""'


def _sign(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"


def _string(text: str) -> str:
    """Text in a formula; every character but letters and digits by its number, so none is a command."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else _sign(c) for c in text) + '"'
