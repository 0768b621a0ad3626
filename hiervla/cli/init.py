"""``hiervla init``: a workspace of one's own, with one small working example of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hiervla.core.errors import SetupError

FILES = {
    "hiervla.toml": """# A HierVLA workspace. Skills, tools, prompts and scenes in here join the bundled ones; the same name replaces.
[settings]
# scene = "mine"
# brain = "grammar"
# chunk.mode = "fixed"
""",
    "skills/tap.py": """from hiervla.core.motion import touch
from hiervla.core.skill import Skill


class Tap(Skill):
    "Touch the top of an object with closed fingers."
    target: str
    says = {"en": ["tap", "touch"], "zh": ["轻点", "碰一下"]}

    def keyframes(self, at):
        return touch(at, self.target)
""",
    "tools/count_objects.py": '''from hiervla.core.tool import Context, tool


@tool
def count_objects(ctx: Context, query: str) -> int:
    """How many objects in view fit a description."""
    return len(ctx.vocabulary.select(query, ctx.world))
''',
    "scenes/mine.toml": """doc = "A red cube and a green cup."
body = [
    { name = "cube", shape = "cube", colour = "red" },
    { name = "cup", shape = "cup", colour = "green" },
]
""",
    "prompts/mine.lexicon.toml": """# Words of your own for colours, shapes and sizes.
[colours]
red = ["ruby"]
""",
}


def init(folder: Annotated[Path, typer.Argument(help="Folder to make; what is there already is left alone.")]) -> None:
    """Make a workspace for skills, tools, prompts and scenes of your own."""
    try:
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                print(f"kept  {path}")
                continue
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    except OSError as e:
        raise SetupError(f"cannot write {e.filename or folder}: {e.strerror}; choose another folder") from e
    print(f'try: hiervla run "tap the red cube" --scene mine --workspace {folder}')
