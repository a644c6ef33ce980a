"""Names of places: stable, harmless, each once, and links that lead where the place is."""

from __future__ import annotations

import re

import pytest

from harness.causes import causes_of
from harness.report.anchors import Anchors
from harness.result import RunResult
from tests.report.builders import HOSTILE, accepted, difference, failing_run, finding, run, scenario, step


def _anchors(made: RunResult) -> Anchors:
    return Anchors(causes_of(made), made.scenarios)


def test_names_are_made_of_what_stays_the_same() -> None:
    """A link in a ticket leads to the same cause and scenario of the next run."""
    made = run(scenario(step(finding(fingerprint="00aa11bb22cc")), id="Tokens/list[first page]"))
    anchors = _anchors(made)
    (whole,) = made.scenarios
    (cause,) = causes_of(made)
    assert anchors.finding(whole.steps[0].findings[0]) == f"cause-{cause.fingerprint}"
    assert Anchors([cause], made.scenarios).aliases(cause) == ("cause-00aa11bb22cc",)
    assert anchors.scenario(whole.id) == "scenario-tokens-list-first-page"
    assert anchors.step(whole, whole.steps[0]) == "step-tokens-list-first-page-1"
    assert anchors.steps(whole) == ["step-tokens-list-first-page-1"]


def test_a_cause_is_called_the_same_whichever_of_its_findings_a_run_has() -> None:
    """A run of other scenarios has other operations of the same cause."""
    prints = "00aa11bb22cc", "11aa11bb22cc", "22aa11bb22cc"
    findings = [finding(cause="ApiToken.type", fingerprint=each) for each in prints]
    (whole,) = causes_of(run(scenario(step(*findings))))
    (part,) = causes_of(run(scenario(step(findings[1]))))
    both = Anchors([whole], ()), Anchors([part], ())

    assert both[0].cause(whole) == both[1].cause(part)
    assert both[0].aliases(whole) == tuple(f"cause-{each}" for each in prints)
    assert both[1].aliases(part) == ("cause-11aa11bb22cc",)


def test_no_two_causes_have_one_name() -> None:
    """What is accepted in one step and open in another are two causes with the same findings."""
    made = run(scenario(step(finding())), scenario(step(finding(accepted=accepted())), id="b"))
    causes = causes_of(made)
    anchors = Anchors(causes, made.scenarios)
    names = [name for each in causes for name in (anchors.cause(each), *anchors.aliases(each))]

    assert len(causes) == 2
    assert len(names) == len(set(names)) == 3


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
    aliases = [name for each in causes_of(made) for name in Anchors([each], ()).aliases(each)]
    found = made.scenarios[0].steps[0].findings[0]
    for name in (anchors.finding(found), anchors.scenario(text * 50), *aliases):
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
