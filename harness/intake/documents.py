"""Exchange documents: one exchange a file, written by hand or by a program, read strictly.

    {"request": {"method", "url", "headers", "body" | "text" | "base64"},     # optional
     "response": {"status", "headers", "body" | "text" | "base64"},
     "operation": "ListUsers"}                                                # optional

``failure: {kind, message}`` stands in place of a response that never came. ``body`` is a JSON value, ``text``
the text as it was sent, ``base64`` its bytes; with none of them there is no body.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from harness.coding import decoded
from harness.document import NodePath
from harness.exchange import (
    Exchange,
    Failure,
    FailureKind,
    Headers,
    Json,
    Request,
    Response,
    header,
)
from harness.intake.checker import Checker, nearest, unknown_operation
from harness.intake.sample import Sample

_TOP = ("operation", "request", "response", "failure")
_BODIES = ("body", "text", "base64")
_REQUEST = ("method", "url", "headers", *_BODIES)
_RESPONSE = ("status", "headers", *_BODIES)
_FAILURE = ("kind", "message")
_NO_REQUEST = Request(method="", url="")


def read_exchange(data: Json, checker: Checker, operations: Collection[str]) -> Sample | None:
    """Return the exchange of a document; None, and the checker knows why, where it cannot be read.

    ``operations`` are the ids that the document may name.
    """
    top = checker.mapping(data, (), "an exchange document", _TOP)
    if top is None:
        return None
    operation = checker.text(top, "operation", ()) if "operation" in top else ""
    if operation and operation not in operations:
        checker.problems.append(unknown_operation(operation, operations, checker.where(("operation",))))
    request, authorized = _request(top["request"], checker) if "request" in top else (_NO_REQUEST, None)
    response = _response(top["response"], checker) if "response" in top else None
    failure = _failure(top["failure"], checker) if "failure" in top else None
    if "response" in top and "failure" in top:
        checker.fail(("failure",), "the document has both `response` and `failure`", "Keep one of them.")
    elif "response" not in top and "failure" not in top and not _misspelt(top):
        advice = "Write `response: {status: 200}`, or `failure` where none came."
        checker.fail((), "an exchange document needs `response`", advice)
    if checker.problems:
        return None
    return Sample(
        exchange=Exchange(request=request, response=response, failure=failure),
        where=checker.where(()),
        operation=operation,
        asked="request" in top,
        authorized=authorized,
    )


def _misspelt(top: Mapping[str, Json]) -> bool:
    """Whether the response is there under a wrong name, which is a mistake already."""
    return any(nearest(key, ("response", "failure")) for key in top if key not in _TOP)


def _request(value: Json, checker: Checker) -> tuple[Request, bool | None]:
    place: NodePath = ("request",)
    data = checker.mapping(value, place, "`request`", _REQUEST)
    if data is None:
        return _NO_REQUEST, None
    method, url = checker.method(data, place), checker.url(data, place)
    headers = checker.headers(data["headers"], (*place, "headers")) if "headers" in data else ()
    headers, content = _content(data, headers, place, checker)
    authorized = header(headers, "authorization") is not None if "headers" in data else None
    return Request(method=method, url=url, headers=headers, content=content), authorized


def _response(value: Json, checker: Checker) -> Response | None:
    place: NodePath = ("response",)
    data = checker.mapping(value, place, "`response`", _RESPONSE)
    if data is None:
        return None
    status = checker.status(data, place)
    headers = checker.headers(data["headers"], (*place, "headers")) if "headers" in data else ()
    headers, content = _content(data, headers, place, checker)
    return Response(status=status, headers=headers, content=content)


def _content(
    data: Mapping[str, Json], headers: Headers, place: NodePath, checker: Checker
) -> tuple[Headers, bytes]:
    """Return the headers and the decoded bytes of the body; JSON without a media type is given one."""
    given = [key for key in _BODIES if key in data]
    if len(given) > 1:
        listed = " and ".join(f"`{key}`" for key in given)
        checker.fail((*place, given[1]), f"the body is given twice, as {listed}", "Keep one of them.")
    contents = {key: _bytes(data, key, headers, place, checker) for key in given}
    if "body" in contents and header(headers, "content-type") is None:
        headers = (*headers, ("content-type", "application/json"))
    return headers, next(iter(contents.values()), b"")


def _bytes(data: Mapping[str, Json], key: str, headers: Headers, place: NodePath, checker: Checker) -> bytes:
    if key == "body":
        # Escapes, because a string may hold half of a character.
        return json.dumps(data["body"]).encode()
    if key == "text":
        return checker.text(data, "text", place, empty=True).encode()
    try:
        return decoded(headers, checker.base64(data, "base64", place))
    except ValueError as error:
        checker.fail((*place, "base64"), str(error), "Write the body decoded.")
        return b""


def _failure(value: Json, checker: Checker) -> Failure | None:
    place: NodePath = ("failure",)
    data = checker.mapping(value, place, "`failure`", _FAILURE)
    if data is None:
        return None
    message = checker.text(data, "message", place, empty=True) if "message" in data else ""
    kind = checker.text(data, "kind", place)
    kinds = [known.value for known in FailureKind]
    if kind and kind not in kinds:
        near = nearest(kind, kinds)
        advice = f"Write `{near}`." if near else f"Use one of {', '.join(kinds)}."
        checker.fail((*place, "kind"), f"there is no kind of failure `{kind[:40]}`", advice)
    if kind not in kinds:
        return None
    return Failure(kind=FailureKind(kind), message=" ".join(message.split()))
