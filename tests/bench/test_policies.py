"""The bench of policies: every row is trained on the same data and core-minutes, then really run; figures side by side."""

import pytest

from hiervla.bench import BENCHES, policies
from hiervla.cerebellum.policies.mini.config import ModelConfig
from hiervla.cerebellum.policies.mini.folder import load_parts
from hiervla.learn.collect import collect


def test_there_are_eight_rows_of_different_forms_and_each_can_be_built():
    forms = {name: ModelConfig(**row.form()) for name, row in policies.ROWS.items()}
    assert len(forms) == 8 and len({f.model_dump_json() for f in forms.values()}) == 8
    assert {f.head for f in forms.values()} == {"flow", "diffusion", "regression", "tokens"}
    assert len(BENCHES["policies"].items([0, 1])) == 16


def row(name, seed, **more):
    return {"row": name, "seed": seed, "steps": 9, "parameters_m": 1.5, "tokens": 20.0, "reconstruction_mm": 0.5, "tried": True,
            "claimed": True, "true": True, "chunk_ms": [10.0, 30.0]} | more  # fmt: skip


def test_figures_count_what_is_claimed_and_true_of_what_was_tried():
    rows = [
        row("flow.alone", 0, tokens=None),
        row("flow.alone", 1, true=False),
        row("flow.alone", 2, tried=False),
        row("tokens.bins", 0),
    ]
    found = policies.summary(rows)
    assert found["flow.alone.true_success"].value == 0.5 and found["flow.alone.true_success"].n == 2
    assert found["flow.alone.false_success"].value == 0.5
    assert "flow.alone.tokens" not in found and found["tokens.bins.tokens"].value == 20.0
    assert found["tokens.bins.chunk_ms.p50"].n == 2 and "diffusion.fast.insulated.true_success" not in found


@pytest.mark.slow
def test_a_row_is_trained_when_its_first_episode_is_due_and_then_acts(tmp_path, monkeypatch):
    monkeypatch.setenv("HIERVLA_BENCH_POLICIES", str(tmp_path))
    monkeypatch.setattr(policies, "CORE_MINUTES", 0.05)
    monkeypatch.setattr(policies, "LESSONS", range(500_000, 500_048))
    policies._trained.cache_clear()
    for name in ("flow.alone", "tokens.rvq"):
        found = policies.work(name, 0)
        assert found["tried"] and found["chunk_ms"] and found["steps"] >= 8
        assert load_parts(tmp_path / name / "policy").config.head == policies.ROWS[name].head
        assert (found.get("tokens") is None) == (name == "flow.alone")
    again = collect(tmp_path / "demonstrations", policies.LESSONS)
    assert again.shown_now == 0 and again.lessons == 48
