"""Where weights lie: a folder, or the id of one on the hub. Told before the heavy libraries are loaded."""

from __future__ import annotations

import re
from pathlib import Path

from hiervla.core.errors import SetupError

_HUB = re.compile(r"\w[\w.-]*/\w[\w.-]*")


def folder_of(place: str) -> Path | None:
    """The folder that is named, or None where it is the id of one on the hub.

    Raises:
        SetupError: it is neither, or the folder holds no model in transformers' form.
    """
    folder = Path(place).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise SetupError(f"brain local:{place}: no config.json in that folder; name one in transformers' form (git clone or hf download of a model)")  # fmt: skip
        return folder
    if not _HUB.fullmatch(place) or folder.exists() or folder.parent.is_dir():  # weights/qwen beside weights/: mistyped
        raise SetupError(f"brain local:{place}: there is no folder {place}; write local:FOLDER, or local:ORGANISATION/MODEL for one on the hub")  # fmt: skip
    return None
