"""A build on a Dask cluster: real schedulers and workers on this machine, over loopback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from commands import Outcome
from talks import project
from test_build import everything

from episodeck.build import Report, build
from episodeck.errors import EpisodeckError, ProjectError, TranscriptError
from episodeck.processes import each, workers
from episodeck.project import find

distributed: Any = pytest.importorskip("distributed")
Command = Callable[..., Outcome]
SOURCE = Path(__file__).parents[2] / "src"
CLOCK = datetime(2031, 5, 17, 9, 30, tzinfo=UTC)
CRAFTS = ("glass", "clay", "silver", "leather", "linen", "bronze", "willow", "slate")


@dataclass(slots=True)
class Dask:
    """A scheduler and workers that the tests started, each a process of its own."""

    folder: Path
    address: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *arguments: str, source: Path = SOURCE) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(map(str, (source, Path(__file__).parent)))
        log = (self.folder / f"{len(self.processes)}.log").open("wb")
        with log:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *arguments, "--dashboard-address", "127.0.0.1:0"],
                    stdout=log,
                    stderr=log,
                    cwd=self.folder,
                    env=os.environ | {"PYTHONPATH": paths} | self.settings,
                    start_new_session=True,
                )
            )
        return self.processes[-1]

    def start_scheduler(self) -> subprocess.Popen[bytes]:
        file = self.folder / "scheduler.json"
        started = self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        while not self.address:
            assert started.poll() is None, self.logs()
            time.sleep(0.05)
            if file.exists() and (text := file.read_text(encoding="utf-8")):
                self.address = json.loads(text)["address"]
        return started

    def start_workers(self, count: int, *more: str, source: Path = SOURCE) -> list[subprocess.Popen[bytes]]:
        arguments = ("worker", self.address, "--nthreads", "1", "--host", "127.0.0.1", *more)
        with self.client() as client:
            there = len(client.nthreads())
            started = [self.start(*arguments, source=source) for _ in range(count)]
            client.wait_for_workers(there + count, timeout=60)
        return started

    @contextmanager
    def client(self) -> Iterator[Any]:
        with distributed.Client(self.address, set_as_default=False) as client:
            yield client

    def logs(self) -> str:
        return "\n".join(p.read_text(errors="replace")[-2000:] for p in self.folder.glob("*.log"))

    def end(self) -> None:
        """At once, with what nannies started: they would wait for each other."""
        for process in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Dask]:
    folder.mkdir()
    dask = Dask(folder, settings=settings)
    try:
        dask.start_scheduler()
        yield dask
    finally:
        dask.end()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """A scheduler that gives a task up with its first worker, and a worker that its nanny starts again."""
    with running(
        tmp_path_factory.mktemp("dask") / "one", DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0"
    ) as dask:
        dask.start_workers(1, "--nanny")
        yield dask


def talk(number: int) -> str:
    """An invented interview, no two alike."""
    craft, year = CRAFTS[number % 8], 1900 + number
    guest = f"{('Ada', 'Bruno', 'Celia')[number % 3]} {('Vantreight', 'Quillfeather')[number // 3 % 2]}"
    return (
        f"**Pim Calloway:** Welcome to the workshop. My guest today is {guest}, who works with {craft}.\n\n"
        f"**{guest}:** Thank you for having me.\n\n"
        f"**Pim Calloway:** Why did batch {number} fail?\n\n"
        f"**{guest}:** Batch {number} failed because the workshop heated the {craft} in {year} before it was dry. The biggest "
        f"mistake of beginners with {craft} is that they hurry the last drying, and {number + 20} percent of it is lost.\n"
    )


def fifty() -> dict[str, str]:
    """Transcripts by name; three of them can't be read, in different ways and places."""
    wrong = {7: ("", "md"), 23: ('{"words": [', "json"), 41: ("WEBVTT\n\n00:01.000 --> 00:02.000\n\n", "vtt")}
    known = {number: (talk(number), "md") for number in range(50)} | wrong
    return {f"t{number:02}__{ending}": text for number, (text, ending) in known.items()}


def built(folder: Path, progress: Callable[[str, int, int], None] = lambda *_: None, **where: Any) -> Report:
    return build(find(folder), now=lambda: CLOCK, progress=progress, **where)


def test_fifty_transcripts_give_the_same_bytes_though_a_worker_is_killed_half_way(tmp_path: Path) -> None:
    here, there = project(tmp_path / "here", **fifty()), project(tmp_path / "there", **fifty())
    seen: list[tuple[str, int, int]] = []
    with running(tmp_path / "dask") as dask:
        victim, *others = dask.start_workers(3, "--no-nanny")

        def progress(what: str, done: int, total: int) -> None:
            seen.append((what, done, total))
            if seen[-1] == ("making cards", 20, 47):
                victim.kill()

        clustered = built(there, progress, scheduler=dask.address)
        assert victim.wait(20) == -signal.SIGKILL
        assert all(worker.poll() is None for worker in others)
    alone = built(here, jobs=1)
    assert len(alone.rows) == 47 and sum(row.new for row in alone.rows) >= 47
    assert [str(error) for error in clustered.skipped] == [str(error) for error in alone.skipped]
    assert [(type(e), e.where) for e in alone.skipped] == [
        (TranscriptError, f"seeds/t{name}") for name in ("07.md", "23.json", "41.vtt")
    ]
    assert clustered.rows == alone.rows
    assert everything(there) == everything(here)
    assert seen[0] == ("looking for topics", 0, 50) and seen[-1] == ("making cards", 47, 47)


def test_what_stands_in_no_file_of_the_worker_is_read_all_the_same(dask: Dask, tmp_path: Path) -> None:
    """Bytes travel; also those that tell their format by the file's name alone, and those of documents."""
    docx = pytest.importorskip("docx")
    folder = project(tmp_path / "p", talk__md=talk(1))
    document = docx.Document()
    for line in talk(2).replace("*", "").split("\n\n"):
        document.add_paragraph(line)
    document.save(str(folder / "seeds/words.docx"))
    alone = shutil.copytree(folder, tmp_path / "alone")
    there, here = built(folder, scheduler=dask.address), built(alone, jobs=1)
    assert there.rows == here.rows and len(here.rows) == 2 and not here.skipped
    assert everything(folder) == everything(alone)


def shouted(path: Path, name: str) -> str:
    """Some work: what a transcript says, aloud. One kills its worker, as too little memory would."""
    text = path.read_bytes().decode()
    if text == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    if text == "endless":
        time.sleep(60)
    if text == "wrong":
        raise TranscriptError("says nothing", where=name, line=3, mend="let it")
    return text.upper() + path.suffix


def done(dask: Dask, folder: Path, texts: Sequence[str], seen: list[int]) -> list[str | EpisodeckError]:
    files = [folder / f"{n}.txt" for n in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    with workers(scheduler=dask.address) as those:
        todo = [(file, file.name) for file in files]
        return list(each(shouted, todo, those, "shouting", lambda what, done, total: seen.append(done)))


def test_a_transcript_that_kills_its_workers_is_skipped_alone(dask: Dask, tmp_path: Path) -> None:
    seen: list[int] = []
    results = done(dask, tmp_path, ["one", "two", "deadly", "wrong", "three", "four"], seen)
    assert [str(r) for r in results] == [
        "ONE.txt",
        "TWO.txt",
        "2.txt: ended every worker that read it (their logs may say why; give them more memory, or split it)",
        "3.txt:3: says nothing (let it)",
        "THREE.txt",
        "FOUR.txt",
    ]
    assert seen == list(range(7))


def test_a_file_that_cannot_be_read_is_said_as_ever(dask: Dask, tmp_path: Path) -> None:
    gone = [(tmp_path / "gone.txt", "gone.txt"), (tmp_path, "folder")]
    with workers(1) as local, workers(scheduler=dask.address) as cluster:
        results = [
            [str(r) for r in each(shouted, gone, those, "", lambda *_: None)] for those in (local, cluster)
        ]
    assert results[0] == results[1]
    assert results[0][0].startswith("gone.txt: No such file")


def _mended(source: Path) -> None:
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    with (source / "episodeck/text.py").open("a", encoding="utf-8") as file:
        file.write("# mended\n")


def _ancient(source: Path) -> None:
    (source / "episodeck").mkdir(parents=True)
    (source / "episodeck/__init__.py").touch()


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (_mended, "has another version of Episodeck or Python"),
        (_ancient, "has no Episodeck of this version"),
    ],
)
def test_another_version_is_refused(
    dask: Dask, tmp_path: Path, command: Command, make: Callable[[Path], None], what: str
) -> None:
    make(tmp_path / "src")
    folder = project(tmp_path / "p", talk__md=talk(1))
    name = make.__name__
    (worker,) = dask.start_workers(1, "--no-nanny", "--name", name, source=tmp_path / "src")
    try:
        with dask.client() as client:
            known = client.scheduler_info()["workers"]
            odd = next(address for address, about in known.items() if about["name"] == name)
        outcome = command(folder, "build", "--scheduler", dask.address)
    finally:
        worker.kill()
        worker.wait()
    assert outcome.status == 1
    (complaint,) = outcome.complaints
    assert complaint.startswith(f"episodeck: worker {odd}: {what} (install there")
    assert not any((folder / "decks").glob("*.yaml"))


def test_ctrl_c_takes_the_work_off_the_cluster(dask: Dask, tmp_path: Path) -> None:
    """A build of its own process, interrupted while the workers are at it."""
    folder = project(tmp_path / "p", **{f"t{n}__md": talk(n) * 100 for n in range(8)})
    command = [sys.executable, "-m", "episodeck", "build", "--project", str(folder)]
    with dask.client() as client:
        process = subprocess.Popen([*command, "--scheduler", dask.address], stderr=subprocess.PIPE, text=True)
        while not client.run_on_scheduler(_tasks):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode in (130, -signal.SIGINT)
        assert err.splitlines() == [
            "episodeck: interrupted; what is written is whole, and the next build goes on from it"
        ]
        while client.run_on_scheduler(_tasks):
            time.sleep(0.05)  # it hears at once, but not before we do


def _tasks(dask_scheduler: Any) -> int:
    return len(dask_scheduler.tasks)


def test_a_scheduler_that_is_lost_is_said(tmp_path: Path) -> None:
    for name, text in (("a", "one"), ("b", "endless")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    with running(tmp_path / "dask") as dask:
        dask.start_workers(1, "--no-nanny")
        with workers(scheduler=dask.address) as those:
            todo = [(tmp_path / name, name) for name in "ab"]
            results = each(shouted, todo, those, "", lambda *_: None)
            assert next(results) == "ONE"
            dask.processes[0].kill()
            with pytest.raises(ProjectError, match="the Dask scheduler was lost") as raised:
                next(results)
    assert raised.value.where == dask.address


def test_a_scheduler_without_workers_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setattr("episodeck.cluster.TO_CONNECT", 1.0)
    folder = project(tmp_path / "p", talk__md=talk(1))
    with running(tmp_path / "dask") as dask:
        outcome = command(folder, "build", "--scheduler", dask.address)
        assert outcome.status == 1
        mend = f"(start some: dask worker {dask.address} --nthreads 1)"
        assert outcome.complaints == [f"episodeck: {dask.address}: the scheduler has no workers {mend}"]


def test_no_scheduler_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    monkeypatch.setattr("episodeck.cluster.TO_CONNECT", 0.5)
    folder = project(tmp_path / "p", talk__md=talk(1))
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = "tcp://127.0.0.1:{1}".format(*taken.getsockname())
        outcome = command(folder, "build", "--scheduler", address)
    assert outcome.status == 1
    (complaint,) = outcome.complaints
    assert complaint.startswith(f"episodeck: {address}: no Dask scheduler answers there: ")
    assert not any((folder / "decks").glob("*.yaml"))


@pytest.mark.parametrize("address", ["nonsense", "", "foo://127.0.0.1:1", "127.0.0.1"])
def test_what_is_no_address(tmp_path: Path, command: Command, address: str) -> None:
    outcome = command(project(tmp_path / "p"), "build", "--scheduler", address)
    assert outcome.status == 1
    (complaint,) = outcome.complaints
    assert "is no address of a Dask scheduler (such as tcp://127.0.0.1:8786" in complaint


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Command) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "episodeck.cluster", raising=False)
    outcome = command(project(tmp_path / "p"), "build", "--scheduler", "127.0.0.1:8786")
    assert outcome.status == 1
    assert outcome.complaints == [
        'episodeck: `--scheduler` needs Dask, which isn\'t installed (pip install "episodeck[dask]")'
    ]


def test_jobs_are_of_this_machine(tmp_path: Path, command: Command) -> None:
    outcome = command(project(tmp_path / "p"), "build", "--scheduler", "127.0.0.1:8786", "--jobs", "2")
    assert outcome.status == 2
    assert "a cluster has its own workers" in outcome.err
