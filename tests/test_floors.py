"""The floors of the house, read from the imports of every file: who may know whom, and that there is no circle."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
WINGS = frozenset({"brain", "perception", "cerebellum", "robot", "guard", "memory", "sim"})
BELOW = frozenset({"core", "bullet", "workspace", "record"})
"""What every wing may stand on."""
MAY_IMPORT = {
    "core": {"core"},
    "bullet": {"core", "bullet"},
    "workspace": {"", "core"},  # "" is the package itself: its version and where it lies
    "record": {"", "core"},
    **{wing: {wing, *BELOW} for wing in WINGS},
    "paper": {"paper", "core"},
    "graph": {"graph", "core", "record", "workspace"},
    "report": {"report", "core", "record"},
    "named": {"agreement", "brain", "cerebellum", "perception", "robot", *BELOW},
    "agreement": {"paper", "core"},
    "assemble": {"named", "paper", *WINGS, *BELOW},
    "deskwork": {"named", "paper", "brain", "perception", *BELOW},
    "resuming": {"core", "record", "graph"},
    "carrying": {"core", "graph", "report"},
    "agent": {"", "core", "record", "workspace", "assemble", "deskwork", "graph", "report", "resuming", "carrying"},
    "": {"core", "agent"},
    # These build, run, score and show: they may name any part, but a mission never needs them.
    "scenario": {"scenario", "agent", "assemble", "report", "sim", *BELOW},
    "bench": {"", "bench", "paper", "scenario", "agent", "assemble", "named", "report", "learn", *WINGS, *BELOW},
    "cli": {
        "",
        "cli",
        "paper",
        "scenario",
        "bench",
        "agent",
        "assemble",
        "deskwork",
        "report",
        "sim",
        "learn",
        "serve",
        *BELOW,
    },
    "serve": {"", "serve", "agent", "assemble", "report", *BELOW},
    "learn": {"learn", "agent", "assemble", "deskwork", "named", "graph", "scenario", "report", *WINGS, *BELOW},
}
"""Room → rooms it may import, wherever in a file the import stands. Only ``learn`` itself, benches and commands know ``learn``."""
THIRD = {"core": {"numpy", "pydantic"}, "bullet": {"numpy", "pybullet", "scipy"}, "content": {"numpy", "pydantic"}}
"""Rooms that are held to a list of outside packages; ``content`` is the files in skills/ and tools/."""
CONTENT = ("skills", "tools")


def floors_broken(root: Path) -> list[str]:
    """Every import under a checkout that goes against the floors, as ``file:line: what``."""
    modules = _modules(root)
    broken = []
    for name, path in modules.items():
        room = _room(name)
        allowed = MAY_IMPORT.get(room)
        if allowed is None:
            broken.append(f"{path.relative_to(root)}:1: room {room!r} stands in no rule of test_floors.MAY_IMPORT")
            continue
        for line, target, _ in _imports(path, name, modules):
            where = f"{path.relative_to(root)}:{line}"
            top = target.split(".")[0]
            if top == "hiervla":
                if target.startswith("hiervla.bundled"):
                    broken.append(f"{where}: content is imported by name: {target}")
                elif _room(target) not in allowed:
                    broken.append(f"{where}: {room or 'hiervla'} imports {target}")
            elif top in CONTENT:
                broken.append(f"{where}: content is imported by name: {target}")
            elif room in THIRD and top not in sys.stdlib_module_names and top not in THIRD[room]:
                broken.append(f"{where}: {room} imports {top}")
    for folder in CONTENT:
        for path in sorted((root / folder).glob("**/*.py")):
            for line, target, _ in _imports(path, f"{folder}.{path.stem}", modules):
                top = target.split(".")[0]
                if top != "hiervla" and top not in sys.stdlib_module_names and top not in THIRD["content"]:
                    broken.append(f"{path.relative_to(root)}:{line}: content imports {target}")
    return broken


def circles(root: Path) -> list[list[str]]:
    """Circles among the imports that run when a module is loaded; lazy ones and type checking's do not count."""
    modules = _modules(root)
    graph = {
        n: sorted({t for _, t, loads in _imports(p, n, modules) if loads and t in modules and t != n})
        for n, p in modules.items()
    }
    found: list[list[str]] = []
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> None:
        if node in path:
            found.append([*path[path.index(node) :], node])
            return
        if node in done:
            return
        for after in graph[node]:
            walk(after, [*path, node])
        done.add(node)

    for node in graph:
        walk(node, [])
    return found


def _modules(root: Path) -> dict[str, Path]:
    names = {}
    for path in sorted((root / "hiervla").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return names


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def _imports(path: Path, name: str, modules: dict[str, Path]) -> list[tuple[int, str, bool]]:
    """(line, module, runs when the file is loaded) of every import in a file, also those by ``import_module("…")``."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    found: list[tuple[int, str, bool]] = []

    def visit(node: ast.AST, loads: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend((node.lineno, a.name, loads) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            for a in node.names:
                full = f"{base}.{a.name}"
                found.append((node.lineno, full if full in modules else base, loads))
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                found.append((node.lineno, node.args[0].value, False))
        lazy = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in ast.iter_child_nodes(node):
            visit(child, loads and not lazy and not typing)

    visit(tree, True)
    return found


def test_the_floors_stand():
    assert floors_broken(ROOT) == []


def test_no_module_imports_itself_through_others():
    assert circles(ROOT) == []


def test_the_checker_reads_the_whole_house():
    names = _modules(ROOT)
    assert {"hiervla.core.goal", "hiervla.assemble", "hiervla.graph.acting", "hiervla.sim.truth"} <= set(names)
    lazy = {t for _, t, loads in _imports(names["hiervla.assemble"], "hiervla.assemble", names) if not loads}
    assert "hiervla.robot.bullet_arm" in lazy, "imports inside functions must be read as well"


PLANTED = {
    "core imports a package from outside": ("hiervla/core/new.py", "import scipy", "core imports scipy"),
    "core imports a wing": ("hiervla/core/new.py", "from hiervla.sim import x", "core imports hiervla.sim"),
    "core imports lazily": ("hiervla/core/new.py", "def f():\n    import torch", "core imports torch"),
    "bullet knows scenes": ("hiervla/bullet/new.py", "from hiervla.sim.scene import x", "bullet imports hiervla.sim"),
    "a wing imports another": ("hiervla/guard/new.py", "import hiervla.perception.y", "guard imports hiervla.perception"),
    "a wing goes through relative imports": ("hiervla/brain/new.py", "from ..sim import x", "brain imports hiervla.sim"),
    "a wing imports by string": (
        "hiervla/brain/new.py", "from importlib import import_module\nimport_module('hiervla.sim.truth')", "brain imports hiervla.sim",
    ),
    "the graph knows an adapter": ("hiervla/graph/new.py", "from hiervla.robot import z", "graph imports hiervla.robot"),
    "acting learns": ("hiervla/cerebellum/new.py", "from hiervla.learn import z", "cerebellum imports hiervla.learn"),
    "the agent learns": ("hiervla/agent.py", "def f():\n    import hiervla.learn.x", "agent imports hiervla.learn"),
    "content is named": ("hiervla/graph/new.py", "from skills.pick import Pick", "content is imported by name"),
    "bundled content is named": ("hiervla/cli/new.py", "import hiervla.bundled.tools.x", "content is imported by name"),
    "content imports a heavy package": ("skills/new.py", "import torch", "content imports torch"),
    "a room nobody has placed": ("hiervla/utils/new.py", "x = 1", "stands in no rule"),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_breach_is_told_with_its_file(case, tmp_path):
    file, text, says = PLANTED[case]
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    (broken,) = floors_broken(tmp_path)
    assert broken.startswith(f"{file}:")
    assert says in broken


def test_what_is_allowed_is_not_told(tmp_path):
    for file, text in {
        "hiervla/core/a.py": "import json\nimport numpy\nfrom hiervla.core import b",
        "hiervla/core/b.py": "from pydantic import BaseModel",
        "hiervla/guard/c.py": "from hiervla.bullet import d\nfrom hiervla.core.a import x\nimport scipy",
        "hiervla/bullet/d.py": "import pybullet",
        "hiervla/assemble.py": "def f():\n    from hiervla.guard.c import G\n    from hiervla.sim import s",
        "tools/t.py": "import math\nimport numpy\nfrom hiervla.core.tool import tool",
    }.items():
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert floors_broken(tmp_path) == []
    assert circles(tmp_path) == []


def test_a_planted_circle_is_found_and_a_lazy_one_is_none(tmp_path):
    room = tmp_path / "hiervla" / "core"
    room.mkdir(parents=True)
    (room / "a.py").write_text("from hiervla.core.b import x")
    (room / "b.py").write_text("from hiervla.core import c")
    (room / "c.py").write_text("def f():\n    from hiervla.core import a")
    assert circles(tmp_path) == []
    (room / "c.py").write_text("import hiervla.core.a")
    assert circles(tmp_path) == [["hiervla.core.a", "hiervla.core.b", "hiervla.core.c", "hiervla.core.a"]]
