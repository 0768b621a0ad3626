"""From goals to steps, for a scripted mind: what is in the way is cleared, what is closed is opened, one thing at a time."""

from __future__ import annotations

from typing import Any

from hiervla.bench.brains.minds.scene_text import Told


def steps_to(told: Told, goals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps to goals from the scene as it is, kept in a small symbolic world."""
    rests = {i: (t.relation, t.support) for i, t in told.things.items()}
    opened = {i for i, t in told.things.items() if (t.open or 0) > 4}
    steps: list[dict[str, Any]] = []
    held = told.held

    def add(skill: str, why: str, **arguments: Any) -> None:
        steps.append({"skill": skill, "arguments": arguments, "why": why})

    def free() -> None:
        nonlocal held
        if held is not None:
            add("place", "to have a free hand", target=held, relation="on", reference="table")
            rests[held], held = ("on", "table"), None

    def clear(thing: str) -> None:
        for i in [i for i, (r, s) in rests.items() if s == thing and r == "on"]:
            clear(i)
            take(i)
            free()

    def reach(container: str) -> None:
        t = told.things.get(container)
        if t is not None and t.open is not None and container not in opened:
            free()
            add("open", "to reach into it", target=container)
            opened.add(container)

    def take(thing: str) -> None:
        nonlocal held
        if held == thing:
            return
        free()
        clear(thing)
        reach(rests.get(thing, ("", ""))[1])
        add("pick", "to have it in the hand", target=thing)
        held = thing

    for g in goals:
        subject, reference = g.get("subject", ""), g.get("reference")
        match g["relation"]:
            case "open" if subject not in opened:
                free()
                add("open", "as asked", target=subject)
                opened.add(subject)
            case "did":
                name, _, told_with = subject.partition("(")
                free()
                add(name, "as asked", **dict(a.split("=", 1) for a in told_with.rstrip(")").split(", ") if "=" in a))
                if name == "open":
                    opened.add(told_with.removeprefix("target=").rstrip(")"))
            case "closed" if subject in opened:
                free()
                add("close", "as asked", target=subject)
                opened.discard(subject)
            case "holding":
                take(subject)
            case "hand_empty":
                free()
            case "in" | "on" | "beside" | "at_distance" | "at" as relation:
                if rests.get(subject) == (relation, reference) and held != subject:
                    continue
                if relation == "in":
                    reach(str(reference))
                if relation == "on" and reference in told.things:
                    if held is not None and held != subject:
                        free()
                    clear(reference)
                take(subject)
                more = {k: g[k] for k in ("distance_m", "direction", "position") if g.get(k) is not None}
                add(
                    "place",
                    "as asked",
                    target=subject,
                    relation=relation,
                    **({"reference": reference} if reference else {}),
                    **more,
                )
                rests[subject], held = (relation, reference or "table"), None
    return steps
