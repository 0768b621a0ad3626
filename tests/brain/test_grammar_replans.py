"""What a failure, a confirmation or a complaint calls for."""

import pytest
from brain.tabletop import PaperArm, after, brief, bundled_skills, judged, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Evidence, Failure, FailureKind, Outcome
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse

RED, GREEN, BOWL = (
    thing("red", "red cube", 0.45, 0.10),
    thing("green", "green cube", 0.50, -0.10),
    thing("bowl", "blue bowl", 0.60, 0.22),
)
WORLD = world_of(RED, GREEN, BOWL)
IN_BOWL = Goal(relation="in", subject="red", reference="bowl")
PICK = {"skill": "pick", "arguments": {"target": "red"}}
PLACE = {"skill": "place", "arguments": {"target": "red", "relation": "in", "reference": "bowl"}}


@pytest.fixture(scope="module")
def brain():
    return GrammarBrain()


def failed(
    kind,
    step=PICK,
    world=WORLD,
    text="put the red cube in the blue bowl",
    goals=(IN_BOWL,),
    before=(),
    steps=40,
    why="it went wrong",
):
    """A briefing after a step failed: the world as it is now, the attempt on record."""
    cited = Evidence(source="sensor:gripper_width", says="fingers 0 mm apart", value=0.0, time_s=9.0)
    failure = Failure(kind=kind, why=why, evidence=(cited,))
    outcome = Outcome(**step, failure=failure, steps=steps)
    now = world.model_copy(update={"look_id": "L9"})
    return brief(text, now, goals=goals, outcomes=(*before, outcome), failure=failure)


@pytest.mark.parametrize("kind", [FailureKind.TARGET_MOVED, FailureKind.GRASP_MISSED, FailureKind.SLIPPED])
def test_looks_for_it_again_and_plans_from_the_world_as_it_is(brain, kind):
    moved = world_of(RED.model_copy(update={"centre": (0.35, -0.3, 0.02)}), GREEN, BOWL)
    thoughts, briefing = think_through(brain, failed(kind, world=moved))
    assert isinstance(thoughts[0].move, Ask) and thoughts[0].move.calls[0].arguments == {"query": "red cube"}
    assert isinstance(thoughts[-1].move, Plan) and len(thoughts) == 2
    assert [s.skill for s in thoughts[-1].move.subgoals] == ["pick", "place"]
    assert thoughts[-1].move.goals == (IN_BOWL,)
    assert kind.value in thoughts[0].reasoning and "sensor:gripper_width" in thoughts[0].reasoning


def test_a_slip_calls_for_a_firmer_grip(brain):
    thoughts, _ = think_through(brain, failed(FailureKind.SLIPPED))
    assert all(s.handling["grip_force_n"] > 40 for s in thoughts[-1].move.subgoals)


@pytest.mark.parametrize("kind", [FailureKind.SLIPPED, FailureKind.MISPLACED])
def test_what_failed_again_in_the_same_world_is_never_tried_again_in_the_same_way(brain, kind):
    told, before = [], []
    for _ in range(4):
        briefing = failed(kind, before=tuple(before))
        thoughts, _ = think_through(brain, briefing)
        told.append(thoughts[-1].move.subgoals[0].handling)
        before.append(briefing.outcomes[-1])
    assert len({repr(sorted(h.items())) for h in told}) == 4
    assert all(h.get("grip_force_n", 0) > 40 for h in told) == (kind == FailureKind.SLIPPED)


def test_speaks_the_language_of_the_instruction(brain):
    thoughts, _ = think_through(brain, failed(FailureKind.SLIPPED, text="把红色方块放到蓝色碗里"))
    assert "失败" in thoughts[0].reasoning and "红色" in thoughts[-1].move.subgoals[0].why


def test_what_is_still_in_the_hand_is_not_picked_again(brain):
    held = world_of(RED, GREEN, BOWL, held="red")
    thoughts, _ = think_through(brain, failed(FailureKind.COLLISION, PLACE, held))
    assert [s.skill for s in thoughts[-1].move.subgoals] == ["place"]


def test_the_wrong_thing_in_the_hand_is_put_back(brain):
    held = world_of(RED, GREEN, BOWL, held="green")
    thoughts, _ = think_through(brain, failed(FailureKind.WRONG_OBJECT, world=held))
    assert [str(s) for s in thoughts[-1].move.subgoals[:2]] == [
        "place(target=green, relation=on, reference=table)",
        "pick(target=red)",
    ]


def test_goals_that_hold_are_kept_and_need_no_steps(brain):
    done = GREEN.model_copy(update={"support": "bowl", "relation": "in", "centre": (0.6, 0.22, 0.025)})
    goals = (Goal(relation="in", subject="green", reference="bowl"), IN_BOWL)
    thoughts, _ = think_through(brain, failed(FailureKind.GRASP_MISSED, world=world_of(RED, done, BOWL), goals=goals))
    assert thoughts[-1].move.goals == goals
    assert {s.arguments["target"] for s in thoughts[-1].move.subgoals} == {"red"}


def test_a_choice_once_made_is_kept(brain):
    """Another cube is nearest by now: the mission stays with the one that was chosen."""
    text = "put the nearest cube in the bowl"
    thoughts, briefing = think_through(brain, brief(text, WORLD))
    assert thoughts[-1].move.goals == (IN_BOWL,)
    swapped = world_of(RED.model_copy(update={"centre": (0.6, -0.2, 0.02)}), GREEN, BOWL)
    thoughts, _ = think_through(brain, failed(FailureKind.TARGET_MOVED, world=swapped, text=text))
    assert thoughts[-1].move.goals == (IN_BOWL,) and thoughts[-1].move.subgoals[0].arguments == {"target": "red"}


@pytest.mark.parametrize("kind", [FailureKind.UNREACHABLE, FailureKind.UNSAFE])
def test_against_some_failures_no_plan_helps(brain, kind):
    thoughts, _ = think_through(brain, failed(kind, why="a wall stands there", steps=0))
    assert isinstance(thoughts[-1].move, Refuse) and "a wall stands there" in thoughts[-1].move.why


def test_blocked_twice_the_same_way_is_said_and_not_repeated(brain):
    thoughts, _ = think_through(brain, failed(FailureKind.BLOCKED, why="the way is barred", steps=0))
    assert isinstance(thoughts[-1].move, Refuse) and "the way is barred" in thoughts[-1].move.why


def test_a_neighbour_that_leaves_no_room_is_moved_aside(brain):
    sides = [thing(f"n{k}", "green cube", x, y) for k, (x, y) in enumerate([(0.45, 0.145), (0.495, 0.10)])]
    thoughts, _ = think_through(brain, failed(FailureKind.BLOCKED, world=world_of(RED, *sides, BOWL), steps=0))
    picked = [s.arguments["target"] for s in thoughts[-1].move.subgoals if s.skill == "pick"]
    assert picked[0] in ("n0", "n1") and picked[1] == "red"
    assert "no room" in thoughts[-1].move.subgoals[0].why


def test_something_that_came_to_stand_on_it_is_cleared(brain):
    on_it = GREEN.model_copy(update={"support": "red", "centre": (0.45, 0.10, 0.06)})
    thoughts, _ = think_through(brain, failed(FailureKind.BLOCKED, world=world_of(RED, on_it, BOWL), steps=0))
    assert [s.arguments["target"] for s in thoughts[-1].move.subgoals] == ["green", "green", "red", "red"]


def test_out_of_sight_is_looked_for_once_and_then_said(brain):
    gone = world_of(GREEN, BOWL, lost=(RED,))
    thoughts, briefing = think_through(brain, failed(FailureKind.NOT_FOUND, world=gone))
    assert [str(s) for s in thoughts[-1].move.subgoals] == ["home()"] and thoughts[-1].move.goals == (IN_BOWL,)
    home = Outcome(skill="home", arguments={}, evidence=(Evidence(source="look:L9", says="home", time_s=0.0),))
    thoughts, _ = think_through(brain, briefing.model_copy(update={"outcomes": (*briefing.outcomes, home)}))
    assert isinstance(thoughts[-1].move, Refuse) and "out of sight" in thoughts[-1].move.why


def test_a_lost_trace_is_not_the_end(brain):
    """After a crash the running step counts as failed: once is no reason to give up."""
    lost = failed(FailureKind.PRECONDITION, why="what happened during this step was lost", steps=0)
    thoughts, _ = think_through(brain, lost)
    assert isinstance(thoughts[-1].move, Plan)
    again = lost.model_copy(update={"outcomes": (*lost.outcomes, *lost.outcomes)})
    assert isinstance(brain.think(again).move, Refuse)


def test_a_similar_case_is_remembered_aloud(brain):
    briefing = failed(FailureKind.SLIPPED).model_copy(update={"cases": ("a cube slipped; 55 N held it",)})
    assert "55 N held it" in brain.think(briefing).reasoning


def test_waypoints_are_not_forgotten_by_a_replan(brain):
    text = "put the red cube in the bowl, then put it next to the green cube"
    thoughts, briefing = think_through(brain, brief(text, WORLD))
    plan = thoughts[-1].move
    assert [g.relation for g in plan.goals] == ["did", "beside"]
    thoughts, _ = think_through(brain, failed(FailureKind.SLIPPED, text=text, goals=plan.goals))
    assert [s.arguments["relation"] for s in thoughts[-1].move.subgoals if s.skill == "place"] == ["in", "beside"]
    arm = PaperArm(WORLD)
    half = [arm.do(s) for s in plan.subgoals[:2]]
    thoughts, _ = think_through(
        brain, failed(FailureKind.SLIPPED, world=arm.world, text=text, goals=plan.goals, before=half)
    )
    assert [s.arguments.get("relation") for s in thoughts[-1].move.subgoals] == [None, "beside"]


def confirmed_but(answer):
    """A briefing whose confirmation saw everything but the one goal."""
    arm = PaperArm(WORLD)
    briefing = brief("put the red cube in the blue bowl", WORLD)
    thoughts, briefing = think_through(GrammarBrain(), briefing)
    plan = thoughts[-1].move
    outcomes = [arm.do(s) for s in plan.subgoals]
    check = Check(answer=answer, why="it lies beside the bowl" if answer == "no" else "the arm hides it")
    failure = Failure(kind=FailureKind.MISPLACED, why=check.why)
    return arm, after(briefing, arm.world, plan, outcomes, confirmed=((IN_BOWL, check),), failure=failure)


def test_an_unconfirmed_goal_is_worked_at_again(brain):
    arm, briefing = confirmed_but("no")
    fallen = arm.world.model_copy(update={"objects": WORLD.objects, "look_id": "L8"})
    thoughts, _ = think_through(brain, briefing.model_copy(update={"world": fallen}))
    assert [s.skill for s in thoughts[-1].move.subgoals] == ["pick", "place"]
    assert "it lies beside the bowl" in thoughts[0].reasoning


def test_what_could_not_be_seen_is_looked_at_again_and_never_claimed(brain):
    _, briefing = confirmed_but("cannot_see")
    thoughts, _ = think_through(brain, briefing)
    assert [s.skill for s in thoughts[-1].move.subgoals] == ["home"]


def test_finishes_only_on_a_confirmation_with_figures(brain):
    arm, briefing = confirmed_but("no")
    good = briefing.model_copy(update={"confirmed": ((IN_BOWL, judged(IN_BOWL, arm.world, ())),), "failure": None})
    thought = brain.think(good)
    assert isinstance(thought.move, Finish) and "0.0 cm from the middle" in thought.move.answer


def test_a_complaint_is_answered_differently_or_ends_it(brain):
    first = brief("put the red cube in the bowl", WORLD)
    assert isinstance(brain.think(first).move, Ask)
    thought = brain.think(first.model_copy(update={"complaint": "no tool 'detect_objects'"}))
    assert isinstance(thought.move, Plan) and "no tool 'detect_objects'" in thought.reasoning
    _, later = think_through(brain, first)
    thought = brain.think(later.model_copy(update={"complaint": "place has no field 'relation'"}))
    assert isinstance(thought.move, Refuse) and "place has no field 'relation'" in thought.move.why


def test_the_same_briefing_gives_the_same_thought(brain):
    briefing = failed(FailureKind.SLIPPED)
    assert brain.think(briefing) == GrammarBrain().think(briefing)


def test_a_language_without_home_still_ends(brain):
    """Everything holds, nothing was confirmed, and there is no step to take: say so instead of claiming it."""
    _, briefing = confirmed_but("cannot_see")
    skills = tuple(s for s in bundled_skills() if s.name != "home")
    thoughts, _ = think_through(brain, briefing.model_copy(update={"skills": skills}))
    assert isinstance(thoughts[-1].move, Refuse | Clarify) and "the arm hides it" in thoughts[-1].move.why


def test_once_goals_are_set_nobody_is_sent_for_names(brain):
    """Another brain began the mission with an instruction that no rule reads; what failed is mended, not asked about."""
    begun = failed(FailureKind.GRASP_MISSED, text="put the stapler in the blue bowl").model_copy(
        update={"seeks": "owl"}
    )
    thought = brain.think(begun)
    calls = thought.move.calls if isinstance(thought.move, Ask) else ()
    assert isinstance(think_through(brain, begun)[0][-1].move, Plan)
    assert not any(c.arguments.get("query") == "stapler" for c in calls)
