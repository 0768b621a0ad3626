"""Rows to figures: what counts, what is held to which goal, and pairs of the same episode."""

import pytest

from hiervla.learn.exam.conditions import KEYS, Item
from hiervla.learn.exam.figures import line, summary


def row(policy="p", deed="pick", seed=0, ok=True, **more):
    key = dict(zip(KEYS, Item(policy, deed, seed), strict=False))
    told = {
        "tried": True, "claimed": ok, "true": ok, "kind": None if ok else "grasp_missed", "wrong_object": False, "target": "a",
        "began_holding": deed in ("in", "on"), "named": "a", "touched_first": "a" if ok else None, "moved_others": [], "chunk_ms": [2.0], "chunk_lengths": [4],
        "chunks": 1, "robot_s": 2.0, "wall_s": 1.0,
    }  # fmt: skip
    return key | told | more


def test_only_what_is_claimed_and_true_is_success_and_only_a_wrong_claim_is_false():
    rows = [row(), row(seed=1, true=False), row(seed=2, claimed=False), row(seed=3, ok=False, tried=False)]
    f = summary(rows)
    assert f["pick.true_success"].n == 3 and f["pick.true_success"].value == pytest.approx(1 / 3, abs=1e-3)
    assert f["pick.false_success"].value == pytest.approx(1 / 3, abs=1e-3) and f["pick.false_success"].holds is False
    assert f["pick.not_tried"].value == 0.25
    assert "FALSE SUCCESS" in line(rows[1]) and "unclaimed" in line(rows[2]) and "not tried" in line(rows[3])


def test_beside_but_not_at_the_spot_is_no_success_and_no_false_claim():
    rows = [
        row(deed="beside"),
        row(deed="beside", seed=1, true=False, near=True, off_mm=31.0),
        row(deed="beside", seed=2, true=False),
    ]
    f = summary(rows)
    assert f["place_beside.true_success"].value == pytest.approx(1 / 3, abs=1e-3)
    assert f["place_beside.false_success"].value == pytest.approx(1 / 3, abs=1e-3)
    assert "31 mm off" in line(rows[1]) and "FALSE SUCCESS" in line(rows[2])


def test_what_a_policy_does_not_cover_is_a_failure_and_an_error_never_left_out():
    bare = {
        k: v
        for k, v in row(ok=False).items()
        if k not in ("began_holding", "named", "chunk_ms", "chunk_lengths", "chunks", "robot_s")
    }
    bare |= {"kind": "not_covered", "why": "p does not cover pick"}
    f = summary([bare | {"seed": s} for s in range(4)])
    assert f["pick.true_success"].value == 0 and f["pick.true_success"].n == 4 and f["pick.true_success"].holds is False
    assert "ERROR: p does not cover pick" in line(bare)


@pytest.mark.parametrize(
    ("deed", "more", "goal"),
    [
        ("pick", {}, ">= 0.95"), ("on", {}, ">= 0.85"), ("chain", {}, ">= 0.9"), ("mixed", {}, None),
        ("mixed", {"shift": "hues"}, ">= 0.9"), ("mixed", {"shift": "surroundings"}, ">= 0.7"), ("pick", {"shift": "hues"}, None),
        ("pick", {"blank": "wrist"}, None), ("pick", {"target_error_m": 0.02}, ">= 0.8"), ("pick", {"target_error_m": 0.03}, None),
    ],
)  # fmt: skip
def test_success_is_held_to_the_goal_of_its_condition(deed, more, goal):
    name = {"on": "place_on"}.get(deed, deed)
    assert summary([row(deed=deed, **more)])[f"{name}.true_success"].goal == goal


def test_which_was_touched_first_is_told_where_something_is_blanked():
    rows = [row(seed=s, blank="prompt,shuffled-words", named="d0", touched_first=t) for s, t in enumerate(("a", "d0", "d0", None))]  # fmt: skip
    f = summary(rows)
    assert f["pick.touched_target_first"].value == 0.25 and f["pick.touched_named_first"].value == 0.5
    assert "pick.touched_target_first" not in summary([row()])
    held = summary([row(deed="in", blank="prompt", touched_first=None)])
    assert held["place_in.touched_target_first"].n == 0, "what is in the hand is touched already"


def test_a_policy_beside_another_is_compared_episode_by_episode():
    mine = [row("p", seed=s, ok=s != 3) for s in range(4)]
    theirs = [row("servo", seed=s, ok=s not in (0, 1)) for s in range(3)] + [
        row("servo", seed=3, tried=False, ok=False)
    ]
    f = summary([r for pair in zip(mine, theirs, strict=True) for r in pair])
    assert f["pick.true_success"].value == 0.75 and f["servo/pick.true_success"].n == 3
    gap = f["pick.true_success.less_servo"]
    assert gap.n == 3 and gap.value == pytest.approx(2 / 3, abs=1e-3), "only what both have tried"
    assert gap.low < gap.value and gap.holds


def test_time_and_length_of_chunks():
    f = summary([row(chunk_ms=[1.0, 3.0], chunk_lengths=[2, 4]), row(seed=1, chunk_ms=[200.0], chunk_lengths=[6])])
    assert (f["chunk_ms.p50"].value, f["chunk_length"].value) == (3.0, 4.0) and f["chunk_ms.p99"].holds is False
