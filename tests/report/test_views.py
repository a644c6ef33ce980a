"""Views: what is shown of a cause, a step and a scenario, and where their links lead."""

from __future__ import annotations

from harness.causes import Cause, causes_of
from harness.readiness import assess
from harness.redact import Redactor
from harness.report.anchors import Anchors
from harness.report.digest import digest
from harness.report.filters import Filters
from harness.report.views import PLACES, Views
from harness.result import RunResult, Verdict
from harness.rules import Severity
from tests.report.builders import accepted, failing_run, finding, run, scenario, step


def _views(made: RunResult, causes: tuple[Cause, ...] | None = None) -> Views:
    causes = causes_of(made) if causes is None else causes
    return Views(Anchors(causes, made.scenarios), Filters(made, causes, {}), Redactor())


def test_a_cause_names_some_places_and_counts_the_rest() -> None:
    """One cause may be everywhere."""
    made = run(*(scenario(step(finding()), id=f"s{number}") for number in range(PLACES + 5)))
    (cause,) = causes = causes_of(made)
    view = _views(made, causes).row(cause)
    assert (len(view.places), view.more) == (PLACES, 5)
    assert view.pair is None


def test_a_cause_in_full_can_be_settled_unless_it_is() -> None:
    """What was accepted needs no acceptance; an acceptance of a probe stands at the top of the file."""
    made = run(scenario(step(finding())), scenario(step(finding(accepted=accepted())), id="b"))
    causes = causes_of(made)
    still, settled = map(_views(made, causes).cause, causes)
    assert "rule: property-renamed" in still.acceptance
    assert still.place == "into the step at scenarios/tokens/list.yaml:9"
    assert settled.acceptance == ""
    probed = run(scenario(step(finding(), probe="missing")))
    (cause,) = causes = causes_of(probed)
    assert _views(probed, causes).cause(cause).place == "at the top level of scenarios/tokens/list.yaml"


def test_evidence_is_left_out_when_there_is_no_more_room() -> None:
    """The step is still there, and says that its evidence is not."""
    made = run(scenario(step(), step(name="second")))
    views = _views(made)
    whole = views.scenario(made.scenarios[0], 1_000_000)
    assert [each.folded for each in whole.steps] == [False, False]
    cut = views.scenario(made.scenarios[0], 601)
    assert [each.folded for each in cut.steps] == [False, True]
    assert views.taken(made.scenarios[0], 601) < views.taken(made.scenarios[0], 1_000_000)


def test_findings_are_counted_by_severity() -> None:
    """Open ones with their causes, apart from accepted ones."""
    made = run(scenario(step(finding(), finding(accepted=accepted()), verdict=Verdict.MISMATCH)))
    counts = _views(made).severities(digest(made, assess(made)))
    assert [each["causes"] for each in counts] == ["1 cause", "0 causes", "0 causes"]
    assert [(each["severity"], each["open"], each["accepted"]) for each in counts] == [
        (Severity.BREAKING, 1, 1),
        (Severity.RISKY, 0, 0),
        (Severity.INFO, 0, 0),
    ]


def test_operations_and_what_v1_lacks_link_to_where_they_were_seen() -> None:
    """Every link names a place of the page."""
    made = failing_run()
    assessment = assess(made)
    views = _views(made)
    (gone,) = views.unsupported(digest(made, assessment))
    assert gone.places[0].href == "#step-alerts-list-1"
    operations = {each["name"]: each for each in views.operations(assessment)}
    assert operations["GetDeployment"]["scenarios"] == [
        {"id": "deployments/life", "href": "#scenario-deployments-life"}
    ]
