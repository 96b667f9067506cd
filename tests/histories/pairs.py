"""Every pair of successive packages of recorded histories, looked at by checks from outside the project:

    python tests/histories/pairs.py --tools ../shared/tools [--histories 10] [--steps 20] [--seed 5]

`anki_check.py` imports each package into the real engine; `anki_regen.py --user-edits` imports each pair
one after the other, over a reader's reviews and edits. Exit status 1 if any of them finds a defect.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from itertools import groupby, pairwise
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "anki")]

from histories import Histories  # noqa: E402
from long import batch  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--histories", type=int, default=10)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()

    started, faults, looked = time.perf_counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        Histories.keep_packages = Path(folder)
        histories = batch(given.seed, given.histories, given.steps, False).histories
        packages = sorted(Path(folder).glob("*.apkg"))
        for _, group in groupby(packages, lambda path: path.name.split("-")[0]):
            recorded = _different(list(group))
            for package in recorded:
                faults += _faulty(given.tools / "anki_check.py", package)
            for old, new in pairwise(recorded):
                looked += 1
                faults += _faulty(given.tools / "anki_regen.py", old, new, "--user-edits")
            print(f"{looked} pairs, {faults} faults", file=sys.stderr)
    took = time.perf_counter() - started
    print(
        f"{histories} histories, {looked} pairs of successive packages, {faults} with defects; {took:.0f} s"
    )
    sys.exit(1 if faults else 0)


def _different(packages: list[Path]) -> list[Path]:
    """Without those that are the same as the one before."""
    bytes_ = [path.read_bytes() for path in packages]
    return [path for i, path in enumerate(packages) if i == 0 or bytes_[i] != bytes_[i - 1]]


def _faulty(tool: Path, *arguments: object) -> bool:
    run = subprocess.run([sys.executable, str(tool), *map(str, arguments)], capture_output=True, text=True)
    if run.returncode == 0:
        return False
    try:
        defects = json.loads(run.stdout)["defects"]
    except ValueError:
        defects = run.stderr
    print(f"{tool.name} {' '.join(Path(str(a)).name for a in arguments)}: {defects}", file=sys.stderr)
    return True


if __name__ == "__main__":
    main()
