"""Questions, and what earlier turns of a conversation add."""

import pytest
from brain.furniture import all_skills, drawer
from brain.tabletop import brief, thing, think_through, world_of

from hiervla.brain.grammar import GrammarBrain
from hiervla.core.outcome import Outcome
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse

WORLD = world_of(
    thing("red", "red cube", 0.45, 0.10),
    thing("red2", "red cube", 0.45, -0.20),
    thing("green", "green cube", 0.60, 0.22, inside="bowl", z=0.025),
    thing("bowl", "blue bowl", 0.60, 0.22),
    thing("plate", "white plate", 0.35, 0.34),
)

QUESTIONS = [
    ("what do you see?", "describe_scene", ["2 × red cube", "blue bowl", "white plate"]),
    ("what is on the table", "describe_scene", ["On the table", "2 × red cube"]),
    ("what is in the bowl?", "describe_scene", ["green cube"]),
    ("how many red cubes are there?", "detect_objects", ["2"]),
    ("how many cubes are in the bowl", "detect_objects", ["1", "green"]),
    ("where is the green cube", "detect_objects", ["in the blue bowl"]),
    ("is there a cup?", "detect_objects", ["No", "cup"]),
    ("do you see any green things", "detect_objects", ["Yes", "green"]),
    ("is the green cube in the bowl?", "detect_objects", ["Yes"]),
    ("is the green cube on the table?", "detect_objects", ["No", "in the blue bowl"]),
    ("how far is the plate from the left edge?", "measure_distance", ["8.0 cm"]),
    ("measure the distance between the bowl and the plate", "measure_distance", ["12.8 cm"]),
    ("what can you do?", "describe_scene", ["pick", "place", "home"]),
    ("what are you holding", "describe_scene", ["nothing"]),
    ("what colour is the bowl", "detect_objects", ["blue"]),
    ("你看到什么?", "describe_scene", ["2个红色", "蓝色碗"]),
    ("桌子上有什么", "describe_scene", ["桌子上", "2个红色"]),
    ("碗里有什么?", "describe_scene", ["绿色"]),
    ("有几个红色方块", "detect_objects", ["2个"]),
    ("桌上有多少东西?", "detect_objects", ["4个"]),
    ("绿色方块在哪里?", "detect_objects", ["在蓝色碗里"]),
    ("有没有杯子", "detect_objects", ["没有"]),
    ("绿色方块在碗里吗?", "detect_objects", ["是的"]),
    ("盘子离左边缘多远", "measure_distance", ["8厘米", "8.0厘米"]),
    ("你能做什么", "describe_scene", ["拿起", "放"]),
    ("你手里拿着什么", "describe_scene", ["什么也没有"]),
]  # fmt: skip


FURNISHED = world_of(thing("red", "red cube", 0.45, 0.10), *drawer(opening=0.1))
STATES = [
    ("is the drawer open?", "Yes"),
    ("is the drawer closed?", "No"),
    ("抽屉开着吗?", "是的"),
    ("抽屉关上了吗?", "不是"),
    ("what did you just do?", "not done anything"),
    ("你刚才做了什么?", "什么都没做"),
]


@pytest.mark.parametrize(("text", "says"), STATES)
def test_how_things_stand_is_told_and_nothing_moves(brain, text, says):
    thoughts, _ = think_through(brain, brief(text, FURNISHED, skills=all_skills()))
    assert isinstance(thoughts[-1].move, Finish) and says in thoughts[-1].move.answer


@pytest.fixture(scope="module")
def brain():
    return GrammarBrain()


@pytest.mark.parametrize(("text", "tool", "says"), QUESTIONS, ids=[q[0] for q in QUESTIONS])
def test_a_question_is_looked_up_and_answered_and_nothing_moves(brain, text, tool, says):
    thoughts, _ = think_through(brain, brief(text, WORLD))
    assert isinstance(thoughts[0].move, Ask) and {c.tool for c in thoughts[0].move.calls} == {tool}
    assert isinstance(thoughts[-1].move, Finish)
    answer = thoughts[-1].move.answer
    assert any(s in answer for s in says) if tool == "measure_distance" else all(s in answer for s in says), answer


def test_a_distance_is_the_tool_s_figure(brain):
    _, after = think_through(brain, brief("how far is the plate from the bowl", WORLD))
    measured = [r.model_copy(update={"data": {"distance_m": 0.077}}) for r in after.asked]
    assert "7.7 cm" in brain.think(after.model_copy(update={"asked": tuple(measured)})).move.answer


def test_a_tool_that_fails_is_not_talked_over(brain):
    _, after = think_through(brain, brief("how far is the plate from the bowl", WORLD))
    failed = [r.model_copy(update={"ok": False, "says": "the bowl is hidden", "data": None}) for r in after.asked]
    thought = brain.think(after.model_copy(update={"asked": tuple(failed)}))
    assert isinstance(thought.move, Refuse) and "bowl is hidden" in thought.move.why


def test_a_question_about_what_is_not_there(brain):
    thoughts, _ = think_through(brain, brief("where is the purple cube", WORLD))
    assert isinstance(thoughts[-1].move, Refuse) and "the purple cube" in thoughts[-1].move.why


@pytest.mark.parametrize(
    "answer", ["the left one", "the one on the left", "the left cube", "red", "左边的", "左边那个"]
)
def test_an_answer_completes_what_was_asked(brain, answer):
    asked = [
        ("person", "put the red cube in the bowl"),
        ("robot", "“the red cube” fits 2 things. Which one do you mean?"),
    ]
    thoughts, _ = think_through(brain, brief(answer, WORLD, said=asked))
    if answer == "red":  # tells the two apart no better
        assert isinstance(thoughts[-1].move, Clarify)
    else:
        assert [str(g) for g in thoughts[-1].move.goals] == ["in(red, bowl)"]


def test_where_is_answered_by_a_place(brain):
    said = [("person", "put the green cube"), ("robot", "Where should I put “the green cube”?")]
    thoughts, _ = think_through(brain, brief("on the plate", WORLD, said=said))
    assert [str(g) for g in thoughts[-1].move.goals] == ["on(green, plate)"]
    said = [("person", "把绿色方块放"), ("robot", "要把“绿色方块”放到哪里?")]
    thoughts, _ = think_through(brain, brief("到盘子上", WORLD, said=said))
    assert [str(g) for g in thoughts[-1].move.goals] == ["on(green, plate)"]


def test_an_answer_means_nothing_without_its_question(brain):
    thoughts, _ = think_through(brain, brief("the left one", WORLD))
    assert isinstance(thoughts[-1].move, Clarify)


@pytest.mark.parametrize("text", ["put it on the plate", "把它放到盘子上"])
def test_it_is_what_was_spoken_of_last(brain, text):
    said = [("person", "where is the green cube"), ("robot", "The green cube is in the blue bowl.")]
    thoughts, _ = think_through(brain, brief(text, WORLD, said=said))
    assert [str(g) for g in thoughts[-1].move.goals] == ["on(green, plate)"]


def test_it_is_what_was_handled_last(brain):
    done = Outcome(skill="place", arguments={"target": "red2", "relation": "on", "reference": "table"})
    thoughts, _ = think_through(brain, brief("put it in the bowl", WORLD, outcomes=(done,)))
    assert isinstance(thoughts[-1].move, Plan) and [str(g) for g in thoughts[-1].move.goals] == ["in(red2, bowl)"]


def test_a_question_and_an_order_in_one_are_not_half_done(brain):
    thoughts, _ = think_through(brain, brief("what do you see and pick up the green cube", WORLD))
    assert isinstance(thoughts[-1].move, Clarify)


CUBES = world_of(
    thing("red", "red cube", 0.45, 0.10),
    thing("green", "green cube", 0.50, -0.06),
    thing("bowl", "blue bowl", 0.60, 0.22),
    thing("plate", "white plate", 0.35, 0.34),
)
PUT = [("person", "put the red cube in the bowl"), ("robot", "Done: the red cube is in the blue bowl.")]
PUT_ZH = [("person", "把红色方块放到碗里"), ("robot", "完成了:红色正方体在蓝色碗里。")]
ASKED = [("person", "where is the red cube?"), ("robot", "…"), ("person", "where is the blue bowl?"), ("robot", "…")]
ASKED_ZH = [("person", "红色方块在哪里?"), ("robot", "…"), ("person", "蓝色碗在哪里?"), ("robot", "…")]
IN_BOWL = [
    ("person", "put the green cube in the bowl"),
    ("robot", "Done."),
    ("person", "where is the red cube"),
    ("robot", "."),
]

TURNS = [
    (ASKED, "put it there", ["in(red, bowl)"]),
    (ASKED_ZH, "把它放到那里", ["in(red, bowl)"]),
    (IN_BOWL, "put it there", ["in(red, bowl)"]),
    (PUT, "and the green one too", ["in(green, bowl)"]),
    (PUT, "the green cube as well", ["in(green, bowl)"]),
    (PUT_ZH, "还有绿色的", ["in(green, bowl)"]),
    (PUT_ZH, "绿色的也要", ["in(green, bowl)"]),
    (PUT, "no, the green one", ["in(green, bowl)"]),
    (PUT_ZH, "不对,绿色的", ["in(green, bowl)"]),
    (PUT, "no, put the green cube on the plate", ["on(green, plate)"]),
    (PUT, "no, on the plate", ["on(red, plate)"]),
    (PUT_ZH, "不,放到盘子上", ["on(red, plate)"]),
]  # fmt: skip


@pytest.mark.parametrize(("said", "text", "goals"), TURNS, ids=[f"{t[1]} {k}" for k, t in enumerate(TURNS)])
def test_earlier_turns_say_what_is_left_unsaid(brain, said, text, goals):
    thoughts, _ = think_through(brain, brief(text, CUBES, said=said))
    assert isinstance(thoughts[-1].move, Plan), thoughts[-1].move
    assert [str(g) for g in thoughts[-1].move.goals] == goals


@pytest.mark.parametrize(
    ("said", "text"),
    [([], "put it there"), ([], "把它放到那里"), (PUT[:1], "no"), (PUT, "no, the purple one"), (PUT, "the green one")],
)
def test_what_no_turn_makes_clear_is_asked(brain, said, text):
    thoughts, _ = think_through(brain, brief(text, CUBES, said=said))
    assert isinstance(thoughts[-1].move, Clarify)
