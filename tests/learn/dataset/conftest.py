"""Demonstrations made up from a seed: small, but of every kind of feature."""

import numpy as np
import pytest

from hiervla.core.outcome import FailureKind
from hiervla.learn.dataset.episode import Episode, Instruction
from hiervla.learn.dataset.schema import Feature, demonstration_schema

STATE = ("x", "y", "z", "yaw", "width")
SIZES = {"front": (24, 32), "wrist": (18, 24)}


@pytest.fixture(scope="session")
def schema():
    return demonstration_schema(
        SIZES,
        STATE,
        extras={
            "expert.chunk": Feature(shape=(16, 7), unit="m, rad"),
            "prompt.pixels": Feature(shape=(4,), names=("target_u", "target_v", "goal_u", "goal_v"), unit="px"),
            "progress": Feature(),
            "done": Feature(kind="bool"),
            "picked_id": Feature(kind="int64"),
        },
        metadata={"scene": "string", "jitter": "float64", "held_out": "bool", "objects": "int64"},
    )


@pytest.fixture(scope="session")
def made(schema):
    """``made(seed)``: a whole episode; the same seed gives the same one. ``scale`` makes its pictures larger noise."""

    def make(seed, length=None, skill="pick", success=None, **more):
        rng = np.random.default_rng(seed)
        t = length or int(rng.integers(5, 12))
        values = {}
        for name, f in schema.features.items():
            shape = (t, *f.array_shape)
            if f.kind == "image":
                values[name] = rng.integers(0, 256, shape, dtype=np.uint8)
            elif f.kind == "depth":
                values[name] = rng.uniform(0.05, 3.0, shape).astype(np.float32)
                values[name][:, :2, :2] = 0.0
            elif f.kind == "string":
                values[name] = np.array(["approach", "descend", "lift"], dtype=object)[np.arange(t) * 3 // t]
            elif f.kind == "bool":
                values[name] = rng.random(shape) < 0.3
            elif f.kind == "int64":
                values[name] = rng.integers(-9, 9, shape)
            else:
                values[name] = rng.normal(size=shape).astype(np.float32)
        won = bool(seed % 3) if success is None else success
        words = (
            Instruction((f"pick up the {'red' if seed % 2 else 'blue'} cube", "take the cube"), ("拿起红色方块",)),
            Instruction(("put it in the bowl",), ("把它放进碗里", "放到碗里")),
        )
        facts = {
            "instructions": words,
            "instruction_of": (np.arange(t) >= t // 2).astype(np.int64),
            "metadata": {"scene": "tabletop", "jitter": 0.5 * seed, "held_out": seed % 2 == 0, "objects": seed},
            "failure": None if won else FailureKind.SLIPPED,
        }
        return Episode(values=values, skill=skill, seed=seed, success=won, **(facts | more))

    return make


@pytest.fixture(scope="session")
def same():
    """``same(a, b)``: two episodes hold the same, depth within half its step."""

    def check(a, b):
        assert a.values.keys() == b.values.keys()
        for name, x in a.values.items():
            y = b.values[name]
            assert y.shape == x.shape, name
            if "depth" in name:
                assert y.dtype == np.float32
                assert np.abs(y - x).max() <= 0.51e-4
                assert (y[x == 0] == 0).all()
            else:
                assert y.dtype == x.dtype, name
                assert (y == x).all(), name
        assert (a.instruction_of == b.instruction_of).all()
        for fact in ("instructions", "skill", "seed", "success", "failure", "source", "metadata"):
            assert getattr(a, fact) == getattr(b, fact), fact

    return check


@pytest.fixture
def dataset(tmp_path, schema, made):
    """``dataset(range(5))``: a written folder with these seeds."""
    from hiervla.learn.dataset.writer import DatasetWriter

    def write(seeds, name="set", **more):
        with DatasetWriter(tmp_path / name, schema, 10, robot="panda", **more) as writer:
            for seed in seeds:
                writer.append(made(seed))
        return tmp_path / name

    return write
