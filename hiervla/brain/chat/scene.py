"""A perceived world as lines of text, and what has changed in it since an earlier look."""

from __future__ import annotations

import math

from hiervla.core.world import Detection, World

MOVED_M = 0.01
"""Less is the eyes' own error."""


def scene_lines(world: World) -> list[str]:
    """One line for each thing, then what is held, where zones lie, what is remembered and what the eyes doubt."""
    lines = [f"- {_thing(d, world)}" for d in world.objects.values()]
    lines += [f"- {d.id}: not seen in this look; last seen as {_looks(d)} {_place(d)}" for d in world.lost.values()]
    lines.append(f"Hand: holds {world.held.id}" if world.held else "Hand: empty")
    for s in world.surfaces.values():
        xs, ys = [p[0] for p in s.outline], [p[1] for p in s.outline]
        seen = "" if s.edges_seen else " (its edges are not all in view)"
        lines.append(f"Surface {s.name}: x {min(xs):.2f}..{max(xs):.2f}, y {min(ys):.2f}..{max(ys):.2f} m{seen}")
    for z in world.zones.values():
        xs, ys = [p[0] for p in z.outline], [p[1] for p in z.outline]
        kind = " (keep out: nothing may go there)" if z.keep_out else ""
        lines.append(f"Zone {z.name}: x {min(xs):.2f}..{max(xs):.2f}, y {min(ys):.2f}..{max(ys):.2f} m{kind}")
    for p in world.marks:
        what = f"around {p.id}" if p.id else "a place, see the zone of that name"
        lines.append(f"Marked by the person as {' or '.join(map(_quoted, (p.name, *p.also)))}: {what}")
    lines += [f"Remembered: {f.says}" for f in world.facts]
    return lines + [f"Doubt: {w}" for w in world.warnings]


def _quoted(name: str) -> str:
    return f'"{name}"'


def differences(before: World, now: World) -> list[str]:
    """What is otherwise than it was: things moved, come and gone, opened, taken and let go."""
    out = []
    for i, d in now.objects.items():
        was = before.objects.get(i)
        if was is None:
            out.append(f"- {i} has come into view, {_place(d)}")
        elif was.support != d.support or was.relation != d.relation:
            out.append(f"- {i} was {_rests(was)} and is now {_rests(d)}")
        elif not d.fixed and (far := math.dist(was.centre, d.centre)) > MOVED_M:
            out.append(f"- {i} has moved by {far * 100:.1f} cm, {_place(d)}")
        if was is not None and abs((d.opening_m or 0) - (was.opening_m or 0)) > MOVED_M:
            out.append(
                f"- {i} was {(was.opening_m or 0) * 100:.0f} cm open and is now {(d.opening_m or 0) * 100:.0f} cm open"
            )
    out += [f"- {i} is no longer seen" for i in before.objects if i not in now.objects]
    held, holds = before.held and before.held.id, now.held and now.held.id
    if held != holds:
        out.append(f"- the hand held {held or 'nothing'} and now holds {holds or 'nothing'}")
    return out


def _thing(d: Detection, world: World) -> str:
    parts = [f"{d.id}: {_looks(d)} {_place(d)}", " x ".join(f"{v * 100:.1f}" for v in d.size) + " cm", _rests(d)]
    if d.name:
        parts.append(
            f'called "{d.name}"' + (f" by a detector, score {d.name_score:.2f}" if d.name_score is not None else "")
        )
    if d.by_name:
        parts.append("place and size are rough")
    parts += d.attributes
    if world.held is not None and world.held.id == d.id:
        parts.append("held")
    if d.posture != "upright":
        parts.append(d.posture)
    if d.opening_m is not None:
        span = f" of {d.travel_m * 100:.1f}" if d.travel_m is not None else ""
        parts.append(f"{d.opening_m * 100:.1f}{span} cm open")
    elif d.hollow:
        parts.append("things can be put in it")
    if d.part_of:
        parts.append(f"part of {d.part_of}")
    if d.fixed:
        parts.append("cannot be lifted")
    if not world.seen_now(d.id):
        parts.append("not seen in this look")
    return ", ".join(parts)


def _looks(d: Detection) -> str:
    second = f" and {d.second_colour}" if d.second_colour else ""
    return " ".join(w for w in (d.size_word, d.shade, f"{d.colour}{second}", d.label) if w)


def _place(d: Detection) -> str:
    return f"at x={d.centre[0]:.3f} y={d.centre[1]:.3f} z={d.centre[2]:.3f}"


def _rests(d: Detection) -> str:
    return "in the hand" if d.support == "hand" else f"{d.relation} {d.support}"
