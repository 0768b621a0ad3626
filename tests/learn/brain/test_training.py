"""The whole way of the small brain: scenes, steps, a folder, and a mission on the table with it."""

import json

import pytest

from hiervla.core.errors import SetupError


def test_a_run_broken_off_goes_on_to_the_same_weights(settings, monkeypatch):
    import torch
    from safetensors.torch import load_file

    from hiervla.learn.brain import training

    monkeypatch.setattr(training, "KEEP", 2)

    def killed(step, _of, _found):
        if step == 5:
            raise KeyboardInterrupt

    whole = training.train(settings("whole"))
    with pytest.raises(KeyboardInterrupt):
        training.train(settings("broken"), killed)
    told = []
    again = training.train(settings("broken"), lambda step, _of, _found: told.append(step))
    assert told == [5, 6]
    one, other = (load_file(t.folder / "model.safetensors") for t in (whole, again))
    assert one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)
    log = [json.loads(t) for t in (again.folder.parent / "log.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log] == [2, 4, 6] and {"check_loss", "check_read", "check_plan"} <= set(log[-1])
    with pytest.raises(SetupError, match="another --out"):
        training.train(settings("broken", seed=1))


def test_what_is_learnt_from_is_what_the_local_path_reads(settings, rows, made):
    """The tokens of a prompt, and what a model makes of a sentence, are the same beside others and alone."""
    import torch
    from PIL import Image

    from hiervla.brain.local.processors import Reader
    from hiervla.learn.brain import batches, network, teaching
    from hiervla.learn.brain.tokens import train_tokenizer
    from hiervla.learn.brain.training import _logits

    s = settings("x")
    row = next(r for r in rows("learn") if len(r["lines"]) > 2)
    words = train_tokenizer((line[k] for line in row["lines"] for k in ("prompt", "reply")), s.words)
    processor = network.new_processor(s, words)
    scene = batches.coded(row, processor, teaching.system(), s)
    picture = Image.open(made / "pictures" / f"{row['seed']}.png").convert("RGB")
    read = Reader(processor, "x").read(teaching.system(), row["lines"][1]["prompt"], [picture])
    assert read["input_ids"][0].tolist() == [*scene.head, *scene.rest[1][0]]
    pictures = batches.Pictures(made / "pictures", processor)
    assert torch.equal(read["pixel_values"], pictures.of([row["seed"]]))
    assert not torch.equal(
        pictures.of([row["seed"]]), batches.Pictures(made / "pictures", processor, True).of([row["seed"]])
    )
    torch.manual_seed(0)
    model = network.new_model(s, words).eval()
    with torch.no_grad():
        together, wanted, _ = _logits(model, batches.batch([(scene, [0, 1, 2])], pictures))
        alone, own, _ = _logits(model, batches.batch([(scene, [1])], pictures))
        ids = torch.tensor([[*scene.head, *scene.rest[1][0], *scene.rest[1][1]]])
        plain = model(input_ids=ids, pixel_values=read["pixel_values"]).logits[0, -len(own) - 1 : -1]
    first = len(scene.rest[0][1])
    assert wanted[first : first + len(own)].tolist() == own.tolist() == list(scene.rest[1][1])
    assert torch.allclose(together[first : first + len(own)], alone, atol=1e-4)
    assert torch.allclose(alone, plain, atol=1e-4)


@pytest.mark.slow
def test_what_was_trained_thinks_in_a_mission_on_the_table(settings, tmp_path):
    from hiervla.agent import Agent
    from hiervla.brain.local.manner import brought
    from hiervla.core.config import Settings
    from hiervla.learn.brain import training

    trained = training.train(settings("run", steps=2))
    assert trained.parameters < 100_000 and brought(str(trained.folder)).manner.numbered
    options = Settings(
        brain=f"local:{trained.folder}", video=False, runs=str(tmp_path / "runs"), budgets={"thoughts": 2}
    )
    with Agent("tabletop", 3, settings=options) as agent:
        prompt = agent.cell.brain.prompt
        seen = []
        agent.cell.brain.prompt = lambda briefing: seen.append(prompt(briefing)) or seen[-1]
        report = agent.run("put the red cube in the blue bowl")
    assert report.status != "done" or all(g.holds == "yes" for g in report.goals)
    assert report.usage.calls >= 1 and not report.usage.estimated
