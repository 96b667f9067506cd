"""Whatever stands in a transcript or a card arrives in Anki as text."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from anki_reader import INFO, Engine, a_card, a_note, stamped, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from episodeck.anki import markdown
from episodeck.anki.markup import as_written, clean, one_line, plain
from episodeck.model import Kind

HOSTILE = [
    "<script>alert(1)</script>",
    "{{c1::hidden}} {{Question}} {{#Answer}} {{/nope}}",
    "[sound:boo.mp3] [latex]x[/latex] [[type:Answer]] [anki:play:q:0]",
    r"\(x\) and \[y\] \\( \)",
    "<!-- gone? --> ]]> &amp; &lt; \" '",
    "קיצור דרך שאלה\u202e reversed",
    "🧠👩‍🔬 brain",
    "<% if %> << question >> <# note #>",
    "a_b * c and 5 * 3 = 15, 2*3*4",
]


@pytest.mark.parametrize("kind", Kind)
def test_hostile_text_is_shown_as_it_is(kind: Kind, engine: Engine) -> None:
    cards = [
        a_card(
            f"{{{{{i}}}}}",
            question=f"Q {text}",
            answer=f"A {text}",
            speaker=text,
            excerpt=f"E {text}.",
            kind=kind,
        )
        for i, text in enumerate(HOSTILE)
    ]
    engine.take_notes(stamped([a_note(card, INFO, card.speaker) for card in cards]))
    shown = list(engine.shown().values())
    assert len(shown) == len(HOSTILE)
    for text in HOSTILE:
        card = next(card for card in shown if text_of(card.front, "question") == f"Q {text}")
        assert text_of(card.back, "answer").strip() == f"A {text}"
        assert text_of(card.back, "speaker") == text
        assert "<script" not in card.back and "{{" not in card.front + card.back


FRAGMENTS = [
    *"<>&\"'{}[]\\()`*_#:;-!/=\x00\x1f\x07\x7f\ud800\u2028",
    "{{",
    "}}",
    "c1::",
    "<b>",
    "</div>",
    "[sound:",
    "&lt;",
]
TEXTS = st.lists(
    st.sampled_from(FRAGMENTS)
    | st.text(st.characters(exclude_categories=["Cn", "Co"], exclude_characters="$"), max_size=4),
    max_size=12,
).map("".join)


@settings(max_examples=4, deadline=None)
@given(st.lists(TEXTS, min_size=40, max_size=60))
def test_any_text_arrives_as_it_is(texts: list[str]) -> None:
    cards = [a_card(f"{i}", question=f"Q{t}", answer=f"A{t}", speaker=f"S{t}") for i, t in enumerate(texts)]
    with tempfile.TemporaryDirectory() as folder:
        engine = Engine(Path(folder))
        try:
            engine.take_notes(stamped([a_note(card, INFO, card.speaker) for card in cards]))
            shown = engine.shown()
        finally:
            engine.col.close()
    for card in cards:
        page = shown[card.id].back
        assert text_of(page, "speaker") == one_line(card.speaker or "")
        for css_class, source in (("question", card.question), ("answer", card.answer)):
            assert "".join(text_of(page, css_class).split()) == "".join(plain(source).split())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*so* and **so**", "<em>so</em> and <strong>so</strong>"),
        ("**all *of* it**", "<strong>all <em>of</em> it</strong>"),
        ("*all **of** it*", "<em>all <strong>of</strong> it</em>"),
        ("`a*b*c` `<b>`", "<code>a*b*c</code> <code>&lt;b&gt;</code>"),
        ("$a < b$, $x^{2}$", r"\(a &lt; b\), \(x^&#123;2&#125;\)"),
        ("from $5 to $10, US$5/$6", "from $5 to $10, US$5/$6"),
        ("2*3*4 and 2 * 3 * 4", "2*3*4 and 2 * 3 * 4"),
        (r"\*not\* \$so\$", "*not* $so$"),
        ("one\r\ntwo", "one<br>two"),
        ("", ""),
    ],
)
def test_markdown_subset(text: str, html: str) -> None:
    assert markdown(text) == html


@given(st.text("*`$\\\\ab \n", max_size=30) | st.text())
def test_text_of_a_transcript_reads_as_itself(text: str) -> None:
    escaped = as_written(text)
    assert plain(escaped) == one_line(text)
    assert not any(tag in markdown(escaped) for tag in ("<em>", "<strong>", "<code>"))
    assert as_written("It costs $5, or 2 * 3, said Ann.") == "It costs $5, or 2 * 3, said Ann."


def test_mathjax_finds_no_delimiters_in_plain_text() -> None:
    assert r"\(" not in markdown(r"a \(b\) c")
    assert "\\&#91;" not in markdown(r"a \[b\] c")


@settings(max_examples=50)
@given(st.text())
def test_clean_text_has_no_controls_and_is_clean_for_good(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in once)


def test_long_hostile_text_takes_no_time() -> None:
    for mark in ("**a ", "*a ", "`a", "$a ", "*", "**", "\\", "[", "<"):
        markdown(mark * 20_000)
