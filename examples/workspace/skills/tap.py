from hiervla.core.motion import touch
from hiervla.core.skill import Skill


class Tap(Skill):
    "Touch the top of an object with closed fingers."

    target: str
    says = {"en": ["tap", "touch"], "zh": ["轻点", "碰一下"]}

    def keyframes(self, at):
        return touch(at, self.target)
