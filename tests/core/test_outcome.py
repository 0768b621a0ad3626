"""A yes must be earned."""

import pytest
from pydantic import ValidationError

from hiervla.core.outcome import Check, Evidence, Failure, FailureKind, Outcome

SEEN = Evidence(source="look:L1", says="it lies there", time_s=1.0)


def test_a_yes_without_evidence_is_an_error():
    with pytest.raises(ValidationError, match="a yes without evidence"):
        Check.yes("because I say so")
    with pytest.raises(ValidationError):
        Check(answer="yes", why="because")
    with pytest.raises(ValidationError):
        Check.model_validate_json('{"answer": "yes", "why": "because", "evidence": []}')


def test_only_a_yes_is_true():
    assert Check.yes("seen", SEEN)
    assert not Check.no("seen otherwise", SEEN, kind=FailureKind.MISPLACED)
    assert not Check.cannot_see("dark", SEEN)


def test_a_check_cannot_be_talked_into_another_answer():
    check = Check.no("no")
    with pytest.raises(ValidationError):
        check.answer = "yes"
    with pytest.raises(ValidationError):
        Check(answer="maybe", why="?")


def test_an_outcome_is_done_only_without_failure_and_with_evidence():
    assert Outcome(skill="pick", arguments={}, evidence=(SEEN,)).done
    assert not Outcome(skill="pick", arguments={}).done, "nothing was seen"
    failure = Failure(kind=FailureKind.SLIPPED, why="gone")
    assert not Outcome(skill="pick", arguments={}, evidence=(SEEN,), failure=failure).done


def test_failure_kinds_are_closed_and_travel_as_json():
    failure = Failure(kind=FailureKind.GRASP_MISSED, why="nothing there", evidence=(SEEN,))
    assert Failure.model_validate_json(failure.model_dump_json()) == failure
    with pytest.raises(ValidationError):
        Failure(kind="bad_luck", why="?")
    assert len(FailureKind) == 21
