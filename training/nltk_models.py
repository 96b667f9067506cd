"""Train the parameters that NLTK's sentence splitter and part-of-speech tagger ship with.

    python training/nltk_models.py [--corpus ../shared/corpus] [--words 3000000]

Reads punctuated speech for NLTK's `PunktTrainer` and the English Web Treebank for its
`PerceptronTagger`; writes `punkt.json.gz` and `tagger.json.gz` into the package and prints
their sizes and the tagger's accuracy on the treebank's dev split. Same input, same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import lzma
import random
from collections.abc import Iterator
from pathlib import Path

from treebank import tagged

ROOT = Path(__file__).resolve().parents[1]
SPEECH = ROOT / "src" / "episodeck" / "speech"
# What speech seldom holds but written transcripts do; Punkt would need to see each several times.
ABBREVIATIONS = (
    "dr mr mrs ms prof st jr sr vs e.g i.e etc al approx dept est fig inc ltd co corp no vol pp "
    "u.s u.k u.n e.u d.c l.a a.m p.m ph.d m.d b.a m.a b.s m.s gen gov sen rep rev hon capt col lt sgt "
    "jan feb aug sept oct nov dec mt ft"
).split()
NOT_ABBREVIATIONS = {"no", "co", "al", "est", "fig", "dec", "mt", "ft", "col", "rep"}
"""Words that end sentences of speech more often than they are cut short."""


def turns(path: Path, split: str) -> Iterator[str]:
    """The text of every turn in one half of a corpus file."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            talk = json.loads(line)
            if talk["split"] == split:
                for _, text in talk["turns"]:
                    yield " ".join(text.split())


def train_punkt(corpus: Path, words: int) -> dict[str, object]:
    """Punkt's parameters as plain lists; about `words` words are read, evenly from all over the corpus."""
    from nltk.tokenize.punkt import PunktTrainer

    trainer = PunktTrainer()
    trainer.INCLUDE_ABBREV_COLLOCS = True
    for name in ("changelog.jsonl.xz", "bitcoin.jsonl.xz"):
        texts = list(turns(corpus / name, "train"))
        share = min(1.0, words / 2 / sum(len(t.split()) for t in texts))
        chance = random.Random(1)  # noqa: S311
        trainer.train("\n".join(t for t in texts if chance.random() < share), finalize=False)
    trainer.finalize_training()
    found = trainer.get_params()
    abbreviations = (found.abbrev_types | set(ABBREVIATIONS)) - NOT_ABBREVIATIONS
    # A word with letters only and five or more of them is a word that likes to end turns.
    abbreviations = {a for a in abbreviations if "." in a or (len(a) < 5 and not any(c.isdigit() for c in a))}
    # Orthographic context is only asked about words that follow a possible sentence end.
    context = {w: c for w, c in found.ortho_context.items() if w.isalpha() and c}
    frequent = {w for w in context if trainer._type_fdist[w] >= 8}
    return {
        "abbreviations": sorted(abbreviations),
        "collocations": sorted(map(list, found.collocations)),
        "starters": sorted(found.sent_starters),
        "context": {w: context[w] for w in sorted(frequent)},
    }


def train_tagger(path: Path, rounds: int = 8) -> dict[str, object]:
    """The weights of NLTK's averaged perceptron, small ones left out, rounded to tenths."""
    from nltk.tag.perceptron import PerceptronTagger

    random.seed(1)  # the trainer shuffles with the global generator
    tagger = PerceptronTagger(load=False)
    sentences = tagged(path, "train")
    # Speech may come without capitals: a third of the sentences are seen in lower case as well.
    sentences += [[(w.lower(), t) for w, t in s] for k, s in enumerate(sentences) if k % 3 == 0]
    tagger.train(sentences, nr_iter=rounds)
    weights = {}
    for feature in sorted(tagger.model.weights):
        kept = {c: round(w, 1) for c, w in sorted(tagger.model.weights[feature].items()) if abs(w) >= 0.35}
        if kept:
            weights[feature] = kept
    return {
        "weights": weights,
        "tagdict": dict(sorted(tagger.tagdict.items())),
        "classes": sorted(tagger.classes),
    }


def write(path: Path, value: dict[str, object]) -> None:
    """`value` as compressed JSON, without a time stamp in it."""
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=9, mtime=0, filename="") as out:
        out.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    path.write_bytes(raw.getvalue())
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    options.add_argument("--words", type=int, default=3_000_000)
    options.add_argument("--only", choices=["punkt", "tagger"])
    given = options.parse_args()
    if given.only != "punkt":
        write(SPEECH / "tagger.json.gz", train_tagger(given.corpus / "ud-ewt.conllu.xz"))
        from episodeck.speech.tagging import tag

        pairs = [
            (gold, guess)
            for sentence in tagged(given.corpus / "ud-ewt.conllu.xz", "dev")
            for (_, gold), (_, guess) in zip(sentence, tag([w for w, _ in sentence]), strict=True)
        ]
        print(f"tagger on dev: {sum(a == b for a, b in pairs) / len(pairs):.4f} of {len(pairs):,} words")
    if given.only != "tagger":
        write(SPEECH / "punkt.json.gz", train_punkt(given.corpus, given.words))


if __name__ == "__main__":
    main()
