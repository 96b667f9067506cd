"""What the trainings of the networks share: where they start, and how they are made to ship."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from speech_encoder import load_pretrained, make_model, pieces, pretrained_folder

from episodeck.speech.pieces import Vocabulary


def pretrained(vocabulary: Vocabulary) -> Any:
    """MiniLM as a `speech_encoder.make_model`, its embeddings those of the program's word pieces."""
    body = make_model(len(vocabulary.numbers), 6)
    listed = (pretrained_folder() / "vocab.txt").read_text(encoding="utf8").split("\n")
    old = {p: i for i, p in enumerate(listed)}

    def origin(piece: str) -> list[int]:
        """The pretrained pieces that a piece is the mean of."""
        if piece in old:
            return [old[piece]]
        plain = piece.removeprefix("##").replace("'", " ' ").split()
        return [i for part in plain for i in pieces(part, old)]

    load_pretrained(body, [origin(p) for p in vocabulary.numbers], pretrained_folder())
    return body


def export_in_8_bits(
    model: Any,
    path: Path,
    positions: int,
    inputs: dict[str, tuple[int, ...]],
    outputs: Sequence[str],
    dimensions: Sequence[dict[int, Any]],
) -> None:
    """Write an ONNX file with weights, embeddings too, in 8 bits, a scale a column; beside it one in full.

    `positions` are the places that stay, `inputs` (int64) names with the shape of an example, and `dimensions` for each which
    of its axes may be of another size.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)
    model.cpu().eval()
    model.positions = torch.nn.Embedding.from_pretrained(model.positions.weight[:positions].detach().clone())
    full = path.with_name(f"{path.stem}-float.onnx")
    torch.onnx.export(
        model,
        tuple(torch.zeros(shape, dtype=torch.int64) for shape in inputs.values()),
        full,
        input_names=list(inputs),
        output_names=list(outputs),
        dynamic_shapes=tuple(dimensions),
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    quantize_dynamic(
        full,
        path,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        per_channel=True,
        reduce_range=True,  # the same answers on processors with and without 8-bit dot products
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )
