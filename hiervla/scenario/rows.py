"""Many episodes in parallel processes: raw rows as they come, resumable, the same whatever the number of jobs."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import multiprocessing.connection
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

from hiervla.assemble import weights_folder
from hiervla.core.errors import SetupError

Row = dict[str, Any]
Key = tuple[Any, ...]


def parse_seeds(text: str) -> list[int]:
    """``100-149``, ``7`` or ``1,4,9`` to a list of seeds.

    Raises:
        SetupError: it is none of these.
    """
    if m := re.fullmatch(r"(\d+)-(\d+)", text.strip()):
        low, high = int(m[1]), int(m[2])
        if low <= high:
            return list(range(low, high + 1))
    elif re.fullmatch(r"\d+(,\d+)*", text.strip()):
        return [int(s) for s in text.split(",")]
    raise SetupError(f"--seeds {text!r}: write a range such as 100-149, or numbers such as 3,5,8")


def run_rows(
    work: Callable[..., Row], items: Sequence[tuple[Any, ...]], *, keys: tuple[str, ...], jobs: int = 0,
    out: Path | None = None, resume: Path | None = None, on_row: Callable[[Row, int, int], None] | None = None,
    under: Row | None = None,
) -> list[Row]:  # fmt: skip
    """Call ``work(*item)`` for every item, in ``jobs`` processes (0: one per core), and collect its rows in item order.

    Every item's first ``len(keys)`` members name its row. Rows are appended to ``out`` as they come; those found in
    ``resume`` are not run again (and go on being written there when no ``out`` is named).

    Args:
        under: what the rows hang on besides their keys (policy, robot, settings, version): kept in every row.

    Raises:
        SetupError: the rows to resume were made under something else, or are of something else; says what differs.
    """
    under = under or {}
    done: dict[Key, Row] = {}
    if resume is not None and resume.is_file():
        rows = _read(resume)
        if any(not isinstance(r, dict) or not all(k in r for k in keys) for r in rows):
            raise SetupError(f"{resume}: its rows are of something else: they lack {', '.join(keys)}")
        for r in rows:
            if (differs := _difference(r.get("under", {}), under)) is not None:
                raise SetupError(
                    f"{resume}: its rows were made with {differs}: run as they were, or write to another file"
                )
        done = {tuple(r[k] for k in keys): r for r in rows}
    sink = out or resume
    wanted = [tuple(i[: len(keys)]) for i in items]
    todo = [i for i in items if tuple(i[: len(keys)]) not in done]
    file = None
    if sink is not None:
        try:
            _whole_lines(sink)
            file = sink.open("a", encoding="utf-8")
        except OSError as e:
            raise SetupError(f"cannot write rows to {sink}: {e.strerror}") from e
    if file is not None and out is not None and resume is not None and out != resume:
        for row in done.values():
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    try:
        for row in _rows(work, todo, jobs or os.cpu_count() or 1):
            row |= {"under": under} if under else {}
            done[tuple(row[k] for k in keys)] = row
            if file is not None:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
            if on_row is not None:
                on_row(row, sum(k in done for k in wanted), len(items))
    finally:
        if file is not None:
            file.close()
    return [done[k] for k in wanted]


def weights_of(policy: str) -> str:
    """What tells a folder's weights from others that once lay there: a digest of all it acts with; "" for what has no folder."""
    folder, found = weights_folder(policy), hashlib.sha256()
    files = [f for pattern in ("*.safetensors", "*.onnx") for f in sorted(folder.glob(pattern))] if folder else []
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()[:12] if files else ""


def _difference(was: Row, now: Row) -> str | None:
    """The first thing that two runs differ in, in words; None where they do not."""
    for k in sorted({*was, *now}):
        if was.get(k) != now.get(k):
            return f"{k} {json.dumps(was.get(k), ensure_ascii=False)}, and this run has {json.dumps(now.get(k), ensure_ascii=False)}"
    return None


def _rows(work: Callable[..., Row], items: Sequence[tuple[Any, ...]], jobs: int) -> Iterator[Row]:
    if jobs == 1 or len(items) <= 1:
        for item in items:
            yield work(*item)
        return
    # Fresh processes: a fork would share Open3D's and PyBullet's threads. One BLAS thread each: they share the cores.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(items)), mp_context=context, initializer=_end_with_parent) as pool:
        waiting = set()
        queue = list(items)
        try:
            while queue or waiting:
                while queue and len(waiting) < 2 * jobs:
                    waiting.add(pool.submit(work, *queue.pop(0)))
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone: after kill -9 nobody else would tell it."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _whole_lines(path: Path) -> None:
    """Make a file that a stop cut short end with a whole line: a whole row gets its end, a torn one is cut off."""
    text = path.read_bytes() if path.is_file() else b""
    if not text or text.endswith(b"\n"):
        return
    kept, _, torn = text.rpartition(b"\n")
    try:
        json.loads(torn)
        path.write_bytes(text + b"\n")
    except ValueError:
        path.write_bytes(kept + b"\n" if kept else b"")


def _read(path: Path) -> list[Row]:
    rows = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as e:
            if n == len(path.read_text(encoding="utf-8").splitlines()):
                continue  # the line a stop cut short
            raise SetupError(f"{path}:{n}: no JSON row: {e}") from e
    return rows
