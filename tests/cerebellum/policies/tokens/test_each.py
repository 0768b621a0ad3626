"""What each tokeniser promises of its own: resolution, length, what more levels and other seeds do."""

import numpy as np
import pytest
from cerebellum.policies.rollouts import normalised, normaliser
from cerebellum.policies.tokens.taught import fitted, taught, unseen

from hiervla.cerebellum.policies.tokens import Reach, make_tokeniser
from hiervla.cerebellum.policies.tokens.measure import measure
from hiervla.core.errors import SetupError
from hiervla.core.task import Limits


def over_the_arm():
    return Reach.over(normaliser())


def steps(n, seed=0):
    """n chunks in own units, drawn over all an arm may do in a step, its corners among them."""
    rng, limits = np.random.default_rng(seed), Limits()
    top = np.array([*[limits.step_m] * 3, *[limits.step_rad] * 3, 1.0])
    drawn = rng.uniform(-top, top, (n, 16, 7))
    drawn[0] = rng.choice([-1, 1], (16, 7)) * top
    drawn[..., 3:5] = 0.0  # this data never rolls nor pitches
    drawn[..., 6] = rng.uniform(0, 1, (n, 16))
    return drawn


def lost(name, own, **settings):
    """Errors in own units of chunks in own units."""
    t, n = make_tokeniser(name, reach=over_the_arm(), **settings), normaliser()
    back = np.stack([n.denormalise(t.decode(t.encode(n.normalise(c)))) for c in own])
    return np.abs(back - own)


def test_coarse_and_fine_reach_half_a_millimetre_over_all_an_arm_may_do():
    t = make_tokeniser("coarse_fine", reach=over_the_arm())
    assert t.vocabulary < 10_000
    assert t.longest == 64
    off = lost("coarse_fine", steps(150))
    assert off[..., :3].max() <= 0.5e-3
    assert off[..., 5].max() <= 6.5e-3
    assert off[..., 6].max() <= 0.5 / 31 + 1e-9


def test_coarse_and_fine_are_finest_near_rest_and_rest_is_rest():
    rng = np.random.default_rng(0)
    slow = np.zeros((50, 16, 7))
    slow[..., :3] = rng.uniform(-1.4e-3, 1.4e-3, (50, 16, 3))
    assert lost("coarse_fine", slow)[..., :3].max() <= 0.12e-3
    rest = np.zeros((1, 16, 7))
    np.testing.assert_allclose(lost("coarse_fine", rest), 0.0, atol=1e-12)


def test_the_coarse_words_alone_tell_which_way_it_goes():
    t, rng = make_tokeniser("coarse_fine"), np.random.default_rng(1)
    for chunk in rng.uniform(-1, 1, (20, 16, 7)):
        words = np.array(t.encode(chunk)).reshape(16, 4)
        other = np.array(t.encode(rng.uniform(-1, 1, (16, 7)))).reshape(16, 4)
        words[:, [1, 3]] = other[:, [1, 3]]
        assert np.abs(t.decode(words.ravel()) - chunk)[:, :3].max() <= 12.5 / 40 + 1e-9


def test_bins_are_evenly_fine_and_both_grips_are_exact():
    off = lost("bins", steps(50))
    assert off[..., :3].max() <= 0.08 / 255 / 2 + 1e-9
    assert off[..., 5].max() <= 0.7 / 255 / 2 + 1e-9
    shut = np.zeros((1, 16, 7))
    shut[0, 8:, 6] = 1.0
    assert lost("bins", shut)[..., 6].max() < 1e-9


def test_a_reach_holds_what_it_was_made_of():
    seen = normalised(200)
    reach = Reach.of(seen)
    np.testing.assert_array_equal(reach.clip(seen), seen)
    assert (reach.low <= -1).all() and (reach.high >= 1).all()
    np.testing.assert_allclose(reach.values(reach.fractions(seen)), seen, atol=1e-12)
    arm = over_the_arm()
    np.testing.assert_allclose(normaliser().denormalise(arm.high)[[0, 1, 2, 5, 6]], [0.04, 0.04, 0.04, 0.35, 1.0])
    np.testing.assert_allclose(normaliser().denormalise(arm.low)[[0, 1, 2, 5, 6]], [-0.04, -0.04, -0.04, -0.35, 0.0])


def test_fast_is_short_and_exact_on_real_motion():
    t = fitted("fast")
    f = measure(t, unseen(), normaliser())
    assert f.tokens.mean < 36  # of 112; the more it has seen the fewer: 24 after 3,500 chunks
    assert f.normalised.mean < 0.02
    assert f.position_mm.mean < 0.6
    still = t.encode(np.zeros((16, 7)))
    assert len(still) <= 4, "rest is next to nothing"


def test_fast_loses_no_more_than_its_rounding_whatever_moves():
    t, rng = fitted("fast"), np.random.default_rng(0)
    for chunk in rng.uniform(-1, 1, (40, 16, 7)):
        off = t.decode(t.encode(chunk)) - chunk
        assert np.sqrt(np.square(off).mean(0)).max() <= 0.5 / t.scale, "each wave is off by half a unit at most"
    finer = make_tokeniser("fast", scale=40.0).fit(taught())
    rough, fine = (np.abs(x.decode(x.encode(chunk)) - chunk).mean() for x in (t, finer))
    assert fine < 0.35 * rough


def test_fast_refuses_outliers_that_would_eat_its_words():
    far = taught().copy()
    far[5, 3, 0] = 60.0
    with pytest.raises(SetupError, match=r"more than 1024 words can say; leave outliers out"):
        make_tokeniser("fast").fit(far)


def test_more_levels_tell_more_and_rough_words_come_first():
    new, n, t = unseen(), normaliser(), fitted("rvq")
    one, four = (measure(x, new, n) for x in (fitted("vq"), t))
    assert four.normalised.mean < 0.9 * one.normalised.mean
    assert (one.tokens.max, four.tokens.max) == (4, 16)

    def swapped(level):
        """How much another chunk's words of one level change what is said."""
        changed = []
        for a, b in zip(new[:30], new[30:], strict=True):
            x, y = (np.array(t.encode(c)).reshape(4, 4) for c in (a, b))
            mixed = x.copy()
            mixed[level] = y[level]
            changed.append(np.abs(t.decode(mixed.ravel()) - t.decode(x.ravel())).mean())
        return np.mean(changed)

    assert swapped(0) > 2 * swapped(3)


def test_training_repeats_from_its_seed_and_leaves_chance_alone():
    import torch

    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    chunks = taught()
    a, b, c = (make_tokeniser("vq", codes=32, steps=24, seed=s).fit(chunks) for s in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert [a.encode(x) for x in chunks[:20]] == [b.encode(x) for x in chunks[:20]]
    assert [a.encode(x) for x in chunks[:20]] != [c.encode(x) for x in chunks[:20]]


def test_more_chunks_than_are_looked_at_at_once(monkeypatch):
    from hiervla.cerebellum.policies.tokens import vq_training

    monkeypatch.setattr(vq_training, "LAID", 150)  # 400 chunks: two whole parts and a rest
    t = make_tokeniser("vq", codes=64, steps=240).fit(taught())
    parted, whole = (measure(x, unseen(), normaliser()).normalised.mean for x in (t, fitted("vq")))
    assert parted < 1.3 * whole


def test_longer_training_tells_more():
    hardly = make_tokeniser("vq", codes=64, steps=16).fit(taught())
    short, long = (measure(t, unseen(), normaliser()).normalised.mean for t in (hardly, fitted("vq")))
    assert long < 0.7 * short


def test_measuring_is_in_the_units_it_says():
    class Off:
        """Says every chunk 2 mm too far along x, 0.01 rad too far in yaw, and in one word."""

        name, vocabulary, longest = "off", 2, 1

        def encode(self, chunk):
            self.last = chunk
            return [1]

        def decode(self, tokens):
            half = normaliser().half
            return self.last + [2e-3 / half[0], 0, 0, 0, 0, 0.01 / half[5], 0]

    f = measure(Off(), normalised(20), normaliser())
    assert (f.name, f.chunks, f.tokens.mean) == ("off", 20, 1.0)
    assert (f.position_mm.mean, f.position_mm.max) == (pytest.approx(2 / 3), pytest.approx(2.0))
    assert f.turn_rad.p95 == f.turn_rad.max == pytest.approx(0.01)
    assert f.end_mm.max == pytest.approx(32.0)
    assert f.gripper.max == 0.0
    flat = f.flat()
    assert flat["position_mm.max"] == f.position_mm.max
    assert all(isinstance(v, float) for v in flat.values())
    assert flat["encode_us.mean"] > 0
