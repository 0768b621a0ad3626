"""From pairs to graphs that run: the whole way, with a network too small and too little taught to be of use."""

import json
from functools import partial

import pytest

from hiervla.assemble import words_of
from hiervla.brain.paraphrase import paraphraser
from hiervla.brain.paraphrase.paraphraser import Paraphraser

PLAIN = {"put {} there": "Put {} in the bowl.", "{} please": "Take {}.", "into the bowl with {}": "Put {} in the bowl."}


@pytest.fixture
def pairs(tmp_path):
    (tmp_path / "worlds").mkdir()
    (tmp_path / "worlds" / "w.toml").write_text(
        '[things]\nbowl = { kind = "bowl", colour = "blue", at_cm = [50, 20] }\n', encoding="utf-8"
    )
    lines = [
        {"world": "w", "say": say.format(f"the {c} {k}"), "plain": plain.format(f"the {c} {k}")}
        for say, plain in PLAIN.items() for c in ("red", "green", "blue", "white") for k in ("cube", "ball", "cup", "ring")
    ]  # fmt: skip
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_run_is_trained_written_as_graphs_and_proposes(pairs, space, monkeypatch):
    from hiervla.learn.paraphrase.exporting import export
    from hiervla.learn.paraphrase.training import ParaphraseSettings, train

    words = partial(words_of, workspace=space)
    settings = ParaphraseSettings(pairs=pairs, out=pairs / "run", steps=60, batch=16, width=32, layers=1, threads=1, warmup=5)  # fmt: skip
    told = []
    _, checked = train(settings, words, lambda step, of, found: told.append((step, of)))
    assert told[-1] == (60, 60) and checked["check_loss"] < 4.0
    monkeypatch.setattr(paraphraser, "SURE", -20.0)
    made = Paraphraser(export(pairs / "run", pairs / "graphs")[0].parent)
    assert made.knows("put") and not made.knows("zebra")
    said = words(pairs / "worlds" / "w.toml").slotted("put the red cube there")
    assert all(p.sure <= 0 and p.text for p in made.proposals(said, "en"))
