"""A trained folder at the policy port: what it is asked for, what it may never do, what does not load."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from hiervla.cerebellum.policies.mini import folder as on_disk
from hiervla.cerebellum.policies.mini.policy import MiniPolicy
from hiervla.core.errors import PolicyFault, SetupError
from hiervla.core.geometry import Pose, downward, quaternion_from_rotvec, quaternion_multiply
from hiervla.core.observation import CameraImage
from hiervla.core.ports import Policy
from hiervla.core.task import Destination, Handling, Task
from hiervla.learn.export import export
from hiervla.perception.prompts import heatmaps
from hiervla.robot.fake import FakeRobot

from .conftest import write

LOOK_DOWN = np.array([[0, -1, 0, 0.5], [-1, 0, 0, 0], [0, 0, -1, 1.0], [0, 0, 0, 1]], float)


def image(h, w, seed=0):
    rng = np.random.default_rng(seed)
    lens = np.array([[90.0, 0, w / 2], [0, 90.0, h / 2], [0, 0, 1]])
    return CameraImage(rng.integers(0, 255, (h, w, 3), dtype=np.uint8), np.ones((h, w), np.float32), lens, LOOK_DOWN)


@pytest.fixture
def seen():
    return replace(FakeRobot().observe(), images={"front": image(96, 128), "wrist": image(72, 96, 1)})


@pytest.fixture
def task(thing):
    return Task(skill="pick", instruction="pick red cube", target=thing("cube", 0.5, 0.1))


def policy(folder, **more):
    made = MiniPolicy(folder, heatmaps, **more)
    made.reset(None)
    return made


def test_it_is_a_policy_and_gives_a_chunk_within_the_arms_limits(folder, seen, task):
    made = policy(folder)
    assert isinstance(made, Policy) and made.name == f"mini:{folder.parent.name}", "the run's name, not its room's"
    chunk = made.infer(seen, task)
    assert chunk.actions.shape == (16, 7) and 0 <= chunk.progress <= 1 and 0 <= chunk.terminate <= 1
    assert np.linalg.norm(chunk.actions[:, :3], axis=1).max() <= task.limits.step_m + 1e-9
    assert ((chunk.actions[:, 6] >= 0) & (chunk.actions[:, 6] <= 1)).all() and chunk.phase
    slow = replace(task, handling=Handling(speed=0.25))
    assert np.linalg.norm(made.infer(seen, slow).actions[:, :3], axis=1).max() <= 0.25 * task.limits.step_m + 1e-9
    assert len(made.latency_ms) == 2


def test_a_task_begun_anew_gives_the_same_chunks(folder, seen, task):
    made = policy(folder)
    first = [made.infer(seen, task).actions for _ in range(2)]
    made.reset(task)
    assert np.array_equal(made.infer(seen, task).actions, first[0]) and not np.array_equal(*first)


@pytest.mark.parametrize("what", ["scene", "wrist", "words", "target", "goal", "hand"])
def test_everything_it_is_given_matters(folder, seen, task, what):
    put = replace(task, skill="place", destination=Destination((0.6, 0.0, 0.02), 0.0))
    other_seen, other_task = seen, put
    if what in ("scene", "wrist"):
        name = "front" if what == "scene" else "wrist"
        h, w = seen.images[name].depth.shape
        other_seen = replace(seen, images=seen.images | {name: image(h, w, 7)})
    elif what == "words":
        other_task = replace(put, instruction="grab the blue ball")
    elif what == "target":
        other_task = replace(put, target=put.target.model_copy(update={"centre": (0.6, -0.1, 0.02)}))
    elif what == "goal":
        other_task = replace(put, destination=Destination((0.4, 0.2, 0.02), 0.5))
    else:
        other_seen = replace(seen, hand=Pose(seen.hand.position + (0.0, 0.1, 0.0), seen.hand.quaternion))
    one, other = (policy(folder).infer(s, t).actions for s, t in ((seen, put), (other_seen, other_task)))
    assert not np.allclose(one, other, atol=1e-7)


def test_a_hand_that_hangs_aslant_is_brought_upright(folder, seen, task):
    aslant = quaternion_multiply(quaternion_from_rotvec([0.1, 0, 0]), downward(seen.hand.yaw))
    straight = policy(folder).infer(seen, task).actions[0]
    mended = policy(folder).infer(replace(seen, hand=Pose(seen.hand.position, aslant)), task).actions[0]
    assert mended[3] == pytest.approx(-0.1, abs=0.02) and abs(straight[3]) < 1e-6


def test_what_it_was_not_trained_for_it_has_no_chunk_for(folder, seen, task):
    with pytest.raises(PolicyFault, match="not for turn"):
        policy(folder).infer(seen, replace(task, skill="turn"))


@pytest.mark.parametrize(("weight", "why"), [(float("nan"), "not finite"), (1e4, "as large as any it was shown")])
def test_wild_weights_are_a_fault_of_the_policy_and_no_motion(folder, seen, task, weight, why):
    made = policy(folder)
    with torch.no_grad():
        made.runtime._model.expert.out.bias[0] = weight
    with pytest.raises(PolicyFault, match=why):
        made.infer(seen, task)


def test_a_head_of_tokens_acts_too_and_tokens_that_are_no_chunk_are_a_fault(tmp_path, seen, task):
    made = policy(write(tmp_path / "words", head="tokens"))
    assert made.infer(seen, task).actions.shape == (16, 7)
    with pytest.raises(PolicyFault, match="no chunk"):
        made.runtime._decoded([1, 2, 3])


def test_onnx_runtime_gives_the_same_chunks_as_torch_and_needs_no_torch(folder, seen, task):
    fp32, int8 = export(folder)
    assert fp32.apart < 1e-4 and fp32.graph.name == "model.onnx" and int8.megabytes < fp32.megabytes
    by = {r: policy(folder, runtime=r) for r in ("torch", "onnx", "onnx-int8", "auto")}
    chunks = {r: p.infer(seen, task) for r, p in by.items()}
    assert by["auto"].runtime.name == "onnx"
    assert np.allclose(chunks["torch"].actions, chunks["onnx"].actions, atol=1e-5)
    assert chunks["torch"].phase == chunks["onnx"].phase
    assert chunks["torch"].terminate == pytest.approx(chunks["onnx"].terminate, abs=1e-4)
    assert np.abs(chunks["torch"].actions - chunks["onnx-int8"].actions).max() < 0.05
    code = (
        "import sys; from pathlib import Path; from hiervla.named import make_policy;"
        "from hiervla.robot.fake import FakeRobot;"
        f"p = make_policy({str(folder)!r}, FakeRobot().describe()); print(p.runtime.name, 'torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["onnx", "False"]


def test_new_weights_leave_no_graph_of_the_old_ones(folder):
    export(folder)
    write(folder, seed=1)
    assert not list(folder.glob("*.onnx"))


def test_the_head_of_tokens_has_no_graph(tmp_path):
    with pytest.raises(SetupError, match="word by word"):
        export(write(tmp_path / "words", head="tokens"))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda f: (f / "config.json").unlink(), "no policy in"),
        (lambda f: (f / "config.json").write_text("{}"), "describes no policy"),
        (lambda f: (f / "action.json").unlink(), "not run without them"),
        (lambda f: _edit(f / "action.json", "statistics", lambda s: s["q99"].__setitem__(0, s["q01"][0])), "hardly varies|contradict"),
        (lambda f: (f / "words.json").unlink(), "no words at"),
        (lambda f: (f / "model.safetensors").unlink(), "has no weights"),
        (lambda f: (f / "model.safetensors").write_bytes(b"half"), "does not fit"),
        (lambda f: _edit(f / "config.json", "form", lambda _: None, 99), "form 99"),
        (lambda f: _edit(f / "config.json", "model", lambda m: m.__setitem__("width", 64)), "does not fit"),
    ],
)  # fmt: skip
def test_a_folder_that_is_not_whole_does_not_load(folder, spoil, why):
    spoil(folder)
    with pytest.raises(SetupError, match=why):
        policy(folder)


def test_a_runtime_that_is_not_there_is_named(folder):
    with pytest.raises(SetupError, match="learn export"):
        policy(folder, runtime="onnx")
    with pytest.raises(SetupError, match="auto, torch, onnx"):
        policy(folder, runtime="tpu")


def _edit(file, key, change, value=None):
    said = json.loads(file.read_text())
    change(said[key])
    if value is not None:
        said[key] = value
    file.write_text(json.dumps(said))


def test_weights_are_saved_before_the_form(folder):
    times = {n: (folder / n).stat().st_mtime_ns for n in (on_disk.WEIGHTS, on_disk.CONFIG)}
    assert times[on_disk.WEIGHTS] <= times[on_disk.CONFIG]
