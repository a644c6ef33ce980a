"""The messages of errors: where, what and what to do, one line for each mistake."""

from __future__ import annotations

import pickle

import pytest

from harness.errors import (
    CassetteError,
    ContractError,
    HarnessError,
    Problem,
    ScenarioError,
    TargetError,
    UsageError,
)

_KINDS = [UsageError, ScenarioError, ContractError, CassetteError, TargetError]


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem(where="a.yaml:3", what="it is wrong", advice="Fix it."), "a.yaml:3: it is wrong. Fix it."),
        (Problem(where="a.yaml:3", what="it is wrong"), "a.yaml:3: it is wrong"),
        (Problem(where="", what="it is wrong", advice="Fix it."), "it is wrong. Fix it."),
        (Problem(where="", what="it is wrong.", advice="Fix it."), "it is wrong. Fix it."),
        (Problem(where="", what="it is {wrong} 100%", advice="Fix {it}."), "it is {wrong} 100%. Fix {it}."),
    ],
)
def test_a_problem_is_one_line(problem: Problem, text: str) -> None:
    """A problem reads as place, mistake and advice, with nothing in between that is empty or doubled."""
    assert str(problem) == text


@pytest.mark.parametrize("kind", _KINDS)
def test_an_error_lists_all_its_problems(kind: type[HarnessError]) -> None:
    """Each problem of an error has its own line, in order, and any error ends with exit code 2."""
    error = kind(Problem(where="a:1", what="first"), Problem(where="a:2", what="second", advice="Do it."))

    assert str(error) == "a:1: first\na:2: second. Do it."
    assert error.exit_code == 2


@pytest.mark.parametrize("kind", _KINDS)
def test_an_error_travels_between_processes(kind: type[HarnessError]) -> None:
    """An error is the same after pickling, as pytest's workers do it."""
    error = kind(Problem(where="a:1", what="first", advice="Do it."))

    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert type(back) is kind
    assert back.problems == error.problems
    assert str(back) == str(error)
