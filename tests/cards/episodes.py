"""Episodes made by hand, a sentence at a time."""

from __future__ import annotations

from episodeck.model import Aside, Episode, EpisodeInfo, Role, Sentence, Speech, Turn

GUEST, HOST = "Orla Vantreight", "Pim Calloway"


def episode(
    *turns: tuple[str | None, str],
    asides: dict[str, Aside] | None = None,
    breaks: tuple[int, ...] = (),
    topics: tuple[str, ...] = ("Glass",),
    hints: tuple[str, ...] = (),
) -> Episode:
    """Turns of (speaker, sentences separated by ` / `)."""
    words: list[str] = []
    made = []
    for speaker, text in turns:
        sentences = []
        for sentence in text.split(" / "):
            run = sentence.split()
            aside = (asides or {}).get(sentence)
            sentences.append(
                Sentence(
                    sentence, sentence, len(words), len(words) + len(run) - 1, float(len(words)) / 2.5, aside
                )
            )
            words += run
        role = None if speaker is None else Role.HOST if speaker == HOST else Role.GUEST
        made.append(Turn(speaker, role, tuple(sentences)))
    info = EpisodeInfo(
        "glass", "Glass", "The Kiln", None, "https://example.org/glass", (GUEST,), (HOST,), topics
    )
    return Episode(info, "markdown", Speech(tuple(words), tuple(made), breaks), hints=hints)
