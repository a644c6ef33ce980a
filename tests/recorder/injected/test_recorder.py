"""What a seam hands to."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.recorder.injected.recorder import Recorder, recorder
from tests.recorder.injected.test_line import Listener


@pytest.fixture
def directory() -> Iterator[Path]:
    """Make the private directory of a recorder."""
    with tempfile.TemporaryDirectory(prefix="rec-") as made:
        origins = [["https", "api.example", 443], ["http", "::1", 80]]
        scope = {"origins": origins, "body": 10}
        Path(made, "scope.json").write_text(json.dumps(scope), "utf-8")
        yield Path(made)


@pytest.fixture
def told() -> list[BaseException]:
    """Keep troubles."""
    return []


@pytest.mark.parametrize(
    ("scheme", "host", "port", "url"),
    [
        ("https", "api.example", 443, "https://api.example/a"),
        ("https", "API.example.", 0, "https://API.example./a"),
        ("http", "::1", 0, "http://[::1]/a"),
        ("http", "api.example", 0, ""),
        ("https", "api.example", 8443, ""),
        ("https", "api.example.evil.example", 443, ""),
        ("ftp", "api.example", 0, ""),
    ],
)
def test_only_configured_origins_are_begun(
    directory: Path, told: list[BaseException], scheme: str, host: str, port: int, url: str
) -> None:
    """Scheme, host and port, however they are spelt."""
    listener = Listener(directory / "socket")
    made = Recorder(str(directory), told.append)
    taken = made.begin("GET", scheme, host, port, "/a")

    assert (taken and taken._url) == (url or None)
    assert listener.heard() == (["hello", 1] if url else [])
    assert told == []

    made._end()
    listener.close()


def test_a_tunnel_is_no_exchange(directory: Path, told: list[BaseException]) -> None:
    """What goes to the proxy is not the vendor's to answer, whatever URL a client asks for it by."""
    assert Recorder(str(directory), told.append).begin("CONNECT", "https", "api.example", 0, "/a") is None
    assert told == []


def test_a_process_has_one(directory: Path, told: list[BaseException]) -> None:
    """Whichever libraries it imports."""
    assert recorder(str(directory), told.append) is recorder(str(directory), told.append)


def test_what_a_signal_handler_raises_is_the_jobs(directory: Path, told: list[BaseException]) -> None:
    """It ends what takes too long, also where that is ours at the moment."""

    def alarm(*_: object) -> None:
        raise ValueError

    made = Recorder(str(directory), told.append)
    before = signal.signal(signal.SIGUSR1, alarm)
    try:
        with pytest.raises(ValueError, match=r"^$"):
            made.safely(lambda: os.kill(os.getpid(), signal.SIGUSR1))
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert told == []
    assert made.safely(alarm) is None
    assert len(told) == 1


def test_the_end_hands_over_what_was_left(directory: Path, told: list[BaseException]) -> None:
    """Responses that nobody read, and what finalizers left; a call without an answer stays under way."""
    listener = Listener(directory / "socket")
    made = Recorder(str(directory), told.append)
    unread, dropped, _ = (made.took("GET", "https://api.example/") for _ in range(3))
    for taken in (unread, dropped):
        taken.answered(200, [], "HTTP/1.1")
    dropped.dropped()

    assert listener.heard() == ["hello", 1, 2, 3]

    made._end()

    assert sorted(listener.heard()) == [1, 2]
    assert list(made._open) == [3]

    listener.close()
