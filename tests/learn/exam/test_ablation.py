"""What is taken from a policy is really gone, what is told wrongly is wrong by just so much, all else stays as it is."""

from dataclasses import replace

import numpy as np
import pytest

from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.errors import SetupError
from hiervla.core.geometry import Pose, downward
from hiervla.core.observation import CameraImage, Observation
from hiervla.core.ports import Policy
from hiervla.core.task import Destination, Keyframe, Task
from hiervla.core.world import Held
from hiervla.learn.exam.ablation import GREY, Ablated, Ablation


def picture(seed):
    rng = np.random.default_rng(seed)
    rgb, depth = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8), rng.uniform(0.4, 1, (12, 16)).astype(np.float32)
    return CameraImage(rgb, depth, np.eye(3), np.eye(4))


@pytest.fixture
def seen():
    return Observation(
        1.0, {"front": picture(0), "wrist": picture(1)}, np.zeros(7), np.zeros(7), Pose(np.array([0.4, 0, 0.3]), downward(0)),
        0.08, np.zeros(6),
    )  # fmt: skip


@pytest.fixture
def task(thing):
    frames = (Keyframe("approach", np.array([0.5, 0.1, 0.2])), Keyframe("descend", np.array([0.5, 0.1, 0.02])))
    held = Held(id="x", offset=(0, 0, 0), hand_yaw=0, object_yaw=0, width_m=0.04)
    return Task(
        "pick", "pick red cube", target=thing("cube", 0.5, 0.1, id="x"), goal=thing("drawer", 0.5, 0.3, size=(0.2, 0.1, 0.1), grasp_at=(0.4, 0.3, 0.05)),
        destination=Destination((0.6, 0.2, 0.02), 0.3), held=held, keyframes=frames, expected_width_m=0.04, width_range_m=(0.03, 0.05),
    )  # fmt: skip


def ablated(blank="none", error=0.0, offset=None):
    return Ablated(ServoPolicy(), Ablation.parse(blank, error), offset)


def test_nothing_blanked_is_the_very_same(seen, task):
    policy = ablated()
    assert isinstance(policy, Policy) and (policy.name, policy.horizon, policy.cameras) == ("servo", 16, ())
    assert policy.shown(seen) is seen and policy.told(task) == task
    inner = ServoPolicy()
    inner.reset(task)
    policy.reset(task)
    assert np.array_equal(policy.infer(seen, task).actions, inner.infer(seen, task).actions)
    assert policy.reached(task) == [], "what only some policies have is still there"
    assert not hasattr(policy, "detail")


@pytest.mark.parametrize(("blank", "gone"), [("scene", {"front"}), ("wrist", {"wrist"}), ("wrist,scene", {"front", "wrist"}), ("words", set())])  # fmt: skip
def test_a_blanked_image_shows_and_measures_nothing_and_the_other_is_whole(seen, blank, gone):
    shown = ablated(blank).shown(seen)
    for camera, image in shown.images.items():
        if camera in gone:
            assert (image.rgb == GREY).all() and (image.depth == 0).all() and image.rgb.dtype == np.uint8
            assert np.isnan(image.points()).all()
        else:
            assert image is seen.images[camera]
    assert np.ptp(seen.images["front"].rgb) > 100, "the robot's own observation is left alone"


def test_words_are_what_was_said_or_nothing(task):
    policy = ablated()
    policy.words = "grab the red cube"
    assert policy.told(task).instruction == "grab the red cube"
    mute = ablated("words")
    mute.words = "grab the red cube"
    assert mute.told(task) == replace(task, instruction="")


def test_without_its_prompt_a_policy_is_left_with_words_hand_and_handling(seen, task):
    told = ablated("prompt").told(task)
    assert (told.target, told.goal, told.destination, told.keyframes) == (None, None, None, ())
    assert (told.expected_width_m, told.width_range_m) == (None, None), "the size of the target would tell which it is"
    assert (told.instruction, told.held, told.skill, told.handling) == (
        task.instruction, task.held, task.skill, task.handling,
    )  # fmt: skip
    policy = ablated("prompt")
    policy.reset(task)
    assert policy.infer(seen, task).terminate == 1.0, "servo has nothing to follow"


def test_a_wrong_target_shifts_all_it_is_told_of_places_by_the_same(task):
    off = Ablation.parse("none", 0.02).offset(np.random.default_rng(3))
    assert np.linalg.norm(off) == pytest.approx(0.02) and off[2] == 0
    told = ablated(error=0.02, offset=off).told(task)
    pairs = [
        (told.target.centre, task.target.centre),
        (told.goal.grasp_at, task.goal.grasp_at),
        (told.destination.position, task.destination.position),
        *[(a.position, b.position) for a, b in zip(told.keyframes, task.keyframes, strict=True)],
    ]
    for a, b in pairs:
        assert np.subtract(a, b) == pytest.approx(off)
    assert told.target.id == "x" and told.destination.yaw == 0.3 and told.held == task.held


def test_directions_of_the_error_go_all_round_and_repeat_from_the_seed():
    ablation = Ablation.parse("none", 0.03)
    ways = np.array([ablation.offset(np.random.default_rng(s))[:2] for s in range(60)])
    assert (np.abs(ways.mean(axis=0)) < 0.01).all() and len(np.unique(np.sign(ways), axis=0)) == 4
    assert np.array_equal(ways[5], ablation.offset(np.random.default_rng(5))[:2])


@pytest.mark.parametrize(
    ("blank", "error", "says"),
    [("wirst", 0, "did you mean 'wrist'"), ("words,shuffled-words", 0, "choose one"), ("none", -0.1, "--target-error"), ("none", float("nan"), "metres")],
)  # fmt: skip
def test_what_cannot_be_is_said(blank, error, says):
    with pytest.raises(SetupError, match=says):
        Ablation.parse(blank, error)


def test_an_ablation_has_one_spelling():
    assert str(Ablation.parse("shuffled-words, prompt")) == str(Ablation.parse("prompt,shuffled-words"))
    assert str(Ablation.parse("none")) == str(Ablation.parse("")) == "none"
