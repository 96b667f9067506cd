"""A short run of killed builds; `python tests/histories/killing.py --kills 500` does it in earnest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from killing import kill_builds


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_ten_builds_killed(tmp_path: Path) -> None:
    assert kill_builds(10, 1, False, tmp_path / "project").kills == 10
