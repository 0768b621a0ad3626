"""A plain sentence that says more or less than was said is thrown away."""

import pytest

from hiervla.brain.paraphrase.faithful import faithful


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("be a dear and pop the K1 in the K2", "put the K1 in the K2 ."),
        ("the K1 belongs to the left of the K2", "put the K1 to the left of the K2 ."),
        ("K1 in the K2 and mind you don't knock the K3", "put the K1 in the K2 without touching the K3 ."),
        ("K1 right up beside the K2 , my nephew left it there", "put the K1 next to the K2 ."),
        ("K1 +s into the K2 please , all three", "put all the K1 +s in the K2 ."),
        ("the K1 and the K2 , those two go in the K3", "put the K1 and the K2 in the K3 ."),
        ("line em up : K1 , K2 , K3", "put the K1 , the K2 and the K3 in a row from left to right ."),
        ("N1 degrees ccw on the K1", "turn the K1 N1 degrees counterclockwise ."),
        ("K1 into the Z1 , don't lift it , push", "push the K1 into the Z1 ."),
        ("would you know how many K1 +s we've got left ?", "how many K1 +s are there ?"),
    ],
)
def test_what_says_the_same_passes(said, plain):
    assert faithful(said.split(), plain.split(), "en")


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("pop the K1 in the K2", "put the K1 in the K1 ."),
        ("the K1 goes left of the K2", "put the K1 to the right of the K2 ."),
        ("never put the K1 in the K2", "put the K1 in the K2 ."),
        ("all the K1 +s but the C1 one in the K2", "put all the K1 +s and the C1 one in the K2 ."),
        ("press the K1 twice", "press the K1 ."),
        ("press the K1 and open the K2", "open the K1 and the K2 ."),
        ("the two K1 +s in the K2", "put the K1 in the K2 ."),
        ("from the right : K1 , K2 , K3 in a row", "put the K1 , the K2 and the K3 in a row from left to right ."),
        ("turn the K1 N1 degrees anti - clockwise", "turn the K1 N1 degrees clockwise ."),
        ("K1 goes in the K2 , not in the K3", "put the K1 in the K2 ."),
        ("the small K1 in the K2", "put the big K1 in the K2 ."),
    ],
)
def test_what_does_not_is_thrown_away(said, plain):
    assert not faithful(said.split(), plain.split(), "en")


def test_in_chinese_too():
    assert faithful(["K1", "搁", "K2", "左", "边"], ["把", "K1", "放", "到", "K2", "左", "边", "。"], "zh")
    assert not faithful(["K1", "搁", "K2", "左", "边"], ["把", "K1", "放", "到", "K2", "右", "边", "。"], "zh")
    assert faithful(["小", "心", "点", "，", "K1", "进", "K2"], ["把", "K1", "放", "进", "K2", "。"], "zh")
    assert not faithful(["小", "K1", "进", "K2"], ["把", "K1", "放", "进", "K2", "。"], "zh")
    assert not faithful(["别", "动", "K1"], ["拿", "起", "K1", "。"], "zh")


@pytest.mark.parametrize("end", ["，算了", "，算了吧。", "，还是取消吧", "，当我没说", "，到"])
def test_what_ends_by_taking_all_of_it_back_or_breaks_off_is_no_plain_sentence_zh(end):
    plain = ["把", "K1", "放", "进", "K2", "。"]
    assert faithful(["K1", "搁", "进", "K2"], plain, "zh")
    assert not faithful(["K1", "搁", "进", "K2", *end], plain, "zh")


@pytest.mark.parametrize(
    "end", [", never mind", ", oh forget it .", ", scratch that !", "and the", ", on second thoughts"]
)
def test_what_ends_by_taking_all_of_it_back_or_breaks_off_is_no_plain_sentence_en(end):
    plain = ["put", "the", "K1", "in", "the", "K2", "."]
    assert faithful(["K1", "into", "K2"], plain, "en")
    assert not faithful(["K1", "into", "K2", *end.split()], plain, "en")


def test_which_of_several_and_what_is_missing_is_kept():
    assert not faithful(
        ["the", "second", "big", "K1", "to", "the", "Z1"], ["put", "the", "big", "K1", "in", "the", "Z1", "."], "en"
    )
    assert faithful(
        ["wait", "a", "second", ",", "K1", "to", "the", "Z1"], ["put", "the", "K1", "in", "the", "Z1", "."], "en"
    )
    assert not faithful([*"往左推没有", "N1", *"公分"], [*"往左推", "N1", *"厘米。"], "zh")
