"""Who speaks and how names are spelled, on invented talk with plainly fictional people."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodeck.model import Chapter, Cue, Episode, Metadata, NameFix, Role, Transcript
from episodeck.people import identify
from episodeck.people.episode import episode_id
from episodeck.people.names import same_person
from episodeck.people.roster import title_names
from episodeck.settings import Settings
from episodeck.speech import restore

Talk = list[tuple[str | None, str]]

ANSWER = (
    "I think of it as a garden. When I was a student I spent four years on it, and what we found is that the soil matters "
    "far more than the seeds. My own lab still works on that today, and it took us a long time to understand why."
)


def episode(
    talk: Talk,
    *,
    options: Settings | None = None,
    source: str = "seeds/talk.txt",
    marked: bool = False,
    **metadata: object,
) -> Episode:
    """The episode of some talk: pairs of a label, or none, and words."""
    cues = tuple(Cue(text, label, None, marked or label is not None) for label, text in talk)
    transcript = Transcript(source, "plain", "0" * 64, Metadata(**metadata), cues)  # type: ignore[arg-type]
    speech = restore(transcript)
    result = identify(transcript, speech, options or Settings())
    assert result.speech.words == speech.words
    before = [(s.text, s.first, s.last, s.start) for t in speech.turns for s in t.sentences]
    assert [(s.text, s.first, s.last, s.start) for t in result.speech.turns for s in t.sentences] == before
    return result


def interview(host: str | None = "Ann Orrin", guest: str | None = "Bo Lunde", turns: int = 4) -> Talk:
    """A labelled interview, without an introduction."""
    questions = (
        "How did you get started with gardens?",
        "What surprised you most?",
        "And why is that?",
        "What is next for you?",
    )
    talk: Talk = []
    for i in range(turns):
        talk += [(host, questions[i % 4]), (guest, ANSWER)]
    return talk


def raw_interview() -> Talk:
    """The same as captions have it: no labels, marks or capitals."""
    return [(None, re.sub(r"[.,?]", "", text.lower())) for _, text in interview(None, None)]


def readable(e: Episode) -> str:
    return " ".join(s.readable for t in e.speech.turns for s in t.sentences)


def by_speaker(e: Episode) -> dict[str, set[tuple[str | None, Role | None]]]:
    """First words of each turn, and who says them."""
    return {t.sentences[0].text.split()[0]: {(t.speaker, t.role)} for t in e.speech.turns}


class TestNamesFromSpeech:
    def test_wrong_metadata_is_overruled_by_the_spoken_introduction(self) -> None:
        # `speaker` in the file is the host; the guest is only named in speech, in raw captions.
        talk: Talk = [
            (None, "what matters most about soil is that it is alive you know that is what people miss"),
            (None, "my guest today is Daniel Oberlund's the head of the soil lab at northfield"),
            (None, "i'm Maria Kestrel and today on garden minds Daniel and i talk about a bunch of things"),
            (None, "Daniel Thank you very much for, uh, visiting our podcast yeah thanks for having me"),
        ]
        talk += raw_interview()
        e = episode(talk, speakers=("Maria Kestrel",), title="YouTube Video: aB3dE6gH9jK")
        assert e.info.guests == ("Daniel Oberlund",)
        assert e.info.hosts == ("Maria Kestrel",)
        assert e.info.show == "Garden Minds"
        assert e.info.title == "Daniel Oberlund on Garden Minds"

    def test_a_guest_stated_in_the_file_who_hosts_is_a_host(self) -> None:
        talk: Talk = [
            (
                "Maria Kestrel",
                "Welcome to Garden Minds. I'm your host, Maria Kestrel. My guest today is Daniel Oberlund. Welcome, Daniel.",
            ),
            ("Daniel Oberlund", "Thanks for having me."),
            *interview("Maria Kestrel", "Daniel Oberlund"),
        ]
        e = episode(talk, speakers=("Maria Kestrel",))
        assert (e.info.guests, e.info.hosts) == (("Daniel Oberlund",), ("Maria Kestrel",))

    @pytest.mark.parametrize(
        "introduction",
        [
            "hi and welcome to garden minds i'm delighted to share today's episode with martin solberg founder and ceo of loam",
            "welcome back to garden minds today i'm here with martin solberg and we have a wide conversation for you",
            "hello everyone i am joined today by martin solberg who is a professor of soil at northfield",
            "this is garden minds and my guest today is martin solberg",
            "so please welcome martin solberg hello martin",
            "martin solberg welcome to the show thank you",
        ],
    )
    def test_introductions_without_punctuation_or_capitals(self, introduction: str) -> None:
        talk: Talk = [(None, introduction), *raw_interview()]
        assert episode(talk).info.guests == ("Martin Solberg",)

    def test_nobody_named_stays_unknown(self) -> None:
        e = episode([(None, text) for _, text in interview()])
        assert (e.info.guests, e.info.hosts) == ((), ())
        assert {t.speaker for t in e.speech.turns} == {None}

    def test_a_person_talked_about_is_no_guest(self) -> None:
        talk: Talk = [
            (None, "We talked about Martin Solberg last week. I read what Martin Solberg wrote about soil."),
            *interview(None, None),
        ]
        assert episode(talk).info.guests == ()

    def test_a_first_name_alone_is_no_full_name(self) -> None:
        talk: Talk = [
            (None, "welcome to garden minds my guest today is martin welcome martin"),
            *interview(None, None),
        ]
        assert episode(talk).info.guests == ()

    def test_placeholders_are_nobody(self) -> None:
        e = episode(interview(), guests=("Unknown",), hosts=("Host",), show="Unknown")
        assert e.info.guests == ("Bo Lunde",)
        assert e.info.hosts == ("Ann Orrin",)
        assert e.info.show is None

    def test_a_title_names_the_guest_where_speech_bears_it_out(self) -> None:
        talk: Talk = [(None, "Welcome, Martin. It's great to have you."), *interview(None, None)]
        assert episode(talk, title="Martin Solberg on living soil").info.guests == ("Martin Solberg",)
        assert episode(interview(None, None), title="Apache Kafka on living soil").info.guests == ()

    @pytest.mark.parametrize(
        ("title", "names"),
        [
            ("#12 – Martin Solberg on living soil", {"Martin Solberg": True}),
            (
                "Living soil at the lab, with Martin Solberg and Ann de Vries",
                {"Martin Solberg": True, "Ann de Vries": True},
            ),
            ("Martin Solberg: living soil | Garden Minds", {"Martin Solberg": False, "Garden Minds": False}),
            ("what to do with a garden", {}),
        ],
    )
    def test_names_in_titles(self, title: str, names: dict[str, bool]) -> None:
        assert title_names(title) == names

    def test_two_hosts_without_labels_or_guest_both_host(self) -> None:
        talk: Talk = [
            (
                None,
                "welcome to garden minds i'm your host maria kestrel and i'm joined as always by my co-host daniel oberlund",
            ),
            *raw_interview(),
        ]
        e = episode(talk)
        assert (e.info.guests, set(e.info.hosts)) == ((), {"Maria Kestrel", "Daniel Oberlund"})
        assert {(t.speaker, t.role) for t in e.speech.turns} == {(None, Role.HOST)}


class TestLabels:
    def test_a_show_without_guests_has_only_hosts(self) -> None:
        talk: Talk = [
            (
                "Ann Orrin",
                "Welcome to another episode of Garden Minds. I'm Ann Orrin, and I'm joined as always by my co-host, Bo Lunde.",
            ),
            ("Bo Lunde", "Good morning, Ann. How are you?"),
        ]
        for _ in range(6):
            talk += [
                ("Ann Orrin", "I read three papers about soil this week. What did you make of them, Bo?"),
                ("Bo Lunde", "I liked the second one. Did you see the table at its end, Ann? It was odd."),
            ]
        e = episode(talk)
        assert e.info.guests == ()
        assert set(e.info.hosts) == {"Ann Orrin", "Bo Lunde"}
        assert {t.role for t in e.speech.turns} == {Role.HOST}

    def test_anonymous_labels_get_the_names_that_the_text_proves(self) -> None:
        talk: Talk = [
            (
                "Speaker 1",
                "Welcome to Garden Minds. I'm Ann Orrin, your host. My guest today is Martin Solberg. Welcome, Martin.",
            ),
            ("Speaker 2", "Thank you. It's good to be here."),
            *interview("Speaker 1", "Speaker 2"),
        ]
        e = episode(talk)
        assert (e.info.guests, e.info.hosts) == (("Martin Solberg",), ("Ann Orrin",))
        assert {(t.speaker, t.role) for t in e.speech.turns} == {
            ("Ann Orrin", Role.HOST),
            ("Martin Solberg", Role.GUEST),
        }

    def test_anonymous_labels_without_proof_keep_their_roles_and_no_name(self) -> None:
        e = episode(interview("Speaker 1", "Speaker 2"))
        assert {t.speaker for t in e.speech.turns} == {None}
        assert (e.info.guests, e.info.hosts) == ((), ())

    @pytest.mark.parametrize(
        "labels",
        [("Host", "Guest"), ("Interviewer", "Bo"), ("AO", "BL"), ("Ann", "Bo"), ("Ann Orin", "Bo Lunde")],
    )
    def test_short_and_misspelled_labels_are_whom_the_file_names(self, labels: tuple[str, str]) -> None:
        e = episode(interview(*labels), guests=("Bo Lunde",), hosts=("Ann Orrin",))
        assert {(t.speaker, t.role) for t in e.speech.turns} == {
            ("Ann Orrin", Role.HOST),
            ("Bo Lunde", Role.GUEST),
        }
        assert (e.info.guests, e.info.hosts) == (("Bo Lunde",), ("Ann Orrin",))

    def test_breaks_and_jingles_are_nobody(self) -> None:
        e = episode([*interview(), ("Break", "This part is brought to you by a shovel."), *interview()])
        assert {t.speaker for t in e.speech.turns if "shovel" in t.sentences[0].text} == {None}
        assert "Break" not in e.info.guests + e.info.hosts

    def test_an_ambiguous_first_name_is_left(self) -> None:
        e = episode(interview("Host", "Bo"), guests=("Bo Lunde", "Bo Harkin"))
        assert {t.speaker for t in e.speech.turns if t.role is Role.GUEST} == {"Bo"}


class TestUnlabelled:
    TALK = (
        "Hello and welcome back to Garden Minds. Today I'm here with Martin Solberg. Martin, how did you get started with soil?",
        "Yeah, thank you for having me. " + ANSWER,
        "That's fascinating. What surprised you the most about what you found?",
        "Yeah, so I was surprised by how slow it is. I remember when we first measured it, and I didn't believe what I saw. "
        + ANSWER,
        "How should our listeners think about that? What would you tell them?",
        "Well, I would tell them to be patient. We have seen that it pays off, and my students have seen it too. "
        + ANSWER,
        "Martin, thank you so much for coming on the show.",
        "Thank you. It was great to be here.",
    )

    def test_marked_turns_go_to_host_and_guest(self) -> None:
        e = episode([(None, t) for t in self.TALK], marked=True, hosts=("Ann Orrin",))
        said = {t.sentences[0].first: t for t in e.speech.turns}
        assert [(t.speaker, t.role) for _, t in sorted(said.items())][1:7:2] == [
            ("Martin Solberg", Role.GUEST)
        ] * 3
        assert next(t for t in e.speech.turns if "fascinating" in t.sentences[0].text).role is Role.HOST

    def test_a_stream_is_divided(self) -> None:
        e = episode([(None, " ".join(self.TALK))])
        truth = [i % 2 for i, text in enumerate(self.TALK) for _ in text.split()]
        ours = [t for t in e.speech.turns for s in t.sentences for _ in range(s.last - s.first + 1)]
        given = [guest for guest, turn in zip(truth, ours, strict=True) if turn.role is Role.GUEST]
        assert len(given) > 0.5 * sum(truth)
        assert sum(given) > 0.85 * len(given)
        assert {(t.role, t.speaker) for t in ours if t.speaker} <= {(Role.GUEST, "Martin Solberg")}
        assert e.info.hosts == ()

    def test_several_hosts_have_a_role_and_no_name(self) -> None:
        e = episode([(None, t) for t in self.TALK], marked=True, hosts=("Ann Orrin", "Bo Lunde"))
        assert {t.speaker for t in e.speech.turns if t.role is Role.HOST} == {None}


class TestSpelling:
    def test_a_chapter_line_mends_a_misheard_name(self) -> None:
        talk: Talk = [
            (
                None,
                "Welcome back to Garden Minds. Today I'm here with Andre Kowalski, and we have a lot to cover. Welcome, Andre.",
            ),
            (None, "Andre's garden is famous, and Andre Kowalski's book is too. Andre Agassi plays tennis."),
            *interview(None, None),
        ]
        e = episode(talk, chapters=(Chapter("Andrej Kowalsky Introduction", 0),))
        assert e.info.guests == ("Andrej Kowalsky",)
        text = readable(e)
        assert "Andrej's garden" in text
        assert "Andrej Kowalsky's book" in text
        assert "Andre Agassi plays" in text
        assert NameFix("Andre Kowalski", "Andrej Kowalsky") in e.name_fixes
        assert all("Andrej" not in s.text for t in e.speech.turns for s in t.sentences)

    def test_a_short_first_name_one_letter_off_before_the_right_surname(self) -> None:
        talk: Talk = [
            (
                "Ann Orrin",
                "Did marj Tarvel write it, or Marv tarvel? The marj river is far. Mark Tarvel sang.",
            ),
            *interview(),
        ]
        e = episode(talk, options=Settings(people={"Marn Tarvel": ()}))
        assert "Did Marn Tarvel write it, or Marn Tarvel?" in readable(e)
        # By itself it may be anything, and Mark is a name of its own.
        assert "The marj river is far. Mark Tarvel sang." in readable(e)

    def test_a_short_first_name_one_letter_off_stays_where_two_people_fit(self) -> None:
        talk: Talk = [("Ann Orrin", "Did Marj Tarvel write it?"), *interview()]
        e = episode(talk, options=Settings(people={"Marn Tarvel": (), "Marv Tarvel": ()}))
        assert "Did Marj Tarvel write it?" in readable(e)

    def test_a_name_in_many_parts_may_lack_its_first(self) -> None:
        assert same_person("Lina Ben Omar", "El Lina Ben Omar")
        assert same_person("El Lina Ben Omar", "Lina Ben Omar")
        assert not same_person("Ben Omar", "Lina Ben Amar")
        assert not same_person("Omar", "Lina Omar")

    def test_capitals_of_known_names(self) -> None:
        talk: Talk = [("Ann Orrin", "So, did bo lunde's plan work?"), *interview()]
        e = episode(talk)
        assert "Bo Lunde's plan" in readable(e)

    def test_a_spelling_that_may_be_two_people_is_left(self) -> None:
        talk: Talk = [
            ("Marta Lindquist", "I met Martha Lindqvist there, and Marta Lindqwist too."),
            *interview("Marta Lindquist", "Martha Lindqvist"),
        ]
        e = episode(talk)
        assert "Marta Lindqwist too" in readable(e)
        assert "Martha Lindqvist there" in readable(e)

    def test_settings_give_spellings(self) -> None:
        options = Settings(people={"Zoë Tannhauser": ("zoe tan house", "Tanhouser")})
        talk: Talk = [
            ("Ann Orrin", "I read Zoe Tan House, and Tanhouser's letters, not the tanhousers."),
            *interview(),
        ]
        e = episode(talk, options=options)
        assert "I read Zoë Tannhauser, and Zoë Tannhauser's letters, not the tanhousers." in readable(e)
        assert [f.correct for f in e.name_fixes] == ["Zoë Tannhauser"] * 2

    def test_terms_as_the_file_writes_them(self) -> None:
        talk: Talk = [("Bo Lunde", "We built soil bot with a team of two. The soil is fine."), *interview()]
        e = episode(talk, summary="Bo Lunde built SoilBot.")
        assert "We built SoilBot with" in readable(e)
        assert "The soil is fine" in readable(e)
        assert e.hints == ("Bo Lunde built SoilBot.",)

    def test_a_show_named_after_a_thing_is_not_the_thing(self) -> None:
        talk: Talk = [
            ("Bo Lunde", "We walked down to the harbour and saw garden minds at work."),
            *interview(),
        ]
        assert "to the harbour and" in readable(episode(talk, show="The Harbour"))
        assert "saw Garden Minds at" in readable(episode(talk, show="Garden Minds"))

    def test_nothing_known_changes_nothing(self) -> None:
        e = episode([(None, "Andre met Andrea and Andreas in the garden of the old house by the river.")])
        assert e.name_fixes == ()


class TestInfo:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("seeds/000_abc.txt", "000-abc"),
            ("seeds/Soil Talks/Épisode 12.en.vtt", "soil-talks-episode-12"),
            ("seeds/2021.05 notes.md", "2021-05-notes"),
            ("seeds/土の話.txt", "土の話"),
            ("talk.json", "talk"),
        ],
    )
    def test_ids(self, source: str, expected: str) -> None:
        assert episode_id(source) == expected

    def test_titles(self) -> None:
        assert episode(interview(), title="On soil").info.title == "On soil"
        assert episode(interview(), show="Garden Minds").info.title == "Bo Lunde on Garden Minds"
        assert (
            episode([(None, "Soil is alive.")], source="seeds/living_soil-part 2.txt").info.title
            == "Living soil part 2"
        )
        assert episode([(None, "Soil is alive.")], title="talk.mp3").info.title == "Talk"

    def test_the_setting_fills_a_missing_show(self) -> None:
        options = Settings(show="Garden Minds")
        assert episode(interview(), options=options).info.show == "Garden Minds"
        assert episode(interview(), options=options, show="Soil Hour").info.show == "Soil Hour"

    def test_what_the_file_says_is_kept(self) -> None:
        e = episode(interview(), date="2024-05-01", url="https://example.org/1", claims=("Soil is alive.",))
        assert (e.info.date, e.info.url, e.hints) == (
            "2024-05-01",
            "https://example.org/1",
            ("Soil is alive.",),
        )
        assert (e.info.topics, e.info.source, e.info.digest, e.format) == (
            (),
            "seeds/talk.txt",
            "0" * 64,
            "plain",
        )


NAMES = ("Ann Orrin", "Bo Lunde", "Martin Solberg")
PIECES = st.sampled_from(
    [
        "welcome to the show", "my guest is", "I'm", "thanks", "Martin Solberg", "Ann", "bo lunde", "what do you think?", "yeah.",
        "I think so.", "\x1f", "<b>", "{{c1::x}}", "שלום", "🙂", "...", "Mr.", "joined by", "and", "'s", "-", "founder of", "O'Neil",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, "Ann", "Speaker 1", "Host", "", "👍"]),
            st.lists(PIECES, min_size=1, max_size=9),
        ),
        max_size=12,
    ),
    st.booleans(),
    st.sampled_from([(), ("Martin Solberg",), ("\x1f",), ("a b c d e f g",)]),
)
def test_any_talk_keeps_its_words_and_invents_no_name(
    talk: list[tuple[str | None, list[str]]], marked: bool, guests: tuple[str, ...]
) -> None:
    e = episode([(label, " ".join(words)) for label, words in talk], marked=marked, guests=guests)
    said = " ".join(["Ann Speaker 1 Host 👍", *guests, *e.speech.words]).lower()
    for name in e.info.guests + e.info.hosts + tuple(t.speaker for t in e.speech.turns if t.speaker):
        assert all(part.lower().strip(".") in said for part in name.split())
