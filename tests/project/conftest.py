from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Outcome, run
from talks import project


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = project(tmp_path_factory.mktemp("built") / "project")
    outcome = run("build", "--project", str(folder), "--jobs", "1")
    assert outcome.status == 0, outcome.err
    return folder


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Path:
    """A project of two talks, built; a copy of its own for each test."""
    shutil.copytree(built_once, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """The command line, run inside a folder."""

    def inside(folder: Path, *arguments: str) -> Outcome:
        monkeypatch.chdir(folder)
        return run(*arguments)

    return inside
