"""A teacher in the simulator: it succeeds, also when jolted; every moment is labelled by what would have been right."""

import numpy as np
import pytest

from hiervla.assemble import simulated
from hiervla.learn.demonstrate import Teacher, show_lesson
from hiervla.learn.lessons import draw_lesson
from hiervla.robot.envelope import Envelope


@pytest.fixture
def shown(space):
    def show(seed, deed, calm=False):
        lesson = draw_lesson(seed, deed)
        sim, arm = simulated(lesson.scene, seed)
        robot = Envelope(arm, lesson.scene.limits.over(arm.describe().limits))
        try:
            return show_lesson(lesson, Teacher(sim, robot, space.skills, np.random.default_rng(seed)), calm)
        finally:
            robot.close()

    return show


@pytest.mark.parametrize(("deed", "seed"), [("on", 0), ("push", 6), ("open", 2), ("close", 3)])
def test_what_is_shown_succeeds_though_the_hand_is_jolted(shown, deed, seed):
    parts = shown(seed, deed)
    assert [p.step.deed for p in parts] == (["pick", deed] if deed == "on" else [deed])
    for part in parts:
        assert part.success and part.failure is None, part.failure
        assert part.moments[-1].label.remaining == 0 and part.moments[0].label.remaining > 10
        assert set(part.moments[0].seen.images) == {"front", "wrist"}
        limits = part.task.limits
        assert all((np.linalg.norm(m.label.actions[:, :3], axis=1) <= limits.step_m + 1e-9).all() for m in part.moments)


def test_a_jolt_is_carried_out_but_never_taught(shown):
    jolted = [m for seed in (6, 7, 9) for p in shown(seed, "pick") for m in p.moments if m.jolted]
    calm = [m for p in shown(6, "pick", calm=True) for m in p.moments]
    assert jolted and not any(m.jolted for m in calm)
    off = [np.abs(m.done[:3] - m.label.actions[0, :3]).max() for m in jolted]
    assert max(off) > 0.002, "the arm did something else than it was told"
    assert max(np.abs(m.done[:3] - m.label.actions[0, :3]).max() for m in calm) < 1e-6


def test_the_same_seed_shows_the_same(shown):
    one, two = shown(5, "pick"), shown(5, "pick")
    a, b = ([m.done for m in p.moments] for p in (one[0], two[0]))
    assert np.array_equal(np.array(a), np.array(b))


def test_what_is_placed_knows_how_it_is_held_and_where_it_goes(shown):
    _, place = shown(0, "on")
    assert place.task.held is not None and place.task.destination is not None
    now = place.before.objects[place.task.goal.id]
    assert np.hypot(*np.subtract(place.task.destination.position[:2], now.centre[:2])) < 0.005


def test_every_moment_says_where_the_target_is_by_then(shown):
    (push,) = shown(6, "push", calm=True)
    at = np.array([m.target for m in push.moments])
    assert np.allclose(at[0], push.task.target.centre, atol=1e-3)
    assert np.linalg.norm(at[-1, :2] - np.array(push.task.destination.position)[:2]) < 0.02
    (close,) = shown(3, "close", calm=True)
    handle = np.array([m.target for m in close.moments])
    assert np.allclose(handle[0], close.task.target.grasp_at, atol=1e-3)
    assert np.linalg.norm(handle[-1] - close.task.destination.position) < 0.01
