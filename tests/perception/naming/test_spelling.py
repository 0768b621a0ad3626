"""Names of detectors: each part of the spelling, and one line for each mistake."""

import pytest

from hiervla.core.config import Settings
from hiervla.core.errors import SetupError
from hiervla.core.task import Limits
from hiervla.named import make_detector
from hiervla.perception.naming.spelling import spelt


def test_the_parts_of_a_name():
    s = spelt("vlm:ollama:qwen2.5vl:7b?points=qwen2.5&sure=0.6&base_url=http://localhost:8000/v1")
    assert (s.kind, s.source, s.sure) == ("vlm", "ollama:qwen2.5vl:7b", 0.6)
    assert s.options["points"] == "qwen2.5" and s.options["base_url"] == "http://localhost:8000/v1"
    assert spelt("owlv2:google/owlv2-base-patch16-ensemble").source == "google/owlv2-base-patch16-ensemble"
    assert spelt("lab.eyes:Mine") is None


MISTAKES = {
    "owl": "no detector 'owl'",
    "owlv2": "something is missing behind owlv2",
    "owlv2:": "something is missing behind owlv2",
    "vlm:openai?points=qwen3": "something is missing behind vlm",
    "vlm:openai:qwen3-vl": "say how the model writes places: vlm:openai:qwen3-vl?points=CONVENTION",
    "vlm:openai:m?points=qwen4&base_url=http://x": "no convention of points 'qwen4'; did you mean",
    "owlv2:x?sure=2": "sure is a number from 0 to 1, not '2'",
    "owlv2:x?sure=high": "sure is a number from 0 to 1, not 'high'",
    "owlv2:x?shure=0.3": "did you mean 'sure'?",
    "owlv2:./nowhere": "there is no such folder",
    "grounding-dino:/nowhere/at/all": "there is no such folder",
    "lab.eyes:Mine": "write package.module:Class",
    "hiervla.core.world:World": "is no Detector: it lacks detect",
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_that_says_how_to_mend_it(name):
    with pytest.raises(SetupError) as e:
        make_detector(name, Settings(), "front", Limits())
    assert MISTAKES[name] in str(e.value) and "\n" not in str(e.value)


def test_a_missing_package_is_told_with_how_to_get_it(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "transformers" else object())
    with pytest.raises(SetupError, match=r"needs the package transformers: pip install 'hiervla\[vlm\]'"):
        make_detector("owlv2:x/y", Settings(), "front", Limits())


def test_a_folder_without_a_model_is_told(tmp_path):
    with pytest.raises(SetupError, match=r"there is no config\.json in the folder"):
        make_detector(f"owlv2:{tmp_path}", Settings(), "front", Limits())


URLS = [
    ("grammar", "vlm:openai:m?points=qwen3", "http://brain"),
    ("chat:openai:n", "vlm:openai:m?points=qwen3", "http://brain"),
    ("chat:anthropic:n", "vlm:openai:m?points=qwen3", ""),
    ("chat:openai:n", "vlm:openai:m?points=qwen3&base_url=http://own", "http://own"),
]


@pytest.mark.parametrize(("brain", "name", "url"), URLS)
def test_where_a_model_is_asked(brain, name, url, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "hiervla.brain.chat.pictures.picture_question", lambda n, s: asked.append((n, s.base_url)) or str
    )
    make_detector(
        name, Settings.model_validate({"brain": brain, "chat": {"base_url": "http://brain"}}), "front", Limits()
    )
    assert asked == [("chat:openai:m", url)]
