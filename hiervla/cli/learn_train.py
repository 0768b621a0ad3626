"""``hiervla learn train`` and ``export``: from demonstrations to a policy that can act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from hiervla.cli import options as opt
from hiervla.core.errors import ExitCode

OVERFIT_SHARE = 0.1
"""One batch learnt by heart must leave no more than this of its loss."""


def learn_train(
    config: Annotated[Path, typer.Argument(help="TOML file of the run; docs/learning.md shows one.")],
    steps: Annotated[int | None, typer.Option(help="Instead of the file's.")] = None,
    overfit: Annotated[
        bool, typer.Option("--overfit", help="Learn one batch by heart, to see that anything can be learnt at all.")
    ] = False,
    json: opt.Json = False,
) -> None:
    """Train a policy from demonstrations; a run that was killed goes on where it was. Exit code 6: --overfit failed."""
    from hiervla.learn.training.loop import Run
    from hiervla.learn.training.loop import overfit as by_heart
    from hiervla.learn.training.settings import load_settings

    with opt.json_stdout(json) as put:
        settings = load_settings(config)
        if steps is not None:
            settings = settings.model_copy(update={"steps": steps})
        if overfit:
            before, after = by_heart(settings)
            holds = after <= OVERFIT_SHARE * before
            print(f"one batch: loss {before:.4f} → {after:.4f}: {'learnt' if holds else 'not learnt by heart'}")
            put({"before": before, "after": after, "learnt": holds})
            raise SystemExit(int(ExitCode.DONE if holds else ExitCode.BELOW_GOAL))
        run = Run(settings)
        if run.step:
            print(f"goes on from step {run.step}")
        with bar(run.step, settings.steps + settings.expert_steps) as told:
            checked = run.train(told)
        folder = run.folder / "policy"
        print(
            f"{folder}: {run.model.size() / 1e6:.1f} M parameters, {settings.steps} steps"
            + f" and {settings.expert_steps} of the expert alone" * bool(settings.expert_steps)
        )
        print("; ".join(f"{name.removeprefix('check/')} {x:.4f}" for name, x in checked.items()))
        put({"policy": str(folder), "steps": settings.steps, "checked": checked})


def learn_export(
    folder: Annotated[Path, typer.Argument(help="A policy's folder.")],
    json: opt.Json = False,
) -> None:
    """Write a policy's ONNX graphs, fp32 and int8, which run without torch; each is compared with torch."""
    from hiervla.learn.export import export

    with opt.json_stdout(json) as put:
        written = export(folder)
        for e in written:
            print(f"{e.graph}: {e.megabytes:.1f} MB, chunks within {e.apart:.2g} of torch's (normalised)")
        put([{"graph": str(e.graph), "megabytes": e.megabytes, "apart": e.apart} for e in written])


def learn_release(
    policy: Annotated[Path, typer.Argument(help="A policy's folder.")],
    out: Annotated[Path, typer.Argument(help="A new folder for what is given away.")],
    json: opt.Json = False,
) -> None:
    """Write a policy as it is given away: weights in half precision and one graph, no more than 10 MB in all."""
    from hiervla.learn.release import release

    with opt.json_stdout(json) as put:
        done = release(policy, out)
        print(f"{done.folder}: {done.megabytes:.1f} MB, chunks within {done.apart:.2g} of torch's (normalised)")
        put({"policy": str(done.folder), "megabytes": done.megabytes, "apart": done.apart})


def learn_finetune(
    policy: Annotated[Path, typer.Option("--policy", help="Folder of the policy to begin from; it is left as it is.")],
    data: Annotated[list[Path], typer.Option("--data", help="Folder of demonstrations; may be repeated.")],
    out: Annotated[Path, typer.Option("--out", help="Folder of the adapted policy.")],
    steps: Annotated[int, typer.Option(min=1)] = 400,
    rank: Annotated[int, typer.Option(min=1, help="Of the low-rank adapters.")] = 16,
    learning_rate: Annotated[float, typer.Option(min=1e-7)] = 1e-3,
    json: opt.Json = False,
) -> None:
    """Adapt a policy to a few demonstrations of its own (LoRA), and write the merged one."""
    from hiervla.learn.training.finetune import FinetuneSettings, finetune

    with opt.json_stdout(json) as put:
        settings = FinetuneSettings(steps=steps, rank=rank, learning_rate=learning_rate)
        with bar(0, steps) as told:
            found = finetune(policy, data, out, settings, told)
        share = found.adapted / found.of
        print(
            f"{out}: {found.adapted} of {found.of} parameters ({share:.0%}), loss {found.before:.3f} → {found.after:.3f}"
        )
        put(
            {"policy": str(out), "adapted": found.adapted, "of": found.of, "before": found.before, "after": found.after}
        )


def learn_all(
    out: Annotated[Path, typer.Option("--out", help="Folder for everything; what is done there is not done again.")],
    budget: Annotated[float, typer.Option("--budget", min=1, help="Minutes it may take in all, about.")] = 75.0,
    cores: Annotated[int, typer.Option(min=0, help="Cores to use; 0: all.")] = 0,
    json: opt.Json = False,
) -> None:
    """From nothing to a policy with its card: lessons, weights, corrections, weights again, graphs, examination."""
    from hiervla.learn.whole import learn_all as everything

    with opt.json_stdout(json) as put:
        whole = everything(out, budget, cores, print)
        print(f"{whole.policy} in {whole.minutes:g} minutes; what it can do: {whole.card}")
        put({"policy": str(whole.policy), "card": str(whole.card), "minutes": whole.minutes, "figures": whole.figures})


@contextmanager
def bar(done: int, of: int) -> Iterator[Callable[[int, int, dict[str, float]], None]]:
    """A progress bar on stderr: to be told the step, of how many, and what was found."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("steps"), BarColumn(), MofNCompleteColumn(), TextColumn("loss {task.fields[loss]:.3f}"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("steps", total=of, completed=done, loss=float("nan"))
        # Steps of the expert alone have no whole loss: what they have is that of the actions.
        yield lambda step, _, found: progress.update(
            task, completed=step, loss=found.get("loss", found.get("expert/action"))
        )
