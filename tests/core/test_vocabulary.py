"""Words pick objects, in both languages, with the lexicon that comes with the package."""

import pytest
from pydantic import ValidationError

from hiervla.core.vocabulary import Inventory, Lexicon, Vocabulary, stands_in


@pytest.fixture(scope="module")
def words(space):
    return space.vocabulary((
        Inventory(name="Ann's cup", also=("小安的杯子",), looks="purple cup", attributes=("fragile",)),
        Inventory(name="cup holder", looks="grey box"),
    ))  # fmt: skip


@pytest.fixture
def table(thing, world_of):
    return world_of(
        thing("cube", 0.4, 0.0, id="r1", colour="red", size_word="medium", size=(0.046,) * 3),
        thing("cube", 0.5, 0.0, id="r2", colour="red", size_word="medium", size=(0.038,) * 3),
        thing("block", 0.6, 0.0, id="b1", colour="blue"),
        thing("cup", 0.6, 0.2, id="c1", colour="purple", name="Ann's cup"),
        thing("cup", 0.6, -0.2, id="c2", colour="purple"),
        thing("bowl", 0.4, 0.2, id="w1", colour="white", size_word="large"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ids"),
    [("red cube", ["r1", "r2"]), ("the red cubes", ["r1", "r2"]), ("红色方块", ["r1", "r2"]), ("RED CUBE", ["r1", "r2"]),
     ("blue block", ["b1"]), ("蓝色", ["b1"]), ("block", ["r1", "r2", "b1"]), ("large white bowl", ["w1"]), ("大碗", ["w1"]),
     ("白色的碗", ["w1"]), ("Ann's cup", ["c1"]), ("小安的杯子", ["c1"]), ("purple cup", ["c1", "c2"]), ("紫色杯子", ["c1", "c2"]),
     ("green cube", []), ("red bowl", []), ("b1", ["b1"]), ("the doodad over there", []), ("", [])],
)  # fmt: skip
def test_a_description_fits_all_that_it_fits_and_nothing_else(text, ids, words, table):
    assert [d.id for d in words.select(text, table)] == ids


@pytest.mark.parametrize(
    ("text", "id"),
    [("small red cube", "r2"), ("the big red cube", "r1"), ("最小的红色方块", "r2"), ("大的红色方块", "r1")],
)
def test_a_size_word_that_fits_none_compares(text, id, words, table):
    assert [d.id for d in words.select(text, table)] == [id]


def test_comparing_needs_two_and_never_invents_a_medium_one(words, table):
    assert [d.id for d in words.select("small blue block", table)] == ["b1"], (
        "the only one there is may be called small"
    )
    assert [d.id for d in words.select("medium white bowl", table)] == ["w1"]
    some = table.model_copy(
        update={"objects": {i: table.objects[i].model_copy(update={"size_word": "large"}) for i in ("r1", "r2")}}
    )
    assert words.select("medium red cube", some) == []


def test_the_longest_word_wins():
    v = Vocabulary(
        lexicon=Lexicon(colours={"blue": ["蓝"], "navy": ["dark blue", "深蓝"]}, shapes={"cup": [], "egg": ["egg cup"]})
    )
    assert v.find("colours", "a dark blue thing") == ["navy"]
    assert v.find("colours", "深蓝") == ["navy"]
    assert set(v.find("colours", "blue and 深蓝")) == {"blue", "navy"}
    assert v.find("shapes", "an egg cup") == ["egg"]
    assert v.find("shapes", "a cup") == ["cup"]


def test_inventory_names_win_over_looks_and_the_longest_name_first(words, thing):
    holder = thing("box", 0.5, 0.0, colour="grey", name="cup holder")
    assert words.fits("the cup holder", holder)
    assert not words.fits("the cup holder", thing("cup", 0.5, 0.0, colour="grey"))
    assert words.named("put it into the cup holder").name == "cup holder"
    assert words.named("a plain cup") is None


@pytest.mark.parametrize(
    ("word", "text", "stands"),
    [("red", "the red cube", True), ("red", "a reddish cube", False), ("red", "bored", False), ("cube", "three cubes", True),
     ("box", "two boxes", True), ("Ann's cup", "ann's cup", True), ("红", "红色", True), ("杯子", "把杯子放下", True), ("碗", "杯子", False),
     ("red", "put红red方块", True)],
)  # fmt: skip
def test_latin_words_stand_alone_and_others_anywhere(word, text, stands):
    assert stands_in(word, text) is stands


def test_a_class_covers_its_shapes_but_a_shape_is_only_itself(words):
    assert words.covers("block", "cube")
    assert words.covers("cube", "cube")
    assert not words.covers("bowl", "cube")


def test_merged_lexicons_add_up_and_lose_nothing():
    a = Lexicon(colours={"red": ["crimson"]}, sizes={"small": ["tiny"]})
    b = Lexicon(colours={"red": ["crimson", "rouge"], "mauve": []})
    both = a.merged(b)
    assert both.colours == {"red": ["crimson", "rouge"], "mauve": []}
    assert both.sizes == {"small": ["tiny"]}
    assert a.colours == {"red": ["crimson"]}, "neither is changed"


def test_an_inventory_line_may_not_carry_a_pose():
    with pytest.raises(ValidationError):
        Inventory.model_validate({"name": "cup", "looks": "red cup", "at": [0.5, 0.1]})


@pytest.mark.parametrize(
    ("text", "ids"),
    [("light blue cube", ["light"]), ("浅蓝色方块", ["light"]), ("pale blue cube", ["light"]), ("the dark blue cube", ["dark"]),
     ("深蓝色的方块", ["dark"]), ("blue cube", ["light", "dark"]), ("蓝色方块", ["light", "dark"]), ("dark green cube", ["plain"]),
     ("light green cube", ["plain"]), ("navy cube", ["dark"]), ("藏青色方块", ["dark"]), ("dark red cube", [])],
)  # fmt: skip
def test_a_shade_picks_and_one_that_nothing_shows_is_taken_for_a_manner_of_speaking(text, ids, words, thing, world_of):
    seen = world_of(
        thing("cube", 0.4, 0.0, id="light", colour="blue", shade="light"),
        thing("cube", 0.5, 0.0, id="dark", colour="blue", shade="dark"),
        thing("cube", 0.6, 0.0, id="plain", colour="green"),
    )
    assert [d.id for d in words.select(text, seen)] == ids


@pytest.mark.parametrize(
    ("text", "ids"), [("white bowl", ["doubtful"]), ("pink bowl", ["doubtful"]), ("白色的碗", ["doubtful"])]
)
def test_on_the_border_of_two_colours_either_word_will_do(text, ids, words, thing, world_of):
    doubtful = thing("bowl", 0.4, 0.0, id="doubtful", colour="pink", colour_too="white")
    blue = thing("bowl", 0.6, 0.0, id="blue", colour="blue")
    assert [d.id for d in words.select(text, world_of(doubtful, blue))] == ids
    white = thing("bowl", 0.5, 0.2, id="white", colour="white")
    named = ["white"] if text != "pink bowl" else ids
    assert [d.id for d in words.select(text, world_of(doubtful, blue, white))] == named, "where none fits better"


def test_a_thing_is_called_by_the_name_it_has_in_the_language_spoken() -> None:
    words = Vocabulary(
        lexicon=Lexicon(),
        inventory=(
            Inventory(name="screw", also=("bolt", "螺丝", "螺栓"), looks="pink shape"),
            Inventory(name="电池", also=("battery",), looks="red cylinder"),
        ),
    )
    assert [words.name_in(n, "zh") for n in ("screw", "电池", "mug")] == ["螺丝", "电池", "mug"]
    assert [words.name_in(n, "en") for n in ("screw", "电池", "mug")] == ["screw", "battery", "mug"]
