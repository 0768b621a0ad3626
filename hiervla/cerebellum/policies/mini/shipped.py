"""Which folder a name stands for: the weights that come with the package, or one's own."""

from __future__ import annotations

from pathlib import Path

from hiervla.core.errors import SetupError

NAME, PREFIX = "mini", "mini:"
SHIPPED = Path(__file__).parent / "weights"
"""What the bare name means; written by ``hiervla learn release``, anew only for a release."""


def spelt(name: str) -> tuple[Path, str] | None:
    """Folder and runtime of ``mini``, ``mini:FOLDER`` or ``FOLDER``, each with ``@RUNTIME`` or without ("auto"); None for other names."""
    said, _, runtime = name.removeprefix(PREFIX).partition("@")
    if said == NAME and not name.startswith(PREFIX):
        return SHIPPED, runtime or "auto"
    if name.startswith(PREFIX) or (name != "servo" and Path(said).is_dir()):
        return Path(said), runtime or "auto"
    return None


def there(folder: Path) -> Path:
    """The folder itself.

    Raises:
        SetupError: it is the shipped one, and this copy came without it.
    """
    if folder == SHIPPED and not folder.is_dir():
        raise SetupError(
            "this copy has no weights of its own: name a FOLDER that `hiervla learn train` wrote, or use servo"
        )
    return folder
