"""Planning: which probes the checks ask for, and what has no step to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import V1, V1BETA1, load_contract
from harness.exchange import Side
from harness.probes import make_plan
from harness.result import Lack
from harness.rules import Check
from tests.probes.planning import CREATE, GET, LIST, only, planned, refused, scenario


def test_without_checks_there_are_no_probes(tmp_path: Path) -> None:
    """A scenario that asks for no checks is not probed."""
    assert planned(scenario(tmp_path, "{}", LIST)) == ()


def test_every_kind_has_its_name_and_check(tmp_path: Path) -> None:
    """Probes come in the order in which they are asked for, those of authentication first."""
    probes = planned(
        scenario(
            tmp_path,
            "{errors: [invalid-body, not-found, invalid-query], auth: [missing, malformed, invalid]}",
            LIST,
            CREATE,
        )
    )

    assert [(probe.name, probe.kind, probe.check) for probe in probes] == [
        ("auth: missing token", "missing", Check.AUTH),
        ("auth: malformed header", "malformed", Check.AUTH),
        ("auth: invalid token", "invalid", Check.AUTH),
        ("errors: invalid body", "invalid-body", Check.ERRORS),
        ("errors: unknown id", "not-found", Check.ERRORS),
        ("errors: invalid query", "invalid-query", Check.ERRORS),
    ]
    assert [probe.authorization for probe in probes] == [
        "",
        "harness-probe malformed",
        "Bearer harness-probe-invalid-token",
        None,
        None,
        None,
    ]
    assert [probe.step.name for probe in probes] == [probe.name for probe in probes]


def test_a_probe_stands_on_the_line_of_checks_and_wants_nothing_of_its_own(tmp_path: Path) -> None:
    """A finding of a probe leads to ``checks``; what its step expects, captures and accepts is left out."""
    step = (
        "- {operation: ListApiTokens, expect: {status: 200}, capture: {token_id: '$.tokens[0].id'},"
        " reads: ['$.tokens[*].id'], accept: [{rule: property-added, reason: fine}],"
        " poll: {until: {status: 200}}, follow_redirects: true, timeout: 7}"
    )

    probe = only(tmp_path, "{auth: [missing]}", step)

    assert (probe.step.where, probe.step.line) == ("probed.yaml:3", 3)
    assert (probe.step.capture, probe.step.reads, probe.step.accept, probe.step.poll) == ({}, [], [], None)
    assert [probe.step.statuses(side) for side in Side] == [(), ()]
    assert (probe.step.follow_redirects, probe.step.timeout) == (False, 7.0)


@pytest.mark.parametrize(
    ("check", "step", "wanted"),
    [
        ("not-found", CREATE, "that gets one resource by its id"),
        ("not-found", "- {operation: GetSelfUser}", "that gets one resource by its id"),
        ("not-found", "- {operation: ListAlerts, unsupported: true}", "that gets one resource by its id"),
        (
            "not-found",
            "- {operation: GetApiToken, foreach: {as: token_id, in: [a, b]}}",
            "that gets one resource by its id",
        ),
        ("invalid-query", GET, "that lists something and takes `limit`"),
        ("invalid-body", LIST, "that sends a body"),
        (
            "invalid-body",
            "- {operation: RotateApiToken, request: {path: {tokenId: t1}}}",
            "that sends a body",
        ),
    ],
)
def test_a_check_without_a_step_is_told(tmp_path: Path, check: str, step: str, wanted: str) -> None:
    """A check that cannot be made is an error and never skipped; steps that v1 lacks do not count."""
    assert refused(tmp_path, f"{{errors: [{check}]}}", step) == [
        (
            f"probed.yaml:3: the check `{check}` has no step to start from."
            f" Add a step {wanted}, or remove `{check}` from `errors`."
        )
    ]


def test_all_checks_without_a_step_are_told_at_once(tmp_path: Path) -> None:
    """One reading of the message is enough to correct the scenario."""
    checks = "{auth: [missing], errors: [not-found, invalid-query]}"

    assert len(refused(tmp_path, checks, CREATE)) == 3


def test_all_is_planned_for_each_operation_without_a_call(tmp_path: Path) -> None:
    """Each probe has a name of its own, its operation, and the line of ``checks``."""
    asked = scenario(tmp_path, "{auth: all, errors: all}", LIST, GET, CREATE)
    plan = make_plan(asked, load_contract(V1BETA1), load_contract(V1))
    names = [probe.name for probe in plan.probes]

    assert len(names) == len(set(names))
    assert names[0] == "auth: missing token (ListApiTokens)"
    assert [probe.operation for probe in plan.probes if probe.kind == "expired"] == [
        "ListApiTokens",
        "GetApiToken",
        "CreateWorkspace",
    ]
    assert {probe.step.where for probe in plan.probes} == {"probed.yaml:3"}
    assert plan.probes == planned(asked)
    # Every kind of every operation is planned, or told with the reason.
    assert len(plan.probes) + len(plan.lacks) == 3 * (6 + 12)
    assert {lack.lack for lack in plan.lacks} == {Lack.NOT_DERIVABLE}


def test_a_probe_that_may_be_allowed_keeps_what_its_step_accepts(tmp_path: Path) -> None:
    """What two good answers differ in was agreed for the step already."""
    step = (
        "- {operation: ListApiTokens, expect: {status: 200}, reads: ['$.tokens[*].id'],"
        " accept: [{rule: property-renamed, reason: fine}]}"
    )
    (probe,) = planned(scenario(tmp_path, "{auth: [workspace]}", step))

    assert (len(probe.step.accept), probe.step.reads) == (1, ["$.tokens[*].id"])
    assert probe.step.statuses(Side.BASELINE) == ()


def test_what_can_take_effect_can_be_undone(tmp_path: Path) -> None:
    """The id of what a probe makes is captured by the probe itself, under the name that its undo fills."""
    (probe,) = planned(scenario(tmp_path, "{errors: [unknown-field]}", CREATE))

    assert probe.undo is not None
    assert probe.step.capture == {"made by unknown-field CreateWorkspace": "$.id"}
    assert probe.undo.step.name == "undo errors: unknown field (CreateWorkspace)"
    assert probe.undo.step.operation == "DeleteWorkspace"


@pytest.mark.parametrize(
    ("checks", "steps", "problems"),
    [
        ("{errors: [too-long]}", (LIST, GET), ["too-long"]),
        ("{errors: all}", (LIST, GET), []),
        (
            "{auth: all, errors: [all, missing-field]}",
            ("- {operation: ListAlerts}",),
            ["all", "all", "missing-field"],
        ),
    ],
)
def test_what_was_asked_for_by_name_must_be_possible(
    tmp_path: Path, checks: str, steps: tuple[str, ...], problems: list[str]
) -> None:
    """All leaves out what cannot be, and says so; a name of which there is no probe at all is a mistake."""
    asked = scenario(tmp_path, checks, *steps)
    if not problems:
        assert planned(asked)
        return
    told = refused(tmp_path, checks, *steps)

    for name, problem in zip(problems, told, strict=True):
        assert f"the check `{name}` has no step to start from. Add a step whose operation" in problem
