"""Content by path: overlays, errors that name file and line, and roots that run only when asked to."""

import pytest

from hiervla.core.errors import SetupError
from hiervla.workspace import KINDS, bundled_root, load_workspace, own_root, shared_workspace

SKILL = '''"""A skill."""
from hiervla.core.skill import Skill


class {name}(Skill):
    """{doc}"""

    target: str
    says = {{"en": ["{verb}"], "zh": []}}
'''
TOOL = '''"""A tool."""
from hiervla.core.tool import Context, tool


@tool
def {name}(ctx: Context, a: int = 1) -> int:
    """{doc}"""
    return a + {plus}
'''


@pytest.fixture
def root(tmp_path):
    """A workspace of one's own; ``root("skills/a.py", text)`` writes a file in it."""
    (tmp_path / "hiervla.toml").write_text("", encoding="utf-8")

    class Root:
        path = tmp_path

        def __call__(self, file, text):
            path = tmp_path / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return path

    return Root()


def test_the_bundled_content_is_whole_and_says_where_it_is_from(space):
    assert set(space.entries) == set(KINDS)
    assert {"pick", "place", "home"} <= set(space.skills)
    assert {"detect_objects", "measure_distance", "check_safety", "describe_scene"} <= set(space.tools)
    assert {"tabletop", "cup"} <= set(space.entries["scene"])
    for table in space.entries.values():
        for entry in table.values():
            assert entry.origin == "bundled"
            assert entry.hides is None
            assert entry.path.is_relative_to(bundled_root())


def test_ones_own_content_joins_the_bundled(root):
    root("skills/wave.py", SKILL.format(name="WaveTwice", doc="Wave.", verb="wave"))
    root("tools/add.py", TOOL.format(name="add_one", doc="Add.", plus=1))
    root("scenes/desk.toml", 'doc = "mine"')
    root("prompts/mine.md", "hello")
    space = load_workspace(root.path)
    assert space.skills["wave_twice"].says["en"] == ["wave"]
    assert space.tools["add_one"].function(None, 2) == 3
    assert space.scene_path("desk") == root.path / "scenes" / "desk.toml"
    assert space.prompt("mine.md") == "hello"
    assert space.entries["skill"]["wave_twice"].origin == str(root.path)
    assert "pick" in space.skills


def test_an_own_entry_replaces_the_bundled_one_whole_and_says_what_it_hides(root):
    root("skills/other_file.py", SKILL.format(name="Pick", doc="My own pick.", verb="nick"))
    root("scenes/tabletop.toml", 'doc = "mine"')
    space = load_workspace(root.path)
    assert space.skills["pick"].__doc__ == "My own pick."
    assert space.skills["pick"].says == {"en": ["nick"], "zh": []}
    assert space.entries["skill"]["pick"].hides == bundled_root() / "skills" / "pick.py"
    assert space.entries["scene"]["tabletop"].hides == bundled_root() / "scenes" / "tabletop.toml"
    assert space.entries["skill"]["place"].hides is None
    assert load_workspace().skills["pick"].__doc__ != "My own pick.", "a workspace is not remembered"


def test_a_tool_and_a_skill_of_one_name_do_not_hide_each_other(root):
    root("tools/pick.py", TOOL.format(name="pick", doc="A question.", plus=0))
    space = load_workspace(root.path)
    assert space.entries["tool"]["pick"].hides is None
    assert space.entries["skill"]["pick"].origin == "bundled"


def test_two_of_one_name_in_one_root_are_an_error_that_names_the_second(root):
    root("skills/a.py", SKILL.format(name="Wave", doc="One.", verb="wave"))
    root("skills/b.py", SKILL.format(name="Wave", doc="Two.", verb="wave"))
    with pytest.raises(SetupError, match=r"b\.py: a second skill called 'wave' in .*; rename one"):
        load_workspace(root.path)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [("x = 1\nraise ValueError('boom')\n", 2, "ValueError: boom"), ("x = 1\n\ndef f(:\n", 3, "SyntaxError"), ("import no_such_package\n", 1, "no_such_package"),
     ("def f():\n    return 1 / 0\n\nf()\n", 2, "ZeroDivisionError"),
     ("from hiervla.core.tool import tool\n\n\n@tool\ndef f(ctx, a: 'Nowhere'):\n    pass\n", 4, "Nowhere")],
    ids=["raises", "no python", "missing import", "deeper", "a tool that does not fit"],
)  # fmt: skip
def test_a_file_that_does_not_load_is_told_with_its_line(text, line, says, root):
    root("tools/broken.py", text)
    with pytest.raises(SetupError, match=rf"broken\.py:{line}: ") as caught:
        load_workspace(root.path)
    assert says in str(caught.value)


def test_files_that_begin_with_an_underscore_and_imported_names_are_no_content(root):
    root("skills/_draft.py", "raise SystemError")
    root("skills/wave.py", "from hiervla.core.skill import Skill\n" + SKILL.format(name="Wave", doc="W.", verb="wave"))
    space = load_workspace(root.path)
    assert "skill" not in space.skills
    assert "" not in space.skills
    assert "wave" in space.skills


def test_lexicons_add_up(root):
    root("prompts/mine.lexicon.toml", '[colours]\nred = ["scarlet"]\nteal = ["青绿"]\n')
    mine, plain = load_workspace(root.path), load_workspace()
    assert set(plain.lexicon.colours["red"]) | {"scarlet"} == set(mine.lexicon.colours["red"])
    assert mine.lexicon.colours["teal"] == ["青绿"]
    assert mine.vocabulary().find("colours", "a scarlet cube") == ["red"]
    assert "teal" not in plain.lexicon.colours


@pytest.mark.parametrize("text", ["[colours\n", "[colours]\nred = 3\n"])
def test_a_lexicon_that_does_not_fit_is_told(text, root):
    root("prompts/mine.lexicon.toml", text)
    with pytest.raises(SetupError, match=r"mine\.lexicon\.toml"):
        load_workspace(root.path)


def test_unknown_names_are_told_with_near_ones(space, tmp_path):
    with pytest.raises(SetupError, match=r"no scene 'tabeltop'; did you mean 'tabletop'"):
        space.scene_path("tabeltop")
    with pytest.raises(SetupError, match="no scene file"):
        space.scene_path(str(tmp_path / "gone.toml"))
    with pytest.raises(SetupError, match="no prompt"):
        space.prompt("nothing.md")
    file = tmp_path / "own.toml"
    file.write_text("")
    assert space.scene_path(str(file)) == file


class TestOwnRoot:
    @pytest.fixture(autouse=True)
    def away(self, monkeypatch, tmp_path_factory):
        monkeypatch.delenv("HIERVLA_WORKSPACE", raising=False)
        monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    def test_a_folder_is_a_workspace_only_with_its_marker(self, root, tmp_path_factory):
        assert own_root(str(root.path)) == root.path.resolve()
        plain = tmp_path_factory.mktemp("plain")
        (plain / "skills").mkdir()
        with pytest.raises(SetupError, match=r"is no workspace: it has no hiervla\.toml; `hiervla init"):
            own_root(str(plain))
        with pytest.raises(SetupError):
            own_root(str(plain / "gone"))

    def test_content_does_not_run_merely_because_it_exists(self, monkeypatch, tmp_path):
        (tmp_path / "skills").mkdir()
        (tmp_path / "skills" / "evil.py").write_text("raise SystemError")
        monkeypatch.chdir(tmp_path)
        assert own_root() is None

    def test_the_variable_names_one_and_what_is_named_wins_over_it(self, monkeypatch, root, tmp_path_factory):
        other = tmp_path_factory.mktemp("other")
        (other / "hiervla.toml").touch()
        monkeypatch.setenv("HIERVLA_WORKSPACE", str(root.path))
        assert own_root() == root.path.resolve()
        assert own_root(str(other)) == other.resolve()
        monkeypatch.setenv("HIERVLA_WORKSPACE", str(other / "gone"))
        with pytest.raises(SetupError):
            own_root()

    def test_the_folder_one_stands_in_counts_with_its_marker(self, monkeypatch, root):
        monkeypatch.chdir(root.path)
        assert own_root() == root.path.resolve()

    def test_nothing_named_and_nothing_stood_in_is_none(self):
        assert own_root() is None

    def test_a_home_folder_may_be_written_short(self, monkeypatch, root):
        monkeypatch.setenv("HOME", str(root.path.parent))
        assert own_root(f"~/{root.path.name}") == root.path.resolve()


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("skills/none.py", "x = 1\n", "holds no class that is a Skill"),
        ("tools/none.py", "def f(ctx): ...\n", "holds no function with @tool"),
        ("prompts/mine.lexicon.toml", "[colurs]\nred = ['ruby']\n", "did you mean 'colours'"),
    ],
)
def test_a_file_that_adds_nothing_is_a_mistake_that_is_told(tmp_path, file, text, says):
    (tmp_path / "hiervla.toml").write_text("")
    path = tmp_path / file
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(SetupError, match=says) as e:
        load_workspace(tmp_path)
    assert path.name in str(e.value)
    path.rename(path.with_name(f"_{path.name}" if path.suffix == ".py" else "mine.txt"))
    load_workspace(tmp_path)


def test_many_episodes_of_a_process_share_one_reading_of_the_content():
    """Loading executes every module anew, and the old ones stay in memory: a thousand missions must not load a thousand times."""
    space = shared_workspace()
    assert shared_workspace() is space
    assert space.tables("grammar.*.toml") is space.tables("grammar.*.toml")
