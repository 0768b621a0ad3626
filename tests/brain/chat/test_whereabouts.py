"""Where in the picture a thing stands, for prompts that do not say what it is."""

from PIL import Image

from hiervla.brain.chat.rendering import SYSTEM, THINK, Prompts
from hiervla.brain.chat.whereabouts import whereabouts
from hiervla.core.briefing import ImageRef


def test_the_middle_of_a_box_in_hundredths_of_the_plain_picture(tmp_path, thing):
    Image.new("RGB", (200, 100)).save(tmp_path / "a.png")
    Image.new("RGB", (400, 200)).save(tmp_path / "marked.png")
    plain = ImageRef(look_id="L1", camera="front", path=str(tmp_path / "a.png"))
    marked = ImageRef(look_id="L1", camera="front", path=str(tmp_path / "marked.png"), marked=True)
    where = whereabouts((plain, marked))
    assert where(thing("cube", box_px=(90, 40, 110, 60))) == (50, 50)
    assert where(thing("cube", box_px=(190, 90, 300, 160))) == (99, 99)
    assert where(thing("cube")) is None and where(thing("cube", box_px=(1, 1, 9, 9), camera="wrist")) is None
    assert whereabouts(())(thing("cube", box_px=(1, 1, 9, 9))) is None
    gone = plain.model_copy(update={"path": str(tmp_path / "none.png")})
    assert whereabouts((gone,))(thing("cube", box_px=(1, 1, 9, 9))) is None


def test_the_picture_without_marks_is_shown_where_that_is_the_manner(tmp_path, briefing):
    plain = ImageRef(look_id="L1", camera="front", path="a.png")
    marked = ImageRef(look_id="L1", camera="front", path="m.png", marked=True)
    b = briefing("x").model_copy(update={"images": (plain, marked)})
    texts = {SYSTEM: "s", THINK: "t"}
    assert Prompts(texts).prompt(b).images == (marked,)
    assert Prompts(texts, marked=False).prompt(b).images == (plain,)
