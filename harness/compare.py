"""A pair becomes differences: every one of them, without judgement."""

from __future__ import annotations

from collections.abc import Iterator

from harness.bodies import Context, compare_json
from harness.difference import Difference, Kind, json_path
from harness.exchange import Body, BodyKind, Exchange, Headers, Json, Pair, Response, Side, media_type

__all__ = ["LATENCY_FLOOR", "LATENCY_RATIO", "TRANSPORT_HEADERS", "Context", "compare", "compare_json"]

LATENCY_RATIO = 3.0
"""How many times slower the candidate must be before that is a fact worth telling."""

LATENCY_FLOOR = 1.0
"""Seconds by which it must be slower as well."""

TRANSPORT_HEADERS = frozenset(
    {
        "age",
        "alt-svc",
        "cf-ray",
        "connection",
        "content-length",
        "content-type",
        "date",
        "expires",
        "keep-alive",
        "last-modified",
        "nel",
        "report-to",
        "server",
        "server-timing",
        "set-cookie",
        "trailer",
        "transfer-encoding",
        "via",
        "x-envoy-upstream-service-time",
        "x-request-id",
        "x-cloud-trace-context",
        "x-amzn-trace-id",
        "traceparent",
    }
)
"""Header fields that say when and how a message travelled: they differ between any two responses."""


def compare(pair: Pair, context: Context | None = None) -> tuple[Difference, ...]:
    """Return every difference of the two exchanges, in the order of the document."""
    return tuple(_differences(pair, context or Context()))


def _differences(pair: Pair, context: Context) -> Iterator[Difference]:
    baseline, candidate = pair.baseline, pair.candidate
    if baseline.response is None or candidate.response is None:
        yield from _failures(baseline, candidate)
        return
    yield from _error_statuses(baseline.response, candidate.response)
    old, new = baseline.response, candidate.response
    if old.status != new.status:
        yield Difference(kind=Kind.STATUS, path="$.status", baseline=old.status, candidate=new.status)
    if old.status // 100 == new.status // 100:
        # An error against a success would only repeat the status in many words.
        yield from _headers(old.headers, new.headers)
        yield from _bodies(old, new, context)
    yield from _latency(baseline, candidate)


def _failures(baseline: Exchange, candidate: Exchange) -> Iterator[Difference]:
    old, new = baseline.failure, candidate.failure
    side = None if old and new else Side.BASELINE if old else Side.CANDIDATE
    yield Difference(
        kind=Kind.FAILURE,
        path="$.failure",
        baseline=old.kind.value if old else None,
        candidate=new.kind.value if new else None,
        side=side,
        detail="; ".join(failure.message for failure in (old, new) if failure),
    )


def _error_statuses(old: Response, new: Response) -> Iterator[Difference]:
    wrong = [
        (side, response.status, stated)
        for side, response in ((Side.BASELINE, old), (Side.CANDIDATE, new))
        if response.status >= 400
        and isinstance(data := response.body.data, dict)
        and (stated := data.get("statusCode")) is not None
        and stated != response.status
    ]
    if wrong:
        values = {side: stated for side, _, stated in wrong}
        yield Difference(
            kind=Kind.ERROR_STATUS,
            path="$.body.statusCode",
            baseline=values.get(Side.BASELINE),
            candidate=values.get(Side.CANDIDATE),
            side=None if len(wrong) == 2 else wrong[0][0],
            detail=f"the HTTP status is {wrong[-1][1]}",
        )


def _headers(old: Headers, new: Headers) -> Iterator[Difference]:
    before, after = _fields(old), _fields(new)
    for name in sorted(before.keys() | after.keys()):
        path = json_path("headers", name)
        if name not in after:
            yield Difference(kind=Kind.HEADER_REMOVED, path=path, baseline=before[name])
        elif name not in before:
            yield Difference(kind=Kind.HEADER_ADDED, path=path, candidate=after[name])
        elif before[name] != after[name]:
            yield Difference(kind=Kind.HEADER_VALUE, path=path, baseline=before[name], candidate=after[name])


def _fields(headers: Headers) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key, value in headers:
        name = key.lower()
        if name not in TRANSPORT_HEADERS:
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
    return fields


def _latency(baseline: Exchange, candidate: Exchange) -> Iterator[Difference]:
    slower = candidate.elapsed - baseline.elapsed
    if slower >= LATENCY_FLOOR and candidate.elapsed >= LATENCY_RATIO * baseline.elapsed:
        yield Difference(
            kind=Kind.LATENCY,
            path="$.elapsed",
            baseline=round(baseline.elapsed, 3),
            candidate=round(candidate.elapsed, 3),
        )


def _bodies(old: Response, new: Response, context: Context) -> Iterator[Difference]:
    if old.content == new.content and media_type(old.headers) == media_type(new.headers):
        if old.body.kind is BodyKind.INVALID:
            yield _invalid(old.body, new.body, None)
        return
    before, after = old.body, new.body
    if before.kind is BodyKind.EMPTY and after.kind is BodyKind.EMPTY:
        return
    if before.kind is BodyKind.EMPTY or after.kind is BodyKind.EMPTY:
        kind = Kind.BODY_ADDED if before.kind is BodyKind.EMPTY else Kind.BODY_REMOVED
        yield Difference(kind=kind, path="$.body", baseline=before.data, candidate=after.data)
        return
    if media_type(old.headers) != media_type(new.headers):
        yield Difference(
            kind=Kind.MEDIA_TYPE,
            path=json_path("headers", "content-type"),
            baseline=media_type(old.headers),
            candidate=media_type(new.headers),
        )
    invalid = [body.kind is BodyKind.INVALID for body in (before, after)]
    if any(invalid):
        yield _invalid(before, after, None if all(invalid) else list(Side)[invalid.index(True)])
    elif before.kind is BodyKind.JSON and after.kind is BodyKind.JSON:
        yield from compare_json(before.data, after.data, context)
    elif before.kind is not after.kind or old.content != new.content:
        yield Difference(kind=Kind.VALUE, path="$.body", baseline=_shown(old), candidate=_shown(new))


def _shown(response: Response) -> Json:
    """Return a body as differences show it: of bytes that are no text, how many there are."""
    body = response.body
    return f"{len(response.content)} bytes" if body.kind is BodyKind.BINARY else body.data


def _invalid(before: Body, after: Body, side: Side | None) -> Difference:
    return Difference(
        kind=Kind.BODY_INVALID, path="$.body", baseline=before.data, candidate=after.data, side=side
    )
