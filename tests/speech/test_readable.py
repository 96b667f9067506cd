"""Readable text only loses words, and only those nobody would miss."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodeck.model import Sentence
from episodeck.speech.readable import readable, readable_part


@pytest.mark.parametrize(
    ("spoken", "shown"),
    [
        ("Uh, so um the tide, uh, rises.", "So the tide rises."),
        ("To, um, express it.", "To express it."),
        ("He left, um, and she stayed.", "He left, and she stayed."),
        ("Well, um, I think so.", "Well, I think so."),
        ("It's, you know, hard.", "It's hard."),
        ("You know, it's hard.", "It's hard."),
        ("I mean, we tried.", "We tried."),
        ("And like, we did it.", "And we did it."),
        ("It's kind of like a net.", "It's like a net."),
        ("And, you know, I guess it is that is that people care.", "And I guess it is that people care."),
        ("I sort of feel it.", "I feel it."),
        ("I I I think the the tide is is high.", "I think the tide is high."),
        ("It was it was quite it was quite nice.", "It was quite nice."),
        ("We, we went home.", "We went home."),
        ("I I'm late, and there there's more.", "I'm late, and there's more."),
        ("So th- the thing works.", "So the thing works."),
        ("What are, what is the plan?", "What is the plan?"),
        ("[Music] hello there (laughs)", "Hello there."),
        ("Yeah, yeah, yeah.", "Yeah."),
        ("we packed up and", "We packed up."),
        ("So um so the tide rises.", "So the tide rises."),
        ("But that um that moon pulls.", "But that moon pulls."),
        ("We had to mend the, we had to mend the net.", "We had to mend the net."),
        ("I don't even, I don't know the tide.", "I don't know the tide."),
        ("We were glad to see boats, glad to see boats like that.", "We were glad to see boats like that."),
        ("There's there are two tides.", "There are two tides."),
        ("You, you're one of the old sailors.", "You're one of the old sailors."),
        ("I kind of, one reason is the moon.", "One reason is the moon."),
        ("We'll see kind of what the tide does.", "We'll see what the tide does."),
        ("Each of these like big boats had like a sail.", "Each of these big boats had a sail."),
        (
            "It is like really deep and about like ten miles off.",
            "It is really deep and about ten miles off.",
        ),
        ("They want to like get home, in like an hour.", "They want to get home, in an hour."),
        ("The like, the harbour is shut.", "The harbour is shut."),
        ("Ann, like, what did you see?", "Ann, what did you see?"),
        ("It rose and If you wait it falls.", "It rose and if you wait it falls."),
        ("I just don't I didn't see the buoy.", "I didn't see the buoy."),
        ("You we might as well row.", "We might as well row."),
        ("And then I'm just I get so cold.", "And then I get so cold."),
        ("It rained, because it's we've had a wet spring.", "It rained, because we've had a wet spring."),
        (
            "Here's a boat that that I like, and there's it's dear.",
            "Here's a boat that I like, and it's dear.",
        ),
        ("Um.", ""),
        ("[Music]", ""),
    ],
)
def test_fillers_and_stutters_go(spoken: str, shown: str) -> None:
    assert readable(spoken) == shown


@pytest.mark.parametrize(
    "text",
    [
        "As you know, it rains.",
        "Do you know, or not?",
        "You know what I mean.",
        "That is what I mean.",
        "I like dogs, and dogs like me.",
        "She was like, no way.",
        "And like I said, it works.",
        "I was like I should row home.",
        "That's I think the best harbour.",
        "It was I who rang the bell.",
        "If you can you should row home.",
        "You know you can row.",
        "There's a knot for that that I forgot.",
        "It is a kind of bird.",
        "What sort of bird is it?",
        "I kind of don't want to.",
        "The fact that that works is odd.",
        "He had had enough.",
        "It was very very good.",
        "No no, stay.",
        "Again and again and again.",
        "It began in twenty twenty.",
        "I think so.",
        "What it is is this.",
        "If you saw it, it's gone.",
        "It fell (which is a sound argument) at once.",
        "iPhones ring.",
        "It is like a net.",
        "They like the sea, and I like these boats.",
        "A boat is like this one, and things like that float.",
        "She was like really, no way.",
        "Would you like to go, or to like it here?",
        "I was there, I was happy.",
        "He sails for the Department Of Tides.",
        "We thought of boats like these.",
    ],
)
def test_meaning_stays(text: str) -> None:
    assert readable(text) == text


TEXTS = st.lists(
    st.sampled_from(
        "um uh, you know, I mean like kind of sort of the the we we, that that had is is it it's and but so because "
        "a cat runs home. very [Music] (laughs) -- th- I I'm no no twenty 7 like, what are, what is New York".split()
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(TEXTS | st.text(max_size=80))
def test_nothing_is_added_or_moved(text: str) -> None:
    def words(value: str) -> list[str]:
        return re.findall(r"[^\W_]+", value.casefold())

    rest = iter(words(text))
    assert all(word in rest for word in words(readable(text)))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_readable_text_stays_readable(text: str) -> None:
    shown = readable(text)
    assert not re.search(r"\b(?:um|uh)\b", shown, re.IGNORECASE)
    assert not shown or shown[-1] in '.?!…)]"”’'


def test_part_of_a_sentence() -> None:
    sentence = Sentence("So, um, the tide rises and, you know, it falls.", "", 10, 19)
    assert readable_part(sentence, 12, 14) == "The tide rises."
