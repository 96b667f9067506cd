"""What is printed, read back from the PDFs by other people's readers."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers import (
    INFO,
    Letter,
    a_card,
    a_file,
    cuts,
    letters,
    line_of,
    page_size,
    print_all,
    read,
    sheet,
    words,
)

from episodeck.model import Card, Kind

STRANGE = r"""$ # @ \ * < > " ' ` _ ~ = - + / // $5 #let @cite [x] {y} <b> -- --- ... 1. ~~ ^ & ; | % ! ( )"""
PADDING = 6.5
"""Millimetres from a card's edge to its text."""
Cell = tuple[float, float, float, float]


def shown(card: Card) -> list[str]:
    return [words(card.question), words(card.answer)]


def assert_in_order(text: str, pieces: list[str]) -> None:
    place = 0
    for piece in pieces:
        found = text.find(piece, place)
        assert found >= 0, f"{piece!r} is missing or out of order"
        place = found + len(piece)


@pytest.mark.parametrize("by", ["episode", "guest", "topic"])
def test_every_question_and_answer_is_on_the_sheet_in_order(tmp_path: Path, by: str) -> None:
    cards = [a_card(n) for n in range(1, 41)]
    print_all(tmp_path, a_file(cards), sheets=(by,))
    printed = {
        "episode": ["harbour-bells"],
        "guest": ["guests/odile-marrow"],
        "topic": ["topics/tides", "topics/bells"],
    }[by]
    sections = [[c for c in cards if c.topic == topic] for topic in ("Tides", "Bells")]
    for name, ours in zip(
        printed, sections if by == "topic" else [[*sections[0], *sections[1]]], strict=True
    ):
        text = words(read(sheet(tmp_path, f"{name}.pdf")))
        assert_in_order(text, [piece for card in ours for piece in shown(card)])
        assert f"{len(ours)}questions" in text
        if by == "episode":
            assert_in_order(text, [words(card.answer) + f"{int(card.id[4:])}:00" for card in ours])
        # Cards come page by page: eight fronts, then their backs.
        text = words(read(sheet(tmp_path, f"{name}.cards.pdf")))
        for start in range(0, len(ours), 8):
            eight = ours[start : start + 8]
            assert_in_order(text, [words(c.question) for c in eight] + [words(eight[0].answer)])
        assert all(words(card.answer) in text for card in ours)


def test_head_and_foot_of_a_sheet(tmp_path: Path) -> None:
    print_all(tmp_path, a_file(a_card(n) for n in range(1, 31)))
    pages = letters(sheet(tmp_path, "harbour-bells.pdf"))
    text = words(read(sheet(tmp_path, "harbour-bells.pdf")))
    assert_in_order(
        text,
        [
            "Tidewrack·3May2026",
            "WhyHarboursRing",
            "OdileMarrow,withTamBrindle",
            "30questionsonTidesandBells",
            "Firstpass",
            "Secondpass",
            "Thirdpass",
        ],
    )
    for number in range(1, len(pages) + 1):
        assert f"{number}/{len(pages)}" in text


def test_questions_are_left_of_the_fold_and_answers_right_of_it(tmp_path: Path) -> None:
    cards = [a_card(n, question="Q" * 90, answer="A" * 90) for n in range(1, 12)]
    print_all(tmp_path, a_file(cards))
    path = sheet(tmp_path, "harbour-bells.pdf")
    middle = page_size(path)[0] / 2
    found = [letter for page in letters(path) for letter in page]
    assert max(x.right for x in found if x.text == "Q" and x.size == 10) < middle
    assert min(x.left for x in found if x.text == "A" and x.size == 10) > middle
    assert len([x for x in found if x.text == "A" and x.size == 10]) >= 90 * len(cards)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("per_page", [8, 10])
@pytest.mark.parametrize("flip", ["long-edge", "short-edge"])
def test_each_back_lies_behind_its_front(tmp_path: Path, paper: str, per_page: int, flip: str) -> None:
    cards = [a_card(n) for n in range(1, 14)]
    print_all(tmp_path, a_file(cards), paper=paper, cards_per_page=per_page, flip=flip)
    path = sheet(tmp_path, "harbour-bells.cards.pdf")
    width, height = page_size(path)
    assert (width, height) == pytest.approx({"A4": (210, 297), "Letter": (215.9, 279.4)}[paper], abs=0.01)
    pages = letters(path)
    marks = cuts(path)
    assert len(pages) == 4
    for front, back in ((0, 1), (2, 3)):
        for here, there in zip(_behind(marks[back], width, height, flip), marks[front], strict=True):
            assert here == pytest.approx(there, abs=0.01)
        fronts, backs = (_cells(pages[i], marks[i]) for i in (front, back))
        assert len(fronts) == len(backs) > 0
        assert len(marks[front][1]) == per_page / 2 + 1
        for number, cell in fronts.items():
            mirrored = _mirrored(backs[number], width, height, flip)
            assert mirrored == pytest.approx(cell, abs=0.5)
        upright = {letter.upright for letter in pages[back]}
        assert upright == {flip == "long-edge"}


def _behind(
    marks: tuple[list[float], list[float]], width: float, height: float, flip: str
) -> tuple[list[float], list[float]]:
    """Where the marks of a back page are as seen through the paper from its front."""
    across, down = marks
    if flip == "long-edge":
        return sorted(width - x for x in across), down
    return across, sorted(height - y for y in down)


def _mirrored(cell: Cell, width: float, height: float, flip: str) -> Cell:
    left, top, right, bottom = cell
    if flip == "long-edge":
        return width - right, top, width - left, bottom
    return left, height - bottom, right, height - top


def _cells(page: list[Letter], marks: tuple[list[float], list[float]]) -> dict[str, Cell]:
    """Each card's number, and the card's edges as its own text says: its number stands a padding from a corner."""
    across, down = marks
    width, height = across[1] - across[0], down[1] - down[0]
    found: dict[str, Cell] = {}
    for (left, right), (top, bottom) in itertools.product(
        itertools.pairwise(across), itertools.pairwise(down)
    ):
        inside = [x for x in page if left < x.left < right and top < x.top < bottom]
        if not inside:
            continue
        if inside[0].upright:
            edge = max(x.right for x in inside if x.size == 7.5) + PADDING
            start = min(x.left for x in inside if x.size > 8) - PADDING
            number = line_of(
                sorted((x for x in inside if x.size == 7.5 and x.right > edge - 14), key=lambda x: x.left)
            )
            foot = [x for x in inside if x.size == 7.5 and x.right > edge - 14]
            floor = max(x.bottom for x in foot)
        else:
            edge = max(x.right for x in inside if x.size > 8) + PADDING
            start = min(x.left for x in inside if x.size == 7.5) - PADDING
            foot = [x for x in inside if x.size == 7.5 and x.left < start + 14]
            number = line_of(sorted(foot, key=lambda x: -x.left))
            floor = min(x.top for x in foot)
        assert (bottom - 9 < floor < bottom) if inside[0].upright else (top < floor < top + 9)
        assert start == pytest.approx(left, abs=1.2) and edge <= right + 0.5
        if inside[0].upright:
            assert edge == pytest.approx(right, abs=0.5)
            found[number] = (edge - width, top, edge, top + height)
        else:
            assert start == pytest.approx(left, abs=0.5)
            found[number] = (start, top, start + width, top + height)
    return found


def test_folded_cards_stand_side_by_side(tmp_path: Path) -> None:
    print_all(tmp_path, a_file(a_card(n) for n in range(1, 6)), flip="fold")
    path = sheet(tmp_path, "harbour-bells.cards.pdf")
    pages = letters(path)
    across, down = cuts(path)[0]
    middle = page_size(path)[0] / 2
    assert across == pytest.approx([10, 105, 200]) and len(pages) == 2
    for row, (top, bottom) in enumerate(itertools.pairwise(down)):
        large = [x for x in pages[0] if top < x.top < bottom and x.size > 8]
        number = ("1", "3", "5", "2")[row]  # by topic
        assert words(a_card(int(number)).question) == words(line_of([x for x in large if x.right < middle]))
        assert words(a_card(int(number)).answer) == words(line_of([x for x in large if x.left > middle]))


@pytest.mark.parametrize(
    ("by", "flip"), [("episode", "long-edge"), ("guest", "fold"), ("topic", "long-edge")]
)
def test_signs_that_mean_something_to_a_typesetter_arrive_as_themselves(
    tmp_path: Path, by: str, flip: str
) -> None:
    word = "Wm" * 200
    info = INFO.__class__("odd", STRANGE, STRANGE, "@#$", None, (STRANGE,), (), ())
    card = a_card(
        1, question=f"What is {STRANGE}", answer=f"{STRANGE} {word} end.", topic=STRANGE, speaker=STRANGE
    )
    quote = a_card(
        2,
        kind=Kind.QUOTE,
        question=f"Whose? {word}",
        answer=f"{word} {STRANGE}",
        topic=STRANGE,
        speaker=STRANGE,
    )
    print_all(tmp_path, a_file([card, quote], info), sheets=(by,), flip=flip)
    (path,) = (p for p in (tmp_path / "build/sheets").rglob("*.pdf") if ".cards" not in p.name)
    text = words(read(path))
    fronts, backs = (words(side) for side in _sides(path.with_suffix(".cards.pdf"), flip))
    assert words(card.question) in text and words(card.question) in fronts
    assert words(quote.question) in text and words(quote.question) in fronts
    for answer in (card.answer, quote.answer):
        assert words(answer) in text and words(answer) in backs.replace("“", "")
    # Readers put text that stands on its head in an order of their own.
    print_all(tmp_path, a_file([card, quote], info), sheets=(by,), flip="short-edge")
    turned = words(_sides(path.with_suffix(".cards.pdf"), "short-edge")[1])
    assert Counter(turned) == Counter(backs)


def _sides(path: Path, flip: str) -> tuple[str, str]:
    """All that is written large on fronts, and on backs."""
    found = letters(path)
    if flip == "fold":
        middle = page_size(path)[0] / 2
        every = [x for page in found for x in page if x.size > 8]
        return line_of([x for x in every if x.right < middle]), line_of([x for x in every if x.left > middle])
    front, back = (line_of([x for page in found[side::2] for x in page if x.size > 8]) for side in (0, 1))
    return front, back


def test_emphasis_code_and_formulas_are_set_as_such(tmp_path: Path) -> None:
    answer = "Be *soft* or **hard** or ***both***, run `a*b` and know $E = m c^2$ for $5 or \\*none\\*."
    print_all(tmp_path, a_file([a_card(1, answer=answer)]))
    for name in ("harbour-bells.pdf", "harbour-bells.cards.pdf"):
        found = [letter for page in letters(sheet(tmp_path, name)) for letter in page]
        text = line_of(found)
        fonts = {}
        for piece in ("soft", "hard", "both", "a*b", "*none*"):
            start = text.index(piece)
            fonts[piece] = found[start].font
        assert "Italic" in fonts["soft"] and "Bold" in fonts["hard"]
        assert "Bold" in fonts["both"] and "Italic" in fonts["both"]
        assert "Mono" in fonts["a*b"] and fonts["*none*"] == "LibertinusSerif-Regular"
        formula = [letter for letter in found if "Math" in letter.font]
        assert line_of(formula) in ("𝐸=𝑚𝑐2", "E=mc2")
        assert formula[-1].size < formula[-2].size
        assert "$5" in text


def test_a_text_too_long_for_a_card_goes_on_on_another(tmp_path: Path) -> None:
    answer = " ".join(f"wave{n}" for n in range(400))
    print_all(tmp_path, a_file([a_card(1, answer=answer), a_card(3)]))
    path = sheet(tmp_path, "harbour-bells.cards.pdf")
    pages = letters(path)
    assert min(x.size for page in pages for x in page if x.size != 7.5) >= 9
    text = words(read(path))
    count = text.count(words(a_card(1).question))
    assert count > 2
    assert all(f"1·{part}of{count}" in text for part in range(1, count + 1))
    assert sorted(n for n in range(400) if f"wave{n}" in text) == list(range(400))


def test_lines_are_about_equally_long_and_none_begins_with_dots(tmp_path: Path) -> None:
    said = "Where do the keepers of the harbour lights all go when it is over?".split()
    cards = [
        a_card(n, question=" ".join(said[: n + 5]) + " …", answer=" ".join(said[n:])) for n in range(1, 9)
    ]
    print_all(tmp_path, a_file(cards))
    path = sheet(tmp_path, "harbour-bells.cards.pdf")
    wrapped = 0
    for page, (across, down) in zip(letters(path), cuts(path), strict=True):
        for lines in _lines(page, across, down):
            widths = [line[-1].right - line[0].left for line in lines]
            assert min(widths) > 0.6 * max(widths), [line_of(line) for line in lines]
            assert not any(line[0].text == "…" for line in lines)
            wrapped += len(lines) > 1
    assert wrapped >= 8


def test_no_last_line_is_a_mere_word(tmp_path: Path) -> None:
    said = (
        "Keeper: “We tried to ring for every boat that came, and so the bell itself grew tired …” "
        "How does the old harbour master of Tidewrack go on about waves, winds and chains at night?"
    ).split()
    cards = [
        a_card(n, question=" ".join(said[n % 5 : n + 8]), answer=" ".join(said[-n - 6 :]))
        for n in range(1, 25)
    ]
    print_all(tmp_path, a_file(cards), cards_per_page=10)
    path = sheet(tmp_path, "harbour-bells.cards.pdf")
    several = 0
    for page, (across, down) in zip(letters(path), cuts(path), strict=True):
        for lines in _lines(page, across, down):
            widths = [line[-1].right - line[0].left for line in lines]
            assert widths[-1] > 0.3 * max(widths), [line_of(line) for line in lines]
            several += len(lines) > 2
    assert several >= 20


def test_a_sheet_takes_as_few_pages_as_it_can_with_what_air_those_leave(tmp_path: Path) -> None:
    pages, gaps = {}, {}
    for count in range(8, 26):
        folder = tmp_path / str(count)
        print_all(folder, a_file(a_card(2 * n) for n in range(1, count + 1)))
        found = letters(sheet(folder, "harbour-bells.pdf"))
        tops = [x.top for x in found[0] if x.size == 8.5]  # the questions' numbers
        pages[count] = len(found)
        gaps[count] = min(b - a for a, b in itertools.pairwise(tops) if b > a + 1)
    full = max(count for count, number in pages.items() if number == 1)
    assert max(pages.values()) == 2
    assert gaps[full] < gaps[8] - 0.5
    assert gaps[full + 4] == pytest.approx(gaps[8], abs=0.05)


def test_where_it_was_said_is_listed_however_many_episodes_there_are(tmp_path: Path) -> None:
    files = {
        f"{n}.yaml": a_file(
            [a_card(n, id=f"c{n}")], replace(INFO, id=f"bells-{n}", title=f"Why Harbour Number {n} Rings")
        )
        for n in range(1, 46)
    }
    print_all(tmp_path, files, sheets=("guest",))
    path = sheet(tmp_path, "guests/odile-marrow.pdf")
    width, height = page_size(path)
    pages = [line_of(page) for page in letters(path)]
    listed = words("".join(pages)).partition("Whereitwassaid")[2]
    assert all(f"WhyHarbourNumber{n}Rings" in listed for n in range(1, 46))
    assert all(x.left > 0 and x.right < width and x.bottom < height - 5 for p in letters(path) for x in p)
    # The heads of the columns stand where questions are, and nowhere else.
    for text in map(words, pages):
        assert ("Answer" in text) == ("WhatdidbellnumberN" in re.sub(r"\d+", "N", text))


def _lines(page: list[Letter], across: list[float], down: list[float]) -> Iterator[list[list[Letter]]]:
    """The lines of each card's text."""
    cards: dict[tuple[float, float], list[list[Letter]]] = {}
    for letter in (x for x in _visible(page) if x.size > 8):
        lines = cards.setdefault((_around(across, letter.left)[0], _around(down, letter.top)[0]), [[]])
        if lines[-1] and letter.left < lines[-1][-1].left:
            lines.append([])
        lines[-1].append(letter)
    yield from cards.values()


odd_text = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Co", "Cn"]), min_size=1, max_size=120),
    st.lists(
        st.sampled_from(
            [*STRANGE.split(), "W" * 90, "il" * 300, "‘(", ") (", "e\u0301" * 40, "\u00a0" * 30, "漢字" * 30]
        ),
        min_size=1,
        max_size=12,
    ).map(" ".join),
    st.text("$*`\\_ab \n", max_size=80),
    st.integers(50, 150).map(lambda n: "Tide and time and " * n),
)


@settings(max_examples=7, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(odd_text, odd_text), min_size=1, max_size=3), st.sampled_from([8, 10]))
def test_no_text_leaves_its_place(tmp_path: Path, texts: list[tuple[str, str]], per_page: int) -> None:
    cards = [a_card(n, question=q, answer=a, speaker=q[:40] or None) for n, (q, a) in enumerate(texts, 1)]
    info = INFO.__class__(
        "odd", texts[0][0][:200].strip() or "odd", texts[-1][1][:100], None, None, (), (), ()
    )
    print_all(tmp_path, a_file(cards, info), cards_per_page=per_page)
    path = sheet(tmp_path, "odd.cards.pdf")
    for page, (across, down) in zip(letters(path), cuts(path), strict=True):
        for letter in _visible(page):
            # Each letter is in the card that its middle is in, a padding from every edge.
            left, right = _around(across, (letter.left + letter.right) / 2)
            top, bottom = _around(down, (letter.top + letter.bottom) / 2)
            assert left + PADDING - 1 <= letter.left and letter.right <= right - PADDING + 1, letter
            assert top + 3 <= letter.top and letter.bottom <= bottom - 3, letter
    path = sheet(tmp_path, "odd.pdf")
    width, height = page_size(path)
    for page in letters(path):
        for letter in _visible(page):
            assert letter.left >= 10 and letter.right <= width - 14, letter
            assert letter.top >= 5 and letter.bottom <= height - 5, letter
            if letter.size in (10, 11):
                middle = width / 2
                assert letter.right < middle or letter.left > middle or letter.top < 60, letter


def _visible(page: list[Letter]) -> Iterator[Letter]:
    return (letter for letter in page if letter.text.strip() and letter.right > letter.left)


def _around(cuts: list[float], place: float) -> tuple[float, float]:
    found = [(a, b) for a, b in itertools.pairwise(cuts) if a <= place <= b]
    assert found, f"{place} is on no card"
    return found[0]
