"""A run of the small brain that is as small as it can be: a few scenes, a few steps, the real path."""

import json
import os

import pytest

SMALL = {
    "scenes": 5, "lines": 5, "check_scenes": 2, "check_lines": 3, "steps": 6, "batch": 2, "together": 2, "warmup": 2, "words": 400, "width": 32,
    "layers": 1, "heads": 2, "inner": 48, "eyes_width": 32, "eyes_layers": 1, "eyes_heads": 2, "picture_px": 48, "threads": 1,
}  # fmt: skip


@pytest.fixture(scope="session")
def few():
    """The wordings without the paraphraser's pairs, which take seconds to read."""
    from hiervla.learn.brain import lessons, sentences

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentences, "_of_pairs", list)
        patch.setattr(lessons, "OWN_SHARE", 1.0)
        sentences.wordings.cache_clear()
        lessons._wordings.cache_clear()
        yield sentences.wordings()
    sentences.wordings.cache_clear()
    lessons._wordings.cache_clear()


@pytest.fixture(scope="session")
def made(few, tmp_path_factory):
    """The folder of a run whose scenes are made and that has not learnt yet."""
    from hiervla.learn.brain import lessons

    folder = tmp_path_factory.mktemp("made")
    for part, scenes, lines in (("learn", 5, 5), ("check", 2, 3)):
        lessons.collect(folder, part, scenes, lines)
    return folder


@pytest.fixture
def settings(made, tmp_path):
    """``settings("a", steps=6)``: settings of a run in a folder of its own, with those scenes."""
    import shutil

    for package in ("torch", "transformers", "llguidance"):
        pytest.importorskip(package)
    from hiervla.learn.brain.settings import BrainSettings

    def make(name, **more):
        folder = tmp_path / name
        if not folder.exists():
            shutil.copytree(made, folder)
        return BrainSettings(**(SMALL | {"out": folder} | more))

    return make


@pytest.fixture
def rows(made):
    """``rows("learn")``: what was kept of a part."""
    return lambda part: [
        json.loads(t) for t in (made / f"{part}.jsonl").read_text(encoding="utf-8").split(os.linesep) if t
    ]
