"""The perception bench scores what it should: misses, inventions and wrong words count, what is hidden does not."""

from collections import Counter

import numpy as np
import pytest

from hiervla.bench.naming import WORDS, difference, draw_colour, people_say
from hiervla.bench.perception import compare, summary, work
from hiervla.bench.tables import draw_table


@pytest.fixture
def table(thing, world_of):
    truth = {n: thing("cube", x, 0.0, id=n) for n, x in (("a", 0.4), ("b", 0.5), ("c", 0.6))}
    words = dict.fromkeys(truth, "red")
    return truth, words, world_of


def figures(truth, words, world, shown=None):
    row = compare(truth, shown or dict.fromkeys(truth, 1.0), words, world)
    return summary([{"band": "clear", "seed": 0, "look_ms": 1.0} | row])


def test_a_perfect_reading_scores_full(table):
    truth, words, world_of = table
    f = figures(truth, words, world_of(*truth.values()))
    assert (f["missed.clear"].value, f["invented.clear"].value, f["colour.clear"].value, f["shape.clear"].value) == (
        0,
        0,
        1,
        1,
    )


def test_every_kind_of_mistake_shows_in_its_own_figure(table, thing):
    truth, words, world_of = table
    a = truth["a"].model_copy(update={"colour": "pink"})
    b = truth["b"].model_copy(update={"label": "block", "centre": (0.51, 0.0, 0.02)})
    ghost = thing("cube", 0.7, 0.3, id="ghost")
    f = figures(truth, words, world_of(a, b, ghost))
    assert f["missed.clear"].value == pytest.approx(1 / 3, abs=1e-3)
    assert f["invented.clear"].value == pytest.approx(1 / 3, abs=1e-3)
    assert f["colour.clear"].value == 0.5 and f["shape.clear"].value == 0.5
    assert f["position_mm.p95.clear"].value == pytest.approx(9.5, abs=0.6)


def test_what_is_hardly_seen_is_neither_missed_nor_invented(table):
    truth, words, world_of = table
    shown = {"a": 1.0, "b": 0.39, "c": 0.39}
    f = figures(truth, words, world_of(truth["a"], truth["b"]), shown)
    assert f["missed.clear"].value == 0 and f["missed.clear"].n == 1 and f["invented.clear"].value == 0


def test_a_reading_farther_than_4_cm_is_of_nothing(table, thing):
    truth, words, world_of = table
    f = figures({"a": truth["a"]}, words, world_of(thing("cube", 0.445, 0.0, id="x")))
    assert f["missed.clear"].value == 1 and f["invented.clear"].value == 1


def test_tables_hold_every_shape_and_colour():
    shapes, words = Counter(), Counter()
    for seed in range(200):
        scene, told = draw_table(seed, crowded=seed % 2 == 1)
        shapes.update(b.shape for b in scene.body)
        words.update(told.values())
    total = sum(shapes.values())
    assert len(shapes) == 13 and all(n >= 0.05 * total for n in shapes.values()), shapes
    assert set(words) == set(WORDS)


def test_a_real_noisy_table_is_read_and_the_same_seed_gives_the_same_row():
    row, again = work("noisy", 3), work("noisy", 3)
    row.pop("look_ms"), again.pop("look_ms")
    assert row == again
    assert len(row["bodies"]) >= 3 and sum(b["found"] for b in row["bodies"]) >= len(row["bodies"]) - 1


def test_difference_is_ciede2000():
    """Pairs with the values published for checking it (Sharma, Wu, Dalal 2005)."""
    one = np.array([(50, 2.6772, -79.7751), (50, 2.5, 0), (60.2574, -34.0099, 36.2677), (2.0776, 0.0795, -1.1350)])
    other = np.array([(50, 0, -82.7485), (73, 25, -18), (60.4626, -34.1751, 39.4387), (0.9033, -0.0636, -0.5514)])
    assert difference(one, other) == pytest.approx([2.0425, 27.1492, 1.2644, 0.9082], abs=1e-4)


def test_colours_are_drawn_where_people_agree_and_never_from_a_table():
    rng = np.random.default_rng(0)
    for word in WORDS:
        drawn = [draw_colour(rng, word) for _ in range(5)]
        assert len(set(drawn)) == 5 and all(people_say(np.array(c)) == word for c in drawn)
    assert people_say(np.array((0.0, 0.45, 0.55))) != "red" and people_say(np.array((0.55, 0.5, 0.35))) is None
