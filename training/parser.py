"""Train the dependency parser that questions are made with: writes `src/episodeck/cards/parser.onnx`.

    python training/parser_network.py --corpus ../shared/corpus --out build/parser [--install]

Learns from the train split of the English Web Treebank, with commas and without, and prints accuracy on the dev split with
words as speech has them: heads found, with the right relation too (marks left out), tags. It starts from the first layers of MiniLM
with the speech network's vocabulary; above them, every word (by its first piece) is scored as the head of every other (Dozat and
Manning's biaffine attention), and relations and Penn tags come from the same places. Takes about ten minutes on one core.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from networks import export_in_8_bits, pretrained
from speech_encoder import use_jemalloc
from treebank import as_spoken, projective, treebank, without_commas

from episodeck.cards.parsing import MOST_PIECES, RELATIONS, TAGS, decoded, numbered
from episodeck.speech.pieces import Vocabulary, shared_vocabulary

LAYERS, ARC, LABEL, DROPOUT = 4, 192, 96, 0.2
BATCH, EPOCHS, PEAK_RATE, HEAD_RATE = 32, 4, 1.5e-4, 1.5e-3
MOST_BYTES = 16_000_000
PACKAGE = Path(__file__).resolve().parents[1] / "src" / "episodeck"
_UNKNOWN = -100


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence as the network sees it; heads count from 1, and 0 is the root."""

    ids: list[int]
    cases: list[int]
    firsts: list[int]
    heads: list[int]
    relations: list[int]
    tags: list[int]


def case(tree: Any, vocabulary: Vocabulary) -> Case | None:
    words = as_spoken(tree.words)
    ids, cases, firsts = numbered(words, vocabulary)
    if len(ids) > MOST_PIECES:
        return None
    heads = [0 if h == len(words) else h + 1 for h in tree.heads]
    tags = [TAGS.index(t) if t in TAGS else _UNKNOWN for t in tree.tags]
    return Case(ids, cases, firsts, heads, tree.relations, tags)


def make_parser(vocabulary: Vocabulary, seed: int) -> Any:
    """Inputs ids, cases (1 or more, pieces) and firsts (…, words + 1, the root's first); outputs arcs (…, words + 1, words + 1),
    [word, head], labels (…, words + 1, words + 1, relations) and tags (…, words + 1, tags), all log-odds."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    body = pretrained(vocabulary)
    hidden = body.norm.normalized_shape[0]

    class Parser(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pieces, self.positions, self.norm = body.pieces, body.positions, body.norm
            self.layers = body.layers[:LAYERS]
            self.cases = nn.Embedding(4, hidden)
            self.drop = nn.Dropout(DROPOUT)
            self.arc_word, self.arc_head = nn.Linear(hidden, ARC), nn.Linear(hidden, ARC)
            self.arc = nn.Linear(ARC, ARC, bias=False)
            self.arc_free = nn.Linear(ARC, 1, bias=False)
            self.label_word, self.label_head = nn.Linear(hidden, LABEL), nn.Linear(hidden, LABEL)
            self.label = nn.Parameter(torch.zeros(len(RELATIONS), LABEL + 1, LABEL + 1))
            self.tag = nn.Linear(hidden, len(TAGS))
            nn.init.normal_(self.label, std=0.02)
            nn.init.normal_(self.cases.weight, std=0.02)

        def forward(self, ids: torch.Tensor, cases: torch.Tensor, firsts: torch.Tensor) -> Any:
            where = torch.arange(ids.shape[1], device=ids.device)
            x = self.norm(self.pieces(ids) + self.cases(cases) + self.positions(where))
            for layer in self.layers:
                x = layer(x)
            x = torch.gather(x, 1, firsts.unsqueeze(-1).expand(-1, -1, x.shape[-1]))
            x = self.drop(x)
            word = self.drop(torch.relu(self.arc_word(x)))
            head = self.drop(torch.relu(self.arc_head(x)))
            arcs = self.arc(word) @ head.transpose(1, 2) + self.arc_free(head).transpose(1, 2)
            word = self.drop(torch.relu(self.label_word(x)))
            head = self.drop(torch.relu(self.label_head(x)))
            one = torch.ones_like(word[..., :1])
            word, head = torch.cat([word, one], -1), torch.cat([head, one], -1)
            # (…, words, relations, LABEL + 1) by (…, LABEL + 1, heads)
            left = torch.matmul(word.unsqueeze(1), self.label.unsqueeze(0))
            labels = torch.matmul(left, head.transpose(1, 2).unsqueeze(1)).permute(0, 2, 3, 1)
            return arcs, labels, self.tag(x)

    return Parser()


def batches(cases: Sequence[Case], rng: random.Random) -> list[list[Case]]:
    """Sentences of as many pieces together, in random order."""
    order = list(cases)
    rng.shuffle(order)
    order.sort(key=lambda c: len(c.ids))
    found: list[list[Case]] = []
    for one in order:
        if found and len(found[-1]) < BATCH and len(found[-1][0].ids) == len(one.ids):
            found[-1].append(one)
        else:
            found.append([one])
    rng.shuffle(found)
    return found


def padded(rows: list[list[int]], fill: int) -> Any:
    import torch

    longest = max(map(len, rows))
    return torch.tensor([row + [fill] * (longest - len(row)) for row in rows])


def fit(model: Any, learn: Sequence[Case], seed: int) -> None:
    """A few passes; the learning rate rises over the first tenth, then falls to nothing."""
    import torch
    from torch.nn import functional

    rng = random.Random(seed)  # noqa: S311
    slow = [p for n, p in model.named_parameters() if n.startswith("layers.")]
    fast = [
        p
        for n, p in model.named_parameters()
        if not n.startswith(("layers.", "pieces.", "positions.", "norm."))
    ]
    for frozen in (model.pieces, model.positions, model.norm):
        frozen.requires_grad_(False)
    optimizer = torch.optim.AdamW(
        [{"params": slow, "peak": PEAK_RATE}, {"params": fast, "peak": HEAD_RATE}],
        lr=PEAK_RATE,
        betas=(0.9, 0.98),
        weight_decay=0.01,
    )
    model.train()
    done, total = 0, EPOCHS * len(learn)
    for epoch in range(EPOCHS):
        running = 0.0
        for n, group in enumerate(batches(learn, rng)):
            share = done / total
            for params in optimizer.param_groups:
                params["lr"] = params["peak"] * min((share + 0.001) / 0.1, (1 - share) / 0.9)
            heads = padded([[_UNKNOWN, *c.heads] for c in group], _UNKNOWN)
            relations = padded([[_UNKNOWN, *c.relations] for c in group], _UNKNOWN)
            tags = padded([[_UNKNOWN, *c.tags] for c in group], _UNKNOWN)
            firsts = padded([c.firsts for c in group], 0)
            real = padded([[1] * len(c.firsts) for c in group], 0).bool()
            ids, cases = (torch.tensor([getattr(c, name) for c in group]) for name in ("ids", "cases"))
            with torch.autocast("cpu", torch.bfloat16):
                arcs, labels, tagged = model(ids, cases, firsts)
            arcs = arcs.float().masked_fill(~real[:, None, :], -1e4)
            at = heads.clamp(min=0)[:, :, None, None].expand(-1, -1, 1, labels.shape[-1])
            told = torch.gather(labels.float(), 2, at).squeeze(2)
            loss = (
                functional.cross_entropy(arcs.flatten(0, 1), heads.flatten(), ignore_index=_UNKNOWN)
                + functional.cross_entropy(told.flatten(0, 1), relations.flatten(), ignore_index=_UNKNOWN)
                + 0.5
                * functional.cross_entropy(
                    tagged.float().flatten(0, 1), tags.flatten(), ignore_index=_UNKNOWN
                )
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            done += len(group)
            running += 0.02 * (loss.item() - running) if n else loss.item()
        print(f"pass {epoch + 1} of {EPOCHS}: loss {running:.3f}", flush=True)


def report(run: Any, cases: Sequence[Case]) -> None:
    """`run` gives arcs, labels and tags of one sentence as arrays."""
    marks = RELATIONS.index("punct")
    words = hung = labelled = tagged = all_words = 0
    for one in cases:
        arcs, labels, tags = run(one)
        heads, relations, _ = decoded(arcs, labels)
        for i, (head, relation, tag) in enumerate(zip(one.heads, one.relations, one.tags, strict=True)):
            all_words += tag != _UNKNOWN
            tagged += tag == int(tags[i + 1].argmax())
            if relation == marks:
                continue
            words += 1
            right = heads[i] == head - 1
            hung += right
            labelled += right and RELATIONS.index(relations[i]) == relation
    print(
        f"dev: {hung / words:.4f} hung rightly, {labelled / words:.4f} with their relation, "
        f"{tagged / all_words:.4f} tagged rightly",
        flush=True,
    )


def export(model: Any, out: Path) -> None:
    """Write out/parser.onnx: weights in 8 bits, one sentence at a time."""
    import torch

    length = {1: torch.export.Dim("pieces", min=3, max=MOST_PIECES)}
    words = {1: torch.export.Dim("words", min=2, max=MOST_PIECES)}
    export_in_8_bits(
        model,
        out / "parser.onnx",
        MOST_PIECES,
        {"ids": (1, 20), "cases": (1, 20), "firsts": (1, 12)},
        ["arcs", "labels", "tags"],
        [length, length, words],
    )


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--corpus", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True, help="folder for everything made")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=3)
    options.add_argument(
        "--install", action="store_true", help="in the end, copy what ships into the package"
    )
    given = options.parse_args()
    use_jemalloc()
    import onnxruntime
    import torch

    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    vocabulary = shared_vocabulary()
    path = given.corpus / "ud-ewt.conllu.xz"
    trees = [t for t in treebank(path, "train") if len(t.words) > 2 and projective(t)]
    trees += [without_commas(t) for t in trees if "," in t.words]
    learn = [c for c in (case(t, vocabulary) for t in trees) if c]
    dev = [c for c in (case(t, vocabulary) for t in treebank(path, "dev")) if c]
    print(f"{len(learn):,} sentences to learn from, {len(dev):,} to report on", flush=True)
    model = make_parser(vocabulary, given.seed)
    fit(model, learn, given.seed)
    torch.save(model.state_dict(), given.out / "checkpoint.pt")
    export(model, given.out)
    session = onnxruntime.InferenceSession(given.out / "parser.onnx", providers=["CPUExecutionProvider"])

    def run(one: Case) -> Any:
        fed = {"ids": one.ids, "cases": one.cases, "firsts": one.firsts}
        return [o[0] for o in session.run(None, {k: np.array([v], np.int64) for k, v in fed.items()})]

    report(run, dev)
    size = (given.out / "parser.onnx").stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{size:,} bytes are too many to ship (the limit is {MOST_BYTES:,})")
    if given.install:
        shutil.copyfile(given.out / "parser.onnx", PACKAGE / "cards" / "parser.onnx")
        print(f"installed {size:,} bytes")


if __name__ == "__main__":
    main()
