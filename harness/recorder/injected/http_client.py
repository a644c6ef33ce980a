"""The seam in ``http.client``, through which urllib3, requests and ``urllib.request`` speak.

What is sent and read is teed as bytes of the wire: urllib3 reads chunks past ``HTTPResponse.read``.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from .exchange import Chunks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable

    from .exchange import Taken
    from .recorder import Recorder

_KEY = "_harness_recorder"


def patch(module: Any, recorder: Recorder) -> None:
    """Put the seam in."""
    kind = module.HTTPConnection
    for name, made in (
        ("putrequest", _putrequest),
        ("send", _send),
        ("getresponse", _getresponse),
        ("close", _close),
    ):
        setattr(kind, name, made(getattr(kind, name), recorder))


def _putrequest(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    def putrequest(self: Any, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        done = original(self, method, url, *args, **kwargs)
        self.__dict__[_KEY] = recorder.safely(_begun, recorder, self, method, url)
        return done

    return putrequest


def _send(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    def send(self: Any, data: Any) -> Any:
        # Away while it sends: the first bytes open the connection, and may ask a proxy for a tunnel.
        sending = self.__dict__.pop(_KEY, None)
        if sending is None:
            return original(self, data)
        try:
            return original(self, recorder.safely(sending.teed, data) or data)
        except OSError as error:
            sending.error = error  # the peer may have answered early: urllib3 looks, and so does this
            raise
        except BaseException as error:
            sending.taken.failed(error)
            raise
        finally:
            self.__dict__[_KEY] = sending

    return send


def _getresponse(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    def getresponse(self: Any, *args: Any, **kwargs: Any) -> Any:
        sending = self.__dict__.pop(_KEY, None)
        try:
            response = original(self, *args, **kwargs)
        except BaseException as error:
            if sending is not None:
                sending.taken.failed(error)
            raise
        if sending is not None:
            recorder.safely(_answered, sending, response)
        return response

    return getresponse


def _close(original: Callable[..., Any], _: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    def close(self: Any, *args: Any, **kwargs: Any) -> Any:
        sending = self.__dict__.get(_KEY)
        if sending is not None and sending.error is not None:
            del self.__dict__[_KEY]
            sending.taken.failed(sending.error)
        return original(self, *args, **kwargs)

    return close


def _begun(recorder: Recorder, connection: Any, method: str, url: str) -> Sending | None:
    port = connection.port
    host = getattr(connection, "_tunnel_host", None)
    if host:
        port = getattr(connection, "_tunnel_port", None)
    else:
        host = connection.host
    scheme = "https" if getattr(connection, "default_port", 80) == 443 else "http"
    if url.startswith(("http://", "https://")):  # by a proxy
        from urllib.parse import urlsplit

        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
        url = url[len(scheme) + 3 + len(parts.netloc) :]
    taken = recorder.begin(method, scheme, host.strip("[]"), int(port or 0), url or "/")
    return None if taken is None else Sending(taken)


def _answered(sending: Sending, response: Any) -> None:
    taken = sending.taken
    taken.request_headers = sending.headers
    version = {9: "HTTP/0.9", 10: "HTTP/1.0"}.get(response.version, "HTTP/1.1")
    file = response.fp
    taken.answered(response.status, response.getheaders(), version)
    if file is None:
        taken.ended()
    else:
        response.fp = Reading(file, taken)


class Sending:
    """A request that is being sent: its head, and its body without the coding of the wire."""

    def __init__(self, taken: Taken) -> None:
        """Begin before the head."""
        self.taken = taken
        self.error: OSError | None = None
        self._head: bytes | None = b""
        self._chunks: Chunks | None = None
        self.headers: list[tuple[str, str]] = []

    def teed(self, data: Any) -> Any:
        """Return what is sent in place of the data: the same, taken as it goes by."""
        if hasattr(data, "read"):
            return _File(data, self)
        try:
            self.add(memoryview(data).tobytes())
        except TypeError:
            return self._each(data)
        return data

    def _each(self, parts: Any) -> Iterator[Any]:
        for part in parts:
            self.taken.recorder.safely(lambda part=part: self.add(bytes(part)))
            yield part

    def add(self, data: bytes) -> None:
        """Take bytes of the wire."""
        if self._head is not None:
            head, end, data = (self._head + data).partition(b"\r\n\r\n")
            if not end:
                self._head = head
                return
            self._head = None
            lines = head.decode("latin-1").split("\r\n")[1:]
            self.headers = [
                (name, value.strip()) for name, _, value in (line.partition(":") for line in lines)
            ]
            self.taken.request_headers = self.headers
            if any(
                name.lower() == "transfer-encoding" and "chunked" in value for name, value in self.headers
            ):
                self._chunks = Chunks()
        for part in (data,) if self._chunks is None else self._chunks.feed(data):
            if part:
                self.taken.sent(part)


class _File:
    """A file that is sent: ``http.client`` reads it in blocks."""

    def __init__(self, file: Any, sending: Sending) -> None:
        self._file, self._sending = file, sending

    def read(self, *size: Any) -> bytes:
        import io

        data = self._file.read(*size)
        # What http.client does to text.
        block: bytes = data.encode("iso-8859-1") if isinstance(self._file, io.TextIOBase) else data
        self._sending.taken.recorder.safely(self._sending.add, bytes(block))
        return block

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class Reading:
    """The file that a response is read from; what is read is taken, and its end is the exchange's."""

    def __init__(self, file: Any, taken: Taken) -> None:
        """Tee a file."""
        self._file, self._taken = file, taken
        self._chunks = Chunks() if taken.chunked else None

    def _read(self, read: Callable[..., Any], *args: Any) -> Any:
        try:
            data = read(*args)
        except BaseException as error:
            self._taken.failed(error)
            raise
        wanted = args[0] if args and args[0] is not None else -1
        if read == self._file.readline:
            last = not data.endswith(b"\n") and (wanted < 0 or len(data) < wanted)
        elif read == self._file.read:
            last = wanted < 0 or len(data) < wanted
        else:
            last = not data and wanted != 0
        self._taken.recorder.safely(self._took, data, last)
        return data

    def _took(self, data: Any, last: bool) -> None:  # noqa: FBT001 - it is called by another
        """Take what was read; ``last`` is whether the connection had no more."""
        for part in (data,) if self._chunks is None else self._chunks.feed(data):
            self._taken.read(part)
        if self._chunks is not None and self._chunks.done:
            self._taken.ended()
        elif last:
            self._taken.at_end()

    def read(self, *args: Any) -> Any:
        """Read; so do the others."""
        return self._read(self._file.read, *args)

    def read1(self, *args: Any) -> Any:
        """Read what is there."""
        return self._read(self._file.read1, *args)

    def readline(self, *args: Any) -> Any:
        """Read a line."""
        return self._read(self._file.readline, *args)

    def readinto(self, buffer: Any) -> Any:
        """Read into a buffer, until it is full."""
        try:
            count = self._file.readinto(buffer)
        except BaseException as error:
            self._taken.failed(error)
            raise
        data = bytes(memoryview(buffer).cast("B")[: count or 0])
        self._taken.recorder.safely(self._took, data, not data and len(buffer) > 0)
        return count

    def close(self) -> Any:
        """Close the file; what was not read is not wanted."""
        self._taken.closed()
        return self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
