"""Tools: read-only questions a brain may ask. A tool is a typed function whose docstring the brain reads."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from hiervla.core.errors import ToolError, broke
from hiervla.core.geometry import Pose
from hiervla.core.misfit import misfit
from hiervla.core.observation import Observation
from hiervla.core.outcome import Check
from hiervla.core.plan import Subgoal
from hiervla.core.seeking import Sought
from hiervla.core.task import Gripper, Limits
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import Detection, World

Thing = Annotated[str, Field(description="Object id, or a description that fits one object.")]
"""An argument of a tool that names an object, for ``Context.object``: a brain that may only write what there is, knows by it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a tool may look at. It has no robot, so no tool can move one."""

    world: World
    observation: Observation | None = None
    limits: Limits = field(default_factory=Limits)
    gripper: Gripper = field(default_factory=Gripper)
    hand: Pose | None = None
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    check: Callable[[Subgoal], Check] | None = None  # the guard's own judgement of a step not yet taken
    seek: Callable[[str, str], Sought] | None = None
    """Looks for a description (first) by a name in it (second) that no word here covers; None without a detector."""

    def object(self, name: str) -> Detection:
        """The one object an id or a description names.

        Raises:
            ToolError: none or several fit; the message lists what there is.
        """
        if name in self.world.objects:
            return self.world.objects[name]
        found = self.vocabulary.select(name, self.world)
        if len(found) == 1:
            return found[0]
        listed = ", ".join(f"{d.id} ({d.phrase})" for d in (found or self.world.objects.values())) or "nothing"
        raise ToolError(f"{'several things fit' if found else 'nothing fits'} {name!r}; there is: {listed}")


@dataclass(frozen=True, slots=True)
class Tool:
    """A named question with a schema for its arguments."""

    name: str
    doc: str
    arguments: type[BaseModel]
    function: Callable[..., Any]

    def schema(self) -> dict[str, Any]:
        """JSON schema of the arguments."""
        return self.arguments.model_json_schema()

    def ask(self, context: Context, arguments: dict[str, Any]) -> Any:
        """Validate the arguments and answer in plain JSON types.

        Raises:
            ToolError: the arguments do not fit, or there is no answer.
        """
        try:
            filled = self.arguments.model_validate(arguments)
        except ValidationError as e:
            raise ToolError(f"{self.name}: {misfit(e, self.arguments, self.name)}") from e
        try:
            answer = self.function(context, **{k: getattr(filled, k) for k in type(filled).model_fields})
            json.dumps(answer, allow_nan=False)
            return answer
        except ToolError:
            raise
        except Exception as e:  # content is a person's own code: its bug is an answer, not the mission's end
            raise ToolError(f"the tool {self.name} broke: {broke(e)}") from e


def tool(function: Callable[..., Any]) -> Tool:
    """Make a tool of ``def name(ctx: Context, …) -> answer``; the docstring is what the brain reads."""
    signature = inspect.signature(function, eval_str=True)
    fields: dict[str, Any] = {
        n: (p.annotation, ... if p.default is inspect.Parameter.empty else p.default)
        for n, p in list(signature.parameters.items())[1:]
    }
    name = function.__name__
    arguments = create_model(f"{name}_arguments", __config__=ConfigDict(extra="forbid"), **fields)
    return Tool(name=name, doc=inspect.getdoc(function) or name, arguments=arguments, function=function)


def one_line(data: Any) -> str:
    """A tool's answer for a reader."""
    if isinstance(data, dict):
        if "objects" in data:
            found = ", ".join(o["id"] for o in data["objects"])
            doubts = ", ".join(f"{o['id']} (score {o['name_score']:.2f})" for o in data.get("not_sure", ()))
            says = f"{len(data['objects'])}: {found}" if found else "nothing fits"
            return f"{says}; not sure of {doubts}" if doubts else says
        return ", ".join(f"{k}={v}" for k, v in data.items() if v is not None)
    return str(data)
