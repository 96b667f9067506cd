"""How fast speech is read, and in how much memory.

    python benchmarks/speed_of_speech.py [--words 10000 100000 1000000] [--shared ../shared] [--json]

Talks of the corpus's `dev` split, one after the other until there are so many words, go through `restore` and
`identify`: as labelled Markdown would give them, and as raw captions, nine bare words a line. Every size is read in
a process of its own, with one thread. Seconds are those the processor worked, so that other work on the machine
changes little; memory is the most the process held, with the transcript and without it.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from episodeck.model import Cue, Metadata, Transcript
from episodeck.people import identify
from episodeck.settings import Settings
from episodeck.speech import restore

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def turns(corpus: Path, words: int) -> Iterator[tuple[str, str]]:
    """Turns of dev talks that hold so many words together, from the beginning again if there are too few."""
    while words > 0:
        for path in sorted(corpus.glob("*.jsonl.xz")):
            with lzma.open(path, "rt", encoding="utf-8") as lines:
                for talk in filter(lambda talk: talk["split"] == "dev", map(json.loads, lines)):
                    for speaker, text in talk["turns"]:
                        if words <= 0:
                            return
                        yield speaker, text
                        words -= len(text.split())


def cues(corpus: Path, kind: str, words: int) -> tuple[Cue, ...]:
    if kind == "labelled":
        # Two people, as in an interview: a hundred talks end to end would have hundreds.
        return tuple(
            Cue(text, ("Ada Moss", "Ben Field")[k % 2], new_turn=True)
            for k, (_, text) in enumerate(turns(corpus, words))
        )
    bare = [m.group().lower() for _, text in turns(corpus, words) for m in WORD.finditer(text)]
    return tuple(Cue(" ".join(bare[i : i + 9]), start=i * 0.36) for i in range(0, len(bare), 9))


def measure(corpus: Path, kind: str, words: int) -> dict[str, float]:
    """One reading, in this process."""
    # The weights and tables are loaded once for all transcripts.
    warm = Transcript("seeds/a.txt", kind, "0" * 64, Metadata(), cues(corpus, kind, 3_000))
    identify(warm, restore(warm), Settings())
    transcript = Transcript("seeds/b.txt", kind, "0" * 64, Metadata(), cues(corpus, kind, words))
    before = held()
    clock = time.process_time()
    speech = restore(transcript)
    restored = time.process_time()
    identify(transcript, speech, Settings())
    done = time.process_time()
    return {
        "words": len(speech.words),
        "words a second": round(len(speech.words) / (done - clock)),
        "restore, seconds": round(restored - clock, 2),
        "identify, seconds": round(done - restored, 2),
        "most memory, MB": round(held()),
        "of it while reading, MB": round(held() - before),
    }


def held() -> float:
    """The most memory this process has held, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--words", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--kind", choices=("labelled", "raw"), help="one kind alone")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    corpus = args.shared / "corpus"
    if args.here:
        print(json.dumps(measure(corpus, args.kind, args.words[0])))
        return
    table = []
    for kind in (args.kind,) if args.kind else ("labelled", "raw"):
        for words in args.words:
            own = ["--here", "--kind", kind, "--words", str(words), "--shared", str(args.shared)]
            answer = subprocess.run(
                [sys.executable, __file__, *own], capture_output=True, text=True, check=True
            )
            table.append({"kind": kind, **json.loads(answer.stdout)})
            if not args.json:
                print("  ".join(f"{k}: {v}" for k, v in table[-1].items()), flush=True)
    if args.json:
        print(json.dumps(table, indent=1))


if __name__ == "__main__":
    main()
