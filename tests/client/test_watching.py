"""Calls that are watched on the wire."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from typing import Any

import pytest

from harness.client.watching import Guard, Watch, Watched


class _Stream:
    """A connection as httpcore shows it to a trace."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def get_extra_info(self, name: str) -> Any:
        return self._connection if name == "socket" else None


def test_what_a_call_connects_to_is_known() -> None:
    """A call on a new connection says to which host it went, one on an open connection does not."""
    watch = Watch()
    with watch.call(9) as first:
        first.trace("connection.connect_tcp.started", {"host": "proxy.example.org", "port": 3128})
        first.trace("http11.send_request_headers.started", {})
    with watch.call(9) as second:
        second.trace("http11.send_request_headers.started", {})

    assert first.peer == ("proxy.example.org", 3128)
    assert second.peer is None


@pytest.mark.parametrize("anew", [True, False])
def test_a_late_call_is_ended(*, anew: bool) -> None:
    """Who waits for data wakes when the time is up, on a new connection and on one of an earlier call."""
    ours, theirs = socket.socketpair()
    watch = Watch(grace=0.05)
    with closing(ours), closing(theirs):
        ours.settimeout(20)
        if not anew:
            with watch.call(9) as earlier:
                earlier.trace("connection.connect_tcp.complete", {"return_value": _Stream(ours)})
        with watch.call(0.05) as late:
            if anew:
                late.trace("connection.connect_tcp.complete", {"return_value": _Stream(ours)})
            received = ours.recv(1)

    assert received == b""
    assert late.late


def test_a_guard_that_had_nothing_to_do_wakes() -> None:
    """Calls come one after the other, and some time after the last: each that is late is ended."""
    guard = Guard()
    for pause in (0.0, 0.6):
        time.sleep(pause)
        watch = Watch(grace=0.0, guard=guard)
        ours, theirs = socket.socketpair()
        with closing(ours), closing(theirs), watch.call(0.0) as late:
            ours.settimeout(20)
            late.trace("connection.start_tls.complete", {"return_value": _Stream(ours)})
            assert ours.recv(1) == b""
        assert late.late


def test_a_connection_that_comes_too_late_is_ended_at_once() -> None:
    """A host may have many addresses, and each may take as long as an answer."""
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        ours.settimeout(20)
        late = Watched()
        late.end()
        late.trace("connection.connect_tcp.complete", {"return_value": _Stream(ours)})

        assert ours.recv(1) == b""


def test_a_call_that_ended_is_not_ended_again() -> None:
    """Its connection may serve the next call already."""
    guard, ours, theirs = Guard(), *socket.socketpair()
    watched = Watched(opened=[ours])
    with closing(ours), closing(theirs):
        guard.add(watched, time.monotonic() + 3600)
        guard.drop(watched)
        guard.add(other := Watched(), 0.0)
        while not other.late:
            time.sleep(0.01)
        theirs.sendall(b"x")

        assert ours.recv(1) == b"x"
    assert not watched.late


def test_a_call_in_time_is_left_alone() -> None:
    """The connection of a call that ended in time stays open, and closed ones are forgotten."""
    ours, theirs = socket.socketpair()
    watch = Watch()
    with closing(ours), closing(theirs):
        with watch.call(9) as call:
            call.trace("connection.connect_tcp.complete", {"return_value": _Stream(ours)})
        theirs.sendall(b"x")

        assert ours.recv(1) == b"x"
    with watch.call(9) as after:
        assert after.opened == []
    assert not call.late
