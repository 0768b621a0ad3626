"""Commands that cannot be meant so: one line that says what, which and how to mend it, and an exit code of their own."""

import sys

import pytest

from hiervla.cli import main as entry
from hiervla.core.errors import ExitCode


def run(monkeypatch, *args):
    monkeypatch.setattr(sys, "argv", ["hiervla", *args])
    with pytest.raises(SystemExit) as e:
        entry.main()
    return e.value.code


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("scenario", "run", "tabletop", "--seeds", "0-1", "--episodes", "3"), "--seeds and --episodes say the same"),
        (("bench", "skills", "--seeds", "0-1", "--episodes", "3"), "--seeds and --episodes say the same"),
        (("scenario", "run", "tabletop", "--seeds", ""), "--seeds ''"),
        (("parse", "put it there", "--act"), "--act needs a world"),
        (("parse", "put it there", "--said", "take the cube"), "--said needs a world"),
        (("run", "go home", "--no-keep", "--set", "policies.pik=servo"), "did you mean 'pick'"),
        (("run", "go home", "--no-keep", "--mapping", "gone.toml"), "none of servo takes one"),
        (
            ("run", "go home", "--no-keep", "--policy", "hiervla.robot.fake:FakeRobot"),
            "it lacks name, horizon, cameras",
        ),
        (("run", "go home", "--no-keep", "--detector", "owl"), "no detector 'owl'; did you mean 'owlv2'?"),
        (("run", "go home", "--no-keep", "--detector", "vlm:openai:qwen3-vl"), "say how the model writes places"),
        (("chat", "--detector", "owlv2:./gone"), "there is no such folder"),
        (
            ("run", "go home", "--no-keep", "--brain", "chat:openai:m", "--base-url", "localhost:8000/v1"),
            "http://HOST:PORT/v1",
        ),
        (("run", "go home", "--no-keep", "--brain", "local:./gone"), "there is no folder ./gone"),
        (("run", "go home", "--no-keep", "--set", "chunk.mod=fixed"), "chunk.mod: no such key; did you mean 'mode'?"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(args, says, monkeypatch, capsys):
    assert run(monkeypatch, *args) == ExitCode.USAGE
    said = capsys.readouterr().err.strip().splitlines()
    assert says in said[-1] and not any(line.startswith("Traceback") for line in said)


def test_a_model_that_is_away_has_an_exit_code_of_its_own(monkeypatch, capsys):
    away = ("--brain", "chat:openai:m", "--base-url", "http://127.0.0.1:9/v1", "--set", "chat.patience_s=0")
    assert run(monkeypatch, "run", "go home", "--no-keep", *away) == ExitCode.BRAIN_LOST
    said = capsys.readouterr().out.strip().splitlines()
    assert "cannot be reached at http://127.0.0.1:9/v1" in said[-1] and "--base-url" in said[-1]


def test_a_bug_of_ours_is_not_taken_for_a_mission_that_failed(monkeypatch, capsys):
    monkeypatch.setattr(entry, "app", lambda: {}["nothing"])
    assert run(monkeypatch) == ExitCode.BUG != ExitCode.FAILED
    said = capsys.readouterr().err
    assert "KeyError" in said and "report it" in said


def test_a_file_to_resume_that_is_not_there_is_said_to_be_begun(tmp_path, capsys):
    from hiervla.cli.figures import begun

    (tmp_path / "there").touch()
    assert begun(tmp_path / "there") and begun(None) is None and capsys.readouterr().err == ""
    assert begun(tmp_path / "gone") == tmp_path / "gone" and "not there yet" in capsys.readouterr().err
