"""A mission that was killed in its process goes on from the command line."""

import json
import signal
import subprocess
import sys

from cli.test_cli import hiervla


def test_a_killed_run_goes_on_and_is_done(tmp_path):
    where = ("--set", f"runs={tmp_path}", "--set", "video=false")
    mission = subprocess.Popen(
        [sys.executable, "-m", "hiervla.cli.main", "run", "put the red cube in the blue bowl", "--scene", "tabletop", "--seed", "1", *where],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for line in mission.stdout:
        if b"pick" in line:  # the first step of the plan is told
            mission.send_signal(signal.SIGSTOP)
            meanwhile = hiervla("resume", *where)
            assert meanwhile.returncode == 2 and "under way in another process" in meanwhile.stderr
            mission.kill()
    assert mission.wait() == -9, "it came to its end before it was killed"
    [run] = tmp_path.iterdir()
    assert not (run / "report.json").exists()
    done = hiervla("resume", "--json", *where)
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["status"] == "done" and report["run"] == str(run) and report["goals"][0]["holds"] == "yes"
    over = hiervla("resume", *where)
    assert over.returncode == 2 and "every run in" in over.stderr and len(over.stderr.strip().splitlines()) == 1


def test_a_run_that_came_to_its_end_is_not_gone_on_with(tmp_path):
    none = hiervla("resume", "nowhere", "--set", f"runs={tmp_path}")
    assert none.returncode == 2 and "no run 'nowhere'" in none.stderr
