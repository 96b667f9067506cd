"""What tests of several rooms start from; property tests run the same examples every time, and
HYPOTHESIS_PROFILE=search looks for new ones."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from commands import run
from hypothesis import settings
from talks import project

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


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


BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser is installed (looked for {', '.join(BROWSERS)})")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)

    alone = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*FLAGS, *alone])
        yield browser
        browser.close()
