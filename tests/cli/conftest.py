"""The command line without a process of its own: for the many ways to be told one clear line. Each command is also run for real."""

import subprocess
import sys

import pytest


@pytest.fixture
def in_process(monkeypatch, capfd):
    """``in_process("run", …, cwd=folder, DISPLAY="")``: what the command printed and its exit code, as a process would have ended."""

    def run(*args, cwd=None, **env):
        from hiervla.cli import main as entry

        with monkeypatch.context() as m:
            m.setattr(sys, "argv", ["hiervla", *args])
            for key, value in env.items():
                m.setenv(key, value)
            if cwd is not None:
                m.chdir(cwd)
            capfd.readouterr()
            try:
                entry.main()
                code = 0
            except SystemExit as e:
                code = int(e.code or 0)
        said = capfd.readouterr()
        return subprocess.CompletedProcess(args, code, said.out, said.err)

    return run
