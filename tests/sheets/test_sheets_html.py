"""The web pages, read as a browser would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import segno
from bs4 import BeautifulSoup
from papers import INFO, a_card, a_file, print_all, sheet

from episodeck.model import Kind

STRANGE = r"""$ # @ \ * < > " ' ` _ ~ = - + / // & &amp; <script>alert(1)</script> {{ x }} <!-- --> ]]>"""


def page(folder: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup(sheet(folder, name).read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("name", ["harbour-bells.html", "harbour-bells.cards.html"])
def test_pages_need_nothing_but_themselves(tmp_path: Path, name: str) -> None:
    print_all(tmp_path, a_file([a_card(1), a_card(2, kind=Kind.QUOTE)]))
    found = page(tmp_path, name)
    assert not found.find_all(["script", "link", "img", "iframe", "object"])
    assert not found.find_all(src=True)
    style = "".join(tag.get_text() for tag in found.find_all("style"))
    assert "@media print" in style and "@page" in style
    assert not any(word in style for word in ("url(", "@import", "http", "<%", "<<"))
    links = [tag["href"] for tag in found.find_all(href=True)]
    assert all(link.startswith("https://tidewrack.example/") or link == "#marks" for link in links)


def test_the_review_page_holds_every_card_in_order(tmp_path: Path) -> None:
    cards = [a_card(n) for n in range(1, 12)]
    print_all(tmp_path, a_file(cards))
    found = page(tmp_path, "harbour-bells.html")
    ours = [c for topic in ("Tides", "Bells") for c in cards if c.topic == topic]
    rows = [row for row in found.find_all("tr") if row.find("td", class_="question")]
    assert [row.find("td", class_="question").get_text() for row in rows] == [c.question for c in ours]
    assert [row.find("td", class_="answer").div.get_text() for row in rows] == [c.answer for c in ours]
    assert [row.find(class_="source").get_text(strip=True) for row in rows] == [
        f"{int(c.id[4:])}:00" for c in ours
    ]
    assert all(len(row.find_all("input", type="checkbox")) == 3 for row in rows)
    assert [th.get_text() for th in found.find_all("th", scope="rowgroup")] == ["Tides", "Bells"]
    assert found.h1.get_text() == INFO.title


@pytest.mark.parametrize("by", ["guest", "topic"])
def test_who_spoke_is_said_where_it_is_not_said_above(tmp_path: Path, by: str) -> None:
    cards = [a_card(1), a_card(3, speaker="Tam Brindle"), a_card(5, kind=Kind.QUOTE)]
    print_all(tmp_path, a_file(cards), sheets=(by,))
    name = {"guest": "guests/odile-marrow.html", "topic": "topics/tides.html"}[by]
    sources = [found.get_text() for found in page(tmp_path, name).select(".source")]
    title = INFO.title
    assert [source.strip().replace("\xa0", " ") for source in sources] == [
        f"{title} · 1:00",
        f"Tam Brindle · {title} · 3:00",
        f"— Odile Marrow · {title} · 5:00",
    ]


def test_codes_lead_to_the_moment(tmp_path: Path) -> None:
    print_all(tmp_path, a_file([a_card(3)]))
    found = page(tmp_path, "harbour-bells.html")
    link = found.find("td", class_="listen").a
    assert link["href"] == a_card(3).source.url
    expected = segno.make_qr(link["href"], error="m", mask=3, boost_error=False)
    assert _dots(link.svg.path["d"]) == {
        (x + 2, y + 2) for y, row in enumerate(expected.matrix) for x, dark in enumerate(row) if dark
    }


def _dots(path: str) -> set[tuple[int, int]]:
    """The dark squares of a path of rectangles such as `M2 2H9V3H2Z`."""
    dots = set()
    for rectangle in path.split("Z")[:-1]:
        x, y = map(int, rectangle[1:].split("H")[0].split())
        right = int(rectangle.split("H")[1].split("V")[0])
        dots |= {(column, y) for column in range(x, right)}
    return dots


def test_text_arrives_as_itself_and_markdown_as_elements(tmp_path: Path) -> None:
    answer = "It is *soft*, **hard**, `a<b` and $x^2 < 3$, " + STRANGE
    info = INFO.__class__("odd", STRANGE, STRANGE, None, "javascript:alert(1)", (STRANGE,), (), ())
    print_all(tmp_path, a_file([a_card(1, question=STRANGE, answer=answer, speaker=STRANGE)], info))
    for name, question in (("odd.html", "td.question"), ("odd.cards.html", ".front .text")):
        found = page(tmp_path, name)
        assert found.select_one(question).get_text() == STRANGE
        reply = found.select_one("td.answer > div, .back .text")
        assert reply.get_text().endswith(STRANGE)
        assert (reply.em.get_text(), reply.strong.get_text(), reply.code.get_text()) == (
            "soft",
            "hard",
            "a<b",
        )
        assert reply.math.msup.get_text() == "x2"
        assert not found.find("script") and "javascript:" not in str(found)


def test_cards_lie_on_the_page_as_they_do_in_the_pdf(tmp_path: Path) -> None:
    print_all(
        tmp_path, a_file([a_card(n) for n in (1, 3, 5)]), flip="short-edge", paper="Letter", cards_per_page=10
    )
    fronts, backs = page(tmp_path, "harbour-bells.cards.html").select("section.page")
    places = [[(f["data-card"], f["style"]) for f in side.select(".face")] for side in (fronts, backs)]
    assert places[0][0] == ("card1", "left: 10.0mm; top: 10.0mm")
    # Turned on its short edge: the first row's cards lie in the last row, left stays left.
    assert places[1][0][0] == "card1" and places[1][0][1].startswith("left: 10.0mm; top: 217.5")
    assert "turned" in backs["class"] and "turned" not in fronts["class"]


def test_no_text_is_taller_than_its_card_even_in_a_wide_font(tmp_path: Path, browser: Any) -> None:
    said = (
        "Where do the keepers of the harbour lights all go when winter closes the long road north? ".split()
    )
    texts = [" ".join((said * 8)[n : 3 * n + 4]) for n in range(1, 60)]
    print_all(
        tmp_path, a_file(a_card(n, question=t, answer=t) for n, t in enumerate(texts, 1)), cards_per_page=10
    )
    opened = browser.new_page()
    opened.goto(sheet(tmp_path, "harbour-bells.cards.html").as_uri())
    opened.add_style_tag(content="body { font-family: 'DejaVu Serif', Bookman, Georgia, serif !important }")
    shares = opened.evaluate(
        """() => [...document.querySelectorAll(".text")].map(room =>
            room.firstElementChild.getBoundingClientRect().height / room.getBoundingClientRect().height)"""
    )
    opened.close()
    assert len(shares) >= 2 * len(texts)
    # A hair's breadth over is still well within the white above and below.
    assert max(shares) < 1.03


LONG = "Wm" * 200
OUT_OF_BOX = """() => [...document.querySelectorAll("td, th, h1, p, .text, .small, .source")]
    .filter((e) => getComputedStyle(e).overflow !== "hidden" && e.scrollWidth > e.clientWidth + 1)
    .map((e) => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(
    ("by", "flip"), [("episode", "long-edge"), ("guest", "short-edge"), ("topic", "fold")]
)
def test_a_browser_shows_strange_signs_and_long_words_as_they_are(
    tmp_path: Path, browser: Any, by: str, flip: str
) -> None:
    info = INFO.__class__("odd", f"{STRANGE} {LONG}", STRANGE, None, None, (STRANGE,), (), ())
    cards = [
        a_card(1, question=f"{STRANGE} {LONG}?", answer=f"{LONG} {STRANGE}", topic=STRANGE, speaker=STRANGE),
        a_card(
            2, kind=Kind.QUOTE, question=STRANGE, answer=f"{STRANGE} {LONG}", topic=STRANGE, speaker=STRANGE
        ),
    ]
    print_all(tmp_path, a_file(cards, info), sheets=(by,), flip=flip)
    opened = browser.new_page()
    (path,) = (p for p in (tmp_path / "build/sheets").rglob("*.html") if ".cards" not in p.name)

    def shown(selector: str) -> list[str]:
        found = opened.locator(selector)
        return ["".join(text.split()) for text in found.evaluate_all("(all) => all.map((e) => e.innerText)")]

    for width in (1200, 390):
        opened.set_viewport_size({"width": width, "height": 800})
        opened.goto(path.as_uri())
        for selector, texts in (
            ("td.question", [c.question for c in cards]),
            ("td.answer > div:first-child", [c.answer for c in cards]),
        ):
            assert shown(selector) == ["".join(text.split()) for text in texts]
        assert opened.evaluate(OUT_OF_BOX) == []
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.set_viewport_size({"width": 1200, "height": 800})
    opened.goto(path.with_suffix(".cards.html").as_uri())
    for card in cards:
        for side, text in (("front", card.question), ("back", card.answer)):
            parts = shown(f".{side}[data-card={card.id}] .text")
            whole = "".join("".join(dict.fromkeys(parts)).split())
            assert whole == "".join(text.split())
    assert opened.evaluate(OUT_OF_BOX) == []
    opened.close()
