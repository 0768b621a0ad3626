"""The compiled grammar is kept, found again by whoever comes next, and made anew where what is kept is not it."""

import shutil
import subprocess
import sys

import pytest

from hiervla.brain.grammar import compiled, machine


@pytest.fixture
def grammar(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    return shutil.copy(machine.GRAMMAR, tmp_path / "instruction.lark")


def _kept(grammar):
    return list((grammar.parent / "__pycache__").glob("*"))


def test_it_is_compiled_once(grammar, monkeypatch):
    _, codes = compiled.compiled(grammar)
    (kept,) = _kept(grammar)
    monkeypatch.setattr(compiled, "whole", None)  # compiling again would break
    parser, again = compiled.compiled(grammar)
    assert again == codes and parser.predictions
    assert _kept(grammar) == [kept]


def test_another_process_reads_with_it(grammar):
    """Whose hashes of the same words are others."""
    compiled.compiled(grammar)
    code = (
        "import sys\nfrom pathlib import Path\nfrom hiervla.brain.grammar import compiled, machine\ncompiled.whole = None\n"
        "machine.GRAMMAR = Path(sys.argv[1])\nprint(machine.Sentence([{'THE'}, {'SHAPE', 'NAME'}]).parse('fragment').data)"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(grammar)],
            capture_output=True, text=True, env={"PYTHONHASHSEED": seed}, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == "fragment"


def test_what_is_damaged_or_of_another_grammar_is_not_used(grammar):
    compiled.compiled(grammar)
    (kept,) = _kept(grammar)
    kept.write_bytes(kept.read_bytes()[:1000])
    assert compiled.compiled(grammar)[1]
    assert kept.stat().st_size > 100_000, "made whole again"
    grammar.write_text(grammar.read_text(encoding="utf-8") + "\n// more\n", encoding="utf-8")
    compiled.compiled(grammar)
    assert len(_kept(grammar)) == 1 and _kept(grammar) != [kept], "the old one is cleared away"


def test_nothing_is_written_where_python_writes_nothing(grammar, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled.compiled(grammar)[1]
    assert _kept(grammar) == []
