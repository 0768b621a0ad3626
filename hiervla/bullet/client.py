"""One PyBullet client: bodies, stepping, rendering, inverse kinematics. Knows nothing of scenes or tasks.

Every call names its physics client, so any number of worlds can live side by side in one process.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hiervla.core.errors import SetupError
from hiervla.core.geometry import Array
from hiervla.core.geometry import look_at as look_at
from hiervla.core.observation import CameraImage


@contextlib.contextmanager
def native_output_to_stderr() -> Iterator[None]:
    """Send what C code prints on descriptor 1 to descriptor 2, so that stdout stays the caller's own."""
    sys.stdout.flush()
    try:
        saved = os.dup(1)
    except OSError:  # no stdout at all (a daemon): nothing to protect
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)


with native_output_to_stderr():  # PyBullet prints its build time when it is loaded
    import pybullet

_SOLVER_ROUNDS = 60
"""With fewer, fingers sink into what they hold firmly and wander in it; with many more, a touch becomes a blow."""


@dataclass(frozen=True, slots=True)
class Lens:
    """How a camera projects: image size in pixels, vertical field of view in degrees, clipping planes in metres."""

    width: int
    height: int
    fov_deg: float
    near_m: float = 0.02
    far_m: float = 5.0

    def intrinsics(self) -> Array:
        f = self.height / 2 / np.tan(np.radians(self.fov_deg) / 2)
        # TinyRenderer's image lies half a pixel off: measured by fitting planes of known height in its depth images.
        return np.array([[f, 0, self.width / 2 + 0.5], [0, f, self.height / 2 - 0.5], [0, 0, 1.0]])


@dataclass(frozen=True, slots=True)
class Light:
    """Light as TinyRenderer takes it."""

    direction: tuple[float, float, float] = (0.5, -0.3, 1.5)
    ambient: float = 0.65
    diffuse: float = 0.4
    specular: float = 0.02


class Sensor(Protocol):
    """What comes between a perfect picture and the one that a camera gives."""

    def stands(self, world_from_camera: Array) -> Array:
        """Where a camera really is (4, 4) whose calibration says ``world_from_camera``."""
        ...

    def read(self, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """Depth (H, W) in metres as the camera gives it; 0 = no return."""
        ...


class BulletClient:
    """A physics world of its own. Gravity −9.81 m/s², fixed time step, deterministic for the same calls."""

    def __init__(self, gui: bool = False, hz: int = 120) -> None:
        self.hz = hz
        self.light = Light()
        self.sensor: Sensor | None = None
        """What is wrong with the cameras; None: nothing."""
        self.time_s = 0.0
        self.before_tick: list[Callable[[], None]] = []
        """Called once before each control tick's physics: where disturbances and recorders listen."""
        if gui and sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
            raise SetupError("no display for --gui: set DISPLAY, run under `xvfb-run -a`, or leave --gui away")
        with native_output_to_stderr():
            self.id = pybullet.connect(pybullet.GUI if gui else pybullet.DIRECT)
        if self.id < 0:
            raise SetupError("PyBullet could not open a window: leave --gui away, or check DISPLAY")
        pybullet.resetSimulation(physicsClientId=self.id)
        pybullet.setGravity(0, 0, -9.81, physicsClientId=self.id)
        pybullet.setPhysicsEngineParameter(
            fixedTimeStep=1 / hz,
            numSolverIterations=_SOLVER_ROUNDS,
            deterministicOverlappingPairs=1,
            physicsClientId=self.id,
        )

    def step(self, n: int = 1) -> None:
        """n physics steps of 1/hz seconds."""
        for _ in range(n):
            pybullet.stepSimulation(physicsClientId=self.id)
        self.time_s += n / self.hz

    def begin_tick(self) -> None:
        """Tell the listeners that a control tick begins; the arm then steps the physics itself."""
        for listen in list(self.before_tick):
            listen()

    def render(self, lens: Lens, world_from_camera: Array) -> CameraImage:
        """An RGB-D image by TinyRenderer (CPU, the same on every machine), as ``sensor`` gives it."""
        stands = world_from_camera if self.sensor is None else self.sensor.stands(world_from_camera)
        camera_from_world = np.linalg.inv(stands)
        view = np.diag([1.0, -1.0, -1.0, 1.0]) @ camera_from_world  # OpenGL looks along −z with y up
        n, f = lens.near_m, lens.far_m
        projection = pybullet.computeProjectionMatrixFOV(lens.fov_deg, lens.width / lens.height, n, f)
        _, _, rgba, buffer, _ = pybullet.getCameraImage(
            lens.width,
            lens.height,
            view.T.ravel().tolist(),
            projection,
            lightDirection=self.light.direction,
            lightAmbientCoeff=self.light.ambient,
            lightDiffuseCoeff=self.light.diffuse,
            lightSpecularCoeff=self.light.specular,
            shadow=0,
            flags=pybullet.ER_NO_SEGMENTATION_MASK,
            renderer=pybullet.ER_TINY_RENDERER,
            physicsClientId=self.id,
        )
        buffer = np.asarray(buffer, dtype=np.float64).reshape(lens.height, lens.width)
        depth = (f * n / (f - (f - n) * buffer)).astype(np.float32)
        depth[buffer >= 1.0] = 0.0
        if self.sensor is not None:
            depth = self.sensor.read(depth)
        rgb = np.asarray(rgba, dtype=np.uint8).reshape(lens.height, lens.width, 4)[:, :, :3].copy()
        return CameraImage(rgb, depth, lens.intrinsics(), np.array(world_from_camera, dtype=np.float64))

    def close(self) -> None:
        """Disconnect; safe to call twice."""
        if self.id >= 0 and pybullet.isConnected(physicsClientId=self.id):
            pybullet.disconnect(physicsClientId=self.id)
        self.id = -1
