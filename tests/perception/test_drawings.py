"""What a person drew into a copy of the picture is found by the colour of the pen, whatever else is in the picture."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hiervla.core.errors import SetupError
from hiervla.perception.drawings import drawn_marks, read_drawing

WORDS = {"red": ["红色", "红"], "green": ["绿色", "绿"]}


@pytest.fixture
def look():
    rng = np.random.default_rng(0)
    picture = rng.integers(90, 140, (120, 160, 3)).astype(np.uint8)
    picture[60:80, 30:50] = (200, 30, 30)  # a red thing is no mark
    return picture


def _drawn(look, *shapes, scale=1):
    image = Image.fromarray(look)
    pen = ImageDraw.Draw(image)
    for kind, box, colour in shapes:
        getattr(pen, kind)(box, outline=colour, width=2)
    return np.asarray(image.resize((look.shape[1] * scale, look.shape[0] * scale), Image.Resampling.NEAREST))


@pytest.mark.parametrize("scale", [1, 2])
def test_each_colour_is_a_mark_with_names_in_both_languages(look, scale):
    drawn = _drawn(
        look, ("rectangle", (20, 10, 60, 40), "red"), ("ellipse", (90, 50, 130, 90), (0, 190, 0)), scale=scale
    )
    red, green = sorted(drawn_marks(drawn, look, WORDS), key=lambda m: m.box)
    assert red.name == "red box" and {"红框", "红色的框", "red circle"} <= set(red.also)
    assert np.abs(np.subtract(red.box, (20, 10, 61, 41))).max() <= 2
    assert green.name == "green box" and np.abs(np.subtract(green.box, (90, 50, 131, 91))).max() <= 2


def test_two_of_a_colour_are_numbered_from_the_left(look):
    drawn = _drawn(look, ("rectangle", (100, 10, 120, 30), "red"), ("rectangle", (10, 90, 30, 110), "red"))
    assert {m.name: m.box[0] for m in drawn_marks(drawn, look, WORDS)} == {"red box 1": 10, "red box 2": 100}


def test_noise_and_nothing_drawn_are_no_marks(look):
    rng = np.random.default_rng(1)
    assert drawn_marks(look, look, WORDS) == ()
    assert drawn_marks(np.clip(look + rng.normal(0, 8, look.shape), 0, 255).astype(np.uint8), look, WORDS) == ()


def test_what_is_no_picture_is_one_clear_line(tmp_path):
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(SetupError, match="cannot read the drawing"):
        read_drawing(tmp_path / "a.png")
