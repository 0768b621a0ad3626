"""A video of a run: what the fixed camera saw, with what the robot was doing written on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hiervla.core.geometry import Array
from hiervla.core.observation import Observation
from hiervla.core.ports import Detail, Robot, RobotDescription

EVERY = 2
"""Control ticks per frame: at ten ticks a second, five frames; played at ten, twice real time."""
FPS = 10


class Film:
    """Frames into an MP4, written as they come, so that a crash leaves what was filmed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.caption = ""
        self.frames = 0
        self._writer: Any = None

    def add(self, rgb: np.ndarray) -> None:
        """Append one frame (H, W, 3) uint8; H and W must be even and stay the same."""
        import imageio_ffmpeg

        frame = _captioned(rgb, self.caption)
        if self._writer is None:
            h, w = frame.shape[:2]
            self._writer = imageio_ffmpeg.write_frames(
                str(self.path),
                (w, h),
                fps=FPS,
                codec="libx264",
                quality=7,
                macro_block_size=2,
                ffmpeg_log_level="error",
            )
            self._writer.send(None)
        self._writer.send(np.ascontiguousarray(frame))
        self.frames += 1

    def close(self) -> None:
        """Finish the file; safe to call twice."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None


class Filmed:
    """A Robot that is filmed while it moves. Everything passes through unchanged."""

    def __init__(self, robot: Robot, film: Film, camera: str = "front") -> None:
        self.robot, self.film, self.camera = robot, film, camera
        self._tick = 0

    def describe(self) -> RobotDescription:
        return self.robot.describe()

    def observe(self, detail: Detail = "none", cameras: tuple[str, ...] | None = None) -> Observation:
        return self.robot.observe(detail, cameras)

    def apply(self, action: Array, force_n: float = 40.0) -> Array:
        executed = self.robot.apply(action, force_n)
        self._tick += 1
        if self._tick % EVERY == 0:
            image = self.robot.observe("look", (self.camera,)).images.get(self.camera)
            if image is not None:
                self.film.add(image.rgb)
        return executed

    def stop(self) -> None:
        self.robot.stop()

    def close(self) -> None:
        self.film.close()
        self.robot.close()


def _captioned(rgb: np.ndarray, caption: str) -> np.ndarray:
    from PIL import Image, ImageDraw

    h, w = rgb.shape[:2]
    image = Image.fromarray(rgb[: h - h % 2, : w - w % 2])
    if caption:
        draw = ImageDraw.Draw(image)
        draw.rectangle((0, 0, image.width, 16), fill=(20, 20, 24))
        draw.text((5, 2), caption[:72].encode("ascii", "replace").decode(), fill=(240, 240, 240))
    return np.asarray(image)


def caption(event: Any) -> str:
    """What to write on the film while an event's consequence is seen; "" for events that change nothing on it."""
    match event.kind:
        case "subgoal":
            return f"{event.subgoal}  attempt {event.attempt}"
        case "failure":
            return f"FAILURE {event.failure.kind.value}: {event.failure.why}"
        case "planned":
            return f"plan: {', '.join(map(str, event.goals))}"
    return ""
