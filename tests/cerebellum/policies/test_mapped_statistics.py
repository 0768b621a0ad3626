"""Statistics files of openpi, OpenVLA and LeRobot, in the forms these write them; what would make an arm flail is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from hiervla.cerebellum.policies.mapped_statistics import read_scale
from hiervla.cerebellum.policies.mapping import Statistics
from hiervla.core.errors import SetupError

LOW, HIGH = np.array([-0.02, -0.01, 0.0]), np.array([0.02, 0.03, 1.0])


@pytest.fixture
def scale(tmp_path):
    """``scale(content, mode, keys)``: the action's scale for three columns of a file with this content."""

    def make(content, mode, keys, width=3, **more):
        file = tmp_path / "stats.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return read_scale(Statistics(file=file, mode=mode, state=(), action=tuple(keys), **more), "action", width)

    return make


def test_quantiles_go_to_plus_minus_one_and_padding_is_left_out(scale):
    """openpi's norm_stats.json holds all 32 columns."""
    pad = [0.0] * 29
    content = {
        "norm_stats": {"actions": {"mean": [0.0] * 32, "std": [1.0] * 32, "q01": [*LOW, *pad], "q99": [*HIGH, *pad]}}
    }
    s = scale(content, "quantiles", ("norm_stats", "actions"))
    np.testing.assert_allclose(s.unnormalise(np.array([[-1, -1, -1], [1, 1, 1]])), [LOW, HIGH])
    np.testing.assert_allclose(s.normalise((LOW + HIGH) / 2), 0, atol=1e-12)


def test_a_masked_column_stays_as_it_is(scale):
    content = {
        "bridge_orig": {
            "action": {"q01": list(LOW), "q99": list(HIGH), "mask": [True, True, False]},
            "num_trajectories": 9,
        }
    }
    s = scale(content, "quantiles", ("bridge_orig", "action"))
    np.testing.assert_allclose(s.unnormalise(np.array([1.0, -1.0, 0.7])), [0.02, -0.01, 0.7])


def test_mean_and_deviation_and_extremes(scale):
    content = {"action": {"mean": [1.0, 2.0, 3.0], "std": [0.1, 0.2, 0.3], "min": list(LOW), "max": list(HIGH)}}
    np.testing.assert_allclose(
        scale(content, "mean_std", ("action",)).unnormalise(np.array([1, 0, -1])), [1.1, 2.0, 2.7]
    )
    np.testing.assert_allclose(
        scale(content, "min_max", ("action",)).unnormalise(np.array([1, 0, -1])), [0.02, 0.01, 0.0]
    )


def test_what_never_varied_is_declared_or_refused(scale):
    content = {"action": {"mean": [1.0, 2.0, 3.0], "std": [0.1, 1e-9, 0.3]}}
    with pytest.raises(SetupError, match=r"column 1 has no spread .* declare what never varied there"):
        scale(content, "mean_std", ("action",))
    s = scale(content, "mean_std", ("action",), action_constant=(1,))
    assert s.unnormalise(np.array([0.0, 50.0, 0.0]))[1] == 2.0 and s.normalise(np.array([1.0, 9.0, 3.0]))[1] == 0.0


@pytest.mark.parametrize(
    ("content", "mode", "keys", "says"),
    [
        ("no json", "mean_std", ("action",), "name the file that came with the checkpoint"),
        ({"bridge": {}}, "mean_std", ("action",), "no 'action', known: bridge"),
        ([1, 2], "mean_std", ("action",), "no 'action', known: none"),
        ({"action": {"mean": [0, 0, 0], "std": [1, 1, 1]}}, "quantiles", ("action",), "no numbers under 'q01'"),
        (
            {"action": {"mean": [0, 0], "std": [1, 1]}},
            "mean_std",
            ("action",),
            "mean has 2 numbers, the mapping's action takes 3",
        ),
        (
            {"action": {"mean": [0, 0, None], "std": [1, 1, 1]}},
            "mean_std",
            ("action",),
            "column 2 has no spread or is not finite",
        ),
        ({"action": {"q01": [1, 1, 1], "q99": [0, 2, 2]}}, "quantiles", ("action",), "column 0 has no spread"),
        ({"action": {"mean": ["a", "b", "c"], "std": [1, 1, 1]}}, "mean_std", ("action",), "no numbers under 'mean'"),
    ],
)
def test_what_does_not_fit_is_refused_by_file_and_key(scale, content, mode, keys, says):
    with pytest.raises(SetupError, match=says):
        scale(content, mode, keys)


def test_a_file_that_is_not_there():
    with pytest.raises(SetupError, match="No such file"):
        read_scale(Statistics(file=Path("/nowhere.json"), mode="mean_std", state=(), action=("action",)), "action", 3)
