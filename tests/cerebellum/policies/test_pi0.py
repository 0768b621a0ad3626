"""PI0 from a folder: tiny random weights in transformers' own form, its inputs held against transformers' own reading."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hiervla.cerebellum.policies.foreign import foreign_policy
from hiervla.core.errors import SetupError
from hiervla.core.ports import Policy
from hiervla.core.task import Task

MAPPING = Path(__file__).parents[3] / "examples" / "openpi" / "pi0.toml"
SMALL = (
    ("size = [224, 224]", "size = [28, 28]"),
    ("size = [224, 224]", "size = [28, 28]"),
    ("horizon = 50", "horizon = 16"),
    ("dim = 32", "dim = 12"),
    ("gripper = 0.2", "gripper = 1.0"),
    ("position_m = 0.06", "position_m = 0.2"),
)
TASK = Task(skill="pick", instruction="pick up the red cube")
MEAN, STD = np.linspace(-0.2, 0.3, 10), np.linspace(0.1, 0.4, 10)


def statistics():
    action = {"mean": [0.0, 0.001, -0.002, 0, 0, 0, 0.5], "std": [0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.1]}
    return {"observation.state": {"mean": MEAN.tolist(), "std": STD.tolist()}, "action": action}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A PI0 of 72,000 random weights and a BPE tokenizer, saved by their own libraries."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PI0Config, PI0ForConditionalGeneration

    torch.set_num_threads(1)
    gemma = {
        "model_type": "gemma",
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "head_dim": 16,
    }
    config = PI0Config(
        vlm_config={
            "model_type": "paligemma", "projection_dim": 32, "image_token_id": 299,
            "text_config": {**gemma, "hidden_size": 32, "intermediate_size": 48, "vocab_size": 300},
            "vision_config": {"model_type": "siglip_vision_model", "hidden_size": 32, "intermediate_size": 48, "patch_size": 14,
                              "image_size": 28, "num_hidden_layers": 1, "num_attention_heads": 2, "vision_use_head": False},
        },
        dit_config={**gemma, "hidden_size": 24, "intermediate_size": 32},
        chunk_size=16, max_state_dim=12, max_action_dim=12, num_inference_steps=3,
    )  # fmt: skip
    at = tmp_path_factory.mktemp("pi0")
    torch.manual_seed(0)
    PI0ForConditionalGeneration(config).save_pretrained(at)
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<pad>", "<eos>", "<bos>", "<image>"]
    bpe.train_from_iterator(["pick up the red cube\n"] * 5, trainers.BpeTrainer(vocab_size=280, special_tokens=special, initial_alphabet=alphabet))  # fmt: skip
    bpe.save(str(at / "tokenizer.json"))
    return at


@pytest.fixture
def mapping(tmp_path):
    """``mapping(("old", "new"), …)``: the file, made small, with statistics beside it."""

    def make(*changes, stats=None):
        text = MAPPING.read_text(encoding="utf-8")
        for old, new in (*SMALL, *changes):
            assert old in text, old
            text = text.replace(old, new, 1)
        (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
        (tmp_path / "stats.json").write_text(json.dumps(statistics() if stats is None else stats), encoding="utf-8")
        return str(tmp_path / "mapping.toml")

    return make


@pytest.mark.slow
def test_it_says_what_transformers_itself_says_to_the_same_inputs(folder, mapping, robot):
    import torch
    from PIL import Image
    from transformers import PI0ForConditionalGeneration, PreTrainedTokenizerFast

    policy = foreign_policy(f"pi0:{folder}", robot.describe(), mapping())
    assert isinstance(policy, Policy)
    assert (policy.name, policy.horizon, policy.cameras) == ("pi0:pi0_own", 16, ("front", "wrist"))
    policy.reset(TASK)
    seen = robot.observe("look")
    chunk = policy.infer(seen, TASK)

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), additional_special_tokens=["<bos>", "<image>"]
    )
    ids = tokenizer("<image>" * 4 * 2 + "<bos>" + "pick up the red cube\n", add_special_tokens=False)["input_ids"]
    ids = [299 if i == tokenizer.convert_tokens_to_ids("<image>") else i for i in ids]
    pixels = []
    for name, height in (("front", 21), ("wrist", 21)):  # 120×90 and 96×72 on 28×28: 28×21 and black bars
        canvas = Image.new("RGB", (28, 28))
        canvas.paste(Image.fromarray(seen.images[name].rgb).resize((28, height), Image.Resampling.BILINEAR), (0, 3))
        pixels.append((np.asarray(canvas, np.float32) / 127.5 - 1).transpose(2, 0, 1))
    state = np.array([0.36, 0, 0.42, 1, 0, 0, 0, -1, 0, 0.0])  # down: x stays, y and z turn over
    state = np.concatenate([(state - MEAN) / STD, [0, 0]]).astype(np.float32)
    noise = torch.randn((1, 16, 12), generator=torch.Generator().manual_seed(0))
    model = PI0ForConditionalGeneration.from_pretrained(folder).eval()
    rows = model.sample_actions(
        state=torch.from_numpy(state)[None], input_ids=torch.tensor([ids]), attention_mask=torch.ones((1, len(ids)), dtype=torch.long),
        pixel_values=torch.from_numpy(np.stack(pixels))[None], pixel_attention_mask=torch.ones((1, 2), dtype=torch.bool), noise=noise,
    )[0].numpy()  # fmt: skip
    wanted = rows[:, :7] * statistics()["action"]["std"] + np.array(statistics()["action"]["mean"])
    assert np.abs(wanted[:, :6]).max() < 0.2 and np.abs(np.diff(wanted, axis=0)).max() > 1e-3, (
        "it does something, within limits"
    )
    np.testing.assert_allclose(chunk.actions[:, :6], wanted[:, :6], atol=2e-5)
    np.testing.assert_allclose(chunk.actions[:, 6], np.clip(wanted[:, 6], 0, 1), atol=2e-5)

    again = policy.infer(seen, TASK)
    assert not np.allclose(again.actions, chunk.actions), "new noise"
    policy.reset(TASK)
    np.testing.assert_array_equal(policy.infer(seen, TASK).actions, chunk.actions)
    assert len(policy.latency_ms) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("horizon = 16", "horizon = 10"), "has action.horizon = 16, here 10"),
        (("dim = 12", "dim = 7"), "has action.dim = 12, here 7"),
        (("size = [28, 28]", "size = [14, 28]"), r"has camera front: size = \[28, 28\], here \[14, 28\]"),
        (('values = "signed"', 'values = "unit"'), 'values = "signed", here chw, unit'),
        (('{ reading = "gripper"', '{ reading = "constant", value = 0.0, count = 3 },\n{ reading = "gripper"'), "mean has 10 numbers, the mapping's state takes 13"),
    ],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_the_weights_is_refused(folder, mapping, robot, change, says):
    with pytest.raises(SetupError, match=says):
        foreign_policy(f"pi0:{folder}", robot.describe(), mapping(change))


@pytest.mark.slow
def test_weights_that_are_not_all_there_and_another_model_are_refused(folder, mapping, robot, tmp_path):
    import shutil

    from safetensors.numpy import load_file, save_file

    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    weights = load_file(broken / "model.safetensors")
    weights.pop("action_out_proj.weight")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(SetupError, match=r"the weights lack 1 tensors, action_out_proj.weight"):
        foreign_policy(f"pi0:{broken}", robot.describe(), mapping())
    (broken / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(SetupError, match=f"pi0:{broken}: "):
        foreign_policy(f"pi0:{broken}", robot.describe(), mapping())
    (broken / "config.json").write_text(json.dumps({"model_type": "gemma"}))
    with pytest.raises(SetupError, match=r"config.json is of a 'gemma'"):
        foreign_policy(f"pi0:{broken}", robot.describe(), mapping())


def test_a_folder_that_is_none_is_told(mapping, robot, tmp_path):
    with pytest.raises(SetupError, match=r"no config.json there; name the folder of a PI0 checkpoint"):
        foreign_policy(f"pi0:{tmp_path}/nowhere", robot.describe(), mapping())


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda s: s.pop("action"), "no 'action', known: observation.state"),
        (lambda s: s["action"].pop("std"), "no numbers under 'std', which normalisation.mode = 'mean_std' needs"),
        (lambda s: s["action"]["std"].__setitem__(2, 0.0), "action: column 2 has no spread"),
        (
            lambda s: s["observation.state"]["std"].__setitem__(0, float("nan")),
            "observation.state: column 0 has no spread",
        ),
        (lambda s: s["action"]["mean"].pop(), "mean has 6 numbers, the mapping's action takes 7"),
    ],
)
def test_without_sound_statistics_it_does_not_load(mapping, robot, tmp_path, spoil, says):
    stats = statistics()
    spoil(stats)
    with pytest.raises(SetupError, match=says):
        foreign_policy(f"pi0:{tmp_path}", robot.describe(), mapping(stats=stats))


def test_statistics_of_a_server_are_none_here(mapping, robot, tmp_path):
    file = Path(mapping(("checkpoint =", 'normalisation = "server"\ncheckpoint =')))
    file.write_text(file.read_text().split("[normalisation]")[0])
    with pytest.raises(SetupError, match="has no server: name the statistics"):
        foreign_policy(f"pi0:{tmp_path}", robot.describe(), str(file))


def test_naming_policies_loads_none_of_the_heavy_packages():
    code = (
        "import sys, hiervla.assemble, hiervla.cli.main, hiervla.cerebellum.policies.foreign as f\n"
        "print(*[m for m in ('torch', 'transformers', 'tokenizers', 'websockets', 'msgpack') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
