"""What will break for recorded traffic, by contract alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.errors import UsageError
from harness.exchange import Exchange, Failure, FailureKind, Json, Request, Response
from harness.inspection import Inspection, Used, inspect
from harness.judge import Judge
from harness.landing import unsupported
from harness.result import Source
from harness.struct import replace
from tests.cassette import write

JUDGE = Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1))
IAM = "https://api.astronomer.io/iam/v1beta1/organizations/o"
PLATFORM = "https://api.astronomer.io/platform/v1beta1/organizations"


def call(
    url: str, answer: Json = None, method: str = "GET", body: Json = None, status: int = 200
) -> Exchange:
    """Make an exchange with JSON bodies."""
    headers = (("content-type", "application/json"),)
    content = b"" if body is None else json.dumps(body).encode()
    made = Response(status=status, headers=headers, content=json.dumps(answer).encode())
    return Exchange(
        request=Request(method=method, url=url, headers=headers, content=content),
        response=made,
        started="2026-11-27T10:00:00.000Z",
    )


def inspected(directory: Path, *exchanges: Exchange) -> Inspection:
    """Inspect a cassette of these exchanges."""
    return inspect([write(directory / "a.yaml", *exchanges)], JUDGE)


def only(directory: Path, *exchanges: Exchange) -> Used:
    """Return the only operation of these exchanges."""
    (used,) = inspected(directory, *exchanges).operations
    return used


def rules(used: Used) -> list[tuple[str, str, int, int]]:
    """Return what was met, briefly."""
    return [(met.finding.rule, met.finding.difference.path, met.seen, met.samples) for met in used.met]


def test_answers_with_what_v1_calls_otherwise(tmp_path: Path) -> None:
    """A token's type became scope; it is counted in the elements that have it."""
    answer: Any = {"tokens": [{"id": "a", "type": "WORKSPACE"}, {"id": "b"}], "totalCount": 2}
    used = only(tmp_path, call(f"{IAM}/tokens", answer), call(f"{IAM}/tokens", answer))

    assert rules(used) == [("property-renamed", "$.body.tokens[*].type", 2, 4)]
    assert (used.operation, used.calls, used.statuses, used.breaks) == ("ListApiTokens", 2, {200: 2}, True)


def test_requests_with_what_v1_does_not_take(tmp_path: Path) -> None:
    """A property of a body, and a parameter of a query."""
    made = only(tmp_path, call(f"{IAM}/tokens", {"id": "a"}, "POST", {"type": "WORKSPACE", "name": "n"}))
    listed = only(tmp_path, call(f"{PLATFORM}?supportPlan=BASIC&limit=1", {"organizations": []}))

    assert rules(made) == [("request-not-accepted", "$.request.body.type", 1, 1)]
    assert rules(listed) == [("request-not-accepted", "$.request.query.supportPlan", 1, 1)]


def test_what_the_traffic_does_not_hold_is_not_told(tmp_path: Path) -> None:
    """A deployment without workload identity does not lose it; an error has no properties of an answer."""
    url = f"{PLATFORM}/o/deployments/d"
    plain = only(tmp_path, call(url, {"id": "d"}))
    refused = only(tmp_path, call(url, {"workloadIdentity": "x"}, status=404))
    has = only(tmp_path, call(url, {"id": "d", "workloadIdentity": "x"}))

    assert rules(plain) == rules(refused) == []
    assert not plain.breaks
    assert rules(has) == [("property-renamed", "$.body.workloadIdentity", 1, 1)]


def test_every_unsupported_operation_is_told_with_advice(tmp_path: Path) -> None:
    """All ten, before anything else."""
    calls = [
        call(f"https://api.astronomer.io/platform/v1beta1{each.path}", {}, each.method)
        for each in unsupported()
    ]
    inspection = inspected(tmp_path, call(f"{IAM}/users", {"users": []}), *calls)

    assert [each.supported for each in inspection.operations] == [False] * 10 + [True]
    assert all(each.advice for each in inspection.operations[:10])
    assert inspection.exit_code == 1


def test_what_is_fine_is_fine(tmp_path: Path) -> None:
    """The exit code says so to CI."""
    assert inspected(tmp_path, call(f"{IAM}/users", {"users": []})).exit_code == 0


def test_other_calls_are_counted(tmp_path: Path) -> None:
    """v1's own, and those that no contract has; a call without an answer is one all the same."""
    failed = Exchange(
        request=Request(method="GET", url=f"{IAM}/users"),
        failure=Failure(kind=FailureKind.TIMEOUT, message="timed out"),
        started="2026-11-27T10:00:00.000Z",
    )
    inspection = inspected(
        tmp_path,
        failed,
        call("https://api.astronomer.io/v1/organizations/o/users", {}),
        call(f"{IAM}/nothing?a=b", {}),
    )

    assert (inspection.calls, inspection.newer, inspection.unknown) == (
        3,
        1,
        {"GET /organizations/o/nothing": 1},
    )
    assert inspection.operations[0].statuses == {0: 1}


def test_it_says_where_the_recordings_come_from(tmp_path: Path) -> None:
    """The sandbox proves nothing."""
    assert inspected(tmp_path, call(f"{IAM}/users", {})).sources == (Source.SANDBOX,)


def test_damaged_cassettes_are_all_told(tmp_path: Path) -> None:
    """Not only the first."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("interactions:\n- request: {")
    with pytest.raises(UsageError) as refused:
        inspect([tmp_path], JUDGE)

    assert len(refused.value.problems) == 2


def test_repeats_are_no_calls_of_the_client(tmp_path: Path) -> None:
    """What the harness asked again only to tell noise is not counted."""
    made = call(f"{IAM}/tokens", {"tokens": [{"id": "a", "type": "WORKSPACE"}]})
    used = only(tmp_path, made, replace(made, repeat=True))

    assert used.calls == 1


@pytest.mark.parametrize(("query", "seen"), [("ASTRO", []), ("OBSERVE", [1]), ("ASTRO&a=OBSERVE", [])])
def test_a_parameter_breaks_by_the_value_that_v1_does_not_take(
    tmp_path: Path, query: str, seen: list[int]
) -> None:
    """Whoever sends another value of it is spared."""
    used = only(tmp_path, call(f"{PLATFORM}?astronomerProduct={query}", {"organizations": []}))

    assert [met.seen for met in used.met] == seen


def test_a_new_value_is_not_told_as_recorded(tmp_path: Path) -> None:
    """v1beta1 answers without it; who reads the property may meet it in v1 all the same."""
    answer: Json = {"environmentObjects": [{"objectType": "CONNECTION"}, {"objectType": "AIRFLOW_VARIABLE"}]}
    used = only(tmp_path, call(f"{PLATFORM}/o/environment-objects", answer))
    (met,) = used.met

    assert rules(used) == [("enum-value-added", "$.body.environmentObjects[*].objectType", 2, 2)]
    assert met.valued == 0


def without_body(exchange: Exchange) -> Exchange:
    """Drop both bodies, as tools do that keep none, or that keep them up to a size."""
    assert exchange.response is not None
    return replace(
        exchange,
        request=replace(exchange.request, content=b""),
        response=replace(exchange.response, content=b""),
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_call_without_its_body_is_not_fine(tmp_path: Path, method: str) -> None:
    """What could break was not looked at, and the exit code says so; a call that has it counts as ever."""
    whole = call(f"{IAM}/tokens", {"tokens": []}, method, {"name": "n"} if method == "POST" else None)
    cut = inspected(tmp_path, without_body(whole))
    both = inspected(tmp_path, whole, without_body(whole))

    assert (cut.operations[0].bodiless, cut.operations[0].breaks, cut.exit_code) == (1, False, 3)
    assert (both.operations[0].bodiless, both.operations[0].calls) == (1, 2)


def test_a_body_that_nothing_is_documented_of_need_not_be_there(tmp_path: Path) -> None:
    """Nor that of an answer with no content, or of a refusal."""
    users = call(f"{IAM}/users", {"users": []})
    deleted = call(f"{IAM}/tokens/t", None, "DELETE", status=204)
    refused = call(f"{IAM}/tokens", {}, status=403)
    found = inspected(tmp_path, *map(without_body, (users, deleted, refused)))

    assert [each.bodiless for each in found.operations] == [0, 0, 0]
    assert found.exit_code == 0
