"""What a note holds, and when it counts as changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from anki_reader import BARE, INFO, a_card, a_note

from episodeck.anki import FIELDS, NOTE_TYPES, RenderedNote, content_hash, guid, quotation
from episodeck.model import Kind, Source
from episodeck.settings import Settings


def field(note: RenderedNote, name: str) -> str:
    return note.fields[list(FIELDS).index(name)]


def test_note_types_are_what_they_were_in_the_first_release() -> None:
    """Anki can't update a reader's notes once any of this changes: fields are only ever renamed."""
    assert {kind: (n.id, n.name, n.template_id, n.template) for kind, n in NOTE_TYPES.items()} == {
        Kind.CLAIM: (1744082065205, "Episodeck Claim", 1088219371502646, "Claim"),
        Kind.QUOTE: (1754117242110, "Episodeck Quote", 1527720466199183, "Quote"),
        Kind.EXCHANGE: (1751729223241, "Episodeck Exchange", 1934461307758012, "Exchange"),
    }
    assert list(FIELDS.items()) == [
        ("Id", 1660669041567461),
        ("Question", 422280769804674),
        ("Answer", 1193564832032737),
        ("Context", 2238264620207064),
        ("Quotation", 773702388512013),
        ("Speaker", 339771103207206),
        ("Source", 1076484925892752),
        ("Link", 812843256559009),
        ("Time", 199020537056028),
        ("Show", 488631530397305),
        ("Episode", 1337567599649782),
        ("Date", 2187333835171744),
        ("Topic", 977695395131574),
        ("Guest", 1644278919402960),
        ("Reserve 1", 933847128354328),
        ("Reserve 2", 789295377383271),
        ("Reserve 3", 1663895778868318),
        ("Reserve 4", 4965582904769),
    ]


def test_guids_are_what_they_were_in_the_first_release() -> None:
    assert guid("5f0c2a") == "X8aBUD1DBcPDfj"


def test_the_guid_comes_from_the_id_alone() -> None:
    one = a_note(a_card("x"))
    other = a_note(a_card("x", "Else?", "Else.", Kind.QUOTE, "Else", None, "else"), BARE, None)
    assert one.guid == other.guid != a_note(a_card("y")).guid


@pytest.mark.parametrize("change", [{"score": 0.1}, {"score": None}, {"changed": "2026-01-01T00:00:00Z"}])
def test_volatile_values_change_nothing(change: dict[str, object]) -> None:
    card = a_card()
    assert content_hash(a_note(card)) == content_hash(a_note(replace(card, **change)))  # type: ignore[arg-type]


def test_another_deck_is_no_change_for_anki_would_not_move_the_card() -> None:
    decks = {a_note(a_card(), settings=Settings(organize=o)).deck for o in ("guest/topic", "topic/guest")}
    hashes = {
        content_hash(a_note(a_card(), settings=Settings(organize=o))) for o in ("guest/topic", "topic/guest")
    }
    assert (len(decks), len(hashes)) == (2, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"question": "Else?"},
        {"answer": "Else."},
        {"kind": Kind.QUOTE},
        {"speaker": None},
        {"topic": "Else"},
        {"source": Source("else")},
    ],
)
def test_everything_shown_counts(change: dict[str, object]) -> None:
    card = a_card()
    assert content_hash(a_note(card)) != content_hash(a_note(replace(card, **change)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "question", "answer", "shown"),
    [
        (Kind.CLAIM, "Why wait?", "It is harder.", ["Mira Oswell", "Loose Threads", "Spacing"]),
        (Kind.CLAIM, "Who says so?", "*Oswell* does.", ["Loose Threads", "Spacing"]),
        (Kind.CLAIM, "What helps?", "To **space** reviews out.", ["Mira Oswell", "Loose Threads"]),
        (Kind.CLAIM, "What frays?", "The thread of memory.", ["Mira Oswell", "Spacing"]),
        (Kind.CLAIM, "What does Mira Oswell say of spacing?", "Do it.", ["Loose Threads"]),
        (Kind.QUOTE, "Who said that forgetting helps?", "Somebody.", ["Loose Threads", "Spacing"]),
    ],
)
def test_the_line_above_the_question_gives_nothing_away(
    kind: Kind, question: str, answer: str, shown: list[str]
) -> None:
    context = field(a_note(a_card(kind=kind, question=question, answer=answer)), "Context")
    assert [p for p in ("Mira Oswell", "Loose Threads", "Spacing") if p in context] == shown


@pytest.mark.parametrize(
    ("excerpt", "readable"),
    [
        ("[Music] so it fades", "So it fades."),
        ("- it fades, \\[laughter\\] mostly,", "It fades, mostly …"),
        (">> does it (laughs) fade?", "Does it fade?"),
        ("“It fades.”", "“It fades.”"),
        ("♪ ♪ [applause]", ""),
    ],
)
def test_quotation_is_readable(excerpt: str, readable: str) -> None:
    assert quotation(a_card(excerpt=excerpt)) == readable


def test_what_was_said_is_not_shown_twice() -> None:
    said = "um a fact you have almost lost is a fact you will keep"
    answer = a_note(
        a_card(kind=Kind.QUOTE, answer="“A fact you have almost lost is a fact you will keep.”", excerpt=said)
    )
    question = a_note(
        a_card(question="Who said: “Um, a fact you have almost lost is a fact you will keep”?", excerpt=said)
    )
    assert (field(answer, "Quotation"), field(question, "Quotation")) == ("", "")
    assert (
        field(answer, "Answer")
        == '<span class="said">A fact you have almost lost is a fact you will keep.</span>'
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", ""]
)
def test_only_web_addresses_become_links(url: str) -> None:
    note = a_note(a_card(url=url), replace(INFO, url=None))
    assert field(note, "Link") == "" and "href" not in field(note, "Source")
    assert "12:34" in field(note, "Source")


@pytest.mark.parametrize(
    ("date", "shown"),
    [("2026-03-05", "5 March 2026"), ("2026-03", "March 2026"), ("2026", "2026"), ("spring", "spring")],
)
def test_dates_are_shown_as_people_write_them(date: str, shown: str) -> None:
    assert f"<span>{shown}</span>" in field(a_note(a_card(), replace(INFO, date=date)), "Source")


def test_a_card_without_a_question_has_no_blank_front() -> None:
    assert field(a_note(a_card(question=" \x1f ")), "Question") == "?"
