"""Speech written as lines and paragraphs: labels, times, headings and marks of new turns in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..model import Chapter, Cue, Metadata
from . import labels
from .document import Document, Draft
from .head import NOT_SPEECH, TRANSCRIPT
from .head import read as read_head
from .head import split as split_head
from .labels import Opening, opening
from .marks import (
    BRACKETED_TIME,
    TIME,
    plain,
    prepare_markdown,
    seconds,
    split_at_arrows,
    split_at_dashes,
    split_at_times,
)
from .metadata import merge

_HEADING = re.compile(r"(?P<hashes>#{1,6}) (?P<title>.{1,300})\Z")
_CHAPTER = re.compile(r"¶ ?(?P<title>.{1,300})\Z")
_RULE = re.compile(r"\s*(?:(?:[-–—*_=~]\s*){3,}|<br\s*/?>)\s*\Z")
_TIME_OF_HEADING = re.compile(
    rf"{BRACKETED_TIME}\s*(?:[-–—:]\s*)?|^(?P<first>{TIME})\s+|\s+(?P<last>{TIME})\Z"
)
_MARKDOWN = re.compile(
    r"^\s{0,3}#{1,6}\s+\S|^\s*(?:[-*+]\s+)?(?:\\?\[[\d:.]+\\?\]\s*)?(\*\*|__)\S.{0,80}?\1|\[[^\[\]\n]{1,300}\]\(https?://|\\\[",
    re.MULTILINE,
)
_SENTENCE_END = re.compile(r"[.!?…](?=[\s\"'”’)\]]|\Z)|[。！？؟।]")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A heading (`level` 1 to 6), or a stretch of speech (`level` 0)."""

    opening: Opening
    more: tuple[str, ...] = ()
    level: int = 0


@dataclass(frozen=True, slots=True)
class Prose:
    """The body of a text, divided and with its speakers known."""

    metadata: Metadata
    paragraphs: tuple[Paragraph, ...]
    speakers: frozenset[str]
    markdown: bool

    @property
    def labelled(self) -> bool:
        return bool(self.speakers) and any(p.opening.label in self.speakers for p in self.paragraphs)

    @property
    def timed(self) -> float:
        """The share of the paragraphs that begin with a time."""
        speech = [p for p in self.paragraphs if not p.level]
        return sum(p.opening.start is not None for p in speech) / len(speech) if speech else 0.0


def is_markdown(document: Document) -> bool:
    """Whether the text holds Markdown's marks."""
    return (
        document.front_matter is not None
        or document.suffix in (".md", ".markdown", ".mdx")
        or bool(_MARKDOWN.search("\n".join(document.lines[:3000])))
    )


@lru_cache(maxsize=1)  # Several formats are told apart by it.
def divide(document: Document, page: bool = False) -> Prose:
    """The metadata above the speech, and the speech in paragraphs with the labels that are people's."""
    markdown = is_markdown(document)
    lines: Sequence[str] = document.lines
    if markdown:
        lines = prepare_markdown("\n".join(lines)).split("\n")
    lines = [" ".join(line.split()) for line in lines]
    head, begin = split_head(lines)
    body = lines[begin:]
    metadata = read_head(head, "\n".join(body), page)
    if document.front_matter is not None:
        metadata = merge(document.front_matter, metadata)
    found = _named_by_headings(tuple(paragraphs(body, markdown)))
    accepted = labels.speakers([p.opening for p in found if not p.level or p.opening.label], metadata)
    guests, hosts = labels.roles(((p.opening.label, p.opening.role) for p in found), accepted)
    metadata = merge(metadata, Metadata(guests=tuple(guests), hosts=tuple(hosts)))
    return Prose(metadata, found, accepted, markdown)


def paragraphs(lines: Sequence[str], markdown: bool) -> Iterator[Paragraph]:
    """Paragraphs and headings in lines with single spaces. Lines between blank lines belong together unless one of them opens a turn; in a text
    without blank lines each line stands alone."""
    bare_times = _has_bare_times(lines)
    text = "\n".join(lines).strip()
    alone = text.count("\n\n") * 12 < text.count("\n") + 1
    current: Paragraph | None = None
    for line in lines:
        heading = _HEADING.match(line) if markdown else None
        chapter = _CHAPTER.match(line)
        if not line.strip() or _RULE.match(line) or heading or chapter:
            waiting = current is not None and not current.more and not current.opening.rest
            if waiting and not (heading or chapter):
                # A label on a line of its own may be followed by a blank line.
                continue
            if current:
                yield current
            current = None
            if match := heading or chapter:
                title = plain(match["title"].rstrip(" #")).strip(" *_") if markdown else match["title"]
                level = len(match["hashes"]) if heading else 2
                label = title if labels.plausible(title) else None
                yield Paragraph(Opening(label, "", title), level=level)
            continue
        begun = opening(line, bare_times)
        fresh = (
            begun.label is not None
            or begun.start is not None
            or begun.bullet
            or line.lstrip().startswith(">>")
            or (alone and not (current and not current.more and not current.opening.rest))
        )
        if current is None or fresh:
            if current:
                yield current
            current = Paragraph(begun)
        else:
            current = (
                replace(current, more=(*current.more, line.strip())) if len(current.more) < 200 else current
            )
            if len(current.more) >= 200:
                yield current
                current = None
    if current:
        yield current


def _named_by_headings(found: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """The paragraphs with only those headings as labels that recur: `### Ada`, `### Tom`, `### Ada`."""
    counts = Counter(p.opening.label for p in found if p.level)
    return tuple(
        replace(p, opening=replace(p.opening, label=None)) if p.level and counts[p.opening.label] < 2 else p
        for p in found
    )


def items(prose: Prose) -> Iterator[Cue | Chapter]:
    """Cues and chapters in order. The speaker of a label goes on until the next one."""
    dashes = _dashes_mark_turns(prose)
    speaker: str | None = None
    mark = False
    unspoken: int | None = None
    titles = {prose.metadata.title, None}
    for paragraph in prose.paragraphs:
        begun = paragraph.opening
        if paragraph.level:
            title, start = _title_and_time(begun.whole)
            if unspoken is not None and paragraph.level > unspoken:
                continue
            unspoken = paragraph.level if title.lower().rstrip(":") in NOT_SPEECH else None
            if begun.label in prose.speakers:
                mark = mark or begun.label != speaker
                speaker = begun.label
            elif unspoken is None and not TRANSCRIPT.match(title) and title not in titles:
                yield Chapter(title, 0, start)
            continue
        if unspoken is not None:
            continue
        labelled = begun.label is not None and begun.label in prose.speakers
        if labelled:
            mark = mark or begun.label != speaker
            speaker = begun.label
        elif _is_break(paragraph):
            continue
        elif dashes and begun.dash:
            mark = True
        text = " ".join((begun.rest if labelled else begun.whole, *paragraph.more))
        if prose.markdown:
            text = plain(text)
        for time, stretch in split_at_times(text):
            start = time if time is not None else begun.start
            for arrow, piece in split_at_arrows(stretch):
                if arrow:
                    speaker, mark = None, True
                for dash, words in split_at_dashes(piece) if not prose.labelled else [(False, piece)]:
                    yield Cue(words, speaker, start, mark or dash)
                    mark = mark and not words.strip()


def read(document: Document, page: bool = False) -> Draft:
    """The draft of a document whose speech is lines and paragraphs."""
    prose = divide(document, page)
    return Draft(prose.metadata, tuple(items(prose)))


def is_unpunctuated(text: str) -> bool:
    """Whether a text runs on without sentence marks: fewer than one in eighty words."""
    words = len(text.split())
    return words >= 20 and len(_SENTENCE_END.findall(text)) * 80 < words


def _is_break(paragraph: Paragraph) -> bool:
    """Whether a paragraph is only a mark such as `**Break:** [08:31]`."""
    text = " ".join((paragraph.opening.whole, *paragraph.more))
    text = re.sub(BRACKETED_TIME, "", text)
    return re.sub(r"[\s*_:]", "", text).lower() in ("break", "adbreak", "jingle", "intro", "outro")


def _dashes_mark_turns(prose: Prose) -> bool:
    """Whether dashes at the beginning of paragraphs mark turns. Where every line has one and none ends like a
    sentence, they are bullets."""
    if prose.labelled:
        return False
    speech = [p for p in prose.paragraphs if not p.level]
    dashed = [p for p in speech if p.opening.dash]
    if len(dashed) < len(speech):
        return bool(dashed)
    ended = sum(bool(_SENTENCE_END.search((p.opening.rest, *p.more)[-1])) for p in dashed)
    return ended * 2 > len(dashed)


def _has_bare_times(lines: Sequence[str]) -> bool:
    """Whether times without brackets stand at the beginning of lines, one after the other."""
    found = [match for line in lines if (match := re.match(rf"\s*(?:[-*•]\s+)?({TIME})(?=\s|\Z)", line))]
    times = [t for t in (seconds(m[1]) for m in found) if t is not None]
    filled = sum(bool(line.strip()) for line in lines)
    return len(times) > 2 and len(times) * 6 >= filled and times == sorted(times)


def _title_and_time(title: str) -> tuple[str, float | None]:
    match = _TIME_OF_HEADING.search(title)
    start = seconds(match["time"] or match["first"] or match["last"]) if match else None
    if match is None or start is None:
        return title, None
    return (title[: match.start()] + " " + title[match.end() :]).strip(" -–—:|"), start
