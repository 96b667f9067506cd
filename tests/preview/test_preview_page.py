"""What is in the page, without a browser: cards as the engine fills them, surroundings, settings, templates."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from anki_reader import TIMES, Engine, a_card, a_note, stamped
from commands import run
from looking import page_of

from episodeck import anki
from episodeck.anki import FIELDS, Templates, write_package
from episodeck.anki.display import show
from episodeck.model import Cue, Kind, Metadata, Source, Transcript
from episodeck.preview.surroundings import Words

LAYOUTS = [
    "<p>{{Question}}</p>{{#Context}}<i>{{ Context }}</i>{{/Context}}{{^Reserve 1}}none{{/Reserve 1}}{{#Reserve 1}}some{{/Reserve 1}}",
    "{{text:Question}} {{Deck}} {{Subdeck}} {{Tags}} {{Type}} {{Card}} {{CardFlag}} {{#Tags}}{{^Link}}a{{/Link}}{{#Link}}b{{/Link}}{{/Tags}}",
    "<!-- {{Question}} -->{{Question}}{{ # Time }}<b>{{Time}}</b>{{ / Time }}{{unheard:of:Answer}}{{FrontSide}}",
    "{{Question}} {{furigana:Quotation}} {{kana:Quotation}} {{kanji:Quotation}} {{cloze:Answer}} {{hint:Reserve 2}}",
]


def data_of(page: Path) -> dict[str, object]:
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>', page.read_text(encoding="utf-8"), re.S
    )
    assert found
    return dict(json.loads(found[1]))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_are_filled_as_the_engine_fills_them(layout: str, tmp_path: Path, engine: Engine) -> None:
    (tmp_path / "anki").mkdir()
    (tmp_path / "anki/claim.front.html").write_text(layout)
    (tmp_path / "anki/claim.back.html").write_text("{{FrontSide}}<hr>{{Answer}}")
    templates = Templates(tmp_path)
    card = a_card(excerpt="so 漢字[かんじ] and <b>&amp;", answer="An *answer* & more")
    note = a_note(card)
    path = tmp_path / "a.apkg"
    write_package(path, stamped([note]), TIMES, templates, "Episodeck")
    engine.take(path)
    shown = engine.shown()["c1"]
    values = dict(zip(FIELDS, note.fields, strict=True)) | {
        "Deck": note.deck, "Subdeck": note.deck.rpartition("::")[2], "Tags": " ".join(sorted(note.tags)),
        "Type": anki.NOTE_TYPES[Kind.CLAIM].name, "Card": anki.NOTE_TYPES[Kind.CLAIM].template, "CardFlag": "flag0",
    }  # fmt: skip
    made = templates.layout(Kind.CLAIM)
    front = show(made.front, values)
    assert front == shown.front
    assert show(made.back, {**values, "FrontSide": front}) == shown.back


def words(*cues: tuple[str, str | None]) -> Words:
    made = tuple(Cue(text, speaker, None, speaker is not None) for text, speaker in cues)
    return Words(Transcript("seeds/a.txt", "text", "", Metadata(), made))


TALK = (
    ("One is first. Two comes next. Three follows it.", "Ann"),
    ("Why is four here?", "Bo"),
    ("Because five asked for it. Six did too. Seven was away. Eight was late. Nine ran.", "Ann"),
)


def test_an_excerpt_stands_among_some_sentences_and_who_says_them() -> None:
    passage = words(*TALK).passage(Source("Six did too.", (18, 20)))
    assert passage
    assert [(s.speaker, s.text) for s in passage.before] == [
        ("", "Three follows it."), ("Bo", "Why is four here?"), ("Ann", "Because five asked for it."),
    ]  # fmt: skip
    assert [s.text for s in passage.excerpt] == ["Six did too."]
    assert [s.text for s in passage.after] == ["Seven was away. Eight was late. Nine ran."]


def test_an_excerpt_is_found_where_its_words_have_moved_and_not_where_they_are_gone() -> None:
    talk = words(("New words before it all.", "Cy"), *TALK)
    moved = talk.passage(Source("Six did too.", (18, 20)))
    assert moved and moved.excerpt[0].text == "Six did too."
    assert talk.passage(Source("Six did not.", (18, 20))) is None
    assert talk.passage(Source("", None)) is None
    whole = words(("all of it", None)).passage(Source("all of it", (0, 2)))
    assert whole and (whole.before, whole.after) == ((), ())


def test_surroundings_without_full_stops_are_bounded() -> None:
    stream = words((" ".join(f"w{i}" for i in range(1000)), None))
    passage = stream.passage(Source("w500 w501", (500, 501)))
    assert passage and (len(passage.before[0].text.split()), len(passage.after[0].text.split())) == (45, 45)


def test_a_card_file_leads_to_no_file_outside_of_the_project(built: Path) -> None:
    (built.parent / "secret.md").write_text(
        (built / "seeds/glass.md").read_text(encoding="utf-8"), encoding="utf-8"
    )
    path = built / "decks/glass.yaml"
    text = path.read_text(encoding="utf-8")

    def surrounded() -> list[bool]:
        cards: list[dict[str, object]] = data_of(page_of(built))["cards"]  # type: ignore[assignment]
        return ["before" in card for card in cards if card["guest"] == "Orla Vantreight"]

    assert surrounded() and all(surrounded())
    path.write_text(text.replace("source: seeds/glass.md", "source: ../secret.md"), encoding="utf-8")
    assert run("preview", "--project", str(built)).status == 0
    assert surrounded() and not any(surrounded())


def test_build_writes_the_page_unless_told_not_to(built: Path) -> None:
    assert page_of(built).is_file()
    again = run("build", "--project", str(built))
    assert "nothing has changed" in again.out
    page_of(built).unlink()
    assert str(page_of(built)) in run("build", "--project", str(built)).out
    page_of(built).unlink()
    (built / "episodeck.yaml").write_text("preview: false\n")
    assert run("build", "--project", str(built)).status == 0
    assert not page_of(built).exists()
    outcome = run("preview", "--project", str(built))  # asked for, it is written all the same
    assert outcome.out.strip() == str(page_of(built)) and page_of(built).is_file()
    (built / "episodeck.yaml").write_text("preview: 3\n")
    assert "`preview` is 3; it must be true or false" in run("build", "--project", str(built)).err


def test_a_project_may_bring_its_own_page_and_learns_of_its_mistakes(built: Path) -> None:
    mine = built / "templates/preview"
    mine.mkdir(parents=True)
    (mine / "preview.css").write_text("body { color: teal }")
    assert run("preview", "--project", str(built)).status == 0
    assert "<style>body { color: teal }</style>" in page_of(built).read_text(encoding="utf-8")
    (mine / "index.html").write_text("<p>\n<< tilte >>")
    (mine / "extra.js").write_text("")
    outcome = run("check", "--project", str(built))
    assert outcome.status == 1
    assert f"{mine}/index.html:2: there is no variable `tilte`" in outcome.err
    assert f"{mine}/extra.js: the preview uses no such file" in outcome.err


def test_the_same_cards_make_the_same_page(built: Path) -> None:
    before = page_of(built).read_bytes()
    assert run("preview", "--project", str(built)).status == 0
    assert page_of(built).read_bytes() == before
    for word in (str(built), 'http-equiv="refresh"', "unsafe-eval"):
        assert word.encode() not in before


def test_reasons_are_those_the_choice_was_made_by(built: Path) -> None:
    for card in data_of(page_of(built))["cards"]:  # type: ignore[attr-defined]
        assert card["reasons"] and card["seen"]
        assert ("host asked" in card["reasons"]) == (card["kind"] == "exchange")
