"""Masks for boxes with SAM (Kirillov et al. 2023, arXiv:2304.02643), its input made by hand: no torchvision is needed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hiervla.core.errors import SetupError
from hiervla.perception.naming.found import Finder, Findings
from hiervla.perception.naming.zero_shot import first_line, need

_MEAN, _STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
"""ImageNet's, as SAM was trained with."""


class Segmenting:
    """A ``Finder`` around another one: each of its boxes and points gets the mask that SAM draws for it."""

    def __init__(self, finder: Finder, source: str) -> None:
        """
        Args:
            finder: finds the boxes.
            source: SAM's folder as ``save_pretrained`` writes it, or its id on the hub; SAM, not SAM 2 or 3.

        Raises:
            SetupError: a package or file is missing, or it is another model.
        """
        name = f"sam={source}"
        need(name, "torch", "transformers")
        from transformers import AutoConfig, SamModel

        local = Path(source).is_dir()
        if not local and (source.startswith((".", "/", "~")) or source.count("/") != 1):
            raise SetupError(f"{name}: there is no such folder, and it is no hub id ORGANISATION/MODEL")
        try:
            kind = AutoConfig.from_pretrained(source, local_files_only=local).model_type
            if kind != "sam":
                raise SetupError(
                    f"{name}: that is a model of type {kind!r}; only SAM itself (type 'sam') gives masks here"
                )
            self._model = SamModel.from_pretrained(source, local_files_only=local).eval()
        except SetupError:
            raise
        except Exception as e:  # a file is missing or broken: the libraries below have errors of their own
            raise SetupError(f"{name} cannot be loaded: {first_line(e)}") from e
        self._finder = finder
        self.name, self.sure = f"{finder.name} with masks", finder.sure

    def find(self, rgb: NDArray[np.uint8], query: str) -> Findings:
        """What the finder finds in ``rgb`` (H, W, 3), each with a mask (H, W) of its own.

        Raises:
            DetectorFault: as the finder does.
        """
        findings = self._finder.find(rgb, query)
        if not findings.found:
            return findings
        import torch

        side = int(self._model.config.vision_config.image_size)
        pixels, scale = model_input(rgb, side)
        with torch.inference_mode():
            embedded = self._model.get_image_embeddings(torch.from_numpy(pixels)[None])
        return replace(
            findings, found=tuple(replace(f, mask=self._mask(embedded, f, scale, rgb)) for f in findings.found)
        )

    def _mask(self, embedded: Any, found: Any, scale: float, rgb: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
        """The mask SAM is surest of, in pixels of the picture; None where it is empty."""
        import torch

        x0, y0, x1, y1 = (v * scale for v in found.box)
        prompt: dict[str, Any] = (
            {"input_points": torch.tensor([[[[x0, y0]]]]), "input_labels": torch.ones(1, 1, 1, dtype=torch.long)}
            if found.is_point
            else {"input_boxes": torch.tensor([[[x0, y0, x1, y1]]])}
        )
        with torch.inference_mode():
            out = self._model(image_embeddings=embedded, multimask_output=True, **prompt)
        best = int(out.iou_scores[0, 0].argmax())
        side = int(self._model.config.vision_config.image_size)
        low = torch.nn.functional.interpolate(out.pred_masks[0, 0, best][None, None], (side, side), mode="bilinear")[
            0, 0
        ]
        h, w = rgb.shape[:2]
        part = low[: max(1, round(h * scale)), : max(1, round(w * scale))]
        whole = torch.nn.functional.interpolate(part[None, None], (h, w), mode="bilinear")[0, 0]
        mask: NDArray[np.bool_] = whole.numpy() > 0.0
        return mask if mask.any() else None


def model_input(rgb: NDArray[np.uint8], side: int) -> tuple[NDArray[np.float32], float]:
    """SAM's input (3, side, side) float32 from ``rgb`` (H, W, 3), and the scale that took its pixels there.

    The longer side becomes ``side``, colours are normalised, the rest is padded with zeros on the right and below.
    """
    h, w = rgb.shape[:2]
    scale = side / max(h, w)
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    small = np.asarray(Image.fromarray(np.ascontiguousarray(rgb)).resize(size, Image.Resampling.BILINEAR))
    made = np.zeros((3, side, side), dtype=np.float32)
    made[:, : size[1], : size[0]] = ((small / 255.0 - _MEAN) / _STD).transpose(2, 0, 1)
    return made, scale
