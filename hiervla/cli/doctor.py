"""``hiervla doctor``: what is missing on this machine, and how to get it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hiervla.cli import options as opt
from hiervla.core.errors import ExitCode

LIBRARIES = {
    "libusb-1.0.so.0": "libusb-1.0-0", "libGL.so.1": "libgl1", "libEGL.so.1": "libegl1", "libX11.so.6": "libx11-6",
    "libudev.so.1": "libudev1", "libidn2.so.0": "libidn2-0", "libgomp.so.1": "libgomp1",
}  # fmt: skip
"""What Open3D links to → the Debian package that holds it."""
MODULES = (
    "numpy",
    "scipy",
    "pydantic",
    "typer",
    "rich",
    "PIL",
    "pybullet",
    "open3d",
    "langgraph",
    "imageio_ffmpeg",
    "lark",
    "onnxruntime",
)


def missing_libraries() -> list[str]:
    """Shared libraries the dynamic loader cannot find; empty off Linux."""
    if not sys.platform.startswith("linux"):
        return []
    import ctypes

    missing = []
    for name in LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def doctor(json: opt.Json = False, fix: bool = False) -> None:
    """Check Python, packages, system libraries, disk and display; --fix installs missing libraries where it can."""
    with opt.json_stdout(json) as put:
        problems: list[str] = []
        lines: list[str] = []
        absent = [m for m in MODULES if importlib.util.find_spec(m) is None]
        if absent:
            problems.append(f"missing packages {', '.join(absent)}: run `make setup`, or `pip install hiervla`")
        libraries = missing_libraries()
        if libraries and fix:
            _install([LIBRARIES[n] for n in libraries])
            libraries = missing_libraries()
        if libraries:
            problems.append(
                f"missing system libraries {', '.join(libraries)}: {install_command([LIBRARIES[n] for n in libraries])}"
            )
        free_gb = shutil.disk_usage(Path.cwd()).free / 1e9
        if free_gb < 1:
            problems.append(f"only {free_gb:.1f} GB free here: runs need room")
        lines.append(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {free_gb:.0f} GB free")
        lines.append("display: " + (os.environ.get("DISPLAY") or "none (everything but --gui works without)"))
        if not problems:
            lines.append(_import_open3d())
        for text in (*lines, *[f"PROBLEM {p}" for p in problems]):
            print(text)
        put({"ok": not problems, "problems": problems})
    raise SystemExit(int(ExitCode.USAGE if problems else ExitCode.DONE))


def install_command(packages: list[str]) -> str:
    """The exact command that brings the packages, for this kind of machine."""
    if shutil.which("apt-get"):
        sudo = "" if os.geteuid() == 0 else "sudo "
        return f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(packages)}"
    return f"install with your system's package manager: {' '.join(packages)} (names as in Debian)"


def _install(packages: list[str]) -> None:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return
    quiet = {"stdout": sys.stderr, "stderr": sys.stderr}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=False, **quiet)  # type: ignore[call-overload]


def _import_open3d() -> str:
    run = subprocess.run(
        [sys.executable, "-c", "import open3d; print(open3d.__version__)"], capture_output=True, text=True, check=False
    )
    return (
        f"open3d {run.stdout.strip()}"
        if run.returncode == 0
        else f"PROBLEM open3d does not load: {run.stderr.strip().splitlines()[-1]}"
    )
