"""The visible chain of thought: sentences gathered on the way to a move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hiervla.brain.grammar.acts import Instruction
from hiervla.brain.grammar.objection import Objection
from hiervla.brain.grammar.speech import Speech
from hiervla.core.briefing import Briefing
from hiervla.core.plan import Ask, Clarify, Finish, Plan, Refuse, Subgoal, Thought, ToolCall, ToolResult
from hiervla.core.world import World

MOST_CITED = 4
"""Answers of tools that one thought cites; the latest are kept."""


class Telling:
    """Gathers what is thought, in order, and ends it with a move."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech
        self._sentences: list[str] = []

    def add(self, key: str, **fields: Any) -> None:
        """One more sentence."""
        said = self.speech.say(key, **fields)
        self._sentences.append(said[:1].upper() + said[1:])

    def add_if(self, condition: object, key: str, **fields: Any) -> None:
        """One more sentence, where there is something to say."""
        if condition:
            self.add(key, **fields)

    def asked(self, text: str, reading: Instruction, answered: bool) -> None:
        self.add("r_asked", text=text.strip(), form=str(reading))
        for said, meant in reading.slips:
            self.add("r_slip", said=said, meant=meant)
        self.add_if(answered, "r_answer", form=str(reading))

    def seen(self, world: World) -> None:
        self.add("r_see", scene=self.speech.scene())
        if world.held is not None:
            self.add("r_held", thing=self.speech.thing(world.held.id))
        for warning in world.warnings[:2]:
            self.add("r_warning", why=warning)

    def found(self, asked: Sequence[ToolResult]) -> None:
        """Cite what the tools answered."""
        for result in asked[-MOST_CITED:]:
            self.add(
                "r_found" if result.ok else "r_failed_call", call=call_text(result.call), says=result.says.rstrip(".。")
            )

    def judge(self, briefing: Briefing, subgoals: Sequence[Subgoal]) -> None:
        """Take a check's no for what it is: final for the first thing to do, a warning for what other steps come before.

        Raises:
            Objection: the first pick or placement was found unsafe.
        """
        first_pick = subgoals[0].skill == "pick" and subgoals[0].arguments
        for k, step in enumerate(subgoals):
            call = ToolCall(tool="check_safety", arguments={"skill": step.skill, "arguments": dict(step.arguments)})
            result = next((r for r in reversed(briefing.asked) if r.call == call and r.ok), None)
            if result is None or not isinstance(result.data, dict) or result.data.get("safe", True):
                continue
            if k == 0 or (k == 1 and first_pick and step.arguments.get("target") == first_pick.get("target")):
                raise Objection("refuse", "said_no", why=result.data.get("why", result.says))
            self.add("r_check_later")

    def objection(self, objection: Objection) -> Thought:
        """End with the question or refusal that an objection calls for."""
        speech = self.speech
        says = speech.say(objection.key, **{"scene": speech.scene(), **objection.fields})
        says = says[:1].upper() + says[1:]
        self.add("r_objection", why=says)
        if objection.move == "clarify":
            return self.thought(Clarify(question=says, candidates=objection.candidates))
        return self.thought(Refuse(why=says))

    def thought(self, move: Ask | Plan | Clarify | Refuse | Finish) -> Thought:
        joint = " " if self.speech.language == "en" else ""
        return Thought(reasoning=joint.join(self._sentences), move=move)


def call_text(call: ToolCall) -> str:
    """``measure_distance(a=c1, b=left edge)``."""
    return str(Subgoal(skill=call.tool, arguments=call.arguments, why=""))
