"""The files are a LeRobotDataset v3: names, columns and types as LeRobot 0.4 lays them and looks them up."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from hiervla.core.errors import SetupError
from hiervla.learn.dataset import layout
from hiervla.learn.dataset.reader import DatasetReader
from hiervla.learn.dataset.writer import DatasetWriter

ARROW = {
    "observation.images.front": pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
    "observation.depth.wrist": pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
    "observation.state": pa.list_(pa.float32(), 5),
    "action": pa.list_(pa.float32(), 7),
    "expert.chunk": pa.list_(pa.list_(pa.float32())),  # what its Array2D is stored as
    "progress": pa.float32(),
    "done": pa.bool_(),
    "picked_id": pa.int64(),
    "phase": pa.string(),
    "timestamp": pa.float32(),
    "frame_index": pa.int64(),
    "episode_index": pa.int64(),
    "index": pa.int64(),
    "task_index": pa.int64(),
}


@pytest.fixture
def folder(dataset, monkeypatch):
    monkeypatch.setattr("hiervla.learn.dataset.writer._EPISODES_A_FILE", 3)
    return dataset(range(5))


def test_info_json_says_what_lerobot_asks_for(folder, made):
    info = json.loads((folder / "meta" / "info.json").read_text())
    frames = sum(len(made(s)) for s in range(5))
    assert {k: info[k] for k in info if k != "features"} == {
        "codebase_version": "v3.0", "robot_type": "panda", "total_episodes": 5, "total_frames": frames, "total_tasks": 3,
        "chunks_size": 1000, "data_files_size_in_mb": 8, "video_files_size_in_mb": 200, "fps": 10, "splits": {"train": "0:5"},
        "data_path": "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet", "video_path": None,
    }  # fmt: skip
    columns = pq.read_schema(folder / "data/chunk-000/file-000.parquet").names
    assert set(columns) == set(info["features"])  # LeRobot casts the table to exactly these


def test_the_columns_have_the_types_lerobot_casts_to(folder):
    table = pq.read_table(folder / "data/chunk-000/file-000.parquet")
    for name, kind in ARROW.items():
        assert table.schema.field(name).type == kind, name
    assert table["index"].to_pylist() == list(range(len(table)))
    first = table["observation.images.front"][0].as_py()
    picture = Image.open(io.BytesIO(first["bytes"]))
    assert (picture.format, picture.mode, picture.size, first["path"]) == ("PNG", "RGB", (32, 24), "frame-000000.png")
    assert Image.open(io.BytesIO(table["observation.depth.front"][0].as_py()["bytes"])).mode == "I;16"
    again = table["frame_index"].to_numpy() == 0
    assert (np.flatnonzero(np.diff(table["episode_index"].to_numpy())) + 1 == np.flatnonzero(again)[1:]).all()
    assert np.allclose(table["timestamp"].to_numpy(), table["frame_index"].to_numpy() / 10)


def test_the_task_is_the_index_of_a_pandas_frame(folder):
    tasks = pd.read_parquet(folder / "meta" / "tasks.parquet")
    assert tasks.index.name == "task"
    assert int(tasks.loc["pick up the red cube"].task_index) == 2
    assert tasks.iloc[1].name == "put it in the bowl"
    table = pq.read_table(
        folder / "data/chunk-000/file-000.parquet", columns=["task_index", "episode_index"]
    ).to_pandas()
    assert next(tasks.iloc[i].name for i in table[table.episode_index == 1].task_index) == "pick up the red cube"


def test_episodes_point_at_their_frames_and_carry_their_statistics(folder, made):
    files = sorted((folder / "meta" / "episodes").glob("*/*.parquet"))
    assert [f.name for f in files] == ["file-000.parquet", "file-001.parquet"]
    rows = pd.concat([pd.read_parquet(f) for f in files])
    lengths = [len(made(s)) for s in range(5)]
    assert rows["length"].tolist() == lengths
    assert rows["dataset_to_index"].tolist() == np.cumsum(lengths).tolist()
    assert rows["dataset_from_index"].tolist() == [0, *np.cumsum(lengths)[:-1].tolist()]
    assert rows["data/chunk_index"].tolist() == rows["data/file_index"].tolist() == [0] * 5
    assert rows["meta/episodes/file_index"].tolist() == [0, 0, 0, 1, 1]
    assert rows["tasks"].iloc[1].tolist() == ["pick up the red cube", "put it in the bowl"]
    action = made(1).values["action"]
    assert np.allclose(rows["stats/action/mean"].iloc[1], action.astype(float).mean(0))
    assert np.allclose(rows["stats/action/q99"].iloc[1], np.quantile(action.astype(float), 0.99, axis=0))
    assert rows["stats/index/min"].iloc[1].tolist() == [lengths[0]]
    picture = pq.read_table(files[0])["stats/observation.images.front/mean"]
    assert np.shape(picture[0].as_py()) == (3, 1, 1)


def test_a_dataset_of_anothers_making_is_read_without_our_columns(folder, made):
    (folder / "meta" / "hiervla.json").unlink()
    for path in (folder / "meta" / "episodes").glob("*/*.parquet"):
        table = pq.read_table(path)
        ours = ("skill", "seed", "success", "failure", "source", "recovery_frames", "phases", "instructions")
        pq.write_table(
            table.drop_columns([n for n in table.column_names if n in ours or n.startswith("metadata/")]), path
        )
    frame = pd.read_parquet(folder / "meta" / "tasks.parquet").rename_axis(None)
    frame.to_parquet(folder / "meta" / "tasks.parquet")  # as LeRobot 0.4 writes it: an index without a name
    reader = DatasetReader(folder)
    assert reader.frame(0)["action"].tolist() == made(0).values["action"][0].tolist()
    assert reader.frame(0).instruction.english == ("pick up the blue cube",)
    assert (reader.episodes[0].skill, reader.schema.metadata) == ("", {})
    with pytest.raises(SetupError, match="have no 'source': another program wrote it"):
        DatasetWriter(folder, reader.schema, 10)


def test_the_documented_five_lines_read_it(folder, made):
    text = (Path(__file__).parents[3] / "docs" / "demonstrations.md").read_text(encoding="utf-8")
    (block,) = [b for b in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "read_table" in b]
    found = {"pyarrow": pa, "numpy": np, "PIL": __import__("PIL"), "io": io}
    exec(block.replace('"demos/', f'"{folder}/'), found)
    want = made(0).values
    assert found["actions"].shape == (sum(len(made(s)) for s in range(5)), 7)
    assert (found["actions"][: len(want["action"])] == want["action"]).all()
    assert (np.asarray(found["front"]) == want["observation.images.front"][0]).all()
    assert np.abs(found["metres"] - want["observation.depth.front"][0]).max() <= 0.51e-4


def test_what_is_no_dataset_is_told(tmp_path, folder):
    with pytest.raises(SetupError, match=r"no dataset in .*: it has no meta/info.json"):
        DatasetReader(tmp_path / "none")
    info = json.loads((folder / "meta" / "info.json").read_text())
    for change, says in (
        ({"codebase_version": "v2.1"}, "is a LeRobotDataset v2.1"),
        ({"total_episodes": 9}, "holds 5 of the 9"),
    ):
        (folder / "meta" / "info.json").write_text(json.dumps(info | change))
        with pytest.raises(SetupError, match=says):
            DatasetReader(folder)
    (folder / "meta" / "info.json").write_text("{")
    with pytest.raises(SetupError, match="cannot read"):
        layout.get_info(folder)


def test_a_damaged_file_is_told(folder):
    path = folder / "data/chunk-000/file-000.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SetupError, match=r"cannot read .*file-000.parquet"):
        DatasetReader(folder).frame(0)
    pq.write_table(pq.read_table(io.BytesIO(whole)).slice(0, 4), path)
    with pytest.raises(SetupError, match="holds 4 of its"):
        DatasetReader(folder).frame(0)
    path.unlink()
    with pytest.raises(SetupError, match="No such file"):
        DatasetReader(folder).frame(0)
