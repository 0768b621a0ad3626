"""A row that is asked for in a zone stands in it, even where it just fits, and even where the things stand in a row already."""

from brain.test_grammar_half_said import _told

from hiervla.bench.language.cases import world
from hiervla.deskwork import imagine
from hiervla.workspace import load_workspace

NUTS = ("nut_a", "nut_b", "nut_y")


def test_a_row_fills_its_zone_from_end_to_end():
    text = "Put the three nuts in a row in the assembly area."
    after = imagine(text, world("held3_en_workshop"), load_workspace(None), act=True)
    assert not after.broke
    low, high = zip(*after.world.zones["assembly area"].outline, strict=True)
    for x, y, _ in (after.world.objects[n].centre for n in NUTS):
        assert min(low) < x < max(low) and min(high) < y < max(high)
    assert len(after.steps) == 6, "each is moved once: no way round over the zone"


def test_of_two_things_nearest_to_a_mark_both_are_meant():
    after = imagine("Put the two markers nearest to the eraser in the tray.", world("held3_en_desk"), load_workspace(None), act=True)  # fmt: skip
    assert {i for i, d in after.world.objects.items() if d.support == "tray"} == {"m_red", "m_green"}


def test_what_is_larger_than_the_zone_is_refused_before_anything_moves():
    came = _told("held_en_blocks", "Put the red ball in the left zone, then the blue box too.")
    assert not came.steps and "16 cm" in came.thoughts[-1].move.why
