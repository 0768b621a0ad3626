"""Instructions to goals, steps and answers: thought through, carried out on paper by a perfect arm, and confirmed."""

import pytest
from brain.tabletop import brief, bundled_skills, card_of, carry_out, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.goal import Goal
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse
from hiervla.core.relations import holds
from hiervla.core.skill import Skill

RED, GREEN, BLUE = (
    thing("red", "red cube", 0.45, 0.10),
    thing("green", "green cube", 0.50, -0.06, size=0.03),
    thing("blue", "blue cube", 0.40, -0.15, size=0.05),
)
BOWL, PLATE, CUP = (
    thing("bowl", "blue bowl", 0.60, 0.22),
    thing("plate", "white plate", 0.45, 0.34),
    thing("cup", "yellow cup", 0.62, -0.02),
)
TABLETOP = world_of(RED, GREEN, BLUE, BOWL, PLATE, CUP)
COLOURED = world_of(
    RED, GREEN, BLUE, BOWL, thing("rbowl", "red bowl", 0.62, -0.22), thing("gbowl", "green bowl", 0.35, -0.36)
)
TWO_RED = world_of(RED, thing("red2", "red cube", 0.35, 0.20), GREEN, BOWL, PLATE)
FILLED = world_of(
    RED, GREEN.model_copy(update={"support": "bowl", "relation": "in", "centre": (0.6, 0.22, 0.02)}), BOWL, CUP
)
PILED = world_of(
    RED,
    BLUE,
    BOWL,
    PLATE,
    thing("top", "green cube", 0.45, 0.10, on="red", z=0.06),
    thing("ball", "red ball", 0.5, -0.3),
)


def goal(text: str) -> Goal:
    """``in red bowl``, ``beside red green left``, ``at red bowl 0.1 left``, ``holding red``, ``did home()``."""
    relation, subject, *rest = text.split(" ", 2) if text.startswith("did") else text.split()
    if relation == "did":
        return Goal(relation="did", subject=" ".join([subject, *rest]))
    reference = rest.pop(0).replace("_", " ") if rest else None
    distance = float(rest.pop(0)) if relation == "at" else None
    name = {"at": "at_distance"}.get(relation, relation)
    direction = rest.pop(0) if rest else None
    return Goal(relation=name, subject=subject, reference=reference, distance_m=distance, direction=direction)


ACTS = [
    (TABLETOP, "pick up the red cube", ["holding red"]),
    (TABLETOP, "take the cube on the left", ["holding red"]),
    (TABLETOP, "pick up the smallest cube", ["holding green"]),
    (TABLETOP, "lift the biggest block", ["holding blue"]),
    (TABLETOP, "pick up a cube", ["holding blue"]),
    (TABLETOP, "grab the cube closest to the bowl", ["holding red"]),
    (FILLED, "pick up the cube in the blue bowl", ["holding green"]),
    (FILLED, "take the green cube out of the bowl", ["holding green"]),
    (TABLETOP, "put the red cube in the bowl", ["in red bowl"]),
    (TABLETOP, "move the red cube to the bowl", ["in red bowl"]),
    (TABLETOP, "place the red cube on the plate", ["on red plate"]),
    (TABLETOP, "put the red cube on top of the blue one", ["on red blue"]),
    (TABLETOP, "put the red cube next to the cup", ["beside red cup"]),
    (TABLETOP, "place the red cube to the left of the blue cube", ["beside red blue left"]),
    (TABLETOP, "set the green cube in front of the red cube", ["beside green red front"]),
    (TABLETOP, "put the red cube 10 cm to the right of the green cube", ["at red green 0.1 right"]),
    (TABLETOP, "place the cup 5 cm from the left edge of the table", ["at cup left_edge 0.05"]),
    (TABLETOP, "pick up the red cube and put it in the bowl", ["in red bowl"]),
    (TABLETOP, "Pick up the red cube. Then put it in the bowl, and go home.", ["in red bowl", "did home()"]),
    (TABLETOP, "put the red cube in the bowl and the green one on the plate", ["in red bowl", "on green plate"]),
    (TABLETOP, "put all the cubes except the blue one in the bowl", ["in red bowl", "in green bowl"]),
    (TABLETOP, "put two cubes in the bowl", ["in blue bowl", "in red bowl"]),
    (TABLETOP, "stack the red cube on the blue cube on the green cube", ["on blue green", "on red blue"]),
    (TABLETOP, "stack the blocks from largest to smallest", ["on red blue", "on green red"]),
    (TABLETOP, "build a tower", ["on red blue", "on green red"]),
    (COLOURED, "put each block in the bowl of the same color", ["in blue bowl", "in red rbowl", "in green gbowl"]),
    (TWO_RED, "put both red cubes in the bowl", ["in red2 bowl", "in red bowl"]),
    (TWO_RED, "put the red cubes in the bowl", ["in red2 bowl", "in red bowl"]),
    (TABLETOP, "put the red cube in the bowl, then put it on the plate",
     ["did place(target=red, relation=in, reference=bowl)", "on red plate"]),
    (TABLETOP, "拿起红色方块", ["holding red"]),
    (TABLETOP, "把左边的方块拿起来", ["holding red"]),
    (TABLETOP, "抓住最小的方块", ["holding green"]),
    (TABLETOP, "随便拿一个方块", ["holding blue"]),
    (TABLETOP, "抓取离碗最近的方块", ["holding red"]),
    (FILLED, "拿起碗里的方块", ["holding green"]),
    (FILLED, "把绿色方块从碗里拿出来", ["holding green"]),
    (TABLETOP, "把红色方块放进碗里", ["in red bowl"]),
    (TABLETOP, "把红方块放碗里", ["in red bowl"]),
    (TABLETOP, "红色方块放到盘子上", ["on red plate"]),
    (TABLETOP, "把红色方块放到盘子里", ["on red plate"]),
    (TABLETOP, "把红色方块叠在蓝色方块上面", ["on red blue"]),
    (TABLETOP, "把红色方块放到杯子旁边", ["beside red cup"]),
    (TABLETOP, "请把红色方块放在蓝色方块的左边", ["beside red blue left"]),
    (TABLETOP, "将红色方块移到绿色方块右边10厘米处", ["at red green 0.1 right"]),
    (TABLETOP, "把杯子放到离桌子左边缘5厘米的位置", ["at cup left_edge 0.05"]),
    (TABLETOP, "拿起红色方块然后放到碗里", ["in red bowl"]),
    (TABLETOP, "先拿起红色方块,再把它放到碗里,最后回到初始位置", ["in red bowl", "did home()"]),
    (TABLETOP, "把红色方块放到碗里,绿色的放到盘子上", ["in red bowl", "on green plate"]),
    (TABLETOP, "除了蓝色方块以外,把其他方块放进碗里", ["in red bowl", "in green bowl"]),
    (TABLETOP, "把两个方块放进碗里", ["in blue bowl", "in red bowl"]),
    (TABLETOP, "把方块叠起来", ["on red blue", "on green red"]),
    (TABLETOP, "用所有方块搭一座塔", ["on red blue", "on green red"]),
    (COLOURED, "把每个方块放到相同颜色的碗里", ["in blue bowl", "in red rbowl", "in green gbowl"]),
    (TWO_RED, "把所有红色方块放进蓝色碗里", ["in red2 bowl", "in red bowl"]),
    (TWO_RED, "把两个红色方块都放进碗里", ["in red2 bowl", "in red bowl"]),
    (TABLETOP, "在碗里放一个方块", ["in blue bowl"]),
]  # fmt: skip

OBJECTIONS = [
    (TABLETOP, "pick up the cube", Clarify, "3 things"),
    (TABLETOP, "拿起方块", Clarify, "3个"),
    (TABLETOP, "pick up the purple cube", Refuse, "the purple cube"),
    (TABLETOP, "拿起紫色方块", Refuse, "紫色方块"),
    (TABLETOP, "pick up the cube in the bowl", Refuse, "the cube in the bowl"),
    (TABLETOP, "put four cubes in the bowl", Refuse, "only 3"),
    (TABLETOP, "put both cubes in the bowl", Clarify, "3 things"),
    (TABLETOP, "put the red cube in the green cube", Refuse, "not hollow"),
    (TABLETOP, "把红色方块放到绿色方块里", Refuse, "不是空心的"),
    (TABLETOP, "put the blue cube in the cup", Refuse, "too big"),
    (TABLETOP, "put the red cube on the red cube", Refuse, "itself"),
    (TABLETOP, "put the red cube in the bowl and next to the bowl", Refuse, "at once"),
    (TABLETOP, "put the red cube on the blue cube and the blue cube on the red cube", Refuse, "at once"),
    (TABLETOP, "把红色方块放到碗里和盘子上", Refuse, "同时"),
    (TABLETOP, "pick up the red cube and the green cube", Refuse, "one hand"),
    (TABLETOP, "put the red cube 2 m from the left edge", Refuse, "200 cm"),
    (TABLETOP, "put the red cube on the bowl", Clarify, "in it"),
    (TABLETOP, "move the red cube to the blue cube", Clarify, "on the blue cube or beside it"),
    (TABLETOP, "put the red cube", Clarify, "Where"),
    (TABLETOP, "把红色方块放", Clarify, "放到哪里"),
    (TABLETOP, "put it down", Clarify, "empty"),
    (TABLETOP, "放下", Clarify, "空"),
    (TABLETOP, "pick it up", Clarify, "it"),
    (TABLETOP, "red cube", Clarify, "red cube"),
    (PILED, "put the blue cube on the ball", Refuse, "round"),
    (world_of(RED, BOWL), "stack the cubes", Clarify, "at least two"),
    (COLOURED, "put each block in the box of the same colour", Refuse, "box"),
    (world_of(RED, GREEN, BOWL), "put each cube in the bowl of the same colour", Refuse, "the bowl of the same colour"),
    (world_of(thing("far", "red cube", 0.84, 0.45)), "pick up the red cube", Refuse, "out of reach"),
    (world_of(GREEN, lost=(RED,)), "pick up the red cube", Refuse, "out of sight"),
    (world_of(), "拿起红色方块", Refuse, "什么也没有"),
]  # fmt: skip


@pytest.fixture(scope="module")
def brain():
    return GrammarBrain()


@pytest.mark.parametrize(("world", "text", "expected"), ACTS, ids=[a[1] for a in ACTS])
def test_goals_are_reached_and_proven(brain, world, text, expected):
    last, now, plans = carry_out(brain, brief(text, world))
    assert [set(map(goal, expected))] == [set(p.goals) for p in plans]
    assert isinstance(last.move, Finish)
    assert all(holds(g, now) for g in map(goal, expected) if g.relation != "did")
    assert all(step.why for step in plans[0].subgoals)
    chinese = any("一" <= c <= "鿿" for c in text)
    assert chinese == any("一" <= c <= "鿿" for c in last.move.answer)
    assert "L" in last.move.answer or "sensor:" in last.move.answer  # evidence is cited


@pytest.mark.parametrize(("world", "text", "move", "says"), OBJECTIONS, ids=[o[1] for o in OBJECTIONS])
def test_what_cannot_be_done_is_asked_or_refused_with_the_reason(brain, world, text, move, says):
    thoughts, _ = think_through(brain, brief(text, world))
    assert isinstance(thoughts[-1].move, move)
    said = thoughts[-1].move.question if move is Clarify else thoughts[-1].move.why
    assert says in said


def test_an_ambiguous_description_names_its_candidates(brain):
    thoughts, _ = think_through(brain, brief("pick up the cube", TABLETOP))
    assert set(thoughts[-1].move.candidates) == {"red", "green", "blue"}
    assert "the red cube" in thoughts[-1].move.question


def test_looks_before_it_plans_and_says_what_it_thinks(brain):
    thoughts, _ = think_through(brain, brief("place the cup 5 cm from the left edge", TABLETOP))
    asked = [c for t in thoughts if isinstance(t.move, Ask) for c in t.move.calls]
    assert [c.tool for c in asked] == ["detect_objects", "check_safety", "measure_distance"]
    assert asked[0].arguments == {"query": "the cup"}
    assert asked[1].arguments["skill"] == "place" and asked[2].arguments == {"a": "cup", "b": "left edge"}
    assert isinstance(thoughts[-1].move, Plan)
    for part in ("place the cup", "yellow cup", "detect_objects", "5 cm from the left edge", "2 steps"):
        assert part in thoughts[-1].reasoning


def test_a_plan_needs_no_tools(brain):
    thought = brain.think(brief("put the red cube in the bowl", TABLETOP, tools=()))
    assert [str(s) for s in thought.move.subgoals] == [
        "pick(target=red)",
        "place(target=red, relation=in, reference=bowl)",
    ]


def test_a_no_of_the_check_ends_it(brain):
    briefing = brief("put the red cube in the bowl", TABLETOP)
    thoughts, after = think_through(brain, briefing)
    no = [
        r.model_copy(update={"data": {"safe": False, "why": "a keep-out zone"}}) if r.call.tool == "check_safety" else r
        for r in after.asked
    ]
    thought = brain.think(after.model_copy(update={"asked": tuple(no)}))
    assert isinstance(thought.move, Refuse) and "a keep-out zone" in thought.move.why


def test_done_already_is_said_with_evidence_and_nothing_moves(brain):
    thoughts, after = think_through(brain, brief("put the green cube in the bowl", FILLED))
    assert isinstance(thoughts[-1].move, Finish) and "already" in thoughts[-1].move.answer
    assert "look:L1" in thoughts[-1].move.answer and after.asked


def test_what_is_held_goes_where_it_should_without_another_grasp(brain):
    held = world_of(RED, GREEN, BOWL, held="red")
    thoughts, _ = think_through(brain, brief("put it in the bowl", held))
    assert [s.skill for s in thoughts[-1].move.subgoals] == ["place"]
    thoughts, _ = think_through(brain, brief("放下", held))
    assert [str(s) for s in thoughts[-1].move.subgoals] == ["place(target=red, relation=on, reference=table)"]


def test_the_hand_is_freed_first(brain):
    held = world_of(RED, GREEN, BOWL, held="red")
    last, now, plans = carry_out(brain, brief("put the green cube in the bowl", held))
    assert str(plans[0].subgoals[0]) == "place(target=red, relation=on, reference=table)"
    assert "hand" in plans[0].subgoals[0].why
    assert now.objects["green"].support == "bowl" and isinstance(last.move, Finish)


def test_what_lies_on_top_is_put_aside_first(brain):
    last, now, plans = carry_out(brain, brief("put the red cube in the bowl", PILED))
    assert [str(s) for s in plans[0].subgoals[:2]] == [
        "pick(target=top)",
        "place(target=top, relation=on, reference=table)",
    ]
    assert now.objects["red"].support == "bowl" and isinstance(last.move, Finish)


def test_what_is_in_the_way_goes_straight_to_its_own_place(brain):
    last, _, plans = carry_out(brain, brief("put the red cube in the bowl and the green cube on the plate", PILED))
    assert [s.arguments["target"] for s in plans[0].subgoals if s.skill == "pick"] == ["top", "red"]
    assert isinstance(last.move, Finish)


def test_how_it_is_to_be_done_reaches_the_handling(brain):
    thoughts, _ = think_through(brain, brief("gently put the red cube in the bowl", TABLETOP))
    assert all(s.handling["speed"] < 1 and s.handling["grip_force_n"] < 40 for s in thoughts[-1].move.subgoals)


class Lean(Skill):
    """Lean an object against another."""

    target: str
    reference: str
    says = {"en": ["lean"], "zh": ["靠"]}


class Tap(Skill):
    """Tap an object."""

    target: str
    says = {"en": ["tap"], "zh": ["轻点"]}


@pytest.mark.parametrize("text", ["tap the red cube", "把红色方块轻点一下"])
def test_a_skill_of_unknown_effect_is_done_for_its_own_sake(brain, text):
    last, _, plans = carry_out(brain, brief(text, TABLETOP, skills=(*bundled_skills(), card_of(Tap))))
    assert [str(g) for g in plans[0].goals] == ["did(tap(target=red))"]
    assert [str(s) for s in plans[0].subgoals] == ["tap(target=red)"] and isinstance(last.move, Finish)


def test_a_skill_with_a_reference_gets_it_or_asks(brain):
    skills = (*bundled_skills(), card_of(Lean))
    thoughts, _ = think_through(brain, brief("lean the red cube to the cup", TABLETOP, skills=skills))
    assert [str(s) for s in thoughts[-1].move.subgoals] == ["lean(target=red, reference=cup)"]
    thoughts, _ = think_through(brain, brief("lean the red cube", TABLETOP, skills=skills))
    assert isinstance(thoughts[-1].move, Clarify) and "reference" in thoughts[-1].move.question


def test_a_missing_skill_is_named(brain):
    thoughts, _ = think_through(brain, brief("pick up the red cube", TABLETOP, skills=bundled_skills()[1:]))
    assert isinstance(thoughts[-1].move, Refuse) and "pick" in thoughts[-1].move.why


def test_which_reading_of_a_phrase_is_meant_is_told_by_the_world(brain):
    on_plate = world_of(RED, BOWL.model_copy(update={"support": "plate"}), PLATE, CUP)
    thoughts, _ = think_through(brain, brief("put the red cube in the bowl on the plate", on_plate))
    assert thoughts[-1].move.goals == (goal("in red bowl"),)
    in_bowl = world_of(
        RED.model_copy(update={"support": "bowl", "relation": "in", "centre": (0.6, 0.22, 0.02)}), BOWL, PLATE
    )
    thoughts, _ = think_through(brain, brief("put the red cube in the bowl on the plate", in_bowl))
    assert thoughts[-1].move.goals == (goal("on red plate"),)
