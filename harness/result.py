"""What a run found, as frozen plain data: the only thing that reports see.

Findings make a step's verdict, steps a scenario's, scenarios a run's; the worst wins.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self
from urllib.parse import urlsplit

from harness.difference import Difference
from harness.exchange import Body, BodyKind, Exchange, Failure, Headers, Retry, Side
from harness.rules import Check, Documentation, Severity
from harness.struct import Struct

MOST_HELD: Final = 4 * 1024 * 1024
"""Bytes of a body that evidence holds; of a larger one, its length and its hash: a run has many of them."""


class Verdict(StrEnum):
    """The outcome of a step, a scenario or a run, best first; the worst of the children wins."""

    MATCH = "match"
    """Both sides answered alike, or differ only in what is info."""
    ACCEPTED = "accepted"
    """They differ, and each difference that matters has an acceptance in force."""
    INCONCLUSIVE = "inconclusive"
    """No verdict can be had: one side was throttled or failed at a gateway, or nothing was compared."""
    UNSUPPORTED = "unsupported"
    """The scenario says that v1 does not have the operation, and v1 indeed did not answer it."""
    MISMATCH = "mismatch"
    """At least one breaking or risky finding without an acceptance."""
    ERROR = "error"
    """The harness could not do its work: no connection on both sides, a variable without a value."""

    @property
    def rank(self) -> int:
        """Position from best (0) to worst (5)."""
        return _RANKS[self]


_RANKS: Final = {verdict: rank for rank, verdict in enumerate(Verdict)}


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the worst of the verdicts; of none it is inconclusive: nothing ran is never a match."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.INCONCLUSIVE)


class Source(StrEnum):
    """Where the evidence of a run came from."""

    LIVE = "live"
    CASSETTE = "cassette"
    SANDBOX = "sandbox"
    """Live calls to the sandbox, or cassettes recorded from it: no proof about the vendor's service."""

    @property
    def rank(self) -> int:
        """How much such evidence is worth, from least (0: the sandbox's) to most (2: live)."""
        return (Source.SANDBOX, Source.CASSETTE, Source.LIVE).index(self)


class Provenance(Struct, frozen=True, kw_only=True):
    """Where and when evidence was had. ``contracts`` maps an API to its contract's date.

    ``recorded`` is RFC 3339; ``base_urls`` maps an API (iam, platform, v1) to its base URL. ``anonymized``:
    ids, e-mail addresses and names are none that the service gave. ``edited``: a cassette is not what was
    recorded, because it was changed since.
    """

    source: Source
    environment: str
    recorded: str
    tool: str
    contracts: dict[str, str]
    base_urls: dict[str, str]
    anonymized: bool = False
    edited: bool = False


class Accepted(Struct, frozen=True, kw_only=True):
    """The acceptance that was matched: its reason, ticket, first and last day (ISO dates), place in YAML."""

    reason: str
    ticket: str = ""
    until: str = ""
    where: str = ""
    since: str = ""


class Repeats(Struct, frozen=True, kw_only=True):
    """In how many of the repeats of its call a side disagreed with its first answer, at one place."""

    disagreed: int
    samples: int

    def __str__(self) -> str:
        """Write ``2 of 3``."""
        return f"{self.disagreed:,} of {self.samples:,}"


class Noise(Struct, frozen=True, kw_only=True):
    """What both sides said at the place of a finding when they were asked the same again.

    ``excused``: the baseline disagrees with itself about just this, so that it is no difference of the
    versions; the finding is then info, and ``severity`` says what it was before.
    """

    baseline: Repeats
    candidate: Repeats
    excused: bool
    severity: Severity


class Finding(Struct, frozen=True, kw_only=True):
    """A difference judged by a rule.

    ``explanation`` is one sentence for somebody who never saw the harness. ``fingerprint`` is 12 hex
    digits over rule, operation, path and target path: stable when values change. ``inconclusive``
    findings take the verdict away: nothing can be concluded from the pair. ``cause`` is the contract's name
    for the place (``ApiToken.type``), by which one cause in many operations is told; empty where it has none.
    ``read`` says whether the integration reads what it is about; None where the step does not declare what is
    read. ``noise`` says what repeats of the two calls showed; None where none were made.
    """

    rule: str
    check: Check
    severity: Severity
    difference: Difference
    documentation: Documentation
    explanation: str
    remedy: str
    operation: str
    fingerprint: str
    accepted: Accepted | None = None
    consequence: str = ""
    inconclusive: bool = False
    cause: str = ""
    read: bool | None = None
    noise: Noise | None = None


# One change of v1 gives the same finding in one scenario after the other.
@lru_cache(maxsize=4096)
def fingerprint(rule: str, operation: str, path: str, to: str) -> str:
    """Return 12 hex digits that stay the same while values, samples and wording change."""
    text = f"{rule}\n{operation}\n{path}\n{to}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One exchange as reports show it: redacted, the body decoded, no bytes; see :data:`MOST_HELD`.

    ``api`` says which base URL was called (iam, platform, v1), ``operation`` which operation of its side's
    contract (empty: none, or not known); ``elapsed`` is in seconds. ``status`` is 0 and ``failure`` set when
    there was no response. ``retries`` are the attempts of all calls of the
    step that were followed by another one.
    """

    api: str
    method: str
    url: str
    request_headers: Headers
    request_body: Body
    status: int
    headers: Headers
    body: Body
    failure: Failure | None
    started: str
    elapsed: float
    operation: str = ""
    retries: tuple[Retry, ...] = ()

    @classmethod
    def of(cls, exchange: Exchange, api: str, operation: str = "") -> Self:
        """Show an exchange, which the caller has redacted; ``api`` is the one whose base URL was called."""
        request, response = exchange.request, exchange.response
        return cls(
            api=api,
            method=request.method,
            url=request.url,
            request_headers=request.headers,
            request_body=_held(request.body, request.content),
            status=response.status if response else 0,
            headers=response.headers if response else (),
            body=_held(response.body, response.content) if response else Body(kind=BodyKind.EMPTY),
            failure=exchange.failure,
            started=exchange.started,
            elapsed=exchange.elapsed,
            operation=operation,
            retries=exchange.retries,
        )


def _held(body: Body, content: bytes) -> Body:
    """Return a body as evidence holds it."""
    if len(content) <= MOST_HELD or body.data is None:
        return body
    digest = hashlib.sha256(content).hexdigest()
    return Body(kind=BodyKind.TEXT, data=f"(left out: {len(content)} bytes, SHA-256 {digest})")


class Walked(Struct, frozen=True, kw_only=True):
    """The pages of a list that one side was asked for, in order.

    ``elements`` counts those of each page. ``total`` is what the last of them states as the number of all,
    None where it does not. ``end`` says in words how the walk ended.
    """

    side: Side
    elements: tuple[int, ...]
    total: int | None
    end: str


class StepResult(Struct, frozen=True, kw_only=True):
    """What one step came to. ``probe`` is empty for steps that the scenario's author wrote.

    ``checks`` are those of the guide's four checks that the step exercised, whatever came out.
    ``baseline`` and ``candidate`` are None when the step was not run; ``reason`` then says why.
    ``walks`` are those of both sides where all pages were read; the exchanges are then the first page's.
    """

    name: str
    where: str
    operation: str
    verdict: Verdict
    checks: tuple[Check, ...] = ()
    probe: str = ""
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    baseline: Evidence | None = None
    candidate: Evidence | None = None
    walks: tuple[Walked, ...] = ()


class Lack(StrEnum):
    """Why a probe that the scenario asks for was not made."""

    NOT_DERIVABLE = "not derivable"
    """The contracts and the step do not say what a request with such a mistake would be."""
    NO_TOKEN = "no token"  # noqa: S105 - a reason
    NO_PERMISSION = "no permission to write"
    NO_VALUE = "no value"
    """A variable that the request needs has none."""
    NOT_RECORDED = "not recorded"
    """The recording that is played was made without it."""


class Unexercised(Struct, frozen=True, kw_only=True):
    """A probe of an operation that was not made; ``reason`` is a clause for people."""

    probe: str
    check: Check
    operation: str
    lack: Lack
    reason: str


def operation_name(step: StepResult) -> str:
    """Return the operation's id, else method and path of the call; empty for a step that called nothing."""
    if step.operation:
        return step.operation
    call = step.baseline or step.candidate
    return f"{call.method} {urlsplit(call.url).path}" if call else ""


class TableRow(Struct, frozen=True, kw_only=True):
    """What one row of a data table says of the whole table.

    ``rows`` counts those of the table. ``unmatched`` are the results that acceptances will have which
    matched nothing in this row, if they match nothing in any other.
    """

    rows: int
    unmatched: tuple[StepResult, ...] = ()


class ScenarioResult(Struct, frozen=True, kw_only=True):
    """What one scenario (one row of its data table) came to.

    ``id`` is the file's path below the scenarios directory without suffix, with ``[row]`` appended;
    ``where`` is file:line. ``elapsed`` is wall time in seconds. ``reason`` says why nothing could be
    compared, where the verdict is an error. ``unexercised`` are the probes that were asked for and not made.
    ``table`` stands in the log of a run only, until all rows are known.
    """

    id: str
    title: str
    where: str
    verdict: Verdict
    steps: tuple[StepResult, ...] = ()
    ticket: str = ""
    tags: tuple[str, ...] = ()
    provenance: Provenance | None = None
    reason: str = ""
    elapsed: float = 0.0
    unexercised: tuple[Unexercised, ...] = ()
    table: TableRow | None = None


class RunResult(Struct, frozen=True, kw_only=True):
    """One run: its scenarios in the order of their ids, and how it was made.

    ``planned`` counts the collected scenarios; fewer results than that is said in every report.
    ``acceptances`` is False when the run was asked to ignore acceptances. Times are RFC 3339 UTC;
    ``finished`` is empty when the run was stopped before its end. ``unfinished`` names the planned
    scenarios without a result, as far as they are known. ``missing`` are the shards (``2/5``) that
    belong to those of the run and were not read with them. ``omitted`` are scenarios of the project that
    the run was not asked for. ``id`` is the run's own, or made of those of its
    shards: the same for the same ones.
    """

    format: int
    tool: str
    mode: str
    environment: str
    profile: str
    started: str
    finished: str
    planned: int
    acceptances: bool
    scenarios: tuple[ScenarioResult, ...]
    unfinished: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    omitted: tuple[str, ...] = ()
    id: str = ""


class Readiness(StrEnum):
    """Whether one may cut over: of one operation, of one of the four checks, or of a run."""

    GO = "GO"
    NO_GO = "NO-GO"
    NOT_PROVEN = "NOT PROVEN"


class Policy(Struct, frozen=True, kw_only=True):
    """What a run must show to be GO; the default is what reports judge by.

    ``operations`` are ids of operations that must be proved. ``max_breaking`` allows so many open breaking
    findings, and then only their number stands against a cutover; with None nothing may differ that nobody
    accepted. ``evidence`` is the least that proves anything. ``max_age`` is in days: older evidence proves
    nothing, None for any age. ``unsupported`` lets v1 lack what scenarios declare that it lacks.
    """

    operations: tuple[str, ...] = ()
    max_breaking: int | None = None
    evidence: Source = Source.CASSETTE
    max_age: int | None = None
    unsupported: bool = False
