"""Frames to learn from: any of them at once, the same as the dataset's own reader gives, decoded a single time."""

import pickle
import shutil
from dataclasses import replace

import numpy as np
import pytest

from hiervla.cerebellum.policies.mini.inputs import grounding_of
from hiervla.core.errors import SetupError
from hiervla.learn.dataset import mapped
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.dataset.schema import demonstration_schema
from hiervla.learn.dataset.writer import DatasetWriter
from hiervla.learn.form import FPS, SEEN, demonstration_form
from hiervla.learn.frames import Frames, episodes


@pytest.fixture(scope="module")
def folder(kept, tmp_path_factory):
    return shutil.copytree(kept[1].folder, tmp_path_factory.mktemp("frames") / "demos")


@pytest.fixture(scope="module")
def frames(folder):
    return Frames(folder)


def test_decoded_columns_are_those_of_the_dataset_in_any_order(frames, folder):
    rows = np.random.default_rng(0).permutation(len(frames))
    ours = frames.take(rows, [*SEEN, "expert.chunk", "phase", "end"])
    theirs = DatasetReader(folder).take(rows, [*ours])
    for name, values in ours.items():
        assert values.dtype == theirs[name].dtype and np.array_equal(values, theirs[name]), name


def test_a_frame_of_an_episode_is_what_was_sensed_then(frames, kept):
    for episode, demonstration in enumerate(kept[0]):
        for at in (0, 3, -1):
            moment = demonstration.moments[at]
            ((seen, grounding),) = frames.shown([frames.row(episode, at)])
            was = moment.seen
            for name, image in was.images.items():
                assert np.array_equal(seen.images[name].rgb, image.rgb)
                assert np.abs(seen.images[name].depth - image.depth).max() < 0.6e-4
                assert np.allclose(seen.images[name].world_from_camera, image.world_from_camera, atol=1e-6)
            assert np.allclose(seen.hand.matrix(), was.hand.matrix(), atol=1e-6)
            assert seen.time_s == pytest.approx(was.time_s - demonstration.moments[0].seen.time_s, abs=1e-4)
            assert np.allclose(grounding.target, grounding_of(demonstration.task).target, atol=1e-7)
    with pytest.raises(IndexError):
        frames.row(0, frames.episodes[0].length)


def test_failures_are_no_demonstrations_unless_asked_for(frames, folder):
    assert [e.seed for e in frames.select()] == [10, 10] and [e.seed for e in frames.select(success=False)] == [9]
    assert len(frames.rows()) == sum(e.length for e in frames.select()) < len(frames)
    assert [e.skill for e in episodes(folder)] == ["pick", "place"]
    assert [e.skill for e in episodes(folder, skill="place")] == ["place"]
    assert [e.failure.value for e in episodes(folder, success=False)] == ["slipped"]


def test_pictures_are_decoded_once_and_again_only_where_the_dataset_grew(folder, kept, tmp_path, monkeypatch):
    decoded, decode = [], mapped.decode_stored
    monkeypatch.setattr(mapped, "decode_stored", lambda *a: decoded.append(0) or decode(*a))
    grown, told = shutil.copytree(folder, tmp_path / "grown", ignore=shutil.ignore_patterns(".cache")), []
    before = Frames(grown, told=lambda done, of: told.append((done, of)))
    assert told == [(len(before), len(before))] and len(decoded) == 4 * len(before)
    decoded.clear()
    Frames(grown).take([0, 5])
    assert decoded == []
    with DatasetWriter(grown, demonstration_form(), FPS, file_mb=1) as writer:
        writer.append(replace(kept[1].episode(0), seed=77))
    after = Frames(grown)
    assert len(after) == len(before) + after.episodes[-1].length
    a, b = before.take([4]), after.take([4, after.row(3, 4)])
    for name, values in a.items():
        assert np.array_equal(values[0], b[name][0]), name
    assert np.array_equal(b["observation.images.front"][0], b["observation.images.front"][1])


def test_it_goes_to_another_process_without_its_pictures(frames):
    sent = pickle.dumps(frames)
    assert len(sent) < 20_000
    again = pickle.loads(sent).take([2])
    assert all(np.array_equal(v, again[k]) for k, v in frames.take([2]).items())


def test_another_kind_of_dataset_is_told(tmp_path):
    DatasetWriter(tmp_path, demonstration_schema({"top": (24, 32)}, ("x",)), 10).close()
    with pytest.raises(SetupError, match=r"no column 'observation.images.front'.*hiervla learn collect"):
        Frames(tmp_path)
