"""Fakes at the ports for missions: a brain that replays thoughts, eyes that see listed worlds; and a small described table."""

from __future__ import annotations

from dataclasses import dataclass, field

from hiervla.core.goal import Goal
from hiervla.core.plan import Ask, Finish, Plan, Subgoal, Thought, ToolCall
from hiervla.core.world import Detection, Held, Surface, World

TABLE = Surface(name="table", height_m=0.0, outline=((0.25, -0.48), (0.81, -0.48), (0.81, 0.48), (0.25, 0.48)))
CUBE = Detection(id="red_cube_1", label="cube", colour="red", centre=(0.5, 0.1, 0.02), size=(0.04, 0.04, 0.04))
BOWL = Detection(
    id="blue_bowl_1",
    label="bowl",
    colour="blue",
    centre=(0.5, -0.2, 0.023),
    size=(0.12, 0.12, 0.046),
    hollow=True,
    inner_radius_m=0.055,
)
HELD = Held(id="red_cube_1", offset=(0, 0, 0), hand_yaw=0.0, object_yaw=0.0, width_m=0.04)


def world(*things: Detection, held: Held | None = None) -> World:
    """A world of these things on the table."""
    return World(objects={d.id: d for d in things}, surfaces={"table": TABLE}, held=held)


SEPARATE = world(CUBE, BOWL)
HOLDING = world(CUBE.model_copy(update={"support": "hand", "centre": (0.5, 0.1, 0.16)}), BOWL, held=HELD)
INSIDE = world(CUBE.model_copy(update={"support": "blue_bowl_1", "relation": "in", "centre": (0.5, -0.2, 0.026)}), BOWL)


PICK = Subgoal(skill="pick", arguments={"target": "red_cube_1"}, why="to have it")
PLACE = Subgoal(
    skill="place", arguments={"target": "red_cube_1", "relation": "in", "reference": "blue_bowl_1"}, why="as asked"
)
GOAL = Goal(relation="in", subject="red_cube_1", reference="blue_bowl_1")
LOOK_UP = Thought(
    reasoning="first I look", move=Ask(calls=(ToolCall(tool="detect_objects", arguments={"query": "red cube"}),))
)
PLAN = Thought(reasoning="pick and place", move=Plan(goals=(GOAL,), subgoals=(PICK, PLACE)))
FINISH = Thought(reasoning="seen", move=Finish(answer="it is in the bowl"))


@dataclass
class ListedEyes:
    """Sees the next listed world at every look, and the last one for ever after."""

    worlds: list[World]
    looks: int = 0

    def look(self, observation, before, look_id, expect=None):
        w = self.worlds[min(self.looks, len(self.worlds) - 1)]
        self.looks += 1
        seen = {i: d.model_copy(update={"seen_s": observation.time_s}) for i, d in w.objects.items()}
        return w.model_copy(update={"look_id": look_id, "time_s": observation.time_s, "objects": seen})


@dataclass
class ListedBrain:
    """Replays thoughts as they are, and keeps what it was told before each."""

    thoughts: list[Thought]
    name: str = "listed"
    briefings: list = field(default_factory=list)

    def think(self, briefing):
        self.briefings.append(briefing)
        return self.thoughts[min(len(self.briefings), len(self.thoughts)) - 1]
