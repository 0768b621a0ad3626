"""What is done at a desk, with no cell: an instruction read or imagined, a prompt rendered, a person's own picture looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hiervla.core.errors import SetupError
from hiervla.core.ports import Brain
from hiervla.core.vocabulary import Vocabulary
from hiervla.core.world import World
from hiervla.named import make_brain
from hiervla.workspace import Workspace

if TYPE_CHECKING:
    from hiervla.brain.chat.rendering import Prompt
    from hiervla.brain.paraphrase.slots import Slotter
    from hiervla.core.briefing import Briefing
    from hiervla.paper.described import Described
    from hiervla.paper.mission import Told


def imagine(
    text: str, described: Described | World, workspace: Workspace, brain: Brain | None = None, before: Sequence[str] = (), act: bool = False,
    speaker: str = "",
) -> Told:  # fmt: skip
    """What a brain makes of an instruction in a described or seen world, with no simulator; ``before``: said and done earlier.

    ``act``: an arm that never errs carries the plan out.
    """
    from hiervla.paper.described import Described
    from hiervla.paper.mission import first_briefing, said, tell

    mind = brain or make_brain("grammar", workspace)
    described = Described(described) if isinstance(described, World) else described
    briefing = first_briefing(
        described, workspace.vocabulary(described.inventory), workspace.skills, workspace.tools, speaker
    )
    for turn in before:
        told = tell(
            mind, briefing.model_copy(update={"instruction": turn}), workspace.tools.values(), skills=workspace.skills
        )
        briefing = briefing.model_copy(update={"world": told.world, "dialogue": said(told)})
    return tell(
        mind, briefing.model_copy(update={"instruction": text}), workspace.tools.values(), act, workspace.skills
    )


def canonical_form(text: str, world: World, vocabulary: Vocabulary, workspace: Workspace) -> str | None:
    """How the grammar brain reads an instruction, as one line; None when it does not understand all of it."""
    from hiervla.brain.grammar import Instruction
    from hiervla.brain.grammar.learnt import Hearing
    from hiervla.brain.grammar.words import merge, read_words
    from hiervla.brain.paraphrase.paraphraser import bundled
    from hiervla.paper.mission import skill_cards

    words = read_words(merge(workspace.tables("grammar.*.toml")))
    reading = Hearing(vocabulary, skill_cards(workspace.skills), words, tuple(world.zones), bundled()).hear(text)
    return str(reading) if isinstance(reading, Instruction) else None


def words_of(world: Path, workspace: Workspace) -> Slotter:
    """The words by which things of a described world are named.

    Raises:
        SetupError: the file describes no world.
    """
    from hiervla.brain.paraphrase.slots import Slotter
    from hiervla.paper.described import read_world

    there = read_world(world, workspace.lexicon)
    return Slotter(workspace.vocabulary(there.inventory), there.world.zones)


def chat_prompt(briefing: Briefing, workspace: Workspace, replies: str = "tools", brain: str = "") -> Prompt:
    """What a chat model would get for a briefing, or the local ``brain``. ``replies``: tools, schema, text, or forms as a local one."""
    from hiervla.named import chat_prompts, chat_texts

    if brain.startswith("local:"):
        from hiervla.brain.local.manner import brought

        return brought(brain.removeprefix("local:")).prompt(briefing, chat_texts(workspace))

    return chat_prompts(workspace).prompt(briefing, replies)


def meant_meanwhile(workspace: Workspace) -> Callable[[str], str | None]:
    """What is said while the arm moves: ``stop``, ``correct`` for what takes the running instruction back, else None."""
    from hiervla.brain.grammar.conversation import after_no
    from hiervla.brain.grammar.words import merge, read_words

    words = read_words(merge(workspace.tables("grammar.*.toml")))
    halt = {w.lower() for w in words.tokens.get("HALT", ())}

    def means(said: str) -> str | None:
        bare = said.strip(" .!。！,，").lower()
        if bare in halt or any(bare.startswith((f"{w} ", f"{w},")) for w in halt if w.isascii()):
            return "stop"
        return "correct" if after_no(said, words.roles) else None

    return means


def perceive_picture(
    rgb: Path, depth: Path, camera: Path, table_height_m: float | None = None, marked: Path | None = None
) -> World:
    """What the eyes see in a person's own RGB-D picture, drawn into a copy at ``marked`` where one is named.

    Raises:
        SetupError: a file cannot be read or does not fit; says which and why.
    """
    from hiervla.perception.draw import mark
    from hiervla.perception.eyes import GeometricEyes
    from hiervla.perception.level import around, table_height
    from hiervla.perception.pictures import as_seen, read_camera, read_picture

    said = read_camera(camera)
    image = read_picture(rgb, depth, said)
    height = table_height_m if table_height_m is not None else said.table_height_m
    height = table_height(image) if height is None else height
    eyes = GeometricEyes(Vocabulary(), camera="picture", limits=around(image, height))
    world = eyes.look(as_seen(image, "picture"), World(), "L1")
    if marked is not None:
        try:
            mark(image, world, camera="picture").save(marked)
        except (OSError, ValueError) as e:  # ValueError is Pillow's word for an ending it does not know
            raise SetupError(f"cannot write {marked}: {e}") from e
    return world
