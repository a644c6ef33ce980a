"""The seam in ``aiohttp``: where a request is written, and where a response is read from its buffer.

aiohttp undoes content codings before anybody reads, so bodies are taken decoded.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, Callable

    from .exchange import Taken
    from .recorder import Recorder

_KEY = "_harness_recorder"
_taking: dict[int, Taken] = {}
"""What is read from streams that are watched, by their ids: a stream has no room for it."""

_kinds: dict[Any, Any] = {}
"""Kinds of streams, and those that are put in their place."""


def patch(module: Any, recorder: Recorder) -> None:
    """Put the seam in."""
    request, response = module.ClientRequest, module.ClientResponse
    seams = (
        (request, "send", _send),
        (request, "write_bytes", _write_bytes),
        (response, "start", _start),
        (response, "close", _close),
        (response, "release", _close),
    )
    originals = [getattr(kind, name) for kind, name, _ in seams]
    for (kind, name, made), original in zip(seams, originals):
        setattr(kind, name, made(original, recorder))


def _send(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    async def send(self: Any, *args: Any, **kwargs: Any) -> Any:
        taken = self.__dict__[_KEY] = recorder.safely(_begun, recorder, self)
        if taken is None:
            return await original(self, *args, **kwargs)
        try:
            response = await original(self, *args, **kwargs)
        except BaseException as error:
            taken.failed(error)
            raise
        recorder.safely(_sent, taken, self, response)
        return response

    return send


def _begun(recorder: Recorder, request: Any) -> Taken | None:
    url = request.url
    taken = recorder.begin(request.method, url.scheme, url.raw_host or "", url.port or 0, url.raw_path_qs)
    if taken is not None:
        taken.decoded = True
    return taken


def _sent(taken: Taken, request: Any, response: Any) -> None:
    taken.request_headers = list(request.headers.items())
    response.__dict__[_KEY] = Held(taken)


def _write_bytes(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    async def write_bytes(self: Any, writer: Any, *args: Any, **kwargs: Any) -> Any:
        taken = self.__dict__.get(_KEY)
        if taken is not None:
            recorder.safely(_tee, writer, taken)
        return await original(self, writer, *args, **kwargs)

    return write_bytes


def _tee(writer: Any, taken: Taken) -> None:
    original = writer.write

    async def write(chunk: Any, *args: Any, **kwargs: Any) -> Any:
        taken.sent(chunk)
        return await original(chunk, *args, **kwargs)

    writer.write = write


def _start(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    async def start(self: Any, *args: Any, **kwargs: Any) -> Any:
        held = self.__dict__.get(_KEY)
        try:
            started = await original(self, *args, **kwargs)
        except BaseException as error:
            if held is not None:
                held.taken.failed(error)
            raise
        if held is not None:
            recorder.safely(_answered, held.taken, self)
        return started

    return start


def _answered(taken: Taken, response: Any) -> None:
    version = response.version
    taken.answered(response.status, response.raw_headers, f"HTTP/{version.major}.{version.minor}")
    stream = response.content
    if not hasattr(stream, "_buffer"):  # the one that is always empty
        taken.ended()
        return
    watched = _watched(type(stream))
    _taking[id(stream)] = taken
    stream.__class__ = watched
    stream.on_eof(lambda: _at_end(stream))


def _close(original: Callable[..., Any], _: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    def close(self: Any, *args: Any, **kwargs: Any) -> Any:
        held = self.__dict__.get(_KEY)
        if held is not None:
            held.taken.closed()
            _taking.pop(id(self.content), None)
        return original(self, *args, **kwargs)

    return close


class Held:
    """An exchange as its response holds it: it ends when nobody has that any more."""

    def __init__(self, taken: Taken) -> None:
        """Hold it."""
        self.taken = taken

    def __del__(self) -> None:
        """Let it end."""
        self.taken.dropped()


def _watched(kind: Any) -> Any:
    if kind not in _kinds:
        _kinds[kind] = _made(kind)
    return _kinds[kind]


def _made(kind: Any) -> Any:
    """Return a kind of stream that tells what is read from it; all readers of a stream meet in one method."""

    def chunk(self: Any, *args: Any, **kwargs: Any) -> Any:
        data = kind._read_nowait_chunk(self, *args, **kwargs)
        taken = _taking.get(id(self))
        if taken is not None:
            taken.read(data)
            _at_end(self)
        return data

    def set_exception(self: Any, exc: Any, *args: Any, **kwargs: Any) -> Any:
        taken = _taking.pop(id(self), None)
        if taken is not None:
            taken.failed(exc if isinstance(exc, BaseException) else exc())
        return kind.set_exception(self, exc, *args, **kwargs)

    body = {"__slots__": (), "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (kind,), {**body, "_read_nowait_chunk": chunk, "set_exception": set_exception})


def _at_end(stream: Any) -> None:
    """End the exchange of a stream whose last byte was read."""
    if stream.is_eof() and not stream._buffer:
        taken = _taking.pop(id(stream), None)
        if taken is not None:
            taken.ended()
