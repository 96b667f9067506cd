"""Plans and results as text for people and as plain data for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ..anki.notetypes import NOTE_TYPES
from ..anki.unrender import to_text
from .pulling import Pulled, PullPlan
from .pushing import Pushed, PushPlan
from .undoing import Undone

_WIDTH = 96
_NAMED = 8
"""Cards named in a list; of more it is said how many there are."""


def push_plan_text(plan: PushPlan) -> str:
    """What a push would do and what it leaves alone."""
    said = {card: to_text(html) for card, html in plan.questions.items()}
    lines: list[str] = []
    lines += _listed("to add", plan.new, said)
    lines += _listed("to update", plan.updates, said, {c: ", ".join(f) for c, f in plan.updates.items()})
    lines += _listed("to get other tags", plan.tags, said)
    lines += _listed(
        "to move to another deck", plan.moves, said, {c: f"to {d}" for c, d in plan.moves.items()}
    )
    for kind in plan.looks:
        lines.append(f"the look of `{NOTE_TYPES[kind].name}` differs: the newer one stays")
    mine = {card: fields for card, fields in plan.kept.items() if card not in plan.conflicts}
    lines += _listed("changed in Anki, left so; `episodeck pull` fetches them", mine, said, _joined(mine))
    lines += _listed(
        "changed in Anki and in the card file, left as in Anki; pull, or push with --overwrite",
        plan.conflicts,
        said,
        _joined(plan.conflicts),
    )
    for kind in plan.kept_looks:
        lines.append(
            f"you changed the look of `{NOTE_TYPES[kind].name}` in Anki: it stays; --overwrite brings ours"
        )
    lines += _listed("deleted in Anki, not sent; `episodeck pull` enters that", plan.deleted, said)
    return "\n".join(lines) or "Anki has everything already"


def pushed_text(pushed: Pushed) -> str:
    """What a push did."""
    plan = pushed.plan
    done = [
        (len(plan.new), "added"),
        (len(plan.updates), "updated"),
        (len(plan.tags), "retagged"),
        (len(plan.moves), "moved"),
    ]
    lines = [", ".join(f"{n} {what}" for n, what in done if n) or "done"]
    if pushed.backup:
        lines.append(f"as it was before: {pushed.backup}")
    lines.append("`episodeck push --undo` takes it back")
    return "\n".join(lines)


def pull_plan_text(plan: PullPlan) -> str:
    """What a pull would change and what it leaves alone."""
    lines: list[str] = []
    for edit in plan.edits:
        lines.append(f"edited in Anki: the {edit.field} of {edit.card}")
        lines += [*_wrapped(f"from: {edit.before or 'none'}"), *_wrapped(f"to:   {edit.after or 'none'}")]
    lines += _listed("deleted in Anki, to be removed", plan.deleted, plan.questions)
    terms = {card: ", ".join(terms) or "nothing" for card, terms in plan.marks.items()}
    lines += _listed("suspended, flagged or tagged otherwise", plan.marks, plan.questions, terms)
    for conflict in plan.conflicts:
        lines.append(f"changed in both, left as in the card file: the {conflict.field} of {conflict.card}")
        lines += [*_wrapped(f"card file: {conflict.file}"), *_wrapped(f"Anki:      {conflict.anki}")]
    if plan.conflicts:
        lines.append("--prefer-anki takes Anki's; `episodeck push --overwrite` sends the card file's")
    lines += _listed(
        "changed in Anki in a way that card files can't hold; it stays there",
        plan.stays,
        plan.questions,
        _joined(plan.stays),
    )
    return "\n".join([*lines, *plan.remarks]) or "nothing was changed in Anki"


def pulled_text(pulled: Pulled) -> str:
    """What a pull did."""
    plan = pulled.plan
    done = [
        (len({e.card for e in plan.edits}), "edited"),
        (len(plan.deleted), "removed"),
        (len(plan.marks), "marked"),
    ]
    return ", ".join(f"{n} {what}" for n, what in done if n)


def undo_text(undone: Undone) -> str:
    """What taking a push back does."""
    done = [
        (undone.restored, "restored"),
        (undone.taken_out, "taken out again"),
        (undone.looks, "given their look back"),
        (undone.kept, "left, because you studied or changed them since"),
    ]
    said = ", ".join(f"{n} {what}" for n, what in done if n)
    return f"of the push backed up in {undone.backup}: {said or 'nothing is left to take back'}"


def as_dictionary(result: Pushed | Pulled | Undone) -> dict[str, Any]:
    """The same for `--json`."""
    if isinstance(result, Undone):
        return {**asdict(result), "backup": str(result.backup)}
    plan = asdict(result.plan)
    del plan["questions"]
    more: dict[str, Any] = {}
    if isinstance(result, Pushed):
        more = {"backup": str(result.backup) if result.backup else None, "failed": list(result.failed)}
    return {"done": result.done, **plan, **more}


def _joined(fields: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {card: ", ".join(names) for card, names in fields.items()}


def _listed(
    what: str, cards: Iterable[str], questions: Mapping[str, str], notes: Mapping[str, str] | None = None
) -> list[str]:
    """A heading with the number of cards, and the first of them by their questions."""
    cards = list(cards)
    if not cards:
        return []
    lines = [f"{len(cards)} card{'' if len(cards) == 1 else 's'} {what}"]
    for card in cards[:_NAMED]:
        note = f" ({notes[card]})" if notes and notes.get(card) else ""
        lines += _wrapped(f"{questions.get(card) or card}{note}")
    return [*lines, *([f"  and {len(cards) - _NAMED} more"] if len(cards) > _NAMED else [])]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), _WIDTH, initial_indent="  ", subsequent_indent="    ")
