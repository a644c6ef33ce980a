"""Writing: readable, loadable by stock vcrpy, atomic, without secrets."""

from __future__ import annotations

import base64
import http.client
import json
import stat
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import vcr
from hypothesis import given
from hypothesis import strategies as st
from vcr.cassette import Cassette as StockCassette
from vcr.request import Request as StockRequest
from vcr.serializers import jsonserializer, yamlserializer

from harness.cassette import Cassette, CassetteWriter
from harness.cassette.reading import read_recording
from harness.errors import CassetteError, Problem
from harness.exchange import Exchange, Failure, FailureKind, Request, Response
from tests.cassette import PROVENANCE, answer, exchange, get, post, write

GOLDEN = """\
version: 1
interactions:
- harness:
    step: create
    started: '2026-11-23T22:00:00.123Z'
    elapsed: 0.25
    request:
      json: compact
      length: '31'
    response:
      json: spaced
      coding:
        name: content-encoding
        value: gzip
        at: 1
      length: '60'
  request:
    method: POST
    uri: https://api.example.org/tokens?limit=20
    body: |-
      {
        "name": "Zoë 🚀",
        "kind": "2"
      }
    headers:
      content-type:
      - application/json
      content-length:
      - '40'
  response:
    status:
      code: 200
      message: OK
    headers:
      content-type:
      - application/json
      set-cookie:
      - a=1
      - b=2
      content-length:
      - '42'
    body:
      string: |-
        {
          "id": 1.50,
          "roles": [
            "a"
          ]
        }
metadata:
  harness:
    format: 1
    provenance:
      source: sandbox
      environment: sandbox
      recorded: '2026-11-23T22:00:00Z'
      tool: astro-migration-harness 0.1.0
      contracts:
        iam: '2026-08-01'
        platform: '2026-08-01'
      base_urls:
        iam: http://127.0.0.1:8765/iam/v1beta1
    variables:
      organization_id: clsandboxorg0000000000000
"""


def test_the_file_is_readable(tmp_path: Path) -> None:
    """JSON is laid out, also beyond the basic plane; each line that differs is a line in git."""
    fields = (
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("content-length", "60"),
    )
    response = Response(status=200, headers=fields, content=b'{"id": 1.50, "roles": ["a"]}')
    writer = CassetteWriter()
    writer.add(exchange(post({"name": "Zoë 🚀", "kind": "2"}, "/tokens?limit=20"), response), "create")
    writer.save(tmp_path / "x.yaml", PROVENANCE, {"organization_id": "clsandboxorg0000000000000"})
    text = (tmp_path / "x.yaml").read_text(encoding="utf-8")
    seal, count = text.removeprefix(GOLDEN).splitlines()

    assert text.startswith(GOLDEN)
    assert seal.startswith("    seal: crc32-")
    assert count == "    exchanges: 1"


FAILED = Exchange(request=get("/slow"), failure=Failure(kind=FailureKind.TIMEOUT, message="timed out"))
EXCHANGES = (
    exchange(get("/json"), answer(b'{"a": 1}\n')),
    exchange(get("/count"), answer(b'{"n":1}')),
    exchange(get("/count"), answer(b'{"n":2}')),
    exchange(get("/binary"), answer(bytes(range(256)), media="application/octet-stream")),
    exchange(get("/text"), answer("a\u2028b\x85c\t\r\n\x07 \n d ".encode(), media="text/plain")),
    exchange(get("/none"), Response(status=204)),
    exchange(
        get("/cookies"),
        Response(status=200, headers=(("set-cookie", "a"), ("x", "1"), ("set-cookie", "b")), content=b"x"),
    ),
    exchange(post({"k": 2}), answer(b'{"k":2}')),
    exchange(post({"k": 1}), answer(b'{"k":1}')),
    exchange(
        Request(
            method="PUT",
            url="https://api.example.org/upload",
            headers=(("content-type", "multipart/form-data; boundary=B"),),
            content=b'--B\r\nContent-Disposition: form-data; name="f"\r\n\r\n\xff\x00\r\n--B--\r\n',
        )
    ),
    FAILED,
)


def test_stock_vcrpy_plays_the_file_to_httpx(tmp_path: Path) -> None:
    """Every request is answered by stock vcrpy, without the network."""
    path = write(tmp_path / "x.yaml", *EXCHANGES)
    matched = ["method", "scheme", "host", "port", "path", "query", "body"]
    with (
        vcr.use_cassette(str(path), record_mode="none", match_on=matched) as played,
        httpx.Client(trust_env=False) as client,
    ):
        for one in EXCHANGES:
            asked = one.request
            response = client.send(
                httpx.Request(asked.method, asked.url, headers=list(asked.headers), content=asked.content)
            )
            if one.response is None:
                assert response.status_code == 599
            elif one.response.body.kind == "json":
                assert response.json() == one.response.body.data
            else:
                assert response.content == one.response.content
                assert response.status_code == one.response.status

        assert played.all_played


def test_stock_vcrpy_plays_the_file_to_other_clients(tmp_path: Path) -> None:
    """The length in the file is that of the text in it, so that a strict client reads it whole."""
    path = write(tmp_path / "x.yaml", EXCHANGES[0])
    with vcr.use_cassette(str(path), record_mode="none"):
        connection = http.client.HTTPSConnection("api.example.org")
        connection.request("GET", "/json")
        response = connection.getresponse()

        assert int(response.headers["content-length"]) == len(body := response.read())
        assert json.loads(body) == {"a": 1}
        connection.close()


@pytest.mark.parametrize(("suffix", "serializer"), [("yaml", yamlserializer), ("json", jsonserializer)])
def test_stock_vcrpys_cassette_holds_every_request(tmp_path: Path, suffix: str, serializer: object) -> None:
    """Vcrpy's own class loads the file, and finds each request and response."""
    path = write(tmp_path / f"x.{suffix}", *EXCHANGES)
    stock = StockCassette.load(path=str(path), serializer=serializer, record_mode="none")

    assert len(stock) == len(EXCHANGES)
    for one in EXCHANGES:
        found = stock.responses_of(StockRequest(one.request.method, one.request.url, one.request.content, {}))
        assert one.response is None or one.response.status in [
            response["status"]["code"] for response in found
        ]


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_every_exchange_comes_back(tmp_path: Path, suffix: str) -> None:
    """What was added is what is played, to the byte."""
    cassette = Cassette.load(write(tmp_path / f"x.{suffix}", *EXCHANGES))

    assert not cassette.edited
    assert [cassette.play(one.request) for one in EXCHANGES] == list(EXCHANGES)


texts = st.text() | st.text(alphabet="ab \n\t\r\x85\u2028\ufeff\x00\x7f{}[]\":,'#|>-\U0001f600")


@given(body=texts | st.binary(), step=texts, value=texts, variable=texts)
def test_any_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, body: str | bytes, step: str, value: str, variable: str
) -> None:
    """No text is changed by YAML, in our reader and in vcrpy's."""
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    content = body if isinstance(body, bytes) else body.encode()
    original = exchange(post({"v": value}), Response(status=200, headers=(("x", value),), content=content))
    writer = CassetteWriter()
    writer.add(original, step)
    writer.save(path, None, {"v": variable})
    cassette = Cassette.load(path)
    stored = yamlserializer.deserialize(path.read_text(encoding="utf-8"))["interactions"][0]

    assert not cassette.edited
    assert cassette.variables == {"v": variable}
    assert [each.step for each in read_recording(path, "").exchanges] == [step]
    assert cassette.play(original.request) == original
    assert stored["response"]["headers"]["x"] == [value]


SECRET = 'real/secret+value"é9'


@pytest.mark.parametrize(
    "leak",
    [
        SECRET,
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        json.dumps(SECRET),
        base64.b64encode(f"u:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"us:{SECRET}!".encode()).decode(),
        SECRET.encode().hex(),
    ],
)
def test_a_secret_never_reaches_the_file(tmp_path: Path, leak: str) -> None:
    """A real value in any part and any spelling stops the writing, and the old file stays."""
    path = write(tmp_path / "x.yaml", exchange())
    before = path.read_bytes()
    leaks = [
        exchange(get(f"/{leak}")),
        exchange(get(authorization=f"Bearer {leak}")),
        exchange(post({"a": leak})),
        exchange(response=answer(leak.encode())),
        exchange(response=answer(b"\xff" + leak.encode())),
        exchange(response=Response(status=200, headers=(("x", leak),))),
        Exchange(request=get(), failure=Failure(kind=FailureKind.CONNECT, message=leak)),
    ]
    for one in leaks:
        writer = CassetteWriter(secrets=[SECRET])
        writer.add(one, "s")
        with pytest.raises(CassetteError, match="a secret is in") as caught:
            writer.save(path, None)
        assert leak not in str(caught.value)
    for variables, step in (({"v": leak}, "s"), ({}, leak)):
        writer = CassetteWriter(secrets=[SECRET])
        writer.add(exchange(), step)
        with pytest.raises(CassetteError, match="a secret is in"):
            writer.save(path, None, variables)

    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.yaml"]


def test_a_jwt_is_a_secret_that_nobody_named(tmp_path: Path) -> None:
    """The shape alone stops the writing."""
    writer = CassetteWriter()
    writer.add(exchange(response=answer(b'{"a":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"}')))

    with pytest.raises(CassetteError, match="a secret is in the response body of exchange 1"):
        writer.save(tmp_path / "x.yaml", None)


def test_a_short_secret_does_not_stop_everything(tmp_path: Path) -> None:
    """A value that occurs in ordinary words cannot be told from them."""
    writer = CassetteWriter(secrets=["", "id"])
    writer.add(exchange())
    writer.save(tmp_path / "x.yaml", None)

    assert len(Cassette.load(tmp_path / "x.yaml")) == 1


def test_the_file_is_made_with_its_directories(tmp_path: Path) -> None:
    """Others can read it; nothing else is left in the directory."""
    path = write(tmp_path / "a" / "b" / "x.yaml", exchange())

    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [entry.name for entry in path.parent.iterdir()] == ["x.yaml"]


def test_a_disk_that_refuses_is_an_error(tmp_path: Path) -> None:
    """What the system says is passed on, the old file stays, and nothing is left behind."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(CassetteError, match="was not written"):
        write(tmp_path / "file" / "x.yaml", exchange())
    (tmp_path / "directory" / "inner").mkdir(parents=True)
    with pytest.raises(CassetteError, match="was not written"):
        write(tmp_path / "directory", exchange())

    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["directory", "file"]


def test_saving_replaces_an_old_file_as_a_whole(tmp_path: Path) -> None:
    """A reader that has the old file open still sees the old file."""
    path = write(tmp_path / "x.yaml", exchange(), exchange())
    with path.open() as old:
        write(path, exchange())

        assert old.read().count("- harness:") == 2
    assert len(Cassette.load(path)) == 1


def test_what_comes_first_must_succeed(tmp_path: Path) -> None:
    """Nothing is replaced, and nothing is left over, where what is to be done before fails."""
    path = write(tmp_path / "x.yaml", exchange(get("/a")))
    before = path.read_bytes()
    writer = CassetteWriter()
    writer.add(exchange(get("/b")))

    def refuse() -> None:
        assert path.read_bytes() == before
        raise CassetteError(Problem(where="y.yaml", what="no"))

    with pytest.raises(CassetteError, match=r"y\.yaml: no"):
        writer.save(path, PROVENANCE, first=refuse)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
