"""openpi's wire format: msgpack whose arrays are maps of type, shape and bytes. Plain numbers only, never pickles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hiervla.core.errors import SetupError

try:
    import msgpack
except ImportError as e:
    raise SetupError("the openpi policy needs msgpack: pip install 'hiervla[learn]'") from e

_ARRAY, _SCALAR = b"__ndarray__", b"__npgeneric__"
_KINDS = "biuf"
"""Kinds of numpy type that may travel: bool, integers, floats. Objects are code in disguise."""


class WireError(ValueError):
    """Bytes that are not of this format; says what is wrong with them."""


def pack(message: Any) -> bytes:
    """A message of maps, lists, words, numbers and numpy arrays as bytes."""
    return bytes(msgpack.packb(message, default=_outward))


def unpack(data: bytes) -> Any:
    """The message in some bytes; its arrays are the receiver's own and may be written to.

    Raises:
        WireError: they are not of this format.
    """
    try:
        return msgpack.unpackb(data, object_hook=_inward, strict_map_key=False)
    except WireError:
        raise
    except (ValueError, TypeError, msgpack.UnpackException, RecursionError) as e:
        raise WireError(f"not msgpack: {str(e) or type(e).__name__}") from e


def _outward(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind not in _KINDS:
        raise TypeError(f"{value.dtype} does not travel: plain numbers only")
    if isinstance(value, np.ndarray):
        return {_ARRAY: True, b"data": value.tobytes(), b"dtype": value.dtype.str, b"shape": value.shape}
    if isinstance(value, np.generic):
        return {_SCALAR: True, b"data": value.item(), b"dtype": value.dtype.str}
    raise TypeError(f"{type(value).__name__} does not travel")


def _inward(table: dict[Any, Any]) -> Any:
    if _ARRAY in table:
        kind = _dtype(table.get(b"dtype"))
        shape, data = table.get(b"shape"), table.get(b"data")
        if not isinstance(shape, list | tuple) or not all(type(n) is int and 0 <= n < 2**31 for n in shape):
            raise WireError(f"an array of shape {shape!r}")
        if not isinstance(data, bytes) or len(data) != math.prod(shape) * kind.itemsize:
            size = len(data) if isinstance(data, bytes) else type(data).__name__
            raise WireError(f"an array of shape {tuple(shape)} and type {kind} with {size} bytes")
        return np.frombuffer(data, dtype=kind).reshape(shape).copy()
    if _SCALAR in table:
        try:
            return _dtype(table.get(b"dtype")).type(table.get(b"data"))
        except (TypeError, ValueError, OverflowError) as e:
            raise WireError(f"a number that is none: {e}") from e
    return table


def _dtype(name: Any) -> np.dtype[Any]:
    try:
        kind = np.dtype(name) if isinstance(name, str) else None
    except (TypeError, ValueError, SyntaxError) as e:
        raise WireError(f"an array of type {name!r}: {e}") from e
    if kind is None or kind.kind not in _KINDS or kind.subdtype is not None:
        raise WireError(f"an array of type {name!r}: plain numbers only")
    return kind
