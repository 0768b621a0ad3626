"""Open3D, without waiting for its web viewer: Dash and Plotly take half of its import, and only that viewer needs them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

_VIEWER = "open3d.visualization.draw_plotly"
_CALLS = ("get_plotly_fig", "draw_plotly", "draw_plotly_server")


def open3d() -> Any:
    """The module, imported at the first call; its ``draw_plotly`` functions fetch Dash and Plotly when they are called."""
    if "open3d" not in sys.modules:
        later = ModuleType(_VIEWER)
        for name in _CALLS:
            setattr(later, name, _when_called(name))
        sys.modules[_VIEWER] = later
        try:
            importlib.import_module("open3d")
        finally:
            sys.modules.pop(_VIEWER, None)
    return sys.modules["open3d"]


def _when_called(name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(_VIEWER), name)(*args, **kwargs)

    return call
