"""What "it" and "they" stand for, where what was said before leaves no doubt."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass

from ..text import content_words
from .clauses import VAGUE, Clause, pronoun, renamed, specific
from .grammar import NOUNS, dangles, lower_first

_MOST_SUBJECT = 7
_MASS = frozenset("data media news people team company staff folks everyone someone person guy".split())


@dataclass(frozen=True, slots=True)
class Named:
    """Something that has been spoken of."""

    text: str
    plural: bool
    rivals: int
    """How many other things of the same number its clause names."""


class _Later:
    """What a stretch of talk names last, found out when somebody asks."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], Named | None]) -> None:
        self._find: Callable[[], Named | None] | None = find
        self._found: Named | None = None

    def known(self) -> Named | None:
        if self._find is not None:
            self._found, self._find = self._find(), None
        return self._found


class Memory:
    """What the statements so far have named; each new one may point back at the last."""

    __slots__ = ("_before", "_common", "_last")

    def __init__(self, common: Container[str] = ()) -> None:
        self._last: Named | _Later | None = None
        self._before: Named | _Later | None = None
        self._common = common

    def pass_over(self, hear: Callable[[Memory], None]) -> None:
        """A sentence is said of which nothing is asked: `hear` reads it into a memory, if what follows points back at it."""
        start = self._last

        def find() -> Named | None:
            then = Memory(self._common)
            then._last = start
            hear(then)
            return then._named()

        self._last = _Later(find)

    def _named(self) -> Named | None:
        return self._last.known() if isinstance(self._last, _Later) else self._last

    def clear(self) -> None:
        """Forgets everything: someone else speaks."""
        self._last = self._before = None

    def sentence(self) -> None:
        """A new sentence begins."""
        self._before = self._last

    def back(self) -> None:
        """The same sentence is read once more."""
        self._last = self._before

    def read(self, clause: Clause) -> Clause:
        """The statement with its pronoun replaced where it is plain what it means."""
        word = pronoun(clause)
        if word is None:
            self._last = self._name(clause)
            return clause
        named = self.resolved(clause)
        if named is clause:
            self._last = None
        return named

    def resolved(self, clause: Clause) -> Clause:
        """The same, and nothing is remembered of it."""
        word = pronoun(clause)
        last = self._named() if word in ("it", "they") else None
        if last is not None and last.plural == (word == "they") and last.rivals <= 1:
            return renamed(clause, last.text)
        return clause

    def _name(self, clause: Clause) -> Named | None:
        tree = clause.tree
        subject = clause.subject
        last = subject[-1]
        if clause.general:
            return self._object(clause)
        if (
            len(subject) > _MOST_SUBJECT
            or tree.tag(last) not in NOUNS
            or not specific(tree, subject)
            or any(tree.low(i) in ("and", "or") for i in subject)
            or tree.low(last) in _MASS
            or dangles(clause.name)
            or not content_words(clause.name)
        ):
            return None
        text = lower_first(clause.name, [tree.tokens[i] for i in subject], self._common)
        wanted = ("NNS", "NNPS") if clause.plural else ("NN", "NNP")
        rivals = sum(
            tree.tag(i) in wanted
            and tree.low(i) not in VAGUE
            and tree.relations[i] in ("obj", "obl", "nsubj")
            for i in clause.rest
        )
        return Named(text, clause.plural, rivals)

    def _object(self, clause: Clause) -> Named | None:
        """ "We built a new kiln. It …": the one thing spoken of."""
        tree = clause.tree
        things = [
            i
            for i in clause.rest
            if tree.tag(i) in NOUNS and tree.relations[i] in ("obj", "obl", "nmod", "conj", "nsubj")
        ]
        if len(things) != 1 or tree.relations[things[0]] != "obj" or tree.low(things[0]) in VAGUE | _MASS:
            return None
        words = [i for i in tree.below(things[0]) if i <= things[0]]
        text = tree.said(words)
        if dangles(text) or len(words) > 5 or any(tree.tag(i) in ("PRP$", "PRP") for i in words):
            return None
        return Named(text, tree.tag(things[0]) in ("NNS", "NNPS"), 0)
