"""Access logs: what each tool calls things, and lines that are none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.exchange import FailureKind
from harness.intake import Recording, Sample, read_recording

URL = "https://api.example.com/v1/things?limit=2"
LINE: dict[str, Any] = {
    "timestamp": "2026-01-02T03:04:05Z",
    "method": "post",
    "url": URL,
    "status": 200,
    "duration": 0.25,
    "request_headers": {"Authorization": "Bearer x", "Content-Type": "application/json"},
    "request_body": '{"a": 1}',
    "response_headers": {"Content-Type": "application/json", "Set-Cookie": ["a=1", "b=2"]},
    "response_body": '{"b": 2}',
}


def _read(directory: Path, *lines: Any, name: str = "access.jsonl") -> Recording:
    path = directory / name
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts), "utf-8")
    return read_recording(path, ())


def _only(directory: Path, line: Any) -> Sample:
    (sample,) = _read(directory, line).samples
    return sample


def test_a_line_is_an_exchange(tmp_path: Path) -> None:
    """Everything that it says is taken."""
    sample = _only(tmp_path, LINE)
    request, response = sample.exchange.request, sample.exchange.response

    assert response is not None
    assert (request.method, request.url, request.content) == ("POST", URL, b'{"a": 1}')
    assert (response.status, response.content) == (200, b'{"b": 2}')
    assert response.headers[1:] == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert (sample.exchange.started, sample.exchange.elapsed) == ("2026-01-02T03:04:05.000Z", 0.25)
    assert sample.where.endswith("access.jsonl:1")
    assert (sample.authorized, sample.cut) == (True, "")


HOST = "api.example.com"
TARGET = "/v1/things?limit=2"
NAMED: dict[str, dict[str, Any]] = {
    "nginx": {"request_method": "GET", "request_uri": TARGET, "http_host": HOST, "status": "200"},
    "ecs": {"http.request.method": "GET", "url.full": URL, "http.response.status_code": 200},
    "ecs nested": {
        "http": {"request": {"method": "GET"}, "response": {"status_code": 200}},
        "url": {"full": URL, "domain": HOST, "path": "/v1/things", "query": "limit=2"},
    },
    "ecs parts": {
        "http": {"request": {"method": "GET"}, "response": {"status_code": 200}},
        "url": {"scheme": "https", "domain": HOST, "path": "/v1/things", "query": "limit=2"},
    },
    "code below": {"method": "GET", "url": URL, "status": {"code": 200}},
    "caddy": {"request": {"method": "GET", "host": HOST, "uri": TARGET, "headers": {}}, "status": 200},
    "envoy": {"method": "GET", "path": TARGET, "authority": HOST, "response_code": 200},
    "traefik": {"RequestMethod": "GET", "RequestPath": TARGET, "RequestHost": HOST, "DownstreamStatus": 200},
    "whole URL": {"verb": "GET", "path": URL, "status": 200},
    "query": {"method": "GET", "path": "v1/things", "args": "?limit=2", "host": HOST, "status": 200},
    "field": {"method": "GET", "url": TARGET, "request_headers": {"host": HOST}, "status": 200},
}


@pytest.mark.parametrize("line", NAMED.values(), ids=NAMED)
def test_every_tool_has_its_names(tmp_path: Path, line: dict[str, Any]) -> None:
    """They are the same call, whatever it is called."""
    exchange = _only(tmp_path, line).exchange

    assert (exchange.request.method, exchange.request.url) == ("GET", URL)
    assert exchange.response is not None
    assert exchange.response.status == 200


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ({"response_body": {"b": [1]}}, b'{"b": [1]}'),
        ({"response_body": [1]}, b"[1]"),
        ({"response_body_base64": "AP8="}, b"\x00\xff"),
        ({"response": {"body": "text"}}, b"text"),
        ({"http": {"response": {"body": {"content": "text", "bytes": 4}}}}, b"text"),
        ({"response_body": "", "response_headers": {"content-encoding": "gzip"}}, b""),
    ],
)
def test_a_body_is_text_json_or_bytes(tmp_path: Path, given: dict[str, Any], content: bytes) -> None:
    """JSON as it is gets a media type, where none is said."""
    line = {"method": "GET", "url": URL, "status": 200, **given}
    response = _only(tmp_path, line).exchange.response

    assert response is not None
    assert response.content == content
    assert response.body.data is not None or content in (b"", b"\x00\xff")


@pytest.mark.parametrize(
    ("given", "started", "elapsed"),
    [
        ({"ts": 1767323045.5, "elapsed_ms": 12}, "2026-01-02T03:04:05.500Z", 0.012),
        ({"time": "1767323045500", "latency": "12ms"}, "2026-01-02T03:04:05.500Z", 0.012),
        ({"@timestamp": "2026-01-02T04:04:05.5+01:00", "duration_ns": 5e8}, "2026-01-02T03:04:05.500Z", 0.5),
        ({"time": "02/Jan/2026:03:04:05 +0000", "duration": "fast"}, "", 0.0),
        ({"time": 1e300, "duration": -1}, "", 0.0),
        ({"time": True, "duration": None}, "", 0.0),
        ({"time": "nan", "duration": "nan"}, "", 0.0),
        ({"time": 10**400, "duration": "1e999"}, "", 0.0),
        ({"time": "inf", "duration_ms": 10**400}, "", 0.0),
    ],
)
def test_times_are_taken_where_they_can_be_read(
    tmp_path: Path, given: dict[str, Any], started: str, elapsed: float
) -> None:
    """A call is not left out for the way in which its time is written."""
    exchange = _only(tmp_path, {"method": "GET", "url": URL, "status": 200, **given}).exchange

    assert exchange.started == started
    assert exchange.elapsed == pytest.approx(elapsed)


def test_no_response_is_a_failure(tmp_path: Path) -> None:
    """Proxies write status 0 or 000."""
    failure = _only(tmp_path, {"method": "GET", "url": URL, "status": "000"}).exchange.failure

    assert failure is not None
    assert failure.kind is FailureKind.DISCONNECT


@pytest.mark.parametrize(("status", "cut"), [(200, True), (204, False)])
def test_a_log_without_bodies_says_so(tmp_path: Path, status: int, cut: bool) -> None:  # noqa: FBT001
    """An empty body would be a lie, but where there cannot be one."""
    sample = _only(tmp_path, {"method": "GET", "url": URL, "status": status})

    assert bool(sample.cut) is cut


def test_lines_that_are_none_are_told_with_their_numbers(tmp_path: Path) -> None:
    """Those with the same mistake together; the others are read."""
    call = {"method": "GET", "url": URL, "status": 200}
    recording = _read(
        tmp_path,
        call,
        "started",
        "listening",
        "",
        {"method": "GET", "status": 200},
        {"method": "GET", "path": "/a", "status": 200},
        "[1]",
        {"url": URL, "status": 9000, "method": 1},
        call,
        '{"method": "GET", "ur',
    )

    assert len(recording.samples) == 2
    assert [str(problem).replace(f"{tmp_path}/", "").partition(". ")[0] for problem in recording.unread] == [
        "access.jsonl:2-3, 7, 10: this is no JSON object",
        "access.jsonl:5: the line has no `path`",
        "access.jsonl:6: the line has no host",
        "access.jsonl:8: `method` must be text, not a number",
        "access.jsonl:8: `status` cannot be 9000",
    ]


def test_a_file_of_such_lines_only_is_refused(tmp_path: Path) -> None:
    """It is no access log."""
    with pytest.raises(HarnessError, match="this is no JSON object"):
        _read(tmp_path, "a", "b")


def test_a_log_is_known_by_its_lines(tmp_path: Path) -> None:
    """Whatever it is called, and ends of lines in a body are none."""
    call = {"method": "GET", "url": URL, "status": 200, "response_body": "a\u2028b"}
    recording = _read(tmp_path, json.dumps(call, ensure_ascii=False), call, name="access.json")

    assert [each.exchange.response and each.exchange.response.content for each in recording.samples] == [
        "a\u2028b".encode()
    ] * 2
