"""A chat server as a process of its own, for as long as it is needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVER = f"{__package__}.chat_server"


@dataclass
class Served:
    process: subprocess.Popen[str]
    port: int
    log: Path | None

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """Every request so far, oldest first: path, headers, body."""
        if self.log is None or not self.log.exists():
            return []
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def serving(log: Path | None, mind: str = "competent", *options: str, port: int = 0) -> Iterator[Served]:
    """A server with a mind, on a port of its own unless one is named; ``log`` takes every request as a line of JSON."""
    command = [sys.executable, "-m", SERVER, "--mind", mind, "--log", str(log or ""), "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield Served(process, int(process.stdout.readline()), log)
    finally:
        process.kill()
        process.wait()
