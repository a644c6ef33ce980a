"""A pair becomes differences: every one of them, without judgement."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from harness.announcements import FIELDS, WANTED, read_announcement
from harness.bodies import Context, compare_json, wrapper
from harness.coding import gunzipped
from harness.difference import PACKED_NOTHING, Difference, Kind, json_path
from harness.exchange import (
    BODY_CUT,
    MAX_BODY,
    Body,
    BodyKind,
    Exchange,
    Headers,
    Json,
    Pair,
    Response,
    Side,
    header,
    media_type,
    read_json,
)
from harness.values import Correspondence, type_name

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
        "request-id",
        "x-correlation-id",
        "x-request-id",
        "x-cloud-trace-context",
        "x-amzn-trace-id",
        "traceparent",
    }
)
"""Header fields that say when and how a message travelled: they differ between any two responses."""

_NOT_COMPARED = TRANSPORT_HEADERS.union(FIELDS, {BODY_CUT.lower()})
"""The last is a recording's own word, and what it says is told of the body."""

_MISSED = frozenset({"expires", "last-modified", "request-id", "x-correlation-id", "x-request-id"})
"""Fields that name one call for the vendor's support, or say how long an answer may be kept.

Their values differ between any two calls; their absence is a loss.
"""

_PASSING_COOKIES = ("__cf", "_cf", "awsalb", "incap_", "visid_", "bigip", "nlbi_")
"""How the cookies of load balancers begin: they come and go between any two calls."""

_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_JSON_CHARSET = "utf-8"

_LINES = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
_FIELD = re.compile(r"[\w.\[\]-]{1,60}", re.ASCII)
"""What names a field; anything else in its place is not repeated in a sentence."""

_MOST_FIELDS = 5
"""Fields that a sentence about a refusal names at most."""

_UNKNOWN = frozenset({"", "application/octet-stream", "binary/octet-stream"})
"""Media types that say nothing about the body; the vendor's audit logs have one of them."""


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
        yield Difference(
            kind=Kind.STATUS,
            path="$.status",
            baseline=old.status,
            candidate=new.status,
            detail=_refused(old, new),
        )
    if old.status // 100 == new.status // 100:
        # An error against a success would only repeat the status in many words.
        yield from _headers(old.headers, new.headers, context.correspondence)
        yield from _bodies(old, new, context)
    yield from _latency(baseline, candidate)


def _refused(old: Response, new: Response) -> str:
    """Name the fields that the error of one side names, where the other side did not refuse."""
    refusals = [response for response in (old, new) if response.status >= 400]
    if len(refusals) != 1 or not isinstance(data := refusals[0].body.data, dict):
        return ""
    errors = data.get("fieldErrors")
    fields: dict[str, None] = {}
    for error in errors if isinstance(errors, list) else ():
        field = error.get("field") if isinstance(error, dict) else None
        if isinstance(field, str) and _FIELD.fullmatch(field) and len(fields) < _MOST_FIELDS:
            fields[f"`{field}`"] = None
    return ", ".join(fields)


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


def _headers(old: Headers, new: Headers, correspondence: Correspondence) -> Iterator[Difference]:
    yield from _announced(old, new)
    if old == new:
        return
    before, after = _fields(old), _fields(new)
    for name in sorted(before.keys() | after.keys()):
        path = json_path("headers", name)
        if name not in after:
            yield Difference(kind=Kind.HEADER_REMOVED, path=path, baseline=before[name])
        elif name not in before:
            yield Difference(kind=Kind.HEADER_ADDED, path=path, candidate=after[name])
        elif not correspondence.same(before[name], after[name]):
            translated = str(correspondence.to_baseline(after[name]))
            yield Difference(
                kind=Kind.HEADER_VALUE,
                path=path,
                baseline=before[name],
                candidate=after[name],
                detail=translated if translated != after[name] else "",
            )
    yield from _presence(old, new)


def _announced(old: Headers, new: Headers) -> Iterator[Difference]:
    """Tell that an API announces its end; on both sides as well, since it is not about what differs."""
    for name in FIELDS:
        before, after = header(old, name), header(new, name)
        if before is None and after is None:
            continue
        value = after if after is not None else before
        moment = read_announcement(name, value or "")
        both = before is not None and after is not None
        yield Difference(
            kind=Kind.ANNOUNCED,
            path=json_path("headers", name),
            baseline=before,
            candidate=after,
            side=None if both else Side.BASELINE if after is None else Side.CANDIDATE,
            detail=f"{moment:%Y-%m-%d}" if moment else f"malformed: {WANTED[name]}",
        )


def _presence(old: Headers, new: Headers) -> Iterator[Difference]:
    """Tell the fields of travel whose values mean nothing, but which one side does without."""
    before, after = ({name.lower() for name, _ in headers} for headers in (old, new))
    for name in sorted((before - after) & _MISSED):
        yield Difference(
            kind=Kind.HEADER_REMOVED, path=json_path("headers", name), baseline=header(old, name)
        )
    if "set-cookie" in after - before:
        # The name alone: the value may be a secret.
        cookies = (value.partition("=") for name, value in new if name.lower() == "set-cookie")
        names = [name.strip() for name, sign, _ in cookies if sign]
        lasting = [name for name in names if not name.lower().startswith(_PASSING_COOKIES)]
        if lasting:
            path = json_path("headers", "set-cookie")
            yield Difference(kind=Kind.HEADER_ADDED, path=path, candidate=", ".join(lasting))
    first, second = _charset(old), _charset(new)
    if first != second and media_type(old) == media_type(new):
        path = json_path("headers", "content-type")
        yield Difference(kind=Kind.HEADER_VALUE, path=path, baseline=first, candidate=second)


def _charset(headers: Headers) -> str:
    """Return the charset of the body; JSON that names none is UTF-8, any other body has none then."""
    field = header(headers, "content-type") or ""
    named = _CHARSET.search(field)
    if named:
        return named[1].lower()
    return _JSON_CHARSET if "json" in field.lower() else ""


def _fields(headers: Headers) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key, value in headers:
        name = key.lower()
        if name not in _NOT_COMPARED:
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
    first, second = header(old.headers, BODY_CUT), header(new.headers, BODY_CUT)
    if first is not None or second is not None:
        # A service may send such a field, too: then there are bodies, and they are not taken for equal.
        if first != second or "sha256" not in (first or "") or old.content != new.content:
            yield _not_kept(old=first is not None, new=second is not None)
        return
    if old.content == new.content and old.media == new.media:
        if old.body.kind is BodyKind.INVALID:
            yield _invalid(old.body, new.body, None)
        return
    before, after = old.body, new.body
    if before.kind is BodyKind.EMPTY and after.kind is BodyKind.EMPTY:
        return
    if before.kind is BodyKind.EMPTY or after.kind is BodyKind.EMPTY:
        kind = Kind.BODY_ADDED if before.kind is BodyKind.EMPTY else Kind.BODY_REMOVED
        hollow = _is_hollow(old) or _is_hollow(new)
        yield Difference(
            kind=kind,
            path="$.body",
            baseline=before.data,
            candidate=after.data,
            detail=PACKED_NOTHING if hollow else "",
        )
        return
    unpacked = _unpacked(old), _unpacked(new)
    if old.media != new.media or _is_packed(old) != _is_packed(new):
        yield Difference(
            kind=Kind.MEDIA_TYPE,
            path=json_path("headers", "content-type"),
            baseline=_media(old),
            candidate=_media(new),
        )
    yield from _contents(*unpacked, context)


def _not_kept(*, old: bool, new: bool) -> Difference:
    """Tell that a recording lacks a body, or the end of one: nobody can compare that."""
    whose = "both answers" if old and new else "v1beta1's answer" if old else "v1's answer"
    detail = f"the recording lacks the body of {whose}, or a part of it"
    return Difference(kind=Kind.BUDGET, path="$.body", detail=detail)


def _contents(old: Response, new: Response, context: Context) -> Iterator[Difference]:
    """Compare two bodies that are there: as JSON, as JSON lines, as text, or by their bytes."""
    if old.content == new.content:
        return
    largest = max(len(old.content), len(new.content))
    if largest > MAX_BODY:
        detail = f"a body of {largest} bytes is larger than {MAX_BODY} bytes"
        yield Difference(kind=Kind.BUDGET, path="$.body", detail=detail)
        return
    before, after = _structured(old), _structured(new)
    invalid = [body.kind is BodyKind.INVALID for body in (before, after)]
    if any(invalid):
        yield _invalid(before, after, None if all(invalid) else list(Side)[invalid.index(True)])
    elif before.kind is BodyKind.JSON and after.kind is BodyKind.JSON:
        yield from _repeated(old, new)
        yield from _values(before.data, after.data, context)
    elif not context.correspondence.same(before.data, after.data) or before.kind is not BodyKind.TEXT:
        first, second = _shown(old, new)
        yield Difference(kind=Kind.VALUE, path="$.body", baseline=first, candidate=second)


def _values(old: Json, new: Json, context: Context) -> Iterator[Difference]:
    """Compare two JSON bodies; where one stands whole in a property of the other, with what stands there."""
    if wraps := wrapper(old, new):
        yield Difference(
            kind=Kind.WRAPPED,
            path="$.body",
            to=json_path("body", wraps.name),
            baseline=type_name(old),
            candidate=wraps.beside,
        )
        yield from compare_json(old, wraps.content, context)
    elif wrapped := wrapper(new, old):
        place = "body", wrapped.name
        yield Difference(
            kind=Kind.UNWRAPPED,
            path=json_path(*place),
            to="$.body",
            baseline=wrapped.beside,
            candidate=type_name(new),
        )
        yield from compare_json(wrapped.content, new, context, place)
    else:
        yield from compare_json(old, new, context)


def _structured(response: Response) -> Body:
    """Return the body; text that is JSON lines, or an error's JSON without its media type, as JSON.

    JSON lines become the list of their values. A stream that claims to be such lines and has another one
    is invalid.
    """
    body, media = response.body, response.media
    claims = media in _LINES
    if body.kind is not BodyKind.TEXT or not (claims or media in _UNKNOWN):
        return body
    try:
        # The vendor types the errors of streams as the streams themselves.
        if response.status >= 400:
            return Body(kind=BodyKind.JSON, data=read_json(response.content))
        lines = [read_json(line) for line in response.content.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return Body(kind=BodyKind.INVALID, data=body.data) if claims else body
    if not claims and not all(isinstance(line, dict) for line in lines):
        return body
    return Body(kind=BodyKind.JSON, data=lines)


def _repeated(old: Response, new: Response) -> Iterator[Difference]:
    """Say that an object has a name twice: of such JSON, parsers read one value or the other."""
    names = old.repeated, new.repeated
    if any(names):
        side = None if all(names) else Side.CANDIDATE if names[1] else Side.BASELINE
        listed = ", ".join(f"`{name}`" for name in dict.fromkeys((*names[0], *names[1])))
        detail = f"an object of the body has the key {listed} more than once; the last value was compared"
        yield Difference(kind=Kind.BROKEN, path="$.body", side=side, detail=detail)


def _is_hollow(response: Response) -> bool:
    """Whether the body is a gzip file of nothing."""
    return response.body.kind is BodyKind.BINARY and gunzipped(response.content) == b""


def _is_packed(response: Response) -> bool:
    """Whether the body itself is a gzip file, beyond what the content coding packed."""
    return response.body.kind is BodyKind.BINARY and gunzipped(response.content) is not None


def _unpacked(response: Response) -> Response:
    """Return the response with what its gzip file holds as the body; the same one where it is none."""
    content = gunzipped(response.content) if response.body.kind is BodyKind.BINARY else None
    if content is None:
        return response
    return Response(status=response.status, headers=response.headers, content=content)


def _media(response: Response) -> str:
    media = response.media
    return f"{media or 'bytes'} in a gzip file" if _is_packed(response) else media


def _shown(old: Response, new: Response) -> tuple[Json, Json]:
    """Return two bodies as differences show them: of bytes that are no text, how many there are.

    Where that is the same number, with the beginning of their SHA-256.
    """
    alike = len(old.content) == len(new.content)
    first, second = (
        f"{len(each.content)} bytes"
        + (f", SHA-256 {hashlib.sha256(each.content).hexdigest()[:12]}" if alike else "")
        if each.body.kind is BodyKind.BINARY
        else each.body.data
        for each in (old, new)
    )
    return first, second


def _invalid(before: Body, after: Body, side: Side | None) -> Difference:
    return Difference(
        kind=Kind.BODY_INVALID, path="$.body", baseline=before.data, candidate=after.data, side=side
    )
