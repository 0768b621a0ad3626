"""Every bundled scenario's own words, on its scene's true world and carried out on paper: does the brain mean the right thing?"""

import pytest
from brain.tabletop import TOOLS, brief, carry_out

from hiervla.assemble import simulated
from hiervla.brain.grammar import GrammarBrain
from hiervla.core.briefing import SkillCard
from hiervla.core.goal import Goal
from hiervla.core.relations import holds
from hiervla.sim.expectation import parse_alternatives
from hiervla.sim.scene import load_scene
from hiervla.sim.truth import settle, true_world
from hiervla.workspace import load_workspace

SPACE = load_workspace()
CARDS = tuple(
    SkillCard(name=n, doc="", schema=s.model_json_schema(), says=s.says, grip=s.grip) for n, s in SPACE.skills.items()
)
SCENES = sorted(SPACE.entries["scene"])


def perceived(sim, scene, vocabulary):
    """The true world as eyes would tell of it: size words, and names and attributes by inventory."""
    world = true_world(sim)
    objects = {}
    for i, d in world.objects.items():
        known = next((x for x in scene.inventory if x.name == i or vocabulary.fits(x.looks, d)), None)
        longest = max(d.size[:2])
        word = "small" if longest < 0.035 else "large" if longest > 0.075 else "medium"
        change = {"size_word": word}
        if known is not None:
            change |= {"name": known.name, "attributes": known.attributes}
        objects[i] = d.model_copy(update=change)
    return world.model_copy(update={"objects": objects})


@pytest.mark.parametrize("name", SCENES)
def test_what_a_scenario_says_comes_about(name):
    scene = load_scene(SPACE.scene_path(name))
    vocabulary = SPACE.vocabulary(scene.inventory)
    sim, arm = simulated(scene, 0)
    settle(sim)
    start, limits = perceived(sim, scene, vocabulary), arm.describe().limits
    zones = [z.name for z in scene.zone]
    for spec in scene.scenario:
        if spec.disturb or spec.turn:
            continue  # what happens on the way is not in this world, and a conversation's turns are judged one by one
        now, said = start, []
        for text in spec.say:
            start_of_turn = brief(text, now, said=said, vocabulary=vocabulary, skills=CARDS, tools=TOOLS, limits=limits)
            last, now, _ = carry_out(GrammarBrain(), start_of_turn)
            said = [*said, ("person", text), ("robot", "…")]
        assert (last.move.kind == "finish") == bool(spec.expect.goals), (spec.name, last.move)
        for text in spec.expect.goals:
            wanted = parse_alternatives(text, list(sim.bodies), zones)
            seen = [holds(g, now) for g in wanted if isinstance(g, Goal)]
            assert not seen or any(seen), (spec.name, text)
        for i in spec.expect.still:
            assert now.objects[i].centre == start.objects[i].centre, (spec.name, i)
    arm.close()
