"""Writers other than the program's own, at work on the transcripts of a build."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from .. import deckfile
from ..errors import EpisodeckError, TokenLimitError, WriterError
from ..files import write_atomically
from ..highlights import Taste
from ..highlights.choose import valued, wanted
from ..highlights.reader import Reading
from ..memory import Proposed
from ..model import Card, Episode, Highlight, Kind
from ..settings import Settings
from ..topics import Vocabulary
from ..writer_settings import WriterSettings
from .model import Estimate, ModelWriter
from .protocol import Refusal, Task, Writer, wish_of
from .running import Outcome, write

Ask = Callable[[Estimate], bool]
"""Whether what an estimate says may be sent."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An episode, ready to be written about."""

    episode: Episode
    reading: Reading


@dataclass(slots=True)
class Tally:
    """What came of a writer's proposals over a build."""

    proposed: int = 0
    cards: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        self.proposed += outcome.proposed
        self.cards += len(outcome.cards)
        self.rules.update(refusal.rule for refusal in outcome.refused)

    def __str__(self) -> str:
        refused = ", ".join(f"{rule} {count}" for rule, count in self.rules.most_common())
        return f"{self.cards} of {self.proposed} proposals became cards" + (
            f"; not: {refused} (each with its reason in build/refused/)" if refused else ""
        )


def writer(settings: WriterSettings, cache: Path, *, limit_tokens: int | None = None) -> ModelWriter:
    """The writer that some settings describe. Raises `WriterError`."""
    return ModelWriter(settings, cache, limit_tokens=limit_tokens)


def written_by(
    writer: ModelWriter,
    prepared: Sequence[Prepared | EpisodeckError],
    settings: Settings,
    words: Vocabulary,
    liked: Taste,
    others: Iterable[Card],
    ask: Ask,
    progress: Callable[[str, int, int], None],
) -> Iterator[tuple[Proposed, Outcome] | EpisodeckError]:
    """What a writer proposes for each of several episodes, in their order, several being written at once.

    Nothing is sent before `ask` agreed. Raises `WriterError` if it doesn't. Where a limit of tokens is reached the rest
    are errors, and the next run goes on with them.
    """
    known = tuple(others)
    tasks = [task(p, settings) for p in prepared if isinstance(p, Prepared)]
    if not tasks:
        yield from (p for p in prepared if isinstance(p, EpisodeckError))
        return
    if not writer.agree(tasks, ask):
        raise WriterError("nothing was sent, and no card was written", where=writer.settings.host)
    total = len(prepared)
    stopped: TokenLimitError | None = None
    with ThreadPoolExecutor(writer.settings.concurrency) as pool:
        waiting: deque[Future[Outcome] | EpisodeckError] = deque()
        left = iter(prepared)
        try:
            for done in range(total):
                while (
                    len(waiting) <= 2 * writer.settings.concurrency and (one := next(left, None)) is not None
                ):
                    waiting.append(
                        one
                        if isinstance(one, EpisodeckError)
                        else pool.submit(outcome_of, writer, one, settings, words, liked, known)
                    )
                progress(f"{writer.name} writes", done, total)
                first = waiting.popleft()
                if isinstance(first, EpisodeckError):
                    yield first
                    continue
                try:
                    outcome = first.result()
                except TokenLimitError as error:
                    stopped = stopped or error
                    yield error
                except EpisodeckError as error:
                    yield error
                else:
                    yield proposed(prepared[done], outcome, settings), outcome
            progress(f"{writer.name} writes", total, total)
        except BaseException:
            writer.close()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def outcome_of(
    writer: Writer,
    prepared: Prepared,
    settings: Settings,
    words: Vocabulary,
    liked: Taste,
    others: Iterable[Card],
) -> Outcome:
    """What comes of a writer's proposals for an episode. Raises `WriterError`."""
    episode = prepared.episode

    def judge(stretches: Sequence[tuple[Kind, int, int]]) -> Sequence[Highlight | None]:
        return valued(episode, stretches, settings, words, liked, prepared.reading)

    return write(writer, episode, task(prepared, settings), judge, others)


def task(prepared: Prepared, settings: Settings) -> Task:
    """What a writer is asked for."""
    episode = prepared.episode
    return Task.of(episode, wish_of(episode, settings, wanted(episode, settings)))


def proposed(prepared: Prepared | EpisodeckError, outcome: Outcome, settings: Settings) -> Proposed:
    """The same in the form that every build merges."""
    assert isinstance(prepared, Prepared)
    episode = prepared.episode
    return Proposed(
        episode.info, outcome.cards, wanted(episode, settings), deckfile.trace(" ".join(episode.speech.words))
    )


def note_refusals(folder: Path, episode: str, refused: Sequence[Refusal]) -> None:
    """Write down what was refused of an episode's proposals, and why; nothing where nothing was."""
    path = folder / f"{episode}.txt"
    if not refused:
        path.unlink(missing_ok=True)
        return
    lines = []
    for refusal in refused:
        lines.append(str(refusal))
        if refusal.proposal:
            one = refusal.proposal
            lines += [
                f"  {one.question}",
                f"  {one.answer}",
                f"  sentences {one.sentences[0]}–{one.sentences[1]}",
            ]
    write_atomically(path, ("\n".join(lines) + "\n").encode("utf-8", "replace"), lasting=False)
