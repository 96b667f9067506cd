"""What many transcripts cost.

    python benchmarks/scale.py whole [--labelled 20 200] [--raw-talks 20] [--jobs 1 2] [--json]
    python benchmarks/scale.py stages [--talks 8] [--raw] [--json]
    python benchmarks/scale.py choosing [--talks 4] [--json]

`whole` builds so many talks of the corpus from cold, as labelled Markdown and as bare captions, a project and a
process for each number of jobs, and beside it reads and hashes the same bytes, which is the least that anything
costs. `stages` times every stage by itself in one process. `choosing` times the choice of what is worth a card, given
sentences, beside TextRank of sumy and of pytextrank on the same text; these two, with spaCy and an English pipeline,
are the dependency group `benchmarks`, and a line says which of them is missing.

Talks are taken evenly from the whole corpus (--shared). Seconds are by the clock and of the processor; memory is the
most that all processes of a build held at one time, pages they share counted once (Linux only).
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.metadata
import json
import lzma
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from episodeck import anki, deckfile, fingerprints
from episodeck.anki.markup import as_written
from episodeck.build import stamp_text
from episodeck.cards import ask
from episodeck.highlights import choose
from episodeck.highlights import reader as reading_network
from episodeck.highlights.choose import wanted
from episodeck.model import Card, Episode
from episodeck.people import identify
from episodeck.project import Project
from episodeck.settings import Settings
from episodeck.speech import restore
from episodeck.topics import Vocabulary, find, survey, vocabulary
from episodeck.transcripts import read

T = TypeVar("T")
CAPTION_WORDS = 8
PIPELINE = "en_core_web_sm"
"""What spaCy calls it; packages that hold it have longer names on the registry."""
_MEMORY_EVERY = 0.25


def talks(corpus: Path, number: int) -> Iterator[tuple[str, list[list[str]]]]:
    """Name and turns of so many talks, spread evenly over the corpus; the same for the same number."""
    for n, line in enumerate(_spread(_lines(corpus), number)):
        talk = json.loads(line)
        yield f"{n:05}-" + re.sub(r"[^a-z0-9]+", "-", talk["id"].lower())[:40].strip("-"), talk["turns"]


def _lines(corpus: Path) -> list[str]:
    paths = sorted(corpus.glob("*.jsonl.xz"))
    if not paths:
        sys.exit(f"no corpus in {corpus}: say with --shared where it is")
    found: list[str] = []
    for path in paths:
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            found += lines
    return found


def _spread(lines: Sequence[T], number: int) -> Sequence[T]:
    if number > len(lines):
        sys.exit(f"the corpus has {len(lines)} talks")
    return [lines[k * len(lines) // number] for k in range(number)]


def write(turns: Sequence[Sequence[str]], folder: Path, name: str, raw: bool) -> tuple[Path, int]:
    """A talk as a transcript in `folder`; where it is, and how many words it has."""
    if raw:
        words = [w for _, said in turns for w in re.sub(r"[^\w' ]+", "", said.lower()).split()]
        lines = (" ".join(words[k : k + CAPTION_WORDS]) for k in range(0, len(words), CAPTION_WORDS))
        path, text = folder / f"{name}.txt", "\n".join(lines)
    else:
        words = [w for _, said in turns for w in said.split()]
        text = "\n\n".join(f"**{speaker}:** {said}" if speaker else said for speaker, said in turns) + "\n"
        path = folder / f"{name}.md"
    path.write_text(text, encoding="utf-8")
    return path, len(words)


# whole


def whole(
    shared: Path, labelled: Sequence[int], raw: Sequence[int], jobs: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """A row for every number of talks, form and number of jobs."""
    for number, is_raw in (*((n, False) for n in labelled), *((n, True) for n in raw)):
        with tempfile.TemporaryDirectory() as folder:
            seeds = Path(folder) / "seeds"
            seeds.mkdir()
            words = sum(write(t, seeds, name, is_raw)[1] for name, t in talks(shared / "corpus", number))
            began = time.perf_counter()
            for path in seeds.iterdir():
                hashlib.sha256(path.read_bytes()).hexdigest()
            floor = time.perf_counter() - began
            for n in jobs:
                yield {
                    "talks": number, "form": "raw" if is_raw else "labelled", "jobs": n, "words": words,
                    **built(Path(folder), n, words), "floor_seconds": round(floor, 3),
                }  # fmt: skip


def built(project: Path, jobs: int, words: int) -> dict[str, Any]:
    """A build from cold, in a process of its own."""
    out = project / f"jobs-{jobs}"
    command = [
        sys.executable,
        "-m",
        "episodeck",
        "build",
        "--json",
        "--jobs",
        str(jobs),
        "--project",
        str(project),
    ]
    command += ["--decks", str(out / "decks"), "--out", str(out / "build")]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.DEVNULL)
        most = 0
        while process.poll() is None:
            most = max(most, memory(process.pid))
            time.sleep(_MEMORY_EVERY)
        seconds = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if process.returncode not in (0, 3):
            sys.exit(f"the build ended with {process.returncode}: {' '.join(command)}")
        said.seek(0)
    cards = sum(len(f.cards) for f in deckfile.load_all(out / "decks").files.values())
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "seconds": round(seconds, 2), "processor_seconds": round(cpu, 2), "cards": cards,
        "words_per_second": round(words / seconds), "cards_per_second": round(cards / seconds, 2),
        "peak_megabytes": round(most / 1e6) if most else None,
    }  # fmt: skip


def memory(pid: int) -> int:
    """Bytes that a process and those under it hold, shared pages by halves and thirds; 0 where that can't be seen."""
    total, todo = 0, [pid]
    while todo:
        at = todo.pop()
        try:
            held = Path(f"/proc/{at}/smaps_rollup").read_text(encoding="ascii")
            total += 1024 * int(held.split("\nPss:")[1].split()[0])
            for thread in Path(f"/proc/{at}/task").iterdir():
                todo += map(int, (thread / "children").read_text(encoding="ascii").split())
        except (OSError, IndexError):
            continue
    return total


# stages


def stages(shared: Path, number: int, raw: bool) -> dict[str, Any]:
    """Processor seconds of each stage, per thousand words."""
    spent: defaultdict[str, float] = defaultdict(float)
    words = 0

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        began = time.process_time()
        yield
        spent[stage] += time.process_time() - began

    settings, project = Settings(), Project(Path(), Path(), Path(), Path())
    templates = anki.Templates(project.templates)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, turns in talks(shared / "corpus", number):
            path, size = write(turns, Path(folder), name, raw)
            paths.append(path)
            words += size
        through(paths[0], settings, Vocabulary(), lambda stage: timed("warming up"))
        spent.clear()
        with timed("survey"):
            known = vocabulary(settings, [survey(read(p, p.name)) for p in paths], ())
        for path in paths:
            episode, cards = through(path, settings, known, timed)
            with timed("merge and save"):
                now = datetime.now(UTC)
                most = wanted(episode, settings)
                made, talk = fingerprints.of(path.name), deckfile.trace(" ".join(episode.speech.words))
                merged = deckfile.merge(None, episode.info, cards, made, stamp_text(now), most, talk)
                stamped = deckfile.stamp(
                    merged.file,
                    lambda card, guest: anki.content_hash(
                        anki.render(episode.info, card, guest, settings, templates)  # noqa: B023
                    ),
                    now,
                )
                deckfile.save(Path(folder) / f"{path.stem}.yaml", stamped)
    per_thousand = {stage: round(1000 * s / words, 4) for stage, s in spent.items()}
    return {
        "talks": number, "form": "raw" if raw else "labelled", "words": words,
        "seconds_per_1000_words": per_thousand | {"all": round(1000 * sum(spent.values()) / words, 4)},
    }  # fmt: skip


def through(
    path: Path, settings: Settings, known: Vocabulary, timed: Callable[[str], Any]
) -> tuple[Episode, tuple[Card, ...]]:
    """One transcript through the stages, each under its name."""
    with timed("read"):
        transcript = read(path, path.name)
    with timed("restore"):
        speech = restore(transcript)
    with timed("identify"):
        episode = identify(transcript, speech, settings)
    with timed("topics"):
        topics = find(transcript, episode, known)
    episode = replace(episode, info=replace(episode.info, topics=topics))
    with timed("choose: reading network"):
        reading = reading_network.read(episode)
    with timed("choose: the rest"):
        highlights = choose(episode, settings, known, reading=reading)
    with timed("ask"):
        asked = ask(episode, highlights, wanted(episode, settings), reading)
    cards = tuple(replace(c, question=as_written(c.question), answer=as_written(c.answer)) for c in asked)
    return replace(episode, info=replace(episode.info, id=path.stem)), cards


# choosing


def choosing(shared: Path, number: int) -> dict[str, Any]:
    """Words a second of choosing, given sentences, and of what else chooses sentences from the same text."""
    settings = Settings()
    episodes: list[Episode] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, turns in talks(shared / "corpus", number):
            path, _ = write(turns, Path(folder), name, False)
            transcript = read(path, path.name)
            episode = identify(transcript, restore(transcript), settings)
            topics = find(transcript, episode, vocabulary(settings, [survey(transcript)], ()))
            episodes.append(replace(episode, info=replace(episode.info, topics=topics)))
    texts = [[s.sentence.readable for s in e.spoken() if s.sentence.readable] for e in episodes]
    words = sum(len(sentence.split()) for text in texts for sentence in text)
    ours = seconds(lambda k: choose(episodes[k], settings, Vocabulary()), number)
    rows: dict[str, Any] = {
        "episodeck": {"words_per_second": round(words / ours), "processor_seconds": round(ours, 2)}
    }
    for name, prepare in (("sumy TextRank", _sumy), ("pytextrank", _pytextrank)):
        try:
            rank = prepare(texts)
        except (ImportError, OSError, importlib.metadata.PackageNotFoundError) as error:
            rows[name] = {"missing": str(error).splitlines()[0]}
            continue
        theirs = seconds(rank, number)
        rows[name] = {"words_per_second": round(words / theirs), "processor_seconds": round(theirs, 2)}
    return {"talks": number, "words": words, "programs": rows}


def seconds(work: Callable[[int], object], number: int) -> float:
    """Processor seconds of `work` on each talk but the making of what is made once."""
    work(0)
    began = time.process_time()
    for k in range(number):
        work(k)
    return time.process_time() - began


def _sumy(texts: Sequence[Sequence[str]]) -> Callable[[int], object]:
    dom = importlib.import_module("sumy.models.dom")
    stemmers = importlib.import_module("sumy.nlp.stemmers")
    rank = importlib.import_module("sumy.summarizers.text_rank").TextRankSummarizer(
        stemmers.Stemmer("english")
    )

    class Words:
        """Words as sumy asks for them: without a model that must be fetched."""

        def to_words(self, sentence: str) -> list[str]:
            return re.findall(r"[^\W\d_]+(?:['’][^\W_]+)*", sentence.lower())

    def best(k: int) -> object:
        sentences = [dom.Sentence(sentence, Words()) for sentence in texts[k]]
        return rank(dom.ObjectDocumentModel([dom.Paragraph(sentences)]), 42)

    return best


def _pytextrank(texts: Sequence[Sequence[str]]) -> Callable[[int], object]:
    spacy = importlib.import_module("spacy")
    importlib.import_module("pytextrank")
    named = [name for name in spacy.util.get_installed_models() if name.startswith(PIPELINE)]
    pipeline = spacy.load(named[0] if named else PIPELINE)
    pipeline.add_pipe("textrank")

    def best(k: int) -> object:
        document = pipeline(" ".join(texts[k]))
        return list(document._.textrank.summary(limit_phrases=15, limit_sentences=42))

    return best


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("whole", "stages", "choosing"))
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument(
        "--labelled", type=int, nargs="*", default=[20], help="talks of each build, up to 2000"
    )
    parser.add_argument("--raw-talks", type=int, nargs="*", default=[20], help="the same as bare captions")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--talks", type=int, default=4)
    parser.add_argument("--raw", action="store_true", help="of `stages`: bare captions")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.what == "whole":
        rows = []
        for row in whole(given.shared, given.labelled, given.raw_talks, given.jobs):
            rows.append(row)
            if not given.json:
                print("  ".join(f"{name} {value}" for name, value in row.items()), flush=True)
        if given.json:
            print(json.dumps(rows, indent=1))
        return
    table = (
        stages(given.shared, given.talks, given.raw)
        if given.what == "stages"
        else choosing(given.shared, given.talks)
    )
    if given.json:
        print(json.dumps(table, indent=1))
        return
    for name, value in table.items():
        if isinstance(value, dict):
            for key, figure in value.items():
                print(f"  {key:28}{figure}")
        else:
            print(f"{name} {value}")


if __name__ == "__main__":
    main()
