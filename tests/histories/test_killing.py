"""A short run of killed builds; `python tests/histories/killing.py --kills 500` does it in earnest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_ten_builds_killed() -> None:
    # In a process of its own: forking one in which libraries have started threads may hang.
    script = Path(__file__).with_name("killing.py")
    done = subprocess.run(
        [sys.executable, script, "--kills", "10"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "10" in done.stdout
