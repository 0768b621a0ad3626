"""A chat server that speaks OpenAI's, Anthropic's, Google's and Ollama's HTTP: a real process on a real port.

``python -m hiervla.bench.brains.minds.chat_server --mind competent --log FILE --fault 429 --times 2`` prints its port; FILE takes every request as a line
of JSON; ``--think-s`` seconds go by before every reply, ``--word-s`` before every piece of a streamed one;
``--reasoning`` is what it gives for its reasons. Faults hit the first ``--times`` requests: an HTTP status, stall, drop, garbage, die (the process ends at that request),
or, at all times, no-tools, no-schema, no-images, no-stream.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from hiervla.bench.brains.minds import talk

DECISIONS = ("plan", "clarify", "refuse", "finish")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        body = json.loads(raw or b"{}")
        path = self.path.split("?")[0]
        number = self.server.note(path, body, dict(self.headers.items()))
        options = self.server.options
        request = talk.request(path, body)
        request.number = number
        if options.fault == "no-stream" and body.get("stream"):
            return self._send(400, json.dumps({"error": {"message": "streaming with tools is not supported"}}).encode())
        if options.fault and self._faulty(options, request, number):
            return
        time.sleep(options.think_s)
        reply = self.server.mind.reply(request)
        if options.reasoning:
            reply.calls = [(n, {"reasoning": options.reasoning, **a} if n in DECISIONS else a) for n, a in reply.calls]
        whole = talk.written(path, body, reply if request.tools else reply.as_text())
        if body.get("stream") and path.endswith("/chat/completions"):
            return self._stream(body, whole)
        if path.endswith("/api/chat"):
            return self._send(200, json.dumps(whole).encode() + b"\n", "application/x-ndjson")
        return self._send(200, json.dumps(whole).encode())

    def _faulty(self, options: Any, request: talk.Request, number: int) -> bool:
        refused = {
            "no-tools": bool(request.tools),
            "no-schema": bool(request.tools or request.schema),
            "no-images": request.images > 0,
        }
        if options.fault in refused:
            if refused[options.fault]:
                what = "image input" if options.fault == "no-images" else "tool choice"
                self._send(400, json.dumps({"error": {"message": f"this model does not support {what}"}}).encode())
            return refused[options.fault]
        if options.fault == "no-stream" or not options.after <= number - 1 < options.after + options.times:
            return False
        match options.fault:
            case "stall":
                time.sleep(options.stall_s)
                self.close_connection = True
            case "drop":
                self.close_connection = True
            case "garbage":
                self._send(200, b"<html>502 from a proxy</html>", "text/html")
            case "die":
                os._exit(0)
            case status:
                error = {
                    "error": {
                        "message": f"status {status}",
                        "type": "x",
                        "code": "rate_limit_exceeded" if status == "429" else None,
                    }
                }
                self._send(
                    int(status),
                    json.dumps(error).encode(),
                    **{"retry-after": options.retry_after} if options.retry_after else {},
                )
        return True

    def _send(self, status: int, data: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": kind, "content-length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, body: dict[str, Any], whole: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for k, chunk in enumerate(talk.chunks(body, whole)):
            if self.server.options.cut and k == self.server.options.cut:
                return
            time.sleep(self.server.options.word_s)
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *args: Any) -> None:
        """Nothing: what was asked stands in the file of requests."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(("127.0.0.1", options.port), Handler)
        self.options = options
        self.mind = importlib.import_module(f"{__package__}.{options.mind}")
        self._lock, self._count = threading.Lock(), 0

    def note(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> int:
        with self._lock:
            self._count += 1
            if self.options.log:
                with open(self.options.log, "a", encoding="utf-8") as f:
                    f.write(json.dumps({"path": path, "headers": headers, "body": body}, ensure_ascii=False) + "\n")
            return self._count


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mind", default="competent")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", default="")
    parser.add_argument("--fault", default="")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--retry-after", default="")
    parser.add_argument("--stall-s", type=float, default=5.0)
    parser.add_argument("--think-s", type=float, default=0.0)
    parser.add_argument("--reasoning", default="")
    parser.add_argument("--word-s", type=float, default=0.0)
    parser.add_argument("--cut", type=int, default=0)
    server = Server(parser.parse_args())
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
