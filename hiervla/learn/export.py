"""A policy's weights as an ONNX graph that ONNX Runtime runs without torch, in fp32 and in int8."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.cerebellum.policies.mini.heads import act
from hiervla.cerebellum.policies.mini.inputs import CHANNELS, GOAL, GROUNDING, STATE
from hiervla.cerebellum.policies.mini.model import ACTION, SCENE_CELLS, WRIST_CELLS, MiniVLA
from hiervla.cerebellum.policies.mini.runtime import OnnxRuntime, TorchRuntime
from hiervla.core.errors import SetupError

CLOSE = 1e-4
"""Largest difference of a normalised action between torch and the fp32 graph."""
NAMES = ("scene", "wrist", "state", "target", "goal", "words", "deed")
TRIES = 8


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written, and how far its chunks are from torch's, normalised, at worst."""

    graph: Path
    megabytes: float
    apart: float


class _Acting(nn.Module):
    """What the graph does: everything in, one chunk out."""

    def __init__(self, model: MiniVLA) -> None:
        super().__init__()
        self.model = model

    def forward(self, scene: Tensor, wrist: Tensor, state: Tensor, target: Tensor, goal: Tensor, words: Tensor, deed: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:  # fmt: skip
        given = dict(zip(NAMES, (scene, wrist, state, target, goal, words, deed), strict=True))
        return act(self.model, given, noise)


def export(folder: Path, int8: bool = True) -> list[Exported]:
    """Write a policy's graphs beside its weights, each compared with torch on random inputs.

    Raises:
        SetupError: it acts by tokens, one after the other, which no one graph says; or fp32 differs from torch.
    """
    parts = on_disk.load_parts(folder)
    if parts.config.head == "tokens":
        raise SetupError(f"{folder}: the head 'tokens' says a chunk word by word; it runs in torch only")
    model = on_disk.load_model(folder, parts.config)
    example = inputs(parts.config.horizon, parts.config.longest, parts.config.words, seed=0)
    graph = folder / on_disk.GRAPH
    part = graph.with_suffix(".part.onnx")
    torch.onnx.export(
        _Acting(model).eval(), tuple(torch.from_numpy(example[n]) for n in (*NAMES, "noise")), str(part),
        input_names=[*NAMES, "noise"], output_names=["chunk", "telling"], dynamo=True, external_data=False, verbose=False,
    )  # fmt: skip
    apart = _apart(folder, part)
    if apart > CLOSE:
        part.unlink()
        raise SetupError(f"{folder}: the graph's chunks differ from torch's by {apart:.2g}: keep to --runtime torch")
    part.replace(graph)
    written = [Exported(graph, graph.stat().st_size / 1e6, apart)]
    if int8:
        written.append(_quantised(folder, graph))
    return written


def inputs(horizon: int, longest: int, words: int, seed: int) -> dict[str, Any]:
    """Random inputs of the right form, with a batch dimension of one."""
    rng = np.random.default_rng(seed)
    images = {name: (1, CHANNELS, 16 * c[0], 16 * c[1]) for name, c in (("scene", SCENE_CELLS), ("wrist", WRIST_CELLS))}
    images["wrist"] = (1, CHANNELS, 72, 96)
    shapes = images | {
        "state": (1, len(STATE)),
        "target": (1, len(GROUNDING)),
        "goal": (1, len(GOAL)),
        "noise": (1, horizon, ACTION),
    }
    said = np.zeros((1, longest), dtype=np.int64)
    said[0, : 2 + seed % (longest - 2)] = rng.integers(2, words, 2 + seed % (longest - 2))
    return {n: rng.standard_normal(s).astype(np.float32) for n, s in shapes.items()} | {
        "words": said, "deed": np.array([1 + seed % 5]),
    }  # fmt: skip


def _quantised(folder: Path, graph: Path) -> Exported:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = folder / on_disk.GRAPH_INT8
    part = small.with_suffix(".part.onnx")
    plain = onnx.load(str(graph))
    del plain.graph.value_info[:]  # shapes as the exporter left them, which the quantiser's own inference contradicts
    _part_shared_weights(plain.graph)
    # Seven bits: processors without VNNI add pairs of products in 16 bits, which eight bits overflow.
    quantize_dynamic(
        plain, str(part), weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"], reduce_range=True
    )
    apart = _apart(folder, part)
    part.replace(small)
    return Exported(small, small.stat().st_size / 1e6, apart)


def _part_shared_weights(graph: Any) -> None:
    """Give every Gemm weights of its own: the quantiser turns them over in place, once for each node that reads them."""
    weights, seen = {w.name: w for w in graph.initializer}, set[str]()
    for node in graph.node:
        if node.op_type != "Gemm" or node.input[1] not in weights:
            continue
        if node.input[1] in seen:
            own = graph.initializer.add()
            own.CopyFrom(weights[node.input[1]])
            own.name = node.input[1] = f"{own.name}.{node.name}"
        seen.add(node.input[1])


def _apart(folder: Path, graph: Path) -> float:
    parts = on_disk.load_parts(folder)
    one, other = TorchRuntime(folder, parts), OnnxRuntime(graph)
    worst = 0.0
    for seed in range(TRIES):
        given = inputs(parts.config.horizon, parts.config.longest, parts.config.words, seed)
        noise = given.pop("noise")
        a, b = one.run(given, noise), other.run(given, noise)
        worst = max(worst, *(float(np.abs(x - y).max()) for x, y in zip(a, b, strict=True)))
    return worst
