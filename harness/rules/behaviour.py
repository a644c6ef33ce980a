"""Authentication, latency, contracts, and what the harness says of itself."""

from __future__ import annotations

from harness.difference import Difference, Kind
from harness.exchange import Side
from harness.rules.probes import MISTAKES, ROLES, UNAUTHORIZED
from harness.rules.rule import Check, Circumstances, Rule, Severity, rule

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_REFUSED = frozenset({401, 403})
_OF_REQUESTS = frozenset({400, 404, 405, 409, 412, 415, 422})
"""Statuses of refusals that are about the request, and not about who sends it."""


def _none_succeeded(_: Difference, circumstances: Circumstances) -> bool:
    """Whether neither side answered with a success: what came instead is no refusal either."""
    statuses = circumstances.old_status, circumstances.new_status
    return not any(200 <= status < 300 for status in statuses)


AUTH_RULES: tuple[Rule, ...] = (
    rule(
        "auth-required-removed",
        Kind.STATUS,
        Check.AUTH,
        _B,
        applies=lambda _, c: c.old_status in _REFUSED and 200 <= c.new_status < 300,
        says="{operation}: v1beta1 refused the call with {old}, v1 answers it with {new}.",
        consequence="Data that was protected is not any more: a security finding.",
        remedy="Tell the vendor's security contact before anybody else.",
    ),
    rule(
        "auth-check-moved",
        Kind.STATUS,
        Check.AUTH,
        _B,
        applies=lambda _, c: (
            (c.probe in UNAUTHORIZED and c.old_status in _REFUSED and c.new_status in _OF_REQUESTS)
            or (c.probe in ROLES and c.old_status == 403 and c.new_status in _OF_REQUESTS - {404})
        ),
        says="{operation}: v1beta1 refused the caller with {old}, v1 refused only the request, with {new}.",
        consequence="v1 lets a caller come further who must not pass at all: a security finding.",
        remedy="Tell the vendor's security contact before anybody else.",
    ),
    rule(
        "auth-required-added",
        Kind.STATUS,
        Check.AUTH,
        _B,
        applies=lambda _, c: not c.authorized and 200 <= c.old_status < 300 and c.new_status in _REFUSED,
        says="{operation}: v1beta1 answered {old} without a token, v1 refuses with {new}.",
        consequence="Callers without a token stop working.",
        remedy="Send a token.",
    ),
    rule(
        "token-refused",
        Kind.STATUS,
        Check.AUTH,
        _B,
        applies=lambda _, c: 200 <= c.old_status < 300 and c.new_status == 401,
        says="{operation}: v1beta1 accepted the token and answered {old}, v1 refuses it with 401.",
        consequence="Authentication does not work with the new base URL.",
        remedy="Check that the token is sent to the new host; create a new token where it is.",
    ),
    rule(
        "scope-changed",
        Kind.STATUS,
        Check.AUTH,
        _B,
        applies=lambda _, c: (
            c.new_status == 403
            and (200 <= c.old_status < 300 or (c.probe in ROLES and c.old_status in _OF_REQUESTS - {404}))
        ),
        says="{operation}: v1beta1 answered {old}, v1 refuses the same token with 403.",
        consequence="The token's permissions do not cover the call in v1.",
        remedy="Give the token's role the permission that v1's error body names.",
    ),
    rule(
        "masking-changed",
        Kind.STATUS,
        Check.AUTH,
        _P,
        applies=lambda _, c: {c.old_status, c.new_status} == {403, 404},
        says="{operation}: v1beta1 answered {old}, v1 {new}: what must not be seen is masked differently.",
        consequence="Code that tells missing from forbidden takes another branch.",
        remedy="Treat 403 and 404 alike.",
    ),
    rule(
        "auth-error-changed",
        Kind.STATUS,
        Check.AUTH,
        _P,
        applies=lambda _, c: c.probe in UNAUTHORIZED | ROLES and c.error,
        says="{operation}: v1beta1 refused the call with {old}, v1 with {new}.",
        consequence="Code that renews a token on one of them does not on the other.",
        remedy="Handle both statuses.",
    ),
    rule(
        "probe-not-refused",
        Kind.PROBE,
        Check.ERRORS,
        _I,
        applies=_none_succeeded,
        inconclusive=True,
        says="{operation}: {detail}.",
        consequence="The error that the probe asks for did not happen, so its format was not compared.",
        remedy="Find out what answered, the service or a proxy before it, and run the scenario again.",
    ),
    rule(
        "auth-not-enforced",
        Kind.PROBE,
        Check.AUTH,
        _B,
        applies=lambda d, c: c.probe in UNAUTHORIZED and d.side is not Side.BASELINE,
        says="{operation}: {detail}.",
        consequence="The endpoint answers callers without a valid token: a security finding.",
        remedy="Tell the vendor's security contact.",
    ),
    rule(
        "mistake-accepted",
        Kind.PROBE,
        Check.ERRORS,
        _I,
        applies=lambda d, c: c.probe in MISTAKES and d.side is None,
        says="{operation}: {detail}.",
        consequence="Neither version takes it for a mistake, so there is no error to handle.",
        remedy="Do not rely on a refusal.",
    ),
    rule(
        "probe-not-refused",
        Kind.PROBE,
        Check.ERRORS,
        _P,
        says="{operation}: {detail}.",
        consequence="The error that the probe asks for did not happen, so its format was not compared.",
        remedy="Remove the probe from `checks`, or probe another operation.",
    ),
)

RULES: tuple[Rule, ...] = (
    rule(
        "baseline-failed",
        Kind.FAILURE,
        Check.BEHAVIOUR,
        _I,
        applies=lambda d, _: d.side is not Side.CANDIDATE,
        inconclusive=True,
        says="{operation}: there is no response from v1beta1 to compare with ({detail}).",
        consequence="Nothing can be concluded about the operation from this pair.",
        remedy="Run the scenario again; check the base URL and the network.",
    ),
    rule(
        "transport-failure",
        Kind.FAILURE,
        Check.BEHAVIOUR,
        _B,
        says="{operation}: v1beta1 answered, the call to v1 failed ({detail}).",
        consequence="The call does not work any more, or not from here.",
        remedy="Check the base URL, proxies and firewalls for the new host; run the scenario again.",
    ),
    rule(
        "answer-slower",
        Kind.LATENCY,
        Check.BEHAVIOUR,
        _I,
        says="{operation}: v1beta1 took {old} s, v1 took {new} s.",
        consequence="None: one sample proves little, and the report's table of latencies shows them all.",
        remedy="Call both sides more often, until there are enough samples.",
    ),
    rule(
        "latency-regressed",
        Kind.LATENCIES,
        Check.BEHAVIOUR,
        (_P, _I),
        says="{operation}: the median of v1beta1's answers is {old} s, of v1's {new} s{count}: {detail}.",
        consequence="Timeouts in clients and jobs may be reached.",
        remedy="Raise the timeouts of the client, or let the severity of the rule be info in the settings.",
    ),
    rule(
        "comparison-incomplete",
        Kind.BUDGET,
        Check.RESPONSES,
        _I,
        inconclusive=True,
        says="{operation}: {path} was not compared: {detail}.",
        consequence="What lies there is not proved equal.",
        remedy="Ask for less in one call, or record it again so that the body is kept.",
    ),
    rule(
        "undocumented-already",
        Kind.UNDOCUMENTED,
        Check.BEHAVIOUR,
        _I,
        applies=lambda d, _: d.side is not Side.CANDIDATE,
        says="{operation}: {detail}.",
        consequence="Nothing promises that it stays.",
        remedy="Do not rely on it.",
    ),
    rule(
        "undocumented",
        Kind.UNDOCUMENTED,
        Check.BEHAVIOUR,
        (_P, _I),
        says="{operation}: {detail}.",
        consequence="Nothing promises that it stays.",
        remedy="Do not rely on it; refresh the contracts if the vendor has published newer ones.",
    ),
    rule(
        "contract-broken-already",
        Kind.BROKEN,
        Check.BEHAVIOUR,
        _I,
        applies=lambda d, _: d.side is not Side.CANDIDATE,
        says="{operation}: {detail}.",
        consequence="Nothing changes with the cutover.",
        remedy="Tell the vendor if it hurts.",
    ),
    rule(
        "contract-broken",
        Kind.BROKEN,
        Check.BEHAVIOUR,
        (_P, _P),
        says="{operation}: {detail}.",
        consequence="Clients generated from the published document fail on this answer.",
        remedy="Tell the vendor; refresh the contracts if newer ones are published.",
    ),
    rule(
        "request-not-accepted",
        Kind.REQUEST,
        Check.RESPONSES,
        _B,
        says="{operation}: {detail}.",
        consequence="v1 refuses the request, or ignores what the caller meant.",
        remedy="Send what v1's contract names; write it into the step's `candidate:`.",
    ),
    rule(
        "call-refused-on-both",
        Kind.EXPECTATION,
        Check.RESPONSES,
        _I,
        applies=lambda d, _: d.side is None,
        inconclusive=True,
        says="{operation}: {detail}.",
        consequence="Two equal refusals prove nothing about the operation.",
        remedy=(
            "Check the token and the ids; if the refusal is the point of the step, "
            "say so with `expect: {{status: ...}}`."
        ),
    ),
    rule(
        "expectation-failed",
        Kind.EXPECTATION,
        Check.RESPONSES,
        _B,
        says="{operation}: {detail}.",
        consequence="The scenario does not exercise what it was written for.",
        remedy="Correct the request or the `expect:` of the step.",
    ),
    rule(
        "acceptance-unused",
        Kind.ACCEPTANCE,
        Check.BEHAVIOUR,
        _P,
        applies=lambda d, _: not d.detail.startswith("expired"),
        says="The acceptance of {to} at {path} matches nothing any more.",
        consequence="A stale acceptance would hide the next difference at that place.",
        remedy="Remove it; from a file that several scenarios include, move it to those that need it.",
    ),
    rule(
        "acceptance-expired",
        Kind.ACCEPTANCE,
        Check.BEHAVIOUR,
        _P,
        says="The acceptance of {to} at {path} is past its last day ({detail}).",
        consequence="It is not in force.",
        remedy="Decide again: fix the client and remove it, or set a new date with a reason.",
    ),
)
