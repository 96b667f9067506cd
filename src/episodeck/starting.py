"""A new project folder."""

from __future__ import annotations

from pathlib import Path

from .errors import ProjectError
from .files import write_atomically
from .settings import FILE_NAME

_SETTINGS = """\
# Settings of this Episodeck project. Every line is optional; take away the # to set one.

# The name of the deck that holds all others.
# deck: Episodeck

# How decks nest beneath it: guest/topic, topic/guest, guest, or topic.
# organize: guest/topic

# The show, for transcripts that don't say.
# show: The name of the podcast

# About how many cards an hour of talk gives, and at most how many one episode.
# cards_per_hour: 60
# cards_per_episode: 42

# Leave out cards that score lower than this, from 0 to 1.
# min_score: 0

# Where the add-on AnkiConnect listens, for push and pull. (Its key, if it has one, belongs into the
# environment variable EPISODECK_ANKI_KEY, not here.)
# anki: http://127.0.0.1:8765

# Names in their right spelling, each with the spellings that transcripts have.
# people:
#   Ada Fernwick: [Ada Firmwick, Aida Fernwick]

# Topics to sort cards into, each with words that speak of it.
# topics:
#   Sleep: [sleep, nap, dream]

# Topics, words or phrases to have more cards about, and none about.
# prefer: [memory, learning]
# leave_out: [cryptocurrency]

# Whether the cards you delete, reword or write move what is chosen later, a little (`episodeck taste` shows how).
# learn_taste: true

# What review sheets and cards to cut out are made for: episode, guest, topic, or none.
# sheets: [episode]

# What they are printed on, A4 or Letter; cards on a page, 8 or 10; and how the printer turns the paper
# for backs: long-edge, short-edge, or fold for cards that are printed on one side and folded.
# paper: A4
# cards_per_page: 8
# flip: long-edge

# Whether a build also writes build/preview/index.html, to look through the cards.
# preview: true

# Language models that may write cards, by names of your choice, and the one to take; `builtin` is the program itself. Any
# server that speaks OpenAI's chat protocol will do. (Keys belong into the environment variable EPISODECK_WRITER_KEY or
# the system's keyring, not here.)
# writers:
#   gemma:
#     kind: openai
#     base_url: http://127.0.0.1:11434/v1
#     model: gemma3:12b
# writer: builtin

# Where card files go: flat, all in decks/; by-show, a folder there for each show.
# layout: flat
"""

_FILES = {
    FILE_NAME: _SETTINGS,
    "seeds/README.md": """\
Put transcripts here, one file an episode, as they come: captions (SRT, WebVTT), Markdown, text,
JSON of the common transcription services, HTML. Subfolders are fine. Then run `episodeck build`.
""",
    "decks/README.md": """\
`episodeck build` writes a card file here for each episode. Edit them freely: change a question,
delete a card, add your own. Rebuilding keeps all of it. Keep this folder in your backups (or in
git): your decks are made from it.
""",
    "templates/README.md": """\
Templates put here replace those that come with Episodeck, by name: `anki/…` for the look of cards,
`sheets/…` for what is printed, `preview/…` for the page they are looked through on.
""",
    ".gitignore": "/build/\n",
}


def start(folder: Path) -> list[Path]:
    """Make a project in `folder`; the files made. What is there already stays as it is.

    Raises `ProjectError` if the folder can't be written to.
    """
    if folder.exists() and not folder.is_dir():
        raise ProjectError("is a file", where=folder, mend="name a folder")
    made = []
    for name, text in _FILES.items():
        path = folder / name
        if not path.exists() and write_atomically(path, text.encode()):
            made.append(path)
    return made
