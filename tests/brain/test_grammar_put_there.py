"""Put for what stood there, corrections with all they say, what is only told beside an order, names in the other language."""

import pytest
from brain.test_grammar_half_said import _told

from hiervla.brain.grammar.chinese_nouns import nouns_in
from hiervla.brain.grammar.slips import only_slips
from hiervla.core.plan import Clarify, Refuse


def _spot(told, object_id):
    x, y, _ = told.world.objects[object_id].centre
    return round(x, 2), round(y, 2)


@pytest.mark.parametrize(
    ("world", "turns", "thing", "at"),
    [
        ("en18_playroom", ["Put the orange ball in the box, then put the green cube where the orange ball was."], "c3", (0.63, -0.04)),
        ("en18_playroom", ["Put the orange ball in the box.", "Put the green cube in the spot that the orange ball left."], "c3", (0.63, -0.04)),
        ("en18_playroom", ["Put the green cube where the orange ball is now and the ball into the box."], "c3", (0.63, -0.04)),
        ("zh18_kinder", ["先把小鸭子放进玩具箱，再把黄色圆柱放到小鸭子原来待的地方。"], "y1", (0.32, -0.4)),
    ],
)  # fmt: skip
def test_a_thing_comes_to_where_another_was(world, turns, thing, at):
    assert _spot(_told(world, *turns), thing) == at


def test_a_place_that_is_taken_is_asked_about():
    told = _told("zh18_kinder", "把绿色方块放到小鸭子刚才的位置。")
    assert isinstance(told.move, Clarify) and not told.steps and "小鸭子" in told.answer


@pytest.mark.parametrize(
    ("world", "turns", "inside", "back"),
    [
        ("zh18_bike", ["把螺丝刀放到零件盒里。", "错了，我要放进去的是扳手。螺丝刀请放回原位。"], ("wrench", "box1"), "driver"),
        ("en18_bike", ["Put the wrench in the tray.", "Sorry, I meant the screwdriver. Put the wrench back."], ("sd", "tray"), "wr"),
        ("en18_bakery", ["Put the white egg in the blue bowl.", "No wait, I wanted the brown one in there. Put the white one back where it was."], ("e2", "bb"), "e1"),
    ],
)  # fmt: skip
def test_a_correction_may_say_where_the_wrong_thing_goes(world, turns, inside, back):
    first, told = _told(world, turns[0]), _told(world, *turns)
    assert told.world.objects[inside[0]].support == inside[1]
    assert first.world.objects[back].support != "table"
    assert told.world.objects[back].support == "table"


def test_it_is_the_right_thing_after_a_correction():
    told = _told(
        "en18_playroom", "Put the duck on the play mat.", "No wait, the car.", "And now turn it by 180 degrees."
    )
    assert [str(s) for s in told.steps] == ["turn(target=car, angle_deg=180.0)"]


@pytest.mark.parametrize("said", ["把缝纫机往左挪10厘米。", "请你把卷尺和缝纫机都收进针线筐。"])
def test_a_chinese_noun_that_names_nothing_here_is_refused_by_name(said):
    told = _told("zh18_tailor", said)
    assert isinstance(told.move, Refuse) and not told.steps and "缝纫机" in told.answer


def test_of_what_a_chinese_noun_names_nowhere_it_is_known_that_it_is_not_there():
    told = _told("zh18_kinder", "要是桌上有香蕉，就把它放进玩具箱，没有的话就把小鸭子放进去。")
    assert told.world.objects["duck"].support == "toybox"


def test_nouns_are_found_in_a_text_the_longest_first():
    assert nouns_in("把缝纫机和香蕉放好") == ["缝纫机", "香蕉"]


@pytest.mark.parametrize(
    ("world", "said", "steps"),
    [
        ("en18_florist", "Customers trip over clutter, so clear both ribbons away into the wooden crate.", 4),
        ("en18_playroom", "Push the toy car six centimetres to the right; the children want to see it drive.", 1),
        ("en18_tailor", "Put the thimble on top of the pincushion, that's where I always look for it.", 2),
        ("en18_bike", "The oil can sits a bit too far out for my arm; pull it six centimetres closer to yourself.", 2),
    ],
)
def test_what_only_tells_how_things_are_is_passed_over(world, said, steps):
    assert len(_told(world, said).steps) == steps


@pytest.mark.parametrize(
    ("world", "said"),
    [
        ("en18_bakery", "Wash the mug, so put it in the blue bowl."),  # an order that nobody taught
        ("en18_bakery", "The mug isn't to be moved, so put it in the blue bowl."),
        ("en18_bakery", "My hands are wet; tomorrow put the mug in the blue bowl."),
        ("en18_bakery", "The customer frobnicates at noon, so put the white egg in the blue bowl."),  # no word
        ("en18_bakery", "Put the white egg in the blue bowl, the rest go in"),  # breaks off
    ],
)
def test_what_may_be_an_order_or_bound_one_is_never_passed_over(world, said):
    assert _told(world, said).steps == []


def test_two_things_side_by_side_are_nearer_than_neighbours_in_a_row():
    told = _told("en18_bakery", "Put the two eggs side by side.")
    assert [s.skill for s in told.steps] == ["pick", "place"]


def test_a_tray_is_also_called_so_in_chinese_where_a_box_stands_beside_it():
    told = _told("en18_bike", "把铃铛放到托盘里")
    assert told.world.objects["bell"].support == "tray"


@pytest.mark.parametrize(("said", "typed", "so"), [("the ohter one", "the other one", True), ("it is nicer", "it is nice", False), ("the red one", "", False)])  # fmt: skip
def test_a_word_that_is_english_is_no_slip(said, typed, so):
    assert only_slips(said, typed) is so
