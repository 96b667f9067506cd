"""Nothing is chosen from teasers, greetings, advertisements and goodbyes, and nothing else is lost."""

from __future__ import annotations

from episodeck.model import Aside, Cue, Metadata, Transcript
from episodeck.speech import restore

TEASER = "Nobody forgets because of age alone. We forget because we never look at the thing again."
WELCOME = (
    "Hello and welcome to Tidewater Talks, the show about how minds work. I'm your host, Lena Brandt. My guest today is "
    "Tomas Okafor, who runs a small lab by the sea. Tomas, welcome to the show."
)
BODY = (
    "Sleep is when the brain sorts the day. It replays what mattered, and it lets the rest fade. In our trial the group "
    "that slept kept twice as much as the group that did not. The effect was larger for hard words than for easy ones. "
    "I think that schools should start later because of this. A nap of twenty minutes helps more than a coffee does. "
)
AD = (
    "This episode is brought to you by Marrow Notebooks. They make paper that lies flat. Head to marrownotebooks.com and "
    "use code TIDE for ten percent off."
)
BYE = (
    "Tomas, thank you so much for coming on. Listeners, you can find us on the web at tidewatertalks.com. If you liked "
    "it, please rate and review the podcast. See you next week."
)


def kinds(*cues: Cue) -> dict[str, Aside | None]:
    speech = restore(Transcript("seeds/t.txt", "plain", "0", Metadata(), cues))
    return {sentence.text: sentence.aside for turn in speech.turns for sentence in turn.sentences}


def test_an_episode_is_sorted() -> None:
    host, guest = "Lena Brandt", "Tomas Okafor"
    found = kinds(
        Cue(TEASER, guest),
        Cue(WELCOME, host),
        Cue("Thanks for having me.", guest),
        Cue("So why do we forget?", host),
        Cue(
            BODY
            + "Nobody forgets because of age alone. We forget because we never looked at the thing again.",
            guest,
        ),
        Cue("Let me stop you there for a moment. " + AD, host),
        Cue(BODY.replace("The", "Then the") + BODY.replace("Sleep", "Rest"), guest),
        Cue(BYE, host),
    )
    for text, aside in {
        "We forget because we never look at the thing again.": Aside.COLD_OPEN,
        "I'm your host, Lena Brandt.": Aside.GREETING,
        "My guest today is Tomas Okafor, who runs a small lab by the sea.": Aside.GREETING,
        "Thanks for having me.": Aside.GREETING,
        "So why do we forget?": None,
        "We forget because we never looked at the thing again.": None,
        "Let me stop you there for a moment.": None,
        "This episode is brought to you by Marrow Notebooks.": Aside.SPONSOR,
        "They make paper that lies flat.": Aside.SPONSOR,
        "Head to marrownotebooks.com and use code TIDE for ten percent off.": Aside.SPONSOR,
        "Tomas, thank you so much for coming on.": Aside.OUTRO,
        "If you liked it, please rate and review the podcast.": Aside.OUTRO,
        "See you next week.": Aside.OUTRO,
    }.items():
        assert found[text] is aside, text
    assert all(found[s + "."] is None for s in BODY.strip(" .").split(". "))


def test_a_first_goodbye_does_not_end_the_talk() -> None:
    found = kinds(
        Cue(WELCOME), Cue(BODY * 4), Cue("Thanks for joining us."), Cue(BODY.replace("Sleep", "Rest") * 6)
    )
    assert found["Thanks for joining us."] is Aside.OUTRO
    assert found["Rest is when the brain sorts the day."] is None


def test_a_talk_without_ceremony_loses_nothing() -> None:
    assert not any(kinds(Cue(BODY * 5)).values())


def test_an_opening_that_does_not_come_again_is_no_teaser() -> None:
    found = kinds(Cue(TEASER, "A"), Cue(WELCOME, "B"), Cue(BODY * 5, "A"))
    assert found["Nobody forgets because of age alone."] is None


def test_a_read_ends_where_the_talk_goes_on() -> None:
    found = kinds(
        Cue(WELCOME, "Lena Brandt"),
        Cue(BODY, "Tomas Okafor"),
        Cue("We'll be right back after a word from our sponsors.", "Lena Brandt"),
        Cue("Marrow makes paper that lies flat, and it never bleeds.", "Someone"),
        Cue("And now back to the conversation.", "Lena Brandt"),
        Cue(BODY.replace("Sleep", "Rest") * 4, "Tomas Okafor"),
    )
    assert found["Marrow makes paper that lies flat, and it never bleeds."] is Aside.SPONSOR
    assert found["And now back to the conversation."] is Aside.SPONSOR
    assert found["Rest is when the brain sorts the day."] is None


def test_notices_are_set_aside_and_what_is_said_beside_one_is_not() -> None:
    long = (
        "That paper, which we will link in the show notes, says that the group that slept after the lesson kept twice as "
        "much of it as the group that stayed awake, and that the effect was larger for the hard words."
    )
    found = kinds(
        Cue(
            BODY * 3
            + "I'll put the links in the show notes. Come and join us in our Slack. "
            + long
            + " "
            + BODY * 3
        )
    )
    assert found["I'll put the links in the show notes."] is Aside.NOTICE
    assert found["Come and join us in our Slack."] is Aside.NOTICE
    assert found[long] is None


def test_a_quotation_in_another_language_is_set_aside() -> None:
    quotation = "Man muss das Eisen schmieden, solange es heiß ist und nicht wenn es kalt ist."
    found = kinds(Cue(BODY * 2 + "My aunt used to say this to me. " + quotation + " " + BODY * 2))
    assert found[quotation] is Aside.FOREIGN
    assert sum(aside is not None for aside in found.values()) == 1


def test_what_stands_between_teaser_and_welcome_is_greeting() -> None:
    found = kinds(
        Cue(
            TEASER + " Tomas Okafor runs a lab by the sea. " + WELCOME.replace("Hello and welcome", "Welcome")
        ),
        Cue(BODY * 2 + TEASER + " " + BODY.replace("Sleep", "Rest") * 2),
    )
    assert found["Tomas Okafor runs a lab by the sea."] is Aside.GREETING
    assert found["Rest is when the brain sorts the day."] is None


def test_fillers_hide_no_set_phrase() -> None:
    found = kinds(Cue(WELCOME), Cue("Thanks so much for, uh, coming on the podcast."), Cue(BODY * 4))
    assert found["Thanks so much for, uh, coming on the podcast."] is Aside.GREETING
