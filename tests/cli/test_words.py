"""A chat model's words on a terminal, as they come; and Ctrl-C in their midst."""

import io
import os
import pty
import select
import signal
import subprocess
import sys
import time

import pytest
from rich.console import Console

from hiervla.bench.brains.minds.start import serving
from hiervla.cli.live import Live
from hiervla.cli.options import followed
from hiervla.core.config import ChatSettings, Settings
from hiervla.record import make_event


def live(terminal=True, to_stderr=False):
    shown = Live(to_stderr=to_stderr)
    shown.console = Console(
        file=io.StringIO(),
        force_terminal=terminal,
        stderr=to_stderr,
        soft_wrap=True,
        width=200,
        no_color=True,
        highlight=False,
    )
    return shown


def told(shown, *events):
    for kind, data in events:
        shown(make_event(kind, 0.0, data))
    return shown.console.file.getvalue()


WORDS = [("words", {"says": "the cube ", "begins": True}), ("words", {"says": "is [red]\x1b[2J"})]
THOUGHT = ("thought", {"reasoning": "the cube is [red]", "move": "plan"})


def test_words_are_shown_as_they_come_and_not_twice():
    text = told(live(), *WORDS, THOUGHT)
    assert text.count("the cube") == 1 and "[red]" in text and "\x1b[2J" not in text
    assert text.splitlines()[-1] == "think  plan", "on a line of its own"


def test_another_reason_than_was_heard_is_shown_too():
    assert "because" in told(live(), *WORDS, ("thought", {"reasoning": "because", "move": "plan"}))


def test_a_reply_that_is_asked_for_again_begins_on_a_line_of_its_own():
    text = told(live(), *WORDS, *WORDS, ("note", {"says": "so"}))
    assert len([line for line in text.splitlines() if "the cube" in line]) == 2 and "note" in text.splitlines()[-1]


@pytest.mark.parametrize("how", [{"terminal": False}, {"to_stderr": True}])
def test_without_a_terminal_and_with_json_there_is_only_the_thought(how):
    shown = live(**how)
    assert not shown.follows and followed(Settings(), shown).chat.stream is None
    text = told(shown, *WORDS, THOUGHT)
    assert text.count("the cube") == 1 and "think" in text


def test_only_an_unset_setting_gives_way_to_the_terminal():
    assert followed(Settings(), live()).chat.stream is True
    assert followed(Settings(chat=ChatSettings(stream=False)), live()).chat.stream is False


def test_ctrl_c_in_the_midst_of_a_reply_stops_at_once(tmp_path):
    """On a real terminal: words come, Ctrl-C, the run ends as stopped; the reply would have taken a minute more."""
    with serving(None, "competent", "--word-s", "1.5", "--reasoning", "the red cube is near") as server:
        ours, theirs = pty.openpty()
        command = ["-m", "hiervla.cli.main", "run", "put the red cube in the blue bowl", "--seed", "3", "--no-keep",
                   "--brain", "chat:openai:test", "--base-url", server.url]  # fmt: skip
        run = subprocess.Popen(
            [sys.executable, *command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, close_fds=True,
            env=os.environ | {"COLUMNS": "200", "TERM": "xterm"},
        )  # fmt: skip
        os.close(theirs)
        text, until, sent = "", time.monotonic() + 90, None
        while time.monotonic() < until:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    text += os.read(ours, 4096).decode("utf-8", "replace")
                except OSError:
                    break
            if sent is None and "…" in text:
                sent = time.monotonic()
                run.send_signal(signal.SIGINT)
        assert run.wait(timeout=20) == 5, text[-800:]
        assert sent is not None and time.monotonic() - sent < 12 and "stopped by a person" in text
        os.close(ours)
