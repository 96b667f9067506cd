"""Topics: the names of decks, shared by the episodes of a collection. All people and shows here are made up."""

from __future__ import annotations

import json
import os
import pickle
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from episodeck.model import Chapter, Cue, Episode, EpisodeInfo, Metadata, Speech, Transcript
from episodeck.settings import Settings
from episodeck.topics import LAST_RESORT, Vocabulary, find, sort_into, survey, vocabulary

GOLD = Path(__file__).resolve().parents[2].parent / "shared" / "gold"

FILLER = (
    "well you know i think that is really what we have been talking about here and it goes on like that for a "
    "while because there is always something else to say about it when you look at it again "
)
SPACING = (
    "spaced repetition means that you see a flashcard again after a longer interval each time and the spacing effect "
    "is why anki works so well spaced practice beats cramming "
)
SLEEP = (
    "in deep sleep the brain replays the day and a nap helps too insomnia and jet lag upset the circadian rhythm and "
    "rem sleep is when you dream melatonin comes later in teenagers "
)
BREAD = (
    "the sourdough starter is flour and water and a sourdough starter wants feeding a sourdough starter that smells "
    "of vinegar is hungry "
)


def transcript(*texts: str, speakers: Sequence[str | None] = (None,), **metadata: object) -> Transcript:
    cues = tuple(Cue(text, speakers[i % len(speakers)]) for i, text in enumerate(texts))
    return Transcript("seeds/a.txt", "plain", "", Metadata(**metadata), cues)  # type: ignore[arg-type]


def episode(guests: tuple[str, ...] = (), hosts: tuple[str, ...] = (), show: str | None = None) -> Episode:
    return Episode(EpisodeInfo("a", "A talk", show, guests=guests, hosts=hosts), "plain", Speech((), ()))


def topics_of(
    *texts: str, own: Settings | None = None, existing: Sequence[str] = (), **metadata: object
) -> tuple[str, ...]:
    one = transcript(*texts, speakers=(None,), **metadata)
    return find(one, episode(), vocabulary(own or Settings(), [survey(one)], existing))


def low(topics: Sequence[str]) -> set[str]:
    return {topic.lower() for topic in topics}


def test_subjects_get_the_names_a_person_would_give_them() -> None:
    found = topics_of((SPACING + FILLER) * 8, (SLEEP + FILLER) * 8)
    assert {"Spaced Repetition", "Sleep"} <= set(found[:3])
    assert len(found) <= 8


def test_raw_captions_give_the_same_topics_as_punctuated_text() -> None:
    text = (
        "Spaced Repetition works. Anki's flashcards come back later! Cramming doesn't help, spaced practice does. "
        * 9
    )
    bare = text.lower().replace(".", "").replace("!", "").replace(",", "")
    assert topics_of(text) == topics_of(bare)


def test_a_key_phrase_that_is_no_known_subject_becomes_a_topic() -> None:
    assert "Sourdough Starter" in topics_of((BREAD + FILLER) * 6)


def test_settings_topics_win_whenever_their_words_occur_enough() -> None:
    own = Settings(
        topics={"Night": ("nap", "insomnia"), "Cooking": ("saucepan",), "Cramming Is Bad": ("cramming",)}
    )
    found = topics_of((SPACING + SLEEP + FILLER) * 6, own=own)
    assert set(found[:2]) == {"Night", "Cramming Is Bad"}
    assert "Cooking" not in found


def test_settings_topics_keep_their_spelling() -> None:
    own = Settings(topics={"SLEEP & dreams": ("sleep", "dream")})
    assert topics_of((SLEEP + FILLER) * 6, own=own)[0] == "SLEEP & dreams"


@pytest.mark.parametrize(
    "boilerplate",
    ["Tutorial", "YouTube", "Transcript", "Podcast Episode", "Interview", "#", "Video", "12", "動"],
)
def test_boilerplate_is_no_topic(boilerplate: str) -> None:
    text = (f"{boilerplate} " * 3 + SLEEP + FILLER) * 6
    found = topics_of(text, topics=(boilerplate, "Sleep"))
    assert boilerplate.lower() not in low(found)
    assert "Sleep" in found
    assert low(topics_of("five words are not much", topics=(boilerplate,))) == {LAST_RESORT.lower()}


def test_the_files_own_topics_are_preferred_and_may_speak_of_a_shared_subject() -> None:
    text = (BREAD + "the rye was grown by my uncle and rye is dark " + FILLER) * 6
    assert "Rye" in topics_of(text, topics=("rye", "Tutorial"))
    narrow = topics_of((SPACING + FILLER) * 6, topics=("Spaced repetition for languages",))
    assert narrow[0] == "Spaced Repetition"


def test_own_topics_of_which_the_speech_has_nothing_are_left_out() -> None:
    assert "Volcanoes" not in topics_of((SLEEP + FILLER) * 6, topics=("Volcanoes",))


def test_existing_names_are_used_again_in_the_readers_spelling() -> None:
    assert "sourdough starters" in topics_of((BREAD + FILLER) * 6, existing=["sourdough starters"])
    assert "Spaced repetition" in topics_of(
        (SPACING + FILLER) * 6, existing=["Spaced repetition", "Volcanoes"]
    )


def test_plural_case_and_hyphen_variants_are_one_topic() -> None:
    text = (
        "A glass harp sings. Two glass-harps sing louder. The Glass Harp is old. Glass harps break. " + FILLER
    )
    one = transcript(text * 4)
    phrases = [p for p in survey(one).phrases if "harp" in p.term]
    assert [p.count for p in phrases if p.term == "glass harp"] == [16]
    assert not any("harps" in p.term for p in phrases)
    named = [
        t for t in find(one, episode(), vocabulary(Settings(), [survey(one)], [])) if "harp" in t.lower()
    ]
    assert len(named) == 1


def test_an_acronym_and_its_phrase_are_one_topic() -> None:
    text = "We measured tidal pool acidity and TPA again. Tidal pool acidity falls when TPA is low. " + FILLER
    one = transcript(text * 5)
    words = vocabulary(Settings(), [survey(one)], [])
    assert "tpa" not in {p.term for p in words.phrases}
    assert next(p for p in words.phrases if p.term == "tidal pool acidity").others == ("tpa",)


def test_names_of_people_and_shows_are_no_topics() -> None:
    text = (
        "Quillon Marbeck and the Lantern Hour say hello Quillon Marbeck is here on the Lantern Hour " + FILLER
    ) * 6
    one = transcript(text, SLEEP * 5, speakers=("Quillon Marbeck", "Odra Fenwick"))
    found = find(
        one,
        episode(guests=("Quillon Marbeck",), hosts=("Odra Fenwick",), show="Lantern Hour"),
        vocabulary(Settings(), [survey(one)], []),
    )
    assert not low(found) & {"quillon marbeck", "quillon", "marbeck", "odra fenwick", "lantern hour"}
    assert not any("quillon" in name or "marbeck" in name for name in low(found))


def test_people_of_the_settings_are_no_topics() -> None:
    text = (BREAD + "tamsin oleander bakes and tamsin oleander eats " + FILLER) * 6
    found = topics_of(text, own=Settings(people={"Tamsin Oleander": ("Tamzin Oleander",)}))
    assert "tamsin oleander" not in low(found)


def test_topics_of_an_episode_are_distinct() -> None:
    text = (
        "An AI agent calls tools. AI agents plan, and agents fail. Autonomous agents and multi-agent systems. "
        + FILLER
    )
    found = topics_of(text * 8, topics=("Agents", "AI Agent"))
    assert "AI Agents" in found
    assert "Agents" not in found
    assert len(low(found)) == len(found)


def test_generic_words_are_no_topics() -> None:
    text = (
        "things people way stuff kind point of view a lot of people and the whole thing and many things at the end "
        * 20
    )
    assert not low(topics_of(text)) & {
        "things",
        "thing",
        "people",
        "way",
        "stuff",
        "kind",
        "point",
        "lot",
        "end",
    }


def test_known_capitals_are_kept() -> None:
    text = ("the openai lab and the openai lab built a llm router and a llm router is fast " + FILLER) * 6
    one = transcript(text)
    names = {p.term: p.name for p in vocabulary(Settings(), [survey(one)], []).phrases}
    assert names["openai lab"] == "OpenAI Lab"
    assert names["llm router"] == "LLM Router"


def test_phrases_in_several_episodes_come_before_those_in_one() -> None:
    shared = (
        "a copper lantern is here and the copper lantern was there so my copper lantern will be over there "
    )
    alone = "a marble fountain is here and the marble fountain was there so my marble fountain will be over there "
    first, second = transcript((alone + shared + FILLER) * 3), transcript((shared + FILLER) * 3)
    words = vocabulary(Settings(), [survey(first), survey(second)], [])
    found = find(first, episode(), words)
    assert found.index("Copper Lantern") < found.index("Marble Fountain")


def test_chapter_titles_are_not_topics_as_they_stand() -> None:
    title = "Why the Sourdough Starter Wants to Be Fed"
    found = topics_of((BREAD + FILLER) * 6, chapters=(Chapter(title, 0),))
    assert title not in found
    assert "Sourdough Starter" in found


def test_the_number_of_topics_follows_the_length() -> None:
    short = topics_of(SPACING + SLEEP)
    assert 1 <= len(short) <= 3


@pytest.mark.parametrize(
    "text", ["", "um", "hello and welcome back everyone", "こんにちは世界", "🎧 🎧 🎧", "\x1f \ufeff"]
)
def test_a_text_that_gives_nothing_still_has_a_topic(text: str) -> None:
    assert topics_of(text) == (LAST_RESORT,)
    assert find(transcript(), episode(), Vocabulary()) == (LAST_RESORT,)


def test_function_words_of_another_language_are_no_topics() -> None:
    text = (
        "die Bienenkönigin fliegt über die Wiese und die Bienenkönigin sieht den Imker und der Imker grüßt die Bienenkönigin "
        "weil sie mit ihm über das Wetter nicht so gern und auch nicht oft und nicht lange über das Wetter reden will "
    )
    assert not low(topics_of(text * 12)) & {"und", "die", "der", "nicht", "über", "über das", "auch"}


def test_sort_into_follows_what_is_said_then_what_surrounds_it() -> None:
    topics = ("Spaced Repetition", "Sleep", "Cooking")
    words = vocabulary(Settings(topics={"Cooking": ("saucepan", "oven")}), [], [])
    assert sort_into("Melatonin and naps shift the circadian rhythm.", topics, words) == "Sleep"
    assert sort_into("He put the saucepan in the oven.", topics, words) == "Cooking"
    assert (
        sort_into("That is why it works.", topics, words, context="Flashcards in Anki, the spacing effect.")
        == topics[0]
    )
    # What is said here outweighs a little talk of something else around it.
    assert sort_into("Insomnia ruins deep sleep.", topics, words, context="Back to flashcards.") == "Sleep"


def test_sort_into_knows_words_near_in_meaning_and_parts_of_names() -> None:
    assert sort_into("The judge and the jury heard the attorney.", ("Cooking", "Law"), Vocabulary()) == "Law"
    assert (
        sort_into("Pods and helm charts.", ("Gardens", "Kubernetes at Home"), Vocabulary())
        == "Kubernetes at Home"
    )


def test_sort_into_without_topics_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no topics"):
        sort_into("anything", (), Vocabulary())


def test_surveys_and_vocabularies_travel_between_processes_and_are_small() -> None:
    rng = random.Random(1)
    text = " ".join(rng.choice("tide reef coral kelp otter wave shell crab".split()) for _ in range(40_000))
    one = survey(transcript(text))
    assert pickle.loads(pickle.dumps(one)) == one
    assert len(pickle.dumps(one)) < 20_000
    words = vocabulary(Settings(), [one], ["Reefs"])
    assert pickle.loads(pickle.dumps(words)) == words


def test_the_same_input_gives_the_same_result_in_every_process() -> None:
    script = (
        "from tests_topics import *\n"
        "t = transcript((SPACING + SLEEP + BREAD + FILLER) * 5, topics=('Rye', 'Memory'))\n"
        "v = vocabulary(Settings(topics={'Night': ('nap',)}), [survey(t)], ['Reefs'])\n"
        "print(find(t, episode(), v), hash_free(v))\n"
    ).replace(
        "from tests_topics import *",
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\nfrom {Path(__file__).stem} import *",
    )
    script = script.replace("hash_free(v)", "[p for p in v.phrases]")
    results = set()
    for seed in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
        )
        assert run.returncode == 0, run.stderr
        results.add(run.stdout)
    assert len(results) == 1


def test_the_order_of_the_surveys_makes_no_difference() -> None:
    surveys = [survey(transcript(text * 5)) for text in (SPACING, SLEEP, BREAD, FILLER)]
    assert vocabulary(Settings(), surveys, ["B", "A"]) == vocabulary(Settings(), surveys[::-1], ["A", "B"])


def test_a_survey_takes_time_in_proportion_to_the_words() -> None:
    rng = random.Random(2)
    stock = [
        f"{a}{b}" for a in "bcdfglmnprst" for b in ("ando", "ilor", "umek", "esta", "ovin", "arcle")
    ] + FILLER.split()
    text = " ".join(rng.choice(stock) for _ in range(100_000))
    one = transcript(text)
    survey(transcript(text[:1000]))
    start = time.process_time()
    survey(one)
    assert time.process_time() - start < 2.0  # 50,000 words a second


WORDS = st.sampled_from(
    "memory sleep agent AI agents the of and kettle kettles copper Copper RL reward wallet fee \x1f <b> {{c1::x}} 日本 naïve "
    "I you it's node.js c++ General topics 42 :: ’s".split(" ")
)
TEXTS = st.lists(WORDS, max_size=120).map(" ".join)
NAMES = st.lists(st.text(max_size=12) | TEXTS.map(lambda t: t[:30]), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    texts=st.lists(TEXTS, max_size=4),
    own=NAMES,
    existing=NAMES,
    chosen=st.lists(st.sampled_from(["Kettle", "Fees", "AI"]), unique=True),
)
def test_any_text_has_one_to_eight_distinct_topics(
    texts: list[str], own: list[str], existing: list[str], chosen: list[str]
) -> None:
    one = transcript(*texts, topics=tuple(own))
    config = Settings(topics=dict.fromkeys(chosen, ()))
    words = vocabulary(config, [survey(one)], existing)
    found = find(one, episode(), words)
    assert 1 <= len(found) <= 8
    assert all(name.strip() for name in found)
    assert len({name.casefold() for name in found}) == len(found)
    assert found == find(one, episode(), words)
    for text in texts:
        assert sort_into(text, found, words, " ".join(texts)) in found


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(max_size=200),
    topics=st.lists(st.text(max_size=20), min_size=1, max_size=5),
    context=st.text(max_size=80),
)
def test_sort_into_always_gives_one_of_the_topics(text: str, topics: list[str], context: str) -> None:
    assert sort_into(text, topics, Vocabulary(), context) in topics


def shared_pairs(labels: Sequence[str]) -> set[tuple[int, int]]:
    return {(i, j) for i in range(len(labels)) for j in range(i) if labels[i] == labels[j]}


@pytest.mark.skipif(not GOLD.is_dir(), reason="the annotated episodes are not here")
def test_claims_that_share_an_annotated_topic_share_one_of_ours_more_than_by_chance() -> None:
    episodes = []
    for path in sorted(GOLD.glob("dev-*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        units = [
            line.split("\t", 2)
            for line in (GOLD / "units" / f"{path.stem}.tsv").read_text(encoding="utf-8").splitlines()
        ]
        episodes.append((gold, units, transcript(*(u[2] for u in units))))
    words = vocabulary(Settings(), [survey(t) for _, _, t in episodes], [])
    ours = chance = 0.0
    used: Counter[str] = Counter()
    for gold, units, one in episodes:
        found = find(one, episode(tuple(gold["guests"]), tuple(gold["hosts"]), gold["show"]), words)
        assert 3 <= len(found) <= 8
        used.update(found)
        claims = [c["units"] for c in gold["claims"]]
        texts = [" ".join(u[2] for u in units[a : b + 1]) for a, b in claims]
        around = [" ".join(u[2] for u in units[max(0, a - 8) : b + 9]) for a, b in claims]
        sorted_ = [sort_into(t, found, words, c) for t, c in zip(texts, around, strict=True)]
        annotated = shared_pairs([c["topic"] for c in gold["claims"]])
        for labels in (sorted_, [found[i % len(found)] for i in range(len(claims))]):
            pairs = shared_pairs(labels)
            f1 = 2 * len(pairs & annotated) / (len(pairs) + len(annotated))
            if labels is sorted_:
                ours += f1
            else:
                chance += f1
    assert ours > 1.5 * chance
    assert any(n > 1 for n in used.values())


def test_one_word_with_two_meanings_makes_no_subject() -> None:
    """`Synthesis` may be of ideas: nothing else here speaks of chemistry."""
    line = "A good synthesis of what others wrote is worth more than a new idea, and synthesis takes patience in the archive. "
    talk = (
        "The library keeps letters and diaries of sailors, and every archive has its own order of shelves. "
    )
    found = topics_of((talk * 3 + line) * 12)
    assert "Chemistry" not in found
