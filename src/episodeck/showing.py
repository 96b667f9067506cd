"""Results as text for people and as plain data for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from .anki import Outcome
from .build import Report, Understood
from .model import Card, Spoken

_WIDTH = 96


def report_text(report: Report) -> str:
    """The closing table of a build."""
    head = ("episode", "guest", "new", "updated", "kept", "yours")
    rows = [
        (r.episode, ", ".join(r.guests) or "–", str(r.new), str(r.updated), str(r.kept), str(r.yours))
        for r in report.rows
    ]
    totals = [str(sum(getattr(r, name) for r in report.rows)) for name in ("new", "updated", "kept", "yours")]
    lines = (
        _table([head, *rows, ("all", "", *totals)] if len(rows) > 1 else [head, *rows])
        if rows
        else ["no episodes yet"]
    )
    removed = sum(r.removed for r in report.rows)
    if removed:
        lines.append(f"{removed} cards you deleted are remembered and won't come back")
    lines.append("")
    written = [p for p in report.packages if p.outcome is Outcome.WRITTEN]
    files = sum(r.written for r in report.rows)
    if not report.changed:
        lines.append("nothing has changed; nothing was written")
    else:
        lines.append(f"wrote {_count(files, 'card file')} and {_count(len(written), 'package')}")
        lines += [f"  {p.path}" for p in written[:1]]
        if len(written) > 1:
            folders = sorted({str(p.path.parent) for p in written[1:]})
            lines += [
                f"  {folder}/ ({_count(sum(str(p.path.parent) == folder for p in written[1:]), 'package')})"
                for folder in folders
            ]
        lines += [f"  {p.path} removed" for p in report.packages if p.outcome is Outcome.REMOVED]
        if report.preview and report.preview.outcome is Outcome.WRITTEN:
            lines.append(f"  {report.preview.path}, to look through the cards")
    return "\n".join(lines)


def report_dictionary(report: Report) -> dict[str, Any]:
    """A build's report for `--json`."""
    return {
        "episodes": [asdict(r) for r in report.rows],
        "packages": [{"path": str(p.path), "outcome": str(p.outcome)} for p in report.packages],
        "preview": str(report.preview.path) if report.preview else None,
        "skipped": [
            {"file": e.where, "line": e.line, "what": e.what, "mend": e.mend} for e in report.skipped
        ],
        "remarks": list(report.remarks),
        "changed": report.changed,
    }


def as_dictionary(understood: Understood) -> dict[str, Any]:
    """What `inspect --json` prints; docs/internals.md lists the keys."""
    episode = understood.episode
    info = episode.info
    return {
        "episode": {
            "id": info.id, "title": info.title, "show": info.show, "date": info.date, "url": info.url,
            "guests": list(info.guests), "hosts": list(info.hosts), "topics": list(info.topics),
            "source": info.source, "format": episode.format,
        },
        "turns": [
            {
                "speaker": turn.speaker,
                "role": str(turn.role) if turn.role else None,
                "start": turn.sentences[0].start if turn.sentences else None,
                "sentences": [s.text for s in turn.sentences],
            }
            for turn in episode.speech.turns
        ],
        "cards": [card_dictionary(card) for card in understood.cards],
    }  # fmt: skip


def card_dictionary(card: Card) -> dict[str, Any]:
    """A card with the keys of the card file."""
    words = list(card.source.words) if card.source.words else None
    return {
        "id": card.id, "kind": str(card.kind), "topic": card.topic, "speaker": card.speaker,
        "question": card.question, "answer": card.answer,
        "source": {"excerpt": card.source.excerpt, "readable": card.source.readable, "words": words, "start": card.source.start, "url": card.source.url},
        "score": card.score,
    }  # fmt: skip


def as_text(understood: Understood) -> str:
    """An episode as a person likes to read it."""
    info = understood.episode.info
    facts = [
        ("title", info.title), ("show", info.show), ("date", info.date), ("guests", ", ".join(info.guests)),
        ("hosts", ", ".join(info.hosts)), ("topics", ", ".join(info.topics)), ("address", info.url),
        ("file", f"{info.source} ({understood.episode.format})"),
        ("mended", ", ".join(f"{f.heard} → {f.correct}" for f in understood.episode.name_fixes)),
    ]  # fmt: skip
    lines = [f"{name + ':':9}{value or 'unknown'}" for name, value in facts if value or name != "mended"]
    lines += ["", "What is said", ""]
    spoken: list[Spoken] = list(understood.episode.spoken())
    for t, turn in enumerate(understood.episode.speech.turns):
        if not turn.sentences:
            continue
        who = turn.speaker or (f"a {turn.role}" if turn.role else "someone")
        lines.append(
            f"{who}{f', {clock(turn.sentences[0].start)}' if turn.sentences[0].start is not None else ''}"
        )
        lines += _paragraphs([s for s in spoken if s.turn == t])
    lines += ["Cards", ""]
    reasons = {(h.first, h.last): h.reasons for h in understood.highlights}
    starts = {spoken[h.first].sentence.first: (h.first, h.last) for h in understood.highlights}
    for card in understood.cards:
        why = reasons.get(starts.get(card.source.words[0] if card.source.words else -1, (-1, -1)), ())
        lines.append(f"{card.kind} · {card.topic} · {card.speaker or 'speaker unknown'} · score {card.score}")
        lines += _wrapped(f"Q: {card.question}", "  ") + _wrapped(f"A: {card.answer}", "  ")
        if why:
            lines.append(f"  why: {', '.join(why)}")
        lines.append("")
    lines.append(
        _count(len(understood.cards), "card") + f" from {_count(len(understood.highlights), 'highlight')}"
    )
    return "\n".join(lines)


def clock(seconds: float | None) -> str:
    """A time as 12:34 or 1:02:03."""
    whole = int(seconds or 0)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _paragraphs(spoken: Sequence[Spoken]) -> list[str]:
    """The sentences of a turn, wrapped; what is set aside apart, with the reason."""
    lines: list[str] = []
    run: list[str] = []
    aside = None
    for s in spoken:
        if s.sentence.aside != aside and run:
            lines += _wrapped((f"[set aside: {aside}] " if aside else "") + " ".join(run), "  ")
            run = []
        aside = s.sentence.aside
        run.append(s.sentence.text)
    return [*lines, *_wrapped((f"[set aside: {aside}] " if aside else "") + " ".join(run), "  "), ""]


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    )


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns side by side, numbers to the right, long names cut."""
    cut = [[cell if len(cell) <= 40 else cell[:39] + "…" for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cut) for i in range(len(cut[0]))]
    return [
        "  ".join(
            c.ljust(w) if i < 2 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cut
    ]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
