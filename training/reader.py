"""Fine-tune the network that reads what is worth remembering: writes `src/episodeck/highlights/reader.onnx`.

    python training/reader.py --gold ../shared/gold --corpus ../shared/corpus --out build/reader [--install]

It learns from the same episodes as the chooser (highlights.py), read as labelled transcripts and as bare captions.
First three networks are trained, each without a third of the episodes, and say what they see in that third
(`reader_held.npz`): from this the chooser learns how far to trust the network. The one that ships learns from all.
What came of it is in README.md beside this file.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from gold import ANNOTATIONS, Annotated, annotated, gold, inside, token_spans
from held import HELD, stored
from networks import export_in_8_bits, pretrained
from numpy.typing import NDArray
from speech_encoder import use_jemalloc

from episodeck.highlights.reader import (
    ANSWER,
    BAD,
    CLAIM,
    OUTPUTS,
    QUOTE,
    TOP,
    TOPIC,
    WINDOW,
    Pieces,
    cut,
    mean_of,
)
from episodeck.model import Episode
from episodeck.speech.pieces import FIRST, LAST, Vocabulary, shared_vocabulary
from episodeck.text import STOP_WORDS, content_words, stem, words_of

FOLDS, FROZEN_LAYERS = 3, 2
"""Layers that stay as they were: what they make of a window is worked out once."""
BATCH, PEAK_RATE, HEAD_RATE, DROPOUT = 8, 1.2e-4, 1e-3, 0.1
ROLES_LOST = 0.25
"""The part of windows that are learned from as if nobody knew who speaks."""
WORD_LOSS = 0.6
PACKAGE = Path(__file__).resolve().parents[1] / "src" / "episodeck"
MOST_BYTES = 20_000_000
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Text:
    """An episode as the network sees it, with what it should say.

    truth and weight: shape (sentences, 4) for CLAIM, TOP, QUOTE and BAD; words: shape (words, 2), 1 or 0 for ANSWER
    and TOPIC, and -1 where nothing is known: outside of claims, and words without meaning of their own.
    """

    name: str
    pieces: Pieces
    truth: Rows
    weight: Rows
    words: Rows


def text(item: Annotated, episode: Episode, vocabulary: Vocabulary) -> Text:
    spoken = list(episode.spoken())
    spans = token_spans(episode)
    truth, weight = np.zeros((len(spoken), 4), np.float32), np.ones((len(spoken), 4), np.float32)
    short = np.array([len(words_of(s.sentence.text)) < 6 for s in spoken], bool)
    top = [c for c in item.claims if c.importance == 3]
    for column, chosen in ((CLAIM, item.claims), (TOP, top), (QUOTE, item.quotes), (BAD, item.bad)):
        for span in chosen:
            for i in inside(spans, span):
                truth[i, column] = 1
                weight[i, column] = max(weight[i, column], span.importance / 2) if column == CLAIM else 1
    # An interjection says little, and no highlight begins or ends with one.
    weight[short] *= 0.3
    return Text(item.name, cut(spoken, vocabulary), truth, weight, asked_words(item, episode))


def asked_words(item: Annotated, episode: Episode) -> Rows:
    """For every word, whether the annotator's answer, and question, has it."""
    said = [words_of(word) for word in episode.speech.words]
    before = [0]
    for run in said:
        before.append(before[-1] + len(run))
    out = np.full((len(said), 2), -1, np.float32)
    for claim, (question, answer) in zip(item.claims, item.asked, strict=True):
        if not answer:
            continue
        here = [k for k in range(len(said)) if before[k] >= claim.first and before[k + 1] <= claim.end]
        stretch = {stem(w) for k in here for w in said[k]}
        asked = frozenset(content_words(question))
        key = frozenset(content_words(answer)) & stretch
        key = key - asked or key
        for k in here:
            stems = {stem(w) for w in said[k] if w not in STOP_WORDS and len(w) > 1}
            if stems:
                out[k] = np.maximum(out[k], (bool(stems & key), bool(stems & asked)))
    return out


def views(texts: Sequence[Text], shift: int) -> list[tuple[Text, int, int]]:
    """Windows side by side, the first of every text shorter by `shift` pieces."""
    room = WINDOW - 2
    found = []
    for t in texts:
        starts = (
            [0, *range(room - shift, len(t.pieces.ids), room)] if shift else range(0, len(t.pieces.ids), room)
        )
        ends = [*list(starts)[1:], len(t.pieces.ids)]
        found += [(t, a, b) for a, b in zip(starts, ends, strict=True) if b - a >= 32]
    return found


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows with what the network should say; `sentences` and `words` number those of the whole batch from 0."""

    ids: NDArray[np.int64]
    roles: NDArray[np.int64]
    sentences: NDArray[np.int64]
    words: NDArray[np.int64]
    truth: Rows
    weight: Rows
    asked: Rows


def batch(windows: Sequence[tuple[Text, int, int]]) -> Batch:
    """Of a sentence cut by a window's edge, the part that is seen counts."""
    shape = (len(windows), WINDOW)
    ids, roles = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    sentences, words = np.full(shape, -1, np.int64), np.full(shape, -1, np.int64)
    truth, weight, asked = [], [], []
    for row, (t, a, b) in enumerate(windows):
        n = b - a
        ids[row, 0], ids[row, n + 1] = FIRST, LAST
        ids[row, 1 : n + 1], roles[row, 1 : n + 1] = t.pieces.ids[a:b], t.pieces.roles[a:b]
        for whole, mine, rows in (
            (t.pieces.sentence, sentences, (truth, weight)),
            (t.pieces.word, words, (asked,)),
        ):
            here = whole[a:b]
            found, number, count = np.unique(here[here >= 0], return_inverse=True, return_counts=True)
            mine[row, 1 : n + 1][here >= 0] = number + sum(map(len, rows[0]))
            if rows[0] is truth:
                seen = count / np.bincount(whole[whole >= 0], minlength=len(t.truth))[found]
                truth.append(t.truth[found])
                weight.append(t.weight[found] * seen[:, None].astype(np.float32))
            else:
                asked.append(t.words[found])
    return Batch(ids, roles, sentences, words, *map(np.concatenate, (truth, weight, asked)))


def make_reader(vocabulary: Vocabulary, seed: int) -> Any:
    """MiniLM with who speaks added after the frozen layers, and a head of OUTPUTS log-odds a piece."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    body = pretrained(vocabulary)

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pieces, self.positions, self.norm, self.layers = (
                body.pieces,
                body.positions,
                body.norm,
                body.layers,
            )
            self.roles = nn.Embedding(3, body.norm.normalized_shape[0])
            self.drop = nn.Dropout(DROPOUT)
            self.head = nn.Linear(body.norm.normalized_shape[0], OUTPUTS)
            with torch.no_grad():
                self.roles.weight.normal_(0, 0.02)
                self.head.weight.normal_(0, 0.02)
                self.head.bias.fill_(-1.5)

        def below(self, ids: torch.Tensor) -> torch.Tensor:
            where = torch.arange(ids.shape[1], device=ids.device)
            x = self.norm(self.pieces(ids) + self.positions(where))
            for layer in self.layers[:FROZEN_LAYERS]:
                x = layer(x)
            return x

        def above(self, x: torch.Tensor, roles: torch.Tensor) -> torch.Tensor:
            x = x + self.roles(roles)
            for layer in self.layers[FROZEN_LAYERS:]:
                x = layer(x)
            return self.head(self.drop(x))

        def forward(self, ids: torch.Tensor, roles: torch.Tensor) -> torch.Tensor:
            return self.above(self.below(ids), roles)

    return Reader()


class Below:
    """What the frozen layers make of windows, kept in half precision."""

    def __init__(self, model: Any) -> None:
        self.model, self.kept = model, {}

    def of(self, windows: Sequence[tuple[Text, int, int]], ids: NDArray[np.int64]) -> Any:
        import torch

        keys = [(id(t), a, b) for t, a, b in windows]
        if any(k not in self.kept for k in keys):
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                found = self.model.below(torch.from_numpy(ids)).to(torch.bfloat16)
            self.kept.update(zip(keys, found.unbind(0), strict=True))
        return torch.stack([self.kept[k] for k in keys])


def losses(logits: Any, b: Batch) -> Any:
    """Of sentences by the mean of their pieces' log-odds, and of words by theirs."""
    import torch
    from torch.nn import functional

    def mean(columns: list[int], owner: NDArray[np.int64], count: int) -> Any:
        at = torch.from_numpy(owner.reshape(-1))
        rows = logits.reshape(-1, OUTPUTS)[at >= 0][:, columns]
        at = at[at >= 0]
        total = torch.zeros(count, len(columns)).index_add(0, at, rows)
        return total / torch.bincount(at, minlength=count).clamp(min=1)[:, None]

    said = mean([CLAIM, TOP, QUOTE, BAD], b.sentences, len(b.truth))
    weight = torch.from_numpy(b.weight)
    of_sentences = functional.binary_cross_entropy_with_logits(
        said, torch.from_numpy(b.truth), weight, reduction="sum"
    )
    asked = torch.from_numpy(b.asked)
    known = asked[:, 0] >= 0
    of_words = functional.binary_cross_entropy_with_logits(
        mean([ANSWER, TOPIC], b.words, len(b.asked))[known], asked[known], reduction="sum"
    )
    return of_sentences / weight[:, 0].sum() + WORD_LOSS * of_words / known.sum().clamp(min=20)


def fit(
    model: Any, below: Below, epochs: Sequence[Sequence[tuple[Text, int, int]]], seed: int, log: Any = None
) -> None:
    """One pass over the windows of each epoch; the learning rate rises over the first tenth, then falls to nothing."""
    import torch

    rng = random.Random(seed)  # noqa: S311
    torch.manual_seed(seed)
    head = [*model.head.parameters(), *model.roles.parameters()]
    body = list(model.layers[FROZEN_LAYERS:].parameters())
    optimizer = torch.optim.AdamW(
        [{"params": body, "peak": PEAK_RATE}, {"params": head, "peak": HEAD_RATE}],
        lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01, fused=True,
    )  # fmt: skip
    order = [rng.sample(windows, len(windows)) for windows in epochs]
    batches = [windows[k : k + BATCH] for windows in order for k in range(0, len(windows), BATCH)]
    model.train()
    running, began = 0.0, time.monotonic()
    for step, windows in enumerate(batches):
        done = step / len(batches)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * min((done + 1e-3) / 0.1, (1 - done) / 0.9)
        b = batch(windows)
        known = np.array([[rng.random() >= ROLES_LOST] for _ in windows])
        with torch.autocast("cpu", torch.bfloat16):
            logits = model.above(below.of(windows, b.ids), torch.from_numpy(b.roles * known))
        loss = losses(logits.float(), b)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(body + head, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        running += 0.02 * (loss.item() - running) if step else loss.item()
        if step % 50 == 49:
            print(
                f"step {step + 1} of {len(batches)} loss {running:.4f} {time.monotonic() - began:.0f} s",
                flush=True,
            )


def logits_of(model: Any, t: Text) -> Rows:
    """Log-odds of every piece, as the program asks for them."""
    import torch

    model.eval()
    out = np.zeros((len(t.pieces.ids), OUTPUTS), np.float32)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for first, end, done, until in t.pieces.windows():
            framed = torch.from_numpy(t.pieces.framed(first, end))
            found = model(framed[0], framed[1])[0, 1:-1].float().numpy()
            out[done:until] = found[done - first : until - first]
    return out


def auc(score: NDArray[Any], true: NDArray[Any]) -> float:
    """The chance that one of the true ones scores above one of the others."""
    ranks = np.empty(len(score))
    ranks[np.argsort(score, kind="stable")] = np.arange(1, len(score) + 1)
    n = int(true.sum())
    return float((ranks[true.astype(bool)].sum() - n * (n + 1) / 2) / max(1, n * (len(true) - n)))


def export(model: Any, out: Path) -> None:
    """Write out/reader.onnx: weights, embeddings too, in 8 bits, a scale a column; inputs ids and roles,
    int64 (batch, pieces ≤ WINDOW); output logits float32 (batch, pieces, OUTPUTS)."""
    import torch

    shape = {0: torch.export.Dim("batch", min=1, max=64), 1: torch.export.Dim("pieces", min=3, max=WINDOW)}
    example = (2, WINDOW)
    export_in_8_bits(
        model, out / "reader.onnx", WINDOW, {"ids": example, "roles": example}, ["logits"], [shape, shape]
    )


def install(out: Path, package: Path = PACKAGE / "highlights", training: Path = HELD.parent) -> None:
    """Copy what ships, and what the chooser learns from, to where they are read: all of it or nothing."""
    places = {out / "reader.onnx": package / "reader.onnx", out / HELD.name: training / HELD.name}
    if missing := [path.name for path in places if not path.is_file()]:
        sys.exit(f"{out} lacks {', '.join(missing)}: train and export first")
    size = (out / "reader.onnx").stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{size:,} bytes are too many to ship (the limit is {MOST_BYTES:,})")
    for path, place in places.items():
        shutil.copyfile(path, place)
    print(f"installed {size:,} bytes in {package}")


def learn(texts: Sequence[tuple[Text, Text]], vocabulary: Vocabulary, seed: int) -> Any:
    """A network fitted to episodes, each labelled and as captions: in three passes, the first two of labelled ones,
    with windows that end elsewhere."""
    model = make_reader(vocabulary, seed)
    labelled, captions = [a for a, _ in texts], [b for _, b in texts]
    fit(model, Below(model), [views(labelled, 0), views(labelled, WINDOW // 2), views(captions, 0)], seed)
    return model


def judge(held: Sequence[tuple[Text, Rows]]) -> str:
    """How well what the network says of texts it hasn't learned from sorts sentences, and words inside claims."""
    sentences = [mean_of(found, t.pieces.sentence, len(t.truth)) for t, found in held]
    words = [mean_of(found, t.pieces.word, len(t.words)) for t, found in held]
    said, true = np.concatenate(sentences), np.concatenate([t.truth for t, _ in held])
    asked, wanted = np.concatenate(words), np.concatenate([t.words for t, _ in held])
    known = wanted[:, 0] >= 0
    figures = {
        name: auc(said[:, c], true[:, c])
        for name, c in (("claim", CLAIM), ("top", TOP), ("quote", QUOTE), ("bad", BAD))
    }
    figures |= {
        name: auc(asked[known, c], wanted[known, c - ANSWER])
        for name, c in (("answer", ANSWER), ("topic", TOPIC))
    }
    return " ".join(f"{name} {value:.3f}" for name, value in figures.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gold", type=Path, required=True, help="folder with annotated episodes")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with the .jsonl.xz files")
    parser.add_argument("--out", type=Path, required=True, help="folder for everything made")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument(
        "--install", action="store_true", help="in the end, put what ships into src/episodeck/highlights/"
    )
    args = parser.parse_args()
    use_jemalloc()
    import torch

    torch.set_num_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    vocabulary = shared_vocabulary()
    items = [*gold(args.gold), *annotated(args.corpus, ANNOTATIONS)]
    read = [(item, item.labelled(), item.captions()) for item in items]
    texts = [(text(item, a, vocabulary), text(item, b, vocabulary)) for item, a, b in read]
    print(f"{len(texts)} episodes, {sum(len(a.pieces.ids) for a, _ in texts)} word pieces", flush=True)
    said: dict[str, Rows] = {}
    for fold in range(FOLDS):
        model = learn([t for k, t in enumerate(texts) if k % FOLDS != fold], vocabulary, args.seed + fold)
        held = [(t, logits_of(model, t)) for pair in texts[fold::FOLDS] for t in pair]
        print(f"fold {fold}: labelled {judge(held[::2])}; captions {judge(held[1::2])}", flush=True)
        for (item, *episodes), found in zip(
            read[fold::FOLDS], zip(held[::2], held[1::2], strict=True), strict=True
        ):
            for form, episode, (t, logits) in zip(("labelled", "captions"), episodes, found, strict=True):
                of_sentences = mean_of(logits, t.pieces.sentence, len(t.truth))[:, [CLAIM, TOP, QUOTE, BAD]]
                said |= stored(f"{item.name} {form}", token_spans(episode), of_sentences)
    np.savez_compressed(args.out / HELD.name, **said)
    model = learn(texts, vocabulary, args.seed - 1)
    torch.save(model.state_dict(), args.out / "checkpoint.pt")
    export(model, args.out)
    if args.install:
        install(args.out)


if __name__ == "__main__":
    main()
