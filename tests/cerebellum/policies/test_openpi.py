"""The openpi client against a real server process: its protocol, its ways to fail, and a pick in PyBullet over the wire."""

import json
import os
import signal
import socket
import threading
import time

import numpy as np
import pytest

from hiervla.cerebellum.loop import Cerebellum
from hiervla.cerebellum.policies.openpi import OpenPiPolicy
from hiervla.core.config import ChunkSettings
from hiervla.core.errors import PolicyFault, SetupError
from hiervla.core.outcome import FailureKind
from hiervla.core.ports import Policy
from hiervla.core.task import Task

TASK = Task(skill="go", instruction="pick up the red cube", max_seconds=20.0)
QUICK = ("metadata = {}", "metadata = {}\nconnect_s = 2.0\nfirst_s = 5.0\nreply_s = 0.5\nretries = 2\nbackoff_s = 0.02")


@pytest.fixture
def client(mapped, robot):
    """``client(port, *changes of the mapping)``: a connected policy, closed when the test is over."""
    made = []

    def make(port, *changes):
        made.append(OpenPiPolicy(f"ws://127.0.0.1:{port}", mapped(QUICK, *changes), robot.describe()))
        made[-1].reset(TASK)
        return made[-1]

    yield make
    for policy in made:
        policy.close()


def seen(robot):
    return robot.observe("look")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_a_request_arrives_as_declared_and_a_chunk_comes_back(serve, client, robot, tmp_path):
    log = tmp_path / "log.jsonl"
    _, port = serve(log=str(log), metadata={"checkpoint": "pi05_libero", "action_dim": 7})
    policy = client(port)
    chunk = policy.infer(seen(robot), TASK)
    row = json.loads(log.read_text())
    assert row["request"] == {
        "prompt": "pick up the red cube",
        "observation/image": ["|u1", [224, 224, 3]],
        "observation/wrist_image": ["|u1", [224, 224, 3]],
        "observation/state": ["<f4", [8]],
    }
    np.testing.assert_allclose(row["state"], [0.36, 0, 0.42, np.pi, 0, 0, 0.04, -0.04], atol=1e-6)
    assert isinstance(policy, Policy)
    assert (policy.name, policy.horizon, policy.cameras) == ("openpi:pi05_libero", 5, ("front", "wrist"))
    assert chunk.actions.shape == (5, 7) and chunk.step_s == 0.1
    np.testing.assert_allclose(chunk.actions[:, :6], 0, atol=1e-12)
    np.testing.assert_allclose(chunk.actions[:, 6], 0.5)  # it said 0, half way between −1 and 1
    assert policy.metadata["checkpoint"] == "pi05_libero"
    assert 0 < policy.latency_ms[-1] < 2000 and 0 <= policy.server_ms < policy.latency_ms[-1]
    assert policy.healthy()


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("error", "failed: KeyError: 'observation/image'"),
        ("nan", "action 3 of its chunk has a position that is not a number"),
        ("shape", r"shape \(10, 6\), the mapping declares \(10, 7\)"),
        ("huge", r"action 4 of its chunk goes 2 m in one step, the mapping's bound is 0.1 m"),
        ("garbage", "its reply is not openpi's"),
        ("object", "plain numbers only"),
        ("dict", "no numbers under 'actions', it has: action"),
        ("stall", "no reply within 0.5 s"),
    ],
)
def test_a_reply_that_must_not_be_run_is_a_fault_and_the_next_one_is_sound(serve, client, robot, what, says):
    _, port = serve(at={"2": what}, stall_s=1.5)
    policy = client(port)
    policy.infer(seen(robot), TASK)
    with pytest.raises(PolicyFault, match=says):
        policy.infer(seen(robot), TASK)
    if what == "stall":
        time.sleep(1.2)
    assert policy.infer(seen(robot), TASK).actions.shape == (5, 7)


def test_a_late_reply_is_never_taken_for_the_next_ones(serve, client, robot, tmp_path):
    """The reply to the second request comes after its time is up: with a target to the left, and the hand now elsewhere."""
    _, port = serve(at={"2": "stall"}, stall_s=1.0, target=[0.5, 0.2, 0.02, 0.0])
    policy = client(port)
    policy.infer(seen(robot), TASK)
    with pytest.raises(PolicyFault, match="no reply"):
        policy.infer(seen(robot), TASK)
    robot.apply(np.array([0.14, 0.5, 0, 0, 0, 0, 0.0]))  # the target lies to the right of the hand now
    time.sleep(0.8)
    chunk = policy.infer(seen(robot), TASK)
    assert chunk.actions[0, 1] < -0.005


def test_a_server_that_is_killed_in_mid_episode_is_a_typed_failure_in_bounded_time(serve, client, robot):
    process, port = serve(target=[0.5, 0.2, 0.02, 0.0])
    policy = client(port)
    loop = Cerebellum(robot, {policy.name: policy}, (policy.name,), settings=ChunkSettings(mode="fixed", length=1))
    events = []

    def emit(kind, **data):
        events.append(kind)
        if len(events) == 3:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()

    began = time.monotonic()
    trace = loop.execute(TASK, emit)
    assert time.monotonic() - began < 10
    assert trace.failure.kind is FailureKind.POLICY_FAULT
    assert "sought 2 times more" in trace.failure.why and trace.failure.evidence
    assert trace.policy == "openpi:pi05_libero" and not trace.completed
    assert len(robot.actions) == 3 and robot.stops == 1, "nothing moves after the last sound chunk"


def test_a_line_that_is_dropped_is_taken_up_again_with_the_same_request(serve, client, robot, tmp_path):
    log = tmp_path / "log.jsonl"
    _, port = serve(at={"2": "drop"}, log=str(log), target=[0.5, 0.2, 0.02, 0.0])
    policy = client(port)
    first = policy.infer(seen(robot), TASK)
    second = policy.infer(seen(robot), TASK)
    np.testing.assert_array_equal(first.actions, second.actions)
    rows = [json.loads(line) for line in log.read_text().splitlines()]
    assert [r["n"] for r in rows] == [1, 2, 3] and rows[1]["state"] == rows[2]["state"]


def test_a_server_that_dies_over_a_request_is_a_fault(serve, client, robot):
    process, port = serve(at={"2": "die"})
    policy = client(port)
    policy.infer(seen(robot), TASK)
    with pytest.raises(PolicyFault, match=r"nobody answers .*; sought 2 times more"):
        policy.infer(seen(robot), TASK)
    assert process.wait() == -signal.SIGKILL


def test_a_server_that_comes_back_goes_on_without_anyone_noticing(serve, client, robot, tmp_path):
    process, port = serve(target=[0.5, 0.2, 0.02, 0.0])
    policy = client(port, ("backoff_s = 0.02", "backoff_s = 1.0"), ("retries = 2", "retries = 6"))
    before = policy.infer(seen(robot), TASK)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    again = threading.Timer(0.5, serve, kwargs={"port": port, "target": [0.5, 0.2, 0.02, 0.0]})
    again.start()
    after = policy.infer(seen(robot), TASK)
    again.join()
    np.testing.assert_array_equal(before.actions, after.actions)


def test_a_server_that_comes_back_as_another_is_refused(serve, client, robot):
    process, port = serve(metadata={"checkpoint": "a"})
    policy = client(port, ("metadata = {}", 'metadata = { checkpoint = "a" }'))
    policy.infer(seen(robot), TASK)
    process.kill()
    process.wait()
    serve(port=port, metadata={"checkpoint": "b"})
    with pytest.raises(PolicyFault, match="it says checkpoint = 'b', the mapping wants 'a'"):
        policy.infer(seen(robot), TASK)


@pytest.mark.parametrize(
    ("wanted", "said", "says"),
    [
        ('{ checkpoint = "a" }', {"checkpoint": "b"}, "it says checkpoint = 'b', the mapping wants 'a'"),
        ('{ checkpoint = "a" }', {}, "it does not say 'checkpoint' of itself"),
        ("{}", {"action_horizon": 50}, "it says action_horizon = 50, the mapping declares 10"),
        ("{}", {"action_dim": 32}, "it says action_dim = 32, the mapping declares 7"),
        ("{}", {"control_hz": 15}, "it says control_hz = 15, the mapping declares 20"),
        ("{}", [1, 2], "its greeting is list"),
    ],
)
def test_a_wrong_server_is_refused_before_anything_moves(serve, client, wanted, said, says):
    _, port = serve(metadata=said)
    with pytest.raises(SetupError, match=says):
        client(port, ("metadata = {}", f"metadata = {wanted}"))


def test_nobody_there_somebody_else_there_and_no_address_are_told_apart(client, mapped, robot):
    port = free_port()
    with pytest.raises(SetupError, match=f"openpi server ws://127.0.0.1:{port}: nobody answers .*start it"):
        client(port)
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Quiet(BaseHTTPRequestHandler):
        def log_message(self, *_):
            """Say nothing."""

    web = HTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with pytest.raises(SetupError, match="no openpi server"):
        client(web.server_port)
    web.shutdown()
    web.server_close()
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SetupError, match="no greeting within 2 s"):
        client(silent.getsockname()[1])
    for url in ("127.0.0.1:8000", "http://127.0.0.1:8000", "ws://", "ws://host", "ws://host:port", "ws://host:99999"):
        with pytest.raises(SetupError, match="write openpi:ws://HOST:PORT"):
            OpenPiPolicy(url, mapped(), robot.describe())


def test_a_mapping_that_says_nothing_of_the_server_is_refused(mapped, robot):
    with pytest.raises(SetupError, match="server is missing"):
        OpenPiPolicy("ws://127.0.0.1:1", mapped(("[server]\nmetadata = {}", "")), robot.describe())


def test_it_ends_when_the_hand_has_rested_and_reset_begins_anew(serve, client, robot):
    _, port = serve()
    policy = client(port)
    ends = []
    for _ in range(11):
        ends.append(policy.infer(seen(robot), TASK).terminate)
        robot.apply(np.array([0, 0, 0, 0, 0, 0, 0.0]))
    assert ends == [0.0] * 10 + [1.0], "a second of rest, at ten ticks a second"
    policy.reset(TASK)
    assert policy.infer(seen(robot), TASK).terminate == 0.0
