"""Fields of Anki back into a card's Markdown."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from episodeck.anki import markdown
from episodeck.anki.unrender import canonical, inner, same, to_markdown, to_text


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("plain words", "plain words"),
        ("<b>bold</b> and <i>slanted</i>", "**bold** and *slanted*"),
        ("<strong>bold&nbsp;</strong>then", "**bold** then"),
        ("<strong>a <em>b</em> c</strong>", "**a *b* c**"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<div><br></div><div>two</div>", "one\n\ntwo"),
        ("one<br>two<br>", "one\ntwo"),
        ("a &lt;tag&gt; &amp; more", "a <tag> & more"),
        (r"so \(a &lt; b\) holds", "so $a < b$ holds"),
        ("<anki-mathjax>x^2</anki-mathjax>", "$x^2$"),
        ("use <code>a*b</code>", "use `a*b`"),
        ("5 * 3 and *this*", r"5 \* 3 and \*this\*"),
        ("from $4 to $5", "from $4 to $5"),
        ('<span class="said">what was said</span>', "what was said"),
    ],
)
def test_what_cards_can_hold(field: str, text: str) -> None:
    assert to_markdown(field) == text


@pytest.mark.parametrize(
    "field",
    [
        'a <img src="x.png">',
        '<span style="color: red">red</span>',
        "<ul><li>a</li></ul>",
        "<u>under</u>",
        '<a href="https://example.org">there</a>',
    ],
)
def test_what_they_cannot_is_not_taken_in_part(field: str) -> None:
    assert to_markdown(field) is None


@given(st.text("ab *`$\\()[]{}<>&\"'\n", max_size=30))
@example(r"\(no formula\)")
@example("a **b *c* d** `e` $f$")
def test_a_field_made_of_a_text_gives_a_text_that_makes_the_same_field(text: str) -> None:
    field = str(markdown(text))
    assert canonical(canonical(field)) == canonical(field)
    back = to_markdown(field)
    assert back is None or same(str(markdown(back)), field)


@given(
    st.lists(
        st.sampled_from(["word", "*one*", "**two words**", "`co de`", "$x^2$", "it's", "\n"]), max_size=8
    )
)
def test_ordinary_texts_always_come_back(words: list[str]) -> None:
    field = str(markdown(" ".join(words)))
    back = to_markdown(field)
    assert back is not None
    assert same(str(markdown(back)), field)


def test_what_a_template_puts_around_a_text_is_taken_off() -> None:
    ours = '<p class="q"><strong>Q</strong> What is it?</p>'
    assert (
        inner('<p class="q"><b>Q</b> What <i>is</i> it?</p>', ours, "What is it?") == "What <em>is</em> it?"
    )
    assert inner("Something else", ours, "What is it?") is None


def test_a_field_as_bare_text() -> None:
    assert to_text("<div>Ann <b>B.</b></div>&nbsp;Cole &amp; co") == "Ann B. Cole & co"
