"""Results as text for people and as plain data for programs."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .anki import Outcome, Written
from .errors import EpisodeckError
from .model import Card, Episode, Sentence, Spoken, Turn

if TYPE_CHECKING:
    from .build import Report, Row
    from .checking import Advice
    from .comparing import Result
    from .differences import Differences
    from .highlights import Taste
    from .settings import Settings
    from .understanding import Understood
    from .writers.adopting import Adopted

_WIDTH = 96
_PARAGRAPH = 80
"""Words after which a paragraph ends with its sentence."""
_MANY_EPISODES, _MUCH = 40, 100
"""So many rows of a table, and so many lines of advice or problems, a reader is shown without asking."""
_KINDS = {"SettingsError": "of settings", "CardFileError": "of card files", "TemplateError": "of templates"}


def report_text(report: Report) -> str:
    """The closing table of a build; of many episodes, only those that something was done for."""
    head = ("episode", "guest", "new", "updated", "kept", "yours")
    changed = [r for r in report.rows if r.written]
    told = report.rows if len(report.rows) <= _MANY_EPISODES else changed[:_MANY_EPISODES]
    rows: list[tuple[str, ...]] = [
        (r.episode, ", ".join(r.guests) or "–", str(r.new), str(r.updated), str(r.kept), str(r.yours))
        for r in told
    ]
    if more := len(changed) - len(told) if len(told) < len(report.rows) else 0:
        rows.append((f"{more:,} more", "", *_sums(changed[len(told) :])))
    if same := len(report.rows) - len(told) - more:
        rows.append((f"{same:,} as they were", "", *_sums([r for r in report.rows if not r.written])))
    lines = (
        _table([head, *rows, ("all", "", *_sums(report.rows))] if len(rows) > 1 else [head, *rows])
        if rows
        else ["no episodes yet"]
    )
    removed = sum(r.removed for r in report.rows)
    if removed:
        lines.append(f"{removed} cards you deleted are remembered and won't come back")
    if held := sum(r.held for r in report.rows):
        said = f"{held} new proposals are" if held > 1 else "1 new proposal is"
        lines.append(f"{said} held back by what you wrote; `episodeck diff` shows which")
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
        lines += sheet_lines(report.sheets)
        if report.preview and report.preview.outcome is Outcome.WRITTEN:
            lines.append(f"  {report.preview.path}, to look through the cards")
    return "\n".join(lines)


def _sums(rows: Sequence[Row]) -> list[str]:
    return [str(sum(getattr(r, name) for r in rows)) for name in ("new", "updated", "kept", "yours")]


def advice_lines(advice: Sequence[Advice]) -> list[str]:
    """Advice on cards; where there is much of it, how much of each kind, and the first."""
    if len(advice) <= _MUCH:
        return [f"advice: {one}" for one in advice]
    kinds: dict[str, list[Advice]] = {}
    for one in advice:
        kinds.setdefault(one.kind, []).append(one)
    lines = [
        f"advice: {kind}: {len(of):,} cards, such as {of[0].place}: {of[0].what}"
        for kind, of in kinds.items()
    ]
    return [*lines, "`episodeck check --all` lists every card"]


def problem_lines(problems: Sequence[EpisodeckError]) -> list[str]:
    """Problems; where there are many, the first and how many more of each kind."""
    if len(problems) <= _MUCH:
        return list(map(str, problems))
    kinds = Counter(_KINDS.get(type(p).__name__, "others") for p in problems[_MANY_EPISODES:])
    more = ", ".join(f"{number:,} {kind}" for kind, number in kinds.most_common())
    return [*map(str, problems[:_MANY_EPISODES]), f"and more: {more}; `episodeck check --all` lists them"]


def sheet_lines(sheets: Sequence[Written]) -> list[str]:
    """What was done to the sheets: for each folder the first one to open, and how many there are."""
    lines = []
    for folder in sorted({p.path.parent for p in sheets}):
        here = [p for p in sheets if p.path.parent == folder]
        written = [p.path for p in here if p.outcome is Outcome.WRITTEN]
        if written:
            pages = [path for path in written if path.suffix == ".pdf"] or written
            others = f" and {len(written) - 1} more" if len(written) > 1 else ""
            lines.append(f"  {min(pages, key=_review_first)}{others}, to print")
        lines += [f"  {p.path} removed" for p in here if p.outcome is Outcome.REMOVED]
    return lines


def _review_first(path: Path) -> tuple[bool, str]:
    return ".cards." in path.name, path.name


def report_dictionary(report: Report) -> dict[str, Any]:
    """A build's report for `--json`."""
    return {
        "episodes": [asdict(r) for r in report.rows],
        "packages": [{"path": str(p.path), "outcome": str(p.outcome)} for p in report.packages],
        "preview": str(report.preview.path) if report.preview else None,
        "sheets": [{"path": str(p.path), "outcome": str(p.outcome)} for p in report.sheets],
        "skipped": [_problem(error) for error in report.skipped],
        "remarks": list(report.remarks),
        "changed": report.changed,
    }


def differences_text(found: Differences) -> str:
    """What `episodeck diff` prints."""
    lines: list[str] = []
    for episode in found.episodes:
        cards = {card.id: card for card in episode.cards}
        lines += [episode.file, ""]
        for held in episode.held:
            lines += _titled("held back by what you wrote", cards.get(held.id), held.field)
            lines += _wrapped(f"yours:    {_shown(held.yours)}", "    ")
            lines += [*_wrapped(f"proposed: {_shown(held.proposed)}", "    "), ""]
        for change in episode.changes:
            lines += _titled("a build would change", cards[change.card], change.field)
            lines += _wrapped(f"from: {_shown(change.before)}", "    ")
            lines += [*_wrapped(f"to:   {_shown(change.after)}", "    "), ""]
        for number in episode.new:
            lines += _titled("a build would add", cards[number])
            lines += [*_wrapped(f"A: {cards[number].answer}", "    "), ""]
        for number in episode.unproposed:
            lines += [*_titled("no longer proposed, and kept", cards[number]), ""]
        if episode.removed:
            lines += [f"  {_count(len(episode.removed), 'card')} you deleted would be remembered as such", ""]
    if not lines:
        return "nothing is held back, and a build would change no card"
    return "\n".join(lines).rstrip()


def differences_dictionary(found: Differences) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "episodes": [
            {
                "file": d.file,
                "held": [asdict(h) for h in d.held],
                "changes": [asdict(c) for c in d.changes],
                "new": [card_dictionary(c) for c in d.cards if c.id in d.new],
                "unproposed": list(d.unproposed),
                "removed": list(d.removed),
                "withheld": d.withheld,
            }
            for d in found.episodes
        ],
        "skipped": [_problem(error) for error in found.skipped],
    }


def _titled(what: str, card: Card | None, field: str = "") -> list[str]:
    """A heading: what is said of which field of which card."""
    of = f"the {field} of " if field else ""
    which = f"{of}card {card.id}" if card else f"the episode's {field}"
    return [f"  {what}: {which}", *(_wrapped(f"Q: {card.question}", "    ") if card else [])]


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _problem(error: EpisodeckError) -> dict[str, Any]:
    return {"file": error.where, "line": error.line, "what": error.what, "mend": error.mend}


def taste_text(taste: Taste, settings: Settings) -> str:
    """What `episodeck taste` prints."""
    lines = [f"prefer:    {', '.join(settings.prefer) or 'nothing set'}"]
    lines.append(f"leave out: {', '.join(settings.leave_out) or 'nothing set'}")
    if not settings.learn_taste:
        return "\n".join([*lines, "learned:   nothing, since `learn_taste` is false"])
    if not taste.direction:
        return "\n".join([*lines, "learned:   nothing yet; delete, reword or write cards in decks/"])
    seen = f"{_count(taste.deleted, 'deleted card')} and {_count(taste.own, 'card')} of your own"
    lines.append(f"learned:   from {seen}; moves the chance of a card by at most {taste.strength / 4:.0%}")
    lines.append(f"  more of: {', '.join(taste.more) or 'no single words'}")
    lines.append(f"  less of: {', '.join(taste.less) or 'no single words'}")
    return "\n".join(lines)


def taste_dictionary(taste: Taste, settings: Settings) -> dict[str, Any]:
    """What `episodeck taste --json` prints."""
    return {
        "prefer": list(settings.prefer), "leave_out": list(settings.leave_out), "learn_taste": settings.learn_taste,
        "deleted": taste.deleted, "own": taste.own, "more": list(taste.more), "less": list(taste.less),
        "strength": round(taste.strength, 3),
    }  # fmt: skip


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
    """An episode as a person likes to read it: what it is, what is said, and its cards."""
    return "\n".join([*_facts(understood.episode), "", *_talk(understood.episode), *_cards(understood)])


def _facts(episode: Episode) -> list[str]:
    info = episode.info
    facts = [
        ("title", info.title), ("show", info.show), ("date", info.date), ("guests", ", ".join(info.guests)),
        ("hosts", ", ".join(info.hosts)), ("topics", ", ".join(info.topics)), ("address", info.url),
        ("file", f"{info.source} ({episode.format})"),
        ("mended", ", ".join(f"{f.heard} → {f.correct}" for f in episode.name_fixes)),
        ("speakers", _shares(episode)), ("aside", _set_aside(episode)),
    ]  # fmt: skip
    always = ("title", "show", "date", "guests", "hosts", "topics")
    return [
        line
        for name, value in facts
        if value or name in always
        for line in _beside(f"{name}:", 10, value or "unknown")
    ]


def _shares(episode: Episode) -> str:
    """How much each person says."""
    words: Counter[str] = Counter()
    for turn in episode.speech.turns:
        words[_who(turn)] += sum(map(_words, turn.sentences))
    total = sum(words.values())
    return ", ".join(f"{who} {100 * n / total:.0f} %" for who, n in words.most_common())


def _set_aside(episode: Episode) -> str:
    words: Counter[str] = Counter()
    for s in episode.spoken():
        if s.sentence.aside:
            words[s.sentence.aside] += _words(s.sentence)
    return ", ".join(f"{_count(n, 'word')} of {reason}" for reason, n in words.items())


def _words(sentence: Sentence) -> int:
    return sentence.last - sentence.first + 1


def _who(turn: Turn) -> str:
    return turn.speaker or (f"a {turn.role}" if turn.role else "someone unknown")


def _talk(episode: Episode) -> list[str]:
    """The turns in paragraphs, without fillers and stutters; times, where they are known, in a column of their own."""
    turns = [turn for turn in episode.speech.turns if turn.sentences]
    timed = any(s.start is not None for turn in turns for s in turn.sentences)
    lines: list[str] = []
    before = None
    for turn in turns:
        if turn.speaker is None or turn.speaker != before:
            lines += [_who(turn)]
        before = turn.speaker
        for paragraph in _paragraphs(turn.sentences):
            start, aside = paragraph[0].start, paragraph[0].aside
            text = " ".join(filter(None, (s.readable for s in paragraph))) or paragraph[0].text
            left = f"{clock(start) if start is not None else '':>8}  " if timed else "  "
            lines += _beside(left, len(left), f"[set aside: {aside}] {text}" if aside else text)
            lines.append("")
    return lines


def _paragraphs(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    """Sentences in runs that are not too long, what is set aside for one reason apart from the rest."""
    run: list[Sentence] = []
    for sentence in sentences:
        if run and (sentence.aside != run[-1].aside or sum(map(_words, run)) >= _PARAGRAPH):
            yield run
            run = []
        run.append(sentence)
    yield run


def _cards(understood: Understood) -> list[str]:
    spoken = list(understood.episode.spoken())
    reasons = {spoken[h.first].sentence.first: h.reasons for h in understood.highlights}
    lines = [
        f"{_count(len(understood.cards), 'card')} from {_count(len(understood.highlights), 'highlight')}",
        "",
    ]
    for card in understood.cards:
        place = [clock(card.source.start)] if card.source.start is not None else []
        head = [str(card.kind), card.topic, card.speaker or "speaker unknown", *place, f"score {card.score}"]
        lines.append(" · ".join(head))
        lines += _beside("  Q: ", 5, card.question) + _beside("  A: ", 5, card.answer)
        why = reasons.get(card.source.words[0]) if card.source.words else None
        if why:
            lines += _beside("  why: ", 7, ", ".join(why))
        lines.append("")
    return [*lines[:-1], *_without_card(understood, spoken)]


def _without_card(understood: Understood, spoken: Sequence[Spoken]) -> list[str]:
    """What was chosen and gave no card, best first, and why."""
    from .cards import why_not

    asked = {card.source.words for card in understood.cards}
    lines = []
    for h in understood.highlights:
        first, last = spoken[h.first].sentence, spoken[h.last].sentence
        if (first.first, last.last) not in asked:
            said = textwrap.shorten(first.readable, _WIDTH - 30, placeholder=" …")
            lines += _wrapped(f"“{said}” {why_not(understood.episode, h, understood.reading)}", "  ")
    return ["", "Chosen, but no card was made", "", *lines] if lines else []


def clock(seconds: float | None) -> str:
    """A time as 12:34 or 1:02:03."""
    whole = int(seconds or 0)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _beside(left: str, indent: int, text: str) -> list[str]:
    """Wrapped text with something to the left of its first line."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=left.ljust(indent),
        subsequent_indent=" " * indent,
        break_long_words=False,
    )


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


def adopted_text(adopted: Adopted) -> str:
    """What came of a file of proposals, refusals first."""
    outcome = adopted.outcome
    lines = [f"refused: {refusal}" for refusal in outcome.refused]
    passed = f"{len(outcome.cards)} of {outcome.proposed} proposals pass"
    if adopted.row is None:
        lines.append(f"{passed}; nothing was written")
        return "\n".join(lines)
    row = adopted.row
    counts = f"{row.new} new, {row.updated} updated, {row.kept} kept, {row.yours} yours"
    lines.append(f"{passed}; {adopted.card_file.name}: {counts}")
    if adopted.withheld:
        lines.append(f"{adopted.withheld} left out: you deleted a card in their place")
    return "\n".join(lines)


def adopted_dictionary(adopted: Adopted) -> dict[str, Any]:
    """The same for programs."""
    outcome = adopted.outcome
    return {
        "episode": adopted.episode,
        "card_file": adopted.card_file.as_posix(),
        "written": adopted.row is not None,
        "proposed": outcome.proposed,
        "passed": [card_dictionary(card) for card in outcome.cards],
        "refused": [
            {
                "place": refusal.place,
                "rule": refusal.rule,
                "why": refusal.why,
                "question": refusal.proposal.question if refusal.proposal else None,
            }
            for refusal in outcome.refused
        ],
        "withheld": adopted.withheld,
    }


def comparison_text(result: Result) -> str:
    """What a blind choice says."""
    rows = [("writer", "kept", "edited", "dropped", "not judged")]
    rows += [(t.writer, str(t.kept), str(t.edited), str(t.dropped), str(t.open)) for t in result.tallies]
    lines = [f"{result.episode}: {result.judged} of {_count(result.cards, 'card')} judged", "", *_table(rows)]
    if result.pairs:
        better = ", ".join(f"{t.writer} better in {t.better}" for t in result.tallies)
        undecided = result.pairs - result.even - sum(t.better for t in result.tallies)
        more = f", {undecided} not judged" if undecided else ""
        lines += ["", f"{_count(result.pairs, 'pair')}: {better}, no difference in {result.even}{more}"]
    return "\n".join(lines)
