"""Names of places: stable, harmless, each once, and links that lead where the place is."""

from __future__ import annotations

import re

import pytest

from harness.causes import causes_of
from harness.report.anchors import Anchors
from harness.result import RunResult
from tests.report.builders import HOSTILE, difference, failing_run, finding, run, scenario, step


def _anchors(made: RunResult) -> Anchors:
    return Anchors(causes_of(made), made.scenarios)


def test_names_are_made_of_what_stays_the_same() -> None:
    """A link in a ticket leads to the same cause and scenario of the next run."""
    made = run(scenario(step(finding(fingerprint="00aa11bb22cc")), id="Tokens/list[first page]"))
    anchors = _anchors(made)
    (whole,) = made.scenarios
    assert anchors.finding(whole.steps[0].findings[0]) == "cause-00aa11bb22cc"
    assert anchors.scenario(whole.id) == "scenario-tokens-list-first-page"
    assert anchors.step(whole, whole.steps[0]) == "step-tokens-list-first-page-1"
    assert anchors.steps(whole) == ["step-tokens-list-first-page-1"]


def test_names_that_would_be_the_same_are_told_apart() -> None:
    """Two ids may differ in what no name has, and two causes may share a fingerprint."""
    found = [finding(difference(path=f"$.body.{name}")) for name in "ab"]
    made = run(scenario(step(*found), id="a/b"), scenario(step(), id="a-b"), scenario(step(), id="a b"))
    anchors = _anchors(made)
    assert len({anchors.scenario(each.id) for each in made.scenarios}) == 3
    assert len({anchors.finding(each) for each in found}) == 2


@pytest.mark.parametrize("text", [*HOSTILE, "", "é", "\ud800"])
def test_foreign_text_makes_no_other_name(text: str) -> None:
    """Only letters, digits and hyphens come into a name, and never too many."""
    made = run(scenario(step(finding(fingerprint=text)), id=text * 50))
    anchors = _anchors(made)
    for name in (anchors.finding(made.scenarios[0].steps[0].findings[0]), anchors.scenario(text * 50)):
        assert re.fullmatch(r"(cause|scenario)-[a-z0-9-]{1,80}", name)


def test_what_gave_no_verdict_stands_in_a_section_of_its_own() -> None:
    """Its findings have no cause in the page."""
    made = failing_run()
    assert Anchors((), made.scenarios).finding(finding()) == "unproved"


def test_links_lead_from_any_file_to_any_other() -> None:
    """The page, the files beside it, a place that both have, and one that none has."""
    anchors = _anchors(run(scenario(step())))
    anchors.keep(["far"], "scenarios-1.html")
    anchors.more["both"] = "findings-1.html"
    anchors.absent.add("gone")
    assert anchors.href("near") == "#near"
    assert anchors.href("far") == "report-details/scenarios-1.html#far"
    assert anchors.href("far", "scenarios-1.html") == "#far"
    assert anchors.href("far", "findings-1.html") == "scenarios-1.html#far"
    assert anchors.href("near", "findings-1.html") == "../report.html#near"
    assert anchors.href("both") == "#both"
    assert anchors.href("both", "findings-1.html") == "#both"
    assert anchors.href("both", "scenarios-1.html") == "../report.html#both"
    assert anchors.rest("both") == "report-details/findings-1.html#both"
    assert anchors.rest("near") == anchors.href("gone") == ""
