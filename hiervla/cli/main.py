"""The command line: it only builds, runs and shows. Everything it does can be done from Python in three lines."""

from __future__ import annotations

import sys
import traceback

import typer

from hiervla.cli import (
    bench,
    chat,
    demo,
    doctor,
    export,
    init,
    learn,
    listing,
    parse,
    perceive,
    prompts,
    resume,
    run,
    runs,
    scenario,
)
from hiervla.core.errors import ExitCode, SafetyStop, SetupError

app = typer.Typer(
    name="hiervla", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Tell a robot arm something in words; watch it think, act, notice failures and prove what it did.",
)  # fmt: skip
app.command("run")(run.run)
app.command("resume")(resume.resume)
app.command("chat")(chat.chat)
app.command("demo")(demo.demo)
app.command("list")(listing.list_content)
app.command("init")(init.init)
app.command("doctor")(doctor.doctor)
app.command("runs")(runs.runs)
app.command("show")(runs.show)
app.command("replay")(runs.replay)
app.command("parse")(parse.parse)
app.command("perceive")(perceive.perceive)
app.command("bench")(bench.bench)
scenario_app = typer.Typer(no_args_is_help=True, help="Scripted runs, scored by the simulator's truth.")
scenario_app.command("run")(scenario.scenario_run)
scenario_app.command("list")(scenario.scenario_list)
app.add_typer(scenario_app, name="scenario")
app.add_typer(learn.app, name="learn")
app.add_typer(prompts.app, name="prompts")
app.add_typer(export.app, name="export")


def main() -> None:
    """Entry point: errors that are meant to be read are one line and an exit code, never a traceback."""
    try:
        app()
    except SetupError as e:
        print(f"hiervla: {e}", file=sys.stderr)
        raise SystemExit(ExitCode.USAGE) from None
    except (SafetyStop, KeyboardInterrupt) as e:
        print(f"hiervla: stopped{f': {e}' if str(e) else ''}", file=sys.stderr)
        raise SystemExit(ExitCode.STOPPED) from None
    except BrokenPipeError:  # `hiervla runs | head`
        raise SystemExit(ExitCode.DONE) from None
    except Exception:  # not to be taken for a mission that failed
        traceback.print_exc()
        print("hiervla: this is a bug; please report it with the lines above", file=sys.stderr)
        raise SystemExit(ExitCode.BUG) from None


if __name__ == "__main__":
    main()
