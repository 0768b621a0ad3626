"""Truth is kept apart: what only a simulator knows is asked for in ``sim/`` alone, and used for scoring alone.

Imports cannot enforce this, because whoever holds the physics client can ask it; so the source is read.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BODY_STATE = frozenset({
    "getBasePositionAndOrientation", "getBaseVelocity", "getContactPoints", "getClosestPoints", "getOverlappingObjects",
    "rayTest", "rayTestBatch", "getAABB", "getNumBodies", "getBodyUniqueId", "getBodyInfo", "getDynamicsInfo",
    "getCollisionShapeData", "getVisualShapeData", "getMeshData", "getConstraintState", "getConstraintInfo",
    "resetBasePositionAndOrientation", "resetBaseVelocity", "applyExternalForce", "applyExternalTorque", "saveState",
    "restoreState", "saveBullet", "performCollisionDetection",
})  # fmt: skip
"""PyBullet calls that tell, or change, where bodies are and what they touch."""
JOINTS = frozenset({
    "getJointState", "getJointStates", "getJointStateMultiDof", "getJointStatesMultiDof", "getLinkState", "getLinkStates",
})  # fmt: skip
"""Calls that a real arm answers of itself, and that tell truth of anything else."""
MAY_KNOW_TRUTH = (
    "hiervla/sim/",
    "hiervla/scenario/",
    "hiervla/bench/",
    "hiervla/learn/",
    "hiervla/cli/demo.py",
    "hiervla/cli/scenario.py",
)
"""Who may import the simulation and hold it: the scorer, teachers, the demo's proof. ``assemble`` builds it and asks nothing."""
BUILDS_IT = ("hiervla/assemble.py",)
HAVE_A_CLIENT = ("hiervla/bullet/", "hiervla/robot/", "hiervla/sim/", "hiervla/guard/")
NEEDS_NO_CLIENT = ("connect", "compute", "multiplyTransforms", "invertTransform", "getQuaternion", "getEuler", "getMatrix",
                   "getAxis", "getDifference", "rotateVector", "isNumpyEnabled", "getAPIVersion")  # fmt: skip
"""Beginnings of PyBullet's pure functions, and the call that makes a client."""


def truth_leaks(root: Path) -> list[str]:
    """Every place under a checkout where acting could see truth, as ``file:line: what``."""
    found = []
    for file, tree in _sources(root):
        in_sim, in_robot, in_guard = (file.startswith(f"hiervla/{r}/") for r in ("sim", "robot", "guard"))
        own_shadow = in_guard and any(
            isinstance(n, ast.Call) and ast.unparse(n.func).endswith("BulletClient") for n in ast.walk(tree)
        )
        for node in ast.walk(tree):
            line = getattr(node, "lineno", 0)
            for name in _names(node):
                if name in BODY_STATE and not (in_sim or own_shadow):
                    found.append(
                        f"{file}:{line}: {name} tells truth; it may stand in sim/ or on the guard's own shadow"
                    )
                if name in JOINTS and not (in_sim or in_robot or own_shadow):
                    found.append(f"{file}:{line}: {name} may stand in robot/ or sim/")
            if isinstance(node, ast.Call) and _called(node) in JOINTS and in_robot:
                whose = ast.unparse(node.args[0]) if node.args else ""
                if whose not in ("arm", "self.arm"):
                    found.append(f"{file}:{line}: {_called(node)} of {whose or 'something'} that is not the arm itself")
            if isinstance(node, ast.Call) and _called(node) == "getCameraImage" and not in_sim:
                flags = next((ast.unparse(k.value) for k in node.keywords if k.arg == "flags"), "")
                if "ER_NO_SEGMENTATION_MASK" not in flags:
                    found.append(f"{file}:{line}: getCameraImage without ER_NO_SEGMENTATION_MASK")
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "sim"
                and not file.startswith((*MAY_KNOW_TRUTH, *BUILDS_IT))
            ):
                found.append(f"{file}:{line}: {ast.unparse(node)} reaches for the simulation")
            for module in _modules(node):
                if module == "pybullet" and not file.startswith(HAVE_A_CLIENT):
                    found.append(f"{file}:{line}: pybullet is imported outside {', '.join(HAVE_A_CLIENT)}")
                if module.startswith(("hiervla.sim.truth", "hiervla.sim.disturbance")) and not file.startswith(
                    MAY_KNOW_TRUTH
                ):
                    found.append(f"{file}:{line}: imports {module}")
                if module.startswith("hiervla.sim.simulation") and not file.startswith((*MAY_KNOW_TRUTH, *BUILDS_IT)):
                    found.append(f"{file}:{line}: imports {module}")
    return list(dict.fromkeys(found))


def bad_habits(root: Path) -> list[str]:
    """Default physics clients, swallowed exceptions and overlong files, as ``file:line: what``."""
    found = []
    for file, tree in _sources(root):
        lines = len((root / file).read_text(encoding="utf-8").splitlines())
        if lines > 300:
            found.append(f"{file}:{lines}: longer than 300 lines; part it by what its pieces are about")
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("pybullet."):
                named = any(k.arg in ("physicsClientId", None) for k in node.keywords)
                if not named and not _called(node).startswith(NEEDS_NO_CLIENT):
                    found.append(
                        f"{file}:{node.lineno}: {_called(node)} without physicsClientId uses the default client"
                    )
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
                silent = all(
                    isinstance(n, ast.Pass | ast.Continue)
                    or (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
                    for n in node.body
                )
                if broad and silent:
                    found.append(f"{file}:{node.lineno}: every exception is swallowed")
    return found


def _sources(root: Path):
    for folder in ("hiervla", "skills", "tools"):
        for path in sorted((root / folder).rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"), str(path))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _names(node: ast.AST) -> list[str]:
    """Names that a node mentions, also as a string that getattr could be given."""
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.ImportFrom):
        return [a.name for a in node.names]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return []


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [a.name for a in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *[f"{node.module}.{a.name}" for a in node.names]]
    if isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__") and node.args:
        return [str(getattr(node.args[0], "value", ""))]
    return []


def test_nothing_that_acts_can_see_truth():
    assert truth_leaks(ROOT) == []


def test_good_habits_are_kept():
    assert bad_habits(ROOT) == []


LEAKS = {
    "a tool asks for poses": ("tools/x.py", "p.getBasePositionAndOrientation(1)"),
    "perception asks for contacts": ("hiervla/perception/x.py", "def f(b):\n    return b.getContactPoints(1, 2)"),
    "by another name": ("hiervla/cerebellum/x.py", "ask = client.bullet.getClosestPoints"),
    "by import": ("hiervla/brain/x.py", "from somewhere import rayTestBatch"),
    "by getattr": ("hiervla/graph/x.py", "getattr(p, 'getAABB')"),
    "a skill reads joints of bodies": ("skills/x.py", "bullet.getJointState(3, 0)"),
    "the arm reads another body's links": ("hiervla/robot/x.py", "pybullet.getLinkState(drawer, 0, physicsClientId=c)"),
    "the arm asks for contacts": ("hiervla/robot/x.py", "pybullet.getContactPoints(self.arm, physicsClientId=c)"),
    "the guard without a shadow of its own": ("hiervla/guard/x.py", "pybullet.getClosestPoints(1, 2, 0.1, physicsClientId=c)"),
    "segmentation": ("hiervla/bullet/x.py", "pybullet.getCameraImage(9, 9, physicsClientId=c)"),
    "the graph imports the judge": ("hiervla/graph/x.py", "def f():\n    from hiervla.sim.truth import true_goals"),
    "the guard imports the simulation": ("hiervla/guard/x.py", "import hiervla.sim.simulation"),
    "assemble judges": ("hiervla/assemble.py", "from hiervla.sim import truth"),
    "the agent holds the simulation": ("hiervla/agent.py", "def f(self):\n    return self.cell.sim.pose('a')"),
    "another command does": ("hiervla/cli/run.py", "from hiervla.sim.disturbance import Disturber"),
    "memory has a client": ("hiervla/memory/x.py", "import pybullet"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEAKS)
def test_a_planted_leak_is_told_with_its_file(case, tmp_path):
    file, text = LEAKS[case]
    _plant(tmp_path, file, text)
    leaks = truth_leaks(tmp_path)
    assert leaks
    assert all(leak.startswith(f"{file}:") for leak in leaks)


HABITS = {
    "the default client": ("hiervla/sim/x.py", "pybullet.stepSimulation()", "default client"),
    "a swallowed exception": ("hiervla/core/x.py", "try:\n    f()\nexcept Exception:\n    pass", "swallowed"),
    "a bare except": ("hiervla/core/x.py", "try:\n    f()\nexcept:\n    ...", "swallowed"),
    "a long file": ("tools/x.py", "a = 1\n" * 301, "longer than 300"),
}


@pytest.mark.parametrize("case", HABITS)
def test_a_planted_habit_is_told(case, tmp_path):
    file, text, says = HABITS[case]
    _plant(tmp_path, file, text)
    (found,) = bad_habits(tmp_path)
    assert says in found


ALLOWED = {
    "truth in sim": ("hiervla/sim/x.py", "pybullet.getBaseVelocity(1, physicsClientId=c)"),
    "the arm's own joints": ("hiervla/robot/x.py", "pybullet.getJointStates(self.arm, [1], **cid)"),
    "the guard's own shadow": (
        "hiervla/guard/x.py", "c = BulletClient()\npybullet.getContactPoints(1, 2, physicsClientId=c.id)",
    ),
    "scoring": ("hiervla/scenario/x.py", "from hiervla.sim.truth import true_goals\ntrue_goals(agent.cell.sim, ())"),
    "building": ("hiervla/assemble.py", "def f():\n    from hiervla.sim.simulation import Simulation"),
    "scene files are public": ("hiervla/graph/x.py", "from hiervla.sim.scene import Scene"),
    "an error that is named": ("hiervla/core/x.py", "try:\n    f()\nexcept ValueError:\n    pass"),
    "geometry needs no client": ("hiervla/robot/x.py", "pybullet.multiplyTransforms(a, b, c, d)"),
}  # fmt: skip


@pytest.mark.parametrize("case", ALLOWED)
def test_what_is_allowed_is_not_told(case, tmp_path):
    file, text = ALLOWED[case]
    _plant(tmp_path, file, text)
    assert truth_leaks(tmp_path) + bad_habits(tmp_path) == []


def _plant(root: Path, file: str, text: str) -> None:
    path = root / file
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


HEAVY = ("torch", "transformers", "open3d", "langgraph", "pybullet")


@pytest.mark.parametrize(
    "first",
    ["import hiervla", "import sys; sys.argv = ['hiervla', '--help']; from hiervla.cli.main import main; main()"],
)
def test_neither_the_import_nor_the_help_loads_anything_heavy(first):
    code = f"""
import sys
try:
    {first}
except SystemExit as e:
    assert not e.code, e.code
print("LOADED", [m for m in {HEAVY} if m in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr.strip().splitlines()[-1] == "LOADED []", done.stderr
