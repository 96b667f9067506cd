"""The same work on many things, over several processes: of this machine, or of a cluster.

Nothing else knows where work is done.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from multiprocessing.process import BaseProcess
from typing import Any, Protocol, TypeVar

from .errors import EpisodeckError, ProjectError, TranscriptError

T = TypeVar("T")
Arguments = tuple[Any, ...]
"""Of one piece of work: first the path of the transcript, then its name."""
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

AHEAD = 8
"""So many pieces of work for each process are begun before the first of them is waited for: while one takes long, the
other processes have enough to do, and no more is held in memory."""


class Workers(Protocol):
    """Those that do the work."""

    def results(self, work: Callable[..., T], arguments: Sequence[Arguments]) -> Iterator[T | EpisodeckError]:
        """`work` on each of `arguments`, in that order; what can't be done is an error.

        `work` travels once to each process, the arguments each time.
        """
        ...


def each(
    work: Callable[..., T],
    arguments: Sequence[Arguments],
    workers: Workers,
    what: str,
    progress: Progress,
) -> Iterator[T | EpisodeckError]:
    """`work` on each of `arguments`, in that order; what can't be done is an error."""
    total = len(arguments)
    progress(what, 0, total)
    for done, result in enumerate(workers.results(work, arguments), 1):
        progress(what, done, total)
        yield result


@contextmanager
def workers(jobs: int | None = None, scheduler: str | None = None) -> Iterator[Workers]:
    """So many processes of this machine, else as many as it has cores; or those of the Dask scheduler at an address.

    None is started, and no connection made, before there is work. Raises `ProjectError` if Dask isn't installed.
    """
    if scheduler is None:
        others = set(active_children())
        try:
            yield Local(jobs)
        finally:
            _end_all_but(others)  # whoever was to take the results may have been interrupted
        return
    from .cluster import Cluster

    with Cluster(scheduler) as cluster:
        yield cluster


@dataclass(frozen=True, slots=True)
class Local:
    """Processes of this machine; with one, or one thing to do, this very process."""

    jobs: int | None = None

    def results(self, work: Callable[..., T], arguments: Sequence[Arguments]) -> Iterator[T | EpisodeckError]:
        jobs = min(self.jobs or os.cpu_count() or 1, len(arguments))
        if jobs <= 1:
            yield from (guarded(work, a) for a in arguments)
            return
        # Processes are started afresh: forking a process with threads of a library in it may hang.
        others = set(active_children())
        with ProcessPoolExecutor(jobs, get_context("spawn"), _take, (work,)) as pool:

            def begin(argument: Arguments) -> Future[Any]:
                with _interrupts_held():
                    return pool.submit(_do, argument)

            try:
                yield from (f.result() for f in _ahead(map(begin, arguments), AHEAD * jobs))
            except BrokenProcessPool as error:
                raise ProjectError(
                    "a process that read transcripts was ended from outside", mend="try --jobs 1"
                ) from error
            except BaseException:
                _end_all_but(others)
                raise


def guarded(work: Callable[..., T], arguments: Arguments) -> T | EpisodeckError:
    """What `work` gives; or what is wrong with the transcript, as an error."""
    try:
        return work(*arguments)
    except EpisodeckError as error:
        return error
    except OSError as error:
        return TranscriptError(
            error.strerror or str(error), where=arguments[1], mend="make it a readable file"
        )
    except MemoryError:
        return TranscriptError("is too large for this machine's memory", where=arguments[1], mend="split it")


def _ahead(begun: Iterable[T], count: int) -> Iterator[T]:
    """The same in the same order, always so many ahead."""
    waiting: deque[T] = deque()
    for one in begun:
        waiting.append(one)
        if len(waiting) > count:
            yield waiting.popleft()
    while waiting:
        yield waiting.popleft()


def _end_all_but(others: set[BaseProcess]) -> None:
    for process in set(active_children()) - others:
        process.terminate()


_work: Callable[..., object]
"""What this process does, if it was started for it."""


def _take(work: Callable[..., object]) -> None:
    global _work
    _work = work


def _do(arguments: Arguments) -> object:
    return guarded(_work, arguments)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started here never see Ctrl-C, which is for the one that started them; it comes after."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
