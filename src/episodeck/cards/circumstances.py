"""Why, how, what for, when and on what condition: what is asked for stands around the statement."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from .arguments import MOST_ANSWER, draft
from .clauses import Clause, Turned, meant, pronoun, pruned, shortened, statements, told, turned
from .draft import Draft, Said
from .grammar import FIRST_PERSON, capital, dangles, finite, lower_first
from .phrasing import as_answer, attributed, core_of
from .reference import Memory
from .trees import Tree, tree_of

_MOST_ASKED = 20
_CONDITIONS = frozenset("if when whenever once unless".split())


def circumstances(said: Said) -> Iterator[Draft]:
    """Every question for what stands around the statement."""
    clause, ready = said.clause, said.turned
    tree = clause.tree
    if clause.lead.split(" ")[0] in _CONDITIONS:
        yield from _consequence(said, clause, clause.lead, ())
    for part in clause.after("advcl", "obl"):
        words = tuple(i for i in pruned(tree, part))
        kind = _kind(tree, part, words)
        if kind in _CONDITIONS:
            condition = tree.said(shortened(tree, words, _MOST_ASKED))
            yield from _consequence(
                said, clause, lower_first(condition, [tree.tokens[i] for i in words], said.common), words
            )
        if ready is None or part < clause.head or kind is None:
            continue
        others = [i for i in clause.rest if i not in words and i < min(words)]
        if kind in ("why", "how"):
            kept = shortened(tree, others, _MOST_ASKED)
            answer = tree.said(shortened(tree, words, MOST_ANSWER))
            yield draft(
                said,
                "reason" if kind == "why" else "manner",
                ready.ask(kind, kept),
                answer,
                told(clause, kept),
            )
        elif kind == "aim" and not re.search(
            r"\b(?:you|us|them|people|me|it|him|her)$", tree.said(others), re.I
        ):
            kept = shortened(tree, others, _MOST_ASKED)
            yield draft(
                said,
                "purpose",
                ready.ask("why", kept),
                tree.said(shortened(tree, words, MOST_ANSWER)),
                told(clause, kept),
            )
        elif kind in ("when", "once", "if") and meant(tree.said(words)) > 1 and clause.own:
            kept = shortened(tree, others, _MOST_ASKED)
            word = "when" if kind != "if" else "under what condition"
            yield draft(
                said,
                "condition",
                ready.ask(word, kept),
                tree.said(shortened(tree, words, MOST_ANSWER)),
                told(clause, kept),
            )


def _kind(tree: Tree, part: int, words: Collection[int]) -> str | None:
    """What an adjunct tells: why, how, to what aim, or on what condition."""
    marks = [tree.low(m) for m in tree.of(part, "mark", "case")]
    adverbs = [tree.low(m) for m in tree.of(part, "advmod")]
    text = tree.said(words).lower()
    if text.startswith(
        ("because ", "due to ", "thanks to ", "just because ", "mostly because ", "simply because ")
    ):
        return "why"
    if tree.relations[part] == "advcl":
        if text.startswith(("by ", "through ", "using ")) and tree.tag(part) == "VBG":
            return "how"
        if marks and marks[0] == "since" and tree.tag(part) != "VBG":
            return "why"
        if text.startswith(("in order to ", "so that ")):
            return "aim"
        if "to" in marks and tree.tag(part) == "VB" and text.startswith("to "):
            return "aim"
        for word in (*marks, *adverbs):
            if word in _CONDITIONS and text.startswith(word):
                return word
    return None


def _consequence(said: Said, clause: Clause, condition: str, words: Collection[int]) -> Iterator[Draft]:
    """ "If a tumbler cools too fast, its base cracks": what happens then?"""
    if (
        dangles(condition)
        or FIRST_PERSON.search(condition)
        or meant(condition) < 2
        or condition.startswith("unless")
    ):
        return
    tree = clause.tree
    if not words and tree.low(0) in ("and", "or"):  # the condition has a second half
        return
    rest = shortened(tree, [i for i in clause.rest if i not in set(words)], MOST_ANSWER)
    helper = tree.low(clause.helpers[0]) if clause.helpers else ""
    if (
        helper in ("should", "must", "can", "could", "ca")
        and clause.name.lower() in ("you", "we", "people")
        and not clause.copular
    ):
        ready: Turned | None = said.turned
        if ready is None:
            return
        core, answer = f"what {ready.helper} {ready.name} do {condition}", tree.said(rest)
    else:
        core, answer = f"what happens {condition}", told(clause, rest)
    yield Draft("consequence", attributed(core, said.speaker), as_answer(answer), condition, not clause.own)


# What a clause may be followed by, and the word that asks for it.
_TAILS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("reason", re.compile(r",? (?:just |mostly |simply |only |largely |mainly |partly |and that's |and it's |and this is |probably )?(?=because\b|due to\b|thanks to\b)", re.I), "why"),
    ("purpose", re.compile(r",? (?=in order to\b|so that (?:you|we|they|it|people|the|a|an)\b)", re.I), "why"),
    ("manner", re.compile(r",? (?:just |mostly |simply |only )?(?=by (?!being\b)\w+ing\b)", re.I), "how"),
    ("condition", re.compile(r",? (?:but |and )?(?=only (?:if|when|once)\b|unless\b)", re.I), "under what condition"),
)  # fmt: skip


def tails(
    text: str, lead: str, speaker: str | None, common: frozenset[str], memory: Memory
) -> Iterator[Draft]:
    """The same for long sentences, cut where the words alone show what follows."""
    for means, pattern, word in _TAILS:
        found = pattern.search(text, 12)
        if not found:
            continue
        left = text[: found.start()].strip(" ,")
        tree = tree_of(left)
        answer = core_of(text[found.end() :], 4)
        if tree is None or not 2 <= len(answer.split()) <= MOST_ANSWER + 6:
            continue
        for stated in [c for c in statements(tree, lead) if c.rest and max(c.rest) >= len(tree.tokens) - 2][
            -1:
        ]:
            clause = memory.resolved(stated)
            pointing = (pronoun(clause) and clause.own) or dangles(told(clause))
            ready = None if pointing else turned(clause, speaker, common)
            if ready is None or (word == "under what condition" and ready.helper.endswith("n't")):
                continue
            kept = shortened(tree, clause.rest, _MOST_ASKED)
            yield Draft(
                means,
                attributed(ready.ask(word, kept), speaker),
                as_answer(answer),
                told(clause, kept),
                not clause.own,
            )


_SO = re.compile(
    r"(?P<cause>.{20,160}?),? (?:and so|and that's why|so that's why|which is why|that's why|so) (?P<effect>(?!that\b|far\b|much\b|many\b|on\b|to speak\b)\w+.{12,160})",
    re.I,
)
_MEANS = re.compile(r"(?P<cause>.{20,160}?),? which means (?:that )?(?P<effect>\w+.{12,160})", re.I)


def links(sentence: str, before: str, speaker: str | None, common: frozenset[str]) -> Iterator[Draft]:
    """Reasons and consequences between two clauses, or between a sentence and the one `before` it."""
    found = re.match(
        r"(?:that's why|and that's why|which is why|that is why|so that's why) (?P<effect>.+)", sentence, re.I
    )
    if found and before:
        yield from _why(found["effect"], before, speaker, common)
    found = re.match(r"(?:it's |that's |and that's |and it's )?because (?!of\b)(?P<cause>.+)", sentence, re.I)
    if found and before:
        yield from _why(before, found["cause"], speaker, common)
    found = _MEANS.fullmatch(sentence)
    if (
        found
        and not dangles(found["cause"])
        and not FIRST_PERSON.search(found["cause"])
        and tree_of(found["cause"])
    ):
        cause = lower_first(found["cause"], tree_of(found["cause"]).tokens, common)  # type: ignore[union-attr]
        if len(cause.split()) <= _MOST_ASKED and list(statements(tree_of(found["cause"]))):  # type: ignore[arg-type]
            yield Draft(
                "meaning",
                attributed(f"what does it mean that {cause}", speaker),
                as_answer(core_of(found["effect"], 4)),
                cause,
            )
    found = _SO.fullmatch(sentence)
    if found:
        yield from _why(found["effect"], found["cause"], speaker, common)


def _why(effect: str, cause: str, speaker: str | None, common: frozenset[str]) -> Iterator[Draft]:
    """Why does the effect hold? Because of the cause."""
    tree = tree_of(capital(effect))
    if tree is None or dangles(cause) or not finite(cause):
        return
    for clause in statements(tree):
        if pronoun(clause) or dangles(clause.name):
            return
        turned_clause = turned(clause, speaker, common)
        if turned_clause is None:
            return
        kept = shortened(tree, clause.rest, _MOST_ASKED)
        cause = lower_first(core_of(cause, 4), (), common)
        answer = as_answer(cause if cause.lower().startswith("because") else f"because {cause}")
        yield Draft("link", attributed(turned_clause.ask("why", kept), speaker), answer, told(clause, kept))
        return
