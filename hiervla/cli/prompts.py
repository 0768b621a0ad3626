"""``hiervla prompts``: what a chat model would get, to the letter."""

from __future__ import annotations

import json as js
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hiervla.cli import options as opt
from hiervla.core.errors import SetupError

if TYPE_CHECKING:
    from hiervla.core.briefing import Briefing
    from hiervla.core.config import Settings
    from hiervla.workspace import Workspace

app = typer.Typer(no_args_is_help=True, help="What a chat model gets to read and see.")
ESTIMATED = "tokens are estimated: four letters each, every Chinese character one, an image by its pixels"


@app.callback()
def prompts() -> None:
    """What a chat model gets to read and see."""


@app.command("show")
def show(
    instruction: Annotated[str, typer.Argument(callback=opt.legible, help="What would be said.")],
    world: Annotated[
        Path | None,
        typer.Option("--world", help="TOML file of a described world (docs/language.md), or a World as JSON."),
    ] = None,
    scene: opt.Scene = None,
    seed: opt.Seed = 0,
    replies: Annotated[
        Literal["tools", "schema", "text", "forms"],
        typer.Option("--replies", help="How the model is to answer; forms: as a local one does."),
    ] = "tools",
    brain: Annotated[
        str | None,
        typer.Option("--brain", help="local:FOLDER, with the prompts that lie in it; unset, any chat model."),
    ] = None,
    workspace: opt.Own = None,
    set_: opt.Sets = None,
    json: opt.Json = False,
) -> None:
    """Print the first prompt of a mission, in a described world or as a scene's cameras see it, with token counts."""
    if (world is None) == (scene is None):
        raise SetupError("name one place to be in: --world FILE (docs/language.md) or --scene NAME")
    from hiervla.deskwork import chat_prompt

    if brain and brain.startswith("local:"):
        replies = "forms"
    elif brain and not brain.startswith("chat:"):
        raise SetupError(f"{brain} reads no prompts; name a model: local:FOLDER, or chat:PROVIDER:MODEL")
    with opt.json_stdout(json) as put, tempfile.TemporaryDirectory() as folder:
        space = opt.workspace(workspace)
        settings = opt.settings(space, set_)
        briefing = (
            _described(instruction, world, space, settings)
            if world
            else _seen(instruction, scene, seed, space, settings, folder)
        )
        prompt = chat_prompt(briefing, space, replies, brain or "")
        tokens = prompt.tokens(settings.chat.image_px)
        shape = list(prompt.functions) or prompt.schema
        if not json:
            _print("system", prompt.system, tokens["system"])
            _print("human", prompt.text, tokens["text"])
            for image in prompt.images if settings.chat.image_px else ():
                drawn = ", with the ids drawn in" if image.marked else ""
                _print("image", f"{image.camera}, at most {settings.chat.image_px} px a side{drawn}", tokens["images"])
            if shape:
                _print(replies, js.dumps(shape, ensure_ascii=False, indent=1), tokens["functions"])
            print(f"about {sum(tokens.values())} tokens in all ({ESTIMATED})")
        put(
            {
                "system": prompt.system,
                "human": prompt.text,
                "images": len(prompt.images),
                replies: shape,
                "tokens": tokens,
                "note": ESTIMATED,
            }
        )


def _print(part: str, text: str, tokens: int) -> None:
    print(f"===== {part}: about {tokens} tokens =====\n{text}\n")


def _described(instruction: str, world: Path, space: Workspace, settings: Settings) -> Briefing:
    from hiervla.paper.described import read_world
    from hiervla.paper.mission import first_briefing

    there = read_world(world, space.lexicon)
    first = first_briefing(there, space.vocabulary(there.inventory), space.skills, space.tools, settings.speaker)
    return first.model_copy(update={"instruction": instruction, "left": settings.budgets})


def _seen(
    instruction: str, scene: str | None, seed: int, space: Workspace, settings: Settings, folder: str
) -> Briefing:
    """The briefing of a mission's first thought; nothing comes of it, so nothing moves."""
    from hiervla.agent import Agent
    from hiervla.core.plan import Refuse, Thought

    class Reads:
        """A brain that only takes its briefing."""

        name = "reads"
        briefing: Any = None

        def think(self, briefing: Briefing) -> Thought:
            self.briefing = briefing
            return Thought(reasoning="only read", move=Refuse(why="only read"))

    reads = Reads()
    settings = settings.model_copy(update={"runs": folder, "video": False})
    with Agent(scene, seed, brain=reads, settings=settings, workspace=space) as agent:
        agent.run(instruction)
    return reads.briefing  # type: ignore[no-any-return]
