"""Replies that are followed while they are written: their words come as they are, once, and the whole is validated as ever."""

import json
import threading
import time

import pytest
from langchain_core.messages import AIMessageChunk

from hiervla.brain.chat.murmur import Murmur, readable, reasoning
from hiervla.core.aloud import Aloud
from hiervla.core.errors import SafetyStop, UnusableReply
from hiervla.core.plan import Plan

WHY = 'the cube is "red"\nand 5 cm from the bowl, 红色 \N{ROBOT FACE} \\ so'


@pytest.mark.parametrize("ascii_only", [True, False])
def test_reasoning_in_an_objects_beginning_grows_and_is_never_taken_back(ascii_only):
    whole = json.dumps({"reasoning": WHY, "goals": [{"reasoning": "not this"}]}, ensure_ascii=ascii_only)
    shown = ""
    for end in range(len(whole) + 1):
        now = reasoning(whole[:end])
        assert now.startswith(shown), (shown, now)
        shown = now
    assert shown == WHY


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("First I look.", "First I look."),
        ('So:\n```json\n{"reasoning": "because", "move": "plan"}\n```', "So:\nbecause"),
        ("<think>Let me see.</think>ok", "Let me see.ok"),
        ('{"move": "finish", "answer": "no reasons"}', ""),
    ],
)
def test_what_can_be_read_of_a_reply_in_text(text, words):
    murmur, shown = Murmur(), ""
    for k in range(0, len(text), 3):
        shown += murmur.heard(AIMessageChunk(content=text[k : k + 3]))
    assert shown.strip() == words.strip()
    assert readable(text).strip() == words.strip()


def test_function_calls_blocks_and_thinking_apart():
    murmur = Murmur()
    call = {"name": "plan", "args": '{"reasoning": "so', "id": "1", "index": 0}
    pieces = [
        AIMessageChunk(content="", additional_kwargs={"reasoning_content": "hm "}),
        AIMessageChunk(content=[{"type": "text", "text": "I see. "}, {"type": "image"}]),
        AIMessageChunk(content="", tool_call_chunks=[call]),
        AIMessageChunk(content="", tool_call_chunks=[{"name": None, "args": ' it is"}', "id": None, "index": 0}]),
    ]
    assert "".join(murmur.heard(p) for p in pieces) == "hm I see. so it is"


def test_words_come_while_the_reply_is_written_on_the_thread_that_waits(serve, chat, briefing):
    heard = []

    def says(text, begins):
        heard.append((time.monotonic(), text, begins, threading.current_thread()))

    server = serve("competent", "--word-s", "0.02", "--reasoning", WHY)
    thought = chat(server, stream=True).think_aloud(briefing(), Aloud(says=says))
    ended = time.monotonic()
    assert isinstance(thought.move, Plan) and thought.reasoning in "".join(t for _, t, _, _ in heard)
    assert ended - heard[0][0] > 0.2, "the first words came long before the last"
    assert [b for _, _, b, _ in heard] == [True] + [False] * (len(heard) - 1)
    assert {t for *_, t in heard} == {threading.current_thread()}


def test_a_reply_that_breaks_off_was_heard_and_is_no_thought(serve, chat, briefing):
    heard = []
    with pytest.raises(UnusableReply):
        chat(serve("competent", "--cut", "9", "--reasoning", WHY), stream=True).think_aloud(
            briefing(), Aloud(says=lambda *w: heard.append(w))
        )
    assert heard


def test_a_server_that_streams_nothing_is_asked_for_whole_replies(serve, chat, briefing):
    server = serve("competent", "--fault", "no-stream")
    brain = chat(server, stream=True)
    assert "no streaming" in brain.think(briefing()).notes[0] and brain.think(briefing()).notes == ()
    assert "tools" in server.requests[-1]["body"] and len(server.requests) == 3


def test_a_stop_cuts_the_line_and_the_requests_thread_ends(serve, chat, briefing):
    heard, stop = [], threading.Event()

    def says(text, begins):
        heard.append(text)
        stop.set()

    brain = chat(serve("competent", "--word-s", "0.3", "--reasoning", WHY), stream=True)
    began = time.monotonic()
    with pytest.raises(SafetyStop) as e:
        brain.think_aloud(briefing(), Aloud(stop.is_set, says))
    assert len(heard) == 1 and time.monotonic() - began < 10 and e.value.usage.calls == 1
    until = time.monotonic() + 3
    while any(t.name == "chat request" for t in threading.enumerate()) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(t.name == "chat request" for t in threading.enumerate()), "it reads on though nobody listens"


def test_a_correction_typed_in_the_midst_of_a_reply_stops_it_and_nothing_moves(serve, tmp_path):
    from hiervla.agent import Agent
    from hiervla.core.config import ChatSettings, Settings

    server = serve("competent", "--word-s", "0.5", "--reasoning", WHY)
    settings = Settings(
        brain="chat:openai:test", chat=ChatSettings(base_url=server.url, stream=True), video=False, runs=str(tmp_path)
    )
    meant, events = [], []

    def at(event):
        events.append(event)
        if event.kind == "words" and not meant:
            meant.append(agent.overhear("no, the green one"))

    with Agent("tabletop", 3, settings=settings) as agent:
        report = agent.run("put the red cube in the blue bowl", on_event=at)
    assert meant == ["correct"] and report.status == "stopped" and not report.outcomes
    assert not any(e.kind == "subgoal" for e in events) and report.usage.calls == 1
    kept = (tmp_path / report.run / "events.jsonl").read_text(encoding="utf-8")
    assert '"words"' not in kept, "the folder keeps whole thoughts"
