"""The bench of skills: every case is a real episode in PyBullet that ends with the skill done, claimed and true."""

import pytest

from hiervla.bench import skills
from hiervla.bench.cases import CASES

SEEDS = dict.fromkeys(CASES, 0) | {"pick_hollow": 4, "slide": 1, "sweep_up_to": 2}


@pytest.mark.parametrize("case", CASES)
def test_a_skill_does_what_it_says(case):
    row = skills.work(case, SEEDS[case])
    assert row["tried"] and row["claimed"] and row["true"], row


def test_items_are_narrowed_by_a_skills_name():
    assert {c for c, _ in skills.items([3], ["place"])} == {c for c in CASES if c.startswith("place")}


def test_a_claim_that_is_not_true_is_a_false_success_and_an_untried_one_counts_as_neither():
    rows = [
        {"case": "x", "tried": True, "claimed": True, "true": True},
        {"case": "x", "tried": True, "claimed": True, "true": False},
        {"case": "x", "tried": True, "claimed": False, "true": True},
        {"case": "x", "tried": False, "claimed": False, "true": False},
    ]
    figures = skills.summary(rows)
    assert figures["x.true_success"].n == 3 and figures["x.true_success"].value == pytest.approx(1 / 3, abs=1e-3)
    assert (
        figures["x.false_success"].value == pytest.approx(1 / 3, abs=1e-3) and figures["x.false_success"].holds is False
    )
    assert figures["x.not_tried"].value == 0.25


def test_a_skill_is_held_to_its_goal_over_all_its_cases_and_each_is_told_beside_it():
    good = {"tried": True, "claimed": True, "true": True}
    bad = {"tried": True, "claimed": False, "true": False}
    rows = [{"case": "push"} | good] * 9 + [{"case": "push_far"} | bad] + [{"case": "home"} | good]
    figures = skills.summary(rows)
    assert figures["push.true_success"].value == 0.9 and figures["push.true_success"].holds is False
    assert figures["push_plain.true_success"].value == 1 and figures["push_far.true_success"].value == 0
    assert figures["push_far.true_success"].holds is None, "where it is weak, not a goal of its own"
    assert "home_plain.true_success" not in figures and figures["home.true_success"].holds
