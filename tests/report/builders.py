"""Small functions that build results; every argument has a harmless default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from harness.contract import Contract, load_contracts
from harness.difference import Difference, Kind
from harness.exchange import Body, BodyKind, Failure, FailureKind, Headers, Json, Side
from harness.result import (
    Accepted,
    Evidence,
    Finding,
    Noise,
    Provenance,
    Repeats,
    RunResult,
    ScenarioResult,
    Source,
    StepResult,
    Verdict,
)
from harness.rules import Check, Documentation, Severity
from harness.struct import replace

ORGANIZATION = "clsandboxorg0000000000000"
JSON_HEADERS: Headers = (("content-type", "application/json"),)


OPERATIONS = ("ListApiTokens", "ListAlerts", "GetDeployment", "ListUsers", "GetWorkspace", "GetSelfUser")
"""One that v1 does not have, one that only v1 has, and four of both."""


def contracts(*names: str) -> dict[Side, Contract]:
    """Return the shipped contracts with only a few operations, so that what people read stays short."""
    return {side: _few(contract, names or OPERATIONS) for side, contract in load_contracts().items()}


@cache
def _few(contract: Contract, names: tuple[str, ...]) -> Contract:
    apis = {
        name: replace(api, operations=tuple(each for each in api.operations if each.id in names))
        for name, api in contract.apis.items()
    }
    return Contract(version=contract.version, apis=apis)


def body(data: Json = None) -> Body:
    """Build a JSON body, or an empty one."""
    return Body(kind=BodyKind.EMPTY) if data is None else Body(kind=BodyKind.JSON, data=data)


def difference(**changes: Any) -> Difference:
    """Build the rename of a token's ``type`` to ``scope``."""
    fact = Difference(
        kind=Kind.RENAMED,
        path="$.body.tokens[*].type",
        to="$.body.tokens[*].scope",
        baseline="WORKSPACE",
        candidate="WORKSPACE",
        seen=3,
        samples=3,
        example="$.body.tokens[0].type",
    )
    return replace(fact, **changes)


def finding(fact: Difference | None = None, **changes: Any) -> Finding:
    """Build a breaking finding that nobody accepted."""
    found = Finding(
        rule="property-renamed",
        check=Check.RESPONSES,
        severity=Severity.BREAKING,
        difference=fact or difference(),
        documentation=Documentation.DOCUMENTED,
        explanation="ListApiTokens: the property `type` of v1beta1 is called `scope` in v1.",
        consequence="Code that reads `type` gets nothing.",
        remedy="Read `scope` instead.",
        operation="ListApiTokens",
        fingerprint="0123456789ab",
    )
    return replace(found, **changes)


def missed() -> list[Finding]:
    """What a step expected, and neither side answered."""
    return [
        finding(
            difference(kind=Kind.EXPECTATION, path="$.status", to="", side=side),
            rule="expectation-failed",
            explanation=f"the step expects 204, {name} answered 200",
        )
        for side, name in ((Side.BASELINE, "v1beta1"), (Side.CANDIDATE, "v1"))
    ]


def accepted(reason: str = "the client reads scope since 4.2", ticket: str = "PLAT-413") -> Accepted:
    """Build an acceptance."""
    return Accepted(reason=reason, ticket=ticket, until="2027-01-31", where="scenarios/tokens/list.yaml:14")


def evidence(api: str = "v1", data: Json = None, status: int = 200, **changes: Any) -> Evidence:
    """Build one exchange of a GET; ``data`` is the body of the response."""
    base = "http://127.0.0.1:8765/v1" if api == "v1" else f"http://127.0.0.1:8765/{api}/v1beta1"
    shown = Evidence(
        api=api,
        method="GET",
        url=f"{base}/organizations/{ORGANIZATION}/tokens?limit=20",
        request_headers=(("authorization", "Bearer [ASTRO_API_TOKEN]"), ("accept", "application/json")),
        request_body=body(),
        status=status,
        headers=JSON_HEADERS if data is not None else (),
        body=body(data),
        failure=None,
        started="2026-11-20T09:30:00.000Z",
        elapsed=0.012 if api == "v1" else 0.009,
    )
    return replace(shown, **changes)


def step(*findings: Finding, **changes: Any) -> StepResult:
    """Build a step that was run on both sides and exercised the check Responses."""
    made = StepResult(
        name="first page",
        where="scenarios/tokens/list.yaml:9",
        operation="ListApiTokens",
        verdict=Verdict.MATCH,
        checks=(Check.RESPONSES,),
        findings=findings,
        baseline=evidence("iam", {"tokens": []}),
        candidate=evidence("v1", {"tokens": []}),
    )
    return replace(made, **changes)


def provenance(source: Source = Source.CASSETTE, **changes: Any) -> Provenance:
    """Build the provenance of a recording from production."""
    made = Provenance(
        source=source,
        environment="sandbox" if source is Source.SANDBOX else "production",
        recorded="2026-11-20T09:30:00.000Z",
        tool="astro-migration-harness 0.1.0",
        contracts={"iam": "2026-08-01", "platform": "2026-08-01", "v1": "2026-07-18"},
        base_urls={"iam": "http://127.0.0.1:8765/iam/v1beta1", "v1": "http://127.0.0.1:8765/v1"},
    )
    return replace(made, **changes)


def scenario(*steps: StepResult, **changes: Any) -> ScenarioResult:
    """Build a scenario; its verdict is the worst of its steps unless it is given."""
    made = ScenarioResult(
        id="tokens/list",
        title="List API tokens",
        where="scenarios/tokens/list.yaml:2",
        verdict=max(
            (each.verdict for each in steps), key=lambda verdict: verdict.rank, default=Verdict.ERROR
        ),
        steps=steps,
        ticket="PLAT-412",
        tags=("tokens", "read"),
        provenance=provenance(),
        elapsed=0.03,
    )
    return replace(made, **changes)


def run(*scenarios: ScenarioResult, **changes: Any) -> RunResult:
    """Build a run that finished all of its scenarios."""
    made = RunResult(
        format=1,
        tool="astro-migration-harness 0.1.0",
        mode="replay",
        environment="production",
        profile="strict",
        started="2026-11-21T10:00:00.000Z",
        finished="2026-11-21T10:00:02.500Z",
        planned=len(scenarios),
        acceptances=True,
        scenarios=scenarios,
    )
    return replace(made, **changes)


def every_check() -> StepResult:
    """Build a matching step that exercised all four checks, so that only the rest decides."""
    return step(name="all checks", checks=tuple(Check))


def good_run() -> RunResult:
    """Build the smallest run that is GO."""
    return run(scenario(every_check()))


def timed_run(
    number: int, old: float, new: float, source: Source = Source.LIVE, operation: str = "ListApiTokens"
) -> RunResult:
    """Build a run of so many calls of one operation, which took about so many seconds on each side."""
    steps = [
        step(
            operation=operation,
            baseline=evidence("iam", {"tokens": []}, elapsed=round(old * (0.9 + at / 5 / number), 6)),
            candidate=evidence("v1", {"tokens": []}, elapsed=round(new * (1.1 - at / 5 / number), 6)),
        )
        for at in range(number)
    ]
    return run(scenario(*steps, provenance=provenance(source)))


def tokens(key: str) -> Json:
    """Build a page of API tokens whose scope stands under ``key``."""
    names = (("clr8x0000000000000000001a", "ORGANIZATION"), ("clr8x0000000000000000002b", "WORKSPACE"))
    page: Json = [
        {"id": id_, "name": f"ci {scope.lower()}", key: scope, "shortToken": "REDACTED-1f2e3d4c"}
        for id_, scope in names
    ]
    return {"tokens": page, "limit": 20, "offset": 0, "totalCount": 2}


def error_body(status: int, message: str) -> Json:
    """Build the vendor's error body."""
    return {"message": message, "requestId": "3f6c2f0e-5d8a-4d5e-9f0c-3a1b2c4d5e6f", "statusCode": status}


def _probe(kind: str, check: Check, status: int) -> StepResult:
    answer = error_body(status, "unauthorized" if status == 401 else "not found")
    return step(
        name=f"first page, {kind}",
        checks=(check,),
        probe=kind,
        baseline=evidence("iam", answer, status),
        candidate=evidence("v1", answer, status),
    )


def _tokens(**changes: Any) -> ScenarioResult:
    renamed = finding(difference(seen=2, samples=2), accepted=accepted())
    added = finding(
        difference(kind=Kind.ADDED, path="$.body.tokens[*].kind", to="", baseline=None, candidate="STANDARD"),
        rule="property-added",
        severity=Severity.INFO,
        explanation="ListApiTokens: v1 answers with $.body.tokens[*].kind as well.",
        consequence="None for clients that ignore what they do not know.",
        remedy="Use it where it helps.",
    )
    first = step(
        renamed,
        added,
        verdict=Verdict.ACCEPTED,
        baseline=evidence("iam", tokens("type")),
        candidate=evidence("v1", tokens("scope")),
    )
    probes = [_probe(kind, Check.AUTH, 401) for kind in ("missing", "malformed", "invalid")]
    return scenario(first, *probes, _probe("not-found", Check.ERRORS, 404), **changes)


def _alert(**changes: Any) -> ScenarioResult:
    gone = finding(
        difference(
            kind=Kind.UNMAPPED, path="$.request", to="", baseline=None, candidate=None, samples=1, seen=1
        ),
        rule="endpoint-removed",
        explanation="ListAlerts is not in v1's contract: GET /organizations/{organizationId}/alerts.",
        consequence="Every call of this endpoint fails after the cutover.",
        remedy="Remove the call, or ask the vendor's support what to use instead.",
        operation="ListAlerts",
    )
    url = f"http://127.0.0.1:8765/v1/organizations/{ORGANIZATION}/alerts"
    called = step(
        gone,
        name="alerts",
        where="scenarios/alerts/list.yaml:6",
        operation="ListAlerts",
        verdict=Verdict.UNSUPPORTED,
        baseline=evidence("platform", {"alerts": [], "limit": 20, "offset": 0, "totalCount": 0}, url=url),
        candidate=evidence("v1", error_body(404, "not found"), 404, url=url),
    )
    changed = {
        "id": "alerts/list",
        "title": "List alerts",
        "where": "scenarios/alerts/list.yaml:2",
        "ticket": "",
    }
    return scenario(called, **{**changed, **changes})


def _deployment(**changes: Any) -> ScenarioResult:
    latency = finding(
        difference(
            kind=Kind.LATENCY,
            path="$.elapsed",
            to="",
            baseline=0.2,
            candidate=2.4,
            seen=1,
            samples=1,
            example="",
        ),
        rule="latency-regressed",
        check=Check.BEHAVIOUR,
        severity=Severity.RISKY,
        documentation=Documentation.UNDOCUMENTED,
        explanation="GetDeployment: v1beta1 took 0.2 s, v1 took 2.4 s.",
        consequence="Timeouts in clients and jobs may be reached.",
        remedy="Call both sides again; one sample proves little.",
        operation="GetDeployment",
    )
    moved = finding(
        difference(
            path="$.body.workloadIdentity",
            to="$.body.effectiveWorkloadIdentity",
            baseline="astro@example.iam",
            candidate="astro@example.iam",
            seen=1,
            samples=1,
        ),
        explanation="GetDeployment: the property `workloadIdentity` of v1beta1 is called "
        "`effectiveWorkloadIdentity` in v1.",
        consequence="Code that reads `workloadIdentity` gets nothing.",
        remedy="Read `effectiveWorkloadIdentity`; requests still take `workloadIdentity`.",
        operation="GetDeployment",
    )
    got = step(
        moved,
        latency,
        name="read it back",
        where="scenarios/deployments/life.yaml:21",
        operation="GetDeployment",
        verdict=Verdict.MISMATCH,
        checks=(Check.RESPONSES, Check.BEHAVIOUR),
        baseline=evidence("platform", {"id": "cld1", "workloadIdentity": "astro@example.iam"}, elapsed=0.2),
        candidate=evidence(
            "v1", {"id": "cld1", "effectiveWorkloadIdentity": "astro@example.iam"}, elapsed=2.4
        ),
    )
    skipped = step(
        name="update it",
        where="scenarios/deployments/life.yaml:30",
        operation="UpdateDeployment",
        verdict=Verdict.INCONCLUSIVE,
        checks=(),
        reason="it was not run, because the step before it failed",
        baseline=None,
        candidate=None,
    )
    changed = {
        "id": "deployments/life",
        "title": "A deployment's life",
        "where": "scenarios/deployments/life.yaml:2",
    }
    return scenario(got, skipped, **{**changed, **changes})


def _broken(**changes: Any) -> ScenarioResult:
    changed = {
        "id": "users/self",
        "title": "Who am I",
        "where": "scenarios/users/self.yaml:2",
        "verdict": Verdict.ERROR,
        "provenance": None,
        "reason": "scenarios/users/self.yaml:5: the variable user_id has no value",
    }
    return scenario(**{**changed, **changes})


def _users(**changes: Any) -> ScenarioResult:
    page: Json = {"users": [{"id": "clu1", "username": "a@example.com"}], "totalCount": 1}
    listed = step(
        name="list users",
        where="scenarios/users/list.yaml:5",
        operation="ListUsers",
        checks=(Check.RESPONSES, Check.AUTH, Check.BEHAVIOUR),
        baseline=evidence("iam", page),
        candidate=evidence("v1", page),
    )
    changed = {
        "id": "users/list",
        "title": "List users",
        "where": "scenarios/users/list.yaml:2",
        "ticket": "",
    }
    return scenario(listed, **{**changed, **changes})


def sandbox_run() -> RunResult:
    """Build a run like that of the shipped scenarios: accepted, unsupported, from the sandbox."""
    origin = provenance(Source.SANDBOX)
    return run(
        _alert(provenance=origin),
        _tokens(provenance=origin),
        _users(provenance=origin),
        environment="sandbox",
    )


def failing_run() -> RunResult:
    """Build a run with everything that can go wrong, and one scenario that never ended."""
    return run(
        _alert(),
        _deployment(),
        _tokens(),
        _broken(),
        _users(),
        planned=6,
        unfinished=("workspaces/life",),
        finished="",
    )


def lens_run() -> RunResult:
    """Build a run of steps that say what the integration reads, whose answers left their contracts."""
    outside = "The scenario says that the integration does not read it."
    broken = finding(
        difference(
            kind=Kind.BROKEN, path="$.body.scope", to="", baseline=None, candidate=7, side=Side.CANDIDATE
        ),
        rule="contract-broken",
        documentation=Documentation.BROKEN,
        explanation="GetWorkspace: $.body.scope of v1's answer is number where the contract says string.",
        operation="GetWorkspace",
        read=True,
    )
    unread = finding(
        difference(path="$.body.type", to="$.body.kind", seen=1, samples=1),
        severity=Severity.RISKY,
        explanation=f"GetWorkspace: the property `type` of v1beta1 is called `kind` in v1. {outside}",
        operation="GetWorkspace",
        accepted=accepted(),
        read=False,
    )
    beyond = finding(
        difference(kind=Kind.UNDOCUMENTED, path="$.body.debug", to="", candidate=None, side=Side.BASELINE),
        rule="undocumented-property",
        severity=Severity.INFO,
        documentation=Documentation.UNDOCUMENTED,
        explanation=f"GetWorkspace: $.body.debug of v1beta1's answer is not in the contract. {outside}",
        operation="GetWorkspace",
        read=False,
    )
    again = replace(beyond)
    changed = {"operation": "GetWorkspace", "verdict": Verdict.MISMATCH, "checks": tuple(Check)}
    read = scenario(step(broken, unread, beyond, **changed), step(again, **changed), id="workspaces/get")
    old = provenance(recorded="2026-01-02T03:04:05Z")
    undated = provenance(recorded="", environment="unknown")
    return run(
        read,
        replace(_users(), provenance=old),
        replace(_tokens(), provenance=undated),
        replace(_users(id="users/live"), provenance=provenance(Source.LIVE)),
        replace(_users(id="users/sandbox"), provenance=provenance(Source.SANDBOX)),
    )


def noisy_run() -> RunResult:
    """Build a run whose calls were repeated: with noise, what stayed, and what only v1 has at times."""
    none, some, all_ = (Repeats(disagreed=number, samples=3) for number in (0, 2, 3))
    risky = {"rule": "value-changed", "severity": Severity.RISKY, "operation": "GetWorkspace"}

    def changed(name: str, said: str, noise: Noise, severity: Severity = Severity.RISKY) -> Finding:
        path = f"$.body.{name}"
        fact = difference(
            kind=Kind.VALUE, path=path, to="", baseline=1, candidate=2, seen=1, samples=1, example=path
        )
        said = f"GetWorkspace: {path} is 1 in v1beta1 and 2 in v1.{said}"
        return finding(fact, **{**risky, "severity": severity, "explanation": said, "noise": noise})

    excused = changed(
        "position",
        " This is noise: v1beta1 disagreed with itself about it in 2 of 3 repeats.",
        Noise(baseline=some, candidate=all_, excused=True, severity=Severity.RISKY),
        Severity.INFO,
    )
    proved = changed("size", "", Noise(baseline=none, candidate=none, excused=False, severity=Severity.RISKY))
    flaky = changed(
        "owner",
        " v1 disagreed with itself about it in 3 of 3 repeats, v1beta1 in 0 of 3, so it counts.",
        Noise(baseline=none, candidate=all_, excused=False, severity=Severity.RISKY),
    )
    read = {"operation": "GetWorkspace", "where": "scenarios/workspaces/get.yaml:3", "checks": tuple(Check)}
    quiet = step(excused, **read, name="quiet", verdict=Verdict.MATCH)
    loud = step(proved, flaky, excused, **read, name="loud", verdict=Verdict.MISMATCH)
    return run(scenario(quiet, loud, id="workspaces/get"), mode="live")


HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
    "a|b\n| c `code` ``` ~~~ \\| \r\n# heading",
    "{{ 7 * 7 }}{% raw %}",
    "@everyone [click](javascript:alert(1)) ![x](http://evil.example/x.png) <!-- -->",
    "\u202egnp.exe \u2028 \ufeff \x00 \x85",
    "&lt;b&gt; &amp; ' \" ' onmouseover='alert(1)",
    "]]></style><style>*{display:none}",
    "- rule: x\n  reason: pwned",
)
"""Texts that would do something if a report did not treat them as data."""


def hostile_run(texts: Mapping[str, str] | None = None) -> RunResult:
    """Build a run with foreign text at every place that a response, a scenario or a header can reach."""
    evil = texts or dict(enumerate_texts())
    scenarios = [_hostile(number, text) for number, text in enumerate(evil.values())]
    return run(*scenarios, environment=next(iter(evil.values())))


def enumerate_texts() -> list[tuple[str, str]]:
    """Name each hostile text."""
    return [(f"text {number}", text) for number, text in enumerate(HOSTILE)]


def _hostile(number: int, text: str) -> ScenarioResult:
    fact = difference(path=f"$.body[{json.dumps(text)}]", to=text, baseline={text: text}, candidate=text)
    found = finding(
        fact,
        explanation=f"Op: v1 says {text} and `{text}`",
        consequence=text,
        remedy=text,
        operation=text,
        accepted=accepted(text, text) if number % 2 else None,
    )
    answer = evidence(
        "v1",
        {text: [text]},
        url=f"http://127.0.0.1/{text}",
        headers=((text, text),),
        request_headers=((text, text),),
        request_body=Body(kind=BodyKind.TEXT, data=text),
        method=text,
    )
    lost = replace(answer, status=0, failure=Failure(kind=FailureKind.TIMEOUT, message=text))
    called = step(
        found,
        name=text,
        where=f"scenarios/{number}.yaml:1",
        operation=text,
        verdict=Verdict.ACCEPTED if number % 2 else Verdict.MISMATCH,
        probe=text,
        reason=text,
        baseline=answer,
        candidate=lost,
    )
    gone = replace(called, verdict=Verdict.UNSUPPORTED)
    origin = provenance(environment=text, tool=text, contracts={text: text}, base_urls={text: text})
    return scenario(
        called,
        gone,
        id=f"{number} {text}",
        title=text,
        ticket=text,
        tags=(text,),
        provenance=origin,
        reason=text,
    )
