"""Answers of models, read to the letter of each convention: what is right, what is outside, what is malformed."""

import pytest

from hiervla.core.errors import DetectorFault
from hiervla.perception.naming.answers import LONGEST, MalformedAnswer, read_answer
from hiervla.perception.naming.conventions import CONVENTIONS

OURS = (640, 480)
SENT = {"qwen2.5": (644, 476)}
RIGHT = [
    # convention, answer, boxes in our 640 x 480 pixels
    ("qwen2", "<|object_ref_start|>cup<|object_ref_end|><|box_start|>(100,250),(200,500)<|box_end|>", [(64, 120, 128, 240)]),
    ("qwen2", "(100,250),(200,500) and (0, 0), (1000, 1000)", [(64, 120, 128, 240), (0, 0, 640, 480)]),
    ("qwen2", "none", []),
    ("qwen2.5", '[{"bbox_2d": [322, 119, 644, 238], "label": "cup"}]', [(320, 120, 640, 240)]),
    ("qwen2.5", '```json\n[{"point_2d": [161, 119], "label": "cup"}]\n```', [(160, 120, 160, 120)]),
    ("qwen3", '[{"bbox_2d": [100, 250, 200, 500], "label": "cup"}]', [(64, 120, 128, 240)]),
    ("qwen3", 'Here it is [as asked]: {"bbox_2d": [100, 250, 200, 500]} Anything else?', [(64, 120, 128, 240)]),
    ("qwen3", "```\n[]\n```", []),
    ("qwen3", 'At [3, 4] there is one: [{"point_2d": [500, 500]}].', [(320, 240, 320, 240)]),
    ("qwen3", '<think>[{"point_2d": [1, 2]}] or []?</think>\n[{"point_2d": [500, 500]}]', [(320, 240, 320, 240)]),
    ("qwen3", '[{"point_2d": [500.5, 0]}, {"point_2d": [0, 500]}]', [(320.32, 0, 320.32, 0), (0, 240, 0, 240)]),
    ("gemini", '[{"box_2d": [250, 100, 500, 200], "label": "cup"}]', [(64, 120, 128, 240)]),
    ("gemini", '```json\n[{"point": [250, 100], "label": "cup"}]\n```', [(64, 120, 64, 120)]),
    ("molmo", '<point x="10.0" y="25" alt="cup">cup</point>', [(64, 120, 64, 120)]),
    ("molmo", "There: <points x1='10' y1='25' x2='50' y2='50' alt='the cups at x=\"3\"'>cups</points>", [(64, 120, 64, 120), (320, 240, 320, 240)]),
    ("molmo", '<points x10="50" y10="50" x2="10" y2="25" alt="cups">cups</points>', [(64, 120, 64, 120), (320, 240, 320, 240)]),
    ("molmo", "There are none.", []),
]  # fmt: skip
MALFORMED = [
    ("qwen2", "I see a cup on the left.", "no (x0,y0),(x1,y1) stands in it"),
    ("qwen2", "(200,500),(100,250)", "no inside"),
    ("qwen2", "(100,250)", "no (x0,y0)"),
    ("qwen2.5", "The cup is on the left.", "no whole JSON list"),
    ("qwen2.5", '[{"bbox_2d": [1, 2, 3', "no whole JSON list"),
    ("qwen2.5", '[{"bbox_2d": [1, 2, 3]}]', "bbox_2d is not 4 numbers"),
    ("qwen2.5", '[{"box_2d": [1, 2, 3, 4]}]', "whose points=gemini"),
    ("qwen3", '[{"bbox_2d": ["1", 2, 3, 4]}]', "not 4 numbers"),
    ("qwen3", '[{"bbox_2d": [true, 2, 3, 4]}]', "not 4 numbers"),
    ("qwen3", '[{"bbox_2d": [NaN, 2, 3, 4]}]', "not 4 numbers"),
    ("qwen3", '[{"bbox_2d": [1, 2, Infinity, 4]}]', "not 4 numbers"),
    ("qwen3", f'[{{"bbox_2d": [1, 2, 1{"0" * 400}, 4]}}]', "not 4 numbers"),
    ("qwen3", '[{"bbox_2d": [1, 2, 3, 4], "point_2d": [1, 2]}]', "one of 'bbox_2d' and 'point_2d'"),
    ("qwen3", '[{"label": "cup"}]', "one of 'bbox_2d' and 'point_2d'"),
    ("qwen3", "At [3, 4], or []?", "a list of objects was expected: [3, 4]"),
    ("qwen3", "[[1, 2, 3, 4]]", "a list of objects was expected"),
    ("qwen3", '[{"bbox_2d": [1, 2, 3, 4]}, 7]', "7 is no object"),
    ("qwen3", '[{"bbox_2d": [200, 500, 100, 250]}]', "no inside"),
    ("qwen3", "[" * 5000, "no whole JSON list"),
    ("qwen3", "", "no whole JSON list"),
    ("qwen3", "x" * (LONGEST + 1), "characters long"),
    ("qwen3", "[" + ",".join(['{"point_2d": [1, 2]}'] * 51) + "]", "names 51 places"),
    ("gemini", '[{"bbox_2d": [1, 2, 3, 4]}]', "whose points=qwen2.5 or points=qwen3"),
    ("gemini", '[{"point": [1, 2, 3]}]', "point is not 2 numbers"),
    ("molmo", "I cannot see that.", "no <point"),
    ("molmo", '<point x="10" alt="cup">cup</point>', "lacks its x or its y"),
    ("molmo", '<points x1="10" y1="5" x2="3" alt="cups">cups</points>', "lacks its x or its y"),
    ("molmo", '<point x="left" y="5" alt="cup">cup</point>', "x is no number: 'left'"),
    ("molmo", '<point x="1" x="2" y="5">cup</point>', "stands there twice"),
    ("molmo", '<point x="inf" y="5">cup</point>', "is no number"),
    ("molmo", "<point alt='cup'>cup</point>", "lacks its x or its y"),
]  # fmt: skip
OUTSIDE = [
    ("qwen3", '[{"point_2d": [1200, 500]}, {"point_2d": [500, 500]}]', [(320, 240, 320, 240)], "a point lies outside"),
    ("qwen3", '[{"bbox_2d": [900, 500, 1100, 600]}]', [(576, 240, 640, 288)], "reaches over the picture's edge"),
    ("qwen3", '[{"bbox_2d": [1001, 500, 1100, 600]}]', [], "a box lies outside"),
    ("molmo", '<point x="-3" y="50">cup</point>', [], "a point lies outside"),
    ("qwen2.5", '[{"bbox_2d": [700, 500, 900, 600]}]', [], "a box lies outside"),
]


def read(name, text):
    return read_answer(text, CONVENTIONS[name], SENT.get(name, OURS), OURS)


@pytest.mark.parametrize(("name", "text", "boxes"), RIGHT)
def test_what_is_written_as_agreed_is_read(name, text, boxes):
    places = read(name, text)
    assert places.notes == ()
    assert places.boxes == tuple(pytest.approx(b) for b in boxes)


@pytest.mark.parametrize(("name", "text", "why"), MALFORMED)
def test_what_is_malformed_is_an_error_that_names_the_convention(name, text, why):
    with pytest.raises(MalformedAnswer) as e:
        read(name, text)
    assert why in str(e.value) and f"as {name} writes places" in str(e.value)
    assert isinstance(e.value, DetectorFault) and len(str(e.value)) < 600


@pytest.mark.parametrize(("name", "text", "boxes", "note"), OUTSIDE)
def test_what_lies_outside_the_picture_is_left_out_and_told(name, text, boxes, note):
    places = read(name, text)
    assert places.boxes == tuple(pytest.approx(b) for b in boxes)
    assert len(places.notes) == 1 and note in places.notes[0]


def test_every_convention_is_tried():
    for table in (RIGHT, MALFORMED):
        assert {row[0] for row in table} == set(CONVENTIONS)
