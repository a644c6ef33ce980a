"""What a job's processes say, and what is kept of it."""

from __future__ import annotations

import gzip
import hashlib
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cassette import Cassette
from harness.exchange import BODY_CUT, Exchange, FailureKind, header
from harness.recorder import WORK, Keeper, scope_of
from harness.recorder.injected.line import KEPT, packed
from harness.recorder.journal import Contents, read_journal
from harness.recorder.receiving import Receiver, failure_of, read_exchange
from harness.recorder.storable import cut_field
from harness.settings import PRODUCTION
from tests.recorder import IAM, keeper

URL = f"{IAM}/organizations"
HEAD: dict[str, Any] = {
    "event": "ended",
    "id": 1,
    "method": "GET",
    "url": URL,
    "request_headers": [["Accept", "*/*"]],
    "request_cut": None,
    "status": 200,
    "response_headers": [["Content-Type", "application/json"]],
    "response_cut": None,
    "version": "HTTP/2",
    "started": 1767323045.5,
    "elapsed": 0.25,
    "failure": "",
    "part": False,
    "decoded": False,
}
HELLO = packed({"event": "hello", "process": "1-a"})


class Stage:
    """A receiver, and a keeper for it."""

    def __init__(self, directory: Path, kept: Keeper, told: list[str]) -> None:
        self.path = directory / "socket"
        self.keeper = kept
        self.receiver = Receiver(kept, self.path, told.append)

    def connect(self, *messages: bytes) -> socket.socket:
        """Say something."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(str(self.path))
        for message in messages:
            connection.sendall(message)
        return connection

    def kept(self, directory: Path) -> list[Exchange]:
        """End, and return what was kept."""
        self.receiver.stop()
        self.finished = self.keeper.finish()
        path = directory / "baseline.yaml"
        return [*Cassette.load(path).exchanges] if path.exists() else []


@pytest.fixture
def told() -> list[str]:
    """Keep alerts."""
    return []


@pytest.fixture
def stage(tmp_path: Path, told: list[str]) -> Iterator[Stage]:
    """Receive at a path that is short enough."""
    with tempfile.TemporaryDirectory(prefix="rcv-") as directory, keeper(tmp_path) as kept:
        yield Stage(Path(directory), kept, told)


def began(id_: int) -> bytes:
    """Say that a call is under way."""
    return packed({"event": "began", "id": id_, "method": "GET", "url": f"{URL}/{id_}"})


def ended(id_: int, **changes: Any) -> bytes:
    """Say that one ended."""
    return packed({**HEAD, "id": id_, "url": f"{URL}/{id_}", **changes}, b"", b'{"a": 1}')


def test_what_was_said_before_the_end_is_kept(stage: Stage, tmp_path: Path) -> None:
    """Even by a process that is gone before anybody listened to it; what only began is in flight."""
    stage.connect(HELLO, began(1), ended(1), began(2), began(3), ended(3, part=True)).close()
    kept = stage.kept(tmp_path)

    assert [each.request.url for each in kept] == [f"{URL}/1", f"{URL}/3"]
    assert [each.url for each in stage.finished.flying] == [f"{URL}/2"]
    assert (stage.receiver.parts, stage.receiver.processes, stage.receiver.running) == (1, 1, 0)


def test_what_is_said_twice_is_kept_once(stage: Stage, tmp_path: Path) -> None:
    """After an interruption a process says it again, over another connection and perhaps in another order."""
    first = stage.connect(HELLO, ended(1), ended(2)[:20])
    first.close()
    second = stage.connect(HELLO, ended(1), ended(2), began(2), began(3), began(3))
    kept = stage.kept(tmp_path)
    second.close()

    assert [each.request.url for each in kept] == [f"{URL}/1", f"{URL}/2"]
    assert [each.url for each in stage.finished.flying] == [f"{URL}/3"]
    assert (stage.receiver.processes, stage.receiver.running) == (1, 1)


def test_processes_are_apart(stage: Stage, tmp_path: Path) -> None:
    """Each counts its own calls from one."""
    stage.connect(HELLO, ended(1)).close()
    stage.connect(packed({"event": "hello", "process": "2-b"}), ended(1)).close()

    assert len(stage.kept(tmp_path)) == 2
    assert stage.receiver.processes == 2


def test_a_large_body_comes_in_many_pieces(stage: Stage, tmp_path: Path) -> None:
    """More than a socket holds."""
    body = b'"' + b"x" * 3_000_000 + b'"'
    stage.connect(HELLO, packed(HEAD, b"", body)).close()
    (kept,) = stage.kept(tmp_path)

    assert kept.response is not None
    assert kept.response.content == body


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\2[]",
        b"\0\0\0\1{",
        packed({"event": "ended", "id": 1}),
        packed({"event": "hello"}),
        packed({**HEAD, "id": "x"}, b"", b""),
    ],
)
def test_nonsense_costs_its_connection_only(
    stage: Stage, tmp_path: Path, told: list[str], nonsense: bytes
) -> None:
    """It is told once, and the others are heard."""
    connection = stage.connect(HELLO, nonsense)
    stage.connect(packed({"event": "hello", "process": "2-b"}), ended(1)).close()
    kept = stage.kept(tmp_path)
    connection.close()

    assert len(kept) == 1
    assert len(told) == 1
    assert told[0].startswith("a process said what the recorder does not understand (")


@pytest.mark.parametrize("changes", [{"request_headers": 1}, {"status": []}, {"started": 1e300}])
def test_an_exchange_that_cannot_be_read_is_counted(
    stage: Stage, tmp_path: Path, told: list[str], changes: dict[str, Any]
) -> None:
    """Its process goes on, and what it says next is kept."""
    stage.connect(HELLO, began(1), ended(1, **changes), ended(2)).close()
    kept = stage.kept(tmp_path)

    assert [each.request.url for each in kept] == [f"{URL}/2"]
    assert (stage.finished.lost, stage.finished.flying) == (1, ())
    assert told == []


@pytest.mark.parametrize("fsync", [False, True])
def test_the_end_of_an_exchange_is_answered_when_it_is_kept(tmp_path: Path, fsync: bool) -> None:  # noqa: FBT001
    """So nothing is lost with the recorder; one that comes twice is answered twice and kept once."""
    with tempfile.TemporaryDirectory(prefix="rcv-") as directory, keeper(tmp_path, fsync=fsync) as kept:
        stage = Stage(Path(directory), kept, [])
        connection = stage.connect(HELLO, began(1), ended(1))
        connection.settimeout(20)

        assert connection.recv(10) == KEPT
        assert [each.response and each.response.status for each, _ in _journal(tmp_path)] == [200]

        connection.sendall(ended(1))

        assert connection.recv(10) == KEPT

        connection.close()

        assert len(stage.kept(tmp_path)) == 1


def _journal(directory: Path) -> list[tuple[Exchange, str]]:
    return [*read_journal(directory / WORK / "journal.jsonl", Contents())]


def test_a_body_may_be_as_large_as_what_is_kept(tmp_path: Path) -> None:
    """The project may keep larger ones than is usual."""
    body = b"x" * (65 << 20)
    scope = scope_of([PRODUCTION], body=70 << 20)
    with tempfile.TemporaryDirectory(prefix="rcv-") as directory, keeper(tmp_path, scope) as kept:
        stage = Stage(Path(directory), kept, [])
        stage.connect(HELLO, packed({**HEAD, "response_headers": []}, b"", body)).close()
        stage.receiver.stop()
        (exchange, _) = _journal(tmp_path)[0]
        kept.finish()

    assert exchange.response is not None
    assert exchange.response.content == body


def test_an_exchange_is_read(stage: Stage) -> None:
    """All that the message says, with the body decoded."""
    stage.receiver.stop()
    headers = [["Content-Encoding", "gzip"]]
    head = {**HEAD, "response_headers": headers, "request_headers": headers}
    exchange, trouble = read_exchange(head, gzip.compress(b"sent"), gzip.compress(b"body"))

    assert trouble == ""
    assert exchange.response is not None
    assert (exchange.request.content, exchange.response.content) == (b"sent", b"body")
    assert exchange.response.http_version == "HTTP/2"
    assert (exchange.started, exchange.elapsed) == ("2026-01-02T03:04:05.500Z", 0.25)


def test_what_is_decoded_is_not_decoded_again() -> None:
    """A file that is packed, sent packed once more and unpacked by the client, is packed."""
    packed_file = gzip.compress(b"file")
    head = {**HEAD, "response_headers": [["Content-Encoding", "gzip"]], "decoded": True}
    exchange, _ = read_exchange(head, b"", packed_file)

    assert exchange.response is not None
    assert exchange.response.content == packed_file


@pytest.mark.parametrize("part", [True, False])
def test_a_body_that_nobody_can_look_into_is_not_kept(part: bool) -> None:  # noqa: FBT001
    """It might hold a secret; of one that was read in part nobody expects more."""
    body = gzip.compress(b"secret" * 1000)[:-9]
    head = {**HEAD, "response_headers": [["Content-Encoding", "gzip"]], "part": part}
    exchange, trouble = read_exchange(head, b"", body)

    assert exchange.response is not None
    assert exchange.response.content == b""
    assert exchange.response.headers[-1] == cut_field(len(body), hashlib.sha256(body).hexdigest(), "gzip")
    assert bool(trouble) is not part


_JSON, _LINES = "application/json; charset=utf-8", "application/x-ndjson"


@pytest.mark.parametrize(
    ("media", "body", "part", "said"),
    [
        (_JSON, b'{"users": [{"id"', True, "read in part"),
        (_JSON, b"", True, "read in part"),
        (_JSON, b"\xff\xfe", True, "read in part"),
        (_JSON, b'{"users": []}', True, None),
        (_JSON, b'{"users": [{"id"', False, None),
        (_LINES, b'{"line": 1}', True, "read in part"),
        (_LINES, b'{"line": 1}', False, None),
        ("text/plain", b"1", True, "read in part"),
    ],
)
def test_an_answer_that_was_read_in_part_says_so(
    media: str,
    body: bytes,
    part: bool,  # noqa: FBT001 - the values of a table
    said: str | None,
) -> None:
    """Nobody may compare it as if it were all; JSON that is whole is, whether its client looked for more."""
    head = {**HEAD, "response_headers": [["Content-Type", media]], "part": part}
    exchange, trouble = read_exchange(head, b"", body)

    assert exchange.response is not None
    assert exchange.response.content == body
    assert header(exchange.response.headers, BODY_CUT) == said
    assert trouble == ""


def test_a_body_that_was_too_large_is_its_length_and_hash() -> None:
    """As the process counted them."""
    exchange, _ = read_exchange({**HEAD, "request_cut": [7, "ab"], "response_cut": [9, "cd"]}, b"", b"")

    assert exchange.response is not None
    assert header(exchange.request.headers, BODY_CUT) == "7 bytes, sha256 ab"
    assert header(exchange.response.headers, BODY_CUT) == "9 bytes, sha256 cd"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ReadTimeout", FailureKind.TIMEOUT),
        ("timeout", FailureKind.TIMEOUT),
        ("ServerTimeoutError", FailureKind.TIMEOUT),
        ("ConnectError", FailureKind.CONNECT),
        ("ClientConnectorError", FailureKind.CONNECT),
        ("ConnectionRefusedError", FailureKind.CONNECT),
        ("RemoteProtocolError", FailureKind.PROTOCOL),
        ("BadStatusLine", FailureKind.PROTOCOL),
        ("RemoteDisconnected", FailureKind.DISCONNECT),
        ("ConnectionResetError", FailureKind.DISCONNECT),
        ("IncompleteRead", FailureKind.DISCONNECT),
        ("CancelledError", FailureKind.DISCONNECT),
    ],
)
def test_an_exception_is_a_kind_of_failure(name: str, kind: FailureKind) -> None:
    """By its name: that is all that is told of it."""
    failure = failure_of(name)

    assert (failure.kind, failure.message) == (kind, name)


def test_only_their_owner_can_say_anything(stage: Stage) -> None:
    """The socket is in a directory that nobody else may enter."""
    assert stage.path.parent.stat().st_mode & 0o077 == 0

    stage.receiver.stop()
