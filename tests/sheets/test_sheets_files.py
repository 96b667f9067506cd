"""Which files there are, when they are written, and what else a reader is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from commands import run
from papers import a_card, a_file, print_all, read, sheet, words

from episodeck.anki import Outcome
from episodeck.errors import TemplateError
from episodeck.model import EpisodeInfo
from episodeck.sheets.glyphs import spelt

DECKS = Path(__file__).parents[2] / "decks"


def outcomes(done: object) -> dict[str, str]:
    return {written.path.name: str(written.outcome) for written in done.written}  # type: ignore[attr-defined]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(DECKS, tmp_path / "decks")
    for path in sorted((tmp_path / "decks").glob("0[3-9]*")):
        path.unlink()
    return tmp_path


def test_the_same_cards_make_the_same_bytes_anywhere(tmp_path: Path) -> None:
    for folder in ("one", "another"):
        print_all(tmp_path / folder, a_file([a_card(1), a_card(2)]))
    files = sorted(p.name for p in (tmp_path / "one/build/sheets").iterdir())
    assert files == [f"harbour-bells{ending}" for ending in (".cards.html", ".cards.pdf", ".html", ".pdf")]
    for name in files:
        assert sheet(tmp_path / "one", name).read_bytes() == sheet(tmp_path / "another", name).read_bytes()


def test_only_what_changed_is_written_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    other = a_file([a_card(7)], EpisodeInfo("slow-tides", "Slow Tides"))
    files = {"a.yaml": a_file([a_card(1)]), "b.yaml": other}
    assert set(outcomes(print_all(tmp_path, files)).values()) == {Outcome.WRITTEN}
    assert set(outcomes(print_all(tmp_path, files)).values()) == {Outcome.UNCHANGED}
    own = sheet(tmp_path, "my-notes.pdf")
    own.write_bytes(b"%PDF-1.7 my own")
    files["a.yaml"] = a_file([a_card(1, answer="Patience.")])
    done = outcomes(print_all(tmp_path, files))
    assert {name for name, what in done.items() if what == Outcome.WRITTEN} == {
        f"harbour-bells{ending}" for ending in (".cards.html", ".cards.pdf", ".html", ".pdf")
    }
    del files["b.yaml"]
    done = outcomes(print_all(tmp_path, files))
    assert {name for name, what in done.items() if what == Outcome.REMOVED} == {
        f"slow-tides{ending}" for ending in (".cards.html", ".cards.pdf", ".html", ".pdf")
    }
    assert own.exists() and not sheet(tmp_path, "slow-tides.pdf").exists()


def test_names_that_look_alike_get_files_of_their_own(tmp_path: Path) -> None:
    cards = [a_card(1, topic="C++"), a_card(2, topic="C"), a_card(3, topic="cards"), a_card(4, topic="Con")]
    print_all(tmp_path, a_file(cards), sheets=("topic",))
    names = {p.name for p in (tmp_path / "build/sheets/topics").glob("*.pdf")}
    assert len(names) == 8 and not {"con.pdf", "CON.pdf"} & names


def test_letters_that_no_font_has_are_spelt_out_and_told(tmp_path: Path) -> None:
    done = print_all(tmp_path, a_file([a_card(1, answer="A \U0010fffd sign, and *αβγ Живо é*.")]))
    assert len(done.remarks) == 1 and "\U0010fffd" in done.remarks[0] and "α" not in done.remarks[0]
    for name in ("harbour-bells.pdf", "harbour-bells.cards.pdf"):
        assert words("A [U+10FFFD] sign, and αβγ Живо é.") in words(read(sheet(tmp_path, name)))
    assert "\U0010fffd" in sheet(tmp_path, "harbour-bells.html").read_text(encoding="utf-8")
    assert spelt(frozenset("😀"))("so 😀.") == "so [grinning face]."


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("review.typ", "#<< sheet.titel >>", "titel"),
        ("review.typ", "#rich(<< sheet.title >>", "Typst says: unclosed delimiter"),
        ("cards.typ", "<% for x in pages %>", "does not parse"),
        ("cards.html", "<< pages[0].nothing >>", "nothing"),
        ("review.html", b"\xff", "UTF-8"),
    ],
)
def test_a_mistake_in_a_template_is_told_with_its_file(
    tmp_path: Path, name: str, text: str | bytes, what: str
) -> None:
    path = tmp_path / "templates/sheets" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TemplateError) as found:
        print_all(tmp_path, a_file([a_card(1)]))
    assert what in str(found.value) and str(path) in str(found.value)


@pytest.mark.parametrize("name", ["review.typ", "cards.typ", "common.typ"])
def test_a_mistake_that_typst_finds_is_told_with_its_line(tmp_path: Path, name: str) -> None:
    shipped = (DECKS.parent / "templates/sheets" / name).read_text(encoding="utf-8").splitlines()
    # After tags of every kind, and after a loop in the template that includes another.
    line = max(n for n, text in enumerate(shipped, 1) if text.startswith(("#let", "#metadata")))
    shipped.insert(line - 1, "#let wrong = 1 + [a]")
    path = tmp_path / "templates/sheets" / name
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(shipped), encoding="utf-8")
    with pytest.raises(TemplateError) as found:
        print_all(tmp_path, a_file([a_card(1), a_card(2)]))
    assert str(found.value).startswith(f"{path}:{line}: Typst says: cannot add integer and content")
    assert "\n" not in str(found.value)


def test_check_tries_the_templates_and_finds_no_other_fault(project: Path) -> None:
    path = project / "templates/sheets/cards.html"
    path.parent.mkdir(parents=True)
    path.write_text("<p>\n<< nobody >>")
    outcome = run("check", "--project", str(project))
    assert outcome.status == 1 and len(outcome.complaints) == 1
    assert f"{path}:2: 'nobody' is undefined" in outcome.err


def test_a_template_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "templates/sheets/review.typ"
    path.parent.mkdir(parents=True)
    path.write_text("Forgot the sign: << sheet.title.plain >> and did not: #<< sheet.title.plain >>")
    info = EpisodeInfo("trap", '#read("/etc/passwd") *a* $x$ "q"')
    print_all(tmp_path, a_file([a_card(1)], info))
    text = words(read(sheet(tmp_path, "trap.pdf")))
    assert text.count(words(info.title)) == 2


def test_the_command_makes_the_sheets_asked_for(project: Path) -> None:
    outcome = run("sheets", "--project", str(project), "--by", "guest", "--by", "topic", "--flip", "fold")
    assert outcome.status == 0, outcome.err
    out = project / "build/sheets"
    assert not list(out.glob("*.pdf")) and len(list((out / "guests").glob("*.pdf"))) == 4
    assert str(min((out / "guests").glob("*.pdf"), key=lambda p: (".cards" in p.name, p.name))) in outcome.out
    again = run("sheets", "--project", str(project), "--by", "guest", "--flip", "fold")
    assert again.out == "nothing has changed; nothing was written\n"
    assert run("sheets", "--project", str(project), "--by", "host").status == 2
    assert run("sheets", "--project", str(project), "--cards-per-page", "9").status == 2


def test_a_build_prints_too_and_says_so(project: Path) -> None:
    (project / "seeds").mkdir()
    outcome = run("build", "--project", str(project))
    assert outcome.status == 0, outcome.err
    assert f"{project / 'build/sheets/01-forgetting-curve.pdf'} and 7 more" in outcome.out
    again = json.loads(run("build", "--project", str(project), "--json").out)
    assert not again["changed"] and {s["outcome"] for s in again["sheets"]} == {"unchanged"}
    (project / "decks/01-forgetting-curve.yaml").unlink()
    last = run("build", "--project", str(project))
    assert f"{project / 'build/sheets/01-forgetting-curve.cards.html'} removed" in last.out


def test_the_settings_say_what_is_printed(project: Path) -> None:
    (project / "episodeck.yaml").write_text("sheets: none\npaper: A5\ncards_per_page: 9\n")
    outcome = run("sheets", "--project", str(project))
    assert outcome.status == 1 and len(outcome.complaints) == 2
    (project / "episodeck.yaml").write_text("sheets: none\n")
    outcome = run("sheets", "--project", str(project))
    assert outcome.status == 1 and "turned off" in outcome.err
    (project / "episodeck.yaml").write_text("sheets: [topic, episode]\npaper: Letter\n")
    assert run("sheets", "--project", str(project)).status == 0
    assert len(list((project / "build/sheets").glob("*.pdf"))) == 4
    assert list((project / "build/sheets/topics").glob("*.pdf"))
