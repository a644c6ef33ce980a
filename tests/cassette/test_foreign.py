"""Cassettes that stock vcrpy wrote."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
import vcr

from harness.cassette import Cassette
from harness.cassette.foreign import read_foreign
from harness.errors import CassetteError
from harness.exchange import Request, header
from tests.cassette import get
from tests.cassette.conftest import BINARY


def record(path: Path, server: str, **options: Any) -> list[tuple[httpx.Request, bytes, int]]:
    """Record with stock vcrpy; return each request, the body of its response, and its status."""
    names = ("json", "gzip", "binary", "count", "count", "cookies", "empty", "json?b=2&a=1")
    with vcr.use_cassette(str(path), record_mode="all", **options), httpx.Client(trust_env=False) as client:
        seen = [client.get(f"{server}/{name}", headers={"Authorization": "Bearer abc"}) for name in names]
        seen += [client.post(f"{server}/echo", json=body) for body in ({"k": 1, "é": [1]}, {"k": 2})]
        seen.append(client.post(f"{server}/echo", content=BINARY))
    return [(one.request, one.content, one.status_code) for one in seen]


@pytest.mark.parametrize(
    "options",
    [{}, {"decode_compressed_response": True}, {"filter_headers": ["authorization"]}],
    ids=["plain", "decoded", "filtered"],
)
def test_what_vcrpy_recorded_is_played(tmp_path: Path, server: str, options: dict[str, Any]) -> None:
    """Every request gets the decoded body that the client had, in the order of recording."""
    path = tmp_path / "x.yaml"
    recorded = record(path, server, **options)
    cassette = Cassette.load(path)

    assert len(cassette) == len(recorded)
    for request, content, status in recorded:
        headers = tuple(request.headers.multi_items())
        url = str(request.url).replace(server, "https://elsewhere")
        played = cassette.play(
            Request(method=request.method, url=url, headers=headers, content=request.content)
        )
        assert played.response is not None
        assert (played.response.content, played.response.status) == (content, status)
        assert played.request.content == request.content
    assert cassette.provenance is None


def test_a_header_that_vcrpy_left_out_is_no_reason_for_a_miss(tmp_path: Path, server: str) -> None:
    """A file without Authorization answers requests with a token: what is missing is something else."""
    path = tmp_path / "x.yaml"
    record(path, server, filter_headers=["authorization"])
    cassette = Cassette.load(path)
    sent = Request(
        method="POST", url=f"{server}/echo", headers=(("Authorization", "Bearer abc"),), content=b'{"k": 3}'
    )
    cassette.play(get("/json"))

    with pytest.raises(CassetteError, match="it was recorded once and played once"):
        cassette.play(get("/json"))
    with pytest.raises(CassetteError) as caught:
        cassette.play(sent)
    assert "body.k 3, recorded 2" in str(caught.value)
    assert "authorization" not in str(caught.value)


def test_a_json_cassette_of_vcrpy_is_played(tmp_path: Path, server: str) -> None:
    """Vcrpy's other serializer is read by the suffix of the file."""
    path = tmp_path / "x.json"
    with (
        vcr.use_cassette(str(path), serializer="json", record_mode="all"),
        httpx.Client(trust_env=False) as client,
    ):
        client.get(f"{server}/json")

    played = Cassette.load(path).play(get("/json", authorization=None))

    assert played.response is not None
    assert played.response.content == b'{"path":"json"}'


def test_repeated_fields_survive(tmp_path: Path, server: str) -> None:
    """Both cookies of a response are there."""
    path = tmp_path / "x.yaml"
    record(path, server)

    played = Cassette.load(path).play(get("/cookies"))

    assert played.response is not None
    cookies = [value for name, value in played.response.headers if name.lower() == "set-cookie"]
    assert cookies == ["a=1", "b=2"]


def in_yaml(coding: str, body: bytes) -> str:
    """Write a cassette with one coded body, as vcrpy does."""
    return f"""
version: 1
interactions:
- request: {{method: GET, uri: 'http://h/', body: null, headers: {{}}}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{Content-Encoding: ['{coding}']}}
    body: {{string: !!binary {base64.b64encode(body).decode()}}}
"""


@pytest.mark.parametrize(
    ("coding", "coded"),
    [
        ("gzip", gzip.compress(b"hello", mtime=0)),
        ("deflate", zlib.compress(b"hello")),
        ("deflate", zlib.compress(b"hello")[2:-4]),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello"), mtime=0)),
        ("gzip", b"hello"),
        ("br", b"hello"),
        ("identity", b"hello"),
    ],
)
def test_content_codings_are_undone(coding: str, coded: bytes) -> None:
    """A body that is still coded is decoded, one that vcrpy had decoded stays; the field stays."""
    (exchange,) = read_foreign(in_yaml(coding, coded), "yaml")

    assert exchange.response is not None
    assert exchange.response.content == b"hello"
    assert header(exchange.response.headers, "content-encoding") == coding


def test_a_coding_that_cannot_be_undone_is_an_error() -> None:
    """Bytes that nobody here can decode are never taken for the body."""
    with pytest.raises(ValueError, match="coded as br"):
        read_foreign(in_yaml("br", b"\xff\xfe\xfd"), "yaml")


def test_a_body_without_measure_is_an_error() -> None:
    """What a hostile server once sent does not fill the memory."""
    bomb = gzip.compress(bytes(64 * 1024 * 1024 + 1), compresslevel=1)

    with pytest.raises(ValueError, match="larger than"):
        read_foreign(in_yaml("gzip", bomb), "yaml")


def test_the_oldest_form_of_httpx_responses_is_read() -> None:
    """Vcrpy before version 6 stored httpx's responses with other keys."""
    request: dict[str, Any] = {"method": "GET", "uri": "http://h/p", "body": None, "headers": {}}
    old = {"status_code": 201, "content": "hello", "headers": {}, "http_version": "HTTP/1.1"}
    text = json.dumps({"version": 1, "interactions": [{"request": request, "response": old}]})
    (exchange,) = read_foreign(text, "json")
    response = exchange.response

    assert response is not None
    assert (response.status, response.content) == (201, b"hello")


@pytest.mark.parametrize(
    ("second", "what"),
    [
        ("1", "it is no mapping"),
        ("{request: {method: GET, uri: u, body: , headers: {}}}", "its response is no mapping"),
        ("{request: {method: GET, body: , headers: {}}, response: {}}", "it has no `uri`"),
        ("{request: {method: GET, uri: u, body: , headers: {}}, response: {}}", "it has no `status`"),
    ],
)
def test_the_interaction_that_is_damaged_is_told(tmp_path: Path, second: str, what: str) -> None:
    """Of stock vcrpy's files too: its number, its line, and what is wrong."""
    path = tmp_path / "x.yaml"
    first = "{request: {method: GET, uri: u, body: , headers: {}}, response: {%s}}"
    first %= "status: {code: 200, message: OK}, headers: {}, body: {string: x}"
    path.write_text(f"version: 1\ninteractions:\n- {first}\n- {second}\n")

    with pytest.raises(CassetteError) as caught:
        Cassette.load(path)
    assert str(caught.value).startswith(
        f"{path}:4: the cassette is damaged: exchange 2 is not whole: {what}. "
    )


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    """A file that asks for code to run is an error, and no code runs."""
    path = tmp_path / "x.yaml"
    marker = tmp_path / "marker"
    path.write_text(f"version: 1\ninteractions:\n- !!python/object/apply:os.mkdir ['{marker}']\n")

    with pytest.raises(CassetteError, match="damaged"):
        Cassette.load(path)
    assert not marker.exists()


def test_a_file_that_was_cut_between_two_exchanges_is_refused(tmp_path: Path, server: str) -> None:
    """Its last line is missing: else the client would seem to have made fewer calls."""
    path = tmp_path / "x.yaml"
    recorded = record(path, server)
    whole = path.read_text("utf-8")
    path.write_text(whole[: whole.rindex("\n- request:\n") + 1], "utf-8")

    with pytest.raises(CassetteError, match=f"it ends after exchange {len(recorded) - 1}, without the line"):
        Cassette.load(path)
