"""The same work on many things, over several processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from typing import Any, TypeVar

from .errors import EpisodeckError, ProjectError, TranscriptError

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def each(
    work: Callable[..., T],
    arguments: Sequence[tuple[Any, ...]],
    jobs: int | None,
    what: str,
    progress: Progress,
) -> Iterator[T | EpisodeckError]:
    """`work` on each of `arguments`, in that order, over so many processes; what can't be done is an error.

    The second of the arguments is the name of the file that is worked on.
    """
    total = len(arguments)
    jobs = min(jobs or os.cpu_count() or 1, total)
    if jobs <= 1:
        results: Iterable[T | EpisodeckError] = (_guarded(work, a) for a in arguments)
        yield from _counted(results, what, total, progress)
        return
    # Processes are started afresh: forking a process with threads of a library in it may hang.
    others = set(active_children())
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        try:
            with _interrupts_held():
                futures = [pool.submit(_guarded, work, a) for a in arguments]
            yield from _counted((f.result() for f in futures), what, total, progress)
        except BrokenProcessPool as error:
            raise ProjectError(
                "a process that read transcripts was ended from outside", mend="try --jobs 1"
            ) from error
        except BaseException:
            for worker in set(active_children()) - others:
                worker.terminate()
            raise


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


def _counted(results: Iterable[T], what: str, total: int, progress: Progress) -> Iterator[T]:
    progress(what, 0, total)
    for done, result in enumerate(results, 1):
        progress(what, done, total)
        yield result


def _guarded(work: Callable[..., T], arguments: tuple[Any, ...]) -> T | EpisodeckError:
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
