"""``hiervla learn paraphrase``: from pairs of what people say and what they mean to the grammar brain's paraphraser."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from hiervla.cli import options as opt
from hiervla.cli.learn_train import bar


def learn_paraphrase(
    out: Annotated[Path, typer.Option("--out", help="Folder of the run; the graphs are written to graphs/ in it.")],
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help="Folder of *.jsonl and worlds/. Unset: those of the package.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1)] = 5000,
    seed: Annotated[int, typer.Option()] = 0,
    threads: Annotated[int, typer.Option(min=0, help="0: as many as torch takes.")] = 0,
    json: opt.Json = False,
) -> None:
    """Train the small network that says in plain words what no rule of the grammar reads; about an hour on one core; killed, it goes on."""
    from hiervla.deskwork import words_of
    from hiervla.learn.paraphrase import training
    from hiervla.learn.paraphrase.exporting import export
    from hiervla.workspace import shared_workspace

    with opt.json_stdout(json) as put:
        settings = training.ParaphraseSettings(
            pairs=pairs or Path(training.__file__).parent / "pairs",
            out=out,
            steps=steps,
            seed=seed,
            threads=threads,
        )
        with bar(0, steps) as told:
            model, checked = training.train(settings, partial(words_of, workspace=shared_workspace()), told)
        graphs = export(out, out / "graphs")
        size = sum(g.stat().st_size for g in graphs) / 1e6
        millions = sum(p.numel() for p in model.parameters()) / 1e6
        print(f"{out / 'graphs'}: {millions:.1f} M parameters, {size:.1f} MB, after {steps} steps")
        print(f"of the pairs kept apart, loss {checked['check_loss']:.3f}; word for word {checked['check_exact']:.1%}")
        put({"graphs": str(out / "graphs"), "megabytes": size, "steps": steps} | checked)
