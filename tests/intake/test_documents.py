"""Exchange documents: what they may say, and every mistake with its line."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

import pytest

from harness.errors import HarnessError
from harness.exchange import BodyKind, Failure, FailureKind, Headers, Json, Response
from harness.intake import Sample, read_recording

_KNOWN = ("ListUsers", "GetUser")


def _read(directory: Path, text: str, name: str = "exchange.yaml") -> Sample:
    path = directory / name
    path.write_text(text, "utf-8")
    recording = read_recording(path, _KNOWN)
    assert recording.single
    (sample,) = recording.samples
    return sample


def _response(directory: Path, **response: object) -> Response:
    text = json.dumps({"response": {"status": 200, **response}})
    found = _read(directory, text, "exchange.json").exchange.response
    assert found is not None
    return found


def _mistakes(directory: Path, text: str, name: str = "exchange.yaml") -> list[str]:
    with pytest.raises(HarnessError) as caught:
        _read(directory, text, name)
    return [str(problem).replace(f"{directory}/", "") for problem in caught.value.problems]


def test_a_whole_document_is_read(tmp_path: Path) -> None:
    """Request, response and operation come out as they were written, in YAML and in JSON."""
    yaml = """
operation: ListUsers
request:
  method: get
  url: https://api.example.com/v1/users?limit=2
  headers: {Authorization: Bearer x, Accept: [a, b]}
response:
  status: 200
  headers: [[x-a, "1"], [X-A, "2"]]
  body: {at: 2026-01-02, on: yes}
"""
    document = {
        "operation": "ListUsers",
        "request": {
            "method": "GET",
            "url": "https://api.example.com/v1/users?limit=2",
            "headers": [["Authorization", "Bearer x"], ["Accept", ["a", "b"]]],
        },
        "response": {
            "status": 200,
            "headers": {"x-a": "1", "X-A": "2"},
            "body": {"at": "2026-01-02", "on": "yes"},
        },
    }
    first = _read(tmp_path, yaml)
    second = _read(tmp_path, json.dumps(document), "exchange.json")
    assert first.exchange == second.exchange
    assert (first.operation, first.asked, first.authorized) == ("ListUsers", True, True)
    assert first.exchange.request.headers == (("Authorization", "Bearer x"), ("Accept", "a"), ("Accept", "b"))
    assert first.exchange.response is not None
    assert first.exchange.response.body.data == {"at": "2026-01-02", "on": "yes"}
    assert first.where.endswith("exchange.yaml:1")


@pytest.mark.parametrize(
    ("headers", "authorized"),
    [("", None), (", headers: {}", False), (", headers: {AUTHORIZATION: t}", True)],
)
def test_a_token_is_missing_only_where_headers_are_told(
    tmp_path: Path,
    headers: str,
    authorized: bool | None,  # noqa: FBT001 - a column of the table
) -> None:
    """A document without headers says nothing about the token."""
    text = f"request: {{method: GET, url: /users{headers}}}\nresponse: {{status: 200}}"
    assert _read(tmp_path, text).authorized is authorized


def test_a_response_alone_is_enough(tmp_path: Path) -> None:
    """Without a request and an operation there is still something to compare."""
    sample = _read(tmp_path, "response: {status: 204}")
    assert (sample.asked, sample.operation) == (False, "")
    assert sample.exchange.response == Response(status=204)


def test_a_failure_takes_the_place_of_the_response(tmp_path: Path) -> None:
    """What never came is told by its kind and a message on one line."""
    sample = _read(tmp_path, 'failure: {kind: timeout, message: "no\\nanswer"}')
    assert sample.exchange.failure == Failure(kind=FailureKind.TIMEOUT, message="no answer")
    assert _read(tmp_path, "failure: {kind: connect}").exchange.failure is not None


_GIVEN: Headers = (("content-type", "application/problem+json"),)


def test_json_gets_its_media_type(tmp_path: Path) -> None:
    """A JSON value is JSON, also null and a bare text; a media type that is told stays."""
    values: list[Json] = [None, "text", 12, [], {"a": None}]
    for value in values:
        body = _response(tmp_path, body=value).body
        assert (body.kind, body.data) == (BodyKind.JSON, value)
    assert _response(tmp_path, body={}, headers=dict(_GIVEN)).headers == _GIVEN


def test_text_is_sent_as_it_is(tmp_path: Path) -> None:
    """Text may be what its media type denies, and it may be empty."""
    broken = _response(tmp_path, text="{oops", headers={"content-type": "application/json"})
    assert broken.body.kind is BodyKind.INVALID
    assert _response(tmp_path, text="é").content == "é".encode()
    assert _response(tmp_path, text="").body.kind is BodyKind.EMPTY


def test_base64_is_bytes_decoded_from_their_coding(tmp_path: Path) -> None:
    """Bytes come out as they were; those that a content coding packed come out unpacked."""
    assert _response(tmp_path, base64="AP8=\n").content == b"\x00\xff"
    packed = base64.b64encode(gzip.compress(b"plain")).decode()
    assert _response(tmp_path, base64=packed, headers={"content-encoding": "gzip"}).content == b"plain"
    assert _response(tmp_path, base64=packed).content.startswith(b"\x1f\x8b")


def test_half_a_character_in_json_is_kept(tmp_path: Path) -> None:
    """JSON can write half of a surrogate pair, and a body may hold it."""
    assert _response(tmp_path, body="\ud83d").body.data == "\ud83d"


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("", ["exchange.yaml:1: the file is empty. Write an exchange document: `response: {status: 200}`."]),
        ("- 1", ["exchange.yaml:1: an exchange document must be a mapping, not a list"]),
        (
            "{}",
            [
                (
                    "exchange.yaml:1: an exchange document needs `response`. "
                    "Write `response: {status: 200}`, or `failure` where none came."
                ),
            ],
        ),
        (
            "respons: {status: 200}",
            ["exchange.yaml:1: `respons` is not a key of an exchange document. Write `response`."],
        ),
        (
            "response:\n  stauts: 200\n  zzz: 1",
            [
                "exchange.yaml:2: `stauts` is not a key of `response`. Write `status`.",
                (
                    "exchange.yaml:3: `zzz` is not a key of `response`. "
                    "The keys are status, headers, body, text, base64."
                ),
            ],
        ),
        ("response: {}", ["exchange.yaml:1: `response` needs `status`"]),
        (
            "response:\n  status: '200'",
            ["exchange.yaml:2: `status` must be a whole number from 100 to 599, not text"],
        ),
        ("response: {status: 99}", ["exchange.yaml:1: `status` cannot be 99. It is from 100 to 599."]),
        (
            "response: {status: true}",
            ["exchange.yaml:1: `status` must be a whole number from 100 to 599, not true or false"],
        ),
        ("response: 200", ["exchange.yaml:1: `response` must be a mapping, not a number"]),
        (
            "response:\n  status: 200\n  headers: {a: 1}\n  text: 5",
            [
                "exchange.yaml:3: the header `a` must be text or a list of texts, not a number",
                "exchange.yaml:4: `text` must be text, not a number",
            ],
        ),
        (
            "response:\n  status: 200\n  headers:\n    - [a]\n    - [b, c]",
            [
                (
                    "exchange.yaml:4: entry 1 of `headers` must be a pair. "
                    'Write `["content-type", "application/json"]`.'
                ),
            ],
        ),
        (
            "response: {status: 200, headers: x}",
            ["exchange.yaml:1: `headers` must be a mapping or a list of pairs, not text"],
        ),
        (
            "response: {status: 200, headers: {'': x}}",
            ["exchange.yaml:1: the header `` cannot be sent. Write a name and a text."],
        ),
        (
            "response:\n  status: 200\n  body: 1\n  base64: '%'",
            [
                (
                    "exchange.yaml:4: `base64` is not base64. "
                    "Write it with the letters A-Z, a-z, 0-9, + and /, padded with =."
                ),
                "exchange.yaml:4: the body is given twice, as `body` and `base64`. Keep one of them.",
            ],
        ),
        (
            "response: {status: 200, headers: {content-encoding: br}, base64: //79}",
            ["exchange.yaml:1: a body is coded as br, which cannot be undone here. Write the body decoded."],
        ),
        (
            "request:\n  method: ''\n  url: 'http://[x'\nresponse: {status: 200}",
            [
                "exchange.yaml:2: `method` must not be empty",
                "exchange.yaml:3: `url` is no URL (Invalid IPv6 URL)",
            ],
        ),
        (
            "request: 1\nresponse: {status: 200}",
            ["exchange.yaml:1: `request` must be a mapping, not a number"],
        ),
        (
            "operation: ListUser\nresponse: {status: 200}",
            ["exchange.yaml:1: there is no operation `ListUser` in v1beta1 or v1. Write `ListUsers`."],
        ),
        (
            "operation: zzz\nresponse: {status: 200}",
            [
                (
                    "exchange.yaml:1: there is no operation `zzz` in v1beta1 or v1. "
                    "`harness contract where METHOD URL` names it."
                ),
            ],
        ),
        (
            "response: {status: 200}\nfailure: {kind: timeot, mesage: x}",
            [
                "exchange.yaml:2: `mesage` is not a key of `failure`. Write `message`.",
                "exchange.yaml:2: there is no kind of failure `timeot`. Write `timeout`.",
                "exchange.yaml:2: the document has both `response` and `failure`. Keep one of them.",
            ],
        ),
        (
            "failure: {kind: zzz}",
            [
                (
                    "exchange.yaml:1: there is no kind of failure `zzz`. "
                    "Use one of timeout, connect, disconnect, protocol, redirects."
                ),
            ],
        ),
        ("failure: x", ["exchange.yaml:1: `failure` must be a mapping, not text"]),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path: Path, text: str, mistakes: list[str]) -> None:
    """All mistakes of a document come at once, each with what to write instead."""
    assert sorted(_mistakes(tmp_path, text)) == sorted(mistakes)


def test_half_a_character_cannot_be_sent_as_text(tmp_path: Path) -> None:
    """Text, header and URL hold what can be written as UTF-8."""
    text = '{"response": {"status": 200,\n "headers": {"a": "\\ud83d"},\n "text": "\\ud83d"}}'
    assert _mistakes(tmp_path, text, "exchange.json")
    text = '{"request": {"method": "GET", "url": "\\ud83d"}, "response": {"status": 200}}'
    assert _mistakes(tmp_path, text, "exchange.json")


def test_mistakes_show_no_values(tmp_path: Path) -> None:
    """A value at the wrong place may be a secret, so it is not repeated."""
    text = "request: {method: GET, url: /x, headers: [s3cret]}\nresponse: {status: 200, base64: s3cret%}"
    assert "s3cret" not in "".join(_mistakes(tmp_path, text))
