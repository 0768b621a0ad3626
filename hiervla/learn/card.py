"""A policy's card: what it is, what it was taught with, and figures that the command above them gives again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hiervla.cerebellum.policies.mini.folder import load_parts
from hiervla.scenario.figures import Figure

FILE, ROWS = "card.md", "card.rows.jsonl"


def write_card(folder: Path, seeds: Sequence[int], jobs: int = 0) -> tuple[Path, dict[str, Any]]:
    """Examine a policy on lessons of these seeds and write its card beside its weights.

    Returns:
        The card, and the figures by name with value, interval and n.
    """
    from hiervla.learn.exam.conditions import KEYS, items
    from hiervla.learn.exam.episode import work
    from hiervla.learn.exam.figures import summary
    from hiervla.scenario.rows import run_rows, weights_of

    rows_file = folder / ROWS
    resume = rows_file if rows_file.exists() and rows_file.stat().st_size else None
    under = {"weights": weights_of(str(folder))}
    rows = run_rows(
        work, items(list(seeds), str(folder.resolve())), keys=KEYS, jobs=jobs, out=rows_file, resume=resume, under=under
    )
    figures = summary(rows)
    card = folder / FILE
    card.write_text(_text(folder, seeds, figures), encoding="utf-8")
    return card, {name: f.model_dump(exclude_none=True) for name, f in figures.items()}


def _text(folder: Path, seeds: Sequence[int], figures: dict[str, Figure]) -> str:
    parts = load_parts(folder)
    form, about = parts.config, parts.about
    said = f"{seeds[0]}-{seeds[-1]}"
    lines = [
        "# A small VLA for table-top skills",
        "",
        f"Head {form.head}, width {form.width}, {form.layers} + {form.expert_layers} layers, horizon {form.horizon} at 10 Hz, "
        f"backbone {'insulated' if form.insulated else 'open'}, action tokens {form.tokeniser if form.co_train else 'none'}.",
        "",
        f"Taught with {about.get('moments', '?')} moments of {', '.join(map(str, about.get('data', ['?'])))}, "
        f"{about.get('steps', '?')} steps of {about.get('batch', '?')}, seed {about.get('seed', '?')}.",
        "",
        "Skills: pick, place (in, on, beside), push, open, close; a Panda with a scene and a wrist camera, RGB-D, in PyBullet.",
        "It was never tried on a real arm.",
        "",
        f"    hiervla learn eval --policy FOLDER --seeds {said}",
        "",
        "| figure | value | 95 % interval | n |",
        "|---|---|---|---|",
        *(
            f"| {name} | {_number(f.value)} | {_number(f.low)} – {_number(f.high)} | {f.n} |"
            for name, f in figures.items()
        ),
        "",
    ]
    return "\n".join(lines)


def _number(x: float | None) -> str:
    return "–" if x is None else f"{x:.4g}"
