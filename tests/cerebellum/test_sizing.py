"""How many actions of a chunk are run before looking again."""

import numpy as np
import pytest

from hiervla.cerebellum.sizing import LONGEST, ChunkSizer, disagreement, phase_of
from hiervla.core.config import ChunkSettings
from hiervla.core.task import ActionChunk


def chunk(n=16, dx=0.01, dy=0.0, phase="", gripper=0.0):
    actions = np.zeros((n, 7))
    actions[:, 0], actions[:, 1], actions[:, 6] = dx, dy, gripper
    return ActionChunk(actions, 0.1, phase=phase)


def adaptive():
    return ChunkSizer(ChunkSettings())


@pytest.mark.parametrize(("phase", "least", "most"), [("approach", 4, 6), ("contact", 1, 2), ("transport", 8, 10)])
def test_with_nothing_to_doubt_it_is_the_phases_own_length(phase, least, most):
    assert least <= adaptive().size(chunk(), phase, 0.0) <= most


def test_agreeing_with_the_last_chunk_keeps_the_length_and_parting_from_it_shortens():
    lengths = []
    for dy in (0.0, 0.001, 0.002, 0.01):
        sizer = adaptive()
        sizer.executed(chunk(), 4)
        lengths.append(sizer.size(chunk(dy=dy), "transport", 0.0))
    assert lengths[0] == 9
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[1] < lengths[0]
    assert lengths[-1] == 1, "contradiction: one step, then look"


def test_a_changing_image_shortens_down_to_one():
    lengths = [adaptive().size(chunk(), "transport", d) for d in (0.0, 0.3, 0.6, 0.9, 1.0, 7.0)]
    assert lengths[0] == 9
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-2:] == [1, 1]


def test_never_longer_than_the_chunk_or_ten_and_never_none():
    assert adaptive().size(chunk(2), "transport", 0.0) == 2
    assert adaptive().size(chunk(1), "contact", 1.0) == 1
    assert all(adaptive().size(chunk(40), p, 0.0) <= LONGEST for p in ("approach", "contact", "transport"))


@pytest.mark.parametrize(("length", "chunk_len", "n"), [(8, 16, 8), (3, 16, 3), (16, 16, 16), (8, 5, 5)])
def test_fixed_mode_is_fixed_whatever_happens(length, chunk_len, n):
    sizer = ChunkSizer(ChunkSettings(mode="fixed", length=length))
    sizer.executed(chunk(dy=0.05), 2)
    assert sizer.size(chunk(chunk_len), "contact", 0.9) == n


def test_a_new_task_remembers_nothing():
    sizer = adaptive()
    sizer.executed(chunk(dy=0.05), 2)
    assert sizer.size(chunk(), "transport", 0.0) == 1
    sizer.reset()
    assert sizer.size(chunk(), "transport", 0.0) == 9


def test_only_what_was_not_run_is_compared():
    # The last chunk turned a corner after four steps; the new one starts there.
    last = np.concatenate([chunk(4).actions, chunk(6, dx=0.0, dy=0.01).actions])
    new = chunk(6, dx=0.0, dy=0.01)
    sizer = adaptive()
    sizer.executed(ActionChunk(last, 0.1), 4)
    assert sizer.size(new, "transport", 0.0) == 6
    sizer.executed(ActionChunk(last, 0.1), 0)
    assert sizer.size(new, "transport", 0.0) < 6


def test_disagreement_is_of_paths_and_lies_between_none_and_full():
    a = chunk(10).actions
    assert disagreement(a, a) == 0.0
    assert disagreement(a, a[:0]) == 0.0, "no overlap, no opinion"
    assert disagreement(a, -a) == 1.0
    assert 0 < disagreement(a, chunk(10, dy=0.001).actions) < 1
    assert disagreement(a, a[:3]) == 0.0, "only the overlap counts"


@pytest.mark.parametrize(
    ("said", "width", "height", "force", "gripper", "phase"),
    [("descend", 0.08, 0.4, 0, 0, "contact"), ("carry", 0.04, 0.3, 0, 1, "transport"), ("approach", 0.08, 0.01, 9, 0, "approach"),
     ("wander", 0.08, 0.3, 0, 0, "approach"), ("", 0.08, 0.3, 0.0, 0, "approach"), ("", 0.08, 0.03, 0.0, 0, "contact"),
     ("", 0.08, 0.3, 9.0, 0, "contact"), ("", 0.04, 0.3, 0.0, 1, "transport"), ("", 0.04, 0.3, 0.0, 0, "approach")],
)  # fmt: skip
def test_the_phase_is_what_the_policy_says_or_else_what_is_felt(said, width, height, force, gripper, phase):
    assert phase_of(chunk(phase=said, gripper=gripper), width, height, force) == phase
