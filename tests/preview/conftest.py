"""The preview page in a real browser, as a reader opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anki_reader import Engine
from looking import Look, Watched


@pytest.fixture
def look(browser: Any) -> Iterator[Look]:
    """Opens a preview; at the end, it has neither complained nor asked for anything."""
    opened: list[tuple[Watched, Any]] = []

    def open_it(
        file: Path, calm: bool = True, width: int = 1280, height: int = 900, scheme: str = "light"
    ) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        watched = Watched(page, file)
        page.on("console", lambda message: watched.complaints.append(message.text))
        page.on("pageerror", lambda error: watched.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (watched.complaints.append("a dialog"), dialog.dismiss()))
        context.on("request", lambda request: watched.requests.append(request.url))
        context.on("requestfailed", watched.failed)
        page.goto(file.as_uri())
        page.wait_for_selector("#frame[data-side]")
        opened.append((watched, context if calm else None))
        return watched

    yield open_it
    for watched, calm in opened:
        asked = {address.split("#")[0] for address in watched.requests} - watched.refused
        assert asked == {watched.file.as_uri()}
        if calm:
            assert watched.complaints == []
        watched.page.context.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path / "reader")
    yield engine
    engine.col.close()
