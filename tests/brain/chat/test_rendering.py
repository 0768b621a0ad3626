"""What a model gets to read and see of a mission."""

import base64
import io

import pytest
from PIL import Image

from hiervla.brain.chat.rendering import SYSTEM, THINK, Prompts, estimate
from hiervla.brain.chat.scene import differences, scene_lines
from hiervla.core.briefing import Budgets, ImageRef, Turn
from hiervla.core.errors import SetupError
from hiervla.core.goal import Goal
from hiervla.core.outcome import Check, Evidence, Failure, FailureKind, Outcome
from hiervla.core.plan import ToolCall, ToolResult


@pytest.fixture
def prompts(space):
    return Prompts({n: space.prompt(n) for n in (SYSTEM, THINK)})


def test_everything_a_brain_may_use_stands_in_the_prompt(prompts, briefing):
    goal = Goal(relation="in", subject="red_cube_1", reference="blue_bowl_1")
    failure = Failure(
        kind=FailureKind.GRASP_MISSED,
        why="the fingers closed on nothing",
        evidence=(Evidence(source="sensor:gripper_width", says="0 mm", time_s=1.0),),
    )
    b = briefing(
        dialogue=(Turn(who="person", says="hello there"),),
        asked=(ToolResult(call=ToolCall(tool="detect_objects", arguments={"query": "cube"}), ok=False, says="nothing fits", look_id="L6"),),
        goals=(goal,), outcomes=(Outcome(skill="pick", arguments={"target": "red_cube_1"}, failure=failure),), failure=failure,
        confirmed=((goal, Check.no("it is not")),), complaint="you named no goal", cases=("lower by 6 mm helped",), left=Budgets(thoughts=7),
    )  # fmt: skip
    p = prompts.prompt(b)
    for part in (b.instruction, "hello there", "- red_cube_1: medium red cube at x=0.500 y=0.100", "Hand: empty", 'detect_objects(query="cube")',
                 "no answer: nothing fits", "in(red_cube_1, blue_bowl_1): no: it is not", "FAILED, grasp_missed: the fingers closed on nothing",
                 "sensor:gripper_width: 0 mm", "lower by 6 mm helped", "you named no goal", "7 thoughts"):  # fmt: skip
        assert part in p.text, part
    for skill in b.skills:
        assert f"## {skill.name}\n{skill.doc.splitlines()[0]}" in p.system
    assert "English" in p.system and "Chinese" in prompts.prompt(briefing("你好")).system
    assert "{{" not in p.system + p.text and "None" not in p.text


def test_text_and_schema_replies_are_told_how_to_reply(prompts, briefing):
    assert '"move"' in prompts.prompt(briefing(), "text").system and not prompts.prompt(briefing(), "text").functions
    assert prompts.prompt(briefing(), "schema").schema["properties"]["move"]
    assert "detect_objects" not in prompts.prompt(briefing(), "text", may_ask=False).system


def test_differences_between_looks_are_told_as_text(world_of, thing):
    cube, bowl, ball = thing("cube", 0.5, 0.1, "c"), thing("bowl", 0.5, -0.2, "b"), thing("ball", 0.4, 0.3, "o")
    inside = thing("cube", 0.5, -0.2, "c", on=bowl)
    moved = thing("ball", 0.45, 0.3, "o")
    lines = differences(world_of(cube, bowl, ball), world_of(inside, bowl, moved, thing("cup", 0.6, 0.0, "cup")))
    assert lines == [
        "- c was on table and is now in b",
        "- o has moved by 5.0 cm, at x=0.450 y=0.300 z=0.022",
        "- cup has come into view, at x=0.600 y=0.000 z=0.039",
    ]
    assert differences(world_of(cube, bowl), world_of(bowl, held=cube)) == [
        "- c is no longer seen",
        "- the hand held nothing and now holds c",
    ]
    assert differences(world_of(cube), world_of(cube)) == []


def test_a_thing_is_told_with_all_that_is_known_of_it(world_of, thing):
    drawer = thing(
        "drawer", 0.6, 0.0, "d", size=(0.2, 0.1, 0.06), opening_m=0.03, travel_m=0.12, fixed=True, part_of="cab"
    )
    cup = thing("cup", 0.5, 0.1, "m", name="Ann's cup", attributes=("fragile",))
    text = "\n".join(scene_lines(world_of(drawer, cup, lost={"x": thing("ball", 0.3, 0.3, "x")}, warnings=("dark",))))
    for part in (
        "3.0 of 12.0 cm open",
        "part of cab",
        "cannot be lifted",
        'called "Ann\'s cup", fragile',
        "- x: not seen in this look",
        "Doubt: dark",
    ):
        assert part in text


def test_the_marked_picture_of_the_last_look_goes_downscaled_in_the_human_message(prompts, briefing, tmp_path):
    refs = []
    for marked in (False, True):
        path = tmp_path / f"{marked}.png"
        Image.new("RGB", (1280, 960), (0, 255 * marked, 0)).save(path)
        refs.append(ImageRef(look_id="L7", camera="front", path=str(path), marked=marked))
    p = prompts.prompt(briefing(images=tuple(refs)))
    system, human = p.messages(640)
    text, image = human.content
    assert system.type == "system" and text["type"] == "text" and image["type"] == "image"
    shown = Image.open(io.BytesIO(base64.b64decode(image["base64"])))
    assert shown.size == (640, 480) and shown.getpixel((3, 3)) == (0, 255, 0)
    assert isinstance(p.messages(0)[1].content, str), "no picture is sent where none is wanted"
    assert p.tokens(640)["images"] > 0 == p.tokens(0)["images"]


def test_a_picture_that_is_gone_is_left_out(prompts, briefing, tmp_path):
    ref = ImageRef(look_id="L7", camera="front", path=str(tmp_path / "gone.png"))
    assert isinstance(prompts.prompt(briefing(images=(ref,))).messages(640)[1].content, str)


def test_chinese_counts_a_token_a_character():
    assert estimate("把红色方块") == 5 and estimate("abcdefgh") == 2 and estimate("") == 0


@pytest.mark.parametrize(("text", "wrong"), [("{% if %}", "line 1"), ("{{ b.wishes.first }}", "wishes")])
def test_a_broken_prompt_is_told_by_its_name(space, briefing, text, wrong):
    with pytest.raises(SetupError, match=wrong):
        Prompts({SYSTEM: text, THINK: "x"}).prompt(briefing())


def test_a_prompt_cannot_reach_into_python(space, briefing):
    from jinja2.exceptions import SecurityError

    with pytest.raises(SecurityError):
        Prompts({SYSTEM: "{{ ().__class__.__bases__[0].__subclasses__() }}", THINK: "x"}).prompt(briefing())
