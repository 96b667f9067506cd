"""The preview of a large collection: a page that lists others, and a search through all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from light import Program, as_markdown, light, sentence

from episodeck import deckfile
from episodeck.build import build
from episodeck.preview import parts
from episodeck.project import find

SHOWS = ("Harbour Talk", 'Slow </script> & "Radio"')


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two shows, whose cards are too many for one page."""
    monkeypatch.setattr(parts, "LARGE", 30)
    monkeypatch.setattr(parts, "_USUAL", 4)
    folder = tmp_path / "large"
    (folder / "seeds").mkdir(parents=True)
    (folder / "episodeck.yaml").write_text("sheets: none\n", encoding="utf-8")
    for number in range(24):
        talk(folder, number)
    built(folder)
    for number in range(12, 24):
        path = folder / f"decks/talk-{number}.yaml"
        text = path.read_text(encoding="utf-8").replace(f"show: {SHOWS[0]}", f"show: '{SHOWS[1]}'")
        path.write_text(text, encoding="utf-8")
    built(folder)
    return folder


def talk(folder: Path, number: int) -> None:
    text = as_markdown([sentence(number, n) for n in range(6)])
    (folder / f"seeds/talk-{number:02}.md").write_text(text, encoding="utf-8")


def built(folder: Path) -> None:
    with light(Program()):
        build(find(folder), jobs=1)


def pages(folder: Path) -> dict[str, int]:
    """The files of the preview, with the time when each was written."""
    there = folder / "build/preview"
    return {p.relative_to(there).as_posix(): p.stat().st_mtime_ns for p in there.rglob("*") if p.is_file()}


def test_a_card_is_found_on_whichever_page_it_is(large: Path, browser: Any) -> None:
    from playwright.sync_api import expect

    cards = [c for f in deckfile.load_all(large / "decks").files.values() for c in f.cards]
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((large / "build/preview/index.html").as_uri())
    expect(page.locator("#count")).to_have_text(f"{len(cards)} cards")
    assert page.locator("h2").all_inner_texts() == list(SHOWS)
    addresses = [link.get_attribute("href") for link in page.locator("#pages a").all()]
    assert len(addresses) > 2
    assert page.locator("script[src]").count() == 0, "questions are loaded when they are searched"

    last = cards[-1]
    page.fill("#query", last.question.upper())
    expect(page.locator("#count")).to_have_text(f"1 of {len(cards)} cards")
    page.locator("#found a").click()
    page.wait_for_selector("#frame[data-side]")
    expect(page.locator("#frame")).to_have_attribute("data-card", last.id)
    expect(page.locator("#count")).to_have_text("1 of {} cards".format(total := page.evaluate(
        "JSON.parse(document.getElementById('data').textContent).cards.length")))  # fmt: skip
    assert 0 < total < len(cards)

    # A choice made there is done by a build as one from a single page is.
    page.press("#list", "d")
    with page.expect_download() as download:
        page.click("#download")
    choices = large / "choices.json"
    download.value.save_as(choices)
    page.click("#helper-close")
    page.click("text=All cards")
    expect(page.locator("#count")).to_have_text(f"{len(cards)} cards")
    assert complaints == []
    page.close()
    with light(Program()):
        build(find(large), jobs=1, choices=choices)
    assert last.id not in {c.id for f in deckfile.load_all(large / "decks").files.values() for c in f.cards}


def test_every_card_stands_on_one_page_and_one_talk_more_changes_few(large: Path) -> None:
    ids = [c.id for f in deckfile.load_all(large / "decks").files.values() for c in f.cards]
    texts = [p.read_text(encoding="utf-8") for p in (large / "build/preview/pages").glob("*.html")]
    assert all(sum(f'"id":"{id}"' in text for text in texts) == 1 for id in ids)
    before = pages(large)
    talk(large, 24)
    built(large)
    after = pages(large)
    changed = [name for name in after if name.startswith("pages/") and after[name] != before.get(name)]
    assert 0 < len(changed) <= 4 < len(before)
    assert pages(large) == after and not _rebuilt(large)


def test_pages_that_are_no_more_are_removed_and_nothing_else(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = large / "build/preview/pages/mine.html"
    own.write_text("a reader's own", encoding="utf-8")
    monkeypatch.setattr(parts, "LARGE", 5000)
    (large / "seeds/talk-23.md").unlink()
    (large / "decks/talk-23.yaml").unlink()
    built(large)
    assert sorted(pages(large)) == ["index.html", "pages/mine.html"]
    assert 'id="frame"' in (large / "build/preview/index.html").read_text(encoding="utf-8")


def _rebuilt(folder: Path) -> bool:
    with light(Program()):
        return build(find(folder), jobs=1).changed
