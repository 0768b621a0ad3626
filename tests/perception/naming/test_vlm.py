"""A model as a finder: what it is sent, and how its answer comes back to our own pixels."""

import io

import numpy as np
import pytest
from PIL import Image

from hiervla.core.errors import SetupError
from hiervla.perception.naming.answers import MalformedAnswer
from hiervla.perception.naming.conventions import CONVENTIONS, convention, size_to_send
from hiervla.perception.naming.vlm import UNSCORED, VlmFinder

RGB = np.zeros((240, 320, 3), dtype=np.uint8)


class Model:
    def __init__(self, answer):
        self.answer, self.sent = answer, []

    def __call__(self, prompt, png):
        self.sent.append((prompt, Image.open(io.BytesIO(png)).size))
        return self.answer


@pytest.mark.parametrize(("size", "sent"), [((320, 240), (308, 252)), ((644, 476), (644, 476)), ((10, 10), (56, 56)), ((4000, 3000), (1148, 840))])  # fmt: skip
def test_qwen_2_5_is_sent_a_picture_that_its_processor_leaves_as_it_is(size, sent):
    c = CONVENTIONS["qwen2.5"]
    assert size_to_send(*size, c) == sent
    assert size_to_send(*sent, c) == sent
    assert sent[0] % 28 == sent[1] % 28 == 0 and c.least_px <= sent[0] * sent[1] <= c.most_px


@pytest.mark.parametrize("name", [n for n in CONVENTIONS if n != "qwen2.5"])
def test_others_are_sent_our_own_pixels(name):
    assert size_to_send(320, 240, CONVENTIONS[name]) == (320, 240)


def test_pixels_of_the_resized_picture_come_back_as_ours():
    model = Model('[{"bbox_2d": [154, 126, 308, 252], "label": "stapler"}]')
    findings = VlmFinder("m", CONVENTIONS["qwen2.5"], model).find(RGB, "stapler")
    assert [f.box for f in findings.found] == [pytest.approx((160, 120, 320, 240))]
    assert findings.found[0].score == UNSCORED
    ((prompt, size),) = model.sent
    assert size == (308, 252) and "stapler" in prompt


@pytest.mark.parametrize("name", CONVENTIONS)
def test_every_prompt_shows_the_form_it_wants(name):
    c = CONVENTIONS[name]
    prompt = c.prompt.format(query="stapler")
    assert "stapler" in prompt and "{query}" not in prompt and "none" in prompt
    assert not c.box_key or f'{{"{c.box_key}": [' in prompt


def test_points_have_no_inside():
    found = (
        VlmFinder("m", CONVENTIONS["molmo"], Model('<point x="50" y="50">stapler</point>')).find(RGB, "stapler").found
    )
    assert found[0].is_point and found[0].box[:2] == pytest.approx((160, 120))


def test_another_convention_is_no_answer():
    with pytest.raises(MalformedAnswer):
        VlmFinder("m", CONVENTIONS["molmo"], Model('[{"box_2d": [1, 2, 3, 4]}]')).find(RGB, "stapler")


def test_an_unknown_convention_says_which_there_are():
    with pytest.raises(SetupError, match=r"did you mean 'qwen3' .*known: gemini, molmo, qwen2, qwen2.5, qwen3"):
        convention("qwen-3")
