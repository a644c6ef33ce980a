"""Sockets that servers listen on."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from harness.errors import UsageError
from harness.listening import is_loopback, listen, url_of


def test_a_free_port_is_found() -> None:
    """The URL says which."""
    with closing(listen("127.0.0.1", 0)) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("0.0.0.0", False),  # noqa: S104 - the subject
        ("::", False),
        ("10.0.0.1", False),
        ("example.org", False),
        ("", False),
    ],
)
def test_what_only_this_machine_reaches(host: str, *, loopback: bool) -> None:
    """Names may lead anywhere, but for one."""
    assert is_loopback(host) is loopback


def test_a_mistake_names_the_option() -> None:
    """That which the caller has for address and port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"^--at: port {port} .* choose another: go {port + 1}$"):
            listen("127.0.0.1", port, options=("--at", "--at"), again="go {port}")
    with pytest.raises(UsageError, match=r"^--at: 70000 is no port"):
        listen("127.0.0.1", 70_000, options=("--at", "--at"))
    with pytest.raises(UsageError, match=r"Use --at 127\.0\.0\.1:PORT with a port above 1023"):
        listen("192.0.2.1", 0, options=("--at", "--at"))
