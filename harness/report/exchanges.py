"""The exchanges of a run as JSON documents, a pair a document: the evidence itself, for whoever doubts.

Each side of a pair is an exchange document, as ``harness compare`` reads it, without the times that it took.
Evidence is redacted before it comes here; each document says where it came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from harness.exchange import Body, BodyKind
from harness.report.codec import encode, format_json
from harness.result import Evidence, Finding, RunResult, ScenarioResult, StepResult

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME: Final = 60


def pair_documents(run: RunResult) -> Iterator[tuple[str, str]]:
    """Yield path and text of each pair, in the order of the run; paths are plain ASCII, no two alike."""
    for number, scenario in enumerate(run.scenarios, start=1):
        directory = f"exchanges/{number:03d}-{plain_name(scenario.id)}"
        for place, step in enumerate(scenario.steps, start=1):
            if step.baseline is not None or step.candidate is not None:
                document = _pair(scenario, step)
                text = format_json(encode(document, (scenario,)))
                yield f"{directory}/{place:03d}-{plain_name(step.name)}.json", text


def plain_name(text: str) -> str:
    """Return a part of a path made of any text; different texts may have the same one."""
    return _NOT_IN_NAMES.sub("-", text)[:_LONGEST_NAME].strip("-.") or "x"


def _pair(scenario: ScenarioResult, step: StepResult) -> dict[str, Any]:
    document = {
        "scenario": scenario.id,
        "step": step.name,
        "where": step.where,
        "operation": step.operation,
        "probe": step.probe,
        "verdict": step.verdict,
        "evidence": scenario.provenance.source if scenario.provenance else "",
        "findings": [_finding(finding) for finding in step.findings],
    }
    sides = {"baseline": step.baseline, "candidate": step.candidate}
    return document | {name: _exchange(evidence) for name, evidence in sides.items() if evidence}


def _finding(finding: Finding) -> dict[str, Any]:
    fact = finding.difference
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "path": fact.path,
        "to": fact.to,
        "explanation": finding.explanation,
        "accepted": finding.accepted.reason if finding.accepted else None,
        "fingerprint": finding.fingerprint,
    }


def _exchange(evidence: Evidence) -> dict[str, Any]:
    request = {"method": evidence.method, "url": evidence.url, "headers": evidence.request_headers}
    document: dict[str, Any] = {"request": request | _body(evidence.request_body)}
    if evidence.failure:
        failure = {"kind": evidence.failure.kind, "message": evidence.failure.message}
        return document | {"failure": failure}
    response = {"status": evidence.status, "headers": evidence.headers}
    return document | {"response": response | _body(evidence.body)}


def _body(body: Body) -> dict[str, Any]:
    """Write a body; of bytes that are no text, evidence keeps nothing."""
    if body.kind is BodyKind.JSON:
        return {"body": body.data}
    return {"text": body.data} if isinstance(body.data, str) else {}
