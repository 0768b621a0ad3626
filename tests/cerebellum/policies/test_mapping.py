"""The mapping file: what it leaves out is asked for, one line each; what contradicts itself or the arm is refused."""

import re
import tomllib
from pathlib import Path

import pytest

from hiervla.cerebellum.policies.mapped_actions import MappedActions
from hiervla.cerebellum.policies.mapping import load_mapping
from hiervla.core.errors import SetupError

ROOT = Path(__file__).parents[3]
WHOLE = sorted((ROOT / "examples" / "openpi").glob("*.toml"))


@pytest.mark.parametrize("file", WHOLE, ids=lambda f: f.stem)
def test_every_shipped_mapping_is_whole_and_turns_back_into_itself(file, robot):
    mapping = load_mapping(file, robot.describe())
    assert MappedActions(mapping, 0.1).ticks >= 1


def test_the_page_names_every_mapping_and_every_key():
    page = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
    assert {f"{f.stem}.toml" for f in WHOLE} == set(re.findall(r"`(\w+\.toml)`", page))
    keys = {k for f in WHOLE for k in re.findall(r"^(\w+) = |[{,] (\w+) = ", f.read_text(encoding="utf-8"), re.MULTILINE) for k in k if k}  # fmt: skip
    said = set(re.findall(r"\w+", page))
    within = {"reading", "count", "near", "value", "position_m", "rpy_deg", "rotation_rad", "open", "closed", "threshold",
              "seconds", "within_m", "pick", "place"}  # fmt: skip
    assert keys - said - within == set()


def test_every_key_that_is_taken_out_is_asked_for_by_its_name_and_meaning(tmp_path, mapping_text, robot):
    """Each line that is a plain key of its own, and each key within braces, in turn; none is guessed but the server's patience."""
    lines = mapping_text.splitlines()
    file, asked = tmp_path / "m.toml", 0
    for i, line in enumerate(lines):
        cuts = [line] if re.match(r"^\w+ = ", line) else []
        cuts += re.findall(r"(?<=[{,]) (?:near = \[[^]]*\]|\w+ = (?:\"[^\"]*\"|-?[\d.]+)),?", line)
        for cut in cuts:
            key = cut.strip().split(" = ")[0]
            if key in ("skills", "pick", "place", "base", "tool") and cut is not line:
                continue
            text = "\n".join(
                [*lines[:i], line.replace(cut, "", 1).replace(",  }", " }").replace(", }", " }"), *lines[i + 1 :]]
            )
            try:
                tomllib.loads(text)
            except tomllib.TOMLDecodeError:  # a list over several lines: its parts are cut one by one
                continue
            if key == "skills":
                continue
            file.write_text(text, encoding="utf-8")
            with pytest.raises(SetupError) as told:
                load_mapping(file, robot.describe())
            first = str(told.value).splitlines()[0]
            known = f"{key} is missing: " in first or "does not say which kind it is: " in first
            assert first.startswith(f"mapping {file}: ") and known, (cut, first)
            assert len(first.split(": ", 2)[2]) > 20, (cut, first)
            asked += 1
    assert asked > 50


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('from = "wrist"', 'from = "wirst"', "no camera 'wirst'; did you mean 'wrist'?"),
        ('from = "front"', 'form = "front"', "camera.0.form is no key of a mapping"),
        ("horizon = 10", "horizon = 1", "1 actions at 20 Hz last 0.05 s, less than this arm's tick of 0.1 s"),
        ("rate_hz = 20", "rate_hz = 0", "action.rate_hz: Input should be greater than 0"),
        ("rate_hz = 20", "rate_hz = nan", "action.rate_hz: Input should be a finite number"),
        ('space = "delta"', 'space = "joint_velocity"', "joint-space actions cannot be run: the arm is moved by its hand"),
        ("open = -1.0, closed = 1.0", "open = 1.0, closed = 1.0", "open and closed are both 1.0"),
        ("closed = 1.0 }", "closed = 1.0, threshold = 2.0 }", "threshold 2.0 does not lie between open and closed"),
        ("dim = 7", "dim = 6", "columns take 7 numbers, dim is 6"),
        ('"rotation", "gripper"]', '"gripper"]', "columns must name gripper, position, rotation once each"),
        ('space = "delta"\nframe = "base"', 'space = "absolute"\nframe = "hand"', "an absolute pose has no meaning"),
        ('rotation = "axis_angle"\nunit_rad = 0.5', 'rotation = "axis_angle"', "unit_rad is missing: radians in one of its units"),
        ('rotation = "axis_angle", unit_rad = 1.0, near = [3.14, 0.0, 0.0]', 'rotation = "quaternion_xyzw", unit_rad = 1.0, near = [1, 0, 0, 0]', "quaternion_xyzw has none: leave it out"),
        ("near = [3.14, 0.0, 0.0]", "near = [3.14, 0.0]", "near has 2 numbers, axis_angle has 3"),
        ('"{instruction}"', '"do {what}"', "{what} in 'do {what}' is none of instruction, skill, target, goal"),
        ('key = "observation/wrist_image"', 'key = "observation/image"', "key observation/image is used twice"),
        ('reading = "hand_position"', 'reading = "hand_pose"', "hand_position, hand_rotation, joints, gripper, constant"),
        ("[end]", "[end", "Expected ']'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_line_that_says_how_to_mend_it(mapped, old, new, says):
    with pytest.raises(SetupError) as told:
        mapped((old, new))
    assert says in str(told.value)
    assert str(told.value).count("mapping.toml") >= 1


def test_several_faults_are_several_lines(mapped):
    with pytest.raises(SetupError) as told:
        mapped(("rate_hz = 20\n", ""), ("dim = 7\n", ""), ('turn = "none"', 'turn = "left"'))
    assert [line.split(": ")[1].split(" ")[0].rstrip(":") for line in str(told.value).splitlines()] == ["camera.0.turn", "action.rate_hz", "action.dim"]  # fmt: skip


def test_more_joints_than_the_arm_has_are_refused(mapped):
    with pytest.raises(SetupError, match="9 joints, fake has 7"):
        mapped(
            ('{ reading = "gripper", open = 0.04, closed = 0.0 }', '{ reading = "joints", count = 9, unit_rad = 1.0 }')
        )
