"""HAR files, as browsers and proxies write them.

Keys that are not needed are left alone: every tool adds its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import Message
from typing import Final
from urllib.parse import urlencode

from harness.coding import decoded
from harness.document import Document, NodePath
from harness.errors import Problem
from harness.exchange import (
    Exchange,
    Failure,
    FailureKind,
    Headers,
    Json,
    Request,
    Response,
    header,
    media_type,
)
from harness.intake.checker import Checker
from harness.intake.sample import Recording, Sample

_FORM: Final = "application/x-www-form-urlencoded"


def read_har(data: Json, checker: Checker) -> Recording:
    """Return the exchanges of a HAR in the order of the file; ``unread`` says what is wrong with the others.

    Where there is none that can be read, the checker knows what is wrong, with lines.
    """
    top = checker.mapping(data, (), "a HAR")
    log = checker.mapping(top.get("log"), ("log",), "`log`") if top is not None else None
    if log is None:
        return Recording(samples=())
    entries = log.get("entries")
    if not isinstance(entries, list):
        checker.wrong(("log", "entries"), "`entries`", "a list", entries)
        return Recording(samples=())
    if not entries:
        checker.fail(("log", "entries"), "the HAR holds no entries", "Record the calls again.")
    samples: list[Sample] = []
    unread: list[Problem] = []
    for index, entry in enumerate(entries):
        # The line of one mistake costs more than reading all: YAML is what knows lines.
        own = _Entry(f"{checker.shown} entry {index + 1}")
        sample = _entry(entry, ("log", "entries", index), own)
        unread += own.problems
        if sample is not None and not own.problems:
            samples.append(sample)
    if not samples:
        for index, entry in enumerate(entries):
            _entry(entry, ("log", "entries", index), checker)
    return Recording(samples=tuple(samples), unread=tuple(unread))


class _Entry(Checker):
    """What is wrong with one entry, which is told by its number."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown, lambda: Document(data=None, lines={}))

    def where(self, place: NodePath) -> str:  # noqa: ARG002 - as its base has it
        """Return the file and the number of the entry."""
        return self.shown


def _entry(value: Json, place: NodePath, checker: Checker) -> Sample | None:
    number = int(place[-1]) + 1
    entry = checker.mapping(value, place, f"entry {number}")
    if entry is None:
        return None
    asked = _request(entry.get("request"), (*place, "request"), checker)
    # Null, or nothing, is how some tools write that no response came.
    given = entry.get("response")
    answer = {"status": 0} if given is None else checker.mapping(given, (*place, "response"), "`response`")
    if asked is None or answer is None:
        return None
    request, lost = asked
    response, failure, cut = _response(answer, (*place, "response"), checker)
    return Sample(
        exchange=Exchange(
            request=request,
            response=response,
            failure=failure,
            started=_moment(entry.get("startedDateTime")),
            elapsed=_seconds(entry.get("time")),
        ),
        where=checker.shown,
        # Browsers write HARs without tokens.
        authorized=True if header(request.headers, "authorization") else None,
        cut=cut,
        lost=lost,
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


def _request(value: Json, place: NodePath, checker: Checker) -> tuple[Request, str] | None:
    """Return the request, and why its body is not in the file, where it is not."""
    data = checker.mapping(value, place, "`request`")
    if data is None:
        return None
    method, url = checker.method(data, place), checker.url(data, place)
    headers = _headers(data.get("headers"), (*place, "headers"), checker)
    headers, content, lost = _posted(data, headers, place, checker)
    return Request(method=method, url=url, headers=headers, content=content), lost


def _posted(
    data: Mapping[str, Json], headers: Headers, place: NodePath, checker: Checker
) -> tuple[Headers, bytes, str]:
    """Return headers and body of a request, and why it is not in the file, where it is not."""
    place = (*place, "postData")
    posted, size = data.get("postData"), data.get("bodySize")
    post = (checker.mapping(posted, place, "`postData`") if posted is not None else None) or {}
    if post.get("text") is None and post.get("params"):
        headers, _, _ = _content({**post, "text": ""}, headers, place, checker)
        if media_type(headers) == _FORM:
            return headers, _form(post["params"], (*place, "params"), checker), ""
        return headers, b"", "the HAR holds the body of the request as parameters, and not as it was sent"
    headers, content, lost = _content({"size": size, **post}, headers, place, checker)
    return headers, content, lost


def _form(params: Json, place: NodePath, checker: Checker) -> bytes:
    """Write the parameters of a form as they are sent."""
    if not isinstance(params, list):
        checker.wrong(place, "`params`", "a list", params)
        return b""
    pairs: list[tuple[str, str]] = []
    for index, each in enumerate(params):
        at = (*place, index)
        param = checker.mapping(each, at, "a parameter")
        if param is not None:
            named = {"value": "", **param}
            pairs.append((checker.text(param, "name", at), checker.text(named, "value", at, empty=True)))
    return urlencode(pairs).encode()


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
    size = data.get("size")
    if data.get("text") is None:
        lost = isinstance(size, int) and size > 0
        return headers, b"", f"the HAR does not hold the {size} bytes of the body" if lost else ""
    if data.get("encoding") == "base64":
        content = checker.base64(data, "text", place)
    else:
        content = _bytes(data, headers, place, checker)
    try:
        return headers, decoded(headers, content), ""
    except ValueError as error:
        return headers, b"", str(error)


def _bytes(data: Mapping[str, Json], headers: Headers, place: NodePath, checker: Checker) -> bytes:
    """Return the bytes that a body's text stands for: in its charset, in UTF-8, or a character a byte.

    What has the stated size counts first; mitmproxy states that of the packed body, and what packing saved.
    """
    text = data.get("text")
    if not isinstance(text, str) or text.isascii():
        return checker.text(data, "text", place, empty=True).encode()
    sizes = {data.get("size")}
    size, saved = data.get("size"), data.get("compression")
    if isinstance(size, int) and isinstance(saved, int):
        sizes.add(size + saved)
    named = [found for name in (_charset(headers), "utf-8") if (found := _coded(text, name)) is not None]
    fits = (each for each in (*named, _coded(text, "latin-1")) if each is not None and len(each) in sizes)
    found = next(fits, named[0] if named else None)
    return checker.text(data, "text", place, empty=True).encode() if found is None else found


def _charset(headers: Headers) -> str:
    message = Message()
    message["content-type"] = header(headers, "content-type") or ""
    return message.get_content_charset("utf-8")


def _coded(text: str, charset: str) -> bytes | None:
    """Return a text in a charset, None where there is no such one, or it has not all characters of it."""
    try:
        # Halves of characters are how Python's tools write bytes that are no text.
        return text.encode(charset, "surrogateescape")
    except (UnicodeError, LookupError):
        return None
