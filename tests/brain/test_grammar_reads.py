"""What the grammar reads: canonical forms, and the part that it says it did not understand."""

import pytest
from brain.tabletop import bundled_skills, card_of, vocabulary

from hiervla.brain.grammar import Instruction, NotUnderstood, parse
from hiervla.core.skill import Skill
from hiervla.core.vocabulary import Inventory

FORMS = [
    ("put the red cube in the bowl without touching the cup", "put([the red cube] → in [the bowl]) and spare([the cup])"),
    ("把红色方块放进碗里,但是不要碰杯子", "put([the red block] → in [the bowl]) then spare([the cup])"),
    ("put the red cube in the bowl if it is empty", "if vacant([the bowl]): put([the red cube] → in [the bowl])"),
    ("如果有红色方块就拿起它", "if exists([the red block]): pick(it)"),
    ("if there are more than two cubes, line them up, otherwise go home", "if count([all cube]) > 2: row(them) else home()"),
    ("红色方块的数量是偶数的话,把它们放进碗里", "if count([all red block]) even: put(them → in [the bowl])"),
    ("put cubes in the bowl until there are 3 cubes in it", "put([all cube] → in [the bowl]) until exists([3 cube (in it)])"),
    ("除了红色的和绿色的,其他方块都放进碗里", "put([all other block but [the red one] but [the green one]] → in [the bowl])"),
    ("除红蓝以外的方块都放进碗里", "put([all other block but [the red one] but [the blue one]] → in [the bowl])"),
    ("红色以外的方块都放进碗里", "put([all other block but [the red one]] → in [the bowl])"),
    ("由近到远第二个方块,放进碗里", "put([the #2 from nearest block] → in [the bowl])"),
    ("put it back", "put(it → back)"),
    ("把它放回原处", "put(it → back)"),
    ("undo that", "undo()"),
    ("撤销", "undo()"),
    ("put the one you just moved in the bowl", "put([the one (recent)] → in [the bowl])"),
    ("把杯子移到离碗远一点的地方", "put([the cup] → farther [the bowl])"),
    ("move the red cube 5 cm closer to the bowl", "put([the red cube] → nearer 5 cm [the bowl])"),
    ("put the redcube in the bleu bowl", "put([the red cube] → in [the blue bowl])"),
    ("pick the cube up", "pick([the cube])"),
    ("pick up the red cube", "pick([the red cube])"),
    ("Pick the RED cube up!", "pick([the red cube])"),
    ("could you please grab the red cube now?", "pick([the red cube])"),
    ("请帮我把那个红色的方块抓住", "pick([the red block])"),
    ("拿起红方块", "pick([the red block])"),
    ("ｐｉｃｋ　ｕｐ　ｔｈｅ　ｒｅｄ　ｃｕｂｅ", "pick([the red cube])"),
    ("put the red cube into the blue bowl", "put([the red cube] → in [the blue bowl])"),
    ("把红色方块放到蓝色碗里面", "put([the red block] → in [the blue bowl])"),
    ("将红色方块放入蓝色碗中", "put([the red block] → in [the blue bowl])"),
    ("把 red cube 放到 blue bowl 里", "put([the red cube] → in [the blue bowl])"),
    ("place the cup 2 inches from the far edge", "put([the cup] → at_distance 5.08 cm far edge)"),
    ("把杯子放到离桌子左边缘十五厘米的位置", "put([the cup] → at_distance 15 cm left edge)"),
    ("把方块放在碗左边10厘米处", "put([the block] → at_distance 10 cm left [the bowl])"),
    ("move the cube twenty five mm to the right of the bowl", "put([the cube] → at_distance 2.5 cm right [the bowl])"),
    ("put each block in the bowl of the same colour", "put([all block] → in [the same-colour bowl])"),
    ("把每个方块放到颜色相同的碗里", "put([all block] → in [the same-colour bowl])"),
    ("put all the blocks but the red one in the box", "put([all block but [the red one]] → in [the box])"),
    ("除了红色方块,把所有方块放进碗里", "put([all block but [the red block]] → in [the bowl])"),
    ("put everything except the cups and the plate in the box", "put([all object but [all cup] but [the plate]] → in [the box])"),
    ("put all the cubes in the box except the red one and the blue one", "put([all cube but [the red one] but [the blue one]] → in [the box])"),
    ("put all the cubes except the red one and a ball in the box", "put([all cube but [the red one]], [a ball] → in [the box])"),
    ("put two of the cubes on the plate", "put([2 cube] → on [the plate])"),
    ("拿起最左边的方块", "pick([the leftmost block])"),
    ("拿起蓝色碗旁边的方块", "pick([the block (beside [the blue bowl])])"),
    ("把红色方块从碗里拿出来", "pick([the red block (from [the bowl])])"),
    ("stack the blocks from largest to smallest", "stack([all block], largest_first)"),
    ("用方块搭一个塔", "stack([the block])"),
    ("拿起红色方块放到碗里", "pick([the red block]) then put(it → in [the bowl])"),
    ("gently pick up the cup", "pick([the cup]) [gently]"),
    ("go home", "home()"),
    ("回到初始位置", "home()"),
    ("how far is the cup from the left edge?", "far?([the cup], left edge)"),
    ("桌上有几个红色方块?", "many?([the red block (on table)])"),
    ("红碗和蓝碗之间的方块放进杯子里", "put([the block (between [the red bowl] [the blue bowl])] → in [the cup])"),
    ("两个碗之间的那个方块拿起来", "pick([the block (between [the 2 bowl])])"),
    ("把空碗放到杯子右边", "put([the bowl (vacant)] → beside right [the cup])"),
    ("装着方块的碗放到杯子左边", "put([the bowl (under [the block])] → beside left [the cup])"),
    ("把桌上那把方块放进碗里", "put([the block (on table)] → in [the bowl])"),
    ("拿起方块,丢进红碗", "pick([the block]) then put(it → in [the red bowl])"),
    ("挑两个方块,丢进红碗", "pick([2 block]) then put(them → in [the red bowl])"),
    ("要是碗里没有方块,就放一个进去", "if not exists([the block (in [the bowl])]): put([a block] → there)"),
    ("把蓝的上面那块放进碗里", "put([the one (on [the blue one])] → in [the bowl])"),
]  # fmt: skip

BEYOND = [
    ("pick up the banana", "unknown_thing", "banana"),
    ("把红色方块放到香蕉旁边", "unknown_word", "香蕉"),
    ("酱油瓶往左挪五厘米", "unknown_thing", "酱油"),
    ("pick up the red cube at noon", "unknown_word", "noon"),
    ("возьми красный куб", "unknown_word", "возьми красный куб"),
    ("don't pick up the red cube", "negation", "don't pick up the red cube"),
    ("put the red cube under the bowl", "beyond", "under the bowl"),
    ("throw the cube", "unsafe", "throw the cube"),
    ("把方块扔向墙", "unsafe", "扔向墙"),
    ("give the cube to the baby", "unsafe_person", "baby"),
    ("pick up the", "incomplete", "pick up the"),
    ("put the red cube bowl", "incomplete", "put the red cube bowl"),
    ("把红色方块从大到小放进碗里", "not_understood", "从大到小"),
    ("put the red cube -5 cm from the edge", "not_understood", "-"),
    ("", "empty", ""),
    ("  \n\t ", "empty", "  \n\t "),
    ("12345 67", "no_words", "12345 67"),
    ("hello", "nothing_to_do", "hello"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_canonical_form(text, form):
    assert str(parse(text, vocabulary(), bundled_skills())) == form


@pytest.mark.parametrize(("text", "key", "part"), BEYOND)
def test_says_which_part_it_does_not_understand(text, key, part):
    reading = parse(text, vocabulary(), bundled_skills())
    assert isinstance(reading, NotUnderstood)
    assert (reading.key, reading.part.strip()) == (key, part.strip())


def test_every_word_counts():
    """Taking any one word's place by an unknown one must not be read."""
    text = "pick up the small red cube and put it in the blue bowl"
    words = text.split()
    for k in range(len(words)):
        changed = " ".join([*words[:k], "flibber", *words[k + 1 :]])
        assert isinstance(parse(changed, vocabulary(), bundled_skills()), NotUnderstood), changed


@pytest.mark.parametrize("text", ["put the red cube in the bowl " * 200, "红" * 3000, "pick up the cube and " * 60])
def test_too_long_is_refused(text):
    reading = parse(text, vocabulary(), bundled_skills())
    assert isinstance(reading, NotUnderstood) and reading.key == "too_long"


def test_names_from_the_inventory_beat_shape_words():
    known = vocabulary(Inventory(name="Ann's cup", also=("安的杯子",), looks="red cup"))
    assert str(parse("pick up Ann's cup", known, bundled_skills())) == "pick([the Ann's cup])"
    assert str(parse("拿起安的杯子", known, bundled_skills())) == "pick([the Ann's cup])"


class Tap(Skill):
    """Touch the top of an object."""

    target: str
    says = {"en": ["tap", "give … a tap"], "zh": ["轻点", "打一下"]}


class Cut(Skill):
    """Cut."""

    target: str
    says = {"en": ["cut"]}


@pytest.mark.parametrize(
    "text",
    ["tap the red cube", "give the red cube a tap", "轻点红色立方体", "把红色立方体轻点一下", "打一下红色立方体"],
)
def test_a_skill_of_ones_own_is_read_by_its_words(text):
    assert str(parse(text, vocabulary(), (*bundled_skills(), card_of(Tap)))) == "tap([the red cube])"
    assert isinstance(parse(text, vocabulary(), bundled_skills()), NotUnderstood)


def test_a_skill_may_own_a_word_that_is_unsafe_without_it():
    assert isinstance(parse("cut the red cube", vocabulary(), bundled_skills()), NotUnderstood)
    assert isinstance(parse("cut the red cube", vocabulary(), (card_of(Cut),)), Instruction)
