"""Figures with their intervals: known values, goals, and nothing measured is nothing claimed."""

import numpy as np
import pytest
from pydantic import ValidationError

from hiervla.scenario.figures import Figure, contract, mean, meets, paired_difference, proportion, quantile


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Wilson's interval by its closed form, to four places; 10/10 and 0/10 as in Newcombe (1998), 81/263 his own example.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (95, 100, 0.8882, 0.9785), (1, 1, 0.2065, 1.0)],
)  # fmt: skip
def test_wilson_intervals_are_the_known_ones(hits, n, low, high):
    figure = proportion(hits, n)
    assert figure.value == pytest.approx(hits / n, abs=1e-4)
    assert (figure.low, figure.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))
    assert figure.n == n


@pytest.mark.parametrize("goal", [None, ">= 0.95"])
def test_nothing_measured_is_no_figure_and_holds_nothing(goal):
    for figure in (proportion(0, 0, goal), quantile([], 0.5, goal), mean([], goal)):
        assert (figure.value, figure.n, figure.holds, figure.goal) == (None, 0, None, goal)


@pytest.mark.parametrize(
    ("value", "goal", "holds"),
    [(0.95, ">= 0.95", True), (0.949, ">= 0.95", False), (0.0, "<= 0", True), (0.01, "<= 0", False), (10.0, "< 10", False), (9.9, "< 10", True), (1.0, None, None)],
)  # fmt: skip
def test_goals_are_met_or_not(value, goal, holds):
    assert meets(value, goal) is holds


def test_a_goal_nobody_can_read_is_an_error():
    with pytest.raises((KeyError, ValueError)):
        meets(1.0, "about 3")


def test_quantiles_lie_within_their_order_statistics():
    values = list(np.random.default_rng(0).permutation(np.arange(100.0)))
    median = quantile(values, 0.5, "<= 50")
    assert (median.value, median.holds, median.n) == (49.5, True, 100)
    assert (median.low, median.high) == (40.0, 60.0)
    top = quantile(values, 0.95)
    assert top.low < top.value < top.high <= 99
    assert quantile([3.0], 0.5).model_dump() == Figure(value=3.0, low=3.0, high=3.0, n=1).model_dump()


def test_the_interval_of_a_quantile_covers_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = sum(f.low <= 0.5 <= f.high for f in (quantile(rng.uniform(size=60), 0.5) for _ in range(300)))
    assert covered / 300 >= 0.92


def test_means_and_their_intervals():
    figure = mean([1.0, 2.0, 3.0, 4.0], ">= 2")
    assert (figure.value, figure.n, figure.holds) == (2.5, 4, True)
    assert figure.high - figure.value == pytest.approx(1.96 * np.std([1, 2, 3, 4], ddof=1) / 2, abs=1e-3)
    assert (mean([7.0]).low, mean([7.0]).high) == (7.0, 7.0)


def test_a_figure_takes_nothing_it_does_not_know_and_the_contract_is_plain_json():
    import json

    with pytest.raises(ValidationError):
        Figure(value=1.0, n=1, unit="m")
    printed = json.loads(json.dumps(contract("scenario", "0-9", {"true_success": proportion(9, 10, ">= 0.95")})))
    assert set(printed) == {"bench", "seeds", "figures", "versions"}
    assert set(printed["figures"]["true_success"]) == {"value", "low", "high", "n", "goal", "holds"}
    assert printed["figures"]["true_success"]["holds"] is False
    assert {"hiervla", "python", "numpy", "pybullet"} <= set(printed["versions"])


def test_a_paired_difference_counts_only_the_episodes_in_which_the_two_part():
    pairs = [(True, True)] * 80 + [(True, False)] * 4 + [(False, True)] * 10 + [(False, False)] * 6
    f = paired_difference(pairs, ">= -0.03")
    assert (f.value, f.n, f.holds) == (-0.06, 100, False)
    # by hand: p = 5/102, q = 11/102, their difference ± 1.96 √((p + q − (p − q)²) / 102)
    assert (f.low, f.high) == (pytest.approx(-0.1348, abs=2e-4), pytest.approx(0.0172, abs=2e-4))
    same = paired_difference([(True, True)] * 200)
    assert same.value == 0 and -0.03 < same.low < 0 < same.high < 0.03, "no disagreement seen is not none possible"
    assert paired_difference([], ">= 0").value is None


def test_the_interval_of_a_paired_difference_covers_as_often_as_it_says():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        drawn = rng.choice(4, size=60, p=(0.85, 0.1, 0.02, 0.03))
        f = paired_difference([[(True, True), (True, False), (False, True), (False, False)][k] for k in drawn])
        covered += f.low <= 0.08 <= f.high
    assert covered / 400 >= 0.93
