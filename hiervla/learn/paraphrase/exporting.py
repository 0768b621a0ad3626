"""The trained paraphraser as two graphs that ONNX Runtime runs without torch: one reads, one says the next word."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor, nn

from hiervla.brain.paraphrase.paraphraser import READS, SAYS, WORDS
from hiervla.learn.paraphrase.network import Network, NetworkConfig


class _Says(nn.Module):
    """Of the decoder the last word's logits only."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, source: Tensor, memory: Tensor, begun: Tensor) -> Tensor:
        return self.network.say(source, memory, begun)[:, -1]


class _Reads(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, source: Tensor) -> Tensor:
        return self.network.read(source)


def export(folder: Path, out: Path) -> list[Path]:
    """Write ``reads.onnx``, ``says.onnx`` (weights in int8) and ``words.json`` of a training run's folder into another."""
    kept = torch.load(folder / "model.pt", weights_only=True)
    network = Network(NetworkConfig.model_validate(kept["config"])).eval()
    network.load_state_dict(kept["weights"])
    out.mkdir(parents=True, exist_ok=True)
    source, begun = torch.ones((2, 9), dtype=torch.int64), torch.ones((2, 5), dtype=torch.int64)
    memory = network.read(source)
    rows = torch.export.Dim("rows", min=1, max=64)
    length = torch.export.Dim("length", min=2, max=network.config.longest)
    so_far = torch.export.Dim("so_far", min=1, max=network.config.longest)
    torch.onnx.export(
        _Reads(network).eval(), (source,), str(out / READS), input_names=["source"], output_names=["memory"],
        dynamic_shapes=({0: rows, 1: length},), dynamo=True, external_data=False, verbose=False,
    )  # fmt: skip
    torch.onnx.export(
        _Says(network).eval(), (source, memory, begun), str(out / SAYS), input_names=["source", "memory", "begun"], output_names=["logits"],
        dynamic_shapes=({0: rows, 1: length}, {0: rows, 1: length}, {0: rows, 1: so_far}), dynamo=True, external_data=False, verbose=False,
    )  # fmt: skip
    for name in (READS, SAYS):
        _quantise(out / name)
    tokens = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    (out / WORDS).write_text(json.dumps(tokens, ensure_ascii=False) + "\n", encoding="utf-8")
    return [out / name for name in (READS, SAYS, WORDS)]


def _quantise(graph: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    plain = onnx.load(str(graph))
    del plain.graph.value_info[:]  # shapes as the exporter left them, which the quantiser's own inference contradicts
    part = graph.with_suffix(".part.onnx")
    # Seven bits: processors without VNNI add pairs of products in 16 bits, which eight bits overflow.
    quantize_dynamic(
        plain, str(part), weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"], reduce_range=True
    )
    part.replace(graph)
