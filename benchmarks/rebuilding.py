"""What it costs to start, and to build again:

    python benchmarks/rebuilding.py [--transcripts 1000] [--jobs N] [--talk FILE] [--real CORPUS …] [--json]

So many copies of a talk, each with words of its own, are built; then again with nothing to do, with one
more transcript, and with one template changed. `--real` takes the first labelled talks of corpora instead, as
`../shared/corpus/*.jsonl.xz`: a JSON object a line, with `turns` of speaker and words. Every build is a process of
its own, as a user starts it; times are seconds by the clock and seconds of the processor, shares are of the first
build's, and memory is the most that all its processes had together, looked at ten times a second (on Linux).
Beside them stands what hashing the transcripts alone takes, the least that any build could do.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import lzma
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAMES = ("Ada", "Bruno", "Celia", "Dario", "Edda", "Fynn", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Lena")
CRAFTS = (
    "glass",
    "clay",
    "silver",
    "leather",
    "linen",
    "bronze",
    "willow",
    "slate",
    "wool",
    "paper",
    "cork",
    "horn",
)


def talk(number: int) -> str:
    """An invented interview of some 400 words about a craft, no two alike."""
    craft = CRAFTS[number % len(CRAFTS)]
    guest = f"{NAMES[number // 12 % 12]} {NAMES[number // 144 % 12]}son"
    turns = [("Pim Calloway", f"Welcome to the workshop. My guest today is {guest}, who works with {craft}.")]
    for n in range(8):
        year, share = 1900 + (number * 7 + n * 13) % 120, (number * 3 + n * 17) % 80 + 10
        turns += [
            ("Pim Calloway", f"What did batch {number}-{n} teach you about {craft}?"),
            (guest, f"The {craft} of batch {number}-{n} failed because the workshop heated it in {year} before it was dry. "
             f"About {share} percent of the pieces cracked within a week. The biggest mistake of beginners with {craft} "
             f"is that they hurry the {n + 2}nd drying. Slow drying is the part of the craft that keeps {craft} whole."),
        ]  # fmt: skip
    return "\n\n".join(f"**{who}:** {said}" for who, said in turns) + "\n"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command cost."""

    what: str
    seconds: float
    """By the clock."""
    cpu: float
    """Seconds of the processor, of all its processes."""
    memory_mb: float
    """0 where it can't be told."""


def real(corpora: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Names and texts of labelled talks, a talk of each corpus in turn."""
    for talks in itertools.zip_longest(*map(_talks, corpora)):
        yield from filter(None, talks)


def _talks(corpus: Path) -> Iterator[tuple[str, str]]:
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        for line in lines:
            stored = json.loads(line)
            name = re.sub(r"[^a-z0-9]+", "-", stored["id"].lower()).strip("-")
            turns = [f"**{who}:** {said}" if who else said for who, said in stored["turns"]]
            yield f"{name}.md", "\n\n".join(turns) + "\n"


def run(what: str, *arguments: str) -> Cost:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "episodeck", *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "80"}
    )
    most = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, most), daemon=True)
    watcher.start()
    out, _ = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode in (0, 3), out[-500:]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(what, round(seconds, 3), round(cpu, 3), round(most[0], 1))


def _watch(process: subprocess.Popen[str], most: list[float]) -> None:
    while process.poll() is None:
        most[0] = max(most[0], sum(map(_resident, _family(process.pid))))
        time.sleep(0.1)


def _family(parent: int) -> Iterator[int]:
    yield parent
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _resident(process: int) -> float:
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def hashing(folder: Path) -> Cost:
    """Reading and hashing all files of a folder, in this process."""
    started, cpu = time.perf_counter(), time.process_time()
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256")
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    return Cost("hashing the transcripts", round(seconds, 3), round(used, 3), 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--transcripts", type=int, default=1000)
    parser.add_argument("--jobs", type=int)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--talk", type=Path, help="copies of this transcript, each with a line of its own")
    source.add_argument("--real", type=Path, nargs="+", help="corpora of labelled talks")
    parser.add_argument("--settings", default="", help="lines of episodeck.yaml, such as 'sheets: none'")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    jobs = ["--jobs", str(given.jobs)] if given.jobs else []
    talks = real(given.real) if given.real else None
    costs: list[Cost] = []

    def told(cost: Cost) -> None:
        costs.append(cost)
        if not given.json:
            first = next((c for c in costs if c.what == "all"), None)
            share = f" ({cost.seconds / first.seconds:.2%})" if first not in (None, cost) else ""
            print(
                f"{cost.what}: {cost.seconds:.2f} s{share}, {cost.cpu:.2f} s of the processor, {cost.memory_mb:.0f} MB",
                flush=True,
            )

    def write(number: int) -> None:
        name, text = f"talk-{number:06}.md", talk(number)
        if talks is not None:
            name, text = next(talks)
        elif given.talk:
            name = f"talk-{number:06}{given.talk.suffix}"
            text = given.talk.read_text(encoding="utf-8") + f"\n{text}"
        (project / "seeds" / name).write_text(text, encoding="utf-8")

    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "seeds").mkdir()
        (project / "episodeck.yaml").write_text(given.settings + "\n", encoding="utf-8")
        for number in range(given.transcripts):
            write(number)
        build = "build", "--project", str(project), *jobs
        told(min((run("starting: --help", "--help") for _ in range(5)), key=lambda c: c.seconds))
        told(hashing(project / "seeds"))
        told(run("all", *build))
        told(run("nothing to do", *build))
        write(given.transcripts)
        told(run("one more", *build))
        (project / "templates/anki").mkdir(parents=True)
        style = project / "templates/anki/style.css"
        shutil.copy(ROOT / "templates/anki/style.css", style)
        style.write_text(style.read_text(encoding="utf-8") + "\n.card { color: teal; }\n", encoding="utf-8")
        told(run("one template changed", *build))
    if given.json:
        done = {"transcripts": given.transcripts, "costs": [asdict(cost) for cost in costs]}
        print(json.dumps(done, indent=1))


if __name__ == "__main__":
    main()
