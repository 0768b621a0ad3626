"""A policy server that speaks openpi's protocol, to be run as a process of its own: ``python openpi_server.py PORT PLAN``.

Nothing of the package is imported: the protocol and the checkpoint's conventions (LIBERO's: 20 Hz, ±1 is ±5 cm and ±0.5 rad,
gripper −1 open) are written here a second time, from their description. PLAN is JSON:

    metadata    what it says on connecting
    target      x y z of what to take (m), and the yaw to take it with; None: it answers zeros
    at          {number of the request: what to do then instead}: "stall", "die", "drop", "error", "nan", "shape", "huge",
                "garbage", "object", "dict"; stall_s: for how long
    log         file that gets one JSON line a request
"""

import asyncio
import http
import json
import math
import os
import signal
import sys
import time

import msgpack
import numpy as np
from websockets.asyncio.server import serve

HORIZON, HZ, UNIT_M, UNIT_RAD = 10, 20, 0.05, 0.5


def outward(value):
    return {b"__ndarray__": True, b"data": value.tobytes(), b"dtype": value.dtype.str, b"shape": value.shape}


def inward(table):
    if b"__ndarray__" not in table:
        return table
    return np.ndarray(buffer=table[b"data"], dtype=np.dtype(table[b"dtype"]), shape=table[b"shape"])


def pick(state, target):
    """Ten actions towards taking the target, from the state alone: over it, down, shut, up."""
    hand, turn, fingers = state[:3], state[3:6], state[6] - state[7]
    x, y, z, yaw = target
    # Axis-angle of a hand that points down, turned by ψ: a half turn about (cos ψ/2, sin ψ/2, 0).
    now = 2 * math.atan2(turn[1], turn[0])
    twist = (yaw - now + math.pi / 2) % math.pi - math.pi / 2
    away = np.array([x, y, z]) - hand
    over = math.hypot(away[0], away[1])
    grip, held = -1.0, fingers < 0.075
    if over > 0.012 or (abs(twist) > 0.05 and hand[2] > z + 0.05):
        goal = (
            np.array([x, y, max(z + 0.10, min(hand[2], z + 0.2))])
            if over > 0.03 or hand[2] > z + 0.05
            else np.array([x, y, hand[2]])
        )
    elif not held and away[2] < -0.006:
        goal = np.array([x, y, z])
    elif not held:
        goal, grip = hand, 1.0
    else:
        goal, grip = np.array([x, y, z + 0.16]), 1.0
    actions, at = np.zeros((HORIZON, 7)), hand.astype(float)
    for i in range(HORIZON):
        step = goal - at
        longest = 0.012
        step = step * min(1.0, longest / max(float(np.linalg.norm(step)), 1e-9))
        spin = float(np.clip(twist, -0.1, 0.1))
        twist -= spin
        actions[i, :3], actions[i, 5], actions[i, 6] = step / UNIT_M, spin / UNIT_RAD, grip
        at = at + step
    return actions


class Server:
    def __init__(self, plan):
        self.plan, self.count = plan, 0

    async def handle(self, socket):
        await socket.send(msgpack.packb(self.plan.get("metadata", {}), default=outward))
        async for message in socket:
            began = time.monotonic()
            request = msgpack.unpackb(message, object_hook=inward)
            self.count += 1
            if log := self.plan.get("log"):
                shapes = {
                    k: [v.dtype.str, list(v.shape)] if isinstance(v, np.ndarray) else v for k, v in request.items()
                }
                with open(log, "a", encoding="utf-8") as f:
                    f.write(json.dumps({"n": self.count, "request": shapes, "state": [float(v) for v in request["observation/state"]]}) + "\n")  # fmt: skip
            what = self.plan.get("at", {}).get(str(self.count))
            if what == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if what == "stall":
                time.sleep(self.plan.get("stall_s", 30))  # as openpi does: in the event loop
            if what == "error":
                await socket.send(
                    "Traceback (most recent call last):\n  File \"policy.py\", line 7\nKeyError: 'observation/image'\n"
                )
                await socket.close(1011, "Internal server error")
                return
            if what == "garbage":
                await socket.send(b"\xc1\x00\xff")
                continue
            if what == "drop":
                await socket.close(1001)
                return
            target = self.plan.get("target")
            actions = pick(request["observation/state"], target) if target else np.zeros((HORIZON, 7))
            if what == "nan":
                actions[3, 2] = np.nan
            if what == "shape":
                actions = actions[:, :6]
            if what == "huge":
                actions[4, 0] = 40.0
            reply = {"actions": actions, "server_timing": {"infer_ms": (time.monotonic() - began) * 1000}}
            if what == "dict":
                reply = {"action": actions}
            if what == "object":
                reply = {"actions": {b"__ndarray__": True, b"data": b"cos\nsystem\n.", b"dtype": "|O", b"shape": [1]}}
            await socket.send(msgpack.packb(reply, default=outward))


def health(connection, request):
    return connection.respond(http.HTTPStatus.OK, "OK\n") if request.path == "/healthz" else None


async def main():
    port, plan = int(sys.argv[1]), json.loads(sys.argv[2])
    async with serve(
        Server(plan).handle, "127.0.0.1", port, compression=None, max_size=None, process_request=health
    ) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
