"""The chat from a pipe: what was said and meant is printed as it is, of the last deed, in the language spoken."""

import os
import subprocess
import sys

LINES = [
    "/plan put [/bold] the red cube in the blue bowl",
    "把红色方块放到蓝色碗里",
    "/cost",
    "/brain gramar",
    "/brain",
    "/mark A=1",
    "/mark A=168,175",
    "A是什么颜色的？",
    "/plan",
    "/undo",
    "/help",
]


def test_markup_deeds_and_languages(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "hiervla.cli.main", "chat", "--seed", "3", "--set", "video=false"],
        input="\n".join(LINES), capture_output=True, text=True, cwd=tmp_path, timeout=240,
        env=os.environ | {"COLUMNS": "200"},
    )  # fmt: skip
    out = run.stdout
    assert run.returncode == 0, run.stderr[-500:]
    assert "[/bold]" in out
    steps = [
        line for line in out.splitlines() if line.startswith(("pick(target=red_cube_1)", "place(target=red_cube_1"))
    ]
    assert len(steps) == 2 and all(s.endswith("done") for s in steps), "the last deed, though a question came after it"
    assert "cost nothing" in out and "did you mean 'grammar'" in out and "grammar thinks" in out
    assert "write NAME=X,Y" in out
    assert any(line.startswith("done:") and "绿" in line for line in out.splitlines()), "the thing that was marked"
    assert "undo that" not in out and "说要做什么" in out
