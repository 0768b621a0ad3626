"""How soon does anything happen? Fresh processes, warm file caches."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from hiervla.scenario.figures import Figure, mean, quantile

HEAVY = ("torch", "transformers", "open3d", "langgraph")
_RUN = """
import json, sys, time
began = time.time()
from hiervla.agent import Agent
agent = Agent("tabletop", {seed}, keep=False)
arm, first = agent.cell.robot.robot, []
apply = arm.apply
def timed(*a, **k):
    first.append(time.time()); return apply(*a, **k)
arm.apply = timed
for event in agent.stream("put the red cube in the blue bowl"):
    if first: break
print(json.dumps({{"moved": first[0], "loaded": [m for m in {heavy} if m in sys.modules]}}))
"""
_HELP = """
import json, sys
import hiervla, hiervla.cli.main
try: hiervla.cli.main.app(["--help"], standalone_mode=False)
except SystemExit: pass
print(json.dumps([m for m in {heavy} if m in sys.modules]))
"""


def items(seeds: list[int]) -> list[tuple[int]]:
    """One process pair per seed; the first, which fills the caches, is thrown away."""
    _python(_RUN.format(seed=0, heavy=HEAVY))
    return [(s,) for s in seeds]


def work(seed: int) -> dict[str, Any]:
    """Start a process that runs to its first motion, and one that prints the help."""
    began = time.time()
    run = _python(_RUN.format(seed=seed, heavy=HEAVY))
    moved = run["moved"] - began
    began = time.time()
    helped = _python(_HELP.format(heavy=HEAVY))
    return {"seed": seed, "first_motion_s": round(moved, 3), "help_s": round(time.time() - began, 3),
            "heavy_help": helped, "heavy_run": [m for m in run["loaded"] if m in ("torch", "transformers")]}  # fmt: skip


def summary(rows: list[dict[str, Any]]) -> dict[str, Figure]:
    return {
        "first_motion_s.p50": quantile([r["first_motion_s"] for r in rows], 0.5, "< 10"),
        "help_s.p50": quantile([r["help_s"] for r in rows], 0.5),
        "heavy_modules.help": mean([len(r["heavy_help"]) for r in rows], "<= 0"),
        "heavy_modules.run": mean([len(r["heavy_run"]) for r in rows], "<= 0"),
    }


def _python(code: str) -> Any:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.strip().splitlines()[-1])
