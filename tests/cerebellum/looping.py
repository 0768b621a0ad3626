"""A small policy and a control loop around it, for the tests of the loop."""

import numpy as np

from hiervla.cerebellum.loop import Cerebellum
from hiervla.cerebellum.monitors import default_monitors
from hiervla.core.config import ChunkSettings
from hiervla.core.task import ActionChunk, Task
from hiervla.robot.fake import FakeRobot


class Straight:
    """Goes forward for ever, in chunks of eight; after ``ends`` chunks it says that it is done."""

    name, horizon, cameras = "straight", 8, ()

    def __init__(self, step=0.005, ends=10**9):
        self.step, self.ends, self.inferred, self.tasks = step, ends, 0, []

    def reset(self, task):
        self.tasks.append(task)
        self.inferred = 0

    def infer(self, observation, task, prefix=None):
        self.inferred += 1
        return ActionChunk(self.actions(), 0.1, terminate=1.0 if self.inferred > self.ends else 0.0)

    def actions(self):
        a = np.zeros((8, 7))
        a[:, 1] = self.step
        return a


def cerebellum(policy, robot=None, monitors=None, **settings):
    return Cerebellum(
        robot=robot or FakeRobot(), policies={policy.name: policy}, order=(policy.name,),
        monitors=default_monitors(None) if monitors is None else monitors, settings=ChunkSettings(**settings),
    )  # fmt: skip


TASK = Task(skill="go", instruction="go", max_seconds=2.95)
