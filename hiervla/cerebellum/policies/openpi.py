"""Client of an openpi policy server: websocket, msgpack, one request and one reply a chunk. The arm rests meanwhile."""

from __future__ import annotations

import http.client
import time
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from hiervla.cerebellum.policies.mapped_policy import MappedPolicy
from hiervla.cerebellum.policies.mapping import Mapping
from hiervla.cerebellum.policies.openpi_wire import WireError, pack, unpack
from hiervla.core.errors import PolicyFault, SetupError
from hiervla.core.ports import RobotDescription

try:
    from websockets.exceptions import ConnectionClosed, WebSocketException
    from websockets.sync.client import connect
except ImportError as e:
    raise SetupError("the openpi policy needs websockets: pip install 'hiervla[learn]'") from e

_LARGEST = 64 * 2**20
"""Bytes of a reply; more is no chunk of actions."""
_LONGEST_WAIT_S = 5.0
_REMEMBERED = 1000
"""Latencies that are kept."""


class OpenPiPolicy(MappedPolicy):
    """A checkpoint behind ``ws://host:port``. Connects at once, so that a wrong server is known before the arm moves.

    A connection that is lost is sought again, a bounded number of times, and the request sent anew: nothing has moved since.
    After a time-out the connection is given up, so that a late reply is never taken for the next one's.
    """

    def __init__(self, url: str, mapping: Mapping, about: RobotDescription) -> None:
        """
        Raises:
            SetupError: no server there, it is another one than the mapping declares, or the mapping declares none.
        """
        super().__init__(mapping, about)
        if mapping.server is None:
            raise SetupError(f"mapping of {mapping.checkpoint}: server is missing: [server] with metadata, what the server must say of itself")  # fmt: skip
        self.url, self.server = _address(url), mapping.server
        self.latency_ms: list[float] = []
        """Wall-clock of the last chunks, request to reply."""
        self.server_ms: float | None = None
        """What the server itself says its last inference took."""
        self.metadata: dict[str, Any] = {}
        self._open: ExitStack | None = None
        self._socket: Any = None
        self._warm = False
        try:
            self._connect()
        except (_Lost, PolicyFault) as e:
            self.close()
            raise SetupError(f"openpi server {self.url}: {e}; start it (docs/policies.md), or name another: --policy openpi:ws://HOST:PORT") from e  # fmt: skip

    @property
    def name(self) -> str:
        return f"openpi:{self.mapping.checkpoint}"

    def close(self) -> None:
        """Leave the server; a later request connects again."""
        if self._open is not None:
            opened, self._open, self._socket = self._open, None, None
            opened.close()

    def ask(self, request: dict[str, Any]) -> Any:
        message = pack(request)
        wait = self.server.backoff_s
        for left in range(self.server.retries, -1, -1):
            try:
                if self._socket is None:
                    self._connect()
                return self._exchange(message)
            except _Lost as e:
                self.close()
                if not left:
                    raise PolicyFault(f"openpi server {self.url}: {e}; sought {self.server.retries} times more") from e
            except BaseException:  # Ctrl-C as well: a reply that is still on its way must not answer the next request
                self.close()
                raise
            time.sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT_S)
        raise AssertionError("the last attempt returns or raises")

    def healthy(self) -> bool:
        """Whether the server answers ``GET /healthz`` within a second. A server that infers may be too busy to."""
        at = urlsplit(self.url)
        kind = http.client.HTTPSConnection if at.scheme == "wss" else http.client.HTTPConnection
        try:
            link = kind(at.hostname or "", at.port, timeout=1.0)
            try:
                link.request("GET", "/healthz")
                return link.getresponse().status == 200
            finally:
                link.close()
        except (OSError, http.client.HTTPException):
            return False

    # --- the wire ----------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        """Open the connection and hold what the server says of itself against the mapping.

        Raises:
            _Lost: nobody answers.
            PolicyFault: somebody else does.
        """
        self._open = ExitStack()
        self._warm = False
        # No keep-alive: openpi infers in its event loop, and a long first inference would answer no ping.
        # No proxy: policy servers stand in the lab.
        how: dict[str, Any] = {
            "compression": None,
            "max_size": _LARGEST,
            "close_timeout": 0.5,
            "ping_interval": None,
            "proxy": None,
        }
        try:
            self._socket = self._open.enter_context(connect(self.url, open_timeout=self.server.connect_s, **how))
            greeting = self._socket.recv(timeout=self.server.connect_s)
        except TimeoutError as e:
            raise _Lost(f"no greeting within {self.server.connect_s:g} s (server.connect_s)") from e
        except (OSError, ConnectionClosed) as e:
            raise _Lost(f"nobody answers ({e})") from e
        except WebSocketException as e:
            raise PolicyFault(f"what answers there is no openpi server ({e})") from e
        said = self._read(greeting)
        if not isinstance(said, dict):
            raise PolicyFault(f"its greeting is {type(said).__name__}, openpi's is a map of metadata")
        self._check(said)
        self.metadata = said

    def _check(self, said: dict[str, Any]) -> None:
        """What is declared must be said, and what is said of the actions must be what is declared."""
        action = self.mapping.action
        for key, value in self.server.metadata.items():
            if key not in said:
                raise PolicyFault(f"it does not say {key!r} of itself, the mapping wants {value!r} (server.metadata); it says: {', '.join(map(str, said)) or 'nothing'}")  # fmt: skip
            if said[key] != value:
                raise PolicyFault(f"it says {key} = {said[key]!r}, the mapping wants {value!r} (server.metadata): another checkpoint is served")  # fmt: skip
        ours = {"action_horizon": action.horizon, "action_dim": action.dim, "control_hz": action.rate_hz, "rate_hz": action.rate_hz}  # fmt: skip
        for key, value in ours.items():
            if key in said and said[key] != value:
                raise PolicyFault(f"it says {key} = {said[key]!r}, the mapping declares {value!r}: mend the one that is wrong")  # fmt: skip

    def _exchange(self, message: bytes) -> Any:
        patience = self.server.reply_s if self._warm else self.server.first_s
        began = time.perf_counter()
        try:
            self._socket.send(message)
            reply = self._socket.recv(timeout=patience)
        except TimeoutError as e:
            why = "it still answers /healthz" if self.healthy() else "it does not answer /healthz either"
            raise PolicyFault(f"openpi server {self.url}: no reply within {patience:g} s, {why} (server.reply_s, server.first_s)") from e  # fmt: skip
        except (OSError, ConnectionClosed) as e:
            raise _Lost(f"the connection was lost ({e})") from e
        self._warm = True
        said = self._read(reply)
        self.latency_ms = [*self.latency_ms[1 - _REMEMBERED :], (time.perf_counter() - began) * 1000]
        timing = said.get("server_timing") if isinstance(said, dict) else None
        took = timing.get("infer_ms") if isinstance(timing, dict) else None
        self.server_ms = float(took) if isinstance(took, int | float) else None
        return said

    def _read(self, frame: str | bytes) -> Any:
        if isinstance(frame, str):  # openpi sends its traceback as text
            lines = [line for line in frame.strip().splitlines() if line.strip()] or ["no words"]
            raise PolicyFault(f"openpi server {self.url} failed: {lines[-1].strip()[:300]}")
        try:
            return unpack(frame)
        except WireError as e:
            raise PolicyFault(f"openpi server {self.url}: its reply is not openpi's: {e}") from e


class _Lost(Exception):
    """The connection is gone: worth another attempt."""


def _address(url: str) -> str:
    at = urlsplit(url)
    try:
        fits = at.scheme in ("ws", "wss") and bool(at.hostname) and at.port is not None
    except ValueError:
        fits = False
    if not fits:
        raise SetupError(f"openpi server {url!r}: write openpi:ws://HOST:PORT, for example openpi:ws://127.0.0.1:8000")
    return url
