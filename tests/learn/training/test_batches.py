"""What is drawn and shown: moments by deed, batches by number, blur within its bounds, the truth beside it."""

import numpy as np
import pytest
import torch

from hiervla.cerebellum.policies.mini.inputs import NEAR_M, PHASES
from hiervla.cerebellum.policies.mini.memory import Past
from hiervla.core.errors import SetupError
from hiervla.learn.form import grounding_from, observation_of
from hiervla.learn.training.batches import KEYS, Batches, checking, collated
from hiervla.learn.training.blur import blurred, seen_worse, unprompted
from hiervla.learn.training.moments import Moments
from hiervla.learn.training.prepare import prepared
from hiervla.learn.training.settings import Blur


@pytest.fixture
def made(settings, tmp_path):
    moments = Moments(settings.data, settings.held_out_every)
    shown, parts = prepared(settings, moments, tmp_path)
    return moments, shown, settings.model_copy(update={"model": parts.config})


def test_failures_are_left_out_and_episodes_kept_apart_are_never_trained_on(made):
    moments = made[0]
    assert len(moments.training) + len(moments.checking) == 11 * 14
    trained, checked = (set(d.rows["pick"].tolist()) for d in (moments.training, moments.checking))
    assert len(checked) == 3 * 14 and not trained & checked
    failed = {*range(5 * 14, 6 * 14)}
    assert not failed & (trained | checked)


def test_fine_moments_and_last_ones_are_drawn_more_often(made):
    moments = made[0]
    rows, told = moments.training.draw(4000, 0.5, np.random.default_rng(0))
    columns = moments.take(rows, ("phase", "remaining"))
    each = np.unique(columns["remaining"], return_counts=True)[1]
    assert each[0] > 2.5 * each[8:].mean() and each[3] > 1.5 * each[8:].mean()
    assert {t.target for t in told} == {"red cube"}


def test_deeds_are_drawn_between_alike_and_as_they_come(made):
    draw = made[0].training
    many = draw.rows["pick"]
    uneven = type(draw)(
        {"pick": many, "push": many[:4]}, {"pick": draw.shares["pick"], "push": np.linspace(0.25, 1, 4)},
        {"pick": draw.episodes["pick"], "push": draw.episodes["pick"][:4]}, draw.told,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    share = [np.isin(uneven.draw(2000, a, rng)[0], many[:4]).mean() for a in (0.0, 1.0)]
    assert share[0] > 0.45 and share[1] < 0.12


def test_a_batch_is_a_function_of_its_number_whoever_draws_it(made):
    moments, shown, settings = made
    batches = Batches(moments, moments.training, shown, settings)
    here, again, other = batches[3], batches[3], batches[4]
    assert all(torch.equal(here[n], again[n]) for n in here) and not torch.equal(here["chunk"], other["chunk"])
    ahead = list(batches.ahead(3, 5, workers=1))
    assert len(ahead) == 2 and all(torch.equal(here[n], ahead[0][n]) for n in here)


def test_what_is_shown_agrees_with_what_was_stored(made):
    moments, shown, settings = made
    batch = checking(moments, shown, settings)[0]
    rows, _ = moments.checking.draw(8, settings.alpha, np.random.default_rng([0, 0xC4EC, 0]))
    stored = moments.take(rows, KEYS)
    assert np.allclose(shown.actions.denormalise(batch["chunk"].numpy()), stored["expert.chunk"], atol=1e-5)
    assert batch["end"].tolist() == (stored["remaining"] == 0).tolist()
    assert [PHASES[p] for p in batch["phase"]] == stored["phase"].tolist()
    hand, target = stored["observation.state"][:, :3], stored["grounding"][:, 1:4]
    assert np.allclose(batch["target"][:, 1:4] * NEAR_M, target - hand, atol=0.012), "eyes err by millimetres"
    cells = [(48 - 90 * (t[0] - 0.5), 64 - 90 * t[1]) for t in target]
    assert batch["cell"].tolist() == [int(v // 16) * 8 + int(u // 16) for v, u in cells]
    words = batch["action_tokens"]
    assert all(shown.tokeniser.vocabulary in row for row in words.tolist()), "every chunk is ended"


def test_what_is_said_of_a_target_errs_by_as_much_as_is_allowed_and_the_truth_is_told_beside(made):
    moments, _, _ = made
    row = {n: c[0] for n, c in moments.take(np.array([0]), KEYS).items()}
    truth = grounding_from(row)
    rng = np.random.default_rng(0)
    wild = Blur(target_share=1.0, eyes_m=0.0, eyes_rad=0.0, eyes_size=0.0)
    off = np.array([blurred(truth, wild, rng).target - truth.target for _ in range(400)])
    far = np.linalg.norm(off[:, :2], axis=1)
    assert far.max() <= 0.03 and (far > 0.02).mean() > 0.4 and np.all(off[:, 2] == 0)
    still = blurred(truth, Blur(target_share=0, eyes_m=0, eyes_rad=0, eyes_size=0), rng)
    assert np.array_equal(still.target, truth.target) and still.yaw == truth.yaw
    assert np.isnan(unprompted(truth).target).all()


def test_without_a_prompt_the_target_is_empty_and_its_place_is_asked_from_the_hand(made):
    moments, shown, settings = made
    bare = Batches(moments, moments.training, type(shown)(shown.words, shown.actions, shown.tokeniser, Blur(prompt_dropped=1.0)), settings)[0]  # fmt: skip
    assert not bare["target"].any() and not bare["goal"].any() and not bare["scene"][:, 6:].any()
    assert (bare["words"] != 0).any(1).all() and bare["has_offset"].all()
    silent = Batches(moments, moments.training, type(shown)(shown.words, shown.actions, shown.tokeniser, Blur(prompt_dropped=0, words_dropped=1)), settings)[0]  # fmt: skip
    assert not silent["words"].any() and silent["target"][:, 0].all() and silent["scene"][:, 6].any()


def test_other_light_and_lost_depth_stay_within_their_bounds(made):
    moments, _, _ = made
    seen = observation_of({n: c[0] for n, c in moments.take(np.array([0]), KEYS).items()})
    worse = seen_worse(seen, Blur(colour=0.15, depth_m=0.001, depth_dropped=0.1), np.random.default_rng(0))
    a, b = seen.images["front"], worse.images["front"]
    assert not np.array_equal(a.rgb, b.rgb) and np.abs(a.rgb / 255.0 - b.rgb / 255.0).max() < 0.25
    assert 0.05 < (b.depth == 0).mean() < 0.15 and np.abs(b.depth[b.depth > 0] - 1).max() < 0.01


def test_tokens_that_are_too_long_are_cut_and_short_ones_padded():
    rows = [{"action_tokens": [1, 2, 3], "x": np.float32(0)}, {"action_tokens": [4], "x": np.float32(1)}]
    assert collated(rows, 9, 8)["action_tokens"].tolist() == [[1, 2, 3, 9], [4, 9, -1, -1]]
    assert collated(rows, 9, 2)["action_tokens"].tolist() == [[1, 2], [4, 9]]


def test_too_few_demonstrations_say_how_many_are_needed(demonstrations):
    with pytest.raises(SetupError, match=r"11 successful demonstrations; at least 50 are needed"):
        Moments((str(demonstrations),), 25)


def test_a_target_that_was_pushed_is_looked_for_where_it_is_now_and_told_where_it_was(made):
    moments, shown, _ = made
    row = {n: c[0] for n, c in moments.take(np.array([0]), KEYS).items()}
    calm = type(shown)(
        shown.words, shown.actions, shown.tokeniser, Blur(target_share=0, prompt_dropped=0, words_dropped=0, eyes_m=0)
    )
    still = calm.sample(row, moments.training.told[0], Past(), np.random.default_rng(0))
    assert np.allclose(still["offset"], 0)
    row["target_now"] = row["target_now"] + np.array([0.05, 0, 0], np.float32)
    pushed = calm.sample(row, moments.training.told[0], Past(), np.random.default_rng(0))
    assert np.allclose(pushed["offset"], (0.05 / NEAR_M, 0, 0), atol=1e-6)
    assert np.array_equal(pushed["target"], still["target"]) and np.array_equal(pushed["scene"], still["scene"])
