"""A chat server as a process of its own, for as long as a test needs it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER = Path(__file__).with_name("chat_server.py")


@dataclass
class Served:
    process: subprocess.Popen[str]
    port: int
    log: Path

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request so far, oldest first: path, headers, body."""
        return (
            [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
            if self.log.exists()
            else []
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(log: Path, mind: str = "competent", *options: str, port: int = 0) -> Iterator[Served]:
    command = [sys.executable, str(SERVER), "--mind", mind, "--log", str(log), "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(process, int(process.stdout.readline()), log)
    finally:
        process.kill()
        process.wait()
