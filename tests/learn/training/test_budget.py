"""Core-seconds to steps: measured on the run itself, in proportion, once."""

import json

import pytest

from hiervla.learn.training.budget import steps_within


def test_steps_are_in_proportion_to_the_core_seconds_and_measured_once(settings, tmp_path):
    folder = tmp_path / "run"
    steps = steps_within(settings, 30.0, folder)
    said = json.loads((folder / "budget.json").read_text())
    assert steps == pytest.approx(30.0 / said["seconds_a_step"], rel=0.02) and steps > 20
    assert steps_within(settings, 600.0, folder) == steps, "a run that goes on keeps its number of steps"
    assert not (folder / "checkpoint.pt").exists()


def test_a_budget_of_nothing_is_still_a_run(settings, tmp_path):
    assert steps_within(settings, 0.0, tmp_path / "run") == 8
