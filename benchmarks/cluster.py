"""What a Dask cluster costs, beside the processes of one machine:

    python benchmarks/cluster.py [--transcripts 100] [--workers 2] [--words 9100] [--talk FILE] [--json]

So many invented talks of about so many words are built with so many processes of this machine, then by as many workers of
a Dask scheduler on it that have just been started, then by the same again (`--force`): by then they have loaded what they
need. Every build is a process of its own, as a user starts it. What goes over the wire is counted between that process and
the scheduler. Memory is the most that all processes held at once, and the most that one worker held.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from rebuilding import talk

MB = 1e6


@dataclass(slots=True)
class Cost:
    """Of one build."""

    what: str
    seconds: float
    processor: float
    """Seconds, of all processes."""
    client: float
    """Of these, those of the process that builds."""
    memory: float
    """MB, of all processes at once."""
    worker_memory: float
    """MB, of the largest worker or process."""
    sent: float = 0
    """Bytes from the build to the scheduler, for each transcript."""
    received: float = 0


class Relay:
    """Passes bytes on between a build and a scheduler, and counts them."""

    def __init__(self, to: tuple[str, int]):
        self.sent = self.received = 0
        self._to = to
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = "tcp://{}:{}".format(*self._server.getsockname())
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            near, _ = self._server.accept()
            far = socket.create_connection(self._to)
            threading.Thread(target=self._pass, args=(near, far, "sent"), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, "received"), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, way: str) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                setattr(self, way, getattr(self, way) + len(data))
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[int]]]:
    """The address of a scheduler on this machine, and the ids of the processes of its workers."""
    file = folder / "scheduler.json"
    started = []

    def start(*arguments: str) -> int:
        command = [sys.executable, "-m", "dask", *arguments, "--dashboard-address", "127.0.0.1:0"]
        log = (folder / "log.txt").open("ab")
        started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True))
        return started[-1].pid

    try:
        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        while not file.exists() or not file.read_text():
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        arguments = ("worker", address, "--host", "127.0.0.1", "--nthreads", "1", "--no-nanny")
        pids = [start(*arguments) for _ in range(workers)]
        from distributed import Client

        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
        yield address, pids
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Memory:
    """The most that processes and all they start hold, looked at ten times a second."""

    def __init__(self, pids: Sequence[int]):
        self.all = self.one = 0.0
        self._pids = pids
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            held = []
            for pid in self._pids:
                with suppress(psutil.Error):
                    process = psutil.Process(pid)
                    for one in (process, *process.children(recursive=True)):
                        with suppress(psutil.Error):
                            held.append(one.memory_info().rss / MB)
            self.all, self.one = max(self.all, sum(held)), max(self.one, *held, 0)


def processor(pids: Sequence[int]) -> float:
    """Seconds that these have used."""
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


def build(
    what: str,
    project: Path,
    workers: Sequence[int],
    transcripts: int,
    *arguments: str,
    relay: Relay | None = None,
) -> Cost:
    command = [sys.executable, "-m", "episodeck", "build", "--project", str(project), *arguments]
    before, theirs, began = (
        resource.getrusage(resource.RUSAGE_CHILDREN),
        processor(workers),
        time.perf_counter(),
    )
    counted = (relay.sent, relay.received) if relay else (0, 0)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    with Memory([process.pid, *workers]) as memory:
        out, _ = process.communicate()
    seconds = time.perf_counter() - began
    assert process.returncode == 0, out[-500:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    client = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    sent, received = (relay.sent - counted[0], relay.received - counted[1]) if relay else (0, 0)
    return Cost(
        what,
        seconds,
        client + processor(workers) - theirs,
        client,
        memory.all,
        memory.one,
        sent / transcripts,
        received / transcripts,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--transcripts", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--words", type=int, default=9100, help="of each talk, about")
    parser.add_argument("--talk", type=Path, help="copies of this transcript, each with a line of its own")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()

    def text(number: int) -> str:
        if given.talk:
            return given.talk.read_text(encoding="utf-8") + f"\n{talk(number)}"
        parts = max(1, round(given.words / len(talk(0).split())))
        return "\n\n".join(talk(number * parts + part) for part in range(parts))

    with tempfile.TemporaryDirectory() as folder:
        here, there = Path(folder) / "here", Path(folder) / "there"
        suffix = given.talk.suffix if given.talk else ".md"
        words = 0
        for project in (here, there):
            (project / "seeds").mkdir(parents=True)
            (project / "episodeck.yaml").write_text("sheets: none\n")
            for number in range(given.transcripts):
                said = text(number)
                words += len(said.split())
                (project / f"seeds/talk-{number:06}{suffix}").write_text(said, encoding="utf-8")
        count = given.transcripts
        costs = [build(f"{given.workers} processes", here, (), count, "--jobs", str(given.workers))]
        with cluster(Path(folder), given.workers) as (address, pids):
            host, port = address.removeprefix("tcp://").rsplit(":", 1)
            relay = Relay((host, int(port)))
            for what, *more in ((f"{given.workers} workers, just started",), ("the same again", "--force")):
                costs.append(
                    build(what, there, pids, count, *more, "--scheduler", relay.address, relay=relay)
                )
    overhead = (costs[1].processor - costs[0].processor) / count
    if given.json:
        about = {"transcripts": count, "words": words // 2, "workers": given.workers, "overhead": overhead}
        print(json.dumps({**about, "builds": [asdict(cost) for cost in costs]}, indent=1))
        return
    print(f"{count} transcripts of {words // 2 // count:,} words")
    for cost in costs:
        print(
            f"{cost.what}: {cost.seconds:.1f} s, {cost.processor:.1f} s of the processor ({cost.client:.1f} of them the "
            f"build's), {cost.memory:.0f} MB ({cost.worker_memory:.0f} MB the largest)"
            + (
                f"; for each, {cost.sent:,.0f} bytes sent and {cost.received:,.0f} received"
                if cost.sent
                else ""
            )
        )
    print(f"overhead of the cluster for each transcript: {overhead:.3f} s of the processor")


if __name__ == "__main__":
    main()
