"""The folder of a LeRobotDataset v3: where things lie, and how each is put there whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from hiervla.core.errors import SetupError
from hiervla.learn.dataset.columns import pa, pq, tasks_table
from hiervla.learn.dataset.schema import Schema, schema_of

VERSION = "v3.0"
FILES_A_CHUNK = 1000
Place = tuple[int, int]
"""chunk_index and file_index."""
Key = tuple[str, str, int]
"""source, skill, seed: what names an episode."""
_PATTERN = "chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"


@dataclass(frozen=True, slots=True)
class Info:
    """meta/info.json: what is committed. Rows beyond these totals are the remains of a killed writer."""

    schema: Schema
    fps: int
    episodes: int = 0
    frames: int = 0
    tasks: int = 0
    file_mb: int = 8
    robot: str = ""


def data_path(folder: Path, place: Place) -> Path:
    return folder / "data" / _PATTERN.format(chunk_index=place[0], file_index=place[1])


def episodes_path(folder: Path, place: Place) -> Path:
    return folder / "meta" / "episodes" / _PATTERN.format(chunk_index=place[0], file_index=place[1])


def after(place: Place) -> Place:
    """Where the next file goes."""
    chunk, file = place
    return (chunk + 1, 0) if file + 1 >= FILES_A_CHUNK else (chunk, file + 1)


def place_of(row: dict[str, Any], what: str) -> Place:
    """Where an episode's ``data`` or ``meta/episodes`` row lies, as its own row says."""
    return row[f"{what}/chunk_index"], row[f"{what}/file_index"]


def key_of(row: dict[str, Any]) -> Key:
    """An episode's name, from its row of meta/episodes."""
    try:
        return row["source"], row["skill"], row["seed"]
    except KeyError as e:
        raise SetupError(
            f"this dataset's episodes have no {e}: another program wrote it, and it can only be read; "
            "write its episodes to a folder of their own"
        ) from e


def data_files(folder: Path, rows: list[dict[str, Any]]) -> list[tuple[Path, int, int]]:
    """Each data file with the first row it holds and the one after its last committed one, in order."""
    spans: dict[Place, list[int]] = {}
    for row in rows:
        spans.setdefault(place_of(row, "data"), [row["dataset_from_index"], 0])[1] = row["dataset_to_index"]
    return [(data_path(folder, place), start, stop) for place, (start, stop) in spans.items()]


def put(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a file beside itself, force it to disk, then rename it: a reader sees the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as f:
            write(f)
            f.flush()
            os.fsync(f.fileno())
        part.replace(path)
    except OSError as e:
        raise SetupError(f"cannot write {path}: {e.strerror or e}; choose another folder or make room") from e


def put_json(path: Path, content: Any) -> None:
    put(path, lambda f: f.write((json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()))


def put_table(path: Path, table: pa.Table) -> None:
    memory = pa.BufferOutputStream()
    pq.write_table(table, memory, compression="snappy")
    put(path, lambda f: f.write(memory.getvalue()))


def put_info(folder: Path, info: Info) -> None:
    """Commit: from here on the dataset holds these episodes."""
    put_json(folder / "meta" / "info.json", {
        "codebase_version": VERSION, "robot_type": info.robot or None, "total_episodes": info.episodes,
        "total_frames": info.frames, "total_tasks": info.tasks, "chunks_size": FILES_A_CHUNK,
        "data_files_size_in_mb": info.file_mb, "video_files_size_in_mb": 200, "fps": info.fps,
        "splits": {"train": f"0:{info.episodes}"}, "data_path": f"data/{_PATTERN}", "video_path": None,
        "features": info.schema.declared(),
    })  # fmt: skip


def put_empty(folder: Path, info: Info) -> None:
    """A dataset without episodes; info.json last, since it makes the folder a dataset."""
    put_json(folder / "meta" / "hiervla.json", {"metadata": info.schema.metadata})
    put_table(folder / "meta" / "tasks.parquet", tasks_table([]))
    put_info(folder, info)


def get_info(folder: Path) -> Info:
    """What info.json says.

    Raises:
        SetupError: it is no dataset, or one of another version.
    """
    path = folder / "meta" / "info.json"
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        beside = folder / "meta" / "hiervla.json"
        metadata = json.loads(beside.read_text(encoding="utf-8"))["metadata"] if beside.exists() else {}
    except FileNotFoundError as e:
        raise SetupError(
            f"no dataset in {folder}: it has no meta/info.json; name the folder that holds meta/ and data/"
        ) from e
    except (OSError, ValueError, KeyError) as e:
        raise SetupError(f"cannot read {path}: {e}") from e
    if said.get("codebase_version") != VERSION:
        raise SetupError(
            f"{folder} is a LeRobotDataset {said.get('codebase_version')}; {VERSION} is read here: "
            "LeRobot's convert_dataset_v21_to_v30 makes it one"
        )
    try:
        schema = schema_of(said["features"], metadata)
        episodes, frames, tasks = (int(said[f"total_{what}"]) for what in ("episodes", "frames", "tasks"))
        sized, robot = said.get("data_files_size_in_mb", 100), said.get("robot_type") or ""
        return Info(schema, int(said["fps"]), episodes, frames, tasks, sized, robot)
    except KeyError as e:
        raise SetupError(f"{path} lacks {e}") from e
    except SetupError as e:
        raise SetupError(f"{path}: {e}") from e


def get_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """One parquet file, or some of its columns."""
    try:
        return pq.ParquetFile(path, memory_map=True).read(columns=columns)
    except (OSError, pa.ArrowException) as e:
        raise SetupError(f"cannot read {path}: {e}; fetch the dataset again, or write its episodes anew") from e


def get_tasks(folder: Path, count: int) -> list[str]:
    """Task strings by their index."""
    path = folder / "meta" / "tasks.parquet"
    table = get_table(path)
    name = "task" if "task" in table.column_names else "__index_level_0__"
    rows = sorted(zip(table["task_index"].to_pylist(), table[name].to_pylist(), strict=True))
    if len(rows) < count:
        raise SetupError(f"{path} holds {len(rows)} tasks, info.json says {count}")
    return [task for _, task in rows[:count]]


def get_episodes(folder: Path, count: int, stats: bool = False) -> list[dict[str, Any]]:
    """The committed rows of meta/episodes, in order; their statistics when asked for."""
    rows: list[dict[str, Any]] = []
    for path in sorted((folder / "meta" / "episodes").glob("*/*.parquet")):
        wanted = None if stats else [n for n in pq.read_schema(path).names if not n.startswith("stats/")]
        rows += get_table(path, wanted).to_pylist()
    rows = sorted((r for r in rows if r["episode_index"] < count), key=lambda r: r["episode_index"])
    if [r["episode_index"] for r in rows] != list(range(count)):
        raise SetupError(f"{folder}/meta/episodes holds {len(rows)} of the {count} episodes of info.json")
    return rows
