"""A new project folder works at once and is never overwritten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import yaml
from commands import Outcome
from talks import GLASS

from episodeck.settings import Settings, load

Command = Callable[..., Outcome]


def test_init_then_build(tmp_path: Path, command: Command) -> None:
    assert command(tmp_path, "init", "new").status == 0
    folder = tmp_path / "new"
    assert command(folder, "check").status == 0
    (folder / "seeds/glass.md").write_text(GLASS, encoding="utf-8")
    assert command(folder, "build").status == 0
    assert (folder / "build/Episodeck.apkg").is_file()


def test_init_explains_every_setting_with_its_default(tmp_path: Path, command: Command) -> None:
    command(tmp_path, "init")
    text = (tmp_path / "episodeck.yaml").read_text(encoding="utf-8")
    assert load(tmp_path / "episodeck.yaml") == Settings()
    for field in fields(Settings):
        assert f"# {field.name}:" in text
    (tmp_path / "all.yaml").write_text(
        "\n".join(
            line.removeprefix("# ")
            for line in text.splitlines()
            if (":" in line and line.startswith("# ") and line[2:3].islower()) or line.startswith("#   ")
        ),
        encoding="utf-8",
    )
    given = yaml.safe_load((tmp_path / "all.yaml").read_text(encoding="utf-8"))
    for name in ("deck", "organize", "cards_per_hour", "cards_per_episode", "min_score"):
        assert given[name] == getattr(Settings(), name)


def test_init_keeps_what_is_there(tmp_path: Path, command: Command) -> None:
    (tmp_path / "episodeck.yaml").write_text("deck: Mine\n", encoding="utf-8")
    assert command(tmp_path, "init").status == 0
    assert (tmp_path / "episodeck.yaml").read_text(encoding="utf-8") == "deck: Mine\n"
    assert "nothing to do" in command(tmp_path, "init").err
