"""A row that is asked for in a zone stands in it, even where it just fits, and even where the things stand in a row already."""

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
