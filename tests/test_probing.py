"""The probes of a run, by operation and kind: what was answered, and what was not exercised."""

from __future__ import annotations

from typing import Any

import pytest

from harness.probing import Answered, counted_lacks, probing_of
from harness.result import Lack, ScenarioResult, StepResult, Unexercised, Verdict
from harness.rules import Check
from tests.report.builders import evidence, run, scenario, step


def probe(kind: str, old: int, new: int, operation: str = "ListTeams", **changes: Any) -> StepResult:
    """Build the result of a probe."""
    sides = {"baseline": evidence(status=old), "candidate": evidence(status=new)}
    return step(probe=kind, operation=operation, **{**sides, **changes})


def left(
    kind: str, lack: Lack = Lack.NO_TOKEN, operation: str = "ListTeams", reason: str = "so it is"
) -> Unexercised:
    """Build a probe that was not made."""
    return Unexercised(probe=kind, check=Check.AUTH, operation=operation, lack=lack, reason=reason)


def lacking(id_: str, *lacks: Unexercised) -> ScenarioResult:
    """Build a scenario with probes that were not made."""
    return scenario(step(), id=id_, unexercised=lacks)


def test_answers_are_told_by_operation_and_kind() -> None:
    """Probes of several scenarios are one; steps that are no probes are none."""
    one = scenario(step(), probe("not-found", 404, 404), probe("missing", 401, 401), id="a")
    two = scenario(
        probe("not-found", 404, 403, verdict=Verdict.MISMATCH),
        probe("not-found", 404, 404, "GetTeam"),
        id="b",
    )
    found = probing_of(run(one, two))

    assert found.answered == (
        Answered(
            operation="GetTeam",
            check=Check.ERRORS,
            probe="not-found",
            statuses=((404, 404),),
            verdict=Verdict.MATCH,
            reached=True,
            probes=1,
        ),
        Answered(
            operation="ListTeams",
            check=Check.AUTH,
            probe="missing",
            statuses=((401, 401),),
            verdict=Verdict.MATCH,
            reached=True,
            probes=1,
        ),
        Answered(
            operation="ListTeams",
            check=Check.ERRORS,
            probe="not-found",
            statuses=((404, 404), (404, 403)),
            verdict=Verdict.MISMATCH,
            reached=True,
            probes=2,
        ),
    )
    assert found.kinds(Check.ERRORS) == ("not-found",)
    assert found.operations(Check.ERRORS) == ("GetTeam", "ListTeams")
    assert found.operations(Check.AUTH) == ("ListTeams",)


@pytest.mark.parametrize(
    ("kind", "old", "new", "reached"),
    [
        ("missing-field", 400, 400, True),
        ("missing-field", 404, 404, False),
        ("missing-field", 404, 400, True),
        ("missing-field", 200, 200, True),
        ("wrong-method", 405, 405, True),
        ("wrong-method", 401, 401, False),
        ("malformed-json", 0, 500, False),
        ("readonly", 404, 404, True),
    ],
)
def test_a_refusal_for_something_else_reaches_nothing(
    kind: str, old: int, new: int, *, reached: bool
) -> None:
    """A body that is wrong in a resource that is gone proves nothing of the body."""
    (answered,) = probing_of(run(scenario(probe(kind, old, new)))).answered

    assert answered.reached is reached


def test_what_was_left_is_told_by_reason() -> None:
    """Operations of one reason are together; what somebody can mend comes before what no contract gives."""
    derivable = left("missing", Lack.NOT_DERIVABLE)
    found = probing_of(
        run(
            lacking("a", derivable, left("readonly"), left("readonly", operation="GetTeam")),
            lacking("b", left("readonly"), left("expired", reason="another")),
        )
    )

    assert [(each.probe, each.lack, each.operations) for each in found.left] == [
        ("expired", Lack.NO_TOKEN, ("ListTeams",)),
        ("readonly", Lack.NO_TOKEN, ("GetTeam", "ListTeams")),
        ("missing", Lack.NOT_DERIVABLE, ("ListTeams",)),
    ]
    assert found.operations(Check.AUTH) == ("GetTeam", "ListTeams")
    assert counted_lacks(found.left) == {Lack.NO_TOKEN: 3}


def test_what_another_scenario_made_is_not_left() -> None:
    """One scenario with the probe is enough."""
    made = scenario(probe("readonly", 403, 403), id="b")

    assert probing_of(run(lacking("a", left("readonly")), made)).left == ()


def test_a_run_without_probes_has_none() -> None:
    """An older log has no such field, and reads as one without any."""
    found = probing_of(run(scenario(step())))

    assert (found.answered, found.left) == ((), ())
    assert found.kinds(Check.AUTH) == ()
