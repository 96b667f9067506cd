"""How the small networks that ship are run: speech, reading and parsing."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import Any

_SLOWER = ["SkipLayerNormFusion"]
"""Joins of two steps for which onnxruntime takes longer than for the two: a quarter of all time went there."""


def network(package: str, name: str) -> Any:
    """An onnxruntime session for the ONNX file `name` in a package. Slow: make one a process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread gives the same sums everywhere, and builds use the cores for whole episodes.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it grows with the first long text and never shrinks
    with as_file(files(package).joinpath(name)) as path:
        return onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOWER
        )
