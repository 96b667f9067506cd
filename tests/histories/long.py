"""Random histories, as many as one likes:

    python tests/histories/long.py --histories 1000 --steps 20 [--seed 1] [--jobs 2] [--shrink] [--log FILE]

Each history is a project and its reader over so many steps, through the real build and the real Anki
engine. Ends with what was run and how long it took; exit status 1, with the steps that show it (the shortest
that were found, if `--shrink` is given), should anything be lost. With `--log` a run that was broken off goes on
where it was.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from multiprocessing import get_context
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "anki")]

from histories import Histories  # noqa: E402
from hypothesis import HealthCheck, Phase, seed, settings  # noqa: E402
from hypothesis.stateful import run_state_machine_as_test  # noqa: E402

BATCH = 25


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch of histories came to."""

    number: int
    histories: int = 0
    builds: int = 0
    imports: int = 0
    pushes: int = 0
    pulls: int = 0
    seconds: float = 0.0
    failure: str = ""
    """How one of them failed, or nothing."""


def batch(number: int, histories: int, steps: int, shrink: bool) -> Done:
    """Runs some histories. Raises what the first that fails raises."""
    started = time.perf_counter()
    machine = seed(number)(type("Histories", (Histories,), {}))
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    before = counts()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            phases=phases,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    made = (after - was for after, was in zip(counts(), before, strict=True))
    return Done(number, *made, seconds=time.perf_counter() - started)


def counts() -> tuple[int, int, int, int, int]:
    h = Histories
    return h.histories, h.builds, h.imports, h.pushes, h.pulls


def tried(number: int, histories: int, steps: int, shrink: bool) -> Done:
    """The same, with a failure as text."""
    try:
        return batch(number, histories, steps, shrink)
    except Exception as error:
        said = [*traceback.format_exception(error), *getattr(error, "__notes__", ())]
        return Done(number, failure="\n".join(said))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--log", type=Path, help="a file that remembers which batches are done")
    given = parser.parse_args()

    done = []
    if given.log and given.log.exists():
        done = [Done(**json.loads(line)) for line in given.log.read_text(encoding="utf-8").splitlines()]
    sizes = [min(BATCH, given.histories - at) for at in range(0, given.histories, BATCH)]
    batches = {given.seed * 1000 + n: size for n, size in enumerate(sizes)}
    done = [d for d in done if d.number in batches and not d.failure]
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        runs = [
            pool.submit(tried, number, size, given.steps, given.shrink)
            for number, size in batches.items()
            if number not in {d.number for d in done}
        ]
        for run in as_completed(runs):
            done.append(run.result())
            if given.log:
                with given.log.open("a", encoding="utf-8") as log:
                    log.write(json.dumps(asdict(done[-1])) + "\n")
            said = done[-1].failure or f"{sum(d.histories for d in done)} histories"
            print(said, file=sys.stderr, flush=True)
    failed = sum(bool(d.failure) for d in done)
    histories, builds, imports, pushes, pulls = (
        sum(getattr(d, f.name) for d in done) for f in fields(Done)[1:6]
    )
    lost = f"{failed} BATCHES FAILED" if failed else "nothing lost, nothing double, nothing back"
    print(
        f"{histories} histories of {given.steps} steps (seed {given.seed}): {builds} builds, {imports} imports, "
        f"{pushes} pushes, {pulls} pulls, {lost}; {sum(d.seconds for d in done):.0f} s"
    )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
