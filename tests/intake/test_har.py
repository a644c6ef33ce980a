"""HAR files: what browsers and proxies write, and what they leave out."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.exchange import Failure, FailureKind
from harness.intake import Sample, read_recording


def _entry(**response: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-01-02T03:04:05.000Z",
        "time": 120.5,
        "_vendor": {"x": 1},
        "request": {
            "method": "post",
            "url": "https://api.example.com/v1/things",
            "headers": [
                {"name": ":path", "value": "/v1/things"},
                {"name": "Authorization", "value": "Bearer x"},
            ],
            "postData": {"mimeType": "application/json", "text": '{"a":1}'},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "X-A", "value": "1"}],
            "content": {"mimeType": "application/json", "size": 7, "text": '{"b":2}'},
            **response,
        },
    }


def _read(directory: Path, *entries: Any, name: str = "calls.har") -> tuple[Sample, ...]:
    path = directory / name
    path.write_text(json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=1), "utf-8")
    recording = read_recording(path, ())
    assert not recording.single
    return recording.samples


def _mistakes(directory: Path, text: str) -> list[str]:
    path = directory / "calls.har"
    path.write_text(text, "utf-8")
    with pytest.raises(HarnessError) as caught:
        read_recording(path, ())
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["calls.har", "calls.json"])
def test_an_entry_is_an_exchange(tmp_path: Path, name: str) -> None:
    """Request, response and times come out; what only HTTP/2 or the tool knows is left."""
    (sample,) = _read(tmp_path, _entry(), name=name)
    request, response = sample.exchange.request, sample.exchange.response
    assert (request.method, request.url) == ("POST", "https://api.example.com/v1/things")
    assert request.headers == (("Authorization", "Bearer x"), ("content-type", "application/json"))
    assert request.body.data == {"a": 1}
    assert response is not None
    assert response.headers == (("X-A", "1"), ("content-type", "application/json"))
    assert response.body.data == {"b": 2}
    assert (sample.exchange.elapsed, sample.exchange.started) == (0.1205, "2026-01-02T03:04:05.000Z")
    assert (sample.authorized, sample.cut) == (True, "")
    assert sample.where.endswith(f"{name} entry 1")


def test_entries_keep_their_order(tmp_path: Path) -> None:
    """Many entries are many samples, numbered as in the file."""
    samples = _read(tmp_path, _entry(), _entry(status=204), _entry(status=404))
    assert [each.exchange.response and each.exchange.response.status for each in samples] == [200, 204, 404]
    assert [each.where.rpartition(" ")[2] for each in samples] == ["1", "2", "3"]


def test_a_token_that_the_browser_left_out_is_not_missing(tmp_path: Path) -> None:
    """Browsers write HARs without credentials, so their absence says nothing."""
    entry = _entry()
    del entry["request"]["headers"]
    (sample,) = _read(tmp_path, entry)
    assert sample.authorized is None


def test_bytes_and_codings_are_undone(tmp_path: Path) -> None:
    """Base64 is undone, and the content coding where the tool kept the packed bytes."""
    packed = base64.b64encode(gzip.compress(b'{"b":2}')).decode()
    headers = [{"name": "content-encoding", "value": "gzip"}]
    kept = {"mimeType": "application/json", "encoding": "base64", "text": packed}
    undone = {"mimeType": "application/json", "text": '{"b":2}'}
    for content in (kept, undone):
        (sample,) = _read(tmp_path, _entry(headers=headers, content=content))
        assert sample.exchange.response is not None
        assert sample.exchange.response.body.data == {"b": 2}


@pytest.mark.parametrize(
    ("content", "cut"),
    [
        ({"size": 7}, "the HAR does not hold the 7 bytes of the body"),
        ({"size": 0}, ""),
        ({"size": -1}, ""),
        ({}, ""),
    ],
)
def test_a_body_that_was_not_kept_is_told(tmp_path: Path, content: dict[str, Any], cut: str) -> None:
    """A body that the tool threw away is not an empty one."""
    (sample,) = _read(tmp_path, _entry(content=content))
    assert sample.cut == cut


def test_an_unknown_coding_is_told(tmp_path: Path) -> None:
    """Bytes that cannot be unpacked are no body to compare."""
    content = {"encoding": "base64", "text": "//79"}
    (sample,) = _read(
        tmp_path, _entry(headers=[{"name": "Content-Encoding", "value": "br"}], content=content)
    )
    assert sample.cut == "a body is coded as br, which cannot be undone here"


@pytest.mark.parametrize(
    ("response", "message"),
    [
        ({"_error": "net::ERR\nFAILED", "statusText": "x"}, "net::ERR FAILED"),
        ({"statusText": "aborted"}, "aborted"),
        ({"statusText": ""}, "the HAR has no response"),
    ],
)
def test_no_status_is_no_response(tmp_path: Path, response: dict[str, Any], message: str) -> None:
    """Tools write status 0 where nothing came back."""
    (sample,) = _read(tmp_path, _entry(status=0, **response))
    assert sample.exchange.response is None
    assert sample.exchange.failure == Failure(kind=FailureKind.DISCONNECT, message=message)


@pytest.mark.parametrize("time", [-1, True, "x", None, 10**400, 1e308 * -1])
def test_odd_times_are_no_times(tmp_path: Path, time: object) -> None:
    """What is no duration is none."""
    (sample,) = _read(tmp_path, {**_entry(), "time": time, "startedDateTime": 5})
    assert (sample.exchange.elapsed, sample.exchange.started) == (0.0, "")


@pytest.mark.parametrize(
    "started", ["yesterday", "password=hunter2", "2026-01-02T03:04:05Z\x1b[31m", "", 5, None]
)
def test_odd_moments_are_none(tmp_path: Path, started: object) -> None:
    """Nobody looks for secrets in a time, and it is shown in reports."""
    (sample,) = _read(tmp_path, {**_entry(), "startedDateTime": started})
    assert sample.exchange.started == ""


def test_fields_that_are_null_are_not_there(tmp_path: Path) -> None:
    """Some tools write null for what they do not know, and empty text for an empty field."""
    entry = _entry(headers=[{"name": "X-A", "value": None}], content=None)
    entry["request"] |= {"headers": None, "postData": None}
    (sample,) = _read(tmp_path, entry)
    assert sample.exchange.request.headers == ()
    assert sample.exchange.response is not None
    assert sample.exchange.response.headers == (("X-A", ""),)


def test_half_of_a_character_is_told_with_its_entry(tmp_path: Path) -> None:
    """JSON can say it, and YAML, which knows the lines, cannot."""
    entry = _entry()
    entry["request"]["url"] += "?q=\udc80"
    (mistake,) = _mistakes(tmp_path, json.dumps({"log": {"entries": [entry]}}))
    assert mistake == "calls.har:1: `url` holds half of a character. Write it as UTF-8."


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("{", ["calls.har:1: this is not JSON (Expecting property name enclosed in double quotes). "]),
        ("[]", ["calls.har:1: a HAR must be a mapping, not a list"]),
        ('{"log": 1}', ["calls.har:1: `log` must be a mapping, not a number"]),
        ('{"log": {}}', ["calls.har:1: `entries` must be a list, not empty"]),
        ('{"log": {"entries": []}}', ["calls.har:1: the HAR holds no entries. Record the calls again."]),
        (
            '{"log": {"entries": [\n1,\n{"request": 1, "response": {}},\n{"request": {}, "response": []}]}}',
            [
                "calls.har:2: entry 1 must be a mapping, not a number",
                "calls.har:3: `request` must be a mapping, not a number",
                "calls.har:4: `request` needs `method`",
                "calls.har:4: `request` needs `url`",
                "calls.har:4: `response` must be a mapping, not a list",
            ],
        ),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path: Path, text: str, mistakes: list[str]) -> None:
    """All mistakes come at once."""
    found = _mistakes(tmp_path, text)
    assert len(found) == len(mistakes)
    assert all(one.startswith(start) for one, start in zip(found, mistakes, strict=True))


def test_odd_parts_of_an_entry_are_mistakes(tmp_path: Path) -> None:
    """Headers, bodies and the status are read as strictly as anywhere."""
    entry = _entry(status=1000, headers=1, content=[])
    entry["request"]["headers"] = [{"value": "x"}, {"name": "a"}]
    entry["request"]["postData"] = {"text": 1}
    found = _mistakes(tmp_path, json.dumps({"log": {"entries": [entry]}}))
    assert [text.partition(": ")[2] for text in found] == [
        "entry 1 of `headers` needs `name` and `value`",
        "the header `a` must be text or a list of texts, not empty",
        "`text` must be text, not a number",
        "`status` cannot be 1000. It is from 100 to 599.",
    ]


@pytest.mark.parametrize(
    ("params", "content"),
    [
        ([{"name": "a", "value": "1 & 2"}, {"name": "b"}], b"a=1+%26+2&b="),
        ([], b""),
    ],
)
def test_a_form_is_written_as_it_is_sent(tmp_path: Path, params: list[Any], content: bytes) -> None:
    """HAR may have its parameters in place of its text."""
    entry = _entry()
    entry["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": params}
    (sample,) = _read(tmp_path, entry)
    request = sample.exchange.request

    assert (request.content, sample.lost) == (content, "")
    assert request.headers[-1] == ("content-type", "application/x-www-form-urlencoded")


def test_a_form_of_parts_is_told_as_lost(tmp_path: Path) -> None:
    """Its boundary is nowhere in the HAR; neither is a body of which only the size is there."""
    parts, sized = _entry(), _entry()
    parts["request"]["postData"] = {
        "mimeType": "multipart/form-data",
        "params": [{"name": "file", "fileName": "a.txt", "contentType": "text/plain"}],
    }
    sized["request"] |= {"postData": None, "bodySize": 9}
    found = _read(tmp_path, parts, sized)

    assert [each.exchange.request.content for each in found] == [b"", b""]
    assert [each.lost for each in found] == [
        "the HAR holds the body of the request as parameters, and not as it was sent",
        "the HAR does not hold the 9 bytes of the body",
    ]


@pytest.mark.parametrize("params", [5, [1], [{"value": "x"}], [{"name": "a", "value": 1}]])
def test_odd_parameters_are_mistakes(tmp_path: Path, params: object) -> None:
    """They are read as strictly as a text."""
    entry = _entry()
    entry["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "params": params}

    assert len(_mistakes(tmp_path, json.dumps({"log": {"entries": [entry]}}))) == 1


ALL = bytes(range(256))


@pytest.mark.parametrize(
    ("media", "text", "stated", "content"),
    [
        ("image/png", ALL.decode("latin-1"), {"size": 256}, ALL),
        ("image/png", ALL.decode("latin-1"), {"size": 20, "compression": 236}, ALL),
        ("image/png", ALL.decode("utf-8", "surrogateescape"), {"size": 256}, ALL),
        ("text/plain; charset=iso-8859-1", "Zürich", {"size": 6}, b"Z\xfcrich"),
        ("text/plain; charset=iso-8859-1", "Zürich", {}, b"Z\xfcrich"),
        ("text/plain; charset=iso-8859-1", "Zürich", {"size": 7}, "Zürich".encode()),
        ("text/plain; charset=iso-8859-1", "Z\u4e00", {}, "Z\u4e00".encode()),
        ("text/plain; charset=none-such", "Zürich", {}, "Zürich".encode()),
        ("application/json", '{"a":"ü"}', {"size": 10}, '{"a":"ü"}'.encode()),
        ("application/json", '{"a":"ü"}', {"size": -1}, '{"a":"ü"}'.encode()),
    ],
)
def test_text_becomes_the_bytes_that_it_was(
    tmp_path: Path, media: str, text: str, stated: dict[str, int], content: bytes
) -> None:
    """By the size that the HAR states, the charset, or UTF-8; requests are as answers are."""
    entry = _entry(content={"mimeType": media, "text": text, **stated})
    entry["request"] |= {"postData": {"mimeType": media, "text": text}, "bodySize": stated.get("size", -1)}
    (sample,) = _read(tmp_path, entry)

    assert sample.exchange.response is not None
    assert sample.exchange.response.content == content
    if "compression" not in stated:
        assert sample.exchange.request.content == content


def test_an_entry_that_cannot_be_read_costs_itself_only(tmp_path: Path) -> None:
    """The others are kept, and each mistake names its entry."""
    half, broken = _entry(), _entry(content={"encoding": "base64", "text": "a"})
    half["request"]["url"] += "?q=\udc80"
    path = tmp_path / "calls.har"
    path.write_text(json.dumps({"log": {"entries": [_entry(), half, 5, broken, _entry(status=204)]}}))
    recording = read_recording(path, ())

    assert [each.where for each in recording.samples] == [f"{path} entry 1", f"{path} entry 5"]
    assert [(each.where, each.what) for each in recording.unread] == [
        (f"{path} entry 2", "`url` holds half of a character"),
        (f"{path} entry 3", "entry 3 must be a mapping, not a number"),
        (f"{path} entry 4", "`text` is not base64"),
    ]


@pytest.mark.parametrize("response", [{"response": None}, {}])
def test_an_entry_without_a_response_was_not_answered(tmp_path: Path, response: dict[str, Any]) -> None:
    """Some tools write no status 0, but nothing."""
    entry = {"request": _entry()["request"], **response}
    (sample,) = _read(tmp_path, entry)

    assert sample.exchange.failure == Failure(kind=FailureKind.DISCONNECT, message="the HAR has no response")
