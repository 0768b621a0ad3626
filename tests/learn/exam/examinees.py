"""Policies to be examined by name: one that keeps what it was shown and told, one that covers little, one that fails."""

from hiervla.cerebellum.policies.servo import ServoPolicy
from hiervla.core.errors import PolicyFault


class Witnessing(ServoPolicy):
    """Servo that looks at both cameras and remembers."""

    name = "witnessing"
    cameras = ("front", "wrist")
    seen, told = [], []

    def reset(self, task):
        super().reset(task)
        self.told.append(task)

    def infer(self, observation, task, prefix=None):
        self.seen.append((observation, task))
        return super().infer(observation, task, prefix)


class PicksAlone(ServoPolicy):
    name, skills = "picks-alone", ("pick",)


class Mute(ServoPolicy):
    name = "mute"

    def infer(self, observation, task, prefix=None):
        raise PolicyFault("it has nothing to say")
