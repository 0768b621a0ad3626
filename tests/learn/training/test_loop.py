"""A run: it learns, it is the same run after kill -9, it ends in a policy that acts; every head does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from hiervla.cerebellum.policies.mini.folder import load_model, load_parts
from hiervla.core.errors import SetupError
from hiervla.learn.dataset.writer import DatasetWriter
from hiervla.learn.form import FPS, demonstration_form
from hiervla.learn.training.loop import LOG, Run, overfit
from hiervla.learn.training.settings import BEND, load_settings

from .conftest import TINY, made_up


def weights(run):
    return {n: w.clone() for n, w in run.average.module.state_dict().items()}


def test_a_run_ends_in_a_policy_and_a_log(settings):
    run = Run(settings)
    checked = run.train()
    parts = load_parts(run.folder / "policy")
    model = load_model(run.folder / "policy", parts.config)
    assert all(torch.equal(w, model.state_dict()[n]) for n, w in weights(run).items())
    log = [json.loads(line) for line in (run.folder / LOG).read_text().splitlines()]
    assert {r["step"] for r in log} == {3, 6} and {"check/action", "check/offset"} <= checked.keys()
    assert list(run.folder.glob("events.out.tfevents.*"))
    assert parts.about["moments"] == 8 * 14


def test_a_run_cut_in_two_is_the_run_in_one(settings, tmp_path):
    whole = Run(settings)
    whole.train()
    cut = settings.model_copy(update={"out": str(tmp_path / "cut")})
    first = Run(cut)
    for batch in _batches(first, 0, 4):
        first.advance(batch)
    first.save()
    again = Run(cut)
    assert again.step == 4
    again.train()
    assert all(torch.equal(w, weights(whole)[n]) for n, w in weights(again).items())


@pytest.mark.slow
def test_killed_with_kill_9_it_goes_on_and_ends_the_same(settings, tmp_path):
    whole = Run(settings.model_copy(update={"steps": 24}))
    whole.train()
    file = tmp_path / "run.toml"
    killed = settings.model_copy(update={"steps": 24, "out": str(tmp_path / "killed")})
    file.write_text(_toml(killed))
    command = [sys.executable, "-m", "hiervla.cli.main", "learn", "train", str(file)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoint = tmp_path / "killed" / "checkpoint.pt"
    for _ in range(1200):
        if checkpoint.exists() or process.poll() is not None:
            break
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert checkpoint.exists(), "it was killed before it had saved anything"
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    again = Run(killed)
    assert again.step == 24 and "policy" in done.stdout
    assert all(torch.equal(w, weights(whole)[n]) for n, w in weights(again).items())
    log = [json.loads(line)["step"] for line in (tmp_path / "killed" / LOG).read_text().splitlines()]
    assert log == sorted(log), "steps that were lost are not told twice"


def test_a_folder_of_another_run_is_refused(settings):
    Run(settings).save()
    with pytest.raises(SetupError, match="another learning_rate"):
        Run(settings.model_copy(update={"learning_rate": 0.5}))
    Run(settings.model_copy(update={"save_every": 50}))  # what changes no step may change


def test_demonstrations_that_grew_in_between_are_noticed(settings, tmp_path):
    grown = tmp_path / "grown"
    with DatasetWriter(grown, demonstration_form(), FPS) as writer:
        for seed in range(11):
            writer.append(made_up(seed))
    settings = settings.model_copy(update={"data": (str(grown),)})
    Run(settings).save()
    with DatasetWriter(grown, demonstration_form(), FPS) as writer:
        writer.append(made_up(11))
    with pytest.raises(SetupError, match="another moments"):
        Run(settings)


def test_a_spoilt_checkpoint_is_one_clear_line(settings):
    run = Run(settings)
    run.save()
    (run.folder / "checkpoint.pt").write_bytes(b"half of it")
    with pytest.raises(SetupError, match="cannot be read"):
        Run(settings)


@pytest.mark.parametrize(
    "head", ["flow", *(pytest.param(h, marks=pytest.mark.slow) for h in ("diffusion", "regression", "tokens"))]
)
def test_every_head_learns_one_batch_by_heart(settings, head):
    model = {**TINY, "width": 32, "head": head, "insulated": head == "tokens"}
    run = settings.model_copy(update={"model": type(settings.model)(**model), "learning_rate": 3e-3})
    before, after = overfit(run, steps=150)
    assert after < 0.35 * before


def test_a_loss_that_is_no_number_ends_the_run(settings):
    run = Run(settings)
    (batch,) = _batches(run, 0, 1)
    batch["chunk"][0] = float("nan")
    with pytest.raises(SetupError, match="the loss is no number"):
        run.advance(batch)


def test_settings_come_from_a_file_and_what_is_wrong_is_named(tmp_path, settings):
    file = tmp_path / "a.toml"
    file.write_text('data = ["d"]\nout = "o"\n[blur]\ntarget_m = 0.01\n')
    found = load_settings(file)
    assert found.data == (str(tmp_path / "d"),) and found.blur.target_m == 0.01
    for text, why in (("data = 3", "data"), ("steps", "not TOML"), ('data=["d"]\nout="o"\nstep=4', "step: Extra")):
        file.write_text(text)
        with pytest.raises(SetupError, match=why):
            load_settings(file)
    with pytest.raises(SetupError, match="cannot read"):
        load_settings(tmp_path / "none.toml")


def _batches(run, first, stop):
    from hiervla.learn.training.batches import Batches

    return Batches(run.moments, run.moments.training, run.shown, run.settings).ahead(first, stop, 0)


def _toml(s):
    model = "\n".join(f"{n} = {json.dumps(v)}" for n, v in TINY.items())
    top = "\n".join(
        f"{n} = {json.dumps(getattr(s, n))}"
        for n in (
            "out",
            "batch",
            "steps",
            "warmup",
            "held_out_every",
            "check_every",
            "save_every",
            "workers",
            "threads",
        )
    )
    return f'data = ["{Path(s.data[0])}"]\n{top}\ndevice = "cpu"\n[model]\n{model}\n'


def test_statistics_of_actions_are_taken_where_the_hand_moves(settings):
    run = Run(settings)
    half = dict(zip(run.parts.actions.components, run.parts.actions.half, strict=True))
    assert 0.2 < BEND["dyaw"] * np.sinh(half["dyaw"]) < 0.31 and half["droll"] == 0 and np.isclose(half["gripper"], 0.5, atol=0.02)
