"""Results without the evidence that holds a secret: what no cassette may hold, no log and no report holds.

The check finds by the context of a value (the name beside it, what it is packed in), which is another one in
a finding than in an exchange. So of a step in which it finds a secret all values go, and its findings stay.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from harness.exchange import Body, BodyKind, Exchange, Headers, Request, Response
from harness.inquiry import below_base
from harness.result import Evidence, Finding, StepResult
from harness.struct import replace

if TYPE_CHECKING:  # it takes long to import, and only recordings need it
    from harness.leaks import LeakCheck

WITHHELD: Final = "(withheld: a secret would be in it)"
"""What stands in place of a value that may hold a secret."""

_REMEDY: Final = "Add the name or a pattern to [tool.harness.secrets], and record the scenario again."


def withhold(steps: Sequence[StepResult], recorded: Iterable[Exchange], check: LeakCheck) -> list[StepResult]:
    """Return the results of a scenario whose cassette was refused because a secret would be in it.

    ``recorded`` is what the cassettes would have held. Where the check finds the secret in none of it, nobody
    knows where it is, and the values of every step are withheld.
    """
    secrets = {secret for exchange in recorded for _, _, secret in check.exchange(exchange)}
    leaking = [_leaks(step, secrets, check) for step in steps]
    unknown = not any(leaking)
    return [
        _withheld(step, secrets, check) if leaks or unknown else step
        for step, leaks in zip(steps, leaking, strict=True)
    ]


def _leaks(step: StepResult, secrets: Collection[str], check: LeakCheck) -> bool:
    sides = (evidence for evidence in (step.baseline, step.candidate) if evidence is not None)
    return _holds(step, secrets) or any(check.exchange(_exchange(evidence)) for evidence in sides)


def _holds(thing: object, secrets: Collection[str]) -> bool:
    """Whether one of the secrets is anywhere in some data, as it is or as a string spells it."""
    text = repr(thing)
    return any(secret in text or repr(secret)[1:-1] in text for secret in secrets)


def _exchange(evidence: Evidence) -> Exchange:
    """Return the exchange that evidence shows, as far as it shows it."""
    response = Response(
        status=evidence.status, headers=evidence.headers, content=_text(evidence.body).encode()
    )
    return Exchange(
        request=Request(
            method=evidence.method,
            url=evidence.url,
            headers=evidence.request_headers,
            content=_text(evidence.request_body).encode(),
        ),
        response=response if evidence.failure is None else None,
        failure=evidence.failure,
    )


def _text(body: Body) -> str:
    if body.data is None and body.kind is not BodyKind.JSON:
        return ""
    return json.dumps(body.data) if body.kind is BodyKind.JSON else str(body.data)


def _withheld(step: StepResult, secrets: Collection[str], check: LeakCheck) -> StepResult:
    return replace(
        step,
        reason=f"its evidence is withheld, because a secret would be in it. {_REMEDY}",
        findings=tuple(_finding(finding, secrets) for finding in step.findings),
        baseline=_evidence(step.baseline, secrets, check),
        candidate=_evidence(step.candidate, secrets, check),
        walks=(),
    )


def _finding(finding: Finding, secrets: Collection[str]) -> Finding:
    """Return a finding that says what kind of difference there is where, and nothing of the values."""
    fact = finding.difference
    path, to = (WITHHELD if _holds(each, secrets) else each for each in (fact.path, fact.to))
    place = f"{path} and {to}" if to else path
    return replace(
        finding,
        difference=replace(
            fact,
            path=path,
            to=to,
            baseline=None if fact.baseline is None else WITHHELD,
            candidate=None if fact.candidate is None else WITHHELD,
            example="",
            detail="",
            alike=(),
        ),
        explanation=f"{finding.operation}: a difference by the rule {finding.rule} at {place}; what is there "
        "is withheld, because a secret would be in it.",
        consequence="",
        remedy=_REMEDY,
    )


def _evidence(evidence: Evidence | None, secrets: Collection[str], check: LeakCheck) -> Evidence | None:
    """Return evidence without bodies, and without whatever else the check finds a secret in."""
    if evidence is None:
        return None
    parts = {part for part, _, _ in check.exchange(_exchange(evidence))}

    def fields(headers: Headers, part: str) -> Headers:
        if part not in parts and not _holds(headers, secrets):
            return headers
        return tuple((name, WITHHELD) for name, _ in headers)

    url, failure = evidence.url, evidence.failure
    if "URL" in parts or _holds(url, secrets):
        url = f"{below_base(url)[0]}/{WITHHELD}"
    if failure is not None and ("failure" in parts or _holds(failure.message, secrets)):
        failure = replace(failure, message=WITHHELD)
    return replace(
        evidence,
        url=url,
        request_headers=fields(evidence.request_headers, "request headers"),
        request_body=_body(evidence.request_body),
        headers=fields(evidence.headers, "response headers"),
        body=_body(evidence.body),
        failure=failure,
    )


def _body(body: Body) -> Body:
    """Return what stands for a body: its length, and no hash, by which a secret of few letters is guessed."""
    if body.kind is BodyKind.EMPTY:
        return body
    return Body(kind=BodyKind.TEXT, data=f"{WITHHELD}, {len(_text(body))} characters")
