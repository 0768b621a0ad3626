"""What an answer must say: read with its mistakes told, and held against a world made of truth, in both languages."""

import pytest

from hiervla.core.errors import SetupError
from hiervla.core.world import Detection, World
from hiervla.sim.answer import Truth, lacks, parse_answer
from hiervla.sim.wording import affirms, counted, language, lengths_m, plain, speaks
from hiervla.workspace import load_workspace

NAMES = ["red", "green", "bowl"]
VOCABULARY = load_workspace().vocabulary()


def thing(name, label, colour, x, y, support="table", relation="on", width=0.04):
    return Detection(
        id=name, label=label, colour=colour, centre=(x, y, 0.02), size=(width, width, 0.04), support=support, relation=relation,
        hollow=label == "bowl",
    )  # fmt: skip


WORLD = World(
    look_id="truth", time_s=0.0,
    objects={
        "red": thing("red", "cube", "red", 0.5, 0.2, "bowl", "in"),
        "green": thing("green", "cube", "green", 0.4, -0.1),
        "bowl": thing("bowl", "bowl", "blue", 0.5, 0.2, width=0.12),
    },
)  # fmt: skip


def wrong(wanted, said, moved=()):
    return lacks(parse_answer(wanted, NAMES), said, Truth(WORLD, VOCABULARY, moved))


@pytest.mark.parametrize(
    ("wanted", "right", "not_right"),
    [
        ("counts cube", ["I count 2: 1 red cube (red_cube_1)", "There are two.", "一共2个:1个红色正方体", "两个"],
         ["1 cube", "none", "I see cubes", "三个", "一共3个"]),
        ("counts cube in bowl", ["One.", "1", "有一个"], ["2", "一个也没有", "nothing"]),
        ("counts yellow cube", ["None.", "一个也没有。我看到1个白色碗", "0"], ["1", "yes"]),
        ("confirms in red bowl", ["Yes, it is.", "是的,在碗里", "对"], ["No.", "不在", "The cube", ""]),
        ("confirms in green bowl", ["No: it is on the table.", "不是", "没有"], ["Yes", "是的"]),
        ("names red", ["the red cube", "the red one", "红色的方块", "红色正方体"], ["the cube", "the red bowl", "绿色方块", "“the red cube”?"]),
        ("only red", ["the red cube"], ["the red cube and the green cube", "the green cube"]),
        ("lists in bowl", ["In the blue bowl: 1 red cube", "蓝色碗里有红色方块"], ["the red cube and the green cube", "nothing"]),
        ("places red", ["The red cube is in the blue bowl.", "红色方块在蓝色碗里,前方50厘米、偏左20厘米"],
         ["The red cube is on the table.", "in the blue bowl, 20 cm in front and 5 cm to the left"]),
        ("places green", ["It is on the table, 40 cm in front, 10 cm to the right.", "在桌子上"], ["in the blue bowl", "on the table, 40 cm in front, 30 cm to the right"]),
        ("measures green bowl", ["It is 23.1 cm away", "231 mm", "相距23厘米", "0.24 m"], ["30 cm", "23.1", "近"]),
        ("says purple|紫", ["No purple cube is here", "没有紫色"], ["no such cube"]),
    ],
)  # fmt: skip
def test_the_truth_is_right_in_any_words_and_nothing_else_is(wanted, right, not_right):
    assert {s: wrong(wanted, s) for s in right} == dict.fromkeys(right)
    assert not [s for s in not_right if wrong(wanted, s) is None]


def test_what_was_done_is_what_truly_moved():
    assert wrong("recalls", "I put the red cube in the blue bowl.", moved=("red",)) is None
    assert wrong("recalls", "I put the green cube in the blue bowl.", moved=("red",)) is not None
    assert wrong("recalls", "I put the red cube and the green cube there.", moved=("red",)) is not None
    assert wrong("recalls", "I put the red cube in the blue bowl.") == "nothing was moved so far"


@pytest.mark.parametrize(
    "text",
    ["", "tells red", "counts", "counts in bowl", "counts cube in", "counts cube in nowhere", "lists bowl", "lists in", "names", "names blue",
     "places", "measures red", "recalls red", "says", "confirms inside red bowl"],
)  # fmt: skip
def test_what_cannot_be_read_is_told(text):
    with pytest.raises(SetupError, match=r"answer|expectation"):
        parse_answer(text, NAMES)


def test_words():
    assert [counted(t) for t in ("a cube", "3 × red", "ten", "十个", "L4", "0.5")] == [None, 3, 10, 10, None, None]
    assert [affirms(t) for t in ("Yes.", "No", "north", "不在", "在", "maybe")] == [
        True,
        False,
        None,
        False,
        True,
        None,
    ]
    assert lengths_m("5 cm, 20毫米 and 1.5 m, 3 more") == [0.05, 0.02, 1.5]
    assert plain("“the red cube” is (red_cube_1) there (look:M3L4)").split() == ["is", "there"]


@pytest.mark.parametrize(
    ("said", "spoken", "right"),
    [
        ("Done: it is there.", "en", True), ("完成了:x 5 cm (look:M1L2)。", "zh", True), ("Because you asked: “把它拿走”.", "en", True),
        ("我上一次的回答是:Done: it is there", "zh", False), ("What I did: 完成了", "en", False), ("Done.", "zh", False),
    ],
)  # fmt: skip
def test_the_language_is_the_one_that_was_spoken(said, spoken, right):
    assert speaks(said, spoken) is right


def test_any_chinese_makes_it_chinese():
    assert (language("put 红色方块 there"), language("put it")) == ("zh", "en")
