"""``hiervla learn eval`` as a script meets it: one JSON object, rows that are carried on, one clear line for bad input."""

import json
import os
import subprocess
import sys

import pytest


def learn_eval(*args, cwd):
    return subprocess.run(
        [sys.executable, "-m", "hiervla.cli.main", "learn", "eval", *args], cwd=cwd, capture_output=True, text=True, timeout=120,
        env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip


def test_two_seeds_are_really_run_kept_and_not_run_again(tmp_path):
    rows = tmp_path / "rows.jsonl"
    args = ("--policy", "servo", "--deeds", "pick", "--seeds", "0-1", "--jobs", "1", "--json", "--resume", str(rows))
    first = learn_eval(*args, cwd=tmp_path)
    result = json.loads(first.stdout)
    assert first.returncode == 0, first.stderr[-2000:]
    assert set(result) == {"bench", "seeds", "figures", "versions"} and result["bench"] == "learn eval"
    assert result["figures"]["pick.true_success"]["value"] == 1 and result["figures"]["pick.true_success"]["n"] == 2
    assert {"pick.wrong_object", "chunk_ms.p50", "chunk_ms.p99"} <= set(result["figures"])
    kept = rows.read_text(encoding="utf-8")
    assert [json.loads(r)["seed"] for r in kept.splitlines()] == [0, 1]
    again = learn_eval(*args, cwd=tmp_path)
    assert rows.read_text(encoding="utf-8") == kept and json.loads(again.stdout)["figures"] == result["figures"]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--policy", "servo", "--deeds", "pikc"], "did you mean 'pick'"),
        (["--policy", "servo", "--blank", "wrst"], "did you mean 'wrist'"),
        (["--policy", "servo", "--target-error", "2"], "metres between 0 and 0.2"),
        (["--policy", "servo", "--seeds", "5-1"], "range such as"),
        (["--policy", "serv", "--deeds", "pick", "--seeds", "0", "--jobs", "1"], "did you mean 'servo'"),
        ([], "--policy"),
    ],
)
def test_bad_input_is_one_clear_line(args, says, tmp_path, in_process):
    done = in_process("learn", "eval", *args, cwd=tmp_path)
    assert done.returncode == 2 and says in done.stderr and "Traceback" not in done.stderr, done.stderr
