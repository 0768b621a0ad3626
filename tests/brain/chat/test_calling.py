"""Servers that are busy, broken, slow or gone: asked again with pauses, given up in time, and no key is ever told."""

import time

import pytest

from hiervla.brain.chat.calling import Calling, Unfit, quiet
from hiervla.core.errors import BrainLost, SetupError, UnusableReply
from hiervla.core.plan import Plan


@pytest.mark.parametrize("fault", ["429", "500", "503", "529", "drop"])
def test_a_busy_server_is_asked_again_and_the_wait_is_told(serve, chat, briefing, fault):
    server = serve("competent", "--fault", fault, "--times", "2")
    thought = chat(server).think(briefing())
    assert isinstance(thought.move, Plan)
    assert thought.usage.calls == 3 == len(server.requests)
    assert len(thought.notes) == 2 and "asking again" in thought.notes[0]


def test_a_server_that_stalls_is_asked_again(serve, chat, briefing):
    server = serve("competent", "--fault", "stall", "--stall-s", "30")
    thought = chat(server, timeout_s=1.5).think(briefing())
    assert isinstance(thought.move, Plan) and "did not answer in time" in thought.notes[0]


def test_the_pause_that_a_server_asks_for_is_kept(serve, chat, briefing):
    waited = []
    server = serve("competent", "--fault", "429", "--times", "2", "--retry-after", "3.5")
    chat(server, patience_s=60, sleep=waited.append).think(briefing())
    assert waited == [3.5, 3.5]


def test_pauses_grow_until_patience_ends(serve, chat, briefing):
    waited, clock = [], [0.0]

    def sleep(s):
        waited.append(s)
        clock[0] += s

    calling = Calling(5.0, 20.0, sleep=sleep, clock=lambda: clock[0])

    def busy():
        raise TimeoutError

    with pytest.raises(BrainLost, match="did not answer in time"):
        calling.ask(busy)
    assert waited == [0.5, 1, 2, 4, 8]


def test_a_wait_is_told_before_it_is_waited_for_and_what_to_mend_at_its_end():
    told, clock = [], [0.0]

    def sleep(s):
        assert told[-1].endswith(f"asking again in {s:.1f} s"), "two minutes of silence look like a hang"
        clock[0] += s

    calling = Calling(
        5.0, 2.0, sleep=sleep, clock=lambda: clock[0], tells=told.append, place="http://localhost:8000/v1"
    )

    def away():
        raise ConnectionRefusedError

    with pytest.raises(BrainLost, match=r"cannot be reached at http://localhost:8000/v1.*--base-url"):
        calling.ask(away)
    assert told == calling.notes and len(told) == 2


def test_a_server_that_is_too_busy_is_told_with_the_setting_that_waits_longer(serve, chat, briefing):
    with pytest.raises(BrainLost, match=r"HTTP 429, too many requests.*chat\.patience_s"):
        chat(serve("competent", "--fault", "429", "--times", "99"), patience_s=0).think(briefing())


def test_a_wait_longer_than_patience_is_not_waited_for(serve, chat, briefing):
    server = serve("competent", "--fault", "429", "--retry-after", "3600")
    with pytest.raises(BrainLost, match="429"):
        chat(server).think(briefing())


def test_a_server_that_is_gone_is_a_lost_brain_with_what_it_cost(serve, chat, briefing):
    server = serve()
    brain = chat(server, patience_s=2.0)
    server.kill()
    with pytest.raises(BrainLost, match="cannot be reached") as e:
        brain.think(briefing())
    assert e.value.usage.calls > 0


def test_a_trickling_server_is_held_to_the_time_of_the_whole(serve, chat, briefing):
    calling = Calling(0.3, 0.0)
    began = time.monotonic()
    with pytest.raises(BrainLost):
        calling.ask(lambda: time.sleep(5))
    assert time.monotonic() - began < 2


def test_what_is_no_reply_goes_back(serve, chat, briefing):
    server = serve("competent", "--fault", "garbage")
    with pytest.raises(UnusableReply):
        chat(server).think(briefing())


def test_no_entry_is_for_the_person_and_tells_no_key(serve, chat, briefing, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-1234567890")
    server = serve("competent", "--fault", "401")
    with pytest.raises(SetupError, match="check the key in OPENAI_API_KEY") as e:
        chat(server).think(briefing())
    assert "secret" not in str(e.value)
    assert server.requests[0]["headers"]["authorization"].endswith("sk-very-secret-1234567890"), "the key is used"


def test_no_such_model_is_for_the_person(serve, chat, briefing):
    with pytest.raises(SetupError, match=r"HTTP 404.*model's name.*ends in /v1"):
        chat(serve("competent", "--fault", "404")).think(briefing())


def test_a_model_that_ollama_has_not_is_told_with_the_command_that_fetches_it(serve, chat, briefing):
    server = serve("competent", "--fault", "404")
    with pytest.raises(SetupError, match=r"ollama pull qwen2.5vl:7b"):
        chat(server, name="chat:ollama:qwen2.5vl:7b", base_url=server.root).think(briefing())


def test_keys_are_blotted_out_of_what_is_told(monkeypatch):
    monkeypatch.setenv("LAB_API_KEY", "abcdef123456")
    said = quiet("bad key abcdef123456\nor sk-proj-xyz_1234567, see docs " + "x" * 999)
    assert "abcdef" not in said and "xyz" not in said and "\n" not in said and len(said) <= 300


def test_unfit_requests_are_not_repeated():
    class Refused(Exception):
        status_code = 400

    def refuse():
        raise Refused("no tools here")

    calling = Calling(5.0, 60.0)
    with pytest.raises(Unfit, match="no tools here"):
        calling.ask(refuse)
    assert calling.calls == 1
