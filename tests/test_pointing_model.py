"""A mission with a VLM as the detector, asked over real HTTP as an OpenAI-compatible server answers."""

import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from hiervla.agent import Agent
from hiervla.sim.truth import true_goals

pytest.importorskip("langchain_openai")


class RedBox(BaseHTTPRequestHandler):
    """Answers as Qwen3-VL does, with the box around what is red in the picture it was sent."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        parts = json.loads(self.rfile.read(int(self.headers["content-length"])))["messages"][-1]["content"]
        url = next(p["image_url"]["url"] for p in parts if p["type"] == "image_url")
        rgb = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",", 1)[1]))).convert("RGB")).astype(int)
        rows, cols = np.nonzero((rgb[..., 0] > 110) & (rgb[..., 1] < 70) & (rgb[..., 2] < 70))
        box = [
            int(v * 1000 / n)
            for v, n in zip((cols.min(), rows.min(), cols.max() + 1, rows.max() + 1), rgb.shape[1::-1] * 2, strict=True)
        ]
        text = "Sure!\n```json\n" + json.dumps([{"bbox_2d": box, "label": "stapler"}]) + "\n```"
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        body = json.dumps(
            {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        ).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def url():
    server = ThreadingHTTPServer(("127.0.0.1", 0), RedBox)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_what_a_model_points_at_is_acted_on(url):
    with Agent("tabletop", 3, detector=f"vlm:openai:Qwen/Qwen3-VL?points=qwen3&base_url={url}", keep=False) as agent:
        report = agent.run("把订书机放进蓝碗")
        assert report.status == "done", report.answer
        assert true_goals(agent.cell.sim, ("in red_cube blue_bowl",)) == {"in red_cube blue_bowl": True}
        assert agent.cell.eyes.detector == "vlm:openai:Qwen/Qwen3-VL"


@pytest.mark.slow
def test_another_convention_than_the_declared_one_moves_nothing(url):
    with Agent("tabletop", 3, detector=f"vlm:openai:Qwen/Qwen3-VL?points=gemini&base_url={url}", keep=False) as agent:
        events = []
        report = agent.run("put the stapler in the blue bowl", on_event=events.append)
        (failed,) = [e.result for e in events if e.kind == "asked"]
        assert not failed.ok and "points=qwen2.5 or points=qwen3" in failed.says
        assert report.status != "done" and not report.outcomes
