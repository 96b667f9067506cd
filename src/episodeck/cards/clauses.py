"""The statements that a sentence makes, and how each is turned around to be asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass, replace

from ..text import content_words
from .grammar import FINITE, NOUNS, base_of_past, base_of_third, lower_first
from .trees import Tree

VAGUE = frozenset(
    """thing things people person way ways part point everyone everybody somebody someone lot kind kinds sort one ones stuff time times
    day days year years guy guys nobody reason question example idea case problem something anything nothing bit place world today end
    area areas number piece folks man word words fact side matter couple bunch set type types group level aspect moment
    version terms term thousands hundreds millions sense thought tomorrow yesterday everything""".split()
)
ANYONE = frozenset("you we one people they everyone everybody anyone someone".split())
_PRONOUNS = frozenset("it they this that these those he she who which what there them him her".split())
_ATTITUDES = frozenset(
    """think thinks thought believe believes guess suppose feel know say said mean argue argued find found hope see saw imagine realize realized
    noticed sure convinced bet assume remember learned mentioned love""".split()
)
_EMPTY_ADVERBS = frozenset(
    """actually basically really just obviously essentially literally honestly frankly simply maybe then also now though anyway like
    definitely certainly probably kinda sorta absolutely totally quite pretty""".split()
)
_FULL = {
    "'s": "is",
    "'re": "are",
    "'m": "am",
    "ca": "can",
    "wo": "will",
    "'ll": "will",
    "'ve": "have",
    "’s": "is",
}
_CONTRACTED = {"can": "can't", "will": "won't", "am": "isn't"}
_SUBJECTS = ("nsubj", "nsubj:pass", "csubj")
_CUT = frozenset({"advcl", "acl:relcl", "conj", "appos", "obl", "acl", "nmod", "parataxis", "advmod"})
_NEAR = 16
"""So many words from its subject may a second verb stand and still share it."""
_INTRODUCED = frozenset({"because", "since", "while", "whereas", "although", "so", "but", "though"})


@dataclass(frozen=True, slots=True)
class Clause:
    """A subject and what is said of it; numbers are places in the tree."""

    tree: Tree
    head: int
    subject: tuple[int, ...]
    name: str
    """The subject as a question may name it."""
    own: bool
    """The name is what stands there: no pronoun has been replaced."""
    plural: bool
    helpers: tuple[int, ...]
    """Auxiliaries and copula, in order."""
    negation: int | None
    lead: str
    """Adjuncts before the subject, as they stand inside a sentence."""
    rest: tuple[int, ...]
    """The predicate with its complements, without helpers and negation."""

    @property
    def verb(self) -> str:
        return self.tree.low(self.head)

    @property
    def copular(self) -> bool:
        return any(self.tree.relations[i] == "cop" for i in self.helpers)

    @property
    def passive(self) -> bool:
        return any(self.tree.relations[i] == "aux:pass" for i in self.helpers)

    @property
    def general(self) -> bool:
        """Whether it speaks of people at large, or of the one who speaks."""
        return self.name.lower() in ANYONE or self.tree.low(self.subject[0]) in ("i", "we")

    def after(self, *relations: str) -> list[int]:
        """The complements of the predicate with one of these relations, in order."""
        kept = set(self.rest)
        return [c for c in self.tree.of(self.head, *relations) if c in kept and c > self.subject[-1]]


def specific(tree: Tree, indices: Collection[int]) -> int:
    """How many nouns among these words say something."""
    return sum(tree.tag(i) in NOUNS and tree.low(i) not in VAGUE for i in indices)


def pruned(tree: Tree, index: int) -> tuple[int, ...]:
    """A word with what belongs to it, without what is only said to keep talking."""
    found, todo = [], [index]
    while todo:
        i = todo.pop()
        found.append(i)
        for c in tree.children[i]:
            low, relation = tree.low(c), tree.relations[c]
            if relation == "discourse" or (relation == "parataxis" and c != index):
                continue
            if (
                relation == "advmod"
                and low in _EMPTY_ADVERBS
                and not tree.children[c]
                and tree.low(max(c - 1, 0)) not in ("not", "n't")
            ):
                continue
            todo.append(c)
    return tuple(sorted(found))


def statements(tree: Tree, lead: str = "") -> Iterator[Clause]:
    """The clauses of a sentence that can stand alone, those under "I think that …" among them.

    `lead` is what stood before the sentence and belongs to its first clause.
    """
    for head, relation in enumerate(tree.relations):
        if not _independent(tree, head, relation):
            continue
        clause = _clause(tree, head)
        if clause is not None:
            yield replace(clause, lead=lead) if lead and not clause.lead else clause
            lead = ""


def _independent(tree: Tree, head: int, relation: str) -> bool:
    if tree.tokens[head].text.isalpha() is False and not any(c.isalnum() for c in tree.tokens[head].text):
        return False
    if relation in ("root", "parataxis"):
        return not _subordinate(tree, head)
    above = tree.heads[head]
    if above < 0:
        return False
    if relation == "conj":
        return (
            _independent(tree, above, tree.relations[above])
            and _clausal(tree, head)
            and not _subordinate(tree, head)
        )
    if relation == "ccomp":
        asserted = tree.low(above) in _ATTITUDES and not doubted(tree, above)
        return asserted and not _subordinate(tree, head) and _independent(tree, above, tree.relations[above])
    if relation == "advcl":
        return any(tree.low(m) in _INTRODUCED for m in tree.of(head, "mark")) and bool(
            list(tree.of(head, *_SUBJECTS))
        )
    return False


_DENYING = frozenset("not n't never rarely seldom hardly scarcely barely".split())


def _subordinate(tree: Tree, head: int) -> bool:
    """Whether a word makes the clause a condition, a question or a part of something else: "if the kiln is cold"."""
    openers = (*tree.of(head, "mark"), *(a for a in tree.of(head, "advmod") if tree.tag(a) == "WRB"))
    return any(tree.low(o) != "that" and o < head for o in openers)


def doubted(tree: Tree, head: int) -> bool:
    """Whether what is thought or said is denied: "that doesn't mean that …"."""
    said_no = any(tree.low(a) in _DENYING for a in tree.of(head, "advmod"))
    return said_no or any(tree.tag(a) == "MD" for a in tree.of(head, "aux"))


def _seldom(tree: Tree, head: int) -> bool:
    """Whether a clause says how rarely something holds before it says what: "very rarely do we end up writing classes"."""
    subject = next(iter(tree.of(head, *_SUBJECTS)), head)
    return any(
        tree.low(a) in _DENYING - {"not", "n't"} and a < subject for a in tree.below(head) if a < subject
    )


def _clausal(tree: Tree, head: int) -> bool:
    return bool(list(tree.of(head, *_SUBJECTS, "cop"))) or tree.tag(head) in FINITE


def _subject_of(tree: Tree, head: int) -> int | None:
    own = [c for c in tree.of(head, *_SUBJECTS) if c < head or tree.relations[head] == "root"]
    if own:
        return own[0]
    if tree.relations[head] == "conj" and not list(tree.of(head, "expl")):
        shared = _subject_of(tree, tree.heads[head])
        return shared if shared is not None and head - shared <= _NEAR else None
    return None


def _clause(tree: Tree, head: int) -> Clause | None:
    first = _subject_of(tree, head)
    if first is None or list(tree.of(head, "expl")) or _seldom(tree, head):
        return None
    subject = pruned(tree, first)
    helpers = tuple(c for c in tree.of(head, "aux", "aux:pass", "cop") if subject[0] < c)
    inherited = tree.relations[head] == "conj" and not helpers and tree.tag(head) == "VB"
    if inherited:  # "you can take it and turn it"
        helpers = tuple(c for c in tree.of(tree.heads[head], "aux"))
    negation = next(
        (
            c
            for c in tree.of(head, "advmod")
            if tree.low(c) in ("not", "n't", "never") and tree.low(c) != "never"
        ),
        None,
    )
    borders = {*subject, *helpers, negation}
    lead: list[int] = []
    rest: list[int] = []
    for i in pruned(tree, head):
        if i in borders:
            continue
        branch = _branch(tree, i, head)
        if branch is not None:
            relation = tree.relations[branch]
            if relation in ("cc", "mark", "discourse", *_SUBJECTS, "aux"):
                continue
            if relation == "conj" and _clausal(tree, branch):
                continue
            if branch < subject[0] and (branch < head) and relation in ("obl", "advcl", "nmod", "advmod"):
                if relation != "advmod" or len(tree.below(branch)) > 2:
                    lead.append(i)
                continue
            if branch < subject[0] and branch < head:
                continue
        rest.append(i)
    if not rest or head not in rest:
        return None
    noun = tree.tag(first)
    mistaken = (
        noun == "NN" and re.search(r"[a-z]{3}[^sui]s$", tree.low(first)) is not None
    )  # "bowls" taken for one
    plural = (
        noun in ("NNS", "NNPS")
        or mistaken
        or tree.low(first) in ("they", "we", "these", "those")
        or bool(list(tree.of(first, "conj")))
    )
    before = lower_first(tree.said(lead), [tree.tokens[i] for i in lead]) if lead else ""
    return Clause(
        tree, head, subject, tree.said(subject), True, plural, helpers, negation, before, tuple(rest)
    )


def _branch(tree: Tree, index: int, head: int) -> int | None:
    """The child of `head` that a word hangs under."""
    while index != head:
        above = tree.heads[index]
        if above == head:
            return index
        if above < 0:
            return None
        index = above
    return None


def shortened(tree: Tree, indices: Collection[int], most: int, least: int = 3) -> tuple[int, ...]:
    """These words without the adjuncts at their end that make them longer than `most`."""
    kept = sorted(indices)
    while len(_words(tree, kept)) > most:
        here = set(kept)
        ends = []
        for i in kept[1:]:
            if tree.relations[i] not in _CUT:
                continue
            below = [j for j in tree.below(i) if j in here]
            left = [j for j in kept if j < below[0]]
            tail = [j for j in kept if j > below[-1]]
            if below[0] == min(below) and not _words(tree, tail) and len(_words(tree, left)) >= least:
                ends.append(left)
        if not ends:
            return tuple(kept)
        fitting = [e for e in ends if len(_words(tree, e)) <= most]
        kept = max(fitting, key=len) if fitting else min(ends, key=len)
        while kept and (
            not any(c.isalnum() for c in tree.tokens[kept[-1]].text)
            or tree.relations[kept[-1]] in ("cc", "mark", "case")
        ):
            kept = kept[:-1]
    return tuple(kept)


def _words(tree: Tree, indices: Collection[int]) -> list[int]:
    return [i for i in indices if any(c.isalnum() for c in tree.tokens[i].text)]


@dataclass(frozen=True, slots=True)
class Turned:
    """A clause ready to be a question: "does" + "the kiln" + "not" + "hold"."""

    clause: Clause
    helper: str
    name: str
    between: str
    """ "not", and the helpers after the first."""
    base: str
    """The verb in the infinitive where "do" is the helper, else as it stands; empty after a copula."""

    def ask(self, word: str, keep: Collection[int], end: str = "") -> str:
        """The question: "what" + "does the kiln hold" + the words to keep + `end`."""
        clause = self.clause
        words = set(keep) | ({clause.head} if self.base else set())
        body = clause.tree.said(words, {clause.head: self.base} if self.base else None)
        return " ".join(p for p in (word, self.helper, self.name, self.between, body, end, clause.lead) if p)

    def doing(self, end: str = "") -> str:
        """The question for the whole predicate: "what does the kiln do"."""
        tag = self.clause.tree.tag(self.clause.head)
        be = (
            self.helper.removesuffix("n't") in ("is", "are", "was", "were")
            or "been" in self.between.split()
            or "be" in self.between.split()
        )
        have = self.helper.removesuffix("n't") in ("has", "have", "had") and not be
        do = (
            "doing"
            if be and tag == "VBG"
            else "done"
            if have and tag in ("VBN", "VBD")
            else "do"
            if not be and not have
            else ""
        )
        return (
            " ".join(
                p for p in ("what", self.helper, self.name, self.between, do, end, self.clause.lead) if p
            )
            if do
            else ""
        )


def turned(clause: Clause, speaker: str | None, common: Container[str] = ()) -> Turned | None:
    """What a question needs of a clause, or None where that may slip."""
    tree = clause.tree
    low = tree.low(clause.subject[0]) if len(clause.subject) == 1 else ""
    name = clause.name
    if clause.own:
        name = lower_first(name, [tree.tokens[i] for i in clause.subject], common)
    third = clause.own is False and not clause.plural
    if low == "i":
        if not speaker:
            return None
        name, third = speaker, True
    past = (tree.tag(clause.helpers[0]) if clause.helpers else tree.tag(clause.head)) == "VBD"
    if (
        low == "we"
        and speaker
        and (past or (clause.helpers and tree.low(clause.helpers[0]) in ("'ve", "have")))
    ):
        name, third = f"{speaker}'s team", True
    if re.search(r"\b(?:i|me|my|mine|myself)\b", name, re.I):
        return None
    if clause.helpers:
        first, *others = clause.helpers
        helper = _FULL.get(tree.low(first), tree.low(first))
        if (
            tree.low(first) in ("'s", "’s")
            and tree.relations[first] == "aux"
            and tree.tag(clause.head) in ("VBN", "VBD")
        ):
            helper = "has"
        if tree.low(first) in ("'d", "’d"):
            return None
        if third:
            helper = {"am": "is", "are": "is", "have": "has", "do": "does", "were": "was"}.get(helper, helper)
        elif (not clause.own or low in ("", "it", "they")) and not _agrees(clause, helper):
            return None
        between = " ".join(tree.low(i) for i in others)
        if clause.negation is not None:
            if tree.low(clause.negation) == "n't":
                if helper in ("may", "might", "must"):
                    return None
                helper = _CONTRACTED.get(helper, helper + "n't")
            else:
                between = f"not {between}".strip()
        if clause.copular:
            return Turned(clause, helper, name, between, "")
        return Turned(clause, helper, name, between, tree.tokens[clause.head].text)
    tag = tree.tag(clause.head)
    verb = clause.verb
    if clause.negation is not None or tag not in ("VBZ", "VBP", "VBD", "VB"):
        return None
    if tag == "VBZ":
        return (
            Turned(clause, "does", name, "", base_of_third(verb))
            if _agrees(clause, "does") or low == "i"
            else None
        )
    if tag in ("VBP", "VB"):
        if verb in ("is", "are", "am") or not (third or _agrees(clause, "do")):
            return None
        return Turned(clause, "does" if third else "do", name, "", verb)
    base = base_of_past(verb)
    return Turned(clause, "did", name, "", base) if base else None


def _agrees(clause: Clause, helper: str) -> bool:
    """Whether subject and verb agree: where speech slips, a question would show it."""
    if clause.plural or clause.name.lower() in ANYONE:
        return helper not in ("is", "was", "has", "does")
    head = clause.tree.low(clause.subject[-1])
    if head in ("data", "media", "staff", "team", "number", "lot", "majority", "people", "that", "which"):
        return True
    return helper not in ("are", "were", "have", "do")


def renamed(clause: Clause, name: str) -> Clause:
    """The clause with its pronoun replaced."""
    return replace(clause, name=name, own=False)


def pronoun(clause: Clause) -> str | None:
    """The pronoun that the clause has for a subject, if it points elsewhere."""
    low = clause.tree.low(clause.subject[0])
    return low if len(clause.subject) == 1 and low in _PRONOUNS else None


def told(clause: Clause, rest: Collection[int] | None = None, subject: str | None = None) -> str:
    """The clause as a plain sentence, or with `subject` for its subject."""
    tree = clause.tree
    words = {
        *(clause.rest if rest is None else rest),
        *clause.helpers,
        *({clause.negation} if clause.negation is not None else ()),
    }
    if subject is None and clause.own:
        instead = {}
        first = clause.helpers[0] if clause.helpers else None
        if first is not None and first - 1 not in clause.subject and tree.low(first) in _FULL:
            instead[first] = _FULL[tree.low(first)]  # what it was joined to is gone
        return tree.said({*words, *clause.subject}, instead)
    name = subject if subject is not None else clause.name
    body = tree.said(words)
    return f"{name}{body}" if body.startswith(("'", "’", "n't")) else f"{name} {body}"


def meant(text: str) -> int:
    return len(set(content_words(text)))
