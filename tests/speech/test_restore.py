"""What every later stage relies on: words in order, offsets, turns, times, and sentences that make sense."""

from __future__ import annotations

import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodeck.model import Aside, Chapter, Cue, Metadata, Role, Sentence, Speech, Transcript, Turn
from episodeck.speech import restore

SHARED = Path(__file__).resolve().parents[2].parent / "shared"

RAW_TALK = (
    "so welcome to the show thank you for having me it is great to be here let's start with the basics what is a "
    "memory palace and why does it work well a memory palace is a place that you know very well and you put the things "
    "you want to remember in its rooms it works because our brains are very good at places and very bad at lists i "
    "think that most people who try it are surprised how long the pictures stay do you still use it every day yeah i "
    "use it for talks and for shopping lists but i don't use it for names because names need a different trick"
)


def transcript(*cues: Cue, chapters: tuple[Chapter, ...] = ()) -> Transcript:
    return Transcript("seeds/talk.txt", "plain", "0" * 64, Metadata(chapters=chapters), cues)


def sentences(speech: Speech) -> list[Sentence]:
    return [sentence for turn in speech.turns for sentence in turn.sentences]


def bare(text: str) -> list[str]:
    """Words of a text as a reader would compare them: no case, no marks around them."""
    return [word.lower().strip(".,?!") for word in text.split()]


WORDS = st.sampled_from(
    "the model learns. learns what? we, we went home. [Music] um you know Dr. Moss e.g. 3.5 it's AI and so on... "
    "I -- don't “quote” (laughs) ¿qué? 你好 🎧 <b> {{c1::x}} yeah. right. thanks for coming".split()
)
CUES = st.lists(
    st.builds(
        Cue,
        st.one_of(st.lists(WORDS, max_size=25).map(" ".join), st.text(max_size=30)),
        st.sampled_from([None, None, "Ada Moss", "Ben"]),
        st.none() | st.floats(0, 5000),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(CUES, st.lists(st.integers(0, 12), max_size=3))
def test_every_word_is_kept_in_order_and_has_its_offset(cues: list[Cue], chapters: list[int]) -> None:
    speech = restore(
        transcript(*cues, chapters=tuple(Chapter("Title", k) for k in chapters if k <= len(cues)))
    )
    words = [word for cue in cues for word in cue.text.split()]
    assert list(speech.words) == words
    at = 0
    for sentence in sentences(speech):
        assert sentence.first == at <= sentence.last
        shown = sentence.text.split()
        assert len(shown) == sentence.last - sentence.first + 1
        assert bare(sentence.text) == bare(speech.excerpt(sentence.first, sentence.last))
        at = sentence.last + 1
    assert at == len(words)
    assert all(0 < b < len(words) for b in speech.breaks)
    assert all(turn.role is None and turn.sentences for turn in speech.turns)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 60), max_size=6, unique=True))
def test_a_chapter_line_never_splits_a_sentence(places: list[int]) -> None:
    words = RAW_TALK.split()[:80]
    cuts = [0, *sorted(places), len(words)]
    cues = [Cue(" ".join(words[a:b])) for a, b in pairwise(cuts)]
    plain = restore(transcript(*cues))
    divided = restore(transcript(*cues, chapters=tuple(Chapter(f"Part {k}", k) for k in range(1, len(cues)))))
    assert divided.turns == plain.turns
    assert divided.breaks == tuple(sorted(places))


def test_the_same_words_give_the_same_speech() -> None:
    first = restore(transcript(Cue(RAW_TALK)))
    assert restore(transcript(Cue(RAW_TALK))) == first
    # Where captions break their lines does not matter.
    words = RAW_TALK.split()
    lines = [Cue(" ".join(words[k : k + 6])) for k in range(0, len(words), 6)]
    assert restore(transcript(*lines)) == first


def test_bare_words_become_sentences() -> None:
    found = sentences(restore(transcript(Cue(RAW_TALK))))
    texts = [sentence.text for sentence in found]
    assert 8 <= len(texts) <= 18
    assert all(text[0].isupper() and text[-1] in ".?" for text in texts)
    assert any(text.endswith("?") and "still use it" in text for text in texts)
    assert "I think" in " ".join(texts)


def test_capitals_of_names_in_captions_stay() -> None:
    words = (
        "today we talk to Mira Castellan about the brain and she says that the Hippocampus is where it starts and that "
        "sleep is what makes it last which is what many of us would like to hear from a person like Mira Castellan"
    )
    assert " ".join(s.text for s in sentences(restore(transcript(Cue(words))))).count("Mira Castellan") == 2


def test_punctuated_sentences_stand_as_they_are() -> None:
    speech = restore(
        transcript(
            Cue("We met Dr. Moss at 3.5 percent, i.e. low. It cost", "Ada Moss"),
            Cue("twenty dollars. Was it worth it?", "Ada Moss"),
            Cue("Well... Mostly. J. R. Field said so.", "Ben Oduya"),
        )
    )
    assert [[s.text for s in turn.sentences] for turn in speech.turns] == [
        ["We met Dr. Moss at 3.5 percent, i.e. low.", "It cost twenty dollars.", "Was it worth it?"],
        ["Well...", "Mostly.", "J. R. Field said so."],
    ]
    assert [turn.speaker for turn in speech.turns] == ["Ada Moss", "Ben Oduya"]


def test_turns_are_the_files_where_it_has_them() -> None:
    speech = restore(
        transcript(
            Cue("How was it?", None, 0.0, True),
            Cue("Good.", None, 2.0, True),
            Cue("Very good, I would say.", None, 3.0),
            Cue("Right.", "Ben", 5.0),
            Cue("Right.", "Ben", 6.0, True),
        )
    )
    assert [(t.speaker, len(t.sentences)) for t in speech.turns] == [(None, 1), (None, 2), ("Ben", 2)]


def test_listener_noises_make_no_turn_in_unlabelled_talk() -> None:
    text = (
        "I think that spacing is the one thing that every teacher should know about. Right. And the reason is that it "
        "costs nothing at all. Mm-hmm. You take the same hour and you cut it into four. Yeah. And then it stays. "
    ) * 4
    for turn in restore(transcript(Cue(text))).turns:
        assert len(turn.sentences) > 1 or len(turn.sentences[0].text.split()) > 2


def test_who_asks_after_a_listeners_noise_has_a_turn() -> None:
    stage = import_module("episodeck.speech.restore")
    said = "It costs nothing at all.", "Right.", "And what does it bring?", "Mm-hmm.", "It brings a lot."
    turns = [Turn(None, None, (Sentence(text, text, k, k),)) for k, text in enumerate(said)]
    joined = [[s.text for s in turn.sentences] for turn in stage._without_noises(turns)]
    assert joined == [list(said[:2]), [said[2]], list(said[3:])]


def test_no_sentence_begins_with_etc() -> None:
    raw = "there are details like how do you make it cheap how do you make it fast etc etc it is not that we knew it"
    texts = [s.text for s in sentences(restore(transcript(Cue(raw))))]
    assert any("fast etc etc" in text for text in texts)


def test_times_come_from_the_cues() -> None:
    long = "One two three four five six seven eight nine ten. Eleven twelve thirteen fourteen fifteen sixteen seventeen."
    speech = restore(
        transcript(Cue("First things first.", None, 1.0), Cue(long, None, 10.0), Cue("Bye.", None, 20.0))
    )
    starts = [sentence.start for sentence in sentences(speech)]
    assert starts[:2] == [1.0, 10.0]
    assert starts[2] is not None and 13 < starts[2] < 18
    assert starts[3] == 20.0
    assert [s.start for s in sentences(restore(transcript(Cue("No time. None."))))] == [None, None]


@pytest.mark.parametrize("words", ["[Music]", "[Music] ♪ [upbeat music] (laughs)"])
def test_nothing_but_music_is_set_aside(words: str) -> None:
    found = sentences(restore(transcript(Cue(words))))
    assert found and all(s.aside is Aside.MUSIC and s.readable == "" for s in found)


def test_odd_input_gives_a_speech() -> None:
    assert restore(transcript()).turns == ()
    assert restore(transcript(Cue(""), Cue("  \n "))).words == ()
    assert [s.text for s in sentences(restore(transcript(Cue("..."))))] == ["..."]
    endless = "a" * 300_000
    began = time.monotonic()
    assert (
        len(sentences(restore(transcript(Cue(endless), Cue(endless + "'" * 1000), Cue("x'" * 100_000))))) >= 1
    )
    assert time.monotonic() - began < 5


def test_long_stretches_are_read_in_blocks_without_a_seam() -> None:
    text = "The tide comes in twice a day. Nobody can stop it, but everybody can plan for it. "
    found = sentences(restore(transcript(Cue(text * 1200, "Ada"))))
    assert {s.text for s in found} == {
        "The tide comes in twice a day.",
        "Nobody can stop it, but everybody can plan for it.",
    }


SPOKEN = {
    "en": "today we talk about memory and why it is not what most people think it is and what to do about it",
    "es": "hoy vamos a hablar de la memoria y de por qué no es como la gente lo piensa porque el olvido es muy útil",
    "de": "wir reden heute über das Gedächtnis und warum es nicht so ist wie man denkt und das ist auch gut für uns",
    "pl": "dziś mówimy o pamięci i o tym że nie jest tak jak się o niej myśli ale to jest dobre i może tak ma być",
    "sv": "idag talar vi om minnet och varför det inte är som man tror men det är också bra att ha för oss",
    "hi": "aaj hum yaaddasht ke baare mein baat karenge aur yeh kyun zaroori hai ki log bhi isko samajh sakte hain",
    "ja": "今日は 記憶に ついて 話します これは とても 大切な ことです",
    "ru": "сегодня мы говорим о памяти и о том почему она не такая как люди думают",
    "und": "vorlim trasken obu jilna perdo kasmi tulven drago nesh wilpu forrin",
    "zxx": "3 14 159 26 535 8 979 32 384 62",
}


@pytest.mark.parametrize("code", SPOKEN)
@pytest.mark.parametrize("times", [3, 30])
def test_the_language_is_told(code: str, times: int) -> None:
    assert restore(transcript(Cue(f"{SPOKEN[code]} " * times))).language == code


def test_a_few_words_of_another_language_are_no_other_language() -> None:
    text = f"{SPOKEN['en']} " * 6 + SPOKEN["de"] + f" {SPOKEN['en']}" * 3
    assert restore(transcript(Cue(text))).language == "en"


@pytest.mark.parametrize("words", ["um " * 500, "x" * 9_000 + " and so on", "a-" * 4_000, "😀 🎧 " * 50])
def test_what_is_no_language_is_told(words: str) -> None:
    assert restore(transcript(Cue(words))).language == "zxx"


def test_roles_are_left_to_others() -> None:
    speech = restore(transcript(Cue("Hello there.", "Ada"), Cue("Hello.", "Ben")))
    assert not {turn.role for turn in speech.turns} & set(Role)


@pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the corpus is not here")
def test_restored_speech_is_about_right() -> None:
    """A floor under the restorer, far below what it reaches, on talks it was not trained on."""
    import json
    import lzma

    with lzma.open(SHARED / "corpus" / "bitcoin.jsonl.xz", "rt", encoding="utf-8") as lines:
        talk = next(t for t in map(json.loads, lines) if t["split"] == "dev" and len(t["turns"]) > 30)
    words = [w for _, text in talk["turns"] for w in text.split() if any(map(str.isalnum, w))][:3000]
    true = {k for k, w in enumerate(words) if w.rstrip("\"”')").endswith((".", "?", "!"))}
    stripped = [w.strip(".,;:?!\"“”()[]'").lower() or "x" for w in words]
    found = {s.last for s in sentences(restore(transcript(Cue(" ".join(stripped)))))}
    assert 2 * len(true & found) / (len(true) + len(found)) > 0.5


def test_a_stuttered_i_stays_a_capital() -> None:
    words = "i i i think the tide was late and i i went home because the harbour was shut".split()
    speech = restore(transcript(*[Cue(" ".join(words[i : i + 6])) for i in range(0, len(words), 6)]))
    shown = " ".join(s.text for turn in speech.turns for s in turn.sentences).split()
    assert "i" not in [word.strip(",.") for word in shown]
    assert len(shown) == len(words)
