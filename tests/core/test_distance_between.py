"""How far a thing is from a zone: as from another thing, between the outlines."""

import pytest
from pretend import CUBE, SEPARATE

from hiervla.core.goal import distance_between
from hiervla.core.world import Zone

SINK = Zone(name="sink", outline=((0.6, 0.0), (0.7, 0.0), (0.7, 0.2), (0.6, 0.2)))


def test_a_zone_is_measured_to_as_a_thing_is():
    away, to = distance_between(CUBE, "sink", SEPARATE.model_copy(update={"zones": {"sink": SINK}}))
    assert (away, to) == (pytest.approx(0.08), "sink")


def test_what_is_nowhere_is_said():
    with pytest.raises(KeyError):
        distance_between(CUBE, "sink", SEPARATE)
