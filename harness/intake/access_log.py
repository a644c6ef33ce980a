"""Access logs with bodies: one JSON object a line, one exchange an object, as servers and proxies write them.

Every tool has its own names. A name counts without case, dots, dashes and underscores, and a mapping in a
mapping as one name: ``request.method``, ``{"request": {"method": ...}}`` and ``requestMethod`` are the same.
:data:`NAMES` has those that are known; a line needs a method, a status, and a URL or a host with a path, and
may have more. A line that cannot be understood costs itself only, and is told.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

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
    read_json,
)
from harness.intake.checker import Checker
from harness.intake.sample import Recording, Sample

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "method": ("method", "requestmethod", "httpmethod", "httprequestmethod", "verb"),
    "url": ("url", "requesturl", "fullurl", "urlfull", "httpurl"),
    "scheme": ("scheme", "requestscheme", "urlscheme", "httpscheme"),
    "host": ("host", "requesthost", "httphost", "authority", "urldomain", "serveraddress"),
    "path": ("path", "requestpath", "urlpath", "uri", "requesturi", "httptarget", "urloriginal"),
    "query": ("query", "querystring", "requestquery", "urlquery", "args"),
    "status": (
        *("status", "statuscode", "responsestatus", "responsestatuscode", "responsecode", "httpstatus"),
        *("httpstatuscode", "httpresponsestatuscode", "downstreamstatus"),
    ),
    "request_headers": ("requestheaders", "reqheaders", "httprequestheaders"),
    "request_body": ("requestbody", "reqbody", "httprequestbodycontent", "httprequestbody"),
    "response_headers": ("responseheaders", "respheaders", "resheaders", "httpresponseheaders"),
    "response_body": ("responsebody", "respbody", "resbody", "httpresponsebodycontent", "httpresponsebody"),
    "timestamp": ("timestamp", "time", "ts", "starttime", "startutc", "started", "timeiso8601"),
    "duration": ("duration", "elapsed", "requesttime", "responsetime", "latency"),
}
"""What a line may say, by the names that it may say it with; the first that is there counts.

A body is text, or JSON as it is; with ``base64`` behind its name it is its bytes. A timestamp is RFC 3339, or
seconds or milliseconds since 1970. A duration is in seconds, or with ``ms``, ``us`` or ``ns`` behind its name
in those.
"""

_SUFFIXES: Final = frozenset({".jsonl", ".ndjson", ".log"})
_UNITS: Final[Mapping[str, float]] = {"": 1, "seconds": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_LEVELS: Final = 3
_MILLISECONDS: Final = 1e11
"""Seconds since 1970 that no timestamp has: a larger number counts milliseconds."""
_BODYLESS: Final = frozenset({204, 304})


def is_access_log(path: Path, text: str) -> bool:
    """Whether a file is one, by its name or by two lines that are an object each."""
    if path.suffix.lower() in _SUFFIXES:
        return True
    lines = [line for line in text[:1_000_000].split("\n")[:3] if line.strip()]
    return len(lines) > 1 and all(_object(line) is not None for line in lines[:2])


def read_access_log(path: Path, text: str) -> Recording:
    """Read the lines that can be understood; the others are the recording's ``unread``."""
    samples: list[Sample] = []
    wrong: dict[tuple[str, str], list[int]] = {}
    # Not splitlines: JSON may have other ends of lines in its texts.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        checker = _Line(f"{path}:{number}")
        sample = _sample(line, checker)
        if sample is not None and not checker.problems:
            samples.append(sample)
        for problem in checker.problems:
            wrong.setdefault((problem.what, problem.advice), []).append(number)
    unread = tuple(
        Problem(where=f"{path}:{_ranges(numbers)}", what=what, advice=advice)
        for (what, advice), numbers in wrong.items()
    )
    return Recording(samples=tuple(samples), unread=unread)


class _Line(Checker):
    """What is wrong with one line, which is where all of it is."""

    def __init__(self, shown: str) -> None:
        super().__init__(shown, lambda: Document(data=None, lines={}))

    def where(self, place: NodePath) -> str:  # noqa: ARG002 - as its base has it
        """Return ``file:line``."""
        return self.shown


def _ranges(numbers: Sequence[int]) -> str:
    """Write ``3-5, 9``."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in found)


def _object(line: str) -> dict[str, Json] | None:
    try:
        data = read_json(line.encode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _sample(line: str, checker: Checker) -> Sample | None:
    data = _object(line)
    if data is None:
        checker.fail((), "this is no JSON object", "An access log has one a line.")
        return None
    fields = _Fields(data, checker)
    headers, content, _ = fields.message("request")
    url = fields.url(headers)
    request = Request(method=fields.method(), url=url, headers=headers, content=content)
    status = fields.status()
    response, failure, cut = None, None, ""
    if status:
        headers, content, cut = fields.message("response")
        response = Response(status=status, headers=headers, content=content)
        cut = "" if request.method == "HEAD" or status in _BODYLESS else cut
    else:
        failure = Failure(kind=FailureKind.DISCONNECT, message="the log has no response")
    return Sample(
        exchange=Exchange(
            request=request,
            response=response,
            failure=failure,
            started=fields.moment(),
            elapsed=fields.seconds(),
        ),
        where=checker.shown,
        # Logs are often written without tokens.
        authorized=True if header(request.headers, "authorization") else None,
        cut=cut,
    )


class _Fields:
    """What one line says, by our names."""

    def __init__(self, data: Mapping[str, Json], checker: Checker) -> None:
        self._checker = checker
        self._found: dict[str, Json] = {}
        for name, value in _flat(data, "", _LEVELS):
            self._found.setdefault(name, value)

    def _get(self, field: str, endings: Sequence[str] = ("",)) -> tuple[Json, str]:
        """Return a value and which of the endings its name has; None where it is not there, or null.

        A mapping is no value but for headers and bodies: what it holds has names of its own.
        """
        whole = field.endswith(("_headers", "_body"))
        for name in NAMES[field]:
            for ending in endings:
                value = self._found.get(name + ending)
                if value is not None and value != "-" and (whole or not isinstance(value, dict)):
                    return value, ending
        return None, ""

    def text(self, field: str, *, needed: bool = True) -> str:
        value, _ = self._get(field)
        if isinstance(value, str):
            return value.strip()
        if value is not None:
            self._checker.wrong((), f"`{field}`", "text", value)
        elif needed:
            self._checker.fail((), f"the line has no `{field}`", f"It is called {_called(field)}.")
        return ""

    def method(self) -> str:
        method = self.text("method")
        return self._checker.method({"method": method}, ()) if method else ""

    def status(self) -> int:
        value, _ = self._get("status")
        with suppress(ValueError):
            value = int(value) if isinstance(value, str) else value
        if value is None:
            self._checker.fail((), "the line has no `status`", f"It is called {_called('status')}.")
            return 0
        # 000 and 0 are what proxies write where nothing came.
        return self._checker.status({"status": value}, (), least=0) if value else 0

    def url(self, headers: Headers) -> str:
        url = self.text("url", needed=False)
        path = self.text("path", needed=not url)
        if not url and path.startswith(("http://", "https://")):
            url = path
        if not url.startswith(("http://", "https://")):
            path, url = url or path, ""
        if not url and path:
            host = self.text("host", needed=False) or header(headers, "host") or ""
            if not host:
                self._checker.fail((), "the line has no host", f"It is called {_called('host')}.")
                return ""
            url = f"{self.text('scheme', needed=False) or 'https'}://{host}/{path.removeprefix('/')}"
        query = self.text("query", needed=False).removeprefix("?")
        if url and query and not urlsplit(url).query:
            url = f"{url.partition('?')[0]}?{query}"
        return self._checker.url({"url": url}, ()) if url else ""

    def message(self, which: str) -> tuple[Headers, bytes, str]:
        """Return the headers and the decoded body of ``request`` or ``response``, and why it is not there."""
        given, _ = self._get(f"{which}_headers")
        headers = self._headers(given)
        body, ending = self._get(f"{which}_body", ("", "base64"))
        if body is None:
            return headers, b"", f"the log does not hold the body of the {which}"
        if ending:
            content = self._checker.base64({"body": body}, "body", ())
        elif isinstance(body, str):
            content = self._checker.text({"body": body}, "body", (), empty=True).encode()
        else:
            content = json.dumps(body).encode()
            if header(headers, "content-type") is None:
                headers = (*headers, ("content-type", "application/json"))
        try:
            return headers, decoded(headers, content), ""
        except ValueError as error:
            self._checker.fail((), str(error), "Write the body decoded.")
            return headers, b"", ""

    def _headers(self, given: Json) -> Headers:
        if given is None:
            return ()
        if isinstance(given, list):
            given = [
                [each.get("name"), each.get("value")] if isinstance(each, dict) else each for each in given
            ]
        return self._checker.headers(given, ())

    def moment(self) -> str:
        """Return when it began, empty where that cannot be read: every tool has its own way to write it."""
        value, _ = self._get("timestamp", ("", "ms", "utc"))
        try:
            if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
                moment = datetime.fromisoformat(value.strip())
                moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            elif isinstance(value, str | int | float) and not isinstance(value, bool):
                number = float(value)
                seconds = number / 1000 if number > _MILLISECONDS else number
                moment = datetime.fromtimestamp(seconds, UTC)
            else:
                return ""
            return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        except (ValueError, OverflowError, OSError):
            return ""

    def seconds(self) -> float:
        """Return how long it took, 0 where that cannot be read."""
        value, unit = self._get("duration", tuple(_UNITS))
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            return 0.0
        text = str(value).strip().lower()
        ending = next((each for each in ("ms", "us", "ns", "s") if text.endswith(each)), "")
        try:
            number = float(text.removesuffix(ending))
        except ValueError:
            return 0.0
        if not 0 < number < math.inf:
            return 0.0
        return number * _UNITS["" if ending == "s" else ending or unit]


def _called(field: str) -> str:
    return f"`{field}`; `python -m pydoc harness.intake.access_log` has its other names"


def _flat(data: Mapping[str, Json], before: str, levels: int) -> Iterator[tuple[str, Json]]:
    """Yield values by their names as :data:`NAMES` has them; a mapping is one, and so is what it holds."""
    for key, value in data.items():
        name = before + "".join(letter for letter in key.lower() if letter.isalnum())
        yield name, value
        if isinstance(value, dict) and levels:
            yield from _flat(value, name, levels - 1)
