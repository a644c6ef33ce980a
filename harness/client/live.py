"""The only httpx: what goes over the network, and what of a cassette needs a client to follow redirects."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import cached_property
from time import perf_counter
from types import TracebackType
from typing import Final, Protocol, Self, TypeAlias

import httpx

from harness import __version__
from harness.cassette import Cassette
from harness.client.fields import check_fields, said_by, where
from harness.client.retrying import Made
from harness.client.trust import tls_trust
from harness.client.watching import Watch, Watched
from harness.errors import Problem, TargetError
from harness.exchange import Exchange, Failure, FailureKind, Headers, Request, Response, timestamp
from harness.struct import Struct

USER_AGENT: Final = f"astro-migration-harness/{__version__}"

LARGEST_BODY: Final = 64 * 1024 * 1024
"""The most bytes of a decoded body that are read; more is a failure."""

MOST_REDIRECTS: Final = 20

# Only the codings that httpx undoes without optional packages: what is recorded depends on no machine.
_DEFAULT_HEADERS = (
    ("accept", "*/*"),
    ("accept-encoding", "gzip, deflate"),
    ("connection", "keep-alive"),
    ("user-agent", USER_AGENT),
)
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_EXCHANGE = "harness.exchange"  # carries a recorded exchange through httpx, which keeps it as it is


_Made: TypeAlias = Made[httpx.Request | None]
_Attempt: TypeAlias = Callable[[], _Made]


class Manner(Protocol):
    """How calls are made: when the first attempt, and whether and when another one."""

    def make(self, request: Request, call: _Attempt) -> _Made:
        """Make a call once or more often; return what came of it in the end."""


class Client:
    """Sends requests one at a time, each as an exchange that is never lost: a failure is one too.

    Cookies are not kept from one request to the next; redirects are not followed unless asked.
    """

    def __init__(self, transport: httpx.BaseTransport | None = None, *, timeout: float = 30.0) -> None:
        """Send through the transport (None: the network, with the proxies of the environment).

        ``timeout`` is in seconds. This machine itself is never called through a proxy.
        """
        self.manner: Manner | None = None
        self._timeout = timeout
        # A cassette holds the end of a circle as well, and is not endless.
        self._most_hops = sys.maxsize if isinstance(transport, ReplayTransport) else MOST_REDIRECTS
        self._transport = transport
        self._watch = Watch() if transport is None else None

    @cached_property
    def _client(self) -> httpx.Client:
        transport = self._transport
        return httpx.Client(
            transport=transport,
            verify=tls_trust() if transport is None else True,
            timeout=self._timeout,
            trust_env=transport is None,
            mounts=dict.fromkeys(_LOOPBACK) if transport is None else None,
            event_hooks={"response": [_read]},
        )

    def send(
        self, request: Request, *, follow_redirects: bool = False, timeout: float | None = None
    ) -> tuple[Exchange, ...]:
        """Send a request; return every hop, the last is the answer or the failure; never empty.

        ``timeout`` is in seconds (None: the client's). It holds for connecting, for sending, for each
        wait for data, and (with a second of grace) for the answer as a whole. Header fields that the
        request lacks are added: host, accept, accept-encoding, connection, user-agent, content-length. They
        are in ``Exchange.request``. Played from a cassette, the exchanges are as they were recorded.

        Raises:
            TargetError: the request cannot be sent: its URL or a header field is not allowed in HTTP.
            CassetteError: the cassette does not hold the request.
        """
        limit = self._timeout if timeout is None else timeout
        self._client.cookies.clear()
        exchange, following = self._exchange(_to_httpx(request, limit), limit)
        hops = [exchange]
        while follow_redirects and following is not None:
            hop = following
            if len(hops) > self._most_hops:
                hops.append(_not_followed(hop, f"no end after {MOST_REDIRECTS} redirects"))
                break
            try:
                exchange, following = self._exchange(hop, limit)
            except TargetError as error:  # where to go is not what the user wrote
                exchange, following = _not_followed(hop, error.problems[0].what), None
            hops.append(exchange)
        return tuple(hops)

    def close(self) -> None:
        """Close the connections."""
        if "_client" in self.__dict__:
            self._client.close()

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def _exchange(self, hop: httpx.Request, limit: float) -> tuple[Exchange, httpx.Request | None]:
        """Make one call, in the attempts that its manner wants; return where it leads, too."""
        request = _from_httpx(hop)

        def attempt() -> _Made:
            return self._attempt(hop, request, limit)

        made = attempt() if self.manner is None else self.manner.make(request, attempt)
        return made.exchange, made.rest

    def _attempt(self, hop: httpx.Request, request: Request, limit: float) -> _Made:
        """Make one attempt; the rest of what came of it is the request that a redirect asks for."""
        call = _Call(started=timestamp(), begun=perf_counter(), limit=limit)
        hop.extensions["harness.call"] = call
        following = None
        watched = Watched()
        try:
            with nullcontext(watched) if self._watch is None else self._watch.call(limit) as watched:
                hop.extensions["trace"] = watched.trace
                response = self._client.send(hop, stream=True)
            following = response.next_request
        except _RecordedFailure as recorded:
            return Made(exchange=recorded.exchange, sent=True, rest=None)
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError) as error:
            if not call.answered:
                raise _cannot_send(hop, error) from error
        except (httpx.TransportError, httpx.DecodingError, _Unreadable) as error:
            if not call.answered:
                elapsed = perf_counter() - call.begun
                late = Failure(
                    kind=FailureKind.TIMEOUT, message=f"the answer was not whole after {limit:g} s"
                )
                failure = late if watched.late else _failure(error, limit, _proxy(hop, watched))
                exchange = Exchange(request=request, failure=failure, started=call.started, elapsed=elapsed)
                return Made(exchange=exchange, sent=not isinstance(error, _NOT_SENT), rest=None)
        # An answer whose Location is no URL raised, too; it is an answer all the same.
        exchange = call.recorded or Exchange(
            request=request, response=call.response, started=call.started, elapsed=call.elapsed
        )
        return Made(exchange=exchange, sent=True, rest=following)


class ReplayTransport(httpx.BaseTransport):
    """An httpx transport that answers from a cassette."""

    def __init__(self, cassette: Cassette) -> None:
        """Take the cassette, which keeps count of what was played."""
        self._cassette = cassette

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with the next recorded exchange.

        Raises:
            CassetteError: there is none.
        """
        exchange = self._cassette.play(_from_httpx(request))
        response = exchange.response
        if response is None:
            raise _RecordedFailure(exchange)
        # The content is decoded already, and httpx would do it again.
        headers = [
            (name.encode(), value.encode())
            for name, value in response.headers
            if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        return httpx.Response(
            response.status, headers=headers, content=response.content, extensions={_EXCHANGE: exchange}
        )


class _Call(Struct):
    """One call under way: ``begun`` by a clock that never goes back, ``limit`` and ``elapsed`` in seconds."""

    started: str
    begun: float
    limit: float
    response: Response | None = None
    recorded: Exchange | None = None
    elapsed: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether the response was read as a whole."""
        return self.response is not None or self.recorded is not None


class _RecordedFailure(Exception):  # noqa: N818 - it carries an exchange through httpx
    def __init__(self, exchange: Exchange) -> None:
        super().__init__()
        self.exchange = exchange


class _Unreadable(Exception):  # noqa: N818 - it becomes a failure
    def __init__(self, failure: Failure) -> None:
        super().__init__()
        self.failure = failure


def _read(response: httpx.Response) -> None:
    """Read a response as soon as its header is there, before httpx looks at a Location in it."""
    call: _Call = response.request.extensions["harness.call"]
    call.recorded = response.extensions.get(_EXCHANGE)
    if call.recorded is not None:
        return
    parts = []
    size = 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            message = f"the body is larger than {LARGEST_BODY} bytes"
            raise _Unreadable(Failure(kind=FailureKind.PROTOCOL, message=message))
        if perf_counter() - call.begun > call.limit:
            message = f"the body was not whole after {call.limit:g} s"
            raise _Unreadable(Failure(kind=FailureKind.TIMEOUT, message=message))
    call.elapsed = perf_counter() - call.begun
    call.response = Response(
        status=response.status_code,
        headers=_fields(response.headers),
        content=b"".join(parts),
        http_version=response.http_version,
    )


def spelled(request: Request) -> Request:
    """Return a request with the URL and the header fields that httpx would send.

    Raises:
        TargetError: the request cannot be sent.
    """
    return _from_httpx(_to_httpx(request, 0))


def _to_httpx(request: Request, limit: float) -> httpx.Request:
    check_fields(request)
    given = {name.lower() for name, _ in request.headers}
    headers = [(name, value) for name, value in _DEFAULT_HEADERS if name not in given]
    encoded = [(name.encode(), value.encode()) for name, value in (*headers, *request.headers)]
    try:
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), limit)
        return httpx.Request(
            request.method,
            request.url,
            headers=encoded,
            content=request.content or None,
            extensions={"timeout": timeout},
        )
    except (httpx.InvalidURL, ValueError) as error:
        raise TargetError(
            Problem(
                where=where(request.method, request.url),
                what="the request cannot be sent: its URL is not valid",
            )
        ) from error


def _from_httpx(request: httpx.Request) -> Request:
    """Return a request as it is sent."""
    return Request(
        method=request.method,
        url=str(request.url),
        headers=_fields(request.headers),
        content=request.read(),
    )


def _fields(headers: httpx.Headers) -> Headers:
    """Return header fields in the order and spelling of the wire."""
    charset = headers.encoding
    return tuple((name.decode(charset), value.decode(charset)) for name, value in headers.raw)


def _failure(error: Exception, limit: float, proxy: str) -> Failure:
    """Say in one line why there is no response; nothing of the request is in it."""
    if isinstance(error, _Unreadable):
        return error.failure
    said = said_by(error)
    by = f" by the proxy {proxy}" if proxy else ""
    if isinstance(error, httpx.TimeoutException):
        doing = {
            httpx.ConnectTimeout: f"connecting{by}",
            httpx.ReadTimeout: "waiting for data",
            httpx.WriteTimeout: "sending",
        }.get(type(error), "waiting for a connection")
        return Failure(kind=FailureKind.TIMEOUT, message=f"timed out after {limit:g} s, {doing}")
    if isinstance(error, httpx.ConnectError | httpx.ProxyError):
        return Failure(kind=FailureKind.CONNECT, message=f"could not connect{by}: {said}{_advice(said)}")
    if isinstance(error, httpx.DecodingError):
        return Failure(kind=FailureKind.PROTOCOL, message=f"the body could not be decoded: {said}")
    # httpcore has one exception for a peer that went away and for one that talks nonsense.
    gone = isinstance(error, httpx.NetworkError) or "disconnected" in said or "closed connection" in said
    if gone:
        return Failure(kind=FailureKind.DISCONNECT, message=f"the connection was lost: {said or 'reset'}")
    return Failure(kind=FailureKind.PROTOCOL, message=f"the answer is not HTTP: {said}")


def _proxy(hop: httpx.Request, watched: Watched) -> str:
    """Name the proxy to which a call connected in place of its host; nothing if it did not."""
    own = (hop.url.raw_host.decode("ascii"), hop.url.port or {"http": 80, "https": 443}.get(hop.url.scheme))
    if watched.peer is None or watched.peer == own:
        return ""
    host, port = watched.peer
    return f"{host}:{port}"


def _advice(said: str) -> str:
    if "CERTIFICATE_VERIFY_FAILED" not in said:
        return ""
    return "; where certificates are those of your own authority, name its file in SSL_CERT_FILE"


def _not_followed(hop: httpx.Request, why: str) -> Exchange:
    """Return the end of redirects that lead to no answer."""
    failure = Failure(kind=FailureKind.REDIRECTS, message=why)
    return Exchange(request=_from_httpx(hop), failure=failure, started=timestamp())


def _cannot_send(hop: httpx.Request, error: Exception) -> TargetError:
    """Say what is wrong with a request, without what httpx quotes from it."""
    if isinstance(error, httpx.LocalProtocolError):
        why = "HTTP does not allow it"
    elif isinstance(error, httpx.UnsupportedProtocol):
        why = "its URL does not begin with http:// or https://"
    else:
        why = "its URL is not valid"
    return TargetError(
        Problem(where=where(hop.method, str(hop.url)), what=f"the request cannot be sent: {why}")
    )
