"""HAR files, as browsers and proxies write them.

Keys that are not needed are left alone: every tool adds its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from harness.coding import decoded
from harness.document import NodePath
from harness.exchange import Exchange, Failure, FailureKind, Headers, Json, Request, Response, header
from harness.intake.checker import Checker
from harness.intake.sample import Sample


def read_har(data: Json, checker: Checker) -> tuple[Sample, ...]:
    """Return the exchanges of a HAR in the order of the file; the checker knows what is wrong with others."""
    top = checker.mapping(data, (), "a HAR")
    log = checker.mapping(top.get("log"), ("log",), "`log`") if top is not None else None
    if log is None:
        return ()
    entries = log.get("entries")
    if not isinstance(entries, list):
        checker.wrong(("log", "entries"), "`entries`", "a list", entries)
        return ()
    if not entries:
        checker.fail(("log", "entries"), "the HAR holds no entries", "Record the calls again.")
    found = (_entry(entry, ("log", "entries", index), checker) for index, entry in enumerate(entries))
    return tuple(sample for sample in found if sample is not None)


def _entry(value: Json, place: NodePath, checker: Checker) -> Sample | None:
    number = int(place[-1]) + 1
    entry = checker.mapping(value, place, f"entry {number}")
    if entry is None:
        return None
    request = _request(entry.get("request"), (*place, "request"), checker)
    answer = checker.mapping(entry.get("response"), (*place, "response"), "`response`")
    if request is None or answer is None:
        return None
    response, failure, cut = _response(answer, (*place, "response"), checker)
    return Sample(
        exchange=Exchange(
            request=request,
            response=response,
            failure=failure,
            started=_moment(entry.get("startedDateTime")),
            elapsed=_seconds(entry.get("time")),
        ),
        where=f"{checker.shown} entry {number}",
        # Browsers write HARs without tokens.
        authorized=True if header(request.headers, "authorization") else None,
        cut=cut,
    )


def _moment(value: Json) -> str:
    """Return a time; empty where it is none, for it is shown, and nobody looks for secrets in it."""
    try:
        datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        return ""
    return str(value)


def _seconds(value: Json) -> float:
    """Return seconds of milliseconds; 0 where they are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    try:
        return max(float(value), 0.0) / 1000
    except OverflowError:
        return 0.0


def _request(value: Json, place: NodePath, checker: Checker) -> Request | None:
    data = checker.mapping(value, place, "`request`")
    if data is None:
        return None
    method, url = checker.method(data, place), checker.url(data, place)
    headers = _headers(data.get("headers"), (*place, "headers"), checker)
    posted = data.get("postData")
    content = b""
    if posted is not None:
        post = checker.mapping(posted, (*place, "postData"), "`postData`")
        headers, content, _ = _content(post or {}, headers, (*place, "postData"), checker)
    return Request(method=method, url=url, headers=headers, content=content)


def _response(
    data: Mapping[str, Json], place: NodePath, checker: Checker
) -> tuple[Response | None, Failure | None, str]:
    status = checker.status(data, place, least=0)
    if not status:
        why = next((text for key in ("_error", "statusText") if isinstance(text := data.get(key), str)), "")
        message = " ".join(why.split()) or "the HAR has no response"
        return None, Failure(kind=FailureKind.DISCONNECT, message=message), ""
    headers = _headers(data.get("headers"), (*place, "headers"), checker)
    body = data.get("content")
    held = checker.mapping(body, (*place, "content"), "`content`") if body is not None else {}
    headers, content, cut = _content(held or {}, headers, (*place, "content"), checker)
    return Response(status=status, headers=headers, content=content), None, cut


def _headers(value: Json, place: NodePath, checker: Checker) -> Headers:
    """Read HAR's list of names and values; HTTP/2's own fields, such as ``:path``, are no headers."""
    if value is None:
        return ()
    if not isinstance(value, list):
        checker.wrong(place, "`headers`", "a list", value)
        return ()
    pairs: list[Json] = []
    for index, item in enumerate(value):
        if not isinstance(item, dict) or not isinstance(item.get("name"), str):
            checker.fail((*place, index), f"entry {index + 1} of `headers` needs `name` and `value`")
        elif not str(item["name"]).startswith(":"):
            # Null is how some tools write an empty one.
            pairs.append([item["name"], "" if item.get("value", 0) is None else item.get("value")])
    return checker.headers(pairs, place)


def _content(
    data: Mapping[str, Json], headers: Headers, place: NodePath, checker: Checker
) -> tuple[Headers, bytes, str]:
    """Return headers and decoded bytes of a body, and why it is not in the file, where it is not."""
    media = data.get("mimeType")
    if header(headers, "content-type") is None and isinstance(media, str) and media not in ("", "x-unknown"):
        headers = (*headers, ("content-type", media))
    if data.get("text") is None:
        size = data.get("size")
        lost = isinstance(size, int) and size > 0
        return headers, b"", f"the HAR does not hold the {size} bytes of the body" if lost else ""
    if data.get("encoding") == "base64":
        content = checker.base64(data, "text", place)
    else:
        content = checker.text(data, "text", place, empty=True).encode()
    try:
        return headers, decoded(headers, content), ""
    except ValueError as error:
        return headers, b"", str(error)
