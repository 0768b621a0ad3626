"""Weights by folder: found, or one line that says what is missing and how to mend it."""

import importlib.util
import json
import shutil

import pytest

from hiervla.core.config import LocalSettings, Settings
from hiervla.core.errors import SetupError
from hiervla.named import make_brain


@pytest.fixture
def copied(checkpoint, tmp_path):
    """A folder of weights that may be spoiled."""
    return shutil.copytree(checkpoint("idefics3"), tmp_path / "model")


@pytest.fixture
def told(tiny, space):
    """``told(place)``: the one line that a person reads."""

    def line(place, **local):
        with pytest.raises(SetupError) as e:
            make_brain(f"local:{place}", space, None, LocalSettings(**local))
        assert "\n" not in str(e.value)
        return str(e.value)

    return line


def test_a_brain_is_made_by_its_folder(tiny, checkpoint, space):
    brain = make_brain(f"local:{checkpoint('idefics3')}", space)
    assert brain.name.startswith("local:") and str(brain._weights.model.device) == "cpu"


def test_a_folder_that_is_missing(told, tmp_path, monkeypatch):
    assert "there is no folder" in told(tmp_path / "gone") and "ORGANISATION/MODEL" in told("./gone")
    assert "write local:FOLDER" in told("")
    (tmp_path / "weights").mkdir()
    monkeypatch.chdir(tmp_path)
    assert "there is no folder weights/qwem" in told("weights/qwem"), "it is not looked for on the hub"


def test_a_folder_without_a_model(told, tmp_path):
    assert "no config.json" in told(tmp_path)


def test_a_config_that_is_no_json(told, copied):
    (copied / "config.json").write_text("{")
    assert "config.json cannot be had or read" in told(copied)


def test_a_model_that_cannot_see(told, copied):
    (copied / "config.json").write_text(json.dumps({"model_type": "llama", "vocab_size": 9}))
    assert "a llama is no image-text-to-text model" in told(copied)


@pytest.mark.parametrize("file", ["config.json", "processor_config.json"])
def test_code_that_lies_beside_weights_is_not_run(told, copied, file, tmp_path):
    (copied / "trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\nclass Trap: pass\n")
    held = json.loads((copied / file).read_text()) | {"model_type": "trap", "processor_class": "Trap"}
    kinds = ("AutoConfig", "AutoModelForImageTextToText", "AutoProcessor")
    (copied / file).write_text(json.dumps(held | {"auto_map": dict.fromkeys(kinds, "trap.Trap")}))
    told(copied)
    assert not (tmp_path / "sprung").exists()


def test_weights_that_are_missing_cut_off_or_of_another_model(told, copied):
    from safetensors.torch import load_file, save_file

    file = copied / "model.safetensors"
    held = load_file(file)
    name = sorted(held)[0]
    save_file({k: v for k, v in held.items() if k != name}, file, metadata={"format": "pt"})
    assert "lack 1 tensors" in told(copied)
    file.write_bytes(file.read_bytes()[:1000])
    assert "weights cannot be read" in told(copied)
    file.unlink()
    assert "weights cannot be read" in told(copied)


def test_words_without_a_processor(told, copied):
    for file in ("preprocessor_config.json", "processor_config.json"):
        (copied / file).unlink(missing_ok=True)
    assert "processor" in told(copied)


def test_a_device_that_is_not_there(told, copied):
    assert "local.device=cuda:7 is not to be had" in told(copied, device="cuda:7")
    assert "local.device=toaster" in told(copied, device="toaster")


@pytest.mark.parametrize("package", ["torch", "transformers", "llguidance"])
def test_a_package_that_is_missing(space, monkeypatch, package):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n, *a: None if n == package else find(n, *a))
    with pytest.raises(SetupError, match=rf"{package}: pip install 'hiervla\[vlm\]'"):
        make_brain("local:anything", space)


def test_half_precision_is_kept_where_asked_for(tiny, checkpoint):
    import torch

    from hiervla.brain.local.weights import weights

    half = weights(str(checkpoint("idefics3")), "cpu", "bfloat16")
    assert half.model.dtype == torch.bfloat16
    assert half.write("See.", "Go.", [], grammar='start: "yes" | "no"').text in ("yes", "no")


def test_its_readings_are_held_against_the_grammars(local, space):
    from hiervla.named import second_reader

    assert second_reader(Settings(), local(), space) is not None
    assert second_reader(Settings(second_reading="off"), local(), space) is None
