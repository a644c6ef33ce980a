"""One exchange on its way through: both directions at once, each at the pace of who receives it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter
from typing import Final

import h11

from harness.exchange import Failure, FailureKind, timestamp
from harness.proxy.fields import as_headers, end_to_end, has_body, to_upstream, value_of
from harness.proxy.notary import Notary
from harness.proxy.peer import BrokenError, Event, Peer
from harness.proxy.pool import Pool, UnreachableError
from harness.proxy.routing import Destination
from harness.proxy.tape import Body, Tape
from harness.struct import Struct

SAID_BY: Final = "harness record"
"""Who speaks in an answer that is not the service's."""

_IDEMPOTENT = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT"})


class Services(Struct, frozen=True, kw_only=True):
    """What all exchanges share."""

    pool: Pool
    notary: Notary
    alert: Callable[[str], object]


class Forwarding:
    """Forwards one request and its answer, and has them kept."""

    def __init__(self, client: Peer, head: h11.Request, to: Destination, services: Services) -> None:
        """Take a request whose header was read."""
        self._client = client
        self._head = head
        self._to = to
        self._services = services
        self._upstream: Peer | None = None
        self._cause: BrokenError | None = None
        self._sending: asyncio.Task[None] | None = None
        self._out = b""
        self._fields = to_upstream(head.headers.raw_items(), to.origin.authority)
        self._has_body = has_body(self._fields)
        self._tape = Tape(
            method=head.method.decode("latin-1"),
            url=to.url,
            headers=as_headers(self._fields),
            asked=Body(services.notary.most),
            answered=Body(services.notary.most),
            started=timestamp(),
        )

    async def run(self) -> bool:
        """Forward it; return whether the client's connection can carry another request."""
        tape = self._tape
        begun = self._services.notary.began(tape.method, tape.url)
        started = perf_counter()
        self._client.reader.on_end = self._client_left
        if self._client.reader.ended:
            self._client_left()
        try:
            await self._exchanged()
        except UnreachableError as error:
            tape.failure = Failure(kind=error.kind, message=error.why)
        except BrokenError as error:
            tape.failure = self._failure(self._cause or error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not lose what went by
            self._services.alert(f"an exchange could not be forwarded ({type(error).__name__})")
            tape.failure = Failure(kind=FailureKind.PROTOCOL, message=f"{SAID_BY} failed at it")
            self.stop("the recorder failed")
        finally:
            self._client.reader.on_end = None
            tape.elapsed = perf_counter() - started
            await self._stop_sending()
        try:
            await self._services.notary.ended(begun, tape.exchange)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client must get its answer
            self._services.alert(f"an exchange could not be kept ({type(error).__name__})")
        return await (self._end() if tape.failure is None else self._give_up(tape.failure))

    def stop(self, why: str) -> None:
        """Cut it off: it is kept as a failure, and its client sees a connection that was lost."""
        self._cause = self._cause or BrokenError(self._client, FailureKind.DISCONNECT, why)
        if self._upstream is not None:
            self._upstream.abort()

    def _client_left(self) -> None:
        self.stop("the client closed the connection before the answer was whole")

    async def _exchanged(self) -> None:
        """Send the request and read the answer; once more where an idle connection was closed meanwhile."""
        if not self._has_body:
            await self._client.receive()  # the end, which follows the header at once
        again = False
        while True:
            upstream, reused = await self._services.pool.take(self._to.origin, fresh=again)
            self._upstream = upstream
            try:
                if self._cause is not None:
                    raise self._cause
                await self._send(upstream)
                await self._answer(upstream)
            except BrokenError as error:
                upstream.abort()
                if not (reused and self._is_repeatable(error)):
                    raise
                again = True
            else:
                return

    def _is_repeatable(self, error: BrokenError) -> bool:
        """Whether a request that was lost may be sent again: RFC 9110, section 9.2.2."""
        return (
            self._cause is None
            and error.peer is self._upstream
            and error.kind is FailureKind.DISCONNECT
            and not self._tape.status
            and self._tape.method in _IDEMPOTENT
            and not self._has_body
        )

    async def _send(self, upstream: Peer) -> None:
        request = h11.Request(method=self._head.method, target=self._to.target, headers=self._fields)
        header = upstream.http.send(request) or b""
        if self._has_body:
            await upstream.write(header)
            self._sending = asyncio.create_task(self._send_body(upstream))
        else:
            await upstream.write(header + (upstream.http.send(h11.EndOfMessage()) or b""))

    async def _send_body(self, upstream: Peer) -> None:
        """Forward the body of the request; what breaks is told by whoever reads the answer."""
        try:
            while type(event := await self._client.receive()) is h11.Data:
                self._tape.asked.add(event.data)
                await upstream.send(event)
            await upstream.send(h11.EndOfMessage())
        except BrokenError as error:
            # A service that wants no more of the body may have answered already.
            if error.peer is self._client:
                self._cause = self._cause or error
                upstream.abort()

    async def _answer(self, upstream: Peer) -> None:
        """Forward the answer, all but its last bytes, which are in ``_out`` then."""
        while type(event := await upstream.receive()) is h11.InformationalResponse:
            if self._head.http_version >= b"1.1":
                sent = end_to_end(event.headers.raw_items())
                await self._client.send(
                    h11.InformationalResponse(
                        status_code=event.status_code, headers=sent, reason=event.reason
                    )
                )
        if type(event) is not h11.Response:
            raise BrokenError(upstream, FailureKind.DISCONNECT, "it was closed before an answer came")
        left = self._begin(event)
        while type(event := await self._next(upstream, held=left == 0)) is h11.Data:
            self._tape.answered.add(event.data)
            left = None if left is None else left - len(event.data)
            # Copied once: the pieces are as large as what one read gave.
            self._out += self._client.http.send(event) or b""
        self._out += self._client.http.send(h11.EndOfMessage()) or b""

    def _begin(self, event: Event) -> int | None:
        """Begin the answer; return the bytes that are left of it, None where only its end will tell."""
        fields = event.headers.raw_items()
        self._tape.status = event.status_code
        self._tape.http_version = f"HTTP/{event.http_version.decode()}"
        self._tape.answer_headers = as_headers(fields)
        sent = end_to_end(fields)
        head = h11.Response(status_code=event.status_code, headers=sent, reason=event.reason)
        self._out = self._client.http.send(head) or b""
        if self._head.method == b"HEAD" or event.status_code in (204, 304):
            return 0
        length = value_of(sent, b"content-length")
        return None if length is None else int(length)

    async def _next(self, upstream: Peer, *, held: bool) -> Event:
        """Return the next event; what can go out goes out before anything is waited for."""
        while (event := upstream.next()) is h11.NEED_DATA:
            if not held:
                await self._flush()
            await upstream.fill()
        return event

    async def _flush(self) -> None:
        if self._out:
            data, self._out = self._out, b""
            await self._client.write(data)

    async def _stop_sending(self) -> None:
        """Let go of a body that nobody reads any more."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait({self._sending})

    async def _end(self) -> bool:
        """Give the client the last bytes; a connection goes on where both its ends are done."""
        assert self._upstream is not None  # noqa: S101 - for the type checker
        self._services.pool.give_back(self._to.origin, self._upstream)
        await self._flush()
        if self._client.next_cycle():
            return True
        await self._client.linger()
        return False

    async def _give_up(self, failure: Failure) -> bool:
        """Let the client see what it would see without us; say what only we know."""
        if self._client.http.our_state is h11.SEND_RESPONSE and self._client.is_open:
            status, message = self._said(failure)
            await refuse(self._client, status, message, method=self._head.method)
        elif self._client.http.our_state is h11.SEND_BODY and self._client.is_open:
            await self._flush()
            if self._is_endless():
                self._client.reset()
            else:
                self._client.close()
        else:
            self._client.abort()
        return False

    def _is_endless(self) -> bool:
        """Whether the client would take the end of the connection for that of the answer."""
        return self._head.http_version < b"1.1"

    def _said(self, failure: Failure) -> tuple[int, str]:
        if self._cause is not None and self._cause.kind is FailureKind.PROTOCOL:
            return self._cause.status, f"The request ended in the middle: {failure.message}."
        origin = self._to.origin.authority
        return 502, f"There is no answer from {origin}: {failure.message}."

    def _failure(self, error: BrokenError) -> Failure:
        if error.peer is self._client:
            return Failure(kind=error.kind, message=error.why)
        if error.kind is FailureKind.PROTOCOL:
            return Failure(kind=error.kind, message=f"the answer is not HTTP: {error.why}")
        return Failure(kind=error.kind, message=f"the connection was lost: {error.why}")


async def refuse(client: Peer, status: int, message: str, advice: str = "", *, method: bytes = b"") -> None:
    """Answer in the service's place, say so, and close the connection; HEAD is answered without the body."""
    said = {"message": message, "advice": advice, "saidBy": SAID_BY}
    content = json.dumps({key: value for key, value in said.items() if value}).encode()
    head = h11.Response(
        status_code=status,
        reason=HTTPStatus(status).phrase.encode(),
        headers=[
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(content)).encode()),
            (b"Connection", b"close"),
        ],
    )
    body = [] if method == b"HEAD" else [h11.Data(data=content)]
    events = [head, *body, h11.EndOfMessage()]
    await client.write(b"".join(client.http.send(event) or b"" for event in events))
    await client.linger()
