"""What is kept in mind: a thing seen in a drawer, until it is seen elsewhere."""

import pytest

from hiervla.core.recollection import put_away, remember


@pytest.fixture
def furnished(thing, world_of):
    drawer = thing("box", 0.5, 0.2, id="drawer").model_copy(update={"label": "drawer", "opening_m": 0.1})
    inside = thing("cube", 0.5, 0.2, id="cube", on=drawer)
    return drawer, inside, world_of(drawer, inside, thing("ball", 0.4, -0.2, id="ball"))


def test_what_lies_in_a_drawer_is_noted_with_the_look_that_saw_it(furnished):
    _, _, world = furnished
    (fact,) = remember(world).facts
    assert (fact.subject, fact.relation, fact.reference, fact.look_id) == ("cube", "in", "drawer", world.look_id)


def test_upon_what_lies_in_it_counts_as_in_it(furnished, thing, world_of):
    drawer, inside, _ = furnished
    upon = thing("cube", 0.5, 0.2, id="upper", size=(0.02,) * 3, on=inside)
    facts = {f.subject: f.reference for f in remember(world_of(drawer, inside, upon)).facts}
    assert facts == {"cube": "drawer", "upper": "drawer"}


def test_out_of_sight_it_is_put_away_and_seen_elsewhere_it_is_not(furnished, thing, world_of):
    drawer, _, world = furnished
    facts = remember(world).facts
    shut = world_of(drawer.model_copy(update={"opening_m": 0.0}), facts=facts)
    assert put_away(remember(shut)) == {"cube": "drawer"}
    found = remember(world_of(drawer, thing("cube", 0.4, 0.0, id="cube"), facts=facts))
    assert [f.relation for f in found.facts] == ["seen"]
    assert put_away(remember(world_of(drawer, facts=found.facts))) == {}


def test_a_bowl_is_no_hiding_place(thing, world_of):
    bowl = thing("bowl", 0.5, 0.2, id="bowl")
    assert remember(world_of(bowl, thing("cube", 0.5, 0.2, id="cube", on=bowl))).facts == ()
