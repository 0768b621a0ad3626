"""LoRA: a policy learns what a few demonstrations show; the base stays what it was, and what comes out acts alone."""

import pytest
import torch

from hiervla.cerebellum.policies.mini.folder import load_model, load_parts
from hiervla.core.errors import SetupError
from hiervla.learn.training.finetune import FinetuneSettings, finetune
from hiervla.learn.training.loop import Run


@pytest.fixture
def base(settings):
    run = Run(settings.model_copy(update={"steps": 3}))
    run.train()
    return run.folder / "policy"


def test_a_few_demonstrations_are_learnt_and_the_base_is_left_alone(base, demonstrations, tmp_path):
    was = {n: w.clone() for n, w in load_model(base, load_parts(base).config).state_dict().items()}
    told = []
    found = finetune(
        base, [demonstrations], tmp_path / "new", FinetuneSettings(steps=60, batch=8, rank=4, learning_rate=5e-3),
        lambda *said: told.append(said),
    )  # fmt: skip
    assert found.after < 0.8 * found.before and found.adapted < found.of and len(told) == 60
    parts = load_parts(tmp_path / "new")
    now = load_model(tmp_path / "new", parts.config).state_dict()
    assert parts.about["base"] == "policy" and parts.about["rank"] == 4
    assert now.keys() == was.keys() and any(not torch.equal(now[n], was[n]) for n in now)
    seeing = [n for n in now if "convolutions" in n]
    assert seeing and all(torch.equal(now[n], was[n]) for n in seeing), "what sees is not adapted"
    again = load_model(base, load_parts(base).config).state_dict()
    assert all(torch.equal(again[n], was[n]) for n in was)


def test_it_does_not_write_over_its_base(base, demonstrations):
    with pytest.raises(SetupError, match="the base itself"):
        finetune(base, [demonstrations], base)


def test_no_demonstrations_is_one_clear_line(base, tmp_path):
    with pytest.raises(SetupError):
        finetune(base, [tmp_path / "none"], tmp_path / "new")
