"""Local brains on tiny random weights that were saved and are loaded as real ones are."""

import importlib.util
import sys
from pathlib import Path

import pytest

from hiervla.brain.chat.rendering import SYSTEM, THINK, Prompts
from hiervla.brain.local.forms import Lengths
from hiervla.core.config import ChatSettings, LocalSettings

SHORT = Lengths(reasoning=12, says=12, why=6, text=6, goals=2, steps=2, calls=2, items=2)


@pytest.fixture(scope="session")
def tiny():
    """The module of tiny models; skips where the packages of the extra ``vlm`` are not installed."""
    for package in ("torch", "transformers", "llguidance"):
        pytest.importorskip(package)
    import torch

    torch.set_num_threads(1)
    spec = importlib.util.spec_from_file_location("tiny_models", Path(__file__).with_name("tiny.py"))
    module = sys.modules["tiny_models"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def checkpoint(tiny, tmp_path_factory):
    """``checkpoint("llava")``: the folder of a tiny random model of a kind, made once."""
    made = {}

    def folder(kind="idefics3"):
        if kind not in made:
            made[kind] = tiny.KINDS[kind](tmp_path_factory.mktemp(kind))
        return made[kind]

    return folder


@pytest.fixture(scope="session")
def loaded(checkpoint):
    """``loaded("llava")``: those weights, read once."""
    from hiervla.brain.local.weights import weights

    made = {}

    def read(kind="idefics3"):
        if kind not in made:
            made[kind] = weights(str(checkpoint(kind)))
        return made[kind]

    return read


@pytest.fixture
def local(loaded):
    """``local("llava", seed=3, max_tokens=9)``: a brain on tiny weights, with short prompts, short replies and a warm draw."""
    from hiervla.brain.local.brain import LocalBrain

    brief = Prompts({SYSTEM: "Reply.", THINK: "{{ b.instruction }} {{ b.complaint }}"})

    def make(kind="idefics3", lengths=SHORT, prompts=brief, on_text=None, **settings):
        own = {k: settings.pop(k) for k in list(settings) if k in LocalSettings.model_fields}
        chat = ChatSettings(**{"temperature": 1.0, **settings})
        return LocalBrain(f"local:{kind}", prompts, chat, LocalSettings(**own), loaded(kind), lengths, on_text)

    return make


@pytest.fixture
def valid():
    """``valid(move, briefing)``: every skill, tool and name in a move is one of the briefing's; what is not, as text."""
    from hiervla.core.goal import EDGES
    from hiervla.core.plan import Ask, Clarify, Plan
    from hiervla.core.relations import RELATIONS

    def foreign(move, briefing):
        world = briefing.world
        ids = {*world.objects, *world.lost}
        places = ids | {*world.surfaces, *world.zones, "table", "edge", *EDGES}
        skills, tools = {s.name: s for s in briefing.skills}, {t.name: t for t in briefing.tools}
        wrong = []

        def arguments(given, schema, whose):
            fields = schema["properties"]
            wrong.extend(f"{whose}: {n}" for n in given if n not in fields)
            wrong.extend(f"{whose} lacks {n}" for n in schema.get("required", ()) if n not in given)
            named = [
                v for n, v in given.items() if n in ("target", "reference", "between", "near", "a", "b", "targets")
            ]
            for name in [i for v in named for i in (v if isinstance(v, list) else [v])]:
                if name not in places:
                    wrong.append(f"{whose}: {name}")

        match move:
            case Ask():
                for call in move.calls:
                    if call.tool not in tools:
                        wrong.append(call.tool)
                    else:
                        arguments(call.arguments, tools[call.tool].schema_, call.tool)
            case Plan():
                for g in move.goals:
                    if g.relation != "did":
                        wrong += [n for n in (g.subject, g.reference, *g.others) if n and n not in places]
                    wrong += [g.relation] if g.relation not in {*RELATIONS, "did"} else []
                for s in move.subgoals:
                    if s.skill not in skills:
                        wrong.append(s.skill)
                    else:
                        arguments(s.arguments, skills[s.skill].schema_, s.skill)
            case Clarify():
                wrong += [i for i in move.candidates if i not in ids]
        return wrong

    return foreign
