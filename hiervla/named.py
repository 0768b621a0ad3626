"""Brains, policies and arms by their names. What a name needs is imported when it is asked for."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

from hiervla.cerebellum.policies.mini.shipped import spelt, there
from hiervla.core.config import ChatSettings, LocalSettings, Settings
from hiervla.core.errors import SetupError, unknown
from hiervla.core.marking import in_plain_words
from hiervla.core.ports import Brain, Detector, Policy, RobotDescription
from hiervla.core.task import Limits
from hiervla.workspace import Workspace

if TYPE_CHECKING:
    from hiervla.agreement import Understood
    from hiervla.brain.chat.rendering import Prompts
    from hiervla.brain.grammar.words import Words
    from hiervla.core.agreement import SecondReader
    from hiervla.core.briefing import Briefing
    from hiervla.core.opinion import SecondOpinion
    from hiervla.robot.arm_model import ArmModel


MODELS = ("chat:", "local:")
"""How names of brains begin whose readings of an instruction are held against the grammar's."""
FOREIGN = ("openpi:", "pi0:")
"""How names of policies begin that take a mapping file."""


def arm_model(name: str) -> ArmModel:
    """A simulated arm by name, or by a dotted path ``package.module:MODEL``."""
    from hiervla.robot.arm_model import ArmModel
    from hiervla.robot.iiwa import IIWA
    from hiervla.robot.panda import PANDA

    known = {model.name: model for model in (PANDA, IIWA)}
    if ":" in name:
        made = _dotted(name)
        if not isinstance(made, ArmModel):
            raise SetupError(f"{name} is no ArmModel (see hiervla.robot.arm_model)")
        return made
    if name not in known:
        raise unknown("robot", name, sorted(known), "or a dotted path package.module:MODEL")
    return known[name]


def make_brain(
    name: str, workspace: Workspace, chat: ChatSettings | None = None, local: LocalSettings | None = None
) -> Brain:
    """A brain by name.

    ``grammar``, ``chat:PROVIDER:MODEL``, ``local:FOLDER_OR_ID``, ``scripted:FILE``, or a dotted path ``package.module:Class``.

    The grammar's words are all ``prompts/grammar.*.toml`` of the roots in force, merged.
    """
    if name == "grammar":
        from hiervla.brain.grammar import GrammarBrain
        from hiervla.brain.grammar.words import merge
        from hiervla.brain.paraphrase.paraphraser import bundled

        return GrammarBrain(merge(workspace.tables("grammar.*.toml")), bundled())
    if name.startswith("chat:"):
        from hiervla.brain.chat import ChatBrain

        return ChatBrain(name, chat_prompts(workspace), chat)
    if name.startswith("local:"):
        from hiervla.brain.local.brain import LocalBrain
        from hiervla.brain.local.manner import brought

        own = brought(name.removeprefix("local:"))
        return LocalBrain(name, own.prompts(chat_texts(workspace)), chat, local, brought=own)
    if name.startswith("scripted:"):
        from hiervla.brain.scripted import ScriptedBrain

        return ScriptedBrain.load(name.removeprefix("scripted:"))
    if ":" in name:
        return _made(name, Brain)  # type: ignore[no-any-return]
    raise unknown(
        "brain",
        name,
        ["grammar"],
        "or chat:PROVIDER:MODEL, local:FOLDER_OR_ID, scripted:FILE, or a dotted path package.module:Class",
    )


def chat_prompts(workspace: Workspace) -> Prompts:
    """The prompts of chat brains, a person's own in place of the bundled ones."""
    from hiervla.brain.chat.rendering import Prompts

    return Prompts(chat_texts(workspace))


def chat_texts(workspace: Workspace) -> dict[str, str]:
    """The templates of these prompts by their files' names."""
    from hiervla.brain.chat.rendering import SYSTEM, THINK

    return {n: workspace.prompt(n) for n in (SYSTEM, THINK)}


def second_opinion(settings: Settings, brain: str, workspace: Workspace) -> SecondOpinion | None:
    """Who is asked about steps that the sensors saw done: a chat model, the mission's own, or nobody.

    Raises:
        SetupError: the name is no chat model's, or what it needs is not there.
    """
    wanted = settings.verify.second_opinion
    if not wanted:
        return None
    name = brain if wanted == "brain" else wanted
    if not name.startswith("chat:"):
        raise SetupError(
            f"verify.second_opinion={wanted}: {name} reads no pictures; name a model: chat:PROVIDER:MODEL"
            + (", or brain where the brain is one" if wanted != "brain" else "")
        )
    from hiervla.brain.chat.opinion import PROMPT, ChatOpinion

    own = {"timeout_s": settings.verify.timeout_s, "base_url": settings.verify.base_url or settings.chat.base_url}
    return ChatOpinion(name, workspace.prompt(PROMPT), settings.chat.model_copy(update=own))


def second_reader(settings: Settings, brain: Brain, workspace: Workspace) -> SecondReader | None:
    """Who holds this brain's thoughts against the instruction: nobody for the grammar itself, and where it is switched off."""
    wanted = settings.second_reading
    if wanted == "off" or brain.name == "grammar" or (wanted == "auto" and not brain.name.startswith(MODELS)):
        return None
    from hiervla.agreement import SecondReading
    from hiervla.brain.grammar import GrammarBrain
    from hiervla.brain.grammar.words import merge, read_words

    tables = merge(workspace.tables("grammar.*.toml"))
    words = read_words(tables)  # read once: instructions are many
    # Without the paraphraser: what a rule reads binds a large model, what a small one guessed does not.
    return SecondReading(
        GrammarBrain(tables), partial(_understood, words), workspace.skills, workspace.tools, strict=wanted == "strict"
    )


def _understood(words: Words, briefing: Briefing) -> Understood:
    from hiervla.brain.grammar import Instruction
    from hiervla.brain.grammar.explaining import FORBIDDEN, NOT_KNOWN
    from hiervla.brain.grammar.reading import parse

    zones = tuple(briefing.world.zones)
    said = in_plain_words(briefing.instruction, briefing.world)
    reading = parse(said, briefing.vocabulary, briefing.skills, words, zones)
    if isinstance(reading, Instruction):
        return "all"
    if reading.key in FORBIDDEN:
        return "forbidden"
    return "in part" if reading.key in NOT_KNOWN else "all"


def make_policies(settings: Settings, about: RobotDescription) -> tuple[dict[str, Policy], tuple[str, ...]]:
    """Every policy that the settings name, by its name, and the order in which they are asked whether they cover a task."""
    order = tuple(name for n in settings.policy.split(",") if (name := n.strip()))
    if not order:
        raise SetupError("policy names none: write servo, a trained FOLDER, or several, the first choice first")
    names = dict.fromkeys((*order, *settings.policies.values()))
    if settings.mapping and not any(n.startswith(FOREIGN) for n in names):
        raise SetupError(
            f"mapping {settings.mapping}: none of {', '.join(names)} takes one; it belongs to {' and '.join(FOREIGN)} policies"
        )
    return {n: make_policy(n, about, settings.mappings.get(n, settings.mapping)) for n in names}, order


def make_policy(name: str, about: RobotDescription, mapping: str = "") -> Policy:
    """A policy by name.

    ``servo``; ``mini``, the small VLA that comes with the package; ``mini:FOLDER``, or just the folder, of one that was trained
    here (``mini@torch``, ``FOLDER@onnx-int8`` to choose what runs it); ``openpi:ws://HOST:PORT`` or
    ``pi0:FOLDER`` with a mapping file; a dotted path ``package.module:Class``.
    """
    if name.startswith(FOREIGN):
        from hiervla.cerebellum.policies.foreign import foreign_policy

        return foreign_policy(name, about, mapping)
    if (own := spelt(name)) is not None:
        from hiervla.cerebellum.policies.mini.policy import MiniPolicy
        from hiervla.perception.prompts import heatmaps

        return MiniPolicy(there(own[0]), heatmaps, about.step_s, own[1])
    if ":" in name:
        return _made(name, Policy)  # type: ignore[no-any-return]
    if name == "servo":
        from hiervla.cerebellum.policies.servo import ServoPolicy

        return ServoPolicy(about.step_s)
    forms = "or a trained policy's FOLDER, openpi:ws://HOST:PORT, pi0:FOLDER, a dotted path package.module:Class"
    raise unknown("policy", name, ["servo", "mini"], forms)


def make_detector(name: str, settings: Settings, camera: str, limits: Limits) -> Detector:
    """A detector by name: ``owlv2:FOLDER``, ``grounding-dino:FOLDER``, ``vlm:PROVIDER:MODEL?points=CONVENTION``, or a dotted path.

    A ``vlm`` is asked as chat brains are (``settings.chat``), at its own ``base_url`` where its name says one, and else at
    the brain's where both have one provider.

    Raises:
        SetupError: the name is none of these, or what it needs is not there.
    """
    from hiervla.perception.naming.detector import NameDetector
    from hiervla.perception.naming.spelling import FORMS, OPTIONS, make_finder, spelt

    parts = spelt(name)
    if parts is None:
        if ":" in name:
            return _made(name, Detector)  # type: ignore[no-any-return]
        raise unknown("detector", name, OPTIONS, f"write {FORMS}")
    ask = None
    if parts.kind == "vlm":
        from hiervla.brain.chat.pictures import picture_question

        provider = parts.source.partition(":")[0]
        other = settings.brain.startswith("chat:") and not settings.brain.startswith(f"chat:{provider}:")
        url = parts.options.get("base_url", "" if other else settings.chat.base_url)
        ask = picture_question(f"chat:{parts.source}", settings.chat.model_copy(update={"base_url": url}))
    return NameDetector(make_finder(parts, ask), camera, limits)


def _made(name: str, port: type) -> Any:
    kind = _dotted(name)
    if not isinstance(kind, type):
        raise SetupError(f"{name} is no class: name a class that is a {port.__name__} (see hiervla.core.ports)")
    try:
        made = kind()
    except TypeError as e:
        raise SetupError(f"{name} cannot be made without arguments: {e}; give it defaults, or hand it to Agent") from e
    if not isinstance(made, port):
        lacks = [n for n in _asked_for(port) if not hasattr(made, n)]
        raise SetupError(
            f"{name} is no {port.__name__}: it lacks {', '.join(lacks)} (see hiervla.core.ports.{port.__name__})"
        )
    return made


def _asked_for(port: type) -> list[str]:
    """Names that a port asks for: its fields and methods."""
    return [n for n in (*port.__annotations__, *vars(port)) if not n.startswith("_")]


def _dotted(name: str) -> Any:
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as e:
        raise SetupError(f"{name}: {e}; write package.module:Class of something that can be imported here") from e
