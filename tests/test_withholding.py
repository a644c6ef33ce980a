"""What no cassette may hold is in no result either."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from harness.exchange import Exchange, FailureKind
from harness.leaks import LeakCheck
from harness.options import Mode
from harness.result import Evidence, StepResult, Verdict
from harness.struct import replace
from harness.withholding import WITHHELD, withhold
from tests.builders import exchange, failed, judged, pair, request
from tests.stage import Stage, reply, route, rules_of
from tests.teams import teams

# Written so that no search for secrets stops at this file.
AWS = "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYqTbWpLkYsZ"
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".abcdefghijklmnopqrstuv"
KEY = "correct-horse-battery"
CHECK = LeakCheck({"MY_KEY": KEY})

TEXT = """\
steps:
  - {operation: ListTeams}
  - {operation: ListUsers, request: {query: {limit: 7}}}
"""


@pytest.mark.parametrize(
    ("held", "secret"),
    [
        ({"variable": "AWS_SECRET_ACCESS_KEY", "value": AWS, "isSecret": False}, AWS),
        ({"note": base64.b64encode(base64.b64encode(JWT.encode())).decode()}, "WlhsS2FHSkhZ"),
    ],
)
def test_what_a_recording_refuses_is_in_no_result(tmp_path: Path, held: dict[str, Any], secret: str) -> None:
    """The values of the step that holds a secret are withheld, of both sides; all else is as it was."""
    stage = Stage(tmp_path, old=lambda _: reply({}), new=lambda _: reply({}))
    users = {"users": [], "limit": 7, "offset": 0, "totalCount": 0}
    old = {"teams": [], "limit": 20, "offset": 0, "totalCount": 0, "extra": held}
    stage.old = route({"GET /teams": reply(old), "GET /users": reply(users)})
    stage.new = route({"GET /teams": reply({**old, "extra": {"other": secret}}), "GET /users": reply(users)})
    result = stage.run(TEXT, Mode.RECORD)
    first, second = result.steps

    assert "because a secret would be in it" in result.reason
    assert (result.verdict, first.verdict, second.verdict) == (
        Verdict.ERROR,
        Verdict.MISMATCH,
        Verdict.MATCH,
    )
    assert secret not in repr(result)
    assert [str(each.body.data) for each in (first.baseline, first.candidate) if each] == [
        f"{WITHHELD}, {len(_text(old))} characters",
        f"{WITHHELD}, {len(_text({**old, 'extra': {'other': secret}}))} characters",
    ]
    assert "property-removed" in rules_of(first)
    assert second.baseline is not None
    assert second.baseline.body.data == users


def test_what_was_not_to_be_recorded_is_looked_through_too(tmp_path: Path) -> None:
    """A step without a conclusion keeps the cassettes from being written, and no secret in the reports."""
    answers = {"GET /teams": reply({"teams": [], "variable": "AWS_SECRET_ACCESS_KEY", "value": AWS})}
    stage = Stage(tmp_path, old=route(answers), new=route(answers))
    result = stage.run(TEXT, Mode.RECORD)

    assert result.reason.startswith("Not recorded: ")
    assert AWS not in repr(result)
    assert WITHHELD in repr(result.steps[0])


def test_a_disk_that_refuses_withholds_nothing(tmp_path: Path) -> None:
    """Only a secret takes evidence out of a report."""
    stage = Stage(tmp_path, old=lambda _: teams(), new=lambda _: teams())
    (tmp_path / "cassettes").write_text("in the way", "utf-8")
    (step,) = stage.run("steps: [{operation: ListTeams}]\n", Mode.RECORD).steps

    assert step.baseline is not None
    assert step.baseline.body.data == {"teams": [], "limit": 20, "offset": 0, "totalCount": 0}
    assert step.reason == ""


def _text(value: Any) -> str:
    return json.dumps(value)


def step_of(made: Exchange, **changes: Any) -> StepResult:
    """Return the result of a step whose baseline is this exchange."""
    step = StepResult(
        name="a", where="a.yaml:1", operation="A", verdict=Verdict.MATCH, baseline=Evidence.of(made, "v1")
    )
    return replace(step, **changes)


@pytest.mark.parametrize(
    "made",
    [
        exchange({"a": 1}, sent=request(query=f"q={KEY}")),
        exchange({"a": 1}, sent=replace(request(), headers=(("x-a", KEY),))),
        exchange({"a": 1}, sent=request("POST", data={"a": KEY})),
        exchange({"a": 1}, headers=(("x-a", KEY),)),
        exchange({"a": [KEY]}),
        failed(FailureKind.CONNECT, f"no way to {KEY}"),
    ],
)
def test_no_part_of_an_exchange_keeps_a_secret(made: Exchange) -> None:
    """Wherever it is: URL, headers and bodies of both messages, or what took the answer's place."""
    (step,) = withhold([step_of(made)], [made], CHECK, refused=True)

    assert KEY in repr(step_of(made))
    assert KEY not in repr(step)
    assert WITHHELD in repr(step)


def test_what_another_step_says_of_the_secret_is_withheld_too() -> None:
    """A finding of another step holds the value without what it was known by."""
    made = exchange({"variable": "AWS_SECRET_ACCESS_KEY", "value": AWS})
    findings = judged(pair({"old": AWS}, {"new": "b"}))
    steps = withhold([step_of(made), step_of(exchange({}), findings=findings)], [made], CHECK, refused=True)

    assert AWS not in repr(steps)
    assert [each.rule for each in steps[1].findings] == [each.rule for each in findings]


def test_where_nobody_knows_where_the_secret_is_all_is_withheld() -> None:
    """What the check of a whole file found may be in any step; where it refused nothing, it is in none."""
    made = step_of(exchange({"a": 1}))
    (step,) = withhold([replace(made, reason="no answer.")], [], CHECK, refused=True)

    assert step.reason.startswith("no answer; its evidence is withheld, because")
    assert withhold([made], [], CHECK, refused=False) == [made]

    assert step.baseline is not None
    assert step.baseline.body.data == f"{WITHHELD}, 8 characters"
