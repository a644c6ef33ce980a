"""Migration notes."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.readiness import assess
from harness.report.migration_notes import NEW, render_migration_notes
from harness.result import Finding, RunResult, Verdict
from harness.rules import RULES, Severity
from tests.report.builders import (
    accepted,
    body,
    difference,
    every_check,
    evidence,
    finding,
    good_run,
    hostile_run,
    run,
    sandbox_run,
    scenario,
    step,
)


def _render(made: RunResult) -> str:
    return render_migration_notes(made, assess(made))


def _of(*findings: Finding) -> str:
    return _render(run(scenario(step(*findings, verdict=Verdict.MISMATCH))))


def _row(text: str) -> list[str]:
    """Return the cells of the one row of the table of changes."""
    lines = text.splitlines()
    start = lines.index("| v1beta1 | v1 | What changes | What to do | Status |")
    return [cell.strip() for cell in lines[start + 2].strip("|").split(" | ")]


def test_an_old_field_and_its_new_one() -> None:
    """By operation, with the rule, the severity and the remedy."""
    text = _of(finding())

    assert "### ListApiTokens" in text
    assert _row(text) == [
        "`tokens[*].type`",
        "`tokens[*].scope`",
        "The property `type` of v1beta1 is called `scope` in v1. (breaking, `property-renamed`)",
        "Read `scope` instead.",
        "**open**",
    ]


@pytest.mark.parametrize(
    ("fact", "cells"),
    [
        (difference(kind=Kind.REMOVED, path="$.body.plan", to=""), ["`plan`", "(nothing)"]),
        (difference(kind=Kind.ADDED, path="$.body.plan", to=""), ["(nothing)", "`plan`"]),
        (difference(kind=Kind.TYPE, path="$.body.plan", to=""), ["`plan`", "`plan`"]),
        (difference(kind=Kind.HEADER_REMOVED, path="$.headers.x-a", to=""), ["`headers.x-a`", "(nothing)"]),
        (difference(kind=Kind.STATUS, path="$.status", to=""), ["`status`", "`status`"]),
    ],
)
def test_what_is_gone_and_what_came(fact: object, cells: list[str]) -> None:
    """A cell says so where a version has nothing there."""
    assert _row(_of(finding(fact, rule="x")))[:2] == cells  # type: ignore[arg-type]


def test_what_was_agreed_keeps_its_reason() -> None:
    """With ticket and last day, at the field and in a list of its own."""
    text = _of(finding(accepted=accepted()))

    assert _row(text)[-1] == "agreed: the client reads scope since 4.2 (PLAT-413, until 2027-01-31)"
    assert "| the client reads scope since 4.2 | PLAT-413 | 2027-01-31 | `ListApiTokens` |" in text
    assert "- Open: nothing" in text


def test_the_worst_of_equal_findings_is_told() -> None:
    """An open one before one that was accepted, a breaking one before one that is not read."""
    lowered = finding(severity=Severity.RISKY, read=False, accepted=accepted("not read"))
    breaking = finding(accepted=accepted("read"))

    assert _row(_of(lowered, breaking))[-1].startswith("agreed: read")
    assert _row(_of(breaking, finding(severity=Severity.RISKY)))[-1] == "**open**"
    assert "- Open: 1 change that nobody accepted\n" in _of(breaking, finding(), finding())


def test_calls_that_v1_does_not_have_are_open() -> None:
    """Until they are replaced or accepted, alone and beside changes; each operation counts once."""
    fact = difference(kind=Kind.UNMAPPED, path="$.request", to="", detail="GET /alerts")
    gone = finding(fact, rule="endpoint-removed", operation="ListAlerts")
    agreed = finding(fact, rule="endpoint-removed", operation="GetAlert", accepted=accepted())

    assert "- Open: calls of 1 operation that v1 does not have\n" in _of(gone, gone, agreed)
    both = "- Open: 1 change that nobody accepted and calls of 1 operation that v1 does not have\n"
    assert both in _of(gone, finding())
    assert "- Open: nothing\n" in _of(agreed)


def test_a_change_that_is_not_read_here_is_told() -> None:
    """Another client may read it."""
    unread = finding(rule="absent-vs-null", severity=Severity.INFO, read=False)

    assert _row(_of(unread))[-1] == "not read here"


def test_what_is_new_or_relaxed() -> None:
    """It stands below the table, and is nothing to mend."""
    fact = difference(kind=Kind.ADDED, path="$.body.tokens[*].kind", to="")
    text = _of(finding(fact, rule="property-added", severity=Severity.INFO, explanation="v1 has a kind."))

    assert "New or relaxed in v1:\n\n- v1 has a kind. Read `scope` instead." in text
    assert "| v1beta1 | v1 |" not in text


def test_what_is_no_change_of_the_api_is_left_out() -> None:
    """Ids and times differ between any two calls; an acceptance that is stale is no field."""
    text = _of(
        finding(rule="volatile-value", severity=Severity.INFO),
        finding(difference(kind=Kind.ACCEPTANCE), rule="acceptance-unused", severity=Severity.RISKY),
        finding(inconclusive=True),
    )

    assert "### " not in text
    assert "Nothing did, as far as the run shows." in text


def test_endpoints_that_v1_does_not_have() -> None:
    """The guide's advice once, and what to do; they are no row of the changes."""
    text = _render(sandbox_run())

    assert text.count("contact Astronomer Support") == 1
    assert "| `ListAlerts` |" in text
    assert "### ListAlerts" not in text


def test_what_the_client_sends_otherwise() -> None:
    """Fields and parameters that go to one version only; the mistakes of probes are no change."""
    url = "http://127.0.0.1:8765/x"
    old = evidence("iam", url=f"{url}?sort=a&limit=1", request_body=body({"type": "A", "roles": [{"a": 1}]}))
    new = evidence("v1", url=f"{url}?limit=1", request_body=body({"scope": "A", "roles": [{"b": 1}]}))
    odd = evidence("v1", request_body=body({"nonsense": 1}))
    text = _render(
        run(scenario(step(baseline=old, candidate=new), step(probe="bad-enum", baseline=old, candidate=odd)))
    )

    assert "- to v1beta1 only: `?sort`, `roles[*].a`, `type`" in text
    assert "- to v1 only: `roles[*].b`, `scope`" in text
    assert "nonsense" not in text


def test_a_draft_can_be_told_from_the_end() -> None:
    """Readiness, provenance and what proves nothing come first."""
    assert "> **The evidence of all 3 scenarios comes from the sandbox" in _render(sandbox_run())
    assert "- Readiness: **GO**" in _render(good_run())
    assert _render(run(scenario(every_check()))).count("Evidence") == 1


def test_what_is_new_is_known() -> None:
    """Each of these rules is in the catalogue, and hurts nobody."""
    assert set(RULES) >= NEW
    assert {RULES[rule].strict for rule in NEW} == {Severity.INFO}


def test_hostile_answers_stay_in_their_cells() -> None:
    """Every row of every table has as many cells as its title."""
    columns = 0
    for line in _render(hostile_run()).splitlines():
        cells = line.replace("\\|", "").count("|")
        columns = cells if line.startswith("|") and not columns else columns
        columns = 0 if not line.startswith("|") else columns
        assert cells == columns or not line.startswith("|"), line
