"""``--format junit``: a run as JUnit XML, as Jenkins, GitLab, Azure and others read it.

No document fixes this format; what is written here is what the schemas of Jenkins's xUnit plugin
(``junit-10.xsd``) and of Maven Surefire have in common, with ``properties`` of test cases as pytest has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET

from harness.origins import moment
from harness.readiness import Assessment
from harness.report.cases import Case, Status, cases_of, counts, elapsed
from harness.report.words import CHECKS, visible, visible_lines
from harness.result import RunResult, ScenarioResult

SUITE = "harness"
"""The name of the one suite, and of what holds it."""

_ELEMENTS = {
    Status.FAILED: "failure",
    Status.BROKEN: "error",
    Status.SKIPPED: "skipped",
    Status.ABSENT: "error",
}


def render_junit(run: RunResult, assessment: Assessment) -> str:
    """Write a run as JUnit XML: one suite, and in it a test case for each planned scenario."""
    cases = cases_of(run)
    found = counts(cases)
    numbers = {
        "name": SUITE,
        "tests": str(len(cases)),
        "failures": str(found[Status.FAILED]),
        "errors": str(found[Status.BROKEN] + found[Status.ABSENT]),
        "skipped": str(found[Status.SKIPPED]),
        "time": _seconds(elapsed(run)),
    }
    root = ET.Element("testsuites", numbers)
    suite = ET.SubElement(root, "testsuite", numbers)
    if started := moment(run.started):
        # The schemas have no zone; the times of a run are in UTC.
        suite.set("timestamp", started.strftime("%Y-%m-%dT%H:%M:%S"))
    suite.append(_properties(_of_run(run, assessment)))
    suite.extend(map(_case, cases))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _seconds(number: float) -> str:
    return f"{number:.3f}"


def _of_run(run: RunResult, assessment: Assessment) -> Iterator[tuple[str, str]]:
    yield "readiness", assessment.readiness
    yield from (("reason", reason) for reason in assessment.reasons)
    yield from ((f"readiness of {check.check}", check.readiness) for check in assessment.checks)
    yield "tool", run.tool
    yield "mode", run.mode
    yield "environment", run.environment
    yield "profile", run.profile


def _case(case: Case) -> ET.Element:
    # Services show what is before the last full stop as a package.
    below = (part.replace(".", "_") for part in case.directory)
    names = {"classname": ".".join(["scenarios", *below]), "name": case.name, "time": _seconds(case.elapsed)}
    element = ET.Element("testcase", names)
    if case.scenario:
        element.append(_properties(_of_scenario(case.scenario)))
    if name := _ELEMENTS.get(case.status):
        kind = case.scenario.verdict if case.scenario else "unfinished"
        trouble = ET.SubElement(element, name, {"type": kind, "message": case.message})
        trouble.text = visible_lines(case.text) if case.status is not Status.SKIPPED else None
    return element


def _of_scenario(scenario: ScenarioResult) -> Iterator[tuple[str, str]]:
    yield "verdict", scenario.verdict
    yield "title", scenario.title
    yield "where", scenario.where
    if scenario.ticket:
        yield "ticket", scenario.ticket
    yield from (("tag", tag) for tag in scenario.tags)
    exercised = {check for step in scenario.steps for check in step.checks}
    yield from (("check", check) for check in CHECKS if check in exercised)
    if scenario.provenance:
        yield "evidence", scenario.provenance.source


def _properties(values: Iterable[tuple[str, str]]) -> ET.Element:
    properties = ET.Element("properties")
    for name, value in values:
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})
    return properties
