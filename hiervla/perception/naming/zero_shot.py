"""Zero-shot detectors from transformers as finders: OWLv2, GroundingDINO and MM-GroundingDINO, from a folder or a hub id."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hiervla.core.errors import DetectorFault, SetupError
from hiervla.perception.naming.found import Findings, Found

KINDS = {"owlv2": ("owlv2",), "grounding-dino": ("grounding-dino", "mm-grounding-dino")}
"""Kind → model types (``model_type`` of its config.json) that it stands for."""
SURE = {"owlv2": 0.2, "grounding-dino": 0.35}
"""Score from which on a box is believed: OWLv2's demos keep 0.1 to 0.2, GroundingDINO's box threshold is 0.35."""
_LEAST = 0.5
"""Share of that score below which a box is not even told."""
_FILES = (
    ("config.json",), ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"),
    ("processor_config.json", "preprocessor_config.json"), ("tokenizer.json", "vocab.txt", "vocab.json"),
)  # fmt: skip
"""One of each of these makes a whole folder."""
LONGEST = 200
_SAME = 0.7
"""Boxes that overlap more than this (intersection over union) are one."""


class ZeroShotFinder:
    """``Finder`` on a zero-shot object detection model; it reads English names only."""

    def __init__(self, kind: str, source: str, sure: float | None = None) -> None:
        """
        Args:
            kind: ``owlv2`` or ``grounding-dino``.
            source: a folder as ``save_pretrained`` writes it, or a model's id on the hub.
            sure: score (0..1) from which on a box is believed; the kind's own where none is given.

        Raises:
            SetupError: a package, the folder or a file in it is missing, or it holds another kind of model.
        """
        self.name = f"{kind}:{source}"
        self.sure = SURE[kind] if sure is None else sure
        self._kind = kind
        self._model, self._processor = loaded(kind, source)

    def find(self, rgb: NDArray[np.uint8], query: str) -> Findings:
        """Boxes in pixels of ``rgb`` (H, W, 3) with the model's scores, the surest first.

        Raises:
            DetectorFault: the query is not in English.
        """
        import torch

        if not query.isascii():
            raise DetectorFault(
                f"{self.name} reads English names only, not {query!r}; say it in English, or use a vlm: detector"
            )
        size = (rgb.shape[0], rgb.shape[1])
        if len(query) > LONGEST:
            raise DetectorFault(f"{self.name} takes names of up to {LONGEST} characters, not {len(query)}")
        text: Any = [[f"a photo of a {query}"]] if self._kind == "owlv2" else f"{query.lower().strip(' .')}."
        most = self._model.config.text_config.max_position_embeddings
        inputs = self._processor(
            text=text, images=_picture(rgb), return_tensors="pt", truncation=True, max_length=most
        )  # OWLv2 reads 16 tokens, start and end among them
        least = _LEAST * self.sure
        with torch.inference_mode():
            outputs = self._model(**inputs)
            if self._kind == "owlv2":
                rows = self._processor.post_process_grounded_object_detection(
                    outputs, threshold=least, target_sizes=[size]
                )
            else:
                rows = self._processor.post_process_grounded_object_detection(
                    outputs, inputs["input_ids"], threshold=least, text_threshold=least, target_sizes=[size]
                )
        scores, boxes = rows[0]["scores"].tolist(), rows[0]["boxes"].tolist()
        ranked = sorted(zip(scores, boxes, strict=True), key=lambda r: -r[0])
        found: list[Found] = []
        for score, box in ranked:
            cut = _inside(box, size)
            if cut is not None and all(overlap(cut, f.box) < _SAME for f in found):
                found.append(Found(float(score), cut))
        return Findings(tuple(found))


def loaded(kind: str, source: str) -> tuple[Any, Any]:
    """Model and processor of a zero-shot detector.

    Raises:
        SetupError: see ``ZeroShotFinder``.
    """
    name = f"detector {kind}:{source}"
    need(name, "torch", "transformers")
    if Path(source).is_dir():
        for files in _FILES:  # transformers makes up what it does not find: an empty tokeniser, say
            if not any((Path(source) / f).is_file() for f in files):
                raise SetupError(
                    f"{name}: there is no {' or '.join(files)} in the folder; name one to which save_pretrained of the model and "
                    "of its processor wrote"
                )
    if not Path(source).exists() and (source.startswith((".", "/", "~")) or source.count("/") != 1):
        raise SetupError(f"{name}: there is no such folder, and it is no hub id ORGANISATION/MODEL")
    from transformers import AutoConfig, AutoModelForZeroShotObjectDetection, AutoProcessor

    local = Path(source).is_dir()
    try:
        found = AutoConfig.from_pretrained(source, local_files_only=local).model_type
        if found not in KINDS[kind]:
            fits = next((k for k, types in KINDS.items() if found in types), None)
            hint = f"; write {fits}:{source}" if fits else f"; {kind} takes {' and '.join(KINDS[kind])}"
            raise SetupError(f"{name}: that is a model of type {found!r}{hint}")
        processor = AutoProcessor.from_pretrained(source, local_files_only=local)
        model = AutoModelForZeroShotObjectDetection.from_pretrained(source, local_files_only=local)
    except SetupError:
        raise
    except (
        Exception
    ) as e:  # a file is broken, or the hub cannot be reached: the libraries below have errors of their own
        raise SetupError(
            f"{name} cannot be loaded: {first_line(e)}; it takes a folder with config.json, model.safetensors and the "
            "processor's files, as save_pretrained writes it"
        ) from e
    return model.eval(), processor


def need(name: str, *packages: str) -> None:
    """Raise SetupError where a package of the ``vlm`` extra is missing."""
    for package in packages:
        if importlib.util.find_spec(package) is None:
            raise SetupError(f"{name} needs the package {package}: pip install 'hiervla[vlm]'")


def first_line(error: Exception) -> str:
    """The first line of what a library said."""
    return next((line.strip().rstrip(".") for line in str(error).splitlines() if line.strip()), type(error).__name__)


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Intersection over union of two boxes x0 y0 x1 y1."""
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, w) * max(0.0, h)
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return shared / max(area - shared, 1e-9)


def _picture(rgb: NDArray[np.uint8]) -> Any:
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(rgb))


def _inside(box: list[float], size: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """A box cut to the picture (H, W); None of one with no inside there: OWLv2 pads to a square, and may box the padding."""
    x0, y0, x1, y1 = max(0.0, box[0]), max(0.0, box[1]), min(float(size[1]), box[2]), min(float(size[0]), box[3])
    return (x0, y0, x1, y1) if x1 - x0 >= 1 and y1 - y0 >= 1 else None
