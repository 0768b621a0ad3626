"""Features are declared once; what goes against the declaration is refused in one line."""

import dataclasses

import numpy as np
import pytest
from pydantic import ValidationError

from hiervla.core.errors import SetupError
from hiervla.core.outcome import FailureKind
from hiervla.learn.dataset.episode import Episode, Frame, Instruction, checked
from hiervla.learn.dataset.schema import Feature, Schema, schema_of


def test_the_declaration_in_info_json_follows_and_leads_back(schema):
    said = schema.declared()
    assert said["observation.images.front"] == {
        "dtype": "image",
        "shape": [24, 32, 3],
        "names": ["height", "width", "channels"],
    }
    assert said["observation.depth.wrist"]["shape"] == [18, 24, 1]
    assert said["observation.depth.wrist"]["info"]["metres_per_count"] == 1e-4
    assert said["observation.state"]["names"] == ["x", "y", "z", "yaw", "width"]
    assert said["expert.chunk"] == {"dtype": "float32", "shape": [16, 7], "names": None, "info": {"unit": "m, rad"}}
    assert said["timestamp"]["dtype"] == "float32"
    assert schema_of(said, schema.metadata) == schema


WRONG = {
    "missing": (lambda e: e.values.pop("action"), "has no feature 'action'"),
    "undeclared": (lambda e: e.values.update(rewards=np.zeros(len(e))), "has an undeclared feature 'rewards'"),
    "shape": (lambda e: e.values.update(action=np.zeros((len(e), 6))), r"'action' has shape \[6, 6\], declared is \[6, 7\]"),
    "length": (lambda e: e.values.update(progress=np.zeros(5)), r"'progress' has shape \[5\], declared is \[6\] for its 6 frames"),
    "a picture of floats": (
        lambda e: e.values.update({"observation.images.front": np.zeros((6, 24, 32, 3))}), "is float64, declared is uint8"),
    "a number for a flag": (lambda e: e.values.update(done=np.zeros(6)), "'done' is float64, declared is bool"),
    "a fraction for a count": (lambda e: e.values.update(picked_id=np.zeros(6)), "'picked_id' is float64, declared is int64"),
    "numbers for words": (lambda e: e.values.update(phase=np.zeros(6)), "'phase' is declared as words, but holds float"),
    "depth below nothing": (
        lambda e: e.values.update({"observation.depth.front": np.full((6, 24, 32), -1, np.float32)}), "negative depth"),
    "no number": (lambda e: e.values["expert.chunk"].__setitem__((4, 15, 6), np.inf), "no finite number, in frame 4"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_values_against_the_declaration_are_refused_in_one_line(case, schema, made):
    episode = made(1, length=6)
    spoil, says = WRONG[case]
    spoil(episode)
    with pytest.raises(SetupError, match=says) as told:
        checked(episode, schema)
    assert "episode expert/pick/1" in str(told.value)
    assert "\n" not in str(told.value)


FACTS = {
    "words": ({"instructions": ()}, "needs an instruction in words"),
    "empty words": ({"instructions": (Instruction((" ",)), Instruction(("b",)))}, "no empty ones"),
    "words twice": ({"instructions": (Instruction(("a", "b")), Instruction(("a",)))}, "the same first wording"),
    "instruction_of": ({"instruction_of": np.array([0, 0, 0, 0, 0, 2])}, "needs 6 whole numbers below 2"),
    "metadata": ({"metadata": {"scene": "a"}}, "metadata 'held_out' is declared but not given"),
    "metadata type": (
        {"metadata": {"scene": "a", "jitter": 1.0, "held_out": 1, "objects": 2}}, "metadata 'held_out' is 1, declared is bool"),
    "both ways": ({"success": True, "failure": FailureKind.SLIPPED}, "success and has failure slipped"),
}  # fmt: skip


@pytest.mark.parametrize("case", FACTS)
def test_facts_against_the_declaration_are_refused(case, schema, made):
    change, says = FACTS[case]
    with pytest.raises(SetupError, match=says):
        checked(dataclasses.replace(made(1, length=6), **change), schema)


def test_wider_numbers_are_narrowed_and_single_values_may_come_as_columns(schema, made):
    episode = made(1, length=6)
    want = episode.values["action"].copy()
    episode.values.update(action=want.astype(np.float64), progress=np.arange(6.0)[:, None])
    values = checked(episode, schema)
    assert values["action"].dtype == np.float32
    assert (values["action"] == want).all()
    assert values["progress"].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "feature",
    [{"shape": ()}, {"shape": (0,)}, {"kind": "image", "shape": (4, 4, 3)}, {"kind": "string", "shape": (2,)},
     {"shape": (3,), "names": ("x",)}, {"kind": "float16"}, {"colour": "red"}],
)  # fmt: skip
def test_a_feature_that_makes_no_sense_is_refused(feature):
    with pytest.raises(ValidationError):
        Feature(**feature)


@pytest.mark.parametrize("name", ["index", "a/b", ""])
def test_names_that_lerobot_keeps_for_itself_are_refused(name):
    with pytest.raises(ValidationError):
        Schema(features={name: Feature()})


def test_another_writers_video_is_refused_and_its_channel_first_pictures_are_read():
    with pytest.raises(SetupError, match="'cam' is a video"):
        schema_of({"cam": {"dtype": "video", "shape": [4, 4, 3], "names": None}}, {})
    with pytest.raises(SetupError, match="neither RGB nor depth in mm"):
        schema_of({"cam": {"dtype": "image", "shape": [4, 4, 1], "names": None}}, {})
    found = schema_of({"cam": {"dtype": "image", "shape": [3, 4, 6], "names": None}}, {})
    assert found.features["cam"].array_shape == (4, 6, 3)


def test_an_episode_is_made_from_frames_and_falls_into_them(made):
    whole = made(4, length=6)
    again = Episode.of(list(whole), skill="pick", seed=4, success=True, metadata=whole.metadata)
    assert again.instructions == whole.instructions
    assert (again.instruction_of == whole.instruction_of).all()
    assert all((again.values[k] == v).all() for k, v in whole.values.items())
    assert isinstance(whole[5], Frame)
    assert whole[5].instruction.task == "put it in the bowl"
    assert whole.phases == ("approach", "descend", "lift")
    with pytest.raises(SetupError, match="frame 1 has other features than frame 0"):
        Episode.of([{"a": 1}, {"b": 1}], skill="pick", seed=0, success=True, instructions=whole.instructions)
