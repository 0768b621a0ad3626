"""Scenarios by name, and the figures over their rows."""

from pathlib import Path

import pytest

from hiervla.core.errors import SetupError
from hiervla.scenario.suite import choose, list_scenarios, scenario_figures


def test_all_scenes_scenarios_and_bare_names_choose(space):
    every = list_scenarios(space)
    assert choose(space, ["all"]) == list(every.values())
    assert {s for _, s, _ in choose(space, ["tabletop"])} == {"tabletop"}
    assert choose(space, ["tabletop/pick"]) == [("tabletop/pick", "tabletop", "pick")]
    assert choose(space, ["stack"]) == [("blocks/stack", "blocks", "stack")]
    assert choose(space, ["stack", "blocks/stack", "blocks"])[0] == ("blocks/stack", "blocks", "stack")
    assert len(choose(space, ["blocks", "all"])) == len(every), "none twice"


def test_a_scene_file_by_path_is_chosen_with_its_scenarios(space, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[body]]\nname = "a"\nshape = "cube"\n[[scenario]]\nname = "s"\nsay = ["pick up the cube"]\n', encoding="utf-8"
    )
    assert choose(space, [str(path)]) == [(f"{path}/s", str(path), "s")]


@pytest.mark.parametrize(
    ("name", "near"), [("tabeltop", "tabletop"), ("stak", "blocks/stack"), ("blocks/stakc", "blocks/stack")]
)
def test_a_name_that_fits_none_is_told_with_the_near_ones(name, near, space):
    with pytest.raises(SetupError, match=rf"no scenario '{name}'; did you mean .*'{near}'"):
        choose(space, [name])


def test_a_file_without_scenarios_or_that_is_not_there_is_told(space, tmp_path):
    path = tmp_path / "plain.toml"
    path.write_text('[[body]]\nname = "a"\nshape = "cube"\n', encoding="utf-8")
    with pytest.raises(SetupError, match=r"plain\.toml"):
        choose(space, [str(path)])
    with pytest.raises(SetupError, match="no scene file"):
        choose(space, [str(Path(tmp_path) / "gone.toml")])


def row(**more):
    return {
        "scenario": "t/a", "seed": 0, "disturbed": False, "status": "done", "claimed": True, "true_success": True, "achieved": True,
        "false_success": False, "false_failure": False, "missed": [], "disturbances": [], "replans": 0, "interventions": 0,
        "inferences": 9, "robot_s": 10.0, "wall_s": 1.0, **more,
    }  # fmt: skip


def test_figures_pool_by_disturbance_and_name_every_scenario():
    rows = [row(seed=s) for s in range(8)] + [
        row(seed=8, true_success=False, achieved=False, false_success=True),
        row(seed=9, claimed=False, true_success=False, false_failure=True, status="failed"),
        row(scenario="t/b", disturbed=True, disturbances=[[1.0, "move", "x"]], replans=2),
        row(scenario="t/b", seed=1, disturbed=True),
    ]
    figures = scenario_figures(rows)
    assert (figures["true_success.undisturbed"].value, figures["true_success.undisturbed"].n) == (0.8, 10)
    assert figures["true_success.undisturbed"].holds is False
    assert figures["claimed_success.undisturbed"].value == 0.9
    assert (figures["true_success.disturbed"].value, figures["true_success.disturbed"].n) == (1.0, 2)
    assert (figures["false_success"].value, figures["false_success"].n, figures["false_success"].holds) == (
        pytest.approx(1 / 12, abs=1e-4),
        12,
        False,
    )
    assert figures["false_success"].high > 0.3
    assert figures["false_failure"].value == pytest.approx(1 / 12, abs=1e-4)
    assert (figures["undelivered_disturbances"].value, figures["undelivered_disturbances"].n) == (0.5, 2)
    assert figures["true_success.t/a"].goal == ">= 0.85"
    assert figures["true_success.t/b"].value == 1.0
    assert figures["replans"].value == pytest.approx(2 / 12, abs=1e-4)


def test_no_false_success_still_tells_its_upper_bound():
    figure = scenario_figures([row(seed=s) for s in range(50)])["false_success"]
    assert (figure.value, figure.low, figure.holds) == (0.0, 0.0, True)
    assert figure.high == pytest.approx(0.0713, abs=2e-3)


def test_undisturbed_rows_alone_have_no_disturbed_figures():
    figures = scenario_figures([row()])
    assert "true_success.disturbed" not in figures
    assert figures["undelivered_disturbances"].value is None
