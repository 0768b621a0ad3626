"""A small dataset of made-up demonstrations: the real file form, numbers that obey one simple rule."""

import numpy as np
import pytest

from hiervla.core.geometry import downward
from hiervla.learn.dataset.episode import Episode, Instruction
from hiervla.learn.dataset.writer import DatasetWriter
from hiervla.learn.form import FPS, SIZES, demonstration_form
from hiervla.learn.training.settings import TrainSettings

TINY = {
    "width": 16, "layers": 1, "heads": 2, "expert_layers": 1, "spread": 2, "words": 300, "action_words": 64, "action_longest": 64,
}  # fmt: skip
LENS = [90.0, 90.0, 64.0, 48.0, *np.array([[0, -1, 0, 0.5], [-1, 0, 0, 0.0], [0, 0, -1, 1.0]], float).ravel()]
"""A camera a metre over the table's middle that looks straight down."""


def made_up(seed, deed="pick", success=True, length=14):
    """The hand goes to a target and closes there; a red spot lies in the picture where the target is."""
    rng = np.random.default_rng(seed)
    target = np.array([rng.uniform(0.4, 0.6), rng.uniform(-0.1, 0.1), 0.02])
    start = np.array([0.5, 0.0, 0.3])
    rows = []
    for t in range(length):
        at = start + (target - start) * min(1.0, t / (length - 4))
        chunk = np.zeros((16, 7), np.float32)
        chunk[:, :3] = (target - at) / 16
        chunk[:, 5] = rng.uniform(-0.3, 0.3)
        chunk[:, 6] = float(t >= length - 4)
        row = {}
        for name, (h, w) in SIZES.items():
            rgb = np.full((h, w, 3), 120, np.uint8)
            v, u = int(h / 2 - 90 * (target[0] - 0.5)), int(w / 2 - 90 * target[1])
            rgb[max(0, v - 3) : v + 3, max(0, u - 3) : u + 3] = (200, 20, 20)
            row |= {f"observation.images.{name}": rgb, f"observation.depth.{name}": np.ones((h, w), np.float32)}
            row[f"camera.{name}"] = np.array(LENS, np.float32)
        there = [1, *target, 0.3, 0.04, 0.04, 0.04]
        row |= {
            "observation.state": np.array([*at, *downward(0.1), 0.08, 0, 0, 0], np.float32),
            "joints": np.zeros(7, np.float32),
            "grounding": np.array([*there, 0, 0, 0, 0, 0, 0, 0, 0, 0], np.float32),
            "target_now": np.array(there[1:4], np.float32), "action": chunk[0], "executed": chunk[0], "expert.chunk": chunk, "remaining": length - 1 - t,
            "progress": np.float32(t / (length - 1)), "end": t == length - 1, "phase": "approach" if t < 10 else "close",
            "jolted": False, "recovery": False,
        }  # fmt: skip
        rows.append(row)
    return Episode.of(
        rows, instructions=(Instruction(("pick up the red cube", "grab the red cube"), ("拿起红色方块",)),), skill="pick",
        seed=seed, success=success,
        metadata={"deed": deed, "target": "red cube", "reference": "", "shift": "none", "calm": True, "why": ""},
    )  # fmt: skip


@pytest.fixture(scope="session")
def demonstrations(tmp_path_factory):
    """Twelve picks, eleven of them successful."""
    folder = tmp_path_factory.mktemp("demonstrations") / "data"
    with DatasetWriter(folder, demonstration_form(), FPS) as writer:
        for seed in range(12):
            writer.append(made_up(seed, success=seed != 5))
    return folder


@pytest.fixture
def settings(demonstrations, tmp_path):
    return TrainSettings(
        data=(str(demonstrations),), out=str(tmp_path / "run"), model=TINY, batch=8, steps=6, warmup=2, held_out_every=4,
        check_every=3, save_every=2, workers=0, threads=1, device="cpu",
    )  # fmt: skip
