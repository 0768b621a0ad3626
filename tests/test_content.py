"""All content there is: every skill, tool, prompt, scene and scenario loads, says what it is, and holds together."""

import ast
import math
import tomllib

import pytest

from hiervla.bullet.tools import LOOKS_LIKE
from hiervla.core.briefing import SkillCard, ToolCard
from hiervla.core.footprint import footprint, inside_distance
from hiervla.core.goal import Goal
from hiervla.core.relations import RELATIONS
from hiervla.sim.scene import load_scene
from hiervla.sim.simulation import Simulation
from hiervla.sim.truth import left_alone, parse_alternatives, settle, true_world
from hiervla.workspace import load_workspace

SPACE = load_workspace()
SKILLS, TOOLS = sorted(SPACE.skills), sorted(SPACE.tools)
SCENES = sorted(SPACE.entries["scene"])
PROMPTS = sorted(SPACE.entries["prompt"])


def test_there_is_content_of_every_kind():
    assert all((SKILLS, TOOLS, SCENES, PROMPTS))


@pytest.mark.parametrize("name", SKILLS)
def test_a_skill_says_what_it_is_in_both_languages_and_documents_its_fields(name):
    skill, entry = SPACE.skills[name], SPACE.entries["skill"][name]
    assert (skill.__doc__ or "").strip().endswith(".")
    for language in ("en", "zh"):
        assert skill.says.get(language), f"no words in {language}"
        assert all(w == w.strip() and w for w in skill.says[language])
    assert all(w.isascii() or "…" in w for w in skill.says["en"])
    assert not any(w.replace("…", "").strip().isascii() for w in skill.says["zh"])
    assert skill.grip in ("none", "gain", "keep", "release")
    assert 0 < skill.max_seconds <= 120
    kind = next(
        n
        for n in ast.walk(ast.parse(entry.path.read_text(encoding="utf-8")))
        if isinstance(n, ast.ClassDef) and n.name == skill.__name__
    )
    documented = {
        a.target.id for a, b in zip(kind.body, kind.body[1:], strict=False)
        if isinstance(a, ast.AnnAssign) and isinstance(b, ast.Expr) and isinstance(b.value, ast.Constant) and isinstance(b.value.value, str)
    }  # fmt: skip
    assert set(skill.model_fields) <= documented, "a field without a docstring under it"
    card = SkillCard(name=name, doc=skill.__doc__, schema=skill.model_json_schema(), says=skill.says, grip=skill.grip)
    assert card.schema_["additionalProperties"] is False


def test_no_two_skills_answer_to_the_same_words():
    for language in ("en", "zh"):
        words = [w for s in SPACE.skills.values() for w in s.says.get(language, [])]
        assert len(words) == len(set(words))


@pytest.mark.parametrize("name", SKILLS)
def test_a_skills_effects_can_be_judged(name):
    skill = SPACE.skills[name]
    examples = {"target": "a", "reference": "b", "relation": "in"}
    filled = skill.model_validate({k: v for k, v in examples.items() if k in skill.model_fields})
    assert all(g.relation in RELATIONS for g in filled.effects())


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_says_what_it_answers_and_what_it_takes(name):
    tool = SPACE.tools[name]
    assert len(tool.doc) > 20
    assert tool.doc.strip().endswith(".")
    schema = tool.schema()
    assert schema["additionalProperties"] is False
    assert all("type" in p or "anyOf" in p or "enum" in p for p in schema["properties"].values())
    assert ToolCard(name=name, doc=tool.doc, schema=schema).name == name


@pytest.mark.parametrize("name", TOOLS)
def test_a_tool_has_no_way_to_move_anything(name):
    source = SPACE.entries["tool"][name].path.read_text(encoding="utf-8")
    words = {n.attr for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Attribute)}
    assert not words & {"apply", "execute", "robot", "stop", "sim", "client"}


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_is_text_and_where_it_is_toml_it_is_good_toml(name):
    text = SPACE.prompt(name)
    assert text.strip(), "an empty file"
    if name.endswith(".toml"):
        assert tomllib.loads(text)


@pytest.fixture(scope="module", params=[(s, seed) for s in SCENES for seed in (0, 1)], ids=lambda p: f"{p[0]}-{p[1]}")
def built(request):
    name, seed = request.param
    sim = Simulation(load_scene(SPACE.scene_path(name)), seed)
    yield sim
    sim.close()


def test_a_scene_builds_and_stands_still_with_every_body_on_its_support(built):
    before = {n: built.pose(n).position for n in built.bodies}
    settle(built)
    world = true_world(built)
    for name, body in built.bodies.items():
        assert (name in world.objects) != body.spec.spare, "a spare waits off the table, everything else is on it"
        if body.spec.spare:
            continue
        d = world.objects[name]
        assert d.support in (body.spec.on or "table", d.part_of), f"{name} rests on {d.support}"
        assert math.dist(before[name], built.pose(name).position) < 0.004, f"{name} was still moving"
        rim = min(inside_distance(world.table.outline, p) for p in footprint(d))
        assert rim > 0, f"{name} stands over the table's edge"
        reach = math.dist(d.centre[:2], built.scene.limits.base[:2])
        assert built.scene.limits.min_reach_m <= reach <= built.scene.limits.reach_m, f"{name} is out of reach"
    assert all(left_alone(built, tuple(built.bodies)).values())


@pytest.mark.parametrize("name", SCENES)
def test_a_scenes_scenarios_expect_what_can_be_judged(name):
    scene = load_scene(SPACE.scene_path(name))
    bodies = [b.name for b in scene.body]
    assert scene.name == name
    assert scene.doc
    assert len({s.name for s in scene.scenario}) == len(scene.scenario)
    for s in scene.scenario:
        if s.turn:
            continue  # read and checked where a scene is loaded
        for text in s.expect.goals:
            for expected in parse_alternatives(text, bodies, [z.name for z in scene.zone]):
                assert (expected.subject if isinstance(expected, Goal) else expected.body) in bodies, text
        assert set(s.expect.still) <= set(bodies)
        assert set(s.expect.status) <= {"done", "failed", "refused", "clarify", "stopped"}
        assert s.expect.goals or s.expect.status != ("done",), f"{s.name} expects nothing"


@pytest.mark.parametrize("name", SCENES)
def test_a_scenes_inventory_is_spoken_in_words_the_lexicon_knows(name):
    scene = load_scene(SPACE.scene_path(name))
    words = SPACE.vocabulary(scene.inventory)
    for item in scene.inventory:
        assert words.find("colours", item.looks) or words.find("shapes", item.looks), item.looks
    for body in scene.body:
        label = LOOKS_LIKE.get(body.shape, body.shape)
        assert words.find("shapes", label) == [label], f"no word for {label}"
        if isinstance(body.colour, str):
            assert words.find("colours", body.colour) == [body.colour]
