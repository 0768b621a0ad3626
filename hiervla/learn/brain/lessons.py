"""What is learnt from, scene by scene: a picture, what is said of it, and the replies that are right. Kept as rows, so that it can go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from hiervla.core.errors import SetupError
from hiervla.learn.brain import scenes, sentences, teaching
from hiervla.scenario.rows import run_rows

OWN_SHARE = 0.55
"""Of what is said, from ``wordings.toml``; the rest is from the paraphraser's pairs."""
STILL_SHARE = 0.3
"""Of sentences that lead to no motion, so many are kept."""
TRIES = 4
"""Sentences that are tried for each line that is wanted."""
Part = Literal["learn", "check"]
OnRow = Callable[[dict[str, Any], int, int], None]


def collect(
    folder: Path, part: Part, count: int, lines: int, jobs: int = 1, on_row: OnRow | None = None
) -> list[dict[str, Any]]:
    """The rows of ``count`` scenes in ``FOLDER/PART.jsonl``, pictures beside it; those that are there are not made again.

    ``part``: learn, with the wordings that are learnt; check, with other scenes and the wordings that are kept from training.
    A row has ``seed``, ``lines``, and of scenes to check with the perceived ``world``.

    Raises:
        SetupError: the rows that are there were made otherwise.
    """
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    first = scenes.CHECK if part == "check" else 0
    items = [(seed, str(folder), part, lines) for seed in range(first, first + count)]
    kept = folder / f"{part}.jsonl"
    return run_rows(
        work, items, keys=("seed",), jobs=jobs, out=kept, resume=kept, on_row=on_row, under={"lines": lines}
    )


def work(seed: int, folder: str, part: Part, count: int) -> dict[str, Any]:
    """One scene and what is said of it; no lines where its things find no room on the table."""
    pictures = Path(folder) / "pictures"
    rng = np.random.default_rng([seed, 0x5A1D])
    try:
        world, image = scenes.seen(seed, pictures)
    except SetupError:
        return {"seed": seed, "lines": []}
    lines: list[teaching.Line] = []
    own, pairs = _wordings(part)
    for _ in range(TRIES * count):
        if len(lines) >= count:
            break
        pool = own if rng.random() < OWN_SHARE else pairs
        wording = pool[int(rng.integers(len(pool)))]
        said = sentences.fill(wording, world, rng)
        if said is None:
            continue
        found = teaching.lines(wording, *said, world, image, rng)
        if found and (teaching.moves(found[0]) or rng.random() < STILL_SHARE):
            lines += found
    row: dict[str, Any] = {"seed": seed, "lines": [asdict(one) for one in lines]}
    return row | ({"world": world.model_dump(mode="json")} if part == "check" else {})


def kept(folder: Path, part: Part) -> list[dict[str, Any]]:
    """The rows of a part that were made already.

    Raises:
        SetupError: there are none.
    """
    file = folder / f"{part}.jsonl"
    if not file.is_file():
        raise SetupError(f"{folder} has no {file.name}: it is no folder of `hiervla learn brain`")
    return [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines()]


def examples(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that have something to learn from."""
    return [r for r in rows if r["lines"]]


@cache
def _wordings(part: Part) -> tuple[list[sentences.Wording], list[sentences.Wording]]:
    some = [w for w in sentences.wordings() if w.apart == (part == "check")]
    return [w for w in some if w.name != "pair"], [w for w in some if w.name == "pair"]
