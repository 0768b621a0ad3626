"""A policy as it is given away: weights in half precision and one graph made of the very same numbers, no more than 10 MB in all."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.core.errors import SetupError
from hiervla.learn.card import FILE as CARD
from hiervla.learn.export import export

LARGEST_MB = 10.0
SMALL = 64
"""Weights of fewer numbers stay as they are: norms and biases weigh nothing, and lose most by rounding."""


@dataclass(frozen=True, slots=True)
class Released:
    """What lies in the folder now."""

    folder: Path
    megabytes: float
    apart: float
    """Largest difference of a normalised action between torch and the graph."""


def release(policy: Path, out: Path) -> Released:
    """Write a policy anew, in half precision, to be shipped.

    torch and ONNX Runtime read the same rounded weights and count in fp32, so they still give the same chunks. What a policy can
    do is to be examined on what this writes: `hiervla learn eval --policy OUT`.

    Raises:
        SetupError: it is no whole policy, ``out`` is not empty, or it is larger than 10 MB.
    """
    from safetensors.torch import load_file, save_file

    on_disk.load_model(policy, on_disk.load_parts(policy).config)
    if out.exists() and any(out.iterdir()):
        raise SetupError(f"{out} is not empty: name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    try:
        for name in (on_disk.WORDS, on_disk.ACTIONS, on_disk.CONFIG, CARD):
            if (policy / name).is_file():
                shutil.copy2(policy / name, out / name)
        if (policy / on_disk.TOKENISER).is_dir():
            shutil.copytree(policy / on_disk.TOKENISER, out / on_disk.TOKENISER)
        weights = load_file(policy / on_disk.WEIGHTS)
        halved = {n: w.half() if w.numel() >= SMALL and w.is_floating_point() else w for n, w in weights.items()}
        save_file(halved, out / on_disk.WEIGHTS)
        (graph,) = export(out, int8=False)
        _halve(graph.graph)
        size = sum(f.stat().st_size for f in out.rglob("*") if f.is_file()) / 1e6
        if size > LARGEST_MB:
            raise SetupError(f"{policy} would weigh {size:.1f} MB, more than {LARGEST_MB:g}: train a smaller form")
    except SetupError:
        shutil.rmtree(out)
        raise
    return Released(out, size, graph.apart)


def _halve(graph: Path) -> None:
    """Keep a graph's large weights in half precision, each turned back by a Cast, which ONNX Runtime does once, on loading.

    The weights were rounded before, so that nothing is lost by it.
    """
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model: Any = onnx.load(str(graph))
    casts = []
    for w in list(model.graph.initializer):
        if w.data_type != TensorProto.FLOAT:
            continue
        full = numpy_helper.to_array(w)
        with np.errstate(over="ignore"):  # a constant of the graph itself, as large as can be
            half = full.astype(np.float16)
        if full.size < SMALL or not np.array_equal(half.astype(np.float32), full):
            continue
        name = w.name
        w.CopyFrom(numpy_helper.from_array(half, f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT, name=f"{name}.cast"))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(graph))
