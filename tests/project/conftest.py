from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Outcome, run


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """The command line, run inside a folder."""

    def inside(folder: Path, *arguments: str) -> Outcome:
        monkeypatch.chdir(folder)
        return run(*arguments)

    return inside
