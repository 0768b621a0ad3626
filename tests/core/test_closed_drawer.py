"""What went into a drawer that is now closed is believed to be there: on two looks, and only while nothing speaks against it."""

import pytest

from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.core.world import Fact

GOAL = Goal(relation="in", subject="cube", reference="drawer")
WENT_IN = Fact(says="cube lies in drawer", time_s=3.0, subject="cube", relation="in", reference="drawer", look_id="L4")


@pytest.fixture
def closed(thing, world_of):
    def build(out=0.002, facts=(WENT_IN,), *more):
        drawer = thing("box", 0.5, 0.2, id="drawer").model_copy(update={"label": "drawer", "opening_m": out})
        return world_of(drawer, *more).model_copy(update={"facts": facts})

    return build


def test_it_takes_the_look_that_saw_it_go_in_and_this_one(closed):
    check = holds(GOAL, closed())
    assert check.answer == "yes"
    assert [e.source for e in check.evidence] == ["look:L4", "look:L7"]


@pytest.mark.parametrize("out", [0.03, 0.12])
def test_a_drawer_that_is_not_shut_must_show_it(closed, out):
    assert holds(GOAL, closed(out)).answer == "cannot_see"


def test_without_having_been_seen_in_there_nothing_is_believed(closed):
    assert holds(GOAL, closed(facts=())).answer == "cannot_see"


def test_a_later_memory_of_it_elsewhere_counts_more(closed):
    elsewhere = Fact(
        says="cube on the table", time_s=5.0, subject="cube", relation="seen", reference="table", look_id="L6"
    )
    assert holds(GOAL, closed(0.002, (WENT_IN, elsewhere))).answer == "cannot_see"


def test_what_is_seen_on_the_table_is_not_in_the_drawer(closed, thing):
    assert holds(GOAL, closed(0.002, (WENT_IN,), thing("cube", 0.4, -0.1, id="cube"))).answer == "no"
