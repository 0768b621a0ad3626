"""What is kept in mind of things that go out of sight: what was last seen in a container that can be closed."""

from __future__ import annotations

from hiervla.core.world import Detection, Fact, World


def remember(world: World) -> World:
    """The world with its facts brought up to date from what this look saw.

    A thing seen in a drawer leaves the fact ``in``; seen anywhere else later, the fact ``seen`` overrules it.
    """
    facts = {f.subject: f for f in world.facts if f.subject}
    plain = tuple(f for f in world.facts if not f.subject)
    for d in world.objects.values():
        if not world.seen_now(d.id):
            continue
        if (drawer := _drawer_of(d, world)) is not None:
            facts[d.id] = _fact(d, "in", drawer, world)
        elif d.id in facts:
            facts[d.id] = _fact(d, "seen", d.support, world)
    return world.model_copy(update={"facts": (*plain, *facts.values())})


def put_away(world: World) -> dict[str, str]:
    """Things out of sight that were last seen in a drawer which is in view: thing → drawer."""
    return {
        f.subject: f.reference
        for f in world.facts
        if f.relation == "in" and f.subject not in world.objects and f.reference in world.objects
    }


def _drawer_of(d: Detection, world: World) -> str | None:
    """The drawer a thing lies in, itself or upon others that do."""
    for _ in range(5):
        host = world.objects.get(d.support)
        if host is None:
            return None
        if d.relation == "in" and host.opening_m is not None:
            return host.id
        d = host
    return None


def _fact(d: Detection, relation: str, reference: str, world: World) -> Fact:
    says = f"{d.id} {'lay in' if relation == 'in' else 'was seen on'} {reference}"
    return Fact(says=says, time_s=world.time_s, subject=d.id, relation=relation, reference=reference, look_id=world.look_id)  # fmt: skip
