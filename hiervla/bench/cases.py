"""The episodes of the bench of skills, by the name their figures bear."""

from __future__ import annotations

from hiervla.bench.episode import SMALL, Case
from hiervla.bench.fittings import furniture
from hiervla.bench.placements import (
    at_some_distance,
    homing,
    into_drawer,
    picking,
    placing,
    placing_at,
    placing_hollow,
    pyramid,
    tower,
)
from hiervla.bench.shoves import pushing, sweeping, turning

CASES: dict[str, Case] = {
    "pick": picking(SMALL),
    "pick_hollow": picking(("bowl", "box", "cup", "plate")),
    "pick_flat": picking(("ring", "wedge", "shape")),
    "place_in": placing("in", ("bowl", "box")),
    "place_on": placing("on", ("cube", "block", "box")[:2]),
    "place_beside": placing("beside", ("cube", "bowl", "cylinder", "block")),
    "place_at_distance": placing("at_distance", ("cube", "bowl", "block"), at_some_distance),
    "place_at": placing_at("at"),
    "place_zone": placing_at("in"),
    "place_drawer": into_drawer(),
    "place_hollow": placing_hollow(("bowl", "cup", "box", "ring", "plate")),
    "place_tower": tower(3),
    "place_pyramid": pyramid(),
    "turn": turning(SMALL),
    "turn_other": turning(("bowl", "cup", "ring", "wedge", "shape")),
    "push": pushing(SMALL, towards=False),
    "push_hollow": pushing(("bowl", "cup", "plate", "box"), towards=False),
    "push_flat": pushing(("ring", "wedge", "shape"), towards=False),
    "push_towards": pushing(SMALL, towards=True),
    "open": furniture("drawer", "open"),
    "close": furniture("drawer", "close", (0.05, 0.12)),
    "press": furniture("button", "press"),
    "slide": furniture("slider", "slide", (0.0, 0.12)),
    "sweep": sweeping(to_zone=True),
    "sweep_up_to": sweeping(to_zone=False),
    "home": homing(),
}
