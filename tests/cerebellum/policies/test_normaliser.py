"""Normalisation: there and back, and never by statistics that cannot be believed."""

import json

import numpy as np
import pytest
from cerebellum.policies.rollouts import chunks

from hiervla.cerebellum.policies.normaliser import ACTION, Normaliser, statistics_of
from hiervla.core.errors import SetupError

STILL = ("droll", "dpitch")
STATE = ("x", "y", "z", "width")


def state(n=500, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform((0.3, -0.4, 0.0, 0.0), (0.7, 0.4, 0.5, 0.08), (n, 4))


def made(values=None, **more):
    return Normaliser.of({"s": statistics_of(state() if values is None else values)}, "s", STATE, **more)


def spoilt(key, at, value):
    s = statistics_of(state())
    s[key][at] = value
    return {"s": s}


@pytest.mark.parametrize("method", ["quantile", "mean_std"])
def test_real_actions_come_back(method):
    actions = chunks(200)
    n = Normaliser.of({"action": statistics_of(actions.reshape(-1, 7))}, "action", ACTION, method, constant=STILL)
    np.testing.assert_allclose(n.denormalise(n.normalise(actions)), actions, atol=1e-12)
    assert n.normalise(actions).shape == actions.shape


def test_quantiles_go_to_the_ends_and_mean_and_deviation_to_0_and_1():
    values = state()
    n = made(values)
    np.testing.assert_allclose(n.normalise(np.quantile(values, 0.01, axis=0)), -1.0)
    np.testing.assert_allclose(n.normalise(np.quantile(values, 0.99, axis=0)), 1.0)
    z = made(values, method="mean_std").normalise(values)
    np.testing.assert_allclose(z.mean(0), 0.0, atol=1e-12)
    np.testing.assert_allclose(z.std(0), 1.0)


def test_what_lies_beyond_is_clipped_where_that_was_declared_and_nowhere_else():
    far = np.array([2.0, 2.0, -3.0, 0.5])
    free, cut = made(), made(clip=("y", "width"))
    np.testing.assert_allclose(free.denormalise(free.normalise(far)), far)
    assert (np.abs(free.normalise(far)) > 1.5).all()
    there = cut.normalise(far)
    assert there[1] == there[3] == 1.0
    np.testing.assert_array_equal(there[[0, 2]], free.normalise(far)[[0, 2]])
    np.testing.assert_allclose(cut.denormalise([0, 9.0, 9.0, -9.0]), free.denormalise([0, 1.0, 9.0, -1.0]))


def test_a_declared_constant_reads_as_nothing_and_comes_back_as_it_was():
    values = state()
    values[:, 3] = 0.08
    n = made(values, constant=("width",))
    assert n.normalise([0.5, 0, 0.2, 0.3])[3] == 0.0
    assert n.denormalise([0, 0, 0, 0.7])[3] == pytest.approx(0.08)
    assert np.isnan(n.normalise([0.5, 0, 0.2, np.nan])[3]), "what is not finite is hidden by nothing"
    assert np.isnan(n.denormalise([0, 0, 0, np.nan])[3])


def test_constants_must_be_declared_and_be_constant():
    values = state()
    values[:, 2] = 0.1 + 1e-6 * values[:, 2]
    with pytest.raises(SetupError, match=r"s\.z hardly varies.*declare it constant"):
        made(values)
    with pytest.raises(SetupError, match=r"s\.z hardly varies"):
        made(values, method="mean_std")
    with pytest.raises(SetupError, match=r"s\.x is declared constant, but spreads over 0\.3"):
        made(constant=("x",))
    rare = state()
    rare[:, 1] = 0.0
    rare[:3, 1] = 0.4  # varies, but in less than one of a hundred: its quantiles are the same
    with pytest.raises(SetupError, match=r"s\.y hardly varies"):
        made(rare)


def test_a_hand_that_only_trembles_is_a_constant():
    """A simulated arm that points down rolls by a tenth of a milliradian a step: real numbers, and nothing to learn."""
    actions = chunks(200).reshape(-1, 7).copy()
    actions[:, 3:5] = np.random.default_rng(0).normal(0, 5e-5, (len(actions), 2))
    statistics = {"action": statistics_of(actions)}
    with pytest.raises(SetupError, match=r"action\.droll hardly varies"):
        Normaliser.of(statistics, "action", ACTION)
    n = Normaliser.of(statistics, "action", ACTION, constant=STILL)
    assert np.abs(n.normalise(actions)[:, 3:5]).max() == 0.0
    assert np.abs(n.denormalise(n.normalise(actions)) - actions).max() < 5e-4


@pytest.mark.parametrize(
    "key, value",
    [("q01", np.nan), ("q99", np.inf), ("mean", np.nan), ("std", -np.inf), ("min", np.nan), ("q50", np.nan)],
)
def test_what_is_not_finite_refuses_and_names_the_component(key, value):
    with pytest.raises(SetupError, match=rf"s\.y: {key} is"):
        Normaliser.of(spoilt(key, 1, value), "s", STATE)


@pytest.mark.parametrize("key, value", [("q01", 0.9), ("q99", -0.9), ("mean", 5.0), ("std", -0.1), ("min", 0.0)])
def test_contradictions_refuse(key, value):
    with pytest.raises(SetupError, match=r"s\.y contradict"):
        Normaliser.of(spoilt(key, 1, value), "s", STATE)


def test_what_is_missing_refuses():
    whole = statistics_of(state())
    with pytest.raises(SetupError, match=r"no statistics for 'action' \(there are: s\)"):
        Normaliser.of({"s": whole}, "action", STATE)
    for key in ("min", "max", "mean", "std", "q01", "q99", "count"):
        rest = {k: v for k, v in whole.items() if k != key}
        with pytest.raises(SetupError, match=key):
            Normaliser.of({"s": rest}, "s", STATE)
    without = {k: v for k, v in whole.items() if not k.startswith("q")}
    assert Normaliser.of({"s": without}, "s", STATE, "mean_std").half == pytest.approx(state().std(0))
    with pytest.raises(SetupError, match="width"):
        Normaliser.of({"s": {**whole, "q99": whole["q99"][:3]}}, "s", STATE)
    with pytest.raises(SetupError, match="after width"):
        Normaliser.of({"s": {**whole, "max": [*whole["max"], 1.0]}}, "s", STATE)
    with pytest.raises(SetupError, match=r"s\.z: mean"):
        Normaliser.of({"s": {**whole, "mean": [0.5, 0.0, None, 0.0]}}, "s", STATE)
    with pytest.raises(SetupError, match="median"):
        Normaliser.of({"s": {**whole, "median": whole["q50"]}}, "s", STATE)


def test_too_few_samples_refuse():
    with pytest.raises(SetupError, match="rest on 60 samples; at least 100"):
        made(state(60))


def test_names_that_are_none_refuse():
    with pytest.raises(SetupError, match="'wdth' is declared constant"):
        made(constant=("wdth",))
    with pytest.raises(SetupError, match="'yaw' is declared clipped"):
        made(clip=("yaw",))
    with pytest.raises(SetupError, match="mean_std has none"):
        made(method="mean_std", clip=("x",))
    with pytest.raises(SetupError, match="each once"):
        Normaliser.of({"s": statistics_of(state())}, "s", ("x", "x", "y", "z"))


@pytest.mark.parametrize("method, clip", [("quantile", ("x", "z")), ("mean_std", ())])
def test_json_and_back(tmp_path, method, clip):
    values = state()
    values[:, 3] = 0.08
    n = made(values, method=method, constant=("width",), clip=clip)
    n.save(tmp_path / "n.json")
    again = Normaliser.load(tmp_path / "n.json")
    far = np.random.default_rng(1).normal(0, 2, (50, 4))
    np.testing.assert_array_equal(again.normalise(far), n.normalise(far))
    np.testing.assert_array_equal(again.denormalise(far), n.denormalise(far))
    assert (again.method, again.constant, again.clip, again.components) == (method, ("width",), clip, STATE)


def test_a_file_that_was_spoilt_refuses(tmp_path):
    path = tmp_path / "n.json"
    with pytest.raises(SetupError, match=r"n\.json"):
        Normaliser.load(path)
    for text in ("", "{", "[]", "{}"):
        path.write_text(text)
        with pytest.raises(SetupError, match="cannot be read as a normaliser"):
            Normaliser.load(path)
    said = json.loads(made().to_json())
    for change, told in (
        ({"method": "minmax"}, "method"),
        ({"note": "x"}, "note"),
        ({"statistics": {**said["statistics"], "q99": [float("nan")] * 4}}, r"s\.x: q99 is nan"),
        ({"statistics": {**said["statistics"], "q99": said["statistics"]["q01"]}}, r"s\.x"),
    ):
        path.write_text(json.dumps({**said, **change}))
        with pytest.raises(SetupError, match=told):
            Normaliser.load(path)


BEND = {"dx": 0.003, "dy": 0.003, "dz": 0.003, "dyaw": 0.03}


def test_a_bend_tells_small_motions_apart_and_gives_all_of_them_back(tmp_path):
    actions = chunks(200)
    told = {"action": statistics_of(actions.reshape(-1, 7))}
    straight, bent = (Normaliser.of(told, "action", ACTION, constant=STILL, bend=b) for b in ({}, BEND))
    np.testing.assert_allclose(bent.denormalise(bent.normalise(actions)), actions, atol=1e-12)
    low = np.array(told["action"]["q01"])
    moving = [i for i, c in enumerate(ACTION) if c not in STILL]
    np.testing.assert_allclose(bent.normalise(low)[moving], -1.0)
    creeps, crosses = np.zeros((2, 7)), np.zeros((2, 7))
    creeps[1, 2], crosses[:, 2] = 0.0005, (0.0200, 0.0205)
    apart = lambda n, pair: float(np.abs(np.diff(n.normalise(pair)[:, 2]))[0])  # noqa: E731
    assert apart(bent, creeps) > 2 * apart(straight, creeps) and apart(bent, crosses) < apart(straight, crosses)
    bent.save(tmp_path / "a.json")
    again = Normaliser.load(tmp_path / "a.json")
    np.testing.assert_array_equal(again.normalise(actions), bent.normalise(actions))
    assert np.isfinite(bent.denormalise(np.full(7, 1e6))).all(), "what is wild stays wild, not infinite"


@pytest.mark.parametrize(
    ("bend", "more", "said"),
    [
        ({"depth": 0.1}, {}, "'depth'"),
        ({"x": 0.0}, {}, "above 0"),
        ({"x": float("nan")}, {}, "above 0"),
        ({"x": 0.1}, {"method": "mean_std"}, "quantile"),
    ],
)
def test_a_bend_that_cannot_be_is_one_clear_line(bend, more, said):
    with pytest.raises(SetupError, match=said):
        made(bend=bend, **more)
