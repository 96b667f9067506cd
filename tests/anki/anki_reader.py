"""The real Anki engine, and a few invented cards to feed it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from episodeck.anki import Note, RenderedNote, Templates, render, write_package
from episodeck.anki.packages import packages
from episodeck.model import Card, EpisodeInfo, Kind, Source
from episodeck.settings import Settings

THEN = 1_760_000_000
TEMPLATES = Templates()
TIMES = dict.fromkeys(Kind, THEN)

INFO = EpisodeInfo(
    id="loose-threads-12",
    title="Why the gap must grow",
    show="Loose Threads",
    date="2026-03-05",
    url="https://example.org/watch?v=abc",
    guests=("Mira Oswell",),
    hosts=("Tom Barnaby",),
)
BARE = EpisodeInfo(id="bare", title="Untitled")


def a_card(
    id: str = "c1",
    question: str = "Why does she let students forget a little?",
    answer: str = "Because the **effort** of recall strengthens it.",
    kind: Kind = Kind.CLAIM,
    topic: str = "Spacing",
    speaker: str | None = "Mira Oswell",
    excerpt: str = "so we wait until it is nearly gone and then pull it back",
    start: float | None = 754.2,
    url: str | None = "https://example.org/watch?v=abc&t=754",
) -> Card:
    return Card(id, kind, topic, speaker, question, answer, Source(excerpt, (3, 15), start, url), 0.8)


def a_note(
    card: Card, info: EpisodeInfo = INFO, guest: str | None = "Mira Oswell", settings: Settings | None = None
) -> RenderedNote:
    return render(info, card, guest, settings or Settings(), TEMPLATES)


def stamped(notes: Sequence[RenderedNote], changed: int = THEN) -> tuple[Note, ...]:
    return packages([(note, changed) for note in notes], "Episodeck")[0].notes


@dataclass(frozen=True)
class Shown:
    """A card as the engine shows it."""

    front: str
    back: str
    deck: str
    tags: tuple[str, ...]
    fields: dict[str, str]


class Engine:
    """A reader's collection."""

    def __init__(self, folder: Path):
        import anki.lang
        from anki.collection import Collection

        anki.lang.set_lang("en")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.col = Collection(str(folder / "collection.anki2"))

    def take(self, package: Path) -> dict[str, int]:
        """Import with the desktop client's defaults; how many notes were new, updated, duplicate, conflicting."""
        from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest

        options = ImportAnkiPackageOptions()
        log = self.col.import_anki_package(
            ImportAnkiPackageRequest(package_path=str(package), options=options)
        ).log
        self.col.models._clear_cache()  # as the client does
        return {k: len(getattr(log, k)) for k in ("new", "updated", "duplicate", "conflicting")}

    def take_notes(self, notes: Sequence[Note], times: dict[Kind, int] = TIMES) -> dict[str, int]:
        path = self.folder / f"{time.monotonic_ns()}.apkg"
        write_package(path, notes, times, TEMPLATES, "Episodeck")
        return self.take(path)

    def shown(self) -> dict[str, Shown]:
        """Every card by its Id field. Template errors and blank sides fail the test."""
        out = {}
        for id in self.col.db.list("select id from cards"):
            rendering = self.col._backend.render_existing_card(
                card_id=id, browser=False, partial_render=False
            )
            assert not rendering.is_empty
            card = self.col.get_card(id)
            note, output = card.note(), card.render_output()
            fields = dict(note.items())
            deck = self.col.decks.name(card.did)
            out[fields["Id"]] = Shown(
                output.question_text, output.answer_text, deck, tuple(sorted(note.tags)), fields
            )
        return out


def text_of(page: str, css_class: str) -> str:
    """What a reader sees of the element with this class."""
    from bs4 import BeautifulSoup

    found = BeautifulSoup(page, "html.parser").find(class_=css_class)
    assert found is not None
    return found.get_text()
