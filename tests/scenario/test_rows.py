"""Many episodes: the same rows whatever the jobs, kept as they come, carried on where they stopped."""

import json
import os

import pytest
from scenario.work import square, where

from hiervla.core.config import Settings
from hiervla.core.errors import SetupError
from hiervla.scenario.rows import parse_seeds, run_rows, weights_of
from hiervla.scenario.suite import made_under

ITEMS = [(name, seed, 2) for seed in range(4) for name in ("b", "a")]
ROWS = [{"scenario": n, "seed": s, "value": 2 * s * s} for n, s, _ in ITEMS]
KEYS = ("scenario", "seed")


class Counted:
    """``square``, counting; it may break after so many."""

    def __init__(self, breaks=None):
        self.calls, self.breaks = [], breaks

    def __call__(self, *item):
        if self.breaks is not None and len(self.calls) >= self.breaks:
            raise KeyboardInterrupt
        self.calls.append(item[:2])
        return square(*item)


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("text", "seeds"), [("3-6", [3, 4, 5, 6]), ("7", [7]), ("1,4,9", [1, 4, 9]), (" 5-5 ", [5]), ("0-0", [0])]
)
def test_seeds_are_ranges_or_lists(text, seeds):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "6-3", "1-", "-4", "1,,2", "1;2", "1.5", "3-5,9"])
def test_other_seeds_are_told_with_how_to_write_them(text):
    with pytest.raises(SetupError, match="write a range such as 100-149"):
        parse_seeds(text)


def test_rows_come_in_the_order_of_the_items_and_are_told_as_they_come(tmp_path):
    told = []
    rows = run_rows(
        square,
        ITEMS,
        keys=KEYS,
        jobs=1,
        out=tmp_path / "out.jsonl",
        on_row=lambda row, n, of: told.append((row["value"], n, of)),
    )
    assert rows == ROWS == lines(tmp_path / "out.jsonl")
    assert [t[1:] for t in told] == [(n, len(ITEMS)) for n in range(1, len(ITEMS) + 1)]


def test_two_jobs_give_the_same_rows_as_one_in_processes_of_their_own(tmp_path):
    assert run_rows(square, ITEMS, keys=KEYS, jobs=2, out=tmp_path / "two.jsonl") == run_rows(
        square, ITEMS, keys=KEYS, jobs=1
    )
    assert sorted(map(str, lines(tmp_path / "two.jsonl"))) == sorted(map(str, ROWS))
    pids = {r["pid"] for r in run_rows(where, [("a", s) for s in range(6)], keys=KEYS, jobs=2)}
    assert os.getpid() not in pids


def test_what_was_done_is_not_done_again(tmp_path):
    file = tmp_path / "rows.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run_rows(Counted(breaks=3), ITEMS, keys=KEYS, jobs=1, resume=file)
    assert lines(file) == ROWS[:3], "what was done before the stop is kept"
    rest = Counted()
    assert run_rows(rest, ITEMS, keys=KEYS, jobs=1, resume=file) == ROWS
    assert rest.calls == [i[:2] for i in ITEMS[3:]]
    assert lines(file) == ROWS
    none = Counted()
    assert run_rows(none, ITEMS, keys=KEYS, jobs=1, resume=file) == ROWS
    assert none.calls == []


def test_resuming_into_another_file_leaves_a_whole_one_there(tmp_path):
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    run_rows(square, ITEMS[:3], keys=KEYS, jobs=1, out=old)
    assert run_rows(square, ITEMS, keys=KEYS, jobs=1, resume=old, out=new) == ROWS
    assert lines(new) == ROWS
    assert lines(old) == ROWS[:3]


@pytest.mark.parametrize("cut", [1, 5, -2, -1])
def test_a_line_that_a_stop_cut_short_is_done_again_and_harms_no_later_resume(cut, tmp_path):
    file = tmp_path / "rows.jsonl"
    half = json.dumps(ROWS[3])[:cut] if cut > 0 else json.dumps(ROWS[3])[: len(json.dumps(ROWS[3])) + cut + 1]
    file.write_text("".join(json.dumps(r) + "\n" for r in ROWS[:3]) + half, encoding="utf-8")
    first = Counted(breaks=2)
    with pytest.raises(KeyboardInterrupt):
        run_rows(first, ITEMS, keys=KEYS, jobs=1, resume=file)
    assert run_rows(Counted(), ITEMS, keys=KEYS, jobs=1, resume=file) == ROWS, "a second resume reads it as well"
    assert [r for r in lines_that_parse(file) if r["value"] is not None][-1] == ROWS[-1]


def lines_that_parse(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def test_a_broken_line_in_the_middle_is_told_with_its_number(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(ROWS[0]) + "\nnot json\n" + json.dumps(ROWS[1]) + "\n", encoding="utf-8")
    with pytest.raises(SetupError, match=r"rows\.jsonl:2: no JSON row"):
        run_rows(square, ITEMS, keys=KEYS, jobs=1, resume=file)


def test_rows_of_something_else_are_told_and_not_taken(tmp_path):
    file = tmp_path / "rows.jsonl"
    file.write_text('{"bench": "startup", "n": 3}\n', encoding="utf-8")
    with pytest.raises(SetupError, match=r"rows\.jsonl"):
        run_rows(square, ITEMS, keys=KEYS, jobs=1, resume=file)


def test_a_file_that_cannot_be_written_is_told_before_the_work(tmp_path):
    work = Counted()
    with pytest.raises(SetupError, match="gone"):
        run_rows(work, ITEMS, keys=KEYS, jobs=1, out=tmp_path / "gone" / "rows.jsonl")
    assert work.calls == []


def test_a_crash_in_the_work_is_not_swallowed():
    with pytest.raises(TypeError):
        run_rows(square, [("a", "no number", 1)], keys=KEYS, jobs=1)


def test_rows_that_were_made_under_something_else_are_not_passed_off_as_these(tmp_path):
    file = tmp_path / "rows.jsonl"
    servo, other = {"policy": "servo"}, {"policy": "lab.policies:Mine"}
    run_rows(square, ITEMS[:2], keys=KEYS, jobs=1, out=file, under=servo)
    again = run_rows(square, ITEMS, keys=KEYS, jobs=1, resume=file, under=servo)
    assert [r["under"] for r in again] == [servo] * len(ITEMS)
    for under in (other, None, {**servo, "robot": "iiwa"}):
        with pytest.raises(SetupError, match=r"its rows were made with (policy|robot) "):
            run_rows(square, ITEMS, keys=KEYS, jobs=1, resume=file, under=under)


def test_other_weights_in_the_same_folder_are_another_policy(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"one")
    first = weights_of(str(tmp_path))
    assert first and weights_of(f"mini:{tmp_path}@torch") == first and weights_of("servo") == ""
    settings = Settings(policy=f"{tmp_path},servo")
    under = made_under(settings)
    assert under["policy"] == settings.policy and first in under.values()
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert weights_of(str(tmp_path)) != first and made_under(settings) != under
