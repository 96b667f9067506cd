"""HTML: Podcasting 2.0 transcripts, and the visible paragraphs of any other page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import TranscriptError
from ..model import Chapter, Cue, Metadata
from . import prose
from .document import Document, Draft, marked_turns, one_line
from .marks import seconds
from .metadata import from_pairs

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_TAG = re.compile(
    r"<(?:!doctype html|html|head|body|article|main|section|div|p|cite|time|h[1-6]|ul|ol|span|title|meta)\b",
    re.I,
)
_CITE = re.compile(r"<cite[\s>]", re.IGNORECASE)
_UNSEEN = "script style noscript template svg form button nav header footer aside iframe select textarea figure head".split()
_BLOCKS = frozenset("p div li h1 h2 h3 h4 h5 h6 blockquote section article tr dt dd pre main body br".split())
_UNCLOSED = re.compile(r"<(p|li|cite|time)(?=[\s>])", re.IGNORECASE)
_DEEPEST = 200
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def recognises_podcast(document: Document) -> bool:
    """HTML with `<cite>`, as Podcasting 2.0 marks speakers."""
    return recognises_page(document) and bool(_CITE.search(document.text))


def recognises_page(document: Document) -> bool:
    """A tag of HTML begins the file."""
    beginning = re.sub(r"<\?xml[^>]*>|<!--.*?-->", "", document.text[:20_000], flags=re.DOTALL).lstrip()
    return bool(_TAG.match(beginning))


def read_podcast(document: Document) -> Draft:
    """A cue a `<p>`; `<cite>` and `<time>` hold until the next ones."""
    soup = _soup(document)
    metadata = _metadata(soup)
    items = list(_cited(soup, metadata))
    cues = iter(marked_turns([i for i in items if isinstance(i, Cue)]))
    return Draft(metadata, tuple(next(cues) if isinstance(i, Cue) else i for i in items))


def read_page(document: Document) -> Draft:
    """The paragraphs that a reader of the page sees, read as text with or without labels."""
    soup = _soup(document)
    metadata = _metadata(soup)
    lines: list[str] = []
    for text, level in _paragraphs(soup):
        lines += ["", "#" * level + " " + text if level else text]
    text = "\n".join(lines)
    found = prose.read(replace(document, suffix=".md", text=text, lines=tuple(lines), front_matter=metadata))
    return Draft(found.metadata, found.items)


def _soup(document: Document) -> BeautifulSoup:
    """The parsed page. Raises `TranscriptError` where it nests more than `_DEEPEST` tags."""
    from bs4 import BeautifulSoup
    from bs4.element import Tag

    # An unclosed `<p>` ends where the next one begins; the parser would nest them.
    soup = BeautifulSoup(_UNCLOSED.sub(r"</\1><\1", document.text), "html.parser")
    depths = {id(soup): 0}
    for node in soup.descendants:
        if isinstance(node, Tag):
            depths[id(node)] = depth = depths[id(node.parent)] + 1
            if depth > _DEEPEST:
                raise TranscriptError(
                    "HTML nested too deeply", where=document.source, mend="save the page's text instead"
                )
    return soup


def _metadata(soup: BeautifulSoup) -> Metadata:
    """Title, show, date, address and summary from `<meta>`, `<link>`, `<title>` and `<h1>`."""
    named = {
        "og:title": "title",
        "og:site_name": "show",
        "og:url": "url",
        "article:published_time": "date",
        "date": "date",
        "description": "summary",
        "og:description": "summary",
        "keywords": "keywords",
    }
    pairs: list[tuple[str, object]] = []
    for meta in soup.find_all("meta"):
        key = named.get(str(meta.get("property") or meta.get("name") or "").lower())
        if key and not any(k == key for k, _ in pairs):
            pairs.append((key, str(meta.get("content") or "")))
    for link in soup.find_all("link", href=True):
        if "canonical" in (link.get("rel") or []):
            pairs.append(("url", str(link["href"])))
    html = soup.find("html")
    if html is not None and html.get("lang"):
        pairs.append(("language", str(html["lang"])))
    for tag in ("h1", "title"):
        if found := soup.find(tag):
            pairs.append(("title", one_line(found.get_text(" "))))
    return from_pairs(pairs)


def _cited(soup: BeautifulSoup, metadata: Metadata) -> Iterator[Cue | Chapter]:
    speaker: str | None = None
    start: float | None = None
    for tag in soup.find_all(["cite", "time", "p", *_HEADINGS]):
        if tag.find_parent(_UNSEEN):
            continue
        text = one_line(tag.get_text(" " if tag.name in _HEADINGS else ""))
        if tag.name == "cite":
            speaker = text.rstrip(" :") or speaker
        elif tag.name == "time":
            start = seconds(text.strip("[]() ")) if text else start
        elif tag.name in _HEADINGS:
            if text and text.lower() != "transcript" and text != metadata.title:
                yield Chapter(text, 0, None)
        else:
            yield Cue(_words(tag), speaker, start)


def _words(paragraph: Tag) -> str:
    """The words of a paragraph, without the `<cite>` and `<time>` that some put inside it."""
    for inner in paragraph.find_all("br"):
        inner.replace_with("\n")
    return "".join(
        str(s)
        for s in paragraph.strings
        if s.parent is None or not s.find_parent(["cite", "time", "script", "style"])
    )


def _paragraphs(soup: BeautifulSoup) -> Iterator[tuple[str, int]]:
    """(text, level of heading or 0) of each visible block."""
    from bs4.element import Comment, Doctype, NavigableString, Tag

    for tag in soup.find_all(_UNSEEN):
        tag.decompose()
    taken: list[str] = []
    level = 0
    for node in soup.descendants:
        if isinstance(node, Tag) and node.name in _BLOCKS:
            if text := one_line("".join(taken)):
                yield text, level
            taken = []
            level = int(node.name[1]) if node.name in _HEADINGS else 0
        elif isinstance(node, NavigableString) and not isinstance(node, Comment | Doctype):
            block = node.find_parent(list(_BLOCKS))
            if level and (block is None or block.name not in _HEADINGS):
                if text := one_line("".join(taken)):
                    yield text, level
                taken, level = [], 0
            taken.append(str(node))
    if text := one_line("".join(taken)):
        yield text, level
