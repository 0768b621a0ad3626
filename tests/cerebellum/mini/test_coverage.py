"""What the small VLA says that it was made for: its lessons, and what its folder declares."""

import json

import pytest

from hiervla.cerebellum.loop import covers
from hiervla.cerebellum.policies.mini.policy import MiniPolicy
from hiervla.core.errors import SetupError
from hiervla.core.task import Task
from hiervla.perception.prompts import heatmaps


@pytest.fixture
def policy(folder):
    return MiniPolicy(folder, heatmaps)


@pytest.fixture
def put(thing):
    def task(relation, base, shape="cube", on=None):
        more = {"size": (0.18, 0.1, 0.07)} if base == "drawer" else {}
        goal = thing(base, 0.5, 0.2, id="b", on=on, **more)
        return Task(skill="place", relation=relation, instruction="", target=thing(shape, 0.5, 0.0), goal=goal)

    return task


def test_what_lessons_showed_is_covered(policy, put, thing):
    assert covers(policy, Task(skill="pick", instruction="", target=thing("cube", 0.5, 0.0)))
    assert covers(policy, Task(skill="push", instruction="", target=thing("ball", 0.5, 0.0)))
    assert (
        covers(policy, put("in", "bowl"))
        and covers(policy, put("on", "cube"))
        and covers(policy, put("beside", "cylinder"))
    )
    drawer = thing("drawer", 0.5, 0.2, size=(0.18, 0.1, 0.07), opens=(0.0, -1.0), opening_m=0.0)
    assert covers(policy, Task(skill="open", instruction="", target=drawer))


def test_what_they_did_not_show_is_left_to_others(policy, put, thing):
    upon = thing("cube", 0.5, 0.1, id="under")
    assert not covers(policy, put("in", "drawer")) and not covers(policy, put("at", "cube"))
    assert not covers(policy, put("on", "plate")) and not covers(policy, put("in", "bowl", shape="plate"))
    assert not covers(policy, put("on", "cube", on=upon)), "a third storey"
    assert not covers(policy, Task(skill="pick", instruction="", target=thing("cube", 0.5, 0.1, on=upon)))
    assert not covers(
        policy, Task(skill="pick", instruction="", target=thing("cube", 0.5, 0.1, size=(0.1, 0.05, 0.05)))
    )
    lying = thing("cylinder", 0.5, 0.0).model_copy(update={"posture": "lying"})
    assert not covers(policy, Task(skill="pick", instruction="", target=lying))
    assert not covers(policy, Task(skill="pick", instruction="")) and not covers(
        policy, Task(skill="home", instruction="")
    )


def test_its_folder_may_declare_less_and_nothing_that_was_never_taught(folder, put, thing):
    said = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(said | {"covers": ["pick", "place in"]}))
    narrow = MiniPolicy(folder, heatmaps)
    assert covers(narrow, put("in", "bowl")) and not covers(narrow, put("on", "cube"))
    assert not covers(narrow, Task(skill="push", instruction="", target=thing("cube", 0.5, 0.0)))
    (folder / "config.json").write_text(json.dumps(said | {"covers": ["juggle"]}))
    with pytest.raises(SetupError, match="ever taught 'juggle'"):
        MiniPolicy(folder, heatmaps)
