"""The comment on a ticket."""

from __future__ import annotations

import re

import pytest

from harness.errors import UsageError
from harness.readiness import assess
from harness.report.comment import github_comment, jira_comment, mark_of
from harness.report.ticket import LIMITS, TicketPart, part_of, utf16_units
from tests.report.builders import failing_run, hostile_run

LINK = "https://ci.example.com/artifacts/1"


def test_a_mark_is_a_tickets_own() -> None:
    """It holds nothing of the ticket's text, which may be anything."""
    marks = {mark_of(ticket) for ticket in ("", "PLAT-412", "PLAT-413", "--> <b>", "\ud800")}

    assert len(marks) == 5
    assert all(re.fullmatch(r"harness-[0-9a-f]{12}", mark) for mark in marks)


def test_on_github() -> None:
    """The mark comes first, where nobody sees it, then the link, then the report."""
    comment = github_comment(part_of(failing_run(), "PLAT-412"), LINK)
    first, second, *_ = comment.body.splitlines()

    assert first == comment.mark == f"<!-- {mark_of('PLAT-412')} -->"
    assert second == f"The whole report: {LINK}"
    assert "# Astro API: migration from v1beta1 to v1: NO-GO" in comment.body
    assert comment.files == {}


def test_without_a_link_the_report_says_where_it_is() -> None:
    """Nothing claims that a file stands beside the comment."""
    body = github_comment(part_of(failing_run(), "PLAT-412")).body

    assert "whole report" not in body
    assert "exchanges.zip" not in body


def test_in_jira() -> None:
    """The last line has the mark; every attached file is named, with a digest of its content."""
    comment = jira_comment(part_of(failing_run(), "PLAT-412"), LINK)
    again = jira_comment(part_of(failing_run(), "PLAT-412"), LINK)

    assert comment.mark in comment.body.splitlines()[-1]
    assert f"*The whole report:* {LINK}, [^PLAT-412-report-" in comment.body
    assert [re.sub(r"[0-9a-f]{8}(?=\.)", "X", name) for name in comment.files] == [
        "PLAT-412-report-X.html",
        "PLAT-412-report-X.md",
        "PLAT-412-exchanges-X.zip",
    ]
    assert all(f"[^{name}]" in comment.body for name in comment.files)
    assert comment == again
    assert "run.json" in comment.texts


@pytest.mark.parametrize("make", [github_comment, jira_comment])
def test_a_link_that_is_none(make: object) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(UsageError, match=r"^--link: "):
        make(part_of(failing_run(), "PLAT-412"), "https://x/|[y]")  # type: ignore[operator]


def test_it_fits() -> None:
    """With its mark and its link, whatever was answered."""
    made = hostile_run({f"text {number}": "`|<&@#_*{🚀" * 60 for number in range(30)})
    part = TicketPart(ticket="", run=made, assessment=assess(made), note="")
    link = f"https://ci.example.com/{'x' * 1_900}"

    assert utf16_units(github_comment(part, link).body) < LIMITS["github"]
    assert utf16_units(jira_comment(part, link).body) < LIMITS["jira"]
