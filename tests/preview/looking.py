"""A preview page as it is seen from a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Watched:
    """A page in the browser, with what it said and asked for meanwhile."""

    page: Any
    file: Path
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """What the page's own policy kept from being asked for."""

    def failed(self, request: Any) -> None:
        if request.failure == "csp":
            self.refused.add(request.url)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def card(self) -> str:
        """The id of the card on the desk."""
        return str(self.page.locator("#frame").get_attribute("data-card"))

    @property
    def inside(self) -> Any:
        return self.page.frame_locator("#frame")

    @property
    def count(self) -> str:
        return str(self.page.locator("#count").inner_text())

    def counts(self, text: str) -> bool:
        """Waits until the page says that it has found so many."""
        from playwright.sync_api import expect

        expect(self.page.locator("#count")).to_have_text(text)
        return True

    def says(self, beginning: str) -> bool:
        """Waits until a screen reader is told something that begins so."""
        from playwright.sync_api import expect

        expect(self.page.locator("#say")).to_have_text(re.compile(re.escape(beginning)))
        return True

    def text(self, selector: str) -> str:
        return " ".join(self.inside.locator(selector).inner_text().split())


Look = Callable[..., Watched]


def page_of(folder: Path) -> Path:
    return folder / "build/preview/index.html"
