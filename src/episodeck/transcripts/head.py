"""What stands above the speech: `Key: value` lines, titles, summaries, key claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..model import Metadata
from .dates import iso_date
from .document import one_line
from .labels import opening
from .marks import plain
from .metadata import FIELD_OF_KEY, from_pairs, key_of, names, real_title, topics, unique

TRANSCRIPT = re.compile(
    r"\s*(?P<hashes>#{1,6}\s+)?[*_]{0,2}(?:full |episode |the |complete |raw )?(?:transcript|transcription|text)[*_]{0,2}:?[*_]{0,2}\s*\Z",
    re.IGNORECASE,
)
"""The line that the speech begins after."""

_SECTIONS = {
    "claims": "key claims|key points|key takeaways|takeaways|highlights|main points|key ideas",
    "summary": "summary|episode summary|overview|abstract|synopsis|description|about this episode",
    "why": "why it matters|in brief|tl;dr",
    "other": "source material|sources|links|references|resources|show notes|chapters|timestamps|credits|sponsors|contents",
    "topics": "topics|tags|keywords",
}
_SECTION_OF_TITLE = {title: name for name, titles in _SECTIONS.items() for title in titles.split("|")}
NOT_SPEECH = frozenset(
    "show notes|links|references|resources|credits|further reading|related episodes|related links|footnotes|sponsors|"
    "see also|about the guest|about the host|about this episode|summary|episode summary|key claims|key points|"
    "key takeaways|takeaways|metadata|contents|table of contents|table of content|source material|sources".split(
        "|"
    )
)
"""Headings of a transcript that aren't followed by speech."""

_PAIR = re.compile(r"\s*(?:[-*+•]\s+)?(?P<key>[A-Za-z][A-Za-z _-]{1,24}?)\s*:\s+(?P<value>\S.*)\Z")
_BULLET = re.compile(r"\s*[-*+•–]\s+")
_SEAM = re.compile(
    r"(?<=[a-z]{2})(?=[A-Z](?:[a-z]{2}|[A-Z]|\Z))|(?<=[A-Z]{2}s)(?=[A-Z][a-z])|(?<=[A-Z]{2})(?=[A-Z][a-z]{2})|(?<=\d)(?=[A-Z][a-z])"
)
"""Where one word ends and another begins, by their case alone."""
_ONE_WORD = re.compile(r"[A-Z]+s|[A-Z]?[a-z]+\d*|[A-Z]?[a-z]{0,2}[A-Z]+\d*")
_CAMEL_CASE = frozenset(
    """
    OpenAI YouTube DeepMind DeepSeek GitHub GitLab JavaScript TypeScript LinkedIn PyTorch TensorFlow ChatGPT TikTok PayPal
    PowerPoint WordPress WhatsApp AlphaGo AlphaFold AlphaZero PostgreSQL MySQL NoSQL GraphQL DevOps MLOps LaTeX macOS iOS
    iPhone iPad eBay SpaceX CoreWeave HubSpot SoundCloud BitTorrent FaceTime
    """.split()
)


def pair(line: str) -> tuple[str, str] | None:
    """Key and value of a `Key: value` line whose key is one that metadata has."""
    match = _PAIR.match(re.sub(r"\*\*|__", "", line).rstrip())
    if match is None or key_of(match["key"]) not in FIELD_OF_KEY:
        return None
    return match["key"], plain(match["value"])


def section(line: str) -> str | None:
    """The kind of section that a heading, with or without its marks, opens; None if it is no known heading."""
    return _SECTION_OF_TITLE.get(heading(line).lower().rstrip(":"))


def heading(line: str) -> str:
    return plain(re.sub(r"^\s*#{1,6}\s+", "", line[:500]).rstrip(" #")).strip(" *_")


def split(lines: Sequence[str]) -> tuple[Sequence[str], int]:
    """The lines above the speech, and the index of the line where it begins.

    The speech begins after a line `Transcript`, or, without one, after the `Key: value` lines and the `# Title` at the
    top.
    """
    for i, line in enumerate(lines[:400]):
        # `Text` and `Transcript` can also be a line of a caption-like stream: beneath many lines only a heading counts.
        if (
            (match := TRANSCRIPT.match(line))
            and (match["hashes"] or i < 120)
            and any(map(str.strip, lines[:i]))
        ):
            head = lines[:i]
            if (
                match["hashes"]
                or any(pair(h) or section(h) or h.lstrip().startswith("#") for h in head)
                or i < 6
            ):
                return head, i + 1
            break
    later = [opening(line).label for line in lines[:4000]]
    pairs = 0
    for i, line in enumerate(lines):
        if (
            not line.strip()
            or re.match(r"\s*#\s+\S", line)
            or TRANSCRIPT.match(line)
            or re.fullmatch(r"\s*([-*_=]\s*){3,}", line)
        ):
            continue
        found = pair(line)
        if found is None or not _is_metadata(found, later, i):
            return lines[:i], i
        pairs += 1
    return lines, len(lines)


def _is_metadata(found: tuple[str, str], labels: Sequence[str | None], index: int) -> bool:
    """Whether a `Key: value` line at the top isn't somebody's first sentence: `Host: Welcome back.`"""
    key, value = found
    if FIELD_OF_KEY[key_of(key)] not in ("guests", "hosts", "speakers"):
        return True
    people = names(value)
    sure = all(len(p.split()) > 1 for p in people) and not value.rstrip().endswith((".", "!", "?"))
    return bool(people) and (sure or key not in labels[index + 1 :])


def read(lines: Iterable[str], speech: str, page: bool = False) -> Metadata:
    """The metadata in the lines above the speech.

    On a `page` the first line may be `show · date`, the next one the title, and a line of its own holds the topics, with
    nothing between them; `speech` helps to tell one from the next.
    """
    pairs: list[tuple[str, object]] = []
    summary: list[str] = []
    why: list[str] = []
    claims: list[str] = []
    tags: list[str] = []
    title: str | None = None
    place: str | None = None
    head = [line for line in lines if line.strip()]
    for line in head:
        if kind := section(line):
            place = kind
        elif found := pair(line):
            pairs.append(found)
        elif line.lstrip().startswith("#"):
            if title is None and place is None:
                title = real_title(heading(line))
            else:
                place = "other"
        elif place == "claims" or (place in ("summary", "why") and _BULLET.match(line)):
            claims.append(plain(_BULLET.sub("", line)).strip())
        elif place == "summary":
            summary.append(plain(line).strip())
        elif place == "why":
            why.append(plain(line).strip())
        elif place == "topics":
            tags += topics(plain(_BULLET.sub("", line)))
        elif place is None and page:
            if _show_and_date(line):
                pairs += _show_and_date(line)
            elif title is None:
                title = real_title(line)
            elif not tags and not re.search(r"[.!?]\s*\Z", line):
                tags += split_topics(line.strip(), "\n".join([*(h for h in head if h is not line), speech]))
        elif place is None:
            summary.append(plain(line).strip())
    given: list[tuple[str, object]] = [("title", title)] if title else []
    given += [("topics", ", ".join(t)) for t in [tags] if t] if not any("," in t for t in tags) else []
    return from_pairs(
        [
            *given,
            *pairs,
            ("summary", "\n".join(summary or why)),
            ("claims", list(unique(map(one_line, claims)))),
        ]
    )


def _show_and_date(line: str) -> list[tuple[str, object]]:
    """Show and date from a line such as `The Show · 2025-10-09`; nothing if it isn't one."""
    parts = [p.strip() for p in re.split(r"\s+[·•|–—]\s+|\s+-\s+", line.strip())]
    dates = [p for p in parts if iso_date(p)]
    others = [p for p in parts if p not in dates]
    if not dates:
        return []
    return [("date", dates[0]), *(("show", o) for o in others[:1])]


def split_topics(line: str, text: str) -> list[str]:
    """The topics in a line that has them one after another with nothing between: `Spaced practiceTesting effect`.

    Two topics meet where a word ends and a capital begins the next. Words that `text` has elsewhere are whole, and so
    prove a seam (`reasoningxAI`); a topic whose seams stay unclear is left out.
    """
    if re.search(r"\s[·•|]\s|[;,]\s", line):
        return [t for t in (p.strip() for p in re.split(r"\s[·•|]\s|[;,]\s", line)) if t]
    whole = set(re.findall(r"[^\W_]+", text)) | _CAMEL_CASE
    out: list[str] = []
    current = ""
    unclear = False
    for piece in re.findall(r"[^\W_]+|[\W_]+", line):
        parts = _words_in(piece, whole) if piece[0].isalnum() else [piece]
        if parts is None:
            unclear = True
            parts = [piece]
        for n, part in enumerate(parts):
            if n:
                if not unclear:
                    out.append(current.strip())
                current, unclear = "", False
            current += part
    if not unclear:
        out.append(current.strip())
    return [t for t in out if t]


def _words_in(piece: str, whole: set[str]) -> list[str] | None:
    """The words that a run of letters is made of; None where that is unclear."""
    if piece in whole or not re.search(r"[^\W\d_][A-Z]", piece) or piece.isupper():
        return [piece]
    folded = {w.casefold() for w in whole}
    proven = [i for i in range(2, len(piece) - 1) if _is_seam(piece, i, whole, folded)]
    if proven:
        # After a whole word, before a capital that follows a lower-case letter, and late rather than early: `LLMs` rather than `LLM`.
        seam = max(
            proven,
            key=lambda i: (piece[:i].casefold() in folded, piece[i].isupper() and piece[i - 1].islower(), i),
        )
    elif match := _SEAM.search(piece):
        seam = match.start()
    else:
        return [piece] if _ONE_WORD.fullmatch(piece) else None
    rest = _words_in(piece[seam:], whole)
    return [piece[:seam], *rest] if rest else None


def _is_seam(piece: str, i: int, whole: set[str], folded: set[str]) -> bool:
    """Whether the text proves that a topic ends before the letter `i`."""
    left, right = piece[:i], piece[i:]
    if right in whole and re.search(r"[A-Z]", right[1:]) and left[-2:].islower():
        return True
    known = left.casefold() in folded and right.casefold() in folded
    return known and bool(re.search(r"[A-Z]", right[:2])) and not (left[-1].isupper() and right[:2].isupper())
