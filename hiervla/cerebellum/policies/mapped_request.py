"""What a foreign checkpoint is sent: pictures, state vectors and words, as its mapping declares them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial.transform import Rotation

from hiervla.cerebellum.policies.mapped_actions import placed
from hiervla.cerebellum.policies.mapping import Mapping
from hiervla.cerebellum.policies.mapping_senses import (
    Camera,
    Constant,
    GripperReading,
    HandPosition,
    HandRotation,
    Joints,
    Key,
    Part,
    path,
)
from hiervla.cerebellum.policies.rotations import nearest, write_rotation
from hiervla.core.errors import PolicyFault
from hiervla.core.geometry import Array, Pose
from hiervla.core.observation import Observation
from hiervla.core.task import Gripper, Task

_RESAMPLE = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
_TURN = {
    "rotate_180": Image.Transpose.ROTATE_180,
    "flip_horizontal": Image.Transpose.FLIP_LEFT_RIGHT,
    "flip_vertical": Image.Transpose.FLIP_TOP_BOTTOM,
}


class MappedRequest:
    """Builds requests; knows the cell's gripper, to say how far it is open in the checkpoint's own numbers."""

    def __init__(self, mapping: Mapping, gripper: Gripper) -> None:
        self.mapping, self.gripper = mapping, gripper
        self.base, self.tool = placed(mapping.frame.base), placed(mapping.frame.tool)

    def build(self, seen: Observation, task: Task) -> dict[str, Any]:
        """The whole request; keys that are paths become maps within maps.

        Raises:
            PolicyFault: an image or a word that it needs is not there.
        """
        request: dict[str, Any] = {}
        put(request, self.mapping.instruction.key, self.words(task))
        for camera in self.mapping.camera:
            put(request, camera.key, self.picture(seen, camera))
        for i, vector in enumerate(self.mapping.state):
            put(request, vector.key, self.state(seen, i))
        return request

    def words(self, task: Task) -> str:
        """The instruction, in the sentence the checkpoint was trained on."""
        said = self.mapping.instruction
        things = {"target": task.target, "goal": task.goal}
        words = {"instruction": task.instruction, "skill": task.skill.replace("_", " ")}
        words |= {name: thing.phrase for name, thing in things.items() if thing is not None}
        try:
            text = said.skills.get(task.skill, said.template).format(**words)
        except KeyError as e:
            raise PolicyFault(f"the mapping's sentence for {task.skill} names {e.args[0]!r}, this step has none (instruction.skills)") from e  # fmt: skip
        return text.lower() if said.case == "lower" else text

    def picture(self, seen: Observation, camera: Camera) -> NDArray[Any]:
        """One camera's picture: (h, w, 3) or (3, h, w), uint8 or float32."""
        if camera.source not in seen.images:
            raise PolicyFault(f"the observation has no image of {camera.source} (camera.from)")
        pixels = np.asarray(fitted(Image.fromarray(seen.images[camera.source].rgb), camera))
        out: NDArray[Any] = pixels
        if camera.values != "uint8":
            out = pixels.astype(np.float32) / (255.0 if camera.values == "unit" else 127.5)
            out = out - np.float32(camera.values == "signed")
        return np.ascontiguousarray(out.transpose(2, 0, 1) if camera.layout == "chw" else out)

    def state(self, seen: Observation, index: int) -> NDArray[np.float32]:
        """One state vector (n,), in the checkpoint's units."""
        parts = [self._part(seen, p) for p in self.mapping.state[index].parts]
        return np.concatenate(parts).astype(np.float32)

    def _part(self, seen: Observation, part: Part) -> Array:
        match part:
            case HandPosition():
                return self._tool(seen, part.frame).position / part.unit_m
            case HandRotation():
                turn = Rotation.from_quat(self._tool(seen, part.frame).quaternion[None])
                numbers = write_rotation(turn, part.rotation, None)[0]
                if part.near is not None:
                    numbers = nearest(numbers, part.rotation, np.asarray(part.near))
                return numbers / (part.unit_rad or 1.0)
            case Joints():
                return seen.joints[: part.count] / part.unit_rad
            case GripperReading():
                share = min(1.0, max(0.0, seen.gripper_width_m / self.gripper.opening_m))
                return np.array([part.closed + share * (part.open - part.closed)])
            case Constant():
                return np.full(part.count, part.value)

    def _tool(self, seen: Observation, frame: str) -> Pose:
        tool = seen.hand @ self.tool
        return tool if frame == "world" else self.base.inverse() @ tool


def fitted(picture: Image.Image, camera: Camera) -> Image.Image:
    """An upright picture turned, cropped and resized as a checkpoint was trained on it."""
    if camera.turn != "none":
        picture = picture.transpose(_TURN[camera.turn])
    w, h = picture.size
    width, height = camera.size
    side = math.sqrt(camera.keep)
    across, down = w * side, h * side
    if camera.fit == "crop":
        share = min(across / width, down / height)
        across, down = width * share, height * share
    box = ((w - across) / 2, (h - down) / 2, (w + across) / 2, (h + down) / 2)
    how = _RESAMPLE[camera.resample]
    if camera.fit != "pad":
        return picture.resize((width, height), how, box=box)
    share = min(width / across, height / down)
    size = (max(1, round(across * share)), max(1, round(down * share)))
    framed = Image.new("RGB", (width, height))
    framed.paste(picture.resize(size, how, box=box), ((width - size[0]) // 2, (height - size[1]) // 2))
    return framed


def put(request: dict[str, Any], key: Key, value: Any) -> None:
    """Set a value in maps within maps."""
    *parents, last = path(key)
    for name in parents:
        request = request.setdefault(name, {})
    request[last] = value


def take(reply: Any, key: Key) -> Any:
    """A value out of maps within maps; None where it is not there."""
    for name in path(key):
        reply = reply.get(name) if isinstance(reply, dict) else None
    return reply
