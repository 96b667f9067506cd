from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anki_reader import Engine


@pytest.fixture
def new_engine(tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    engines: list[Engine] = []

    def make() -> Engine:
        engines.append(Engine(tmp_path / f"reader{len(engines)}"))
        return engines[-1]

    yield make
    for engine in engines:
        engine.col.close()


@pytest.fixture
def engine(new_engine: Callable[[], Engine]) -> Engine:
    return new_engine()
