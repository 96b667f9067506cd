"""A language model as a writer: local or hosted, behind any server that speaks OpenAI's chat protocol.

Before anything is sent, `agree` says what will be sent where, and asks. Answers are kept by what was asked, so a second
build asks nothing, and one that was interrupted goes on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import ParamSpec, TypeVar

from .. import fingerprints
from ..errors import EpisodeckError, WriterError
from ..writer_settings import WriterSettings
from . import wording
from .answers import Found, distinct, found, in_english, tongue
from .parts import Part, parts, tokens
from .protocol import MOST_SENTENCES, Line, Proposal, Refusal, Task, parsed
from .talking import Answer, Question, Talk, TooLong

T = TypeVar("T")
P = ParamSpec("P")
Result = Proposal | Refusal

FOLDER = "answers"
"""In the cache of a project: what models answered. Safe to delete, but what was asked must then be asked again."""
_A_CARD = 130
"""A proposal comes to about so many tokens, as JSON."""
_AROUND = 2
"""Sentences shown before and after what a refused proposal rests on."""
_AGAIN = "\n\nAn answer to this that came before could not be used: {why}. Answer with the JSON object alone, in English."


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is still to be asked, before it is."""

    settings: WriterSettings
    episodes: int
    requests: int
    answered: int
    """Requests that needn't be sent: their answers are there already."""
    tokens_in: int
    tokens_out: int

    @property
    def cost(self) -> float | None:
        """In `currency`, where prices are set."""
        s = self.settings
        if s.price_in is None or s.price_out is None:
            return None
        return (self.tokens_in * s.price_in + self.tokens_out * s.price_out) / 1_000_000

    def __str__(self) -> str:
        s = self.settings
        where = f"{s.host}, on this machine" if s.loopback else f"{s.host}, over the network"
        if not s.loopback and s.base_url.startswith("http:"):
            where += ", UNENCRYPTED"
        lines = [
            f"{s.name} would write cards: the model {s.model} at {where}",
            f"sent there: the words of {_count(self.episodes, 'episode')}, in {_count(self.requests, 'request')}"
            + (f" ({self.answered} more are answered already)" if self.answered else ""),
            f"about {_thousands(self.tokens_in)} tokens sent and {_thousands(self.tokens_out)} answered; mending what is refused "
            "comes on top",
        ]
        if self.cost is not None:
            lines.append(f"about {self.cost:.2f} {s.currency} at the prices set")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Used:
    """What was sent and answered, in tokens."""

    requests: int
    tokens_in: int
    tokens_out: int


class ModelWriter:
    """A `Writer`. Its methods may be called from several threads; `concurrency` holds over all of them.

    `cache` is the project's `build/cache`. Unless `agreed`, nothing is sent before `agree` was called. `limit_tokens` is how many may
    be used, after which `TokenLimitError` is raised.
    """

    def __init__(
        self,
        settings: WriterSettings,
        cache: Path,
        *,
        limit_tokens: int | None = None,
        agreed: bool = False,
        environment: Mapping[str, str] | None = None,
    ):
        self.settings = settings
        self._ask: Callable[[Estimate], bool] = lambda estimate: agreed
        self._talk = Talk(settings, cache / FOLDER, self._allowed, limit_tokens, environment)
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._most = max(1, settings.max_output_tokens // _A_CARD)
        self._room = settings.context_tokens - settings.max_output_tokens - tokens(wording.rules())

    def __enter__(self) -> ModelWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def name(self) -> str:
        return self.settings.name

    @property
    def identity(self) -> str:
        """A fingerprint of all that decides its proposals for an episode, beside the episode."""
        return fingerprints.of(self.settings.identity, wording.identity())

    @property
    def used(self) -> Used:
        """In this run; what was answered before isn't counted."""
        purse = self._talk.purse
        return Used(purse.requests, purse.sent, purse.answered)

    def estimate(self, tasks: Sequence[Task]) -> Estimate:
        """What of these is still to be asked."""
        episodes = requests = answered = tokens_in = tokens_out = 0
        for task in tasks:
            questions = [self._question(task, part) for part in self._parts(task)]
            new = [q for q in questions if self._talk.known(q) is None]
            episodes += bool(new)
            requests += len(new)
            answered += len(questions) - len(new)
            tokens_in += sum(q.size for q in new)
            tokens_out += sum(min(q.cards * _A_CARD, self.settings.max_output_tokens) for q in new)
        return Estimate(self.settings, episodes, requests, answered, tokens_in, tokens_out)

    def agree(self, tasks: Sequence[Task], ask: Callable[[Estimate], bool]) -> bool:
        """Have `ask` say whether what these need may be sent; without asking where all of it is there.

        Should something have to be sent after all, such as the mending of what is refused, it is asked then.
        """
        estimate = self.estimate(tasks)
        if not estimate.requests:
            self._ask = lambda _: ask(
                Estimate(self.settings, len(tasks), 1, estimate.answered, self._room, self._most * _A_CARD)
            )
            return True
        agreed = ask(estimate)
        self._ask = lambda _: agreed
        return agreed

    def write(self, task: Task) -> Sequence[Result]:
        """Proposals for an episode, in the order of its parts. Raises `WriterError` where nothing came that is one."""
        todo = self._parts(task)
        if not todo:
            return ()
        places = [f"part {n} of {len(todo)}: " if len(todo) > 1 else "" for n in range(1, len(todo) + 1)]
        asked = [
            self._begun(self._of_part, task, part, place) for part, place in zip(todo, places, strict=True)
        ]
        results = list(distinct(result for part in _all(asked) for result in part))
        if not any(isinstance(r, Proposal) or r.rule in ("form", "language") for r in results):
            reasons = "; ".join(dict.fromkeys(r.why for r in results if isinstance(r, Refusal)))
            what = f"{self.settings.model} gave no proposals for {task.info.id or task.info.title}: {reasons}"
            raise WriterError(what, where=self.settings.host)
        return results

    def mend(self, task: Task, refused: Sequence[Refusal]) -> Sequence[Result]:
        """The refused proposals put right, as far as the model can; those that were none are left."""
        todo = list(self._batches(task, [r for r in refused if r.proposal is not None]))
        asked = [self._begun(self._of_mending, question) for question in todo]
        return list(distinct(result for batch in _all(asked) for result in batch))

    def close(self) -> None:
        """Let go of connections. What is under way is given up."""
        self._talk.close()
        with self._lock:
            for _ in self._threads:
                self._waiting.put(None)

    def _allowed(self) -> bool:
        return self._ask(Estimate(self.settings, 1, 1, 0, self._room, self._most * _A_CARD))

    def _parts(self, task: Task) -> tuple[Part, ...]:
        wish = tokens(wording.asked(task, (), 1))
        return parts(task, max(self._room - wish, 256), self._most)

    def _question(self, task: Task, part: Part, already: Sequence[str] = (), more: str = "") -> Question:
        asked = wording.asked(task, part.lines, part.cards, already)
        return Question(wording.rules(), asked + more, part.cards)

    def _of_part(self, task: Task, part: Part, place: str, whole: bool = True) -> list[Result]:
        """Proposals for a part; `whole` if it may be divided where it is too much for the model."""
        try:
            items, remarks = self._items(task, part, place, whole)
        except TooLong as error:
            halves = part.halves() if whole else ()
            if not halves:
                what = f"says that {self.settings.model} can't take so much at once: {error}"
                mend = "set `context_tokens` to what the server gives the model"
                raise WriterError(what, where=self.settings.host, mend=mend) from None
            return [r for half in halves for r in self._of_part(task, half, place, whole=False)]
        return [*_proposals(items, place), *remarks]

    def _items(self, task: Task, part: Part, place: str, whole: bool) -> tuple[list[object], list[Refusal]]:
        """What stands in the answer for a part, and what there is to say of it; asked a second time where it can't be used."""
        question = self._question(task, part)
        answer = self._talk.answer(question)
        if answer.refusal:
            return [], [Refusal(None, "refused", f"the model refused: {answer.refusal}", _end(place))]
        there = found(answer.text)
        if not answer.ended or (there is not None and there.items and not there.whole):
            return self._rest(task, part, place, there, whole)
        if why := _useless(answer, there):
            again = self._talk.answer(self._question(task, part, more=_AGAIN.format(why=why)))
            there = found(again.text)
            if again.refusal:
                return [], [Refusal(None, "refused", f"the model refused: {again.refusal}", _end(place))]
            if there is None or not (there.items or there.whole):
                rule = "answer" if again.text.strip() else "empty"
                return [], [Refusal(None, rule, f"asked twice, {_useless(again, there)}", _end(place))]
        items = list(there.items) if there else []
        if not items:
            spoken = f"sentences {part.lines[0].number} to {part.lines[-1].number}"
            return [], [
                Refusal(None, "empty", f"the model found nothing worth a card in {spoken}", _end(place))
            ]
        return items, []

    def _rest(
        self, task: Task, part: Part, place: str, there: Found | None, whole: bool
    ) -> tuple[list[object], list[Refusal]]:
        """What was whole of an answer that was cut off, and once what is missing."""
        items = list(there.items) if there else []
        if not items and whole and (halves := part.halves()):
            remarks = []
            for half in halves:
                more, told = self._items(task, half, place, whole=False)
                items += more
                remarks += told
            return items, remarks
        missing = part.cards - len(items)
        why = f"the answer was cut off after {_count(len(items), 'proposal')}"
        if items and missing > 0:
            already = [str(item.get("question", "")) for item in items if isinstance(item, dict)]
            answer = self._talk.answer(self._question(task, Part(part.lines, missing), already))
            rest = found(answer.text)
            items += rest.items if rest else ()
            why += "; the rest was asked for again"
        return items, [Refusal(None, "cut off", why, _end(place))]

    def _batches(self, task: Task, refused: Sequence[Refusal]) -> Iterator[Question]:
        """The questions that it takes to have these mended."""
        batch: list[Refusal] = []
        for refusal in refused:
            longer = [*batch, refusal]
            asked = wording.mending(task, longer, _around(task, longer))
            if batch and (len(longer) > self._most or tokens(asked) > self._room):
                yield self._mending(task, batch)
                longer = [refusal]
            batch = longer
        if batch:
            yield self._mending(task, batch)

    def _mending(self, task: Task, batch: Sequence[Refusal]) -> Question:
        return Question(wording.rules(), wording.mending(task, batch, _around(task, batch)), len(batch))

    def _of_mending(self, question: Question) -> list[Result]:
        try:
            answer = self._talk.answer(question)
        except TooLong as error:
            return [Refusal(None, "cut off", f"what is to be mended is too much for the model: {error}")]
        if answer.refusal:
            return [Refusal(None, "refused", f"the model refused to mend: {answer.refusal}")]
        there = found(answer.text)
        if there is None or not (there.items or there.whole):
            return [Refusal(None, "answer", f"asked to mend, {_useless(answer, there)}")]
        return _proposals(there.items, "mended ")

    def _begun(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """`work` in one of `concurrency` threads, in the order in which it is begun. They end with the program, whatever they
        wait for."""
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(work(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        self._waiting.put(run)
        with self._lock:
            if len(self._threads) < self.settings.concurrency:
                self._threads.append(threading.Thread(target=self._worked_off, daemon=True))
                self._threads[-1].start()
        return future

    def _worked_off(self) -> None:
        while (run := self._waiting.get()) is not None:
            run()


def _all(futures: Sequence[Future[T]]) -> list[T]:
    """What they give; what went wrong is said only when all have ended, so that what the others were answered is kept."""
    errors = [e for e in (f.exception() for f in futures) if e is not None]
    if errors:
        raise next((e for e in errors if not isinstance(e, EpisodeckError)), errors[0])
    return [f.result() for f in futures]


def _proposals(items: Sequence[object], place: str) -> list[Result]:
    """Items as proposals; those in another language, and those that are none, as refusals."""
    out: list[Result] = []
    for n, item in enumerate(items, 1):
        result = parsed(item, f"{place}proposal {n}")
        if isinstance(result, Proposal) and not in_english(result):
            result = Refusal(
                result,
                "language",
                "is not in English; write question and answer in English",
                f"{place}proposal {n}",
            )
        out.append(result)
    return out


def _useless(answer: Answer, there: Found | None) -> str:
    """Why nothing can be made of an answer; nothing if something can."""
    if not answer.text.strip():
        return "the answer was empty"
    if there is None or not (there.items or there.whole):
        return "there was no JSON of the form that was asked for in the answer"
    if there.items and (other := tongue(there.items)):
        return f"the answer {other}, not in English"
    return ""


def _around(task: Task, refused: Sequence[Refusal]) -> tuple[Line, ...]:
    """The sentences that these rest on, with some before and after."""
    wanted: set[int] = set()
    for refusal in refused:
        if refusal.proposal is not None:
            first, last = refusal.proposal.sentences
            # A span without end was refused for that; what it begins with is enough to mend it.
            wanted |= set(range(first - _AROUND, min(last, first + 2 * MOST_SENTENCES) + _AROUND + 1))
    return tuple(line for line in task.lines if line.number in wanted)


def _end(place: str) -> str:
    return place.removesuffix(": ")


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _thousands(n: int) -> str:
    """To two figures or so: it is an estimate."""
    rounded = round(n, -max(0, len(str(n)) - 2))
    return f"{rounded:,}"
