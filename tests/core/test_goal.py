"""Each relation judged by the eyes: yes on evidence, no with a kind, and not seen is never a yes."""

import math

import pytest

from hiervla.core.goal import Goal, distance_between, on_side, table_edge
from hiervla.core.outcome import FailureKind
from hiervla.core.relations import RELATIONS, holds
from hiervla.core.world import Zone


@pytest.fixture
def scenes(thing, world_of):
    """(goal, a world where it holds, worlds where it does not) for every relation."""
    bowl, cube, big = (
        thing("bowl", 0.5, -0.2, id="bowl"),
        thing("cube", 0.5, 0.1, id="cube"),
        thing("cube", 0.4, 0.2, id="big", size=(0.05,) * 3),
    )
    inside = thing("cube", 0.51, -0.19, id="cube", on=bowl)
    upon = thing("cube", 0.4, 0.2, id="cube", on=big)
    left = thing("cube", 0.4, 0.29, id="cube")
    edge = thing("cube", 0.5, 0.41, id="cube")  # 5 cm from the left edge at y = 0.48
    apart = world_of(bowl, cube, big)
    return {
        "in": (Goal(relation="in", subject="cube", reference="bowl"), world_of(bowl, inside),
               [apart, world_of(bowl, thing("cube", 0.5, -0.12, id="cube")), world_of(bowl, inside, held=inside)]),
        "on": (Goal(relation="on", subject="cube", reference="big"), world_of(big, upon),
               [apart, world_of(big, thing("cube", 0.44, 0.2, id="cube", on=big)), world_of(big, upon, held=upon)]),
        "on table": (Goal(relation="on", subject="cube", reference="table"), apart,
                     [world_of(big, upon), world_of(bowl, inside), world_of(cube, held=cube)]),
        "beside": (Goal(relation="beside", subject="cube", reference="big"), world_of(big, left),
                   [apart.model_copy(update={"objects": {"cube": thing("cube", 0.7, -0.2, id="cube"), "big": big}}), world_of(big, upon)]),
        "beside left": (Goal(relation="beside", subject="cube", reference="big", direction="left"), world_of(big, left),
                        [world_of(big, thing("cube", 0.4, 0.11, id="cube")), world_of(big, thing("cube", 0.49, 0.2, id="cube"))]),
        "at_distance": (Goal(relation="at_distance", subject="cube", reference="big", distance_m=0.055), world_of(big, thing("cube", 0.4, 0.3, id="cube")),
                        [world_of(big, thing("cube", 0.4, 0.34, id="cube")), world_of(big, left, held=left),
                         world_of(big, thing("cube", 0.4, 0.3, id="cube", on=bowl), bowl)]),
        "at_distance edge": (Goal(relation="at_distance", subject="cube", reference="edge", distance_m=0.05), world_of(edge), [apart]),
        "at_distance right edge": (Goal(relation="at_distance", subject="cube", reference="right edge", distance_m=0.05),
                                   world_of(thing("cube", 0.5, -0.41, id="cube")), [world_of(edge)]),
        "holding": (Goal(relation="holding", subject="cube"), world_of(cube, held=cube), [apart, world_of(cube, big, held=big)]),
        "hand_empty": (Goal(relation="hand_empty"), apart, [world_of(cube, held=cube)]),
        **_arranged(thing, world_of, big),
        **_furniture(thing, world_of),
    }  # fmt: skip


def _arranged(thing, world_of, big):
    def cubes(*spots):
        return [thing("cube", x, y, id=n) for n, (x, y) in zip(("cube", "c2", "c3", "c4"), spots, strict=False)]

    turned = thing("block", 0.5, 0.0, id="cube", yaw=0.5)
    line, ring = cubes((0.5, 0), (0.5, 0.1), (0.505, 0.2)), cubes((0.5, 0.1), (0.6, 0), (0.5, -0.1), (0.4, 0))
    upon = thing("cube", 0.43, 0.2, id="cube", on=big)
    twin = big.model_copy(update={"id": "twin", "centre": (0.46, 0.2, big.centre[2])})
    others = {"subject": "cube", "others": ("c2", "c3")}
    return {
        "on both": (Goal(relation="on", subject="cube", reference="big", others=("twin",)), world_of(big, twin, upon),
                    [world_of(big, twin, thing("cube", 0.4, 0.2, id="cube", on=big)), world_of(big, twin, thing("cube", 0.6, 0, id="cube"))]),
        "at": (Goal(relation="at", subject="cube", position=(0.5, 0.1)), world_of(*cubes((0.5, 0.105))), [world_of(*cubes((0.5, 0.12)))]),
        "turned": (Goal(relation="turned", subject="cube", angle_rad=0.5 - math.pi), world_of(turned),
                   [world_of(turned.model_copy(update={"yaw": 0.9})), world_of(turned, held=turned)]),
        "row": (Goal(relation="row", **others), world_of(*line),
                [world_of(*cubes((0.5, 0), (0.55, 0.1), (0.5, 0.2))), world_of(*cubes((0.5, 0), (0.5, 0.1), (0.5, 0.35)))]),
        "row ahead": (Goal(relation="row", direction="behind", **others), world_of(*cubes((0.4, 0), (0.5, 0.005), (0.6, 0))), [world_of(*line)]),
        "circle": (Goal(relation="circle", subject="cube", others=("c2", "c3", "c4")), world_of(*ring),
                   [world_of(*cubes((0.5, 0.1), (0.6, 0), (0.5, -0.05), (0.4, 0))), world_of(*cubes((0.6, 0), (0.587, 0.05), (0.55, 0.087), (0.5, 0.1)))]),
    }  # fmt: skip


def _furniture(thing, world_of):
    def drawer(out):
        return thing("box", 0.5, 0.2, id="drawer").model_copy(
            update={"label": "drawer", "opening_m": out, "opens": (0.0, -1.0)}
        )

    name = {"subject": "drawer"}
    zoned = Zone(name="left half", outline=((0.3, 0.0), (0.7, 0.0), (0.7, 0.4), (0.3, 0.4)))
    in_zone, out_of_zone, over = (
        world_of(thing("cube", 0.5, y, id="cube")).model_copy(update={"zones": {zoned.name: zoned}})
        for y in (0.1, -0.1, 0.004)
    )
    return {
        "in zone": (Goal(relation="in", subject="cube", reference="left half"), in_zone, [out_of_zone, over]),
        "open": (Goal(relation="open", **name), world_of(drawer(0.1)), [world_of(drawer(0.05)), world_of(thing("box", 0.5, 0.2, id="drawer"))]),
        "closed": (Goal(relation="closed", **name), world_of(drawer(0.004)), [world_of(drawer(0.02))]),
        "slid": (Goal(relation="slid", distance_m=0.05, **name), world_of(drawer(0.055)), [world_of(drawer(0.02)), world_of(drawer(0.08))]),
    }  # fmt: skip


CASES = [
    "in",
    "on",
    "on table",
    "beside",
    "beside left",
    "at_distance",
    "at_distance edge",
    "at_distance right edge",
    "holding",
    "hand_empty",
    "on both",
    "at",
    "turned",
    "row",
    "row ahead",
    "circle",
    "in zone",
    "open",
    "closed",
    "slid",
]


@pytest.mark.parametrize("case", CASES)
def test_yes_has_evidence_and_no_has_a_kind(case, scenes):
    goal, good, bad = scenes[case]
    check = holds(goal, good)
    assert check.answer == "yes", check.why
    assert check.evidence
    for world in bad:
        check = holds(goal, world)
        assert check.answer == "no", f"{goal} should not hold: {check.why}"
        assert check.kind is not None


def test_every_relation_there_is_has_a_case(scenes):
    assert {goal.relation for goal, *_ in scenes.values()} == set(RELATIONS)


@pytest.mark.parametrize("case", [c for c in CASES if c not in ("holding", "hand_empty")])
def test_what_this_look_did_not_see_is_never_a_yes(case, scenes):
    goal, good, _ = scenes[case]
    for name in (goal.subject, goal.reference):
        if name not in good.objects:
            continue
        old = good.objects[name].model_copy(update={"seen_s": good.time_s - 1})
        stale = good.model_copy(update={"objects": {**good.objects, name: old}})
        lost = good.model_copy(
            update={"objects": {k: v for k, v in good.objects.items() if k != name}, "lost": {name: old}}
        )
        assert holds(goal, stale).answer == "cannot_see"
        assert holds(goal, lost).answer == "cannot_see"


def test_an_edge_that_is_not_all_in_view_cannot_be_measured_to(thing, world_of):
    goal = Goal(relation="at_distance", subject="cube", reference="left edge", distance_m=0.05)
    cube = thing("cube", 0.5, 0.41, id="cube")
    assert holds(goal, world_of(cube, edges_seen=False)).answer == "cannot_see"
    assert holds(goal, world_of(cube, table=False)).answer == "cannot_see"


@pytest.mark.parametrize("over", [0.005, 0.02, 0.035])
def test_what_hangs_over_an_edge_is_at_no_distance_from_it(over, thing, world_of):
    cube = thing("cube", 0.5, 0.48 - 0.02 + over, id="cube")
    for wanted in (0.01, 0.02, 0.03):
        goal = Goal(relation="at_distance", subject="cube", reference="left edge", distance_m=wanted, tolerance_m=0.009)
        assert holds(goal, world_of(cube)).answer == "no"


def test_a_relation_nobody_knows_is_a_no(world_of):
    check = holds(Goal(relation="inside_out", subject="a"), world_of())
    assert check.answer == "no"
    assert check.kind is FailureKind.PRECONDITION


def test_evidence_cites_the_look_and_the_figure(scenes):
    goal, good, _ = scenes["at_distance edge"]
    (evidence,) = holds(goal, good).evidence
    assert evidence.source == "look:L7"
    assert evidence.value == pytest.approx(0.05)
    assert "5.0 cm" in evidence.says


def test_the_tolerance_of_a_distance_is_the_goals_own(thing, world_of):
    world = world_of(thing("cube", 0.5, 0.40, id="cube"))
    goal = Goal(relation="at_distance", subject="cube", reference="left edge", distance_m=0.05)
    assert holds(goal, world)
    assert not holds(goal.model_copy(update={"tolerance_m": 0.005}), world)


def test_what_lies_upon_something_in_a_container_is_in_it_too(thing, world_of):
    box = thing("box", 0.5, 0.0, id="box", size=(0.2, 0.15, 0.12))
    low = thing("cube", 0.5, 0.0, id="low", on=box)
    high = thing("cube", 0.5, 0.0, id="high", on=low)
    assert holds(Goal(relation="in", subject="high", reference="box"), world_of(box, low, high))
    beside = high.model_copy(update={"support": "table"})
    assert not holds(Goal(relation="in", subject="high", reference="box"), world_of(box, low, beside))


@pytest.mark.parametrize(
    ("name", "x", "y"),
    [("left edge", 0.53, 0.4), ("right edge", 0.53, -0.4), ("far edge", 0.75, 0), ("near edge", 0.3, 0)],
)
def test_edges_are_named_as_the_robot_sees_them(name, x, y, world_of):
    table = world_of().table
    got, a, b = table_edge(table, name, (0, 0))
    nearest = table_edge(table, "edge", (x, y))
    assert got == nearest[0] == name
    assert {a, b} == {nearest[1], nearest[2]}
    middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
    assert math.dist(middle, (x, y)) < 0.1


def test_distance_between_tells_the_edge_it_measured_to(thing, world_of):
    cube = thing("cube", 0.5, 0.41)
    metres, what = distance_between(cube, "edge", world_of(cube))
    assert (metres, what) == (pytest.approx(0.05), "left edge")
    with pytest.raises(KeyError):
        distance_between(cube, "edge", world_of(cube, table=False))
    with pytest.raises(KeyError):
        distance_between(cube, "nobody", world_of(cube))


@pytest.mark.parametrize(
    ("direction", "dx", "dy"), [("left", 0, 0.1), ("right", 0, -0.1), ("front", -0.1, 0), ("behind", 0.1, 0)]
)
def test_sides_are_the_robots_own(direction, dx, dy, thing):
    reference = thing("cube", 0.5, 0.0)
    assert on_side(direction, thing("cube", 0.5 + dx, dy), reference)
    assert not on_side(direction, thing("cube", 0.5 - dx, -dy), reference)
    assert not on_side(direction, thing("cube", 0.5 + dy, dx), reference), "a quarter turn off"


def test_a_goal_reads_as_it_is_meant():
    goal = Goal(relation="at_distance", subject="cup", reference="edge", distance_m=0.05)
    assert str(goal) == "at_distance(cup, edge, 5.0 cm)"
    assert str(Goal(relation="beside", subject="a", reference="b", direction="left")) == "beside(a, b, left)"
    assert str(Goal(relation="holding", subject="a")) == "holding(a)"
