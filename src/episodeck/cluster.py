"""A Dask cluster to do the work on. Needs the extra `dask`; slow to import.

A transcript travels as its bytes, with the work: a worker needs no project, and writes nothing. What comes of it is the
same as on this machine, and so are the errors.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import stat
import sys
import threading
import time
import uuid
import warnings
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Generic, TypeVar, cast

from . import fingerprints
from .errors import EpisodeckError, ProjectError, TranscriptError
from .processes import AHEAD, Arguments, guarded
from .transcripts.document import MAX_BYTES

if sys.platform == "win32":
    from pathlib import WindowsPath as AnyPath
else:
    from pathlib import PosixPath as AnyPath

try:
    import dask
    import distributed
    from distributed.client import CancelledError
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise ProjectError(
        "`--scheduler` needs Dask, which isn't installed", mend='pip install "episodeck[dask]"'
    ) from error

T = TypeVar("T")

TO_CONNECT = 10.0
"""Seconds to wait for a scheduler that doesn't answer, and for its first worker."""
WITHOUT_WORKERS = 60.0
"""Seconds to wait when all workers are lost: whoever looks after them may start new ones."""
_LOOK = 10.0
"""Seconds between looks at how many workers there are."""
_TO_LEAVE = 1.0
"""Seconds to take leave of a scheduler."""
_LOG = "distributed.admin.low-level-log-length"


class Cluster:
    """The workers of a Dask scheduler. The connection is made when there is work, and ends with the context."""

    def __init__(self, address: str):
        """Raises `ProjectError` for what is no address."""
        self._address = address if "://" in address else f"tcp://{address}"
        try:
            distributed.comm.get_address_host_port(self._address, strict=True)
        except (ValueError, NotImplementedError) as error:
            mend = "such as tcp://127.0.0.1:8786, as `dask scheduler` says it"
            raise ProjectError("is no address of a Dask scheduler", where=address, mend=mend) from error
        self._client: Any = None
        self._workers = 0
        self._looked = self._seen = 0.0
        """When workers were looked for, and when there were any, by the monotonic clock."""

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the scheduler, which then drops all work that isn't done."""
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=_TO_LEAVE)

    def results(self, work: Callable[..., T], arguments: Sequence[Arguments]) -> Iterator[T | EpisodeckError]:
        """As `processes.Workers` has it.

        Raises `ProjectError` if the scheduler can't be reached or is lost, if it has no workers, and if
        one of them has another version of the program.
        """
        if not arguments:
            return
        if self._client is None:
            self._connect()
        with self._faults():
            common = self._submit(bytes, pickle.dumps(work))
        left = iter(arguments)
        begun: deque[_Begun[T]] = deque()
        while True:
            with self._faults():
                if time.monotonic() - self._looked > _LOOK:
                    self._look()
                while len(begun) < AHEAD * max(1, self._workers) and (one := next(left, None)) is not None:
                    begun.append(self._begin(work, common, one))
                if not begun:
                    return
                first = begun.popleft()
                self._finish(first)
                if first.killed:
                    # Perhaps it only shared workers with another that ends them: it is tried again, alone.
                    for other in begun:
                        self._finish(other)
                    common = self._submit(bytes, pickle.dumps(work))  # which may have been lost with it
                    first = self._begin(work, common, first.arguments)
                    self._finish(first)
            yield _deadly(first.arguments[1]) if first.killed else cast(T, first.result)

    def _connect(self) -> None:
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters our errors say
        client = self._client = distributed.Client.__new__(distributed.Client)
        try:
            # Of what it sent it would keep the last thousand messages, transcripts and all.
            with dask.config.set({_LOG: 1}), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of versions: those that matter are compared below
                client.__init__(self._address, timeout=TO_CONNECT, set_as_default=False, name="episodeck")
        except (OSError, TypeError, ValueError) as error:  # those of TLS settings too
            what = f"no Dask scheduler answers there: {error}"
            raise ProjectError(what, where=self._address, mend="start it, or look at the address") from error
        with self._faults():
            self._seen = time.monotonic()
            while not self._look():
                if time.monotonic() - self._seen > TO_CONNECT:
                    raise self._lonely()
                time.sleep(0.1)
            _compare(f"scheduler {self._address}", _tried(self._client.run_on_scheduler, version))
            for worker, found in self._client.run(version, on_error="return").items():
                _compare(f"worker {worker}", found)

    def _look(self) -> int:
        """How many workers there are now."""
        self._workers = len(self._client.nthreads())
        self._looked = time.monotonic()
        if self._workers:
            self._seen = self._looked
        elif self._looked - self._seen > WITHOUT_WORKERS:
            raise self._lonely()
        return self._workers

    def _lonely(self) -> ProjectError:
        mend = f"start some: dask worker {self._address} --nthreads 1"
        return ProjectError("the scheduler has no workers", where=self._address, mend=mend)

    def _submit(self, function: Callable[..., bytes], *arguments: object) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it is large: what is large travels once
            return self._client.submit(function, *arguments, key=f"episodeck-{uuid.uuid4().hex}")

    def _begin(self, work: Callable[..., T], common: Any, arguments: Arguments) -> _Begun[T]:
        path, *others = arguments
        try:
            data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else None
        except OSError:
            data = None
        if data is None:  # then it is soon done, and what is wrong with it said as ever
            return _Begun(arguments, None, guarded(work, arguments))
        sent = zlib.compress(pickle.dumps((path.name, data, others)), 1)
        return _Begun(arguments, self._submit(_do, version(), common, sent))

    def _finish(self, begun: _Begun[T]) -> None:
        """Wait for its end, and fetch what came of it, so that nothing of it is left on a worker."""
        while begun.future is not None:
            try:
                begun.result = pickle.loads(begun.future.result(timeout=_LOOK))  # noqa: S301 - of our own program
            except KilledWorker:
                begun.killed = True
            except TimeoutError:
                self._look()
                continue
            except ModuleNotFoundError as error:
                if str(error.name).startswith("episodeck"):  # it joined after versions were compared
                    _compare("a worker", error)
                raise
            begun.future = None

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What may go wrong with a connection, as an error of ours."""
        try:
            yield
        except EpisodeckError:
            raise
        except Exception as error:
            if self._client.status == "running" and not isinstance(error, OSError | CancelledError):
                raise
            raise ProjectError(
                "the Dask scheduler was lost", where=self._address, mend="build again when it is there"
            ) from error


@dataclass(slots=True)
class _Begun(Generic[T]):
    """A piece of work that was sent; `future` is gone when its result is here."""

    arguments: Arguments
    future: Any
    result: T | EpisodeckError | None = None
    killed: bool = False
    """Whether the workers that did it were lost, as often as the scheduler allows."""


class _Carried(AnyPath):
    """A transcript's path on a machine where it has no file: its bytes are here."""

    def holding(self, data: bytes) -> _Carried:
        self._data = data
        return self

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return os.stat_result((stat.S_IFREG, 0, 0, 1, 0, 0, len(self._data), 0, 0, 0))

    def open(self, *_: object, **__: object) -> Any:
        return io.BytesIO(self._data)


_one = threading.Lock()
"""The stages are no work for threads: a worker with several does one piece after the other."""


def version() -> tuple[object, ...]:
    """What must be the same on all machines, so that results are."""
    return fingerprints.of_program(), *sys.version_info[:2]


def _do(wanted: tuple[object, ...], work: bytes, sent: bytes) -> bytes:
    """One piece of work, on a worker."""
    _compare(f"worker {distributed.get_worker().address}", version(), wanted)
    name, data, others = pickle.loads(zlib.decompress(sent))  # noqa: S301 - of our own program, as all that Dask runs
    with _one:
        return pickle.dumps(guarded(_work(work), (_Carried(name).holding(data), *others)))


@lru_cache(maxsize=2)
def _work(pickled: bytes) -> Callable[..., object]:
    """Unpickled once a process, and so are the weights that it loads."""
    work: Callable[..., object] = pickle.loads(pickled)  # noqa: S301
    return work


def _tried(function: Callable[..., object], *arguments: object) -> object:
    try:
        return function(*arguments)
    except OSError:
        raise
    except Exception as error:
        return error


def _compare(who: str, found: object, wanted: tuple[object, ...] | None = None) -> None:
    """Raises `ProjectError` if the program there isn't the same as here."""
    if isinstance(found, OSError) or found == (wanted or version()):
        return  # lost in the meantime, or as it should be
    missing = isinstance(found, Exception)
    what = "has no Episodeck of this version" if missing else "has another version of Episodeck or Python"
    raise ProjectError(what, where=who, mend="install there what is installed here, and start it again")


def _deadly(name: str) -> TranscriptError:
    mend = "their logs may say why; give them more memory, or split it"
    return TranscriptError("ended every worker that read it", where=name, mend=mend)
