"""The node that looks: from where the arm is, with the arm parked, or from close by. It moves the arm only to see better."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from hiervla.core.marking import Drawing, Mark
from hiervla.core.plan import Subgoal
from hiervla.core.ports import CloseEyes
from hiervla.core.recollection import put_away, remember
from hiervla.core.world import Pointed, World
from hiervla.graph.mission import Mission
from hiervla.graph.node import begin
from hiervla.graph.state import MissionState


def look(state: MissionState, runtime: Runtime[Mission]) -> dict[str, Any]:
    """See the world anew. Parks first when asked to, or when the arm hides something that was known."""
    m = begin(runtime)
    n, world = state["looks"], state["world"]
    if state["closer"] is not None:
        return look_closer(state, m, state["closer"])
    if state["park"]:
        park(m, world)
    world, n = _see(m, state, world, n, state["look_why"])
    if (
        not state["park"]
        and state["after_look"] in ("think", "confirm")
        and (world.warnings or set(world.lost) - set(put_away(world)))
    ):
        park(m, world)
        world, n = _see(m, state, world, n, "with the arm out of the way")
    m.keep()
    held = world.held.id if world.held else None
    first = state["first"] if state["acted"] else world
    return {
        "world": world,
        "first": first,
        "looks": n,
        "park": False,
        "expect": held,
        "inspected": [],
        "next": state["after_look"],
    }


def _see(m: Mission, state: MissionState, before: World, n: int, why: str) -> tuple[World, int]:
    m.seen = m.robot.observe("look")
    world = remember(m.eyes.look(m.seen, before, f"{m.look_prefix}{n + 1}", state["expect"]))
    marks = before.marks
    if state["marks"] and n == 0 and m.point is not None:
        marks = _understood(m, state, world, marks)
    world = world.with_marks(marks) if marks else world
    _say_looked(m, world, why)
    return world, n + 1


def _understood(m: Mission, state: MissionState, world: World, before: tuple[Pointed, ...]) -> tuple[Pointed, ...]:
    """The person's marks, new ones in place of old ones of the same name; what cannot be made out is told."""
    assert m.point is not None and m.seen is not None
    found = m.point(state["marks"], m.seen, world)
    new = {p.name for p in found}
    for mark in state["marks"]:
        if isinstance(mark, Mark) and mark.name not in new:
            m.emit("note", says=f"the mark “{mark.name}” is on nothing that I see, and not on the table")
        elif isinstance(mark, Drawing) and not found:
            m.emit("note", says=f"nothing that is drawn in {mark.path} is on a thing that I see, or on the table")
    for p in found:
        m.emit("note", says=f"the {p.name} is {f'around {p.id}' if p.id else 'a place on the table'}")
    return (*(p for p in before if p.name not in new), *found)


def _say_looked(m: Mission, world: World, why: str, suffix: str = "") -> None:
    assert m.seen is not None
    images = []
    if m.opinion is not None:  # from close by, only the wrist camera's is new
        shown = {c: i.rgb for c, i in m.seen.images.items() if c == "wrist" or (c == m.camera and not suffix)}
        m.pictures[world.look_id] = m.pictures.get(world.look_id, {}) | shown
    for camera, image in m.seen.images.items():
        if (camera == "wrist") == bool(suffix):
            images.append(m.folder.image(f"{world.look_id}-{camera}{suffix}", image.rgb))
    if not suffix and m.draw is not None and m.folder.path is not None:
        images.append(m.folder.image(f"{world.look_id}-marked", m.draw(m.seen, world, why)))
    objects = {
        d.id: f"{d.size_word} {d.phrase} at ({d.centre[0]:.3f}, {d.centre[1]:.3f}), {d.relation} {d.support}"
        for d in world.objects.values()
    }
    m.emit(
        "looked",
        look_id=world.look_id,
        objects=objects,
        held=world.held.id if world.held else None,
        why=why,
        images=tuple(i for i in images if i),
    )


def look_closer(state: MissionState, m: Mission, about: str) -> dict[str, Any]:
    """See one thing with the wrist camera too, as part of the last look; without eyes or a way there nothing is added."""
    world = state["world"]
    inspected = [*state["inspected"], about]
    update = {"closer": None, "inspected": inspected, "next": state["after_look"]}
    here = m.robot.observe("none")
    verdict = m.guard.judge(
        Subgoal(skill="inspect", arguments={"target": about}, why="to see into it"), world, here.hand
    )
    if not verdict.check or not isinstance(m.eyes, CloseEyes):
        return update
    trace = m.execute(verdict.skill.ground(m.guard.ground(world, here.hand, verdict.handling)))
    if trace.failure is not None:
        m.emit("failure", failure=trace.failure, skill="inspect", next="look from here")
        return update
    m.seen = m.robot.observe("look")
    world = remember(m.eyes.closer(m.seen, world, about))
    _say_looked(m, world, f"{state['look_why']}, from close by", f"-{len(inspected)}")
    return update | {"world": world}


def park(m: Mission, world: World) -> None:
    """Move the hand to its resting pose so that it hides nothing."""
    here = m.robot.observe("none")
    verdict = m.guard.judge(Subgoal(skill="home", why="to see better"), world, here.hand)
    if not verdict.check:
        return
    trace = m.execute(verdict.skill.ground(m.guard.ground(world, here.hand, verdict.handling)))
    if trace.failure is not None:
        m.emit("failure", failure=trace.failure, skill="home", next="look from here")
