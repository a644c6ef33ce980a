"""The tables of probes in reports."""

from __future__ import annotations

import pytest

from harness.probing import probing_of
from harness.readiness import assess
from harness.report.html import render_html
from harness.report.markdown import render_markdown
from harness.report.probing import columns, rows, tables, unexercised
from harness.result import Lack, RunResult, StepResult, Unexercised
from harness.rules import Check
from tests.report.builders import evidence, run, scenario, step


def _run() -> RunResult:
    def probe(kind: str, old: int, new: int) -> StepResult:
        sides = {"baseline": evidence(status=old), "candidate": evidence(status=new)}
        return step(probe=kind, operation="ListTeams", **sides)

    lacks = (
        Unexercised(
            probe="readonly",
            check=Check.AUTH,
            operation="ListTeams",
            lack=Lack.NO_TOKEN,
            reason="the environment variable ASTRO_API_TOKEN_READONLY is not set",
        ),
        Unexercised(
            probe="too-long",
            check=Check.ERRORS,
            operation="ListTeams",
            lack=Lack.NOT_DERIVABLE,
            reason="no contract limits the length of a text",
        ),
    )
    made = (
        probe("missing", 401, 401),
        probe("not-found", 404, 403),
        probe("missing-field", 404, 404),
        probe("unknown-field", 200, 200),
    )
    return run(scenario(*made, unexercised=lacks))


def test_each_check_has_its_table() -> None:
    """A table has the kinds that were asked for; a run without probes has no table."""
    found = probing_of(_run())

    assert [title for _, title in tables(found)] == ["Tokens by operation", "Mistakes by operation"]
    assert list(tables(probing_of(run(scenario(step()))))) == []


def test_cells_say_what_was_answered_and_what_was_not() -> None:
    """Statuses that differ, a mistake that passed, one that was not reached, and what was not exercised."""
    found = probing_of(_run())

    assert columns(found, Check.AUTH) == ["Operation", "missing", "readonly"]
    assert list(rows(found, Check.AUTH)) == [["ListTeams", "401", "not exercised"]]
    assert dict(zip(columns(found, Check.ERRORS), next(rows(found, Check.ERRORS)), strict=True)) == {
        "Operation": "ListTeams",
        "not-found": "404 → 403",
        "missing-field": "404 not reached",
        "unknown-field": "200 let pass",
        "too-long": "-",
    }


def test_what_was_not_exercised_is_said_with_its_reason() -> None:
    """Somebody reads which probe of what is missing, and why."""
    assert list(unexercised(probing_of(_run()))) == [
        (
            "readonly, read-only token: ListTeams",
            "no token: the environment variable ASTRO_API_TOKEN_READONLY is not set",
        ),
        (
            "too-long, text that is too long: ListTeams",
            "not derivable: no contract limits the length of a text",
        ),
    ]


def test_every_report_has_them() -> None:
    """The page, the Markdown and the reasons of readiness name what was not exercised."""
    made = _run()
    assessment = assess(made)
    said = "1 probe that scenarios ask for was not exercised: 1 for want of a token."

    assert said in assessment.reasons
    for text in (render_html(made, assessment), render_markdown(made, assessment)):
        for part in ("Mistakes by operation", "404 not reached", "is not set", said):
            assert part in text.replace("\\_", "_")


@pytest.mark.parametrize(("old", "new", "cell"), [(401, 0, "401 → no answer"), (0, 0, "no answer")])
def test_a_call_without_an_answer_has_no_status(old: int, new: int, cell: str) -> None:
    """A connection that was reset is told as such: nobody answers 0."""
    probe = step(probe="missing", baseline=evidence(status=old), candidate=evidence(status=new))

    assert list(rows(probing_of(run(scenario(probe))), Check.AUTH)) == [["ListApiTokens", cell]]
