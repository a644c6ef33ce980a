"""The way from a recorded process to its recorder."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from harness.recorder.injected import line as module
from harness.recorder.injected.line import KEPT, Line, packed


class Listener:
    """Hears lines, and answers the end of each exchange."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(str(path))
        self.socket.listen()
        self.socket.settimeout(0)
        self._connections: list[tuple[socket.socket, bytearray]] = []
        self._found: list[Any] = []
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def heard(self) -> list[Any]:
        """Return what was handed over since, by its ``id``, and greetings."""
        with self._lock:
            self._hear()
            found, self._found = self._found, []
        return found

    def _run(self) -> None:
        while not self._closed.is_set():
            with self._lock:
                self._hear()
            self._closed.wait(0.001)

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            while True:
                connection, _ = self.socket.accept()
                connection.settimeout(0)
                self._connections.append((connection, bytearray()))
        for connection, data in self._connections:
            with suppress(BlockingIOError):
                while more := connection.recv(65536):
                    data.extend(more)
            self._understand(connection, data)

    def _understand(self, connection: socket.socket, data: bytearray) -> None:
        while len(data) >= 4 and len(data) >= (end := 4 + struct.unpack("!I", data[:4])[0]):
            head = json.loads(data[4:end])
            self._found.append(head.get("id", head["event"]))
            del data[: end + sum(head["sizes"])]
            if head["event"] == "ended":
                with suppress(OSError):
                    connection.sendall(KEPT)

    def close(self) -> None:
        """Hear no more."""
        self._closed.set()
        self._thread.join()
        self.socket.close()
        for connection, _ in self._connections:
            connection.close()


@pytest.fixture
def path() -> Iterator[Path]:
    """Give the path of a socket: that of the tests' own directory is too long for one."""
    with tempfile.TemporaryDirectory(prefix="line-") as directory:
        yield Path(directory, "socket")


@pytest.fixture
def listener(path: Path) -> Iterator[Listener]:
    """Listen there."""
    made = Listener(path)
    yield made
    made.close()


@pytest.fixture
def told() -> list[BaseException]:
    """Keep troubles."""
    return []


@pytest.fixture
def line(path: Path, told: list[BaseException]) -> Iterator[Line]:
    """Give the line."""
    made = Line(str(path), told.append)
    yield made
    made.close()


def message(id_: int) -> bytes:
    """Return a message with bodies."""
    return packed({"event": "ended", "id": id_}, b"abc", b"")


def say(line: Line, *ids: int) -> None:
    """Hand some messages over."""
    for id_ in ids:
        line.hand(message(id_))


def test_messages_are_heard_in_their_order(listener: Listener, line: Line) -> None:
    """After a greeting, and over one connection; what waits goes first."""
    line.later(message(1))

    assert listener.heard() == []

    line.hand(message(2))
    line.hand(message(3))

    assert listener.heard() == ["hello", 1, 2, 3]


def looking(looks: list[int], after: int) -> type:
    """Return what looks for an answer and counts how often; it sees it, and waits for it, after so many."""

    class Looking:
        def __init__(self) -> None:
            self._poll = select.poll()
            self._left = after

        def register(self, file: int, what: int) -> None:
            self._poll.register(file, what)

        def poll(self, wait: int) -> list[tuple[int, int]]:
            looks.append(wait)
            self._left -= 1
            return [] if self._left >= 0 else self._poll.poll(5000)

    return Looking


def handed(path: Path, number: int, after: int, *, threads: int = 1, processors: int = 2) -> list[int]:
    """Hand so many messages over; return the looks for their answers."""
    looks: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(select, "poll", looking(looks, after))
        patch.setattr(threading, "active_count", lambda: threads)
        line = Line(str(path), lambda _: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_processors", lambda: processors)
        say(line, *range(1, number + 1))
    line.close()
    return looks


def test_an_answer_is_looked_for_awake(path: Path, listener: Listener) -> None:
    """Again and again without waiting, until it is there."""
    assert handed(path, 1, after=2) == [0, 0, 0]
    assert listener.heard() == ["hello", 1]


def test_an_answer_that_takes_longer_is_slept_for(path: Path, listener: Listener) -> None:
    """It comes all the same, and where it takes longer again and again, nobody looks any more."""
    looks = handed(path, module._IN_VAIN + 2, after=module._LOOKS)

    assert listener.heard() == ["hello", *range(1, module._IN_VAIN + 3)]
    assert len(looks) == module._IN_VAIN * module._LOOKS


@pytest.mark.parametrize(("threads", "processors"), [(2, 2), (1, 1)], ids=["threads", "one processor"])
def test_whoever_can_go_on_meanwhile_does(
    path: Path, listener: Listener, threads: int, processors: int
) -> None:
    """Another thread of the job, or the recorder where there is one processor: the answer is slept for."""
    assert handed(path, 1, after=0, threads=threads, processors=processors) == []
    assert listener.heard() == ["hello", 1]


def test_a_job_without_poll_is_recorded(
    path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries take it out of the module, and some systems never had it."""
    monkeypatch.delattr(select, "poll")
    line = Line(str(path), lambda _: None)
    say(line, 1)
    line.close()

    assert listener.heard() == ["hello", 1]


def test_threads_share_it(listener: Listener, line: Line) -> None:
    """Nothing is lost or mixed."""
    threads = [
        threading.Thread(target=say, args=(line, *range(first, first + 10))) for first in range(0, 50, 10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _, *ids = listener.heard()

    assert sorted(ids) == list(range(50))


def test_a_connection_that_the_job_closed_is_made_anew(listener: Listener, line: Line) -> None:
    """Daemons close all that they do not know; what then has the number is not ours to write to."""
    line.hand(message(1))
    number = line._socket.fileno()
    read, write = os.pipe()
    os.dup2(write, number)  # which closes what it was
    line.hand(message(2))
    os.close(number)
    os.close(write)

    assert os.read(read, 100) == b""
    assert listener.heard() == ["hello", 1, "hello", 2]

    os.close(read)


def test_a_job_that_guards_its_sockets_is_recorded_past_them(
    listener: Listener, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A method that the job puts into the class of sockets, as pytest-socket does, is not called."""
    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *arguments: called.append(arguments))

    say(line, 1)

    assert listener.heard() == ["hello", 1]
    assert called == []


def test_a_connection_that_broke_is_made_anew(listener: Listener, line: Line) -> None:
    """The message goes over the next one."""
    line.hand(message(1))
    line._socket.shutdown(socket.SHUT_RDWR)
    line.hand(message(2))

    assert listener.heard() == ["hello", 1, "hello", 2]


def test_a_recorder_that_is_gone_is_told_once(path: Path, line: Line, told: list[BaseException]) -> None:
    """Then nothing is tried any more: the job has other things to do."""
    line.hand(message(1))
    line.hand(message(2))
    line.later(message(3))

    assert [type(error) for error in told] == [FileNotFoundError]
    assert not line._waiting

    listener = Listener(path)
    line.hand(message(4))

    assert listener.heard() == []

    listener.close()


def test_what_is_interrupted_is_handed_over_with_the_next(listener: Listener, line: Line) -> None:
    """Ctrl-C may come between any two lines; the recorder knows a message that comes twice."""
    line.hand(message(1))
    sending = line._socket

    class Interrupted:
        def fileno(self) -> int:
            return int(sending.fileno())

        def sendall(self, data: bytes) -> None:
            sending.sendall(data[:5])
            raise KeyboardInterrupt

        def close(self) -> None:
            sending.close()

    line._socket = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        line.hand(message(2))
    line.hand(message(3))

    assert listener.heard() == ["hello", 1, "hello", 2, 3]


def test_what_a_signal_handler_raises_is_the_jobs(
    listener: Listener, line: Line, told: list[BaseException]
) -> None:
    """An alarm may be an error like those of sockets; the recorder did not hang, and hears the rest."""
    line.hand(message(1))
    sending = line._socket

    class Slow:
        def fileno(self) -> int:
            return int(sending.fileno())

        def sendall(self, data: bytes) -> None:
            sending.sendall(data[:5])
            os.kill(os.getpid(), signal.SIGUSR1)

        def close(self) -> None:
            sending.close()

    def alarm(*_: object) -> None:
        raise TimeoutError

    line._socket = Slow()
    before = signal.signal(signal.SIGUSR1, alarm)
    try:
        with pytest.raises(TimeoutError):
            line.hand(message(2))
    finally:
        signal.signal(signal.SIGUSR1, before)
    line.hand(message(3))

    assert told == []
    assert listener.heard() == ["hello", 1, "hello", 2, 3]


def test_a_signal_handler_inside_does_not_wait_for_itself(listener: Listener, line: Line) -> None:
    """It leaves its message to the loop that it interrupted."""
    line._owner = threading.get_ident()
    line.hand(message(1))
    line._owner = 0

    assert listener.heard() == []

    line.flush()

    assert listener.heard() == ["hello", 1]


def test_after_a_fork_there_is_another_line(listener: Listener, line: Line) -> None:
    """The child has its own connection and name, and no messages of its parent."""
    line.hand(message(1))
    line.later(message(2))
    name = line.process
    line._forked()
    line.hand(message(3))

    assert line.process != name
    assert listener.heard() == ["hello", 1, "hello", 3]


class Answering:
    """Hears one line, and answers each message but the greeting as it is told."""

    def __init__(self, path: Path, *answers: bytes | None) -> None:
        self.heard: list[int] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(path))
        self._socket.listen()
        self._answers = list(answers)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with self._socket:
            while self._answers:
                with self._socket.accept()[0] as connection, connection.makefile("rb") as file:
                    while self._answers and (size := file.read(4)):
                        head = json.loads(file.read(struct.unpack("!I", size)[0]))
                        file.read(sum(head["sizes"]))
                        if head["event"] == "hello":
                            continue
                        self.heard.append(head["id"])
                        answer = self._answers.pop(0)
                        if answer is None:
                            break
                        connection.sendall(answer)

    def end(self) -> list[int]:
        """Return what was heard."""
        self._thread.join()
        return self.heard


def test_an_exchange_is_handed_over_when_it_was_answered(path: Path, told: list[BaseException]) -> None:
    """Then nothing of it can be lost with the recorder; that one began is not waited for."""
    answering = Answering(path, b"", KEPT, KEPT)
    line = Line(str(path), told.append)
    line.hand(message(1), ended=False)
    line.later(message(2))
    line.hand(message(3))
    line.close()

    assert answering.end() == [1, 2, 3]
    assert told == []


def test_what_was_not_answered_is_said_again(path: Path, told: list[BaseException]) -> None:
    """Over another connection: the recorder knows what comes twice."""
    answering = Answering(path, None, KEPT)
    line = Line(str(path), told.append)
    line.hand(message(1))
    line.close()

    assert answering.end() == [1, 1]
    assert told == []


def test_a_recorder_that_was_killed_is_told_to_people(
    path: Path, told: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody else could say that the rest is not recorded; once, and the job goes on."""
    answering = Answering(path, None)
    line = Line(str(path), told.append)
    line.hand(message(1))
    line.hand(message(2))

    assert answering.end() == [1]
    said = f"what process {os.getpid()} does from now on is not recorded"
    assert capsys.readouterr().err == f"harness: the recorder does not answer: {said}.\n"
    assert len(told) == 1
