"""What an agent may do in a project. Everything is named by id, and all that is wrong is an `EpisodeckError`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from .. import deckfile
from ..anki.markup import clean
from ..build import Work, opened
from ..cards import faults
from ..deckfile import CardFile
from ..deckfile.values import CARD_FIELDS
from ..errors import EpisodeckError, ProjectError, ProposalsError
from ..highlights.choose import wanted
from ..highlights.reader import Reading
from ..locking import locked
from ..model import Card
from ..project import Project
from ..text import words_of
from ..understanding import Heard, understood
from ..writers import wording
from ..writers.adopting import NAME, take
from ..writers.briefs import questions_there
from ..writers.protocol import Task, parsed, wish_of
from ..writers.wording import plain
from .values import (
    Advice,
    Brief,
    Cards,
    Deleted,
    Edited,
    Episodes,
    Passage,
    Verdicts,
    card_of,
    episode_of,
    orphan_of,
    verdict_of,
)

T = TypeVar("T")

MOST_AT_ONCE = 500
"""At most so many sentences, cards, episodes or proposals in one call."""
_MOST_LETTERS = 20_000
_KEPT = 4
"""So many episodes are kept as they were understood: an agent reads a long one page by page."""


@dataclass(frozen=True, slots=True)
class _Kept(Heard):
    """An episode that was understood, of which the network is asked only once: agents propose, mend and propose again."""

    seen: list[Reading] = field(default_factory=list)

    def reading(self) -> Reading:
        if not self.seen:
            self.seen.append(Heard.reading(self))
        return self.seen[0]


@dataclass(slots=True)
class Tools:
    """The tools, for one project. One of them at a time may be at work."""

    project: Project
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _heard: dict[tuple[object, ...], _Kept] = field(default_factory=dict)
    """Episodes as they were understood, by all that decides how."""

    def list_episodes(self, first: int, count: int) -> Episodes:
        """A page of the episodes, in order of their transcripts."""
        work = opened(self.project)
        sources = work.sources()
        there = [episode_of(work, source) for source in sources.all]
        there += [orphan_of(work.shelf[path]) for path in sources.orphans]
        page, total, following = _page(there, first, count)
        problems = [plain(str(error)) for error in sources.skipped]
        return Episodes(episodes=page, total=total, next=following, problems=problems)

    def read_episode(self, episode: str, first: int, count: int) -> Passage:
        """A page of an episode's sentences, fenced."""
        heard = self._hear(episode)
        task = Task.of(heard.episode, wish_of(heard.episode, heard.settings, 0))
        lines, total, following = _page(task.lines, first, count)
        head = wording.about(task.info, task.wish.topics) if first == 1 else []
        return Passage(
            episode=heard.source.id,
            digest=heard.mark,
            first=lines[0].number if lines else 0,
            last=lines[-1].number if lines else 0,
            total=total,
            next=following,
            text=wording.fenced("\n".join([*head, *map(wording.shown, lines)])),
        )

    def brief(self, episode: str) -> Brief:
        """The rules for cards, and what is wanted of an episode."""
        rules = wording.rules(tool="propose_cards")
        if not episode:
            return Brief(rules=rules, wish="", digest="")
        heard = self._hear(episode)
        count = wanted(heard.episode, heard.settings)
        task = Task.of(heard.episode, wish_of(heard.episode, heard.settings, count))
        wish = wording.asked(task, (), already=questions_there(heard.file))
        return Brief(rules=rules, wish=wish, digest=heard.mark)

    def propose_cards(
        self, episode: str, proposals: Sequence[object], digest: str, dry_run: bool
    ) -> Verdicts:
        """Verdicts on proposals; those that pass are merged, unless it is a dry run."""
        if len(proposals) > MOST_AT_ONCE:
            what = f"these are {len(proposals)} proposals; {MOST_AT_ONCE} are taken at once"
            raise ProposalsError(what, mend="propose the best of them")
        heard = self._hear(episode)
        if digest and not heard.numbered_as(digest.lower()):
            what = "the sentences have other numbers by now: the transcript was changed, or the digest is another's"
            raise ProposalsError(what, where=heard.source.id, mend="read the episode again")
        read = [parsed(one, f"proposal {n}") for n, one in enumerate(proposals, 1)]
        adopted = take(self.project, heard, read, dry_run=dry_run, now=self.now())
        refused = {refusal.place: refusal for refusal in adopted.outcome.refused}
        made = self._made(adopted.card_file) if adopted.row else {}
        verdicts = []
        for number, one in enumerate(proposals, 1):
            asked = one.get("question") if isinstance(one, dict) else None
            question = asked if isinstance(asked, str) else None
            refusal = refused.get(f"proposal {number}")
            card = made.get(_words(question)) if question and refusal is None else None
            verdicts.append(verdict_of(number, question, refusal, card))
        passed = sum(verdict.passed for verdict in verdicts)
        return Verdicts(
            episode=heard.source.id,
            passed=passed,
            refused=len(verdicts) - passed,
            written=adopted.row is not None,
            verdicts=verdicts,
            remark=_remark(passed, dry_run, adopted.withheld),
        )

    def list_cards(self, episode: str, query: str, first: int, count: int) -> Cards:
        """A page of the cards of an episode, or of all that hold the words of a query."""
        work = opened(self.project)
        paths = [p for p in work.shelf if not episode or work.shelf[p].info.id == episode]
        if episode and not paths and not any(s.id == episode for s in work.sources().all):
            raise self._no_episode(work, episode)
        found: list[tuple[CardFile, Card]] = []
        words = query.casefold().split()
        for path in paths:
            file = work.shelf.full(path)
            found += [(file, card) for card in file.cards if all(w in _searched(card) for w in words)]
        page, total, following = _page(found, first, count)
        yours = {id(file): deckfile.readers_fields(file) for file, _ in page}
        shown = [card_of(file, card, yours[id(file)]) for file, card in page]
        return Cards(cards=shown, total=total, next=following)

    def edit_card(
        self,
        card: str,
        question: str | None,
        answer: str | None,
        topic: str | None,
        speaker: str | None,
        pinned: bool | None,
    ) -> Edited:
        """A card changed as the reader would in the card file; what isn't given stays."""
        values: dict[str, object] = {
            name: _text(name, text)
            for name, text in (("question", question), ("answer", answer), ("topic", topic))
            if text is not None
        }
        if speaker is not None:
            values["speaker"] = " ".join(clean(speaker).split()) or None
        if not values and pinned is None:
            raise ProjectError(
                "there is nothing to edit", where=plain(card)[:80], mend="say what is to change"
            )

        def edit(file: CardFile) -> CardFile:
            edited = deckfile.edited(file, card, values)
            if pinned is None:
                return edited
            cards = (replace(c, pinned=pinned) if c.id == card else c for c in edited.cards)
            return replace(edited, cards=tuple(cards))

        before, file, others = self._changed(card, edit)
        after = _card(file, card)
        assert after is not None
        shown = card_of(file, after, deckfile.readers_fields(file))
        return Edited(card=shown, advice=_advice(after, others), changed=_told(after) != _told(before))

    def delete_card(self, card: str) -> Deleted:
        """A card taken out, as if the reader had deleted it in the card file: it is never made again."""
        before, file, _ = self._changed(card, lambda file: deckfile.without(file, {card}))
        return Deleted(
            card=card, episode=file.info.id, question=plain(before.question), cards=len(file.cards)
        )

    def check_card(self, question: str, answer: str, excerpt: str) -> Advice:
        """What the rules that need no transcript say of a card's text."""
        return Advice(advice=[plain(fault) for fault in faults(question, answer, excerpt)])

    def _changed(
        self, card: str, change: Callable[[CardFile], CardFile]
    ) -> tuple[Card, CardFile, Mapping[str, str]]:
        """Changes the file of a card and saves it: the card as it was, the file as it is, and all questions by card."""
        with locked(self.project.decks, self.project.out, work="mcp"):
            work = opened(self.project)
            path = next((p for p in work.shelf if card in work.shelf[p].cards), None)
            old = _card(work.shelf.full(path), card) if path else None
            if path is None or old is None:
                raise self._no_card(work, card)
            now = self.now()
            work.shelf.change({path: change(work.shelf.full(path))})
            work.settled(path, now)
            work.record()
            questions = {c.id: c.question for file in work.shelf.files.values() for c in file.cards}
            return old, work.shelf.full(path), questions

    def _made(self, path: Path) -> dict[tuple[str, ...], str]:
        """The agent's cards in a file, by the words of their questions."""
        file = deckfile.load(path)
        return {
            _words(card.question): card.id
            for card in file.cards
            if (entry := file.ledger.get(card.id)) and entry.by == NAME
        }

    def _hear(self, episode: str) -> Heard:
        """An episode by its id, understood; at most once while nothing changes that it depends on."""
        work = opened(self.project)
        source = next((s for s in work.sources().all if s.id == episode), None)
        if source is None:
            raise self._no_episode(work, episode)
        file = work.shelf.full(source.card_file) if source.known else None
        topics = tuple(t for standing in work.shelf.values() for t in standing.info.topics)
        key = source.id, source.name, source.made(work.settings), file.info.topics if file else (), topics
        kept = self._heard.pop(key, None)
        if kept is None:
            heard = understood(self.project, source.id)
            kept = _Kept(heard.source, heard.episode, heard.settings, heard.file, heard.words)
        self._heard[key] = kept  # last, as what was used last
        for old in [*self._heard][:-_KEPT]:
            del self._heard[old]
        return replace(kept, source=source, file=file, settings=work.settings)

    def _no_episode(self, work: Work, episode: str) -> EpisodeckError:
        shown = plain(episode)[:80]
        if any(standing.info.id == episode for standing in work.shelf.values()):
            return ProjectError(
                "its transcript is gone; only its cards are left", where=shown, mend="`list_cards` has them"
            )
        close = get_close_matches(episode[:200], [s.id for s in work.sources().all], 1)
        mend = f"did you mean {close[0]}?" if close else "`list_episodes` has the ids"
        return ProjectError("no such episode", where=shown, mend=mend)

    def _no_card(self, work: Work, card: str) -> EpisodeckError:
        gone = any(r.id == card for file in work.shelf.files.values() for r in file.removed)
        what = "this card was deleted" if gone else "no such card"
        return ProjectError(what, where=plain(card)[:80], mend="`list_cards` has the ids")


def _page(of: Sequence[T], first: int, count: int) -> tuple[list[T], int, int | None]:
    """So many from the one numbered `first`, counted from 1; how many there are; and the number of the next one."""
    start = max(1, first) - 1
    end = start + max(1, min(count, MOST_AT_ONCE))
    return list(of[start:end]), len(of), end + 1 if end < len(of) else None


def _card(file: CardFile, card: str) -> Card | None:
    return next((c for c in file.cards if c.id == card), None)


def _told(card: Card) -> tuple[object, ...]:
    """All of a card but when it last changed."""
    return (*(deckfile.value(card, name) for name in CARD_FIELDS), card.pinned)


def _words(question: str) -> tuple[str, ...]:
    return tuple(words_of(question))


def _searched(card: Card) -> str:
    parts = card.question, card.answer, card.topic, card.speaker or "", card.source.excerpt
    return "\n".join(parts).casefold()


def _text(name: str, text: str) -> str:
    made = clean(text).strip()
    if not made:
        raise ProjectError(f"the {name} is empty", mend="say it in words; `delete_card` takes a card away")
    if len(made) > _MOST_LETTERS:
        raise ProjectError(f"the {name} is too long", mend=f"at most {_MOST_LETTERS:,} letters")
    return " ".join(made.split()) if name == "topic" else made


def _advice(card: Card, questions: Mapping[str, str]) -> list[str]:
    said = " ".join(filter(None, (card.source.excerpt, card.source.readable)))
    advice = [plain(fault) for fault in faults(card.question, card.answer, said)]
    mine = _words(card.question)
    same = next(
        (id for id, question in questions.items() if id != card.id and _words(question) == mine), None
    )
    return [*advice, *([f"told apart: asks the same as card {same}"] if same else [])]


def _remark(passed: int, dry_run: bool, withheld: int) -> str:
    if not passed:
        return "nothing was written; put right what was refused, or leave it out"
    if dry_run:
        return "a dry run: nothing was written; propose them with dry_run: false to bring them into the card file"
    held = f"; {withheld} left out, for the reader deleted a card in their place" if withheld else ""
    return f"they are in the card file{held}; `episodeck build` packs them for Anki"
