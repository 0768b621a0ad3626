"""From pairs to graphs that run: the whole way, with a network too small and too little taught to be of use."""

import json
from functools import partial

import pytest

from hiervla.brain.paraphrase import paraphraser
from hiervla.brain.paraphrase.paraphraser import Paraphraser
from hiervla.deskwork import words_of

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


def test_a_run_broken_off_goes_on_to_the_same_weights(pairs, space, monkeypatch):
    import torch

    from hiervla.core.errors import SetupError
    from hiervla.learn.paraphrase import training

    monkeypatch.setattr(training, "KEEP", 4)
    words = partial(words_of, workspace=space)

    def settings(name):
        return training.ParaphraseSettings(pairs=pairs, out=pairs / name, steps=10, batch=8, width=16, layers=1, threads=1, warmup=5)  # fmt: skip

    def killed(step, _of, _found):
        if step == 6:
            raise KeyboardInterrupt

    whole, _ = training.train(settings("whole"), words)
    with pytest.raises(KeyboardInterrupt):
        training.train(settings("broken"), words, killed)
    told = []
    again, _ = training.train(settings("broken"), words, lambda step, _of, _found: told.append(step))
    assert told == [5, 6, 7, 8, 9, 10]
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), again.parameters(), strict=True))
    with pytest.raises(SetupError, match="another --out"):
        training.train(settings("broken").model_copy(update={"seed": 1}), words)


def test_words_met_once_are_not_learnt_and_only_those_of_plain_sentences_can_be_said(pairs, space):
    from hiervla.learn.paraphrase.pairs import examples
    from hiervla.learn.paraphrase.training import Words

    words = Words.of(list(examples(pairs, partial(words_of, workspace=space))))
    sayable = words.tokens[: words.said]
    assert "put" in sayable and "C1" in sayable and "please" not in sayable
    assert "please" in words.tokens and len(set(words.tokens)) == len(words.tokens)
