"""One end of an HTTP/1.1 connection: events in, events out, the same for clients and for the service."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeAlias

import h11

from harness.exchange import FailureKind

LARGEST_HEADER: Final = 64 * 1024
"""Bytes that a request line or status line with its fields may have."""

_PIECE = 64 * 1024
_LINGER = 2.0
_MOST_LINGERING = 256

Event: TypeAlias = Any
"""An event of h11: its union of them cannot be told apart by types of types."""


class BrokenError(Exception):
    """A peer went away, or does not speak HTTP; ``status`` is what a server would answer to the latter."""

    def __init__(self, peer: Peer, kind: FailureKind, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.peer = peer
        self.kind = kind
        self.why = why
        self.status = status


class Reader(asyncio.StreamReader):
    """A reader that says at once when the other end has nothing more to send, read or not."""

    on_end: Callable[[], object] | None = None
    ended = False
    lost: Exception | None = None
    """What ended the connection, where that was no orderly end."""
    held = 0
    """Bytes that came and were not read."""

    def feed_data(self, data: Any) -> None:
        """Count what comes."""
        self.held += len(data)
        super().feed_data(data)

    def feed_eof(self) -> None:
        """Note the end."""
        super().feed_eof()
        self._end()

    def set_exception(self, exc: Any) -> None:
        """Note that the connection was lost; what came before can still be read, and may be an answer."""
        self.lost = exc
        super().feed_eof()
        self._end()

    def _end(self) -> None:
        self.ended = True
        if self.on_end is not None:
            self.on_end()


class Peer:
    """A connection; ``role`` is h11.SERVER where the other end is a client, and the other way round."""

    def __init__(
        self, role: type[h11.CLIENT | h11.SERVER], reader: Reader, writer: asyncio.StreamWriter
    ) -> None:
        self.http = h11.Connection(role, max_incomplete_event_size=LARGEST_HEADER)
        self.reader = reader
        self._writer = writer
        self._ended = False

    def next(self) -> Event:
        """Return the next event of what has been read; ``h11.NEED_DATA`` where :meth:`fill` is needed.

        Raises:
            BrokenError: what was read is no HTTP, or ends too early.
        """
        try:
            return self.http.next_event()
        except h11.RemoteProtocolError as error:
            if self._ended:
                raise BrokenError(self, FailureKind.DISCONNECT, "it was closed too early") from error
            # h11 quotes what it read in some of its messages, which are for nobody else's eyes.
            raise BrokenError(
                self, FailureKind.PROTOCOL, "what came is not HTTP/1.1", error.error_status_hint
            ) from error

    async def fill(self) -> None:
        """Read on.

        Raises:
            BrokenError: the connection was lost.
        """
        data = await self.reader.read(_PIECE)
        if not data and self.reader.lost is not None:
            raise self._lost(self.reader.lost) from self.reader.lost
        self.reader.held -= len(data)
        self._ended = not data
        self.http.receive_data(data)

    async def receive(self) -> Event:
        """Return the next event.

        Raises:
            BrokenError: as for :meth:`next` and :meth:`fill`.
        """
        while (event := self.next()) is h11.NEED_DATA:
            await self.fill()
        return event

    async def send(self, event: Event) -> None:
        """Send an event.

        Raises:
            BrokenError: the connection was lost.
        """
        await self.write(self.http.send(event) or b"")

    async def write(self, data: bytes) -> None:
        """Send bytes, at the pace at which the other end takes them.

        Raises:
            BrokenError: the connection was lost.
        """
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception) -> BrokenError:
        return BrokenError(self, FailureKind.DISCONNECT, getattr(error, "strerror", None) or "it was reset")

    @property
    def is_open(self) -> bool:
        """Whether the other end still has it open, as far as is known."""
        return not (self.reader.ended or self._writer.is_closing())

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came that was not read: of a service, what nobody asked for."""
        return not self.reader.held and not self.http.trailing_data[0]

    def next_cycle(self) -> bool:
        """Make it ready for another exchange; False where it cannot have one."""
        if self.http.our_state is not h11.DONE or self.http.their_state is not h11.DONE:
            return False
        self.http.start_next_cycle()
        return True

    def close(self) -> None:
        """Send what is left, and close."""
        self._writer.close()

    async def closed(self) -> None:
        """Close, and wait until the other end has taken what is left."""
        self.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    def abort(self) -> None:
        """Close at once; what was not sent yet is dropped."""
        self._writer.transport.abort()

    def reset(self) -> None:
        """Close so that the other end cannot take it for the end of a message."""
        connection = self._writer.get_extra_info("socket")
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    async def linger(self) -> None:
        """Close so that the other end, which may still send, can read what it was sent: RFC 9112, 9.6."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LINGER):
                if self._writer.can_write_eof():
                    self._writer.write_eof()
                for _ in range(_MOST_LINGERING):
                    if not await self.reader.read(_PIECE):
                        break
        self.close()


def reader_of(loop: asyncio.AbstractEventLoop) -> Reader:
    """Make a reader that holds one piece before it stops the other end from sending."""
    return Reader(limit=_PIECE, loop=loop)
