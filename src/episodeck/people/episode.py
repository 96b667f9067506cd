"""From a transcript and its speech to an episode."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath

from ..model import Episode, EpisodeInfo, Metadata, Role, Speech, Transcript, Turn
from ..settings import Settings
from ..text import slug
from . import fixes, labels, mentions, roster, runs
from .names import fold, tokens_of

_NO_SHOW = frozenset({"", "unknown", "none", "na", "podcast", "youtube", "untitled", "transcript"})
_HEAD, _TAIL = 2500, 500
"""Words at the beginning and at the end in which people are introduced and thanked."""


def identify(transcript: Transcript, speech: Speech, settings: Settings) -> Episode:
    """The episode that a transcript holds. `info.topics` stays empty.

    Guests, hosts and speakers have their full names where the file proves them, and are left out or
    `None` where it doesn't. Every word of `speech` stays as it is and where it is.
    """
    metadata = transcript.metadata
    cased = _has_marks(speech.words)
    tokens = tokens_of(speech, limit=(_HEAD, _TAIL))
    found = mentions.mentions(tokens, cased)
    known = roster.stated(metadata)
    show = _show(metadata.show, settings, mentions.show_names(tokens, cased))
    has_labels = any(turn.speaker for turn in speech.turns)
    if has_labels:
        people = roster.labelled(speech, tokens, found, known, settings, show)
        speech = replace(speech, turns=tuple(_named(turn, people) for turn in speech.turns))
    else:
        people = roster.unlabelled(tokens, found, known, settings)
        marked = any(cue.new_turn for cue in transcript.cues[1:])
        if people.guests or _has_guest(found, people.hosts):
            if speech.language == "en":
                speech = runs.divide(speech, people.guests, people.hosts, marked=marked)
        elif len(people.hosts) > 1:
            speech = replace(speech, turns=tuple(replace(turn, role=Role.HOST) for turn in speech.turns))
    speech, name_fixes = fixes.mend(speech, _right(metadata, settings, show, people, known, found))
    info = EpisodeInfo(
        id=episode_id(transcript.source),
        title=_title(metadata.title, transcript.source, people.guests, show),
        show=show,
        date=metadata.date,
        url=metadata.url,
        guests=people.guests,
        hosts=people.hosts,
        source=transcript.source,
        digest=transcript.digest,
    )
    return Episode(info, transcript.format, speech, name_fixes, _hints(transcript))


def _has_guest(found: Sequence[mentions.Mention], hosts: Sequence[str]) -> bool:
    """Whether somebody besides the hosts is introduced, by whatever name."""
    introduced = [m.name for m in found if m.part in (mentions.Part.GUEST, mentions.Part.JOINED)]
    return any(not any(labels.means(host, name) for host in hosts) for name in introduced)


def episode_id(source: str) -> str:
    """The id of the episode in a file: its path within `seeds/` as a slug."""
    path = PurePosixPath(source)
    parts = [p for p in path.parts if p not in ("/", "..", ".")]
    if len(parts) > 1:
        parts = parts[1:]
    name = parts[-1]
    while (shorter := PurePosixPath(name).stem) != name and re.fullmatch(
        r"\.[A-Za-z][\w-]{0,9}", PurePosixPath(name).suffix
    ):
        name = shorter
    return slug("-".join([*parts[:-1], name])) or "episode"


def _has_marks(words: tuple[str, ...]) -> bool:
    """Whether the transcript has punctuation and capitals of its own."""
    begins = [after[:1].isupper() for word, after in pairwise(words) if word[-1:] in (".", "?", "!")]
    return len(begins) >= 0.03 * (len(words) - 1) and sum(begins) * 2 >= len(begins) > 0


def _named(turn: Turn, people: roster.Roster) -> Turn:
    for label, name, role in people.labels:
        if label == turn.speaker:
            return replace(turn, speaker=name, role=role)
    return replace(turn, speaker=None, role=None)


def _show(stated: str | None, settings: Settings, spoken: Counter[str]) -> str | None:
    """The show's name: as the file has it, else as the settings have it, else as it is heard."""
    if stated and fold(stated) not in _NO_SHOW:
        return stated
    return settings.show or next((name for name, _ in spoken.most_common(1)), None)


def _right(
    metadata: Metadata,
    settings: Settings,
    show: str | None,
    people: roster.Roster,
    known: roster.Stated,
    found: Sequence[mentions.Mention],
) -> fixes.Known:
    """The right spellings that the file and the settings prove."""
    named = [name for _, name, _ in people.labels if name]
    written = metadata.show or settings.show
    return fixes.known(
        [*known.all, *known.title, *(n for text in known.texts for n in roster.names_in(text))],
        [*people.guests, *people.hosts, *named],
        [*known.texts, *metadata.topics],
        show if written == show else None,
        settings.people,
        settings.topics,
        [m.name for m in found if not m.full and m.part is not mentions.Part.DESCRIBED]
        + [m.name.split()[0] for m in found if m.full and m.name not in people.guests],
    )


def _title(stated: str | None, source: str, guests: tuple[str, ...], show: str | None) -> str:
    """The file's title; where it is missing or a mere id, one made from guest and show, or from the file's name."""
    stem = PurePosixPath(source).stem
    if stated and not _is_id(stated) and fold(stated) != fold(stem):
        return stated
    if guests:
        who = guests[0] if len(guests) == 1 else ", ".join(guests[:-1]) + " and " + guests[-1]
        return f"{who} on {show}" if show else who
    readable = " ".join(re.sub(r"[_\W]+", " ", stem).split())
    return readable[:1].upper() + readable[1:] or "Untitled"


def _is_id(title: str) -> bool:
    """Whether a title is a video id, a digest or a file name."""
    last = re.split(r"[:\s]+", title.strip())[-1]
    video = re.match(r"(?i)(?:youtube )?(?:video|transcript)\b", title) is not None
    code = re.fullmatch(r"[\w-]{11}|[0-9a-f]{12,}", last) is not None and (
        any(c.isdigit() for c in last) or not last.isalpha()
    )
    return (
        (video and code)
        or (
            code
            and " " not in title.strip()
            and any(c.isdigit() or c.isupper() for c in last[1:])
            and any(c.isdigit() for c in last)
        )
        or re.fullmatch(
            r"\S+\.(?:txt|md|srt|vtt|json|html?|docx|pdf|mp[34]|wav|m4a)", title.strip(), re.IGNORECASE
        )
        is not None
        or fold(title) in ("", "untitled", "transcript", "unknown", "episode")
    )


def _hints(transcript: Transcript) -> tuple[str, ...]:
    metadata = transcript.metadata
    summary = re.split(r"(?<=[.!?])\s+", " ".join(metadata.summary.split()))
    return tuple(dict.fromkeys(h for h in (*metadata.claims, *summary) if h.strip()))
