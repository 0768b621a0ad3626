"""Everything in one go, on almost no budget: each stage leaves what the next one takes, and none is done twice."""

import json

import pytest

from hiervla.cerebellum.policies.mini.folder import load_parts
from hiervla.learn import whole
from hiervla.learn.card import write_card
from hiervla.learn.training.settings import TrainSettings


@pytest.mark.slow
@pytest.mark.timeout(1500)  # a policy that learnt nothing uses up every episode's time
def test_from_nothing_to_a_policy_with_its_card_and_again_nothing_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(whole, "LESSONS_A_MINUTE", 1)
    monkeypatch.setattr(whole, "FEWEST_EXAMINED", 1)
    monkeypatch.setattr(TrainSettings.model_fields["held_out_every"], "default", 10)
    TrainSettings.model_rebuild(force=True)
    said = []
    made = whole.learn_all(tmp_path, budget_minutes=1.0, cores=1, say=said.append)
    assert len(said) == 5 and made.card.read_text().startswith("# A small VLA")
    assert (made.policy / "model.onnx").exists() and load_parts(made.policy).about["data"] == ["demos", "corrected"]
    rows = [json.loads(r) for r in (made.policy / "card.rows.jsonl").read_text().splitlines()]
    assert {r["deed"] for r in rows} >= {"pick", "in", "chain"} and "pick.true_success" in made.figures
    again = whole.learn_all(tmp_path, budget_minutes=1.0, cores=1, say=said.append)
    assert again.figures == made.figures and again.minutes < made.minutes


def test_a_cards_figures_are_those_of_its_rows(tmp_path, monkeypatch):
    from hiervla.learn.exam import episode

    (tmp_path / "config.json").write_text("{}")

    def work(*item):
        return {"policy": item[0], "deed": item[1], "seed": item[2], "shift": "none", "blank": "none", "target_error_m": 0.0,
                "at_least": 0, "chunk": "adaptive", "tried": True, "claimed": True, "true": item[2] != 1, "wrong_object": False,
                "kind": None, "chunk_ms": [4.0], "chunk_lengths": [2], "chunks": 1, "robot_s": 2.0, "touched_first": "a",
                "target": "a"}  # fmt: skip

    monkeypatch.setattr(episode, "work", work)
    monkeypatch.setattr("hiervla.learn.card.load_parts", lambda _: _Parts)
    card, figures = write_card(tmp_path, range(4), jobs=1)
    assert figures["pick.true_success"]["value"] == 0.75 and figures["pick.true_success"]["n"] == 4
    text = card.read_text()
    assert "| pick.true_success | 0.75 |" in text and "--seeds 0-3" in text and "never tried on a real arm" in text


class _Parts:
    from hiervla.cerebellum.policies.mini.config import ModelConfig

    config, about = ModelConfig(), {"moments": 9, "data": ["demos"]}
