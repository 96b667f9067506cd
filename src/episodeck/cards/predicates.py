"""What something is, does, needs or allows: questions for the parts of a clause."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .actions import advice, cause, need, object_before_phrase, object_of, phrase_after_object
from .clauses import ANYONE
from .definitions import apposition, cleft, comparison, copula, key_point, not_but
from .draft import Asked, Draft
from .grammar import FIRST_PERSON, Auxiliary, Clause, auxiliary, dangles

_Means = Callable[[Asked, Clause, Auxiliary], Iterator[Draft]]


def predicates(asked: Asked) -> Iterator[Draft]:
    """Drafts that ask for an object, a complement, an action or a subject."""
    yield from key_point(asked)
    yield from cleft(asked)
    yield from apposition(asked)
    yield from advice(asked)
    if asked.statement is None:
        return
    clause = asked.statement.clause
    subject = clause.subject.lower()
    if (
        subject in ("it", "there")
        or (subject == "we" and clause.verb.tag == "VBD")
        or dangles(clause.subject)
    ):
        return
    if dangles(asked.statement.lead) or FIRST_PERSON.search(asked.statement.lead):
        return
    parts = auxiliary(clause, asked.speaker, asked.common)
    if parts is None:
        return
    anyone: tuple[_Means, ...] = (need, object_before_phrase, phrase_after_object)
    for means in (
        anyone if subject in ANYONE | {"i"} else (*anyone, not_but, comparison, copula, object_of, cause)
    ):
        yield from means(asked, clause, parts)
