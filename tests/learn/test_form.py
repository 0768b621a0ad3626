"""From a stored row alone comes what the policy was given at that moment, and what it should have done."""

from dataclasses import replace

import numpy as np
import pytest

from hiervla.cerebellum.policies.mini.inputs import Grounding, grounding_of, inputs_of
from hiervla.core.errors import SetupError
from hiervla.learn.form import grounding_from, grounding_row, observation_of, recovering, sensed
from hiervla.perception.prompts import heatmaps


def test_every_moment_looks_to_the_policy_as_it_did_when_it_was_shown(kept):
    given, reader = kept
    assert len(given) == len(reader.select(success=True)) == 2
    for demonstration, row in zip(given, reader.select(success=True), strict=True):
        grounding = grounding_of(demonstration.task)
        assert row.length == len(demonstration.moments)
        for moment, frame in zip(demonstration.moments, reader.episode(row.index), strict=True):
            was = inputs_of(moment.seen, grounding, heatmaps)
            now = inputs_of(observation_of(frame.values), grounding_from(frame.values), heatmaps)
            # depth is kept to 0.1 mm, and the farther a pixel the more of the world a step of it is
            assert np.abs(now.scene - was.scene).max() < 1e-3 and np.abs(now.wrist - was.wrist).max() < 1e-3
            for what in ("state", "target", "goal"):
                assert np.allclose(getattr(now, what), getattr(was, what), atol=2e-6), what


def test_every_moment_says_what_should_be_done(kept):
    given, reader = kept
    for demonstration, row in zip(given, reader.select(success=True), strict=True):
        v = reader.episode(row.index).values
        labels = [m.label for m in demonstration.moments]
        assert np.allclose(v["expert.chunk"], [la.actions for la in labels], atol=1e-7)
        assert np.array_equal(v["action"], v["expert.chunk"][:, 0])
        assert np.allclose(v["executed"], [m.done for m in demonstration.moments], atol=1e-7)
        assert list(v["phase"]) == [la.phase for la in labels]
        assert list(v["remaining"]) == [la.remaining for la in labels]
        assert list(v["end"]) == [False] * (row.length - 1) + [True]
        assert v["progress"][-1] == 1 and 0 <= v["progress"].min() < 0.1 and row.success
        assert list(v["jolted"]) == [m.jolted for m in demonstration.moments]


def test_the_place_is_told_what_is_held_and_where_it_goes(kept):
    given, reader = kept
    pick, place = (grounding_from(reader.frame(e.start).values) for e in reader.select(success=True))
    assert not pick.held and np.isnan(pick.goal).all() and np.isfinite(pick.target).all()
    assert place.held and np.isfinite(place.goal).all()
    assert np.allclose(place.offset, given[1].task.held.offset, atol=1e-7)


def test_a_grounding_without_target_or_goal_stays_one():
    none = np.full(3, np.nan)
    for target, goal in ((none, none), (np.ones(3), none), (none, np.ones(3))):
        g = Grounding(target, 0.25, np.ones(3), goal, 0.5, True, np.zeros(3))
        row = grounding_row(g)
        assert np.isfinite(row).all()
        back = grounding_from({"grounding": row})
        assert np.array_equal(back.target, target, equal_nan=True)
        assert np.array_equal(back.goal, goal, equal_nan=True)
        assert (back.yaw, back.goal_yaw, back.held) == (0.25, 0.5, True)


def test_the_hand_mends_its_way_for_half_a_second_after_a_jolt():
    jolted = np.zeros(12, dtype=bool)
    jolted[[2, 3]] = True
    assert np.flatnonzero(recovering(jolted)).tolist() == [4, 5, 6, 7, 8]
    assert not recovering(np.zeros(4, dtype=bool)).any()


def test_what_does_not_fit_the_form_is_told_with_the_remedy(kept):
    seen = kept[0][0].moments[0].seen
    with pytest.raises(SetupError, match="an arm of 6 joints"):
        sensed(replace(seen, joints=seen.joints[:6]))
    small = replace(seen.images["front"], depth=np.zeros((48, 64), np.float32))
    with pytest.raises(SetupError, match=r"'front' gives pictures of \[48, 64\].*small = \[128, 96\]"):
        sensed(replace(seen, images=seen.images | {"front": small}))
