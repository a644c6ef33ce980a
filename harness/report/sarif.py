"""``--format sarif``: the findings of a run as SARIF 2.1.0, for code scanning and editors.

The format is OASIS's (https://docs.oasis-open.org/sarif/sarif/v2.1.0/). The rules are those of the catalogue;
a finding is a result at the line of its step. An accepted one is suppressed, with the reason that was given.
What could not be carried out is no result: it stands among the notifications of the invocation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from harness.causes import Place
from harness.origins import moment
from harness.readiness import Assessment
from harness.report.cases import Status, cases_of
from harness.report.codec import encode, format_json
from harness.report.lines import file_and_line
from harness.report.notes import identity, sandbox_only
from harness.report.words import clip, sentence, visible, where_to
from harness.result import Accepted, Finding, RunResult
from harness.rules import DIRECTIONS, RULES, Profile, Severity, plain

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

MOST_RESULTS: Final = 25_000
"""Results of one run that GitHub takes; of a larger file it takes none."""

_LONGEST: Final = 2_000
_LEVELS: Final = {Severity.BREAKING: "error", Severity.RISKY: "warning", Severity.INFO: "note"}


def render_sarif(run: RunResult, assessment: Assessment, below: str = "") -> str:
    """Write the findings of a run, worst first; ``below`` is the project's directory in its repository."""
    found = _found(assessment)
    rules = list(dict.fromkeys([*RULES, *(place.finding.rule for place, _, _ in found)]))
    index = {rule: number for number, rule in enumerate(rules)}
    name, _, version = run.tool.partition(" ")
    driver = {
        "name": visible(name) or "harness",
        "version": visible(version) or "unknown",
        "rules": [_rule(rule, run.profile) for rule in rules],
    }
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "utf16CodeUnits",
                "invocations": [_invocation(run, len(found))],
                "results": [_result(*each, index, below) for each in found[:MOST_RESULTS]],
                "properties": {
                    "readiness": assessment.readiness,
                    "reasons": assessment.reasons,
                    "environment": visible(run.environment),
                    "mode": visible(run.mode),
                },
            }
        ],
    }
    return format_json(encode(document, run.scenarios))


def _rule(id_: str, profile: str) -> dict[str, Any]:
    directions = DIRECTIONS.get(id_)
    if not directions:  # a log of another version may have rules that this one does not know
        return {"id": visible(id_)}
    worst = directions[0]
    severity = worst.severity(Profile(profile)) if profile in list(Profile) else worst.strict
    return {
        "id": id_,
        "name": "".join(word.capitalize() for word in id_.split("-")),
        "shortDescription": {"text": plain(worst.consequence)},
        "fullDescription": {"text": f"{plain(worst.consequence)} {plain(worst.remedy)}"},
        "help": {"text": f"{plain(worst.remedy)} More about it: harness explain {id_}"},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": [worst.check, severity]},
    }


def _found(assessment: Assessment) -> list[tuple[Place, int, str]]:
    """Return each finding of each step once, with how often, and what is said of evidence of the sandbox.

    A step may run for every element of a list.
    """
    found: dict[tuple[str, bool, str], tuple[Place, int, str]] = {}
    for cause in assessment.causes:
        box = sandbox_only(cause)
        for place in cause.places:
            key = identity(place), cause.accepted, place.step.where
            first, number, _ = found.get(key, (place, 0, box))
            found[key] = first, number + 1, box
    return list(found.values())


def _result(place: Place, number: int, box: str, index: dict[str, int], below: str) -> dict[str, Any]:
    finding, step = place.finding, place.step
    seen = f" Seen {box}." if box else ""
    said = f"{sentence(finding)} {finding.consequence}{seen} What to do: {finding.remedy}"
    spot = visible(where_to(finding.difference))
    ticket = {"ticket": visible(place.scenario.ticket)} if place.scenario.ticket else {}
    return {
        "ruleId": visible(finding.rule),
        "ruleIndex": index[finding.rule],
        **_kind(finding),
        "message": {"text": _plain(f"{said} ({spot})")},
        "occurrenceCount": number,
        "locations": [
            {
                "physicalLocation": _physical(step.where, below),
                "logicalLocations": [
                    {
                        "name": spot,
                        "fullyQualifiedName": visible(f"{place.scenario.id}/{step.name}/{finding.operation}"),
                    }
                ],
            }
        ],
        # GitHub knows only the second name. Without it, all findings of a rule on one line are one alert.
        "partialFingerprints": {
            "harnessFingerprint/v1": visible(finding.fingerprint),
            "primaryLocationLineHash": identity(place),
        },
        # Of the results of a run all have suppressions or none has; an empty list says "not suppressed".
        "suppressions": [_suppression(finding.accepted, below)] if finding.accepted else [],
        "properties": {
            "operation": visible(finding.operation),
            "scenario": visible(place.scenario.id),
            "documentation": finding.documentation,
            **ticket,
        },
    }


def _plain(text: str) -> str:
    """Write a message without the links that plain messages can have (3.11.6 of the specification)."""
    return clip(visible(text), _LONGEST).replace("](", "] (")


def _kind(finding: Finding) -> dict[str, str]:
    """Return kind and level; what nothing could be concluded from is open, and has no level."""
    if finding.inconclusive:
        return {"kind": "open", "level": "none"}
    return {"kind": "fail", "level": _LEVELS[finding.severity]}


def _physical(where: str, below: str) -> dict[str, Any]:
    path, line = file_and_line(where, below)
    # A path of a URI, which has neither a scheme nor the root of a machine.
    uri = quote(path, safe="/-._~").lstrip("/") or "."
    return {
        "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": line},
    }


def _suppression(accepted: Accepted, below: str) -> dict[str, Any]:
    agreed = [accepted.reason]
    agreed += [f"ticket {accepted.ticket}"] if accepted.ticket else []
    agreed += [f"until {accepted.until}"] if accepted.until else []
    suppression: dict[str, Any] = {
        "kind": "inSource",
        "status": "accepted",
        "justification": _plain("; ".join(agreed)),
    }
    if accepted.where:
        suppression["location"] = {"physicalLocation": _physical(accepted.where, below)}
    return suppression


def _invocation(run: RunResult, results: int) -> dict[str, Any]:
    trouble = list(_notifications(run, results))
    invocation: dict[str, Any] = {
        "executionSuccessful": bool(run.finished) and not trouble,
        "toolExecutionNotifications": trouble,
    }
    for name, text in (("startTimeUtc", run.started), ("endTimeUtc", run.finished)):
        if when := moment(text):
            invocation[name] = when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return invocation


def _notifications(run: RunResult, results: int) -> Iterator[dict[str, Any]]:
    for case in cases_of(run):
        if case.status in (Status.BROKEN, Status.ABSENT):
            yield {"level": "error", "message": {"text": _plain(f"{case.name}: {case.message}")}}
    if results > MOST_RESULTS:
        said = (
            f"{results - MOST_RESULTS:,} results more are left out: GitHub takes {MOST_RESULTS:,} of a run."
        )
        yield {"level": "warning", "message": {"text": said}}
