"""Random histories, as many as one likes:

    python tests/histories/long.py --histories 1000 --steps 20 [--seed 1] [--jobs 2] [--shrink]

Each history is a project and its reader over so many steps, through the real build and the real Anki
engine. Ends with what was run and how long it took; exit status 1, with the shortest steps that show it
if `--shrink` is given, should anything be lost.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "anki")]

from histories import Histories  # noqa: E402
from hypothesis import HealthCheck, Phase, seed, settings  # noqa: E402
from hypothesis.stateful import run_state_machine_as_test  # noqa: E402

BATCH = 50


def batch(number: int, histories: int, steps: int, shrink: bool) -> tuple[int, int, int]:
    """Runs some histories; how many they were, with how many builds and imports."""
    Histories.histories = Histories.builds = Histories.imports = 0
    machine = seed(number)(type("Histories", (Histories,), {}))
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
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
    return Histories.histories, Histories.builds, Histories.imports


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--shrink", action="store_true")
    given = parser.parse_args()

    started = time.perf_counter()
    sizes = [min(BATCH, given.histories - at) for at in range(0, given.histories, BATCH)]
    done = [0, 0, 0]
    with ProcessPoolExecutor(given.jobs, mp_context=get_context("spawn")) as pool:
        runs = [
            pool.submit(batch, given.seed * 1000 + n, size, given.steps, given.shrink)
            for n, size in enumerate(sizes)
        ]
        for run in runs:
            done = [a + b for a, b in zip(done, run.result(), strict=True)]
            print(f"{done[0]} histories, {time.perf_counter() - started:.0f} s", file=sys.stderr)
    print(
        f"{done[0]} histories of {given.steps} steps (seed {given.seed}): {done[1]} builds, {done[2]} imports, "
        f"nothing lost, nothing double, nothing back; {time.perf_counter() - started:.0f} s"
    )


if __name__ == "__main__":
    main()
