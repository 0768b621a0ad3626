"""Examinations as asked for: which episodes, under what, and clear words for what cannot be."""

import pytest

from hiervla.core.errors import SetupError
from hiervla.learn.exam.conditions import KEYS, items
from hiervla.learn.lessons import DEEDS


def test_every_deed_is_examined_unless_some_are_named_and_each_seed_by_both_policies():
    every = items([0, 1], "servo")
    assert [i.deed for i in every[::2]] == [*DEEDS, "chain"] and {i.seed for i in every} == {0, 1}
    some = items([3], "a:B", "pick,chain", beside="servo", mapping="m.toml")
    assert [(i.policy, i.deed, i.mapping) for i in some] == [
        ("a:B", "pick", "m.toml"), ("servo", "pick", ""), ("a:B", "chain", "m.toml"), ("servo", "chain", ""),
    ]  # fmt: skip
    assert len({i[: len(KEYS)] for i in some}) == 4


def test_one_condition_names_its_rows_in_one_way():
    a, b = (items([0], "servo", "pick", blank=x)[0] for x in ("shuffled-words,prompt", "prompt,shuffled-words"))
    assert a == b
    assert items([0], "servo", "pick", target_error_m=0.02)[0] != items([0], "servo", "pick")[0]


def test_without_a_prompt_four_things_are_in_view():
    assert items([0], "servo", "pick", blank="prompt")[0].at_least == 4
    assert items([0], "servo", "pick", blank="prompt", at_least=5)[0].at_least == 5
    assert items([0], "servo", "pick", blank="words")[0].at_least == 0


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"deeds": "pick,pikc"}, "no deed 'pikc'; did you mean 'pick'"),
        ({"shift": "hue"}, "did you mean 'hues'"),
        ({"at_least": 9}, "--at-least 9"),
        ({"chunk": "0"}, "--chunk '0'"),
        ({"beside": "servo"}, "name another"),
    ],
)
def test_what_cannot_be_examined_is_said(more, says):
    with pytest.raises(SetupError, match=says):
        items([0], "servo", **more)
