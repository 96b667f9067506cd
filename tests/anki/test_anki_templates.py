"""Templates of a project's own: they take the place of those shipped, and mistakes in them are told plainly."""

from __future__ import annotations

from pathlib import Path

import pytest
from anki_reader import INFO, THEN, a_card

from episodeck.anki import Note, Templates, note_type_hashes, render, write_package
from episodeck.errors import TemplateError
from episodeck.model import Kind
from episodeck.project import SHIPPED_TEMPLATES
from episodeck.settings import Settings


def own(folder: Path, name: str, text: str | bytes) -> Templates:
    path = folder / "anki" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Templates(folder)


def test_the_shipped_templates_have_no_faults_and_list_their_variables() -> None:
    assert Templates().check() == []
    files = [p for p in (SHIPPED_TEMPLATES / "anki").rglob("*") if p.is_file()]
    assert files
    for text in (path.read_text(encoding="utf-8") for path in files):
        assert text.startswith("<#") and "Variables" in text


def test_the_shipped_cards_need_no_network_and_no_script() -> None:
    for kind in Kind:
        layout = Templates().layout(kind)
        page = layout.front + layout.back + layout.css
        assert not any(
            word in page for word in ("<script", "http", "url(", "@import", "<#", "<<", "{{#", "{{^")
        )
        assert "{{Question}}" in layout.front and "{{Answer}}" not in layout.front


def test_a_file_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    templates = own(tmp_path, "fields/answer.html", "<b><< answer >></b> <i><< show|upper >></i>")
    note = render(INFO, a_card(answer="*So.*"), None, Settings(show="A & {{B}}"), templates)
    assert note.fields[2] == "<b><em>So.</em></b> <i>LOOSE THREADS</i>"
    assert templates.check() == []
    assert note_type_hashes(templates) == note_type_hashes(Templates())


def test_a_layout_of_ones_own_changes_the_hash_of_its_kind_alone(tmp_path: Path) -> None:
    templates = own(tmp_path, "quote.front.html", "<h1>{{Question}}</h1><% include 'mine.html' %>")
    own(tmp_path, "mine.html", "<p><< kind >>")
    assert templates.check() == []
    assert templates.layout(Kind.QUOTE).front == "<h1>{{Question}}</h1><p>quote"
    old, new = note_type_hashes(Templates()), note_type_hashes(templates)
    assert {kind for kind in Kind if old[kind] != new[kind]} == {Kind.QUOTE}


@pytest.mark.parametrize(
    ("name", "text", "line", "what"),
    [
        ("fields/answer.html", "ok\n<% if answer %>\nx", 3, "does not parse"),
        ("fields/answer.html", "\n<< anwser >>", 2, "`anwser`"),
        ("fields/source.html", "\n\n<< title|shout >>", 3, "shout"),
        ("fields/question.html", "<# c #>\n<< question.foo.bar >>", 2, "foo"),
        ("fields/question.html", "<< 1 / 0 >>", 1, "ZeroDivisionError"),
        ("fields/context.html", "<% include 'gone.html' %>", 1, "gone.html"),
        ("claim.front.html", "\n{{Questoin}}", 2, "`Questoin`"),
        ("claim.front.html", "{{Question}}\n<< question >>", 2, "`question`"),
        ("quote.back.html", "{{FrontSide}}\n{{#Link}}{{Answer}}", 2, "not closed"),
        ("quote.back.html", "{{Answer}}{{/Link}}", 1, "not open"),
        ("exchange.front.html", "{{#Speaker}}{{Question}}{{/Speaker}}", None, "blank"),
        ("exchange.back.html", "{{FrontSide}}", None, "nothing more than the front"),
        ("style.css", "a { color: << kind >> }", 1, "`kind`"),
        ("style.css", b"\xff\xfe\x00a", None, "UTF-8"),
        ("clam.front.html", "{{Question}}", None, "no card uses this file"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_mend(
    name: str, text: str | bytes, line: int | None, what: str, tmp_path: Path
) -> None:
    found = own(tmp_path, name, text).check()
    assert found and all(isinstance(error, TemplateError) for error in found)
    assert (found[0].where, found[0].line) == (str(tmp_path / "anki" / name), line)
    assert what in found[0].what
    assert len({str(error) for error in found}) == len(found)


def test_every_mistake_is_found_at_once(tmp_path: Path) -> None:
    own(tmp_path, "fields/answer.html", "<< anwser >>\n<< shwo >>")
    templates = own(tmp_path, "quote.front.html", "<% if %>")
    assert [error.line for error in templates.check()] == [1, 2, 1]
    assert "did you mean `answer`?" in str(templates.check()[0])


def test_a_broken_template_stops_rendering_and_writing_with_the_same_error(tmp_path: Path) -> None:
    templates = own(tmp_path, "fields/answer.html", "\n<< anwser >>")
    with pytest.raises(TemplateError) as caught:
        render(INFO, a_card(), None, Settings(), templates)
    assert (caught.value.where, caught.value.line) == (str(tmp_path / "anki/fields/answer.html"), 2)
    own(tmp_path, "claim.back.html", "<% if %>")
    note = Note("g", Kind.CLAIM, ("x",) * 18, (), "D", THEN, 1)
    with pytest.raises(TemplateError):
        write_package(tmp_path / "a.apkg", [note], {Kind.CLAIM: THEN}, Templates(tmp_path), "D")
    assert not (tmp_path / "a.apkg").exists()


def test_a_template_reaches_no_files_and_no_internals(tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("secret")
    for text in ("<% include '../secret.html' %>", "<< question.__class__.__mro__ >>"):
        assert own(tmp_path, "fields/question.html", text).check()
