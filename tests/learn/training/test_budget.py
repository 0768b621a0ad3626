"""Core-seconds to steps: measured on the run itself, in proportion, once."""

import json

import pytest

from hiervla.learn.training.budget import halves_within, steps_within


def test_steps_are_in_proportion_to_the_core_seconds_and_measured_once(settings, tmp_path):
    folder = tmp_path / "run"
    steps = steps_within(settings, 30.0, folder)
    said = json.loads((folder / "budget.json").read_text())
    assert steps == pytest.approx(30.0 / said["seconds_a_step"], rel=0.02) and steps > 20
    assert steps_within(settings, 600.0, folder) == steps, "a run that goes on keeps its number of steps"
    assert not (folder / "checkpoint.pt").exists()


def test_a_budget_of_nothing_is_still_a_run(settings, tmp_path):
    assert steps_within(settings, 0.0, tmp_path / "run") == 8


def test_the_expert_has_its_share_of_the_seconds_and_the_trial_leaves_nothing(settings, tmp_path):
    folder = tmp_path / "run"
    found = halves_within(settings, 40.0, folder)
    said = json.loads((folder / "halves.json").read_text())
    assert found.steps == steps_within(settings, 1.0, folder), "measured once"
    assert found.expert_steps == pytest.approx(40.0 * 0.35 / said["seconds_a_step"], rel=0.05)
    assert found.expert_reads == pytest.approx(40.0 * 0.1 / said["seconds_a_read"], rel=0.05)
    assert not (folder / "expert").exists() and halves_within(settings, 400.0, folder) == found


def test_an_expert_that_teaches_the_backbone_has_no_half_of_its_own(settings, tmp_path):
    open_ = settings.model_copy(update={"model": settings.model.model_copy(update={"insulated": False})})
    assert halves_within(open_, 5.0, tmp_path / "run").expert_steps == 0
