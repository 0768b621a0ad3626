"""A TOML file is parsed once, and again when it has changed."""

import os
import tomllib

import pytest

from hiervla.core.toml_file import read_toml


def test_it_is_parsed_once_until_it_changes(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("x = 1", encoding="utf-8")
    first = read_toml(path)
    assert first == {"x": 1} and read_toml(path) is first
    path.write_text("x = 22", encoding="utf-8")
    assert read_toml(path) == {"x": 22}
    path.write_text("x = 33", encoding="utf-8")
    os.utime(path, ns=(0, 0))
    assert read_toml(path) == {"x": 33}, "as long as before, and written at another time"


def test_what_is_none_is_told_as_by_tomllib(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_toml(tmp_path / "b.toml")
    (tmp_path / "c.toml").write_text("x =", encoding="utf-8")
    with pytest.raises(tomllib.TOMLDecodeError):
        read_toml(tmp_path / "c.toml")
