"""A server that says exactly the bytes it is told, for answers that no HTTP library would give."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from threading import Event, Thread

Answer = bytes | Callable[[socket.socket], object]


class RawServer:
    """Answers each connection with the next of its answers, bytes or a function; keeps what it was sent.

    Connections are served side by side, as both sides of a pair make theirs: none waits for another's end.
    ``received`` are headers; ``bodies`` are whole where the header gave a length, and otherwise what came
    with the header. With ``reads=False`` nothing is read before an answer, which then does it itself.
    """

    def __init__(self, answers: Iterable[Answer], *, reads: bool = True) -> None:
        self._reads = reads
        self.received: list[bytes] = []
        self.bodies: list[bytes] = []
        self._answers = answers
        self._stopping = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._serving: list[Thread] = []
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        for answer in self._answers:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self._stopping.is_set():
                connection.close()
                return
            self._serving.append(Thread(target=self._serve, args=(connection, answer)))
            self._serving[-1].start()

    def _serve(self, connection: socket.socket, answer: Answer) -> None:
        with closing(connection), suppress(OSError):
            connection.settimeout(10)
            if self._reads:
                head, body = self._request(connection)
                self.received.append(head)
                self.bodies.append(body)
            if isinstance(answer, bytes):
                connection.sendall(answer)
            else:
                answer(connection)

    @staticmethod
    def _request(connection: socket.socket) -> tuple[bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data and (more := connection.recv(65536)):
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        waits = re.search(rb"expect: 100-continue", head, re.IGNORECASE)
        while length and not waits and len(body) < int(length[1]) and (more := connection.recv(65536)):
            body += more
        return head, body

    def stop(self) -> None:
        """Wake the thread if it still waits for a connection, and end with what is being served."""
        self._stopping.set()
        with suppress(OSError):
            socket.create_connection(self._listener.getsockname(), timeout=1).close()
        self._listener.close()
        self._thread.join(10)
        for serving in self._serving:
            serving.join(10)
