"""The expert's own steps: it learns, the backbone rests, cut in two it is the same run, and what cannot have them says so."""

import json

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from typer.testing import CliRunner

from hiervla.cerebellum.policies.mini.folder import load_model, load_parts
from hiervla.cerebellum.policies.mini.model import Backbone
from hiervla.cli.main import app
from hiervla.learn.training.expert_phase import ExpertPhase
from hiervla.learn.training.loop import LOG, Run
from hiervla.learn.training.settings import TrainSettings

OWN = {"expert_steps": 40, "expert_batch": 32, "expert_reads": 3, "save_every": 2}


@pytest.fixture
def longer(settings):
    return settings.model_copy(update=OWN)


def weights(module):
    return {n: w.clone() for n, w in module.state_dict().items()}


def test_the_expert_learns_on_and_the_backbone_rests(longer, settings, tmp_path):
    before = Run(settings.model_copy(update={"out": str(tmp_path / "before")}))
    first = before.train()
    run = Run(longer)
    last = run.train()
    assert last["check/action"] < 0.8 * first["check/action"]
    ours, theirs = (weights(r.average.module.backbone) for r in (run, before))
    assert all(torch.equal(w, theirs[n]) for n, w in ours.items())
    assert last["check/offset"] == pytest.approx(first["check/offset"])
    policy = load_model(run.folder / "policy", load_parts(run.folder / "policy").config)
    assert all(torch.equal(w, weights(run.average.module)[n]) for n, w in policy.state_dict().items())
    rows = [json.loads(line) for line in (run.folder / LOG).read_text().splitlines()]
    assert rows[-1]["step"] == 46 and "check/action" in rows[-1] and any("expert/action" in r for r in rows)


@pytest.mark.slow
def test_cut_in_two_it_is_the_same(longer, tmp_path):
    whole = Run(longer)
    whole.train()
    cut = longer.model_copy(update={"out": str(tmp_path / "cut")})
    Run(cut.model_copy(update={"expert_steps": 0})).train()
    first = ExpertPhase(Run(cut))
    kept = first.read()
    for _ in range(15):
        first.advance(kept)
    first.save()
    again = Run(cut)
    assert ExpertPhase(again).step == 15
    again.train()
    assert all(torch.equal(w, weights(whole.average.module)[n]) for n, w in weights(again.average.module).items())


def test_what_was_read_before_a_kill_is_not_read_again(longer, monkeypatch):
    run = Run(longer)
    before, _ = ExpertPhase(run).read().take(np.arange(5), run.device)

    def reads_again(self, batch, action_tokens=None):
        raise AssertionError("it was read already")

    monkeypatch.setattr(Backbone, "forward", reads_again)
    kept = ExpertPhase(run).read()
    after, chunk = kept.take(np.arange(5), run.device)
    assert kept.count == 3 * longer.batch and chunk.shape == (5, 16, 7)
    assert torch.equal(before.memory, after.memory) and torch.equal(before.facts, after.facts)


@pytest.mark.parametrize("model", [{"insulated": False}, {"head": "tokens"}])
def test_an_expert_that_is_not_apart_has_no_phase_of_its_own(model):
    with pytest.raises(ValidationError, match="expert_steps needs an expert that is insulated"):
        TrainSettings.model_validate({"data": ["d"], "out": "o", "expert_steps": 5, "model": model})


def test_the_command_line_tells_of_the_experts_steps_too(longer, tmp_path, demonstrations):
    file = tmp_path / "run.toml"
    said = longer.model_dump(mode="json", exclude={"data", "out", "begin_from"}, exclude_defaults=True)
    form = said.pop("model")
    lines = [f"data = [{json.dumps(str(demonstrations))}]", f"out = {json.dumps(str(tmp_path / 'run'))}"]
    lines += [f"{name} = {json.dumps(x)}" for name, x in said.items() if not isinstance(x, dict)]
    file.write_text("\n".join([*lines, "[model]", *(f"{name} = {json.dumps(x)}" for name, x in form.items())]))
    found = CliRunner().invoke(app, ["learn", "train", str(file), "--json"])
    assert found.exit_code == 0, found.output
    told = json.loads((tmp_path / "run" / LOG).read_text().splitlines()[-1])
    assert told["step"] == longer.steps + longer.expert_steps
