"""Looking through cards in a real browser: finding, turning, choosing, and what comes of the choices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from anki_reader import Engine
from commands import run
from looking import Look, Watched, page_of

from episodeck import anki, deckfile, preview
from episodeck.deckfile import CardFile
from episodeck.model import Card, EpisodeInfo, Kind, Source
from episodeck.project import find
from episodeck.settings import Settings

ROOT = Path(__file__).parents[2]


def cards(folder: Path) -> dict[str, dict[str, Any]]:
    files = [
        yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted((folder / "decks").glob("[!.]*.yaml"))
    ]
    return {card["id"]: card for file in files for card in file["cards"]}


def choose_and_download(seen: Watched, folder: Path) -> Path:
    with seen.page.expect_download() as waiting:
        seen.page.click("#download")
    path = folder / "choices.json"
    waiting.value.save_as(path)
    assert "episodeck build --choices" in seen.page.locator("#helper").inner_text()
    seen.page.click("#helper-close")
    return path


def written(folder: Path, made: Sequence[Card], info: EpisodeInfo | None = None) -> Path:
    """The preview of invented cards."""
    info = info or EpisodeInfo("invented", "Invented", "The Kiln", guests=("Orla Vantreight",))
    (folder / "decks").mkdir(parents=True)
    file = CardFile(info, tuple(made))
    return preview.write(
        find(folder), Settings(), anki.Templates(), {folder / "decks/invented.yaml": file}
    ).path


def test_a_reader_turns_and_moves_with_the_keyboard(built: Path, look: Look) -> None:
    seen, known = look(page_of(built)), cards(built)
    first = seen.card
    assert seen.text(".front .question") == known[first]["question"]
    seen.press("Space")
    assert known[first]["answer"].strip("“”") in seen.text(".back .answer")
    assert seen.page.locator("#frame").get_attribute("title") == f"Back of card 1 of {len(known)}"
    seen.press("ArrowDown")
    assert seen.card == list(known)[1] and seen.text(".front .question") == known[seen.card]["question"]
    seen.press("End", "ArrowRight")
    assert seen.card == list(known)[-1]
    seen.press("Home", "ArrowUp")
    assert seen.card == first
    seen.inside.locator("#qa").click()  # the keys are heard inside the card too
    seen.press("Space", "j", "ArrowDown")
    assert seen.card == list(known)[1]


def test_cards_are_found_by_words_kind_score_guest_and_topic(built: Path, look: Look) -> None:
    seen, known = look(page_of(built)), cards(built)
    total = f"{len(known)} cards"
    assert seen.count == total
    seen.press("/")
    seen.page.keyboard.type("bronze QUILLFEATHER")
    wanted = [
        c for c in known.values() if c["speaker"] == "Dario Quillfeather" and "bronze" in str(c).lower()
    ]
    assert seen.counts(f"{len(wanted)} of {total}") and wanted
    seen.press("Escape")
    assert seen.count == total

    for kind in Kind:
        seen.page.select_option("#kind", str(kind))
        number = sum(c["kind"] == kind for c in known.values())
        assert seen.count.startswith(f"{number} of" if number < len(known) else total)
    seen.page.select_option("#kind", "")

    scores = sorted(c["score"] for c in known.values())
    least = round(scores[len(scores) // 2] + 0.05, 2) // 0.05 * 0.05
    seen.page.locator("#least").fill(f"{least:.2f}")
    number = sum(score >= round(least, 2) for score in scores)
    assert seen.counts(f"{number} of {total}")
    seen.page.locator("#least").fill("0")
    assert seen.counts(total)

    tree = seen.page.get_by_role("tree", name="Decks")
    tree.get_by_role("treeitem", name="Dario Quillfeather").focus()
    seen.press("ArrowRight", "ArrowDown", "Enter")
    topic = seen.page.locator(":focus .name").inner_text()
    number = sum((c["speaker"], c["topic"]) == ("Dario Quillfeather", topic) for c in known.values())
    assert seen.count == f"{number} of {total}"
    seen.page.check("#axis input[value=topic]", force=True)
    assert seen.count == total
    tree.get_by_role("treeitem", name=topic).locator(".deck").first.click()
    number = sum(c["topic"] == topic for c in known.values())
    assert seen.count.startswith(f"{number} of" if number < len(known) else total)


def test_choices_are_downloaded_and_a_build_makes_them_true(built: Path, look: Look) -> None:
    seen, known = look(page_of(built)), cards(built)
    kept, dropped, edited, *others = known
    seen.press("k", "ArrowDown", "d", "ArrowDown", "e")
    answer = (
        'A *new* answer, with `code`, $x^2$, <b>no tag</b>, {{c1::x}}, \\*stars\\* & "quotes" \u2028\ufeff €.'
    )
    seen.page.fill("#new-answer", answer)
    seen.page.fill("#new-question", "Which question did the reader **write**?")
    seen.press("Control+Enter")
    assert seen.page.locator("#download").inner_text() == "Download 3 choices"
    assert seen.text(".front .question") == "Which question did the reader write?"
    seen.press("Space")
    as_promised = seen.inside.locator(".answer").inner_html()
    choices = choose_and_download(seen, built)

    outcome = run("build", "--project", str(built), "--choices", str(choices))
    assert outcome.status == 0, outcome.err
    after = cards(built)
    assert list(after) == [kept, edited, *others]
    assert after[kept] == {**known[kept], "pinned": True}
    assert after[edited]["question"] == "Which question did the reader **write**?"
    assert after[edited]["answer"] == answer.replace("\ufeff", "\ufeff")
    assert {key: after[key] for key in others} == {key: known[key] for key in others}
    removed = [r.id for path in (built / "decks").glob("[!.]*.yaml") for r in deckfile.load(path).removed]
    assert removed == [dropped]

    # What the page showed of the edit is what Anki gets; dropped and done are not offered again.
    again = look(page_of(built))
    assert again.count == f"{len(known) - 1} cards"
    again.press("ArrowDown", "Space")
    assert again.card == edited and again.inside.locator(".answer").inner_html() == as_promised
    before = {p: p.read_bytes() for p in built.rglob("*") if p.is_file()}
    assert run("build", "--project", str(built), "--choices", str(choices)).status == 0
    assert {p: p.read_bytes() for p in built.rglob("*") if p.is_file()} == before


def test_a_choice_can_be_taken_back_and_outlives_a_reload(built: Path, look: Look) -> None:
    seen = look(page_of(built))
    seen.press("k", "ArrowDown", "d", "d", "ArrowDown", "e")
    seen.page.fill("#new-answer", "   ")
    seen.press("Control+Enter")
    assert seen.page.locator("#editor").is_visible()  # an empty answer is none
    seen.press("Escape")
    assert seen.page.locator("#download").inner_text() == "Download 1 choice"
    seen.page.on("dialog", lambda dialog: dialog.accept())
    path = choose_and_download(seen, built)
    entries = json.loads(path.read_text(encoding="utf-8"))["choices"]
    assert [(e["card"], e["choice"]) for e in entries] == [(next(iter(cards(built))), "keep")]
    seen.page.reload()
    seen.page.wait_for_selector("#frame[data-card]")
    assert seen.page.locator("#download").inner_text() == "Download 1 choice"
    assert seen.page.locator("#keep").get_attribute("aria-pressed") == "true"


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=https://example.org/x.png onerror=alert(1)>",
    "<!--<script>{{Answer}} [sound:x.mp3] <%= 1 %>",
    "a 'quote' \"quote\" & \u2028 \u202eend \\( x \\)",
)


def test_hostile_text_is_shown_as_text(tmp_path: Path, look: Look) -> None:
    talk = " ".join(f"{text} was said here." for text in HOSTILE)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/bad.txt").write_text(f"Before it all {talk} And after it.", encoding="utf-8")
    made = [
        Card(
            f"h{i}",
            Kind.CLAIM,
            text,
            text,
            f"Why {text}",
            f"So {text}",
            Source(text, (0, 1), 1.0, None, text),
            0.5,
        )
        for i, text in enumerate(HOSTILE)
    ]
    info = EpisodeInfo("bad", HOSTILE[0], HOSTILE[1], guests=(HOSTILE[0],), source="seeds/bad.txt")
    seen = look(written(tmp_path, made, info))
    for text in HOSTILE:
        plain = " ".join(text.split())
        assert plain in seen.text(".question")
        assert plain in " ".join(seen.page.locator("#list [aria-selected=true]").inner_text().split())
        seen.press("Space")
        assert plain in seen.text(".answer")
        assert plain in " ".join(seen.page.locator(".around mark").inner_text().split())
        seen.press("ArrowDown")
    assert seen.page.locator(".deckname, .who, script").count() == 3  # no element came out of a text


def test_strange_signs_and_long_words_are_shown_as_they_are(tmp_path: Path, look: Look) -> None:
    signs, word = r"""$ # @ \ * < > " ' ` & $5 or $6, #let @x [a] {{b}} \n <b> &lt; ${c}""", "Wm" * 200
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds/odd.txt").write_text(f"{signs} {word} was said.", encoding="utf-8")
    source = Source(f"{signs} {word}", None, 1.0, None, f"{signs} {word}")
    card = Card("odd", Kind.CLAIM, signs, signs, f"{word} {signs}?", f"{signs} {word}", source, 0.5)
    info = EpisodeInfo("odd", f"{word} {signs}", signs, guests=(signs,), source="seeds/odd.txt")
    path = written(tmp_path, [card], info)
    for width in (1280, 390):
        seen = look(path, width=width)
        assert seen.text(".question") == card.question
        seen.press("Space")
        assert seen.text(".answer") == card.answer
        assert signs in seen.page.locator("#about").inner_text()
        for sight in (seen.page.main_frame, seen.page.frames[1]):
            assert sight.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_template_that_reaches_for_the_network_gets_nothing(built: Path, look: Look) -> None:
    mine = built / "templates/anki"
    mine.mkdir(parents=True)
    (mine / "style.css").write_text(
        "@import 'https://example.org/a.css';\n.card { background: url(https://example.org/b.png); color: rgb(1, 2, 3) }"
    )
    for kind in ("claim", "quote", "exchange"):
        (mine / f"{kind}.front.html").write_text(
            "<img src='https://example.org/c.png'><script src='https://example.org/d.js'></script><b onclick='x()'>{{Question}}</b>"
            "<script>parent.document.title = 'taken'</script><link rel=stylesheet href='https://example.org/e.css'>"
        )
    assert run("preview", "--project", str(built)).status == 0
    seen = look(page_of(built), calm=False)
    assert seen.inside.locator("body").evaluate("(b) => getComputedStyle(b).color") == "rgb(1, 2, 3)"
    assert seen.page.title() == "Episodeck · preview"
    assert len(seen.refused) >= 4  # and `look` has seen that nothing else was asked for


def test_everything_can_be_heard_and_reached_without_seeing(built: Path, look: Look) -> None:
    seen, known = look(page_of(built)), cards(built)
    page = seen.page
    here = "document.activeElement.id"
    assert page.evaluate(here) == "list"
    seen.press("ArrowDown")
    active = page.locator("#list").get_attribute("aria-activedescendant")
    row = page.locator(f"#{active}")
    assert (row.get_attribute("role"), row.get_attribute("aria-selected")) == ("option", "true")
    assert (row.get_attribute("aria-posinset"), row.get_attribute("aria-setsize")) == ("2", str(len(known)))
    seen.press("Space")
    assert seen.says("Back.")
    seen.press("k")
    assert seen.says("kept")
    assert page.get_by_role("button", name="Keep", pressed=True).count() == 1
    seen.press("e")
    assert (
        page.evaluate(here) == "new-question"
        and page.get_by_role("dialog", name="Edit this card").is_visible()
    )
    seen.press("Escape")
    assert page.evaluate(here) == "list"
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea, iframe, [role=tree], [role=listbox]")]
        .filter((e) => !(e.innerText?.trim() || e.title || e.getAttribute("aria-label") || e.labels?.length)).map((e) => e.outerHTML)"""
    )
    assert unnamed == []
    tree = page.get_by_role("tree", name="Decks")
    guest = tree.get_by_role("treeitem", name="Dario Quillfeather")
    name = guest.locator(".deck").inner_text().lstrip("›")
    guest.focus()
    seen.press("ArrowRight")
    assert guest.get_attribute("aria-expanded") == "true"
    assert page.get_by_role("treeitem", name=" ".join(name.split()), exact=True).count() == 1
    page.focus("#list")
    low, high = (page.locator(f"#{end}").bounding_box() for end in ("least", "most"))
    assert low["y"] + low["height"] <= high["y"] and min(low["height"], high["height"]) >= 24
    reached = set()
    for _ in range(24):
        seen.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.id || document.activeElement.getAttribute('role') || document.activeElement.name"
            )
        )
    assert {
        "query",
        "theme",
        "width",
        "axis",
        "treeitem",
        "kind",
        "least",
        "list",
        "turn",
        "drop",
        "edit",
        "download",
    } <= reached


HEARD = """() => {
  window.heard = [];
  const texts = (changes) => changes.forEach(({target}) => target.textContent && heard.push(target.textContent));
  new MutationObserver(texts).observe(document.getElementById("say"), {childList: true});
  const list = document.getElementById("list"), rows = new MutationObserver(([{oldValue}]) => {
    const active = list.getAttribute("aria-activedescendant"), row = document.getElementById(active);
    if (active !== oldValue && document.activeElement === list) heard.push(`${row.getAttribute("aria-posinset")}: ${row.textContent}`);
  });
  rows.observe(list, {attributeFilter: ["aria-activedescendant"], attributeOldValue: true});
  for (const button of document.querySelectorAll("[aria-pressed]")) {
    const pressed = new MutationObserver(([{oldValue}]) => {
      const now = button.getAttribute("aria-pressed");
      if (now !== oldValue && document.activeElement === button) heard.push(`${button.id}: ${now}`);
    });
    pressed.observe(button, {attributeFilter: ["aria-pressed"], attributeOldValue: true});
  }
}"""


def test_every_key_is_heard_once(built: Path, look: Look) -> None:
    """What a screen reader reads by itself, the row gone to or a button's state, is not said again."""
    seen, known = look(page_of(built)), cards(built)
    page = seen.page
    page.evaluate(HEARD)

    def settled() -> list[str]:
        page.evaluate(
            "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(go, 60))))"
        )
        return [str(text) for text in page.evaluate("heard.splice(0)")]

    def heard(key: str) -> list[str]:
        seen.press(key)
        return settled()

    last = len(known)
    expected = {
        "ArrowUp": "This is the first card.",
        "ArrowDown": "2: ",
        "Space": "Back. ",
        "k": "kept",
        "d": "dropped",
        "End": f"{last}: ",
        "PageDown": "That was the last card.",
        "n": "Night",
        "p": "Phone",
    }
    for key, beginning in expected.items():
        (only,) = heard(key)
        assert only.startswith(beginning), (key, only)
    row = page.locator("#list [role=option]").nth(0).element_handle()
    seen.press("Home", "k")
    assert row.is_visible()  # not another in its place, which would be read out anew
    page.focus("#next")
    settled()
    (moved,) = heard("Enter")
    assert moved.startswith("Card 2 of ")
    page.focus("#keep")
    settled()
    (pressed,) = heard("Enter")
    assert pressed == "keep: true"


def test_thousands_of_cards_make_a_handful_of_elements(tmp_path: Path, look: Look) -> None:
    made = [
        Card(
            f"c{i}",
            Kind.CLAIM,
            f"Topic {i % 30}",
            "Orla Vantreight",
            f"Which is card {i}?",
            f"Card {i}.",
            score=i / 2000,
        )
        for i in range(2000)
    ]
    seen = look(written(tmp_path, made))
    assert seen.count == "2,000 cards"
    seen.press("End")
    assert seen.text(".question") == "Which is card 1999?"
    assert seen.page.locator("#list [role=option]").count() < 60
    seen.page.fill("#query", "card 1234")
    assert seen.counts("1 of 2,000 cards")
    assert seen.card == "c1234"


def test_a_phone_has_room_for_the_card_and_its_buttons(built: Path, look: Look) -> None:
    seen = look(page_of(built), width=375, height=700, scheme="dark")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 375
    box = seen.page.locator("#keep").bounding_box()
    assert box and box["y"] + box["height"] <= 700
    assert "nightMode" in seen.inside.locator("body").get_attribute("class")
    assert not seen.page.locator("#tree").is_visible()
    seen.page.click("#fold")
    assert seen.page.locator("#tree").is_visible()
    seen.press("Space")
    inside = seen.inside.locator("html")
    assert inside.evaluate("(e) => e.scrollHeight <= e.clientHeight")  # the card itself never scrolls


PICTURE = """() => {
  const qa = document.getElementById("qa"), parts = [document.body, ...qa.querySelectorAll("*:not(style)")];
  return parts.map((part) => {
    const styles = [null, "::before", "::after"].map((which) => {
      const style = getComputedStyle(part, which);
      return [...style].sort().map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
    });
    const box = part.getBoundingClientRect();
    return [part === document.body ? "body" : part.outerHTML, styles, [box.x, box.y, box.width, box.height]];
  });
}"""


def differences(ours: list[Any], engines: list[Any]) -> list[str]:
    """The lines of two pictures that aren't the same."""
    found = []
    for (name, styles, box), (_, their_styles, their_box) in zip(ours, engines, strict=True):
        for style, theirs in zip(styles, their_styles, strict=True):
            pairs = zip(style.split("; "), theirs.split("; "), strict=True)
            found += [f"{name[:60]} {one} / {other}" for one, other in pairs if one != other]
        if box != their_box:
            found.append(f"{name[:60]} {box} / {their_box}")
    return found


def test_a_card_looks_as_the_engine_shows_it(built: Path, look: Look, browser: Any, engine: Engine) -> None:
    """Same elements, same computed styles, same places as the engine's own rendering in the client's frame."""
    engine.take(built / "build/Episodeck.apkg")
    shown = engine.shown()
    css = engine.col.models.by_name("Episodeck Claim")["css"]
    of_each_kind = {str(card["kind"]): key for key, card in cards(built).items()}
    beneath = (ROOT / "templates/preview/frame.css").read_text(encoding="utf-8").partition("#>")[2]
    seen = look(page_of(built))
    frame = next(f for f in seen.page.frames if f != seen.page.main_frame)
    client = browser.new_context().new_page()
    for width, theme in (("desktop", "light"), ("desktop", "night"), ("phone", "night")):
        seen.page.check(f"#theme input[value={theme}]", force=True)
        seen.page.check(f"#width input[value={width}]", force=True)
        w, h, html, body = frame.evaluate(
            "[innerWidth, innerHeight, document.documentElement.className, document.body.className]"
        )
        assert ("nightMode" in body, "mobile" in html) == (theme == "night", width == "phone")
        client.set_viewport_size({"width": w, "height": h})
        client.set_content(
            f"<!doctype html><html dir=ltr class='{html}'><style>{beneath}</style>"
            f"<body class='{body}'><div id=qa dir=auto></div></body></html>"
        )
        for key in of_each_kind.values():
            seen.press("Home")
            while seen.card != key:
                seen.press("ArrowDown")
            for side in (shown[key].front, shown[key].back):
                fill = "(html) => { document.getElementById('qa').innerHTML = html }"
                client.evaluate(fill, f"<style>{css}</style>{side}")
                ours, engines = frame.evaluate(PICTURE), client.evaluate(PICTURE)
                assert [part[0] for part in ours] == [part[0] for part in engines]
                assert differences(ours, engines) == []
                seen.press("Space")
    client.context.close()
