"""The seam in ``httpcore``, which httpx sends through: one for its synchronous pool, one for the other."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from typing import Any, Callable

    from .exchange import Taken
    from .recorder import Recorder


def patch(module: Any, recorder: Recorder) -> None:
    """Put the seam in."""
    pool, asynchronous = module.ConnectionPool, module.AsyncConnectionPool
    pool.handle_request = _handle_request(pool.handle_request, recorder)
    asynchronous.handle_async_request = _handle_async_request(asynchronous.handle_async_request, recorder)


def _handle_request(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    def handle_request(self: Any, request: Any) -> Any:
        taken = recorder.safely(_begun, recorder, request, Sending)
        if taken is None:
            return original(self, request)
        try:
            response = original(self, request)
        except BaseException as error:
            taken.failed(error)
            raise
        recorder.safely(_answered, taken, response, Reading)
        return response

    return handle_request


def _handle_async_request(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    @functools.wraps(original)
    async def handle_async_request(self: Any, request: Any) -> Any:
        taken = recorder.safely(_begun, recorder, request, AsyncSending)
        if taken is None:
            return await original(self, request)
        try:
            response = await original(self, request)
        except BaseException as error:
            taken.failed(error)
            raise
        recorder.safely(_answered, taken, response, AsyncReading)
        return response

    return handle_async_request


def _begun(recorder: Recorder, request: Any, sending: Any) -> Taken | None:
    url = request.url
    scheme, host, target = (part.decode("latin-1") for part in (url.scheme, url.host, url.target))
    taken = recorder.begin(request.method.decode("latin-1"), scheme, host.strip("[]"), url.port or 0, target)
    if taken is not None:
        taken.request_headers = request.headers
        request.stream = sending(request.stream, taken)
    return taken


def _answered(taken: Taken, response: Any, reading: Any) -> None:
    version = response.extensions.get("http_version", b"HTTP/1.1").decode("latin-1")
    taken.answered(response.status, response.headers, version)
    response.stream = reading(response.stream, taken)


class _Teed:
    """A stream that is passed on; whatever else it has, it still has."""

    def __init__(self, stream: Any, taken: Taken) -> None:
        self._stream, self._taken = stream, taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Sending(_Teed):
    """The body of a request."""

    def __iter__(self) -> Iterator[bytes]:
        """Pass its parts on; a body that is sent once more replaces itself."""
        self._taken.request.clear()
        for part in self._stream:
            self._taken.sent(part)
            yield part


class AsyncSending(_Teed):
    """The body of a request."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Pass its parts on; a body that is sent once more replaces itself."""
        self._taken.request.clear()
        async for part in self._stream:
            self._taken.sent(part)
            yield part


class _Read(_Teed):
    """The body of a response; one that nobody wants any more ends its exchange."""

    def __del__(self) -> None:
        self._taken.dropped()


class Reading(_Read):
    """The body of a response, read by a synchronous client."""

    def __iter__(self) -> Iterator[bytes]:
        """Pass its parts on."""
        try:
            for part in self._stream:
                self._taken.read(part)
                yield part
        except GeneratorExit:
            self._taken.closed()
            raise
        except BaseException as error:
            self._taken.failed(error)
            raise
        self._taken.ended()

    def close(self) -> None:
        """Close the stream; what was not read is not wanted."""
        self._taken.closed()
        self._stream.close()


class AsyncReading(_Read):
    """The body of a response, read by an asynchronous client."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Pass its parts on."""
        try:
            async for part in self._stream:
                self._taken.read(part)
                yield part
        except GeneratorExit:
            self._taken.closed()
            raise
        except BaseException as error:
            self._taken.failed(error)
            raise
        self._taken.ended()

    async def aclose(self) -> None:
        """Close the stream; what was not read is not wanted."""
        self._taken.closed()
        await self._stream.aclose()
