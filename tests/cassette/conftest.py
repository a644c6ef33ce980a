"""A small server on loopback for recordings."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

BINARY = bytes(range(256))


class _Handler(BaseHTTPRequestHandler):
    """Answers JSON, gzip, bytes, repeated fields, and what was posted; counts its answers."""

    protocol_version = "HTTP/1.1"
    answers = 0

    def do_GET(self) -> None:
        """Answer by path."""
        type(self).answers += 1
        content, fields = b'{"path":"json"}', [("Content-Type", "application/json; charset=utf-8")]
        if self.path == "/gzip":
            content = gzip.compress(b'{"zip": "' + b"x" * 200 + b'"}')
            fields.append(("Content-Encoding", "gzip"))
        elif self.path == "/binary":
            content, fields = BINARY, [("Content-Type", "application/octet-stream")]
        elif self.path == "/count":
            content = json.dumps({"n": self.answers}).encode()
        elif self.path == "/cookies":
            fields += [("Set-Cookie", "a=1"), ("X-Between", "x"), ("Set-Cookie", "b=2")]
        elif self.path == "/empty":
            content = b""
        self._answer(content, fields)

    def do_POST(self) -> None:
        """Answer what was sent."""
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(content, [("Content-Type", self.headers.get("Content-Type", ""))])

    def _answer(self, content: bytes, fields: list[tuple[str, str]]) -> None:
        self.send_response(204 if self.path == "/empty" else 200)
        for name, value in fields:
            self.send_header(name, value)
        if content:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """Give the base URL of a server that runs as long as the test."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()
