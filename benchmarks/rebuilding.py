"""What it costs to build again:

    python benchmarks/rebuilding.py [--transcripts 1000] [--jobs N] [--talk FILE]

So many copies of a talk, each with words of its own, are built; then again with nothing to do, with one
more transcript, and with one template changed. Every build is a process of its own, as a user starts it;
times are seconds by the clock and seconds of the processor, and shares of the first build's.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
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


def build(project: Path, jobs: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, children included."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "episodeck", "build", "--project", str(project), *jobs]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "80"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout[-500:]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--transcripts", type=int, default=1000)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--talk", type=Path, help="copies of this transcript, each with a line of its own")
    given = parser.parse_args()
    jobs = ["--jobs", str(given.jobs)] if given.jobs else []

    def write(number: int) -> None:
        suffix, text = ".md", talk(number)
        if given.talk:
            suffix, text = given.talk.suffix, given.talk.read_text(encoding="utf-8") + f"\n{talk(number)}"
        (project / f"seeds/talk-{number:06}{suffix}").write_text(text, encoding="utf-8")

    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "seeds").mkdir()
        for number in range(given.transcripts):
            write(number)
        full = build(project, jobs)
        print(f"{given.transcripts} transcripts: {full[0]:.1f} s, {full[1]:.1f} s of the processor")

        def again(what: str) -> None:
            wall, cpu = build(project, jobs)
            print(
                f"{what}: {wall:.2f} s ({wall / full[0]:.2%}), {cpu:.2f} s of the processor ({cpu / full[1]:.2%})"
            )

        again("nothing to do")
        write(given.transcripts)
        again("one more")
        (project / "templates/anki").mkdir(parents=True)
        style = project / "templates/anki/style.css"
        shutil.copy(ROOT / "templates/anki/style.css", style)
        style.write_text(style.read_text(encoding="utf-8") + "\n.card { color: teal; }\n", encoding="utf-8")
        again("one template changed")


if __name__ == "__main__":
    main()
