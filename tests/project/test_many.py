"""What a reader is shown of many episodes and many problems: the gist, and all of it where that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from commands import Outcome
from light import Program, as_markdown, light, sentence

from episodeck.build import build
from episodeck.project import find

Command = Callable[..., Outcome]


def many(folder: Path, episodes: int) -> Path:
    """A project of so many small talks, built."""
    (folder / "seeds").mkdir(parents=True)
    (folder / "episodeck.yaml").write_text("sheets: none\npreview: false\n", encoding="utf-8")
    for number in range(episodes):
        talk(folder, number)
    with light(Program()):
        build(find(folder), jobs=1)
    return folder


def talk(folder: Path, number: int) -> None:
    text = as_markdown([sentence(number, n) for n in range(6)])
    (folder / f"seeds/talk-{number:03}.md").write_text(text, encoding="utf-8")


def test_the_closing_table_of_many_episodes_has_those_that_changed(tmp_path: Path, command: Command) -> None:
    folder = many(tmp_path / "project", 45)
    talk(folder, 45)
    with light(Program()):
        lines = command(folder, "build", "--jobs", "1").out.splitlines()
    table = lines[: lines.index("")]
    assert [line.split()[0] for line in table] == ["episode", "talk-045", "45", "all"]
    same, everything = table[2].split(), table[3].split()
    new = int(table[1].split()[-4])
    assert same[:4] == ["45", "as", "they", "were"] and int(everything[1]) == new
    assert int(same[-2]) == int(everything[-2]) > 45
    with light(Program(1)):
        told = json.loads(command(folder, "build", "--jobs", "1", "--force", "--json").out)
    assert len(told["episodes"]) == 46, "as data, all are there"


def test_of_very_many_changed_episodes_the_first_are_listed(tmp_path: Path, command: Command) -> None:
    folder = many(tmp_path / "project", 43)
    with light(Program(1)):
        table = command(folder, "build", "--jobs", "1").out.split("\n\n")[0].splitlines()
    assert len([line for line in table if line.startswith("talk-")]) == 40
    assert table[41].startswith("3 more ") and table[42].startswith("all ")


def test_check_sums_up_much_advice_and_many_problems(tmp_path: Path, command: Command) -> None:
    folder = many(tmp_path / "project", 30)
    short = command(folder, "check").out.splitlines()
    long = command(folder, "check", "--all").out.splitlines()
    advice = [line for line in long if line.startswith("advice: ")]
    assert len(advice) > 100 and len(short) < 15
    assert sum(
        int(line.split(": ")[2].split()[0].replace(",", "")) for line in short if "advice" in line
    ) == len(advice)
    assert "--all" in short[-2]

    for path in (folder / "decks").glob("*.yaml"):
        path.write_text(path.read_text(encoding="utf-8").replace("kind:", "kynd:"), encoding="utf-8")
    short, long = command(folder, "check"), command(folder, "check", "--all")
    assert short.status == long.status == 1
    assert len(long.complaints) > 100 and len(short.complaints) == 41
    assert f"{len(long.complaints) - 40} of card files" in short.complaints[-1].replace(",", "")
