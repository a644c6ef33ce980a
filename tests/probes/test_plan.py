"""Planning: which probes the checks ask for, and what has no step to start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.exchange import Side
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
