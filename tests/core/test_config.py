"""Settings from a file and from ``--set``, with errors that name the key and the remedy."""

import pytest

from hiervla.core.config import Settings, load_settings
from hiervla.core.errors import SetupError
from hiervla.core.task import Limits


def test_nothing_said_is_the_defaults(tmp_path):
    assert load_settings() == Settings()
    assert load_settings(tmp_path / "none.toml") == Settings()


def test_a_scene_changes_only_the_limits_that_it_names():
    own = Limits(reach_m=0.9, base=(0.1, 0.0, 0.0))
    assert Limits().over(own) == own
    assert Limits(reach_m=0.78).over(own) == own.model_copy(update={"reach_m": 0.78}), "also when it names a default"


def test_a_file_and_changes_on_top_of_it(tmp_path):
    path = tmp_path / "hiervla.toml"
    path.write_text(
        '[settings]\nbrain = "chat"\nvideo = false\n[settings.chunk]\nmode = "fixed"\nlength = 4\n', encoding="utf-8"
    )
    read = load_settings(path, ("chunk.length=6", "budgets.thoughts = 9", "policies.pick=lab.vla:Mine"))
    assert (read.brain, read.video, read.chunk.mode, read.chunk.length) == ("chat", False, "fixed", 6)
    assert read.budgets.thoughts == 9
    assert read.policies == {"pick": "lab.vla:Mine"}
    assert load_settings(path).chunk.length == 4, "a change is not kept"


@pytest.mark.parametrize(
    ("change", "got"),
    [
        ("video=false", False),
        ("video=true", True),
        ("runs=out/here", "out/here"),
        ('runs="out"', "out"),
        ("runs=a=b", "a=b"),
        ("runs=", ""),
    ],
)
def test_values_are_toml_or_else_text(change, got):
    assert getattr(load_settings(None, (change,)), change.split("=")[0]) == got


@pytest.mark.parametrize(
    ("change", "says"),
    [("chunk.mode", "write key=value"), ("=3", "write key=value"), ("chunk.mode=fast", "chunk.mode"), ("colour=red", "colour"),
     ("chunk.length=0", "chunk.length"), ("chunk.length=many", "chunk.length"), ("approve=maybe", "approve"), ("budgets.lives=9", "budgets.lives")],
)  # fmt: skip
def test_a_change_that_does_not_fit_names_its_key(change, says):
    with pytest.raises(SetupError, match=says):
        load_settings(None, (change,))


def test_a_change_below_a_value_is_told():
    with pytest.raises(SetupError, match="brain is not a table"):
        load_settings(None, ("brain=chat", "brain.depth=3"))


def test_a_file_that_is_no_toml_or_does_not_fit_is_named_with_its_place(tmp_path):
    path = tmp_path / "hiervla.toml"
    path.write_text("[settings\nbrain = 3", encoding="utf-8")
    with pytest.raises(SetupError, match=r"hiervla\.toml: .*line 1"):
        load_settings(path)
    path.write_text("[settings]\nbrian = 'chat'", encoding="utf-8")
    with pytest.raises(SetupError, match=r"settings in .*hiervla\.toml: brian"):
        load_settings(path)


def test_a_settings_table_that_is_no_table_is_told_whatever_is_set(tmp_path):
    path = tmp_path / "hiervla.toml"
    path.write_text("settings = 3", encoding="utf-8")
    for sets in ((), ("video=false",)):
        with pytest.raises(SetupError, match=r"hiervla\.toml"):
            load_settings(path, sets)


def test_a_file_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "hiervla.toml"
    path.write_bytes('[settings]\nruns = "碗"\n'.encode("gbk"))
    with pytest.raises(SetupError, match=r"hiervla\.toml"):
        load_settings(path)


def test_every_setting_is_documented_where_it_is_defined():
    import inspect

    source = inspect.getsource(Settings)
    lines = [line.strip() for line in source.splitlines()]
    for name in Settings.model_fields:
        if name in ("chunk", "budgets"):
            continue  # tables of their own
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{name}:"))
        assert lines[at + 1].startswith('"""'), f"{name} has no docstring under it"


def test_a_misspelt_table_is_told(tmp_path):
    (tmp_path / "hiervla.toml").write_text("[setings]\nscene = 'x'\n")
    with pytest.raises(SetupError, match="did you mean 'settings'"):
        load_settings(tmp_path / "hiervla.toml")
