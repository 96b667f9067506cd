"""Files of choices: applied whole or not at all, whoever wrote them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from commands import run
from hypothesis import given
from hypothesis import strategies as st

from episodeck.errors import EpisodeckError, Problems
from episodeck.preview.choices import read


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def cards(folder: Path, name: str) -> list[dict[str, object]]:
    return list(yaml.safe_load((folder / f"decks/{name}.yaml").read_text(encoding="utf-8"))["cards"])


def saved(folder: Path, *choices: object, **top: object) -> Path:
    path = folder / "mine.json"
    entries = ",\n".join(json.dumps(choice) for choice in choices)
    head = {"episodeck": "choices", "version": 1, **top}
    path.write_text(json.dumps(head)[:-1] + ', "choices": [\n' + entries + "\n]}\n", encoding="utf-8")
    return path


def test_choices_may_be_written_by_hand_as_yaml(built: Path) -> None:
    first, second, *_ = (str(c["id"]) for c in cards(built, "glass"))
    path = built / "mine.yaml"
    path.write_text(
        f"episodeck: choices\nversion: 1\nchoices:\n  - card: {first}\n    choice: keep\n    answer: 1969\n  - {{card: {second}, choice: drop}}\n"
    )
    assert run("build", "--project", str(built), "--choices", str(path)).status == 0
    after = {c["id"]: c for c in cards(built, "glass")}
    assert (after[first]["answer"], after[first]["pinned"]) in (("1969", True), (1969, True))
    assert second not in after


@pytest.mark.parametrize(
    ("choices", "line", "what"),
    [
        ([{"card": "nobody", "choice": "keep"}], 2, "the card `nobody` is in no card file"),
        ([{"card": "{0}", "choice": "burn"}], 2, "unknown choice `burn`"),
        (
            [{"card": "{0}", "choice": "keep"}, {"card": "{0}", "choice": "drop"}],
            3,
            "was chosen in line 2 already",
        ),
        ([{"card": "{0}", "choice": "edit"}], 2, "has no text"),
        ([{"card": "{0}", "choice": "edit", "answer": " \n"}], 2, "the answer of `{0}` is empty"),
        ([{"card": "{0}", "choice": "drop", "answer": "x"}], 2, "dropped and edited at once"),
        ([{"card": "{0}", "choice": "edit", "answer": "x", "seen": "old"}], 2, "has another text by now"),
        ([{"card": "{0}", "choice": "edit", "answer": ["x"]}], 2, "`answer` must be text"),
        ([{"card": "{0}", "choice": "edit", "answer": "x" * 30_000}], 2, "too long"),
        ([{"card": "{0}", "choice": "keep", "colour": "red"}], 2, "unknown key `colour`"),
        ([{"choice": "keep"}], 2, "names no card"),
        (["keep it all"], 2, "a choice must be"),
    ],
)
def test_one_wrong_choice_stops_all_of_them(built: Path, choices: list[object], line: int, what: str) -> None:
    first, second, *_ = (str(c["id"]) for c in cards(built, "glass"))
    good = {"card": second, "choice": "drop"}
    named = json.loads(json.dumps(choices).replace("{0}", first))
    path = saved(built, *named, good)
    before = everything(built)
    outcome = run("build", "--project", str(built), "--choices", str(path))
    assert outcome.status == 1
    assert outcome.complaints[0].startswith(f"episodeck: {path}:{line}: ")
    assert what.replace("{0}", first) in outcome.complaints[0] and outcome.complaints[0].endswith(")")
    assert everything(built) == before


def test_all_faults_are_said_at_once_and_a_removed_card_is_no_fault_twice(built: Path) -> None:
    first, second, third, *_ = (str(c["id"]) for c in cards(built, "glass"))
    path = saved(
        built,
        {"card": "a", "choice": "keep"},
        {"card": "b", "choice": "drop"},
        {"card": first, "choice": "drop"},
    )
    outcome = run("build", "--project", str(built), "--choices", str(path))
    assert [line.split(":")[2] for line in outcome.complaints] == ["2", "3"]
    assert (
        run(
            "build",
            "--project",
            str(built),
            "--choices",
            str(saved(built, {"card": first, "choice": "drop"})),
        ).status
        == 0
    )
    again = saved(built, {"card": first, "choice": "drop"}, {"card": second, "choice": "drop"})
    assert run("build", "--project", str(built), "--choices", str(again)).status == 0
    late = saved(built, {"card": first, "choice": "edit", "answer": "x"}, {"card": third, "choice": "drop"})
    outcome = run("build", "--project", str(built), "--choices", str(late))
    assert outcome.status == 1 and "has been deleted" in outcome.complaints[0]
    assert third in {c["id"] for c in cards(built, "glass")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "episodeck: decks\nversion: 1\nchoices: []",
        "episodeck: choices\nversion: 2\nchoices: []",
        "episodeck: choices\nversion: 1\nchoices: {a: b}",
        "!!python/object/apply:os.system ['true']",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]",
        "[" * 50_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_file_of_choices_is_one_line(built: Path, text: str | bytes) -> None:
    path = built / "mine.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = everything(built)
    outcome = run("build", "--project", str(built), "--choices", str(path))
    assert outcome.status == 1 and len(outcome.complaints) == 1
    assert outcome.complaints[0].startswith(f"episodeck: {path}")
    assert everything(built) == before


def test_a_file_that_is_not_there_is_one_line(built: Path) -> None:
    outcome = run("build", "--project", str(built), "--choices", str(built / "gone.json"))
    assert outcome.status == 1 and "gone.json: No such file" in outcome.err


SCRAPS = st.sampled_from(
    [
        '{"episodeck": "choices", "version": 1, "choices": [',
        '{"card": "a", "choice": "keep"}',
        "]}",
        ",",
        "card: *a",
        "&a ",
        "\x00",
        "\udcff",
        "- ",
        "? ",
        "!!set ",
        "choices:\n",
        "version: 1\n",
        "episodeck: choices\n",
    ]
)


@given(st.lists(SCRAPS | st.text(max_size=8), max_size=12))
def test_no_text_does_anything_but_complain(
    tmp_path_factory: pytest.TempPathFactory, scraps: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "scraps.json"
    path.write_bytes("".join(scraps).encode("utf-8", "surrogatepass"))
    try:
        assert isinstance(read(path), tuple)
    except EpisodeckError as error:
        lines = error.problems if isinstance(error, Problems) else (error,)
        assert all(str(path) in str(one) and "\n" not in str(one) for one in lines)


def test_a_pinned_card_keeps_its_text_when_the_program_would_better_it(built: Path) -> None:
    pinned, free, *_ = (str(c["id"]) for c in cards(built, "glass"))
    before = {c["id"]: c for c in cards(built, "glass")}
    assert (
        run(
            "build",
            "--project",
            str(built),
            "--choices",
            str(saved(built, {"card": pinned, "choice": "keep"})),
        ).status
        == 0
    )
    seed = built / "seeds/glass.md"
    seed.write_text(
        seed.read_text(encoding="utf-8").replace("Orla Vantreight", "Orla Brightkiln"), encoding="utf-8"
    )
    assert run("build", "--project", str(built), "--jobs", "1").status == 0
    after = {c["id"]: c for c in cards(built, "glass")}
    for name in ("question", "answer", "speaker"):
        assert after[pinned][name] == before[pinned][name]
    assert after[free]["speaker"] == "Orla Brightkiln"
    # Without the pin it follows the program again, for the words are still the program's own.
    path = built / "decks/glass.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("pinned: true", "pinned: false"), encoding="utf-8"
    )
    assert run("build", "--project", str(built), "--force", "--jobs", "1").status == 0
    assert {c["id"]: c for c in cards(built, "glass")}[pinned]["speaker"] == "Orla Brightkiln"
    path.write_text(
        path.read_text(encoding="utf-8").replace("pinned: false", "pinned: perhaps"), encoding="utf-8"
    )
    outcome = run("check", "--project", str(built))
    assert outcome.status == 1 and "`pinned` is `perhaps`; it must be true or false" in outcome.err
