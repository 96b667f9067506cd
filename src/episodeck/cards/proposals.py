"""Everything that could be asked about a stretch of speech."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ..model import Episode, Highlight, Kind, Spoken
from ..text import content_words, words_of
from .arguments import arguments
from .circumstances import circumstances, links, tails
from .clauses import doubted, pronoun, statements, turned
from .draft import Draft, Said
from .grammar import capital, dangles, lower_first, tokens_of, without_lead_in
from .patterns import patterns
from .quotations import completion, ending, figure, gaps, host_question
from .reference import Memory
from .topics import phrases
from .trees import Tree, tree_of
from .views import About, passages, quotations, turns, views

_LOOK_BACK = 2
_LEAST_WORDS, _MOST_WORDS = 5, 60
_SPOKEN_LIKE = re.compile(
    r"\b(and|of|the|an?|say|said|at|into|because|but|so|when|if|there's|they're|we're|you're|can|have|has|some|just|also|really|basically|actually|then|with|on|from|for|or|these|those|very|kind|is|are|was|be|that|by|in|about) like,? "
    r"(?=\w)(?!this\b|that\b|a\b|an\b|the\b)",
    re.I,
)
_COMMA_LIKE = re.compile(
    r",? like,|, like(?= (?:a|an|the|if|when|you|we|it|they|I|there|this|that|so|in|on|how|what)\b)", re.I
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft, and the sentences of the episode that it rests on."""

    draft: Draft
    sentences: tuple[int, ...]
    place: float
    """Where in the highlight its sentence stands: 0 first, 1 last."""
    statement: str
    """The sentence it is made from, in readable form."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for all highlights of an episode."""

    spoken: Sequence[Spoken]
    common: frozenset[str]
    """Words that the episode has in lower case somewhere: no names, even at the start of a sentence."""
    frequency: Counter[str]
    """How often the episode has each content word."""
    names: frozenset[str]
    """Content words of its people's names."""

    @staticmethod
    def of(episode: Episode) -> Setting:
        spoken = list(episode.spoken())
        readables = [s.sentence.readable for s in spoken]
        return Setting(
            spoken,
            frozenset(w for r in readables for w in r.split() if w.isalpha() and w.islower()),
            Counter(w for r in readables for w in content_words(r)),
            frozenset(w for n in (*episode.info.guests, *episode.info.hosts) for w in content_words(n)),
        )


def proposals(
    setting: Setting, highlight: Highlight, worth: Callable[[frozenset[str]], float] = lambda words: 0.0
) -> Iterator[Proposal]:
    """Every draft for a highlight, good and bad; `worth` tells how likely a reader's question has these content words."""
    spoken, common = setting.spoken, setting.common
    memory = Memory(common)
    speaker = highlight.speaker
    first = max(0, highlight.first - _LOOK_BACK)
    for i in range(first, highlight.last + 1):
        s = spoken[i]
        if s.speaker != spoken[highlight.first].speaker:
            memory.clear()
            continue
        sentence = plain(s.sentence.readable)
        size = len(words_of(sentence))
        usable = (
            _LEAST_WORDS <= size <= _MOST_WORDS
            and not sentence.endswith("?")
            and not addresses(sentence, speaker)
        )
        if size > _MOST_WORDS:
            memory.clear()
            continue
        inside = i >= highlight.first
        if not (inside and usable):
            memory.pass_over(partial(_hear, sentence, common))
            continue
        place = (i - highlight.first) / max(1, highlight.last - highlight.first)
        heard = frozenset(
            content_words(" ".join(spoken[k].sentence.readable for k in range(max(0, i - 3), i)))
        )
        about = About(setting.frequency, heard, worth)
        for draft in _statement_drafts(sentence, speaker, memory, setting, about):
            yield Proposal(draft, (i,), place, sentence)
        inner = contents(sentence)
        for text in (sentence, *pieces(sentence), *inner):
            for draft in passages(text, speaker, about, common):
                yield Proposal(draft, (i,), place, sentence)
        if highlight.kind is Kind.QUOTE:
            for draft in quotations(sentence, speaker, about, common):
                yield Proposal(draft, (i,), place, sentence)
        for text in (sentence, *inner):
            tree = tree_of(text)
            named = phrases(tree, setting.frequency, heard, common) if tree else ()
            for draft in gaps(text, speaker, named):
                yield Proposal(draft, (i,), place, sentence)
        for text in inner:
            for draft in completion(text, speaker):
                yield Proposal(draft, (i,), place, sentence)
        if i and spoken[i - 1].turn == s.turn:
            for draft in turns(s.sentence.readable, _whole(spoken[i - 1].sentence.readable), speaker):
                yield Proposal(draft, (i - 1, i), place, sentence)
        before = spoken[i - 1].sentence.readable if i > highlight.first else ""
        for draft in links(sentence, _whole(before), speaker, common):
            yield Proposal(draft, (i,), place, sentence)
        for draft in (
            *completion(sentence, speaker, without_lead_in(before) if before.strip() else ""),
            *figure(sentence, speaker),
            *ending(sentence, speaker),
        ):
            yield Proposal(
                draft,
                (i - 1, i) if before and draft.asks.startswith(without_lead_in(before)) else (i,),
                place,
                sentence,
            )
        if highlight.question and highlight.kind is Kind.EXCHANGE and size <= 40:
            q_first, q_last = highlight.question
            question = " ".join(spoken[q].sentence.readable for q in range(q_first, q_last + 1))
            exchange = host_question(question, speaker, sentence)
            if exchange:
                yield Proposal(exchange, (i,), place, sentence)


def _statement_drafts(
    sentence: str, speaker: str | None, memory: Memory, setting: Setting, about: About
) -> Iterator[Draft]:
    """Drafts from the whole sentence and, as long ones are read less surely, from its pieces."""
    seen: set[tuple[str, str]] = set()
    common = setting.common
    for lead, text, tree in _readings(sentence, common, memory):
        for draft in (
            *tails(text, lead, speaker, common, memory),
            *(() if lead else patterns(text, speaker, common)),
        ):
            if (draft.question, draft.answer) not in seen:
                seen.add((draft.question, draft.answer))
                yield draft
        for stated in statements(tree, lead):
            clause = memory.read(stated)
            if (clause.own and pronoun(clause)) or dangles(clause.name) or dangles(clause.lead):
                continue
            said = Said(clause, turned(clause, speaker, common), speaker, common)
            for draft in (*circumstances(said), *arguments(said), *views(said, about)):
                if (draft.question, draft.answer) not in seen:
                    seen.add((draft.question, draft.answer))
                    yield draft


def _readings(sentence: str, common: frozenset[str], memory: Memory) -> Iterator[tuple[str, str, Tree]]:
    """A sentence and its pieces: what stands before each, its text and its tree. The memory is told which is which."""
    memory.sentence()
    whole = _divided(sentence, common)
    for n, (lead, text) in enumerate((whole, *(_divided(p, common) for p in pieces(sentence)))):
        tree = tree_of(text) if text else None
        if tree is None:
            continue
        if n == 1:
            memory.back()
        yield lead, text, tree


def _hear(sentence: str, common: frozenset[str], memory: Memory) -> None:
    """What a sentence names is remembered."""
    for lead, _, tree in _readings(sentence, common, memory):
        for stated in statements(tree, lead):
            memory.read(stated)


_LEAD = re.compile(
    r"(?P<lead>(?:if|when|whenever|once|while|unless|before|after|until|instead of|rather than|in|with|without|for|at|over|"
    r"under|during|despite|given|because of|by|from|on|as|since)\b[^,;:()]{4,120}), (?:then )?(?=\w)",
    re.I,
)
_PIECES = re.compile(
    r"(?:,|;|\.{3}|…| -+| –| —) (?=(?:and|but|so|because|then|or|whereas|while|which means)\b)|; |: |\.{3} ?|… ?| --+ | [–—-] "
    r"| (?=(?:and|but|so|because) (?:I|you|we|it|it's|they|they're|there|that|that's|if|when|the|then|now)\b)",
    re.I,
)
_LEAST_PIECE, _LONG = 6, 13
_HELD = re.compile(
    r"(?:even )?(?:if|when|unless|although|though|while|whereas|suppose|imagine|say|let's say)\b", re.I
)
"""What follows such a beginning holds only under it."""


def _divided(sentence: str, common: frozenset[str]) -> tuple[str, str]:
    """What stands before the first comma and belongs to what follows ("if the kiln is cold"), and the rest."""
    found = _LEAD.match(sentence)
    if not found or len(sentence[found.end() :].split()) < 3:
        return "", sentence
    lead = found["lead"]
    return lower_first(lead, tokens_of(lead), common), capital(sentence[found.end() :])


def pieces(sentence: str) -> list[str]:
    """The clauses of a long sentence that may stand alone."""
    if len(sentence.split()) <= _LONG or _HELD.match(sentence):
        return []
    found = [without_lead_in(piece.strip(" ,;")) for piece in _PIECES.split(sentence) if piece.strip(" ,;")]
    return [p for p in found if len(p.split()) >= _LEAST_PIECE and p != sentence]


def contents(sentence: str) -> list[str]:
    """What is said to be said, thought or found in a sentence: "he noticed that the kiln was cold"."""
    tree = tree_of(sentence)
    if tree is None:
        return []
    found = []
    for i, relation in enumerate(tree.relations):
        above = tree.heads[i]
        if (
            relation != "ccomp"
            or above < 0
            or doubted(tree, above)
            or not _own(tree, above)
            or any(tree.tag(w) in ("WRB", "WP", "WDT") for w in tree.children[i])
        ):
            continue
        words = [w for w in tree.below(i) if not (w < i and tree.relations[w] == "mark")]
        if len(words) >= _LEAST_PIECE + 2 and words[0] > above:
            found.append(capital(tree.said(words)))
    return found


_OWN_VERBS = frozenset(
    "think thought believe say said argue know knew find found learn learned realize realized notice noticed see saw mean means show shows showed shown prove proves turns".split()
)


def _own(tree: Tree, above: int) -> bool:
    """Whether what is said to be so is the speaker's word too: not "people are told that …"."""
    told_by = next((tree.low(s) for s in tree.of(above, "nsubj", "nsubj:pass")), "")
    verb = tree.low(above)
    facts = verb in ("show", "shows", "showed", "shown", "prove", "proves", "mean", "means", "turns")
    return facts or (verb in _OWN_VERBS and told_by in ("i", "we", "you"))


def _whole(sentence: str) -> str:
    return plain(sentence) if sentence.strip() and not sentence.rstrip().endswith("?") else ""


def plain(sentence: str) -> str:
    """The sentence from where it really starts, without what is only said to keep talking."""
    text = _COMMA_LIKE.sub("", sentence.strip())
    for _ in range(2):
        text = _SPOKEN_LIKE.sub(lambda m: m.group(1) + " ", text)
    text = re.sub(r",? (?:you know|I mean|kind of|sort of)(?:,|(?= \w))", "", text)
    for slang, words in (
        ("gonna", "going to"),
        ("wanna", "want to"),
        ("gotta", "have to"),
        ("kinda ", ""),
        ("sorta ", ""),
    ):
        text = text.replace(slang, words)
    return without_lead_in(text)


def addresses(sentence: str, speaker: str | None) -> bool:
    """Whether a sentence speaks to the one who is thought to say it: "Ada, your book …" is not Ada's."""
    first = (speaker or "").split(" ")[0]
    return (
        bool(first) and re.search(rf"^{re.escape(first)},|, {re.escape(first)}[.,!?]", sentence) is not None
    )


def readable(spoken: Sequence[Spoken], highlight: Highlight) -> str:
    """What a highlight says, in readable form."""
    return " ".join(spoken[i].sentence.readable for i in range(highlight.first, highlight.last + 1))


def front_words(draft: Draft, names: frozenset[str]) -> frozenset[str]:
    """What a front asks about: its content words without the names of the speakers."""
    return frozenset(content_words(draft.asks)) - names
