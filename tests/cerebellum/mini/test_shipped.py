"""Names of the small VLA: what comes with the package, and one's own folders."""

from pathlib import Path

import pytest

from hiervla.cerebellum.policies.mini.shipped import SHIPPED, spelt, there
from hiervla.core.errors import SetupError


@pytest.mark.parametrize(
    ("name", "folder", "runtime"),
    [("mini", SHIPPED, "auto"), ("mini@onnx-int8", SHIPPED, "onnx-int8"), ("mini:mini", Path("mini"), "auto"),
     ("mini:mine@torch", Path("mine"), "torch"), ("mine", Path("mine"), "auto"), ("mine@onnx", Path("mine"), "onnx")],
)  # fmt: skip
def test_the_bare_name_is_what_is_shipped_and_all_else_a_folder(tmp_path, monkeypatch, name, folder, runtime):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mini").mkdir()  # of the same name as what is shipped: it has to be said as mini:mini
    monkeypatch.chdir(tmp_path)
    assert spelt(name) == (folder, runtime)


@pytest.mark.parametrize("name", ["servo", "openpi:ws://127.0.0.1:8000", "package.module:Class", "nowhere"])
def test_other_names_are_none_of_it(tmp_path, monkeypatch, name):
    (tmp_path / "servo").mkdir()
    monkeypatch.chdir(tmp_path)
    assert spelt(name) is None


def test_a_copy_without_weights_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("hiervla.cerebellum.policies.mini.shipped.SHIPPED", tmp_path / "weights")
    with pytest.raises(SetupError, match="no weights of its own"):
        there(tmp_path / "weights")
    assert there(tmp_path / "mine") == tmp_path / "mine", "what is wrong with one's own folder is told where it is read"
