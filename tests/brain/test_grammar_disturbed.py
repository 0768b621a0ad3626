"""Plans that something came in between of: what was done stays done, the rest is planned from the world as it is."""

import pytest
from brain.furniture import all_skills, drawer, slider
from brain.tabletop import PaperArm, after, brief, judged, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.outcome import Evidence, Failure, FailureKind, Outcome
from hiervla.core.plan import Finish, Plan, Subgoal

RED, GREEN, BLUE = (
    thing("red", "red cube", 0.45, 0.10),
    thing("green", "green cube", 0.50, -0.06, size=0.03),
    thing("blue", "blue cube", 0.38, -0.15, size=0.05),
)
BOWL = thing("bowl", "blue bowl", 0.60, 0.22)


@pytest.fixture(scope="module")
def brain():
    return GrammarBrain()


def begun(brain, text, world, steps):
    """The arm after so many steps of the first plan, and the briefing it was made from."""
    thoughts, briefing = think_through(brain, brief(text, world, skills=all_skills()))
    plan, arm = thoughts[-1].move, PaperArm(world)
    assert isinstance(plan, Plan), plan
    return arm, plan, briefing, [arm.do(s) for s in plan.subgoals[:steps]]


def replanned(brain, briefing, plan, arm, done, kind, step=None):
    """What the brain does after a step failed in the world as it is now; and how that ends."""
    cited = Evidence(source="look:L9", says="seen", time_s=0.0)
    failure = Failure(kind=kind, why="it went wrong by 3.0 cm", evidence=(cited,))
    step = step or plan.subgoals[len(done)]
    failed = Outcome(skill=step.skill, arguments=step.arguments, failure=failure, steps=40)
    change = {"goals": plan.goals, "outcomes": (*done, failed), "failure": failure, "world": arm.world}
    thoughts, briefing = think_through(brain, briefing.model_copy(update=change))
    again = thoughts[-1].move
    assert isinstance(again, Plan), again
    outcomes = [arm.do(s) for s in again.subgoals]
    briefing = after(briefing, arm.world, again, outcomes)
    assert all(judged(g, arm.world, briefing.outcomes) for g in plan.goals), [
        (str(g), judged(g, arm.world, briefing.outcomes).why) for g in plan.goals
    ]
    assert isinstance(brain.think(briefing).move, Finish)
    return again


def test_a_drawer_that_somebody_shut_is_opened_again(brain):
    arm, plan, briefing, done = begun(brain, "put the red cube in the drawer", world_of(RED, BOWL, *drawer()), 2)
    assert [s.skill for s in plan.subgoals] == ["open", "pick", "place"]
    arm._set("drawer", arm.world.held, opening_m=0.0)
    again = replanned(brain, briefing, plan, arm, done, FailureKind.PRECONDITION)
    assert [s.skill for s in again.subgoals] == ["place", "open", "pick", "place"]


def test_what_is_in_the_closed_drawer_is_not_lost(brain):
    text = "open the drawer, put the red cube in it and close it"
    arm, plan, briefing, done = begun(brain, text, world_of(RED, BOWL, *drawer()), 4)
    assert [s.skill for s in plan.subgoals] == ["open", "pick", "place", "close"]
    assert "red" in arm.world.lost and "red" not in arm.world.objects
    assert isinstance(brain.think(after(briefing, arm.world, plan, done)).move, Finish)


def test_a_drawer_that_is_closed_too_early_is_opened_filled_and_closed(brain):
    text = "put the red cube in the drawer and close it"
    arm, plan, briefing, done = begun(brain, text, world_of(RED, BOWL, *drawer()), 1)
    arm.do(Subgoal(skill="close", arguments={"target": "drawer"}, why=""))
    again = replanned(brain, briefing, plan, arm, done, FailureKind.GRASP_MISSED)
    assert [s.skill for s in again.subgoals] == ["open", "pick", "place", "close"]


def test_what_lies_in_a_closed_drawer_can_be_fetched(brain):
    world = world_of(RED, BOWL, *drawer())
    arm, _, _, _ = begun(brain, "open the drawer, put the red cube in it and close it", world, 4)
    arm2, plan, briefing, done = begun(brain, "put the red cube in the bowl", world, 0)
    assert plan.subgoals[0].skill == "pick"
    thoughts, _ = think_through(brain, brief("把红色方块放到碗里", arm.world, skills=all_skills()))
    assert [s.skill for s in thoughts[-1].move.subgoals] == ["open", "pick", "place"]


def test_those_in_the_row_stay_when_one_is_moved_away(brain):
    arm, plan, briefing, done = begun(brain, "line up the cubes in a row", world_of(RED, GREEN, BLUE), 4)
    first = {s.arguments["target"] for s in plan.subgoals}
    arm._set(plan.subgoals[2].arguments["target"], None, centre=(0.6, 0.3, 0.02))
    again = replanned(brain, briefing, plan, arm, done, FailureKind.TARGET_MOVED, plan.subgoals[2])
    assert {s.arguments["target"] for s in again.subgoals} == {plan.subgoals[2].arguments["target"]}
    assert len(first) == 2


def test_those_in_the_circle_stay_when_one_is_moved_away(brain):
    more = thing("white", "white cube", 0.6, 0.0)
    arm, plan, briefing, done = begun(brain, "put the cubes in a circle", world_of(RED, GREEN, BLUE, more), 4)
    moved = plan.subgoals[0].arguments["target"]
    rest = [s.arguments["target"] for s in plan.subgoals if s.skill == "pick"][2:]
    arm._set(moved, None, centre=(0.35, 0.38, 0.02))
    again = replanned(brain, briefing, plan, arm, done, FailureKind.TARGET_MOVED, plan.subgoals[1])
    assert {s.arguments["target"] for s in again.subgoals} == {moved, *rest}


def test_a_tower_that_fell_is_built_again(brain):
    arm, plan, briefing, done = begun(brain, "stack the cubes", world_of(RED, GREEN, BLUE), 4)
    for k, i in enumerate(("red", "green")):
        arm._set(i, None, support="table", relation="on", centre=(0.55, 0.3 - 0.1 * k, 0.02))
    again = replanned(brain, briefing, plan, arm, done, FailureKind.TOPPLED, plan.subgoals[3])
    assert [s.skill for s in again.subgoals] == ["pick", "place"] * 2


def test_a_pyramid_whose_base_was_pushed_apart_is_mended(brain):
    three = [thing(f"r{k}", "red cube", 0.42 + 0.03 * k, -0.2 + 0.15 * k) for k in range(3)]
    arm, plan, briefing, done = begun(brain, "build a pyramid from the red cubes", world_of(*three), 2)
    arm._set(plan.subgoals[0].arguments["target"], None, centre=(0.6, 0.35, 0.02))
    again = replanned(brain, briefing, plan, arm, done, FailureKind.MISPLACED, plan.subgoals[1])
    assert len(again.subgoals) >= 4, "a base and the top"


def test_a_thing_pushed_too_far_is_pushed_to_where_it_should_be(brain):
    arm, plan, briefing, done = begun(brain, "push the red cube 10 cm to the left", world_of(RED, BOWL), 1)
    arm._set("red", None, centre=(0.45, 0.27, 0.02))
    again = replanned(brain, briefing, plan, arm, done, FailureKind.MISPLACED, plan.subgoals[0])
    assert [str(s) for s in again.subgoals] == ["push(target=red, position=(0.45, 0.2))"]


def test_a_block_turned_too_far_is_turned_by_what_is_left(brain):
    brick = thing("brick", "yellow block", 0.55, 0.05).model_copy(update={"size": (0.08, 0.03, 0.03)})
    arm, plan, briefing, done = begun(brain, "turn the block 45 degrees clockwise", world_of(brick), 1)
    arm._set("brick", None, yaw=-1.2)
    again = replanned(brain, briefing, plan, arm, done, FailureKind.MISPLACED, plan.subgoals[0])
    assert again.subgoals[0].arguments["angle_deg"] == pytest.approx(23.8, abs=0.2)


def test_a_slider_that_stopped_short_is_moved_on(brain):
    arm, plan, briefing, done = begun(brain, "把滑块推到最右边", world_of(RED, *slider()), 1)
    arm._set("slider", None, opening_m=0.05)
    again = replanned(brain, briefing, plan, arm, done, FailureKind.STALLED, plan.subgoals[0])
    assert [str(s) for s in again.subgoals] == ["slide(target=slider, distance_m=0.12)"]
