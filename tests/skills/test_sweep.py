"""Sweeping as it is planned: a lane for each thing, none of them over what is to stay."""

import numpy as np
import pytest

from hiervla.core.errors import ToolError
from hiervla.core.footprint import inside_distance
from hiervla.core.outcome import FailureKind
from hiervla.core.task import Task, Trace
from hiervla.core.world import Zone

YARD = Zone(name="yard", outline=((0.4, 0.1), (0.6, 0.1), (0.6, 0.3), (0.4, 0.3)))
SMALL = (0.024, 0.024, 0.024)


@pytest.fixture
def heap(thing):
    return [
        thing("cube", x, y, id=f"c{k}", size=SMALL)
        for k, (x, y) in enumerate([(0.46, -0.1), (0.5, -0.14), (0.54, -0.08)])
    ]


@pytest.fixture
def sweep(space):
    return space.skills["sweep"](targets=("c0", "c1", "c2"), reference="yard")


def lanes(frames):
    starts = [f for f in frames if f.name == "descend"]
    ends = [f for f in frames if f.name == "sweep"]
    return list(zip(starts, ends, strict=True))


def test_every_thing_is_before_the_fingers_of_a_lane_that_ends_in_the_zone(sweep, heap, world_of, planned):
    pairs = lanes(planned(sweep, world_of(*heap, zones={"yard": YARD})))
    assert len(pairs) == 3
    for d in heap:
        off = []
        for start, end in pairs:
            way = end.position[:2] - start.position[:2]
            length = np.linalg.norm(way)
            to = np.asarray(d.centre[:2]) - start.position[:2]
            if 0 < to @ way / length < length:
                off.append(abs(to[0] * way[1] - to[1] * way[0]) / length)
        assert min(off) < 0.012
    assert all(inside_distance(YARD.outline, end.position[:2]) > -0.02 for _, end in pairs)
    assert all(start.gripper > 0.5 for start, _ in pairs), "the gap between the fingers is smaller than what they sweep"


def test_what_lies_there_already_is_left_and_what_is_not_meant_is_not_swept_along(
    sweep, heap, thing, world_of, planned
):
    there = thing("cube", 0.5, 0.2, id="c1", size=SMALL)
    assert len(lanes(planned(sweep, world_of(heap[0], there, heap[2], zones={"yard": YARD})))) == 2
    with pytest.raises(ToolError) as no:
        planned(sweep, world_of(*heap, thing("cup", 0.5, 0.0, id="cup"), zones={"yard": YARD}))
    assert no.value.kind is FailureKind.BLOCKED and "cup" in str(no.value)


def test_one_of_a_heap_that_is_hidden_does_not_stop_it_but_keeps_it_from_being_done(sweep, heap, thing, world_of):
    assert sweep.ready(world_of(*heap[:2], zones={"yard": YARD}))
    trace = Trace(Task("sweep", ""))
    inside = [thing("cube", 0.45 + 0.04 * k, 0.2, id=f"c{k}", size=SMALL) for k in range(3)]
    assert sweep.done(world_of(*heap), world_of(*inside, zones={"yard": YARD}), trace)
    assert sweep.done(world_of(*heap), world_of(*inside[:2], zones={"yard": YARD}), trace).answer == "cannot_see"
    short = sweep.done(world_of(*heap), world_of(*inside[:2], heap[2], zones={"yard": YARD}), trace)
    assert short.kind is FailureKind.MISPLACED and "1 of 3" in short.why


def test_tall_and_fixed_things_and_a_sweep_to_nowhere_are_refused(space, sweep, heap, thing, world_of):
    tall = thing("cylinder", 0.5, -0.1, id="c1", size=(0.04, 0.04, 0.09))
    world = world_of(heap[0], tall, heap[2], zones={"yard": YARD})
    assert sweep.ready(world).kind is FailureKind.PRECONDITION
    nowhere = space.skills["sweep"](targets=("c0",))
    assert nowhere.ready(world_of(*heap)).kind is FailureKind.PRECONDITION


def test_what_lies_before_a_thing_already_is_not_pressed_against_it(space, thing, world_of, planned):
    box, small = thing("box", 0.5, 0.25, id="box", yaw=0.0), {"size": SMALL}
    sweep = space.skills["sweep"](targets=("a", "b"), reference="box")

    def end(*more):
        ((_, last),) = lanes(planned(sweep, world_of(box, thing("cube", 0.5, -0.1, id="a", **small), *more)))
        return last.position[1]

    alone, behind_another = end(), end(thing("cube", 0.5, 0.165, id="b", **small))
    assert behind_another < alone - 0.015
    assert behind_another > 0.25 - 0.07 - 0.10, "what is swept comes to lie beside it all the same"
