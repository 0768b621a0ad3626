"""A detector's boxes joined with what geometry read: names for its things, things of their own, doubts, and ids that stay."""

import math

import numpy as np
import pytest

from hiervla.core.errors import DetectorFault
from hiervla.core.ports import CloseEyes, Detector, NamingEyes
from hiervla.core.world import Detection
from hiervla.perception.naming import eyes as naming
from hiervla.perception.naming.detector import NameDetector
from hiervla.perception.naming.found import Found

CUBE, BOWL = "red_cube_1", "blue_bowl_1"


def grown(box, by):
    return (box[0] - by, box[1] - by, box[2] + by, box[3] + by)


@pytest.fixture
def seeing(look, eyes, told):
    """``seeing(stapler=[Found, …])``: naming eyes with a finder that answers so, and their finder."""

    def make(**boxes):
        finder = told(boxes)
        return naming.NamingEyes(eyes, NameDetector(finder, limits=look[2])), finder

    return make


def test_they_keep_to_the_ports(seeing):
    made, finder = seeing()
    assert isinstance(made, NamingEyes) and isinstance(made, CloseEyes) and isinstance(NameDetector(finder), Detector)
    assert made.detector == "told"


@pytest.mark.parametrize("by", [0, 3, 8])
def test_a_box_around_a_thing_names_it(look, seeing, by):
    seen, world, _ = look
    made, _ = seeing(stapler=[Found(0.8, grown(world.objects[CUBE].box_px, by))])
    sought = made.seek(seen, world, "stapler", "stapler")
    (d,) = sought.found
    assert d == world.objects[CUBE].model_copy(update={"name": "stapler", "name_score": 0.8})
    assert sought.look_id == "L1" and sought.by == "told" and not sought.doubtful


def test_a_point_on_a_thing_names_it(look, seeing):
    seen, world, _ = look
    x0, y0, x1, y1 = world.objects[CUBE].box_px
    at = ((x0 + x1) / 2, (y0 + y1) / 2)
    made, _ = seeing(stapler=[Found(0.5, (*at, *at))])
    (d,) = made.seek(seen, world, "stapler", "stapler").found
    assert d.id == CUBE


def test_below_its_score_it_is_not_sure(look, seeing):
    seen, world, _ = look
    box = world.objects[CUBE].box_px
    made, _ = seeing(stapler=[Found(0.3, box)], pen=[Found(0.2, box)])
    sought = made.seek(seen, world, "stapler", "stapler")
    assert not sought.found
    assert [(d.id, d.name, d.name_score) for d in sought.doubtful] == [(CUBE, None, 0.3)]
    faint = made.seek(seen, world, "pen", "pen")
    assert not faint.found and not faint.doubtful


def test_what_the_inventory_names_keeps_its_name(look, seeing):
    seen, world, _ = look
    mine = world.objects[CUBE].model_copy(update={"name": "Ann's dice"})
    made, _ = seeing(stapler=[Found(0.9, mine.box_px)])
    sought = made.seek(seen, world.with_things([mine]), "stapler", "stapler")
    assert not sought.found and [d.name for d in sought.doubtful] == ["Ann's dice"]


def test_a_box_over_half_the_table_names_nothing(look, seeing):
    seen, world, _ = look
    h, w = seen.images["front"].depth.shape
    made, _ = seeing(stapler=[Found(0.9, (0, 0, w, h))])
    sought = made.seek(seen, world, "stapler", "stapler")
    assert all(d.by_name for d in sought.found)
    assert not {d.id for d in sought.found} & set(world.objects)


def bare_table_box(look):
    """A box of 24 x 16 pixels where nothing but the table shows, away from everything."""
    seen, world, _ = look
    image = seen.images["front"]
    things = np.array([d.centre[:2] for d in world.objects.values()])
    spots = [(x, y) for x in np.arange(0.35, 0.7, 0.03) for y in np.arange(-0.35, 0.35, 0.03)]
    x, y = max(spots, key=lambda s: np.linalg.norm(things - s, axis=1).min())
    ((u, v),), _ = image.project(np.array([[x, y, 0.0]]))
    return (u - 12, v - 8, u + 12, v + 8), (x, y)


def test_what_geometry_does_not_read_is_a_thing_of_its_own_and_uncertain(look, seeing):
    seen, world, _ = look
    box, at = bare_table_box(look)
    made, _ = seeing(sticker=[Found(0.8, box)])
    (d,) = made.seek(seen, world, "sticker", "sticker").found
    assert (d.id, d.name, d.name_score, d.by_name, d.support) == ("sticker_1", "sticker", 0.8, True, "table")
    assert d.score < 0.5, "a place read from a box alone is uncertain"
    assert math.dist(d.centre[:2], at) < 0.01 and d.size[2] < 0.01


def test_names_stay_with_their_things_from_look_to_look(look, seeing):
    seen, world, _ = look
    box, _ = bare_table_box(look)
    made, finder = seeing(stapler=[Found(0.8, world.objects[CUBE].box_px)], sticker=[Found(0.8, box)])
    for name in ("stapler", "sticker"):
        world = world.with_things(made.seek(seen, world, name, name).found)
    again = made.look(seen, world, "L2")
    assert again.objects[CUBE].name == "stapler" and again.objects[CUBE].name_score == 0.8
    assert again.objects["sticker_1"].by_name and again.seen_now("sticker_1")
    assert finder.asked == ["stapler", "sticker", "sticker"], "geometry follows what it can see by itself"
    finder.boxes.clear()
    gone = made.look(seen, again, "L3")
    assert "sticker_1" in gone.lost and gone.objects[CUBE].name == "stapler"


def test_a_detector_that_fails_in_a_later_look_is_a_warning(look, seeing, monkeypatch):
    seen, world, _ = look
    box, _ = bare_table_box(look)
    made, finder = seeing(sticker=[Found(0.8, box)])
    world = world.with_things(made.seek(seen, world, "sticker", "sticker").found)

    def broken(rgb, query):
        raise DetectorFault("the server is gone")

    monkeypatch.setattr(finder, "find", broken)
    again = made.look(seen, world, "L2")
    assert "sticker_1" in again.lost and any("the server is gone" in w for w in again.warnings)
    with pytest.raises(DetectorFault, match="the server is gone"):
        made.seek(seen, again, "sticker", "sticker")


def test_what_geometry_reads_later_keeps_its_id(look, seeing):
    seen, world, _ = look
    alone = world.model_copy(update={"objects": {k: d for k, d in world.objects.items() if k != CUBE}})
    made, _ = seeing(stapler=[Found(0.8, world.objects[CUBE].box_px)])
    (own,) = made.seek(seen, alone, "stapler", "stapler").found
    assert own.by_name and math.dist(own.centre, world.objects[CUBE].centre) < 0.02
    assert 0.02 < own.size[1] <= own.size[0] < 0.06 and own.size[2] == pytest.approx(0.04, abs=0.012)
    again = made.look(seen, alone.with_things([own]), "L2")
    assert again.objects[own.id].label == "cube" and not again.objects[own.id].by_name
    assert CUBE not in again.objects and again.objects[own.id].name == "stapler"


def test_a_detector_of_ones_own_may_give_a_place_without_a_box(look, eyes):
    seen, world, _ = look

    class Lab:
        def detect(self, observation, query):
            at = world.objects[BOWL].centre
            return [Detection(id="x", label="thing", centre=at, size=(0.1, 0.1, 0.05), score=0.7)]

    sought = naming.NamingEyes(eyes, Lab()).seek(seen, world, "ashtray", "ashtray")
    assert [(d.id, d.name, d.name_score) for d in sought.found] == [(BOWL, "ashtray", 0.7)]
    assert sought.by == "Lab"


def test_a_mask_counts_before_the_box(look, seeing):
    seen, world, _ = look
    mask = np.zeros(seen.images["front"].depth.shape, dtype=bool)
    x0, y0, x1, y1 = world.objects[CUBE].box_px
    mask[y0:y1, x0:x1] = True
    made, _ = seeing(stapler=[Found(0.8, (0, 0, 500, 400), mask)])
    assert [d.id for d in made.seek(seen, world, "stapler", "stapler").found] == [CUBE]
