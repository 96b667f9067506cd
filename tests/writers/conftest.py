from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chat_server import Script, Serve, Server, Writing, well
from commands import Outcome, run

from episodeck.writer_settings import WriterSettings
from episodeck.writers.model import ModelWriter


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment of the tests has of such."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "EPISODECK_WRITER")):
            monkeypatch.delenv(name)


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited before trying again, without waiting."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def start(script: Script = well) -> Server:
        servers.append(Server(script))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writing]:
    """A writer at a server, with settings of one's own; several share what was answered."""
    made: list[ModelWriter] = []

    def at(
        server: Server | str, *, limit_tokens: int | None = None, agreed: bool = True, **more: Any
    ) -> ModelWriter:
        url = server if isinstance(server, str) else server.url
        values = {
            "name": "mine",
            "kind": "openai",
            "base_url": url,
            "model": "script",
            "timeout": 20.0,
            **more,
        }
        made.append(
            ModelWriter(
                WriterSettings(**values), tmp_path / "cache", limit_tokens=limit_tokens, agreed=agreed
            )
        )
        return made[-1]

    yield at
    for one in made:
        one.close()


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """The command line, run inside a folder."""

    def inside(folder: Path, *arguments: str) -> Outcome:
        monkeypatch.chdir(folder)
        return run(*arguments)

    return inside
