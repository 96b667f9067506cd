"""What the network sees in talk: every word once, the same on every run, substance before small talk."""

from __future__ import annotations

import numpy as np
import pytest
from episodes import GUEST, HOST, episode

from episodeck.highlights import reader
from episodeck.highlights.reader import READ_ANYWAY, WINDOW, Pieces, cut, read, worth_reading
from episodeck.speech.pieces import LAST, Vocabulary

VOCABULARY = Vocabulary("[PAD]\n[UNK]\n[CLS]\n[SEP]\n.\n,\n?\nthe\nkiln\ncool\n##s\nwhy\n##'s")
SUBSTANCE = "The biggest mistake of beginners is that they open the kiln before the core has cooled."
CHATTER = "Yeah, thanks so much for having me on the show today, it is great to be here with you."


@pytest.mark.parametrize("length", [0, 1, 253, 254, 255, 300, 444, 445, 5000])
def test_every_piece_is_answered_for_once_by_a_window_that_holds_it(length: int) -> None:
    nothing = np.zeros(length, np.int64)
    answered = []
    for first, end, done, until in Pieces(nothing, nothing, nothing, nothing).windows():
        assert 0 <= first <= done < until <= end <= length
        assert end - first <= WINDOW - 2
        assert first == 0 or done - first >= 32
        assert end == length or end - until >= 32
        answered += range(done, until)
    assert answered == list(range(length))


def test_words_are_cut_with_their_marks_and_turns() -> None:
    talk = episode((HOST, "Why?"), (GUEST, "The kiln cools, / the — the-kiln's."))
    pieces = cut(list(talk.spoken()), VOCABULARY)
    listed = list(VOCABULARY.numbers)
    assert [listed[i] for i in pieces.ids] == [
        "[SEP]", "why", "?",
        "[SEP]", "the", "kiln", "cool", "##s", ",", "the", "the", "kiln", "##'s", ".",
    ]  # fmt: skip
    assert pieces.sentence.tolist() == [-1, 0, 0, -1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]
    assert pieces.word.tolist() == [-1, 0, -1, -1, 1, 2, 3, 3, -1, 4, 6, 6, 6, -1]
    assert pieces.roles.tolist() == [2, 2, 2, *[1] * 11]
    assert pieces.ids[0] == LAST


def test_a_reading_has_a_row_a_sentence_and_a_number_a_word() -> None:
    talk = episode((HOST, "So … why does that matter?"), (GUEST, f"{SUBSTANCE} / {CHATTER}"))
    reading = read(talk)
    assert reading.sentences.shape == (3, 4)
    for chances in (reading.answer, reading.topic):
        assert chances.shape == (len(talk.speech.words),)
        assert ((chances >= 0) & (chances <= 1)).all()
        assert chances[talk.speech.words.index("…")] == 0
    assert (reading.answer[talk.speech.words.index("cooled.")]) > 0


def test_what_is_worth_remembering_stands_out() -> None:
    turns = [
        (HOST, "How do you teach people?"),
        (GUEST, f"{CHATTER} / {SUBSTANCE}"),
        (HOST, "Great, thank you."),
    ]
    claim, _, _, bad = read(episode(*turns)).sentences.T
    assert claim[2] == max(claim)
    assert bad[2] < bad[1]


def test_the_same_words_are_read_the_same_every_time() -> None:
    talk = episode(*[(GUEST, f"{SUBSTANCE} / {CHATTER}")] * 30)
    once, again = read(talk), read(talk)
    assert (once.sentences == again.sentences).all()
    assert (once.answer == again.answer).all()


def test_nothing_said_is_nothing_read() -> None:
    reading = read(episode())
    assert reading.sentences.shape == (0, 4)
    assert reading.answer.shape == reading.topic.shape == (0,)


def test_a_long_talk_is_read_but_for_the_windows_that_promise_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "READ_ANYWAY", 6)  # or the talk would have to be very long
    small_talk = " / ".join(
        [CHATTER, "Oh wow.", "Yeah, that is so funny, thank you all for listening to the show."] * 12
    )
    substance = " / ".join(
        [SUBSTANCE, "Slow cooling matters because a thick base keeps its heat for hours."] * 12
    )
    turns = [(GUEST, substance), (HOST, small_talk), (GUEST, substance)] * 3
    talk = episode(*turns)
    closely, quickly = read(talk, closely=True), read(talk)
    passed_over = np.flatnonzero((closely.sentences != quickly.sentences).any(axis=1))
    assert len(passed_over)
    # At most a sentence or two at the edges of the small talk are of substance.
    worth = {i for i, s in enumerate(talk.spoken()) if s.turn % 3 != 1}
    assert len(worth.intersection(passed_over.tolist())) <= 0.1 * len(passed_over)
    # What was read was read as it would have been anyway.
    assert (closely.answer[quickly.answer > 0] == quickly.answer[quickly.answer > 0]).all()
    assert (closely.plain == quickly.plain).all()


def test_a_short_talk_is_read_whole() -> None:
    talk = episode((HOST, CHATTER), (GUEST, " / ".join([SUBSTANCE, CHATTER] * 10)))
    closely, quickly = read(talk, closely=True), read(talk)
    assert (closely.sentences == quickly.sentences).all()
    assert (closely.answer == quickly.answer).all()
    windows = [(0, 10, 0, 10)] * READ_ANYWAY
    assert worth_reading(windows, np.zeros(10, np.int64), np.array([-9.0])) == windows
