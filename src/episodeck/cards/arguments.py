"""What is asked for is a part of the statement: its subject, its object, its predicate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .clauses import Clause, Turned, meant, pruned, shortened, specific
from .draft import Draft, Said
from .grammar import NOUNS, capital, dangles, third_person
from .phrasing import as_answer, attributed
from .trees import Tree

MOST_ANSWER = 22
_MOST_ASKED = 16
_WEAK = frozenset(
    "have do get go say think know see want come make take look feel happen start seem try keep mean tell guess be talk".split()
)
_STRANDING = frozenset("on from with to into about for through against of".split())
_PEOPLE = re.compile(
    r"\b(?:\w+ists?|\w*researchers?|\w*developers?|engineers?|customers?|users?|people|person|folks|team|teams|man|woman|friends?|students?|kids?|children|parents?|employees?|founders?|miners?|wife|husband|mom|dad|\w+ers)$",
    re.I,
)
_LETTING = frozenset("allow enable let help force cause require encourage teach make get".split())
_WILLING = frozenset(
    "want need try have tend plan aim choose decide learn hope prefer fail manage seek start begin continue refuse attempt intend go".split()
)
_TELLING = frozenset(
    "show mean suggest find prove imply assume ensure predict expect demonstrate reveal indicate determine explain learn realize recommend argue understand know decide check care discover".split()
)
_SUPERLATIVE = re.compile(
    r"\b(?:only|main|first|key|biggest|most|best|hardest|worst|core|primary|single|whole|real|\w{4,}est)\b",
    re.I,
)
_EMPTY_PREDICATE = re.compile(
    r"(?:an?|the|one|my|our) (?:\w+ )?(?:thing|way|example|lot|bit|problem|question|reason|point|idea|place|one|deal|part|choice|issue|challenge|case|fact|guy|kind|sort)\b\W*$",
    re.I,
)


def arguments(said: Said) -> Iterator[Draft]:
    """Every question for a part of the statement."""
    clause, turned = said.clause, said.turned
    yield from _subject(said, clause)
    if turned is None:
        return
    if clause.copular:
        yield from _copula(said, clause, turned)
        return
    yield from _object(said, clause, turned)
    yield from _content(said, clause, turned)
    yield from _action(said, clause, turned)
    yield from _stranded(said, clause, turned)
    yield from _deed(said, clause, turned)
    yield from _number(said, clause, turned)


def draft(said: Said, means: str, core: str, answer: str, asks: str) -> Draft:
    """A question with the speaker named, and its answer made ready."""
    return Draft(means, attributed(core, said.speaker), as_answer(answer), asks, not said.clause.own)


def _tellable(clause: Clause) -> bool:
    """Whether the subject says enough to be asked about."""
    return specific(clause.tree, clause.subject) > 0 or not clause.own


def _tail(clause: Clause, start: int) -> tuple[int, ...]:
    return tuple(i for i in clause.rest if i >= start)


def _object(said: Said, clause: Clause, turned: Turned) -> Iterator[Draft]:
    """ "The lehr relaxes the glass overnight": what does the lehr relax?"""
    tree = clause.tree
    objects = clause.after("obj")
    if not objects or clause.passive:
        return
    thing = objects[-1]
    words = set(pruned(tree, thing)) & set(clause.rest)
    if tree.tag(thing) in ("PRP", "DT", "WP", "EX") or tree.low(thing) in ("it", "that", "this"):
        return
    who = "who" if tree.tag(thing) == "NNP" and _PEOPLE.search(tree.low(thing)) else "what"
    first = min(words)
    before = [i for i in clause.rest if i < first]
    after = [i for i in clause.rest if i > max(words)]
    if clause.verb not in _WEAK or specific(tree, clause.subject) > 1:
        answer = shortened(tree, [*words, *after], MOST_ANSWER)
        yield draft(said, "object", turned.ask(who, before), tree.said(answer), clause.name)
    if after and _finishes(tree, after):
        kept = shortened(tree, [*before, *after], _MOST_ASKED)
        yield draft(
            said,
            "object in place",
            turned.ask(who, kept),
            tree.said(shortened(tree, words, MOST_ANSWER)),
            f"{clause.name} {tree.said(kept)}",
        )


def _finishes(tree: Tree, indices: list[int]) -> bool:
    """Whether these words can end a question: a phrase that names something."""
    return specific(tree, indices) > 0 and not dangles(tree.said(indices))


def _content(said: Said, clause: Clause, turned: Turned) -> Iterator[Draft]:
    """ "The crack shows that the kiln was cold": what does it show?"""
    tree = clause.tree
    for part in clause.after("ccomp"):
        base = (turned.base or "").lower()
        if base not in _TELLING and clause.tree.low(clause.head) not in _TELLING:
            continue
        words = [
            i
            for i in _tail(clause, min(pruned(tree, part)))
            if not (tree.low(i) == "that" and tree.relations[i] == "mark")
        ]
        before = [i for i in clause.rest if i < min(pruned(tree, part)) and tree.low(i) != "that"]
        yield draft(
            said,
            "content",
            turned.ask("what", before),
            tree.said(shortened(tree, words, MOST_ANSWER)),
            clause.name,
        )


def _action(said: Said, clause: Clause, turned: Turned) -> Iterator[Draft]:
    """ "Slow cooling lets you mend cracks": what does it let you do?"""
    tree = clause.tree
    for part in clause.after("xcomp"):
        if tree.tag(part) not in ("VB", "VBP"):
            continue
        base = (turned.base or clause.verb).lower()
        words = [
            i for i in _tail(clause, min(pruned(tree, part))) if tree.low(i) != "to" or tree.heads[i] != part
        ]
        before = [i for i in clause.rest if i < min(pruned(tree, part))]
        objects = [o for o in clause.after("obj") if o < part]
        to = "to " if any(tree.low(m) == "to" for m in tree.of(part, "mark")) else ""
        if (objects and base in _LETTING) or (not objects and base in _WILLING and to):
            answer = tree.said(shortened(tree, words, MOST_ANSWER))
            aims = [i for i in clause.rest if i > max(words)] if words else []
            yield draft(
                said,
                "action",
                turned.ask("what", before, f"{to}do" + (f" {tree.said(aims)}" if aims else "")),
                answer,
                f"{clause.name} {tree.said(before)}",
            )


def _stranded(said: Said, clause: Clause, turned: Turned) -> Iterator[Draft]:
    """ "The colour depends on traces of iron": what does it depend on?"""
    tree = clause.tree
    for part in clause.after("obl"):
        case = list(tree.of(part, "case"))
        if (
            len(case) != 1
            or part < clause.head
            or (clause.verb in _WEAK and clause.verb not in ("come", "look", "talk"))
        ):
            continue
        preposition = tree.low(case[0])
        if preposition not in _STRANDING and not (preposition == "by" and clause.passive):
            continue
        words = [i for i in pruned(tree, part) if i != case[0]]
        before = [i for i in clause.rest if i < case[0]]
        if (
            not words
            or tree.tag(part) not in NOUNS | {"VBG"}
            or (len(before) > 1 and not _finishes(tree, before[1:]))
        ):
            continue
        answer = tree.said(shortened(tree, words, MOST_ANSWER))
        yield draft(
            said,
            "adjunct",
            turned.ask("what", before, preposition),
            answer,
            f"{clause.name} {tree.said(before)}",
        )


def _deed(said: Said, clause: Clause, turned: Turned) -> Iterator[Draft]:
    """ "A good master turns the pipe without a pause": what does a good master do?"""
    tree = clause.tree
    rest = [i for i in clause.rest if i >= clause.head]
    end: list[int] = []
    for part in clause.after("advcl"):
        marks = [tree.low(m) for m in tree.of(part, "mark", "advmod")]
        if part > clause.head and set(marks) & {
            "if",
            "when",
            "once",
            "before",
            "after",
            "until",
            "without",
            "to",
        }:
            words = list(pruned(tree, part))
            if min(words) > clause.head + 1 and not dangles(tree.said(words)) and meant(tree.said(words)) > 1:
                end = words
                break
    if clause.passive:
        return
    if clause.verb in ("mean", "means", "happen", "happens", "happened", "guess", "think", "know"):
        return
    context = tree.said(end) if end else clause.lead
    if meant(context) < 2:  # "what does the kiln do?" could be anything
        return
    words = [i for i in rest if i not in end and i < (min(end) if end else 10**6)]
    helped = turned.helper in ("do", "does", "did")
    core = turned.doing(tree.said(end) if end else "")
    if not core:
        return
    answer = tree.said(shortened(tree, words, MOST_ANSWER), {clause.head: turned.base} if helped else None)
    yield draft(said, "deed", core, answer, f"{clause.name} {context}")


def _number(said: Said, clause: Clause, turned: Turned) -> Iterator[Draft]:
    """ "They hold a vase for about 14 hours": for how many hours do they hold a vase?"""
    tree = clause.tree
    for part in clause.after("obj", "obl"):
        counts = [
            c for c in tree.of(part, "nummod") if tree.tag(c) == "CD" and tree.low(c) not in ("one", "two")
        ]
        if len(counts) != 1 or tree.tag(part) not in ("NNS", "NN"):
            continue
        words = set(pruned(tree, part))
        case = list(tree.of(part, "case"))
        others = [i for i in clause.rest if i not in words and i != clause.head]
        noun = [i for i in words if i >= part and i not in case]
        if not _finishes(tree, [*others, *clause.subject]) or len(case) > 1:
            continue
        ask = f"{tree.low(case[0])} how many" if case else "how many"
        number = tree.said(list(tree.below(counts[0])))
        yield draft(
            said,
            "number",
            turned.ask(f"{ask} {tree.said(noun)}", shortened(tree, others, _MOST_ASKED)),
            f"{number} {tree.low(part)}",
            f"{clause.name} {tree.said(others)}",
        )


def _copula(said: Said, clause: Clause, turned: Turned) -> Iterator[Draft]:
    """What something is, is about, is like."""
    tree = clause.tree
    if not _tellable(clause):
        return
    words = list(clause.rest)
    case = list(tree.of(clause.head, "case"))
    answer = shortened(tree, words, MOST_ANSWER)
    text = tree.said(answer)
    denied = clause.negation is not None
    if any(tree.of(clause.head, "mark", "nsubj", "expl")) and tree.tag(clause.head).startswith("VB"):
        return  # "the trick is that you wait": said by its turn of phrase
    if tree.tag(clause.head) in NOUNS | {"VBG", "WP", "CD", "WRB"} and not case and not denied:
        if not _EMPTY_PREDICATE.match(text):
            yield draft(
                said,
                "definition",
                f"what {turned.helper} {turned.name} {turned.between}".strip(),
                text,
                clause.name,
            )
        named = tree.tag(clause.subject[-1]) in NOUNS and not list(tree.of(clause.head, "nsubj", "csubj"))[1:]
        if named and _SUPERLATIVE.search(text) and re.match(r"(?:the|a|one) ", text, re.I) and clause.own:
            core = f"what {turned.helper} {turned.between} {text}".replace("  ", " ")
            yield draft(said, "instance", core, tree.said(clause.subject), text)
    elif tree.tag(clause.head) in ("JJ", "JJR", "JJS", "RB", "VBN") and said.speaker:
        between = f"{turned.between} " if turned.between else ""
        verb = (
            turned.helper
            if turned.helper in ("is", "are", "was", "were") or "n't" in turned.helper
            else f"{turned.helper}"
        )
        pronoun = "they" if clause.plural else "it"
        if meant(text) >= 3:
            front = (
                f"How does {said.speaker} describe {turned.name}?",
                f"How does {said.speaker} characterise {turned.name}?",
            )
            stated = f"{pronoun} {verb} {between}{text}" if denied or clause.lead else text
            yield Draft("description", front, as_answer(stated), clause.name, not clause.own)
    elif len(case) == 1 and not denied and tree.low(case[0]) in ("about", "for", "from", "with"):
        body = tree.said([i for i in answer if i > case[0]])
        yield draft(
            said, "object", f"what {turned.helper} {turned.name} {tree.low(case[0])}", body, clause.name
        )


def _subject(said: Said, clause: Clause) -> Iterator[Draft]:
    """ "Slow cooling lets the glass relax": what lets it relax?"""
    tree = clause.tree
    if not clause.own or clause.general or specific(tree, clause.subject) < 1 or clause.negation is not None:
        return
    if clause.copular and tree.tag(clause.head) in NOUNS:
        return
    name = tree.said(clause.subject)
    if meant(name) < 2 and tree.tag(clause.subject[-1]) not in ("NNP", "NNPS"):
        return
    rest = shortened(tree, list(clause.rest), _MOST_ASKED, 4)
    body = tree.said(rest)
    if dangles(body) or specific(tree, rest) < 1 or meant(body) < 3:
        return
    word = "who" if _PEOPLE.search(name.split(" of ")[0].split(" who ")[0]) else "what"
    instead: dict[int, str] = {}
    if clause.helpers:
        first = tree.low(clause.helpers[0])
        verb = {
            "are": "is",
            "'re": "is",
            "'s": "is",
            "were": "was",
            "have": "has",
            "'ve": "has",
            "do": "does",
            "'ll": "will",
            "ca": "can",
            "wo": "will",
        }.get(first, first)
        verb = " ".join([verb, *(tree.low(i) for i in clause.helpers[1:])])
        if first in ("'s", "'d"):
            return
    else:
        tag, low = tree.tag(clause.head), clause.verb
        if tag not in ("VBZ", "VBP", "VBD"):
            return
        verb = ""
        instead[clause.head] = third_person(low) if tag == "VBP" else low
    body = tree.said(rest, instead)
    lead = f" {clause.lead}" if clause.lead else ""
    yield draft(said, "subject", f"{word} {verb} {body}{lead}".replace("  ", " "), capital(name), body)
