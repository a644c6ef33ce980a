"""Receives what a recorded job's processes exchange, and lets a keeper keep it.

The other end is ``injected``; ``injected.line`` says what a message is.
"""

from __future__ import annotations

import re
import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from harness.coding import decoded
from harness.exchange import BODY_CUT, Exchange, Failure, FailureKind, Headers, Request, Response, header
from harness.quick_json import is_json, loads
from harness.recorder.injected.line import KEPT
from harness.recorder.keeper import Keeper
from harness.recorder.storable import cut_field
from harness.struct import replace

_LENGTH: Final = struct.Struct("!I")
_BLOCK: Final = 256 * 1024
_PAUSE: Final = 0.005
"""Seconds after which is looked again whether a connection can be taken."""

_LARGEST: Final = 64 * 1024 * 1024
"""Bytes that a head may claim to have, and a body where no larger ones are kept: more is not ours."""

_KINDS: Final = (
    (re.compile("Timeout", re.IGNORECASE), FailureKind.TIMEOUT),
    (re.compile("Connect(Error|or)|ConnectionRefused|gaierror|NewConnection"), FailureKind.CONNECT),
    (re.compile("Protocol|BadStatusLine|LineTooLong|Parse|BadHttp|InvalidHeader"), FailureKind.PROTOCOL),
)


class Receiver:
    """Listens at a Unix socket, in a thread of its own."""

    def __init__(self, keeper: Keeper, path: Path, alert: Callable[[str], object]) -> None:
        """Listen; only those who may enter the directory of the path can connect.

        Raises:
            OSError: The socket cannot be made.
        """
        self.parts = 0
        """Exchanges whose client did not read the response to its end."""
        self.processes = 0
        """Processes that handed something over."""
        self.running = 0
        """Connections that were open when it stopped."""
        self._keeper = keeper
        self._alert = alert
        self._told: set[str] = set()
        self._known: dict[str, _Process] = {}
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen(128)
        self._listener.settimeout(0)
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="receiver", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take what was sent until now, and end; those who are still connected are heard no more."""
        self._stopping.set()
        self._wake.send(b"\0")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            self.running += key.data is not None
            key.fileobj.close()  # type: ignore[union-attr] # they are sockets
        self._selector.close()
        self._wake.close()

    def _run(self) -> None:
        while True:
            # Read first: what was sent before the job ended is in the sockets by then.
            last = self._stopping.is_set()
            ready = self._selector.select(0 if last else None)
            for key, _ in ready:
                if key.data is not None:
                    self._hear(key.data)
                elif key.fileobj is self._listener:
                    self._accept()
                else:
                    self._woken.recv(1)
            if last and not ready:
                return

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            self._stopping.wait(_PAUSE)  # no more files may be open: it stays ready, and is tried again
        else:
            data = _Connection(connection, self._keeper.scope.body)
            self._selector.register(connection, selectors.EVENT_READ, data)

    def _hear(self, connection: _Connection) -> None:
        try:
            for head, bodies in connection.messages():
                self._take(connection, head, bodies)
        except OSError:
            connection.open = False
        except Exception as error:  # noqa: BLE001 - the other connections must be heard, whatever it is
            connection.open = False
            self._tell(f"a process said what the recorder does not understand ({type(error).__name__})")
        if not connection.open:
            self._selector.unregister(connection.socket)
            connection.socket.close()

    def _take(self, connection: _Connection, head: Mapping[str, Any], bodies: list[bytes]) -> None:
        if head["event"] == "hello":
            process = self._known.setdefault(head["process"], _Process())
            self.processes = len(self._known)
            connection.process = process
            return
        process = connection.process
        id_ = int(head["id"])
        if head["event"] == "began":
            # One that its sender was stopped in comes once more.
            if id_ not in process.ended and id_ not in process.flying:
                process.flying[id_] = self._keeper.began(Request(method=head["method"], url=head["url"]))
            return
        if id_ not in process.ended:
            process.ended.add(id_)
            self._end(process, id_, head, bodies)
        connection.answer()

    def _end(self, process: _Process, id_: int, head: Mapping[str, Any], bodies: list[bytes]) -> None:
        begun = process.flying.pop(id_, None)
        if begun is None:
            begun = self._keeper.began(Request(method=str(head["method"]), url=str(head["url"])))
        try:
            exchange, trouble = read_exchange(head, *bodies)
        except Exception as error:  # noqa: BLE001 - the process must go on, and its next exchange be kept
            self._keeper.lost(begun, f"an exchange could not be read ({type(error).__name__})")
            return
        self.parts += bool(head["part"])
        if trouble:
            self._tell(f"{trouble}; its length and hash are kept")
        self._keeper.ended(begun, exchange)

    def _tell(self, said: str) -> None:
        if said not in self._told:
            self._told.add(said)
            self._alert(said)


class _Process:
    """What is known of a process: the exchanges that ended, and the keeper's ids of those that did not."""

    def __init__(self) -> None:
        self.ended: set[int] = set()
        self.flying: dict[int, int] = {}


class _Connection:
    """One connection, and what came of a message that is not whole."""

    def __init__(self, connected: socket.socket, most: int) -> None:
        """Take the socket, and the most bytes that a body may have."""
        self.socket = connected
        self._most = max(most, _LARGEST)
        self.open = True
        self.process = _Process()
        self._data = bytearray()

    def answer(self) -> None:
        """Say that the end of an exchange was taken; its process waits for that, if it is still there."""
        with suppress(OSError):
            self.socket.send(KEPT)

    def messages(self) -> Iterator[tuple[dict[str, Any], list[bytes]]]:
        """Yield the messages that are whole with what there is to read now."""
        read = self.socket.recv(_BLOCK)
        self.open = bool(read)
        self._data += read
        while (found := self._message()) is not None:
            yield found

    def _message(self) -> tuple[dict[str, Any], list[bytes]] | None:
        data = self._data
        if len(data) < _LENGTH.size:
            return None
        start = _LENGTH.size + _claimed(_LENGTH.unpack_from(data)[0], _LARGEST)
        if len(data) < start:
            return None
        head = loads(bytes(data[_LENGTH.size : start]))
        sizes = [_claimed(int(size), self._most) for size in head["sizes"]]
        if len(data) < start + sum(sizes):
            return None
        bodies = []
        for size in sizes:
            bodies.append(bytes(data[start : start + size]))
            start += size
        del data[:start]
        return head, bodies


def _claimed(size: int, most: int) -> int:
    if not 0 <= size <= most:
        raise ValueError(size)
    return size


def read_exchange(head: Mapping[str, Any], sent: bytes, answer: bytes) -> tuple[Exchange, str]:
    """Return what a message says; the text is what is wrong with the body of its response, empty if nothing.

    Raises:
        KeyError, TypeError, ValueError: The message is not ours.
    """
    headers = _headers(head["request_headers"])
    headers, sent, _ = _plain(headers, sent, head["request_cut"], decoded_already=False)
    request = Request(method=str(head["method"]), url=str(head["url"]), headers=headers, content=sent)
    started, elapsed = _moment(float(head["started"])), float(head["elapsed"])
    if head["failure"]:
        failure = failure_of(str(head["failure"]))
        return Exchange(request=request, failure=failure, started=started, elapsed=elapsed), ""
    headers, answer, trouble = _plain(
        _headers(head["response_headers"]), answer, head["response_cut"], decoded_already=head["decoded"]
    )
    response = Response(
        status=int(head["status"]), headers=headers, content=answer, http_version=str(head["version"])
    )
    if head["part"] and header(headers, BODY_CUT) is None and not _is_whole(response):
        response = replace(response, headers=(*response.headers, (BODY_CUT, "read in part")))
    exchange = Exchange(request=request, response=response, started=started, elapsed=elapsed)
    # Of a packed body that was not read to its end nobody expects more.
    return exchange, "" if head["part"] else trouble


def _is_whole(response: Response) -> bool:
    """Whether a body that nobody read to its end ends all the same: JSON does, lines of it do not."""
    if not response.content or not (response.media == "application/json" or response.media.endswith("+json")):
        return False
    try:
        return is_json(response.content.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _plain(
    headers: Headers, content: bytes, cut: Sequence[Any] | None, *, decoded_already: bool
) -> tuple[Headers, bytes, str]:
    """Undo the content codings of a body.

    What cannot be undone is not kept: nobody could look for secrets in it.
    """
    trouble = ""
    if content and not decoded_already:
        try:
            content = decoded(headers, content)
        except ValueError as error:
            trouble, cut, content = str(error), (len(content), sha256(content).hexdigest()), b""
    if cut:
        coding = "" if decoded_already else header(headers, "content-encoding") or ""
        length, digest = cut
        headers = (*headers, cut_field(int(length), str(digest), coding))
    return headers, content, trouble


def failure_of(name: str) -> Failure:
    """Return the failure for the name of a client library's exception."""
    found = (kind for pattern, kind in _KINDS if pattern.search(name))
    return Failure(kind=next(found, FailureKind.DISCONNECT), message=name)


def _headers(pairs: Any) -> Headers:
    return tuple((str(name), str(value)) for name, value in pairs)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
