"""What runs the small VLA's numbers: torch, or ONNX Runtime where there is a graph; both give the same chunks."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.cerebellum.policies.mini.folder import Parts
from hiervla.core.errors import PolicyFault, SetupError

RUNTIMES = ("auto", "torch", "onnx", "onnx-int8")
Numbers = NDArray[np.float32]


class Runtime(Protocol):
    """Inputs by name, each with a batch dimension of one, to a normalised chunk and what the model tells."""

    name: str

    def run(self, inputs: dict[str, Any], noise: Numbers) -> tuple[Numbers, Numbers]:
        """Chunk (16, 7), normalised, and the probabilities (2 + phases,) of progress, end and each phase."""
        ...


class TorchRuntime:
    """Eager torch on one thread less than it would like: the simulator needs one, too."""

    name = "torch"

    def __init__(self, folder: Path, parts: Parts) -> None:
        self._model, self._parts = on_disk.load_model(folder, parts.config), parts

    def run(self, inputs: dict[str, Any], noise: Numbers) -> tuple[Numbers, Numbers]:
        import torch

        from hiervla.cerebellum.policies.mini.heads import act, told
        from hiervla.cerebellum.policies.mini.speaking import say_actions

        batch = {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in inputs.items()}
        if self._parts.config.head != "tokens":
            chunk, telling = act(self._model, batch, torch.from_numpy(noise))
            return chunk[0].numpy(), telling[0].numpy()
        words, logits = say_actions(self._model, batch, self._parts.tokeniser)
        return self._decoded(words[0]), told(logits)[0].numpy()

    def _decoded(self, words: list[int]) -> Numbers:
        from hiervla.cerebellum.policies.tokens import MalformedTokens

        assert self._parts.tokeniser is not None
        try:
            return np.asarray(self._parts.tokeniser.decode(words), dtype=np.float32)
        except MalformedTokens as e:
            raise PolicyFault(f"the policy said action tokens that are no chunk: {e}") from e


class OnnxRuntime:
    """ONNX Runtime on one thread."""

    def __init__(self, graph: Path) -> None:
        try:
            import onnxruntime as ort
        except ImportError as e:
            raise SetupError("this policy needs onnxruntime: pip install onnxruntime, or hiervla[learn]") from e
        self.name = "onnx-int8" if graph.name == on_disk.GRAPH_INT8 else "onnx"
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            self._session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except Exception as e:  # the library raises its own, bare, kinds
            raise SetupError(f"{graph} cannot be run: {str(e).splitlines()[0]}; export it anew") from e
        self._takes = {i.name for i in self._session.get_inputs()}

    def run(self, inputs: dict[str, Any], noise: Numbers) -> tuple[Numbers, Numbers]:
        given = {name: a for name, a in (inputs | {"noise": noise}).items() if name in self._takes}
        chunk, telling = self._session.run(None, given)
        return chunk[0], telling[0]


def open_runtime(folder: Path, parts: Parts, name: str = "auto") -> Runtime:
    """The runtime of a name; ``auto`` takes the exported graph where there is one.

    Raises:
        SetupError: there is no such runtime, or what it needs is not there.
    """
    if name not in RUNTIMES:
        raise SetupError(f"no runtime {name!r}; there are {', '.join(RUNTIMES)}")
    if name == "torch" or (name == "auto" and not (folder / on_disk.GRAPH).is_file()):
        return TorchRuntime(folder, parts)
    graph = folder / (on_disk.GRAPH_INT8 if name == "onnx-int8" else on_disk.GRAPH)
    if not graph.is_file():
        raise SetupError(f"the policy in {folder} has no {graph.name}: `hiervla learn export {folder}` writes it")
    return OnnxRuntime(graph)
