"""Rules before motion: possible, safe, how to handle it, and whether to ask."""

import numpy as np
import pytest

from hiervla.core.errors import ToolError
from hiervla.core.geometry import Pose, downward
from hiervla.core.outcome import FailureKind
from hiervla.core.plan import Subgoal
from hiervla.core.skill import Skill
from hiervla.core.task import Keyframe, Task
from hiervla.core.world import Held, Zone
from hiervla.guard.rules import RISKY, Guard, handling_for
from hiervla.robot.fake import FakeRobot

HAND = Pose(np.array([0.36, 0.0, 0.42]), downward(0.0))


class Point(Skill):
    """Go to a spot given in plain numbers, by way of another where one is given."""

    x: float
    y: float
    z: float
    via: tuple[float, float, float] | None = None

    def keyframes(self, at):
        frames = [Keyframe("via", np.array(self.via))] if self.via else []
        return [*frames, Keyframe("there", np.array([self.x, self.y, self.z]))]


class Vague(Skill):
    """Leaves its motion to the policy."""


@pytest.fixture(scope="module")
def guard(space):
    return Guard({**space.skills, "point": Point, "vague": Vague}, FakeRobot().describe())


def step(skill, **arguments):
    return Subgoal(skill=skill, arguments=arguments, why="test")


def judge(guard, subgoal, world, **more):
    return guard.judge(subgoal, world, HAND, **more)


def test_a_plain_pick_is_allowed_on_evidence_of_this_look(guard, thing, world_of):
    verdict = judge(guard, step("pick", target="a"), world_of(thing("cube", id="a")))
    assert verdict.check.answer == "yes", verdict.check.why
    assert verdict.check.evidence[0].source == "look:L7"
    assert verdict.skill.target == "a"
    assert not verdict.risky


@pytest.mark.parametrize(
    ("subgoal", "says"),
    [(step("juggle", target="a"), "no skill 'juggle'; there are: close, "), (step("pick"), "pick: target"),
     (step("pick", target="a", colour="red"), "pick: colour"), (step("pick", target=3), "pick: target"),
     (step("place", target="a", relation="under", reference="b"), "place: relation")],
)  # fmt: skip
def test_unknown_skills_and_arguments_are_told_with_what_would_fit(subgoal, says, space, thing, world_of):
    guard = Guard(space.skills, FakeRobot().describe())
    check = judge(guard, subgoal, world_of(thing("cube", id="a"))).check
    assert (check.answer, check.kind) == ("no", FailureKind.PRECONDITION)
    assert says in check.why
    with pytest.raises(ToolError):
        guard.fill(subgoal)


@pytest.mark.parametrize(
    ("x", "y", "z", "says"),
    [(0.5, 0.7, 0.3, "from the arm, which reaches 78 cm"), (0.24, 0.0, 0.3, "nearer than 29 cm"), (0.72, 0.0, 0.6, "farther than the arm reaches"),
     (0.5, 0.0, -0.05, "outside the workspace"), (0.4, -0.58, 0.2, "outside the workspace")],
)  # fmt: skip
def test_what_is_out_of_reach_is_told_with_the_figures(x, y, z, says, guard, world_of):
    check = judge(guard, step("point", x=x, y=y, z=z), world_of()).check
    assert (check.answer, check.kind) == ("no", FailureKind.UNREACHABLE)
    assert says in check.why
    assert judge(guard, step("point", x=0.5, y=0.1, z=0.3), world_of()).check


def test_a_keyframe_on_the_way_counts_as_well(guard, world_of):
    assert (
        judge(guard, step("point", x=0.5, y=0.0, z=0.3, via=(0.5, 0.0, 0.9)), world_of()).check.kind
        is FailureKind.UNREACHABLE
    )


SQUARE = ((0.55, -0.1), (0.7, -0.1), (0.7, 0.1), (0.55, 0.1))


def test_keep_out_zones_are_kept_out_of(guard, world_of):
    def check(zone, x):
        return judge(guard, step("point", x=x, y=0.0, z=0.3), world_of(zones={"z": zone})).check

    shut, open_ = Zone(name="the press", outline=SQUARE, keep_out=True), Zone(name="tray", outline=SQUARE)
    assert check(shut, 0.6).kind is FailureKind.UNSAFE
    assert "the press" in check(shut, 0.6).why
    assert check(shut, 0.45)
    assert check(open_, 0.6)


def test_a_keep_out_zone_between_two_keyframes_is_not_crossed(guard, world_of):
    zone = Zone(name="the press", outline=((0.45, -0.1), (0.55, -0.1), (0.55, 0.1), (0.45, 0.1)), keep_out=True)
    crossing = step("point", x=0.5, y=0.3, z=0.3, via=(0.5, -0.3, 0.3))
    assert judge(guard, crossing, world_of(zones={"z": zone})).check.kind is FailureKind.UNSAFE


def test_what_the_motion_would_sweep_is_named(guard, thing, world_of):
    tower = thing("cylinder", 0.5, 0.0, id="tower", size=(0.05, 0.05, 0.25))
    low = step("point", x=0.5, y=0.2, z=0.1, via=(0.5, -0.2, 0.1))
    check = judge(guard, low, world_of(tower)).check
    assert (check.answer, check.kind) == ("no", FailureKind.BLOCKED)
    assert "tower" in check.why
    assert judge(guard, step("point", x=0.5, y=0.2, z=0.4, via=(0.5, -0.2, 0.4)), world_of(tower)).check, (
        "high above it"
    )
    aside = thing("cylinder", 0.62, 0.0, id="tower", size=(0.05, 0.05, 0.25))
    assert judge(guard, low, world_of(aside)).check, "beside the way"


def test_what_hangs_below_the_hand_sweeps_too(guard, thing, world_of):
    stick = thing("cylinder", 0.36, 0.0, id="stick", size=(0.03, 0.03, 0.2), support="hand")
    wall = thing("block", 0.5, 0.0, id="wall", size=(0.05, 0.05, 0.12))
    frames = (Keyframe("carry", np.array([0.5, -0.2, 0.19])), Keyframe("carry", np.array([0.5, 0.2, 0.19])))
    hand = Pose(np.array([0.5, -0.2, 0.19]), downward(0.0))
    holding = world_of(stick, wall).model_copy(
        update={"held": Held(id="stick", offset=(0, 0, -0.08), hand_yaw=0, object_yaw=0, width_m=0.03)}
    )
    keeps = Task(skill="carry", instruction="", keyframes=frames, grip="keep")
    assert guard.sweeps(keeps, holding, hand) == ["wall"]
    assert guard.sweeps(Task(skill="carry", instruction="", keyframes=frames), world_of(wall), hand) == [], (
        "an empty hand passes"
    )


def test_the_target_and_what_lies_in_the_goal_are_no_obstacles(guard, thing, world_of):
    a = thing("cube", 0.5, 0.1, id="a")
    frames = (Keyframe("approach", np.array([0.5, 0.0, 0.02])), Keyframe("push", np.array([0.5, 0.2, 0.02])))
    task = Task(skill="push", instruction="", keyframes=frames, target=a)
    assert guard.sweeps(task, world_of(a), HAND) == []
    assert guard.sweeps(Task(skill="push", instruction="", keyframes=frames), world_of(a), HAND) == ["a"]


def test_a_skill_without_a_path_is_left_to_the_hard_limits(guard, world_of):
    check = judge(guard, step("vague"), world_of()).check
    assert check
    assert "no path" in check.evidence[0].says


@pytest.mark.parametrize(
    ("attribute", "field", "value"),
    [("fragile", "grip_force_n", 15.0), ("fragile", "speed", 0.5), ("liquid", "keep_level", True), ("liquid", "speed", 0.4),
     ("sharp", "speed", 0.5), ("heavy", "grip_force_n", 60.0), ("shiny", "speed", 1.0)],
)  # fmt: skip
def test_public_attributes_change_the_handling(attribute, field, value, guard, thing, world_of):
    verdict = judge(guard, step("pick", target="a"), world_of(thing("cube", id="a", attributes=(attribute,))))
    assert getattr(verdict.handling, field) == value
    assert verdict.risky is (attribute in RISKY)


def test_the_gentlest_demand_wins_and_what_was_asked_is_never_made_rougher(thing):
    both = [thing("cube", id="a", attributes=("fragile", "heavy")), thing("bowl", id="b", attributes=("liquid",))]
    handling = handling_for(both, {})
    assert (handling.grip_force_n, handling.speed, handling.keep_level) == (15.0, 0.4, True)
    assert handling_for(both, {"speed": 0.2}).speed == 0.2
    assert handling_for(both, {"speed": 0.9}).speed == 0.4
    assert handling_for([], {"grip_force_n": 10.0}).grip_force_n == 10.0
    fragile = [thing("cube", attributes=("fragile",))]
    assert handling_for(fragile, {"grip_force_n": 8.0}).grip_force_n == 8.0, "asked for even gentler"


def test_the_fragile_thing_a_step_refers_to_counts_as_well(guard, thing, world_of):
    a, b = thing("cube", id="a"), thing("bowl", 0.5, 0.2, id="b", attributes=("fragile",))
    verdict = judge(guard, step("place", target="a", relation="in", reference="b"), world_of(a, b, held=a))
    assert verdict.risky
    assert verdict.handling.speed == 0.5


def test_a_retrys_changes_come_on_top_of_what_the_brain_asked(guard, thing, world_of):
    asked = Subgoal(skill="pick", arguments={"target": "a"}, why="", handling={"speed": 0.5, "offset_m": (0, 0, 0.001)})
    verdict = judge(guard, asked, world_of(thing("cube", id="a")), changes={"speed": 0.3})
    assert (verdict.handling.speed, verdict.handling.offset_m) == (0.3, (0, 0, 0.001))


@pytest.mark.parametrize("handling", [{"speed": 9}, {"grip": 3}, {"speed": "fast"}])
def test_handling_that_does_not_fit_is_a_no_and_no_crash(handling, guard, thing, world_of):
    asked = Subgoal(skill="pick", arguments={"target": "a"}, why="", handling=handling)
    check = judge(guard, asked, world_of(thing("cube", id="a"))).check
    assert (check.answer, check.kind) == ("no", FailureKind.PRECONDITION)


def test_what_a_skill_cannot_plan_is_its_own_kind_of_failure(guard, thing, world_of):
    wide = judge(guard, step("pick", target="a"), world_of(thing("block", id="a", size=(0.2, 0.14, 0.05)))).check
    assert (wide.answer, wide.kind) == ("no", FailureKind.PRECONDITION)
    base = thing("box", 0.5, 0.0, id="base")
    load = thing("cube", 0.5, 0.0, id="load", on=base)
    covered = judge(guard, step("pick", target="base"), world_of(base, load)).check
    assert (covered.kind, "load" in covered.why) == (FailureKind.BLOCKED, True)


class TestImagine:
    def test_a_place_is_judged_before_the_pick_as_if_it_were_held(self, guard, thing, world_of):
        a, b = thing("cube", 0.5, 0.1, id="a"), thing("bowl", 0.5, -0.2, id="b")
        world = world_of(a, b)
        place = step("place", target="a", relation="in", reference="b")
        assert judge(guard, place, world).check.kind is FailureKind.PRECONDITION, "now the hand is empty"
        assert guard.imagine(place, world, HAND)
        assert world.held is None, "imagining changes nothing"
        assert world.objects["a"].support == "table"

    def test_but_not_into_what_is_out_of_reach_too_small_or_not_there(self, guard, thing, world_of):
        a = thing("cube", 0.5, 0.1, id="a")
        far, cup = thing("bowl", 0.75, 0.4, id="far"), thing("cup", 0.5, -0.2, id="cup", inner_radius_m=0.015)
        for reference, kind in (
            ("far", FailureKind.UNREACHABLE),
            ("cup", FailureKind.PRECONDITION),
            ("z", FailureKind.NOT_FOUND),
        ):
            check = guard.imagine(
                step("place", target="a", relation="in", reference=reference), world_of(a, far, cup), HAND
            )
            assert (check.answer, check.kind) == ("no", kind)

    def test_a_pick_is_judged_as_it_is(self, guard, thing, world_of):
        a = thing("cube", 0.5, 0.1, id="a")
        assert guard.imagine(step("pick", target="a"), world_of(a), HAND)
        assert guard.imagine(step("pick", target="z"), world_of(a), HAND).kind is FailureKind.NOT_FOUND

    def test_with_something_else_in_the_hand_nothing_is_imagined_away(self, guard, thing, world_of):
        a, b, c = thing("cube", 0.5, 0.1, id="a"), thing("bowl", 0.5, -0.2, id="b"), thing("cube", 0.36, 0.0, id="c")
        check = guard.imagine(step("place", target="a", relation="in", reference="b"), world_of(a, b, c, held=c), HAND)
        assert check.kind is FailureKind.WRONG_OBJECT
