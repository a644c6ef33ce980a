"""Sockets that our servers listen on, opened before one runs: what is wrong is told as a mistake."""

from __future__ import annotations

import errno
import ipaddress
import socket
from typing import Final

from harness.errors import Problem, UsageError

LAST_PORT: Final = 65_535


def listen(
    host: str, port: int, *, options: tuple[str, str] = ("--host", "--port"), again: str = ""
) -> socket.socket:
    """Open a listening TCP socket, which the caller closes.

    Args:
        host: An address or a name of this machine.
        port: 0 takes a free one.
        options: The options that host and port were given by, for messages.
        again: The command that would try another port, with ``{port}`` where that goes.

    Raises:
        UsageError: There is no such address or port, or it is taken.
    """
    by_host, by_port = options
    if not 0 <= port <= LAST_PORT:
        advice = f"Use a number from 0 to {LAST_PORT}."
        raise UsageError(Problem(where=by_port, what=f"{port} is no port", advice=advice))
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError) as error:
        what = f"there is no address {host}:{port} ({error})"
        raise UsageError(Problem(where=by_host, what=what, advice="Use 127.0.0.1.")) from error
    # Only a socket that says TCP is sent without delay: asyncio looks at the protocol.
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise UsageError(_not_opened(host, port, error, options, again)) from error
    return listener


def _not_opened(host: str, port: int, error: OSError, options: tuple[str, str], again: str) -> Problem:
    by_host, by_port = options
    if error.errno == errno.EADDRINUSE:
        other = f", or choose another: {again.format(port=port + 1)}" if again else ""
        advice = f"Stop the program that has it{other}"
        return Problem(where=by_port, what=f"port {port} of {host} is in use", advice=advice)
    what = f"cannot listen on {host}:{port} ({error})"
    advice = f"Use {by_host} 127.0.0.1 and a port above 1023."
    if by_host == by_port:
        advice = f"Use {by_host} 127.0.0.1:PORT with a port above 1023."
    return Problem(where=by_port, what=what, advice=advice)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def url_of(listener: socket.socket) -> str:
    """Return the URL of a listening socket, without a trailing slash."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
