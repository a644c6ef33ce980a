"""Tests of the seam in a recorded job, and a recorder for them that keeps what it gets."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from harness.recorder.injected.exchange import Taken


class Box:
    """In place of the recorder of a process; ``begun`` are URLs, ``ended`` events with their two bodies."""

    def __init__(self, *hosts: str) -> None:
        self.most = 1000
        self.begun: list[tuple[str, str]] = []
        self.ended: list[tuple[dict[str, Any], bytes, bytes]] = []
        self.errors: list[Exception] = []
        self._hosts = hosts
        self._ids = itertools.count(1)

    def safely(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """Keep errors."""
        try:
            return do(*arguments)
        except Exception as error:  # noqa: BLE001 - as the recorder does
            self.errors.append(error)
            return None

    def begin(self, method: str, scheme: str, host: str, port: int, target: str) -> Taken | None:
        """Begin where the host is one of ours."""
        if host not in self._hosts:
            return None
        return self.took(method, f"{scheme}://{host}:{port}{target}")

    def took(self, method: str = "GET", url: str = "http://a.example/") -> Taken:
        """Begin an exchange."""
        self.begun.append((method, url))
        return Taken(self, next(self._ids), method, url)  # type: ignore[arg-type] # as a recorder

    def hand(self, _: Taken, event: dict[str, Any], bodies: tuple[bytes, bytes], *, later: bool) -> None:
        """Keep what came of it."""
        self.ended.append(({**event, "later": later}, *bodies))
