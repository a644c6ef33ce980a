"""What a seam hands to: it says which exchanges are recorded, and takes them as they go by."""

from __future__ import annotations

import atexit
import itertools
import json
import os
from typing import TYPE_CHECKING

from .exchange import Taken
from .handlers import is_of_handler
from .line import Line, packed

if TYPE_CHECKING:
    from typing import Any, Callable

_PORTS = {"http": 80, "https": 443}


class Recorder:
    """The recorder as one process of a job sees it. Nothing that goes wrong here reaches the job."""

    def __init__(self, directory: str, tell: Callable[[BaseException], None]) -> None:
        """Read what is recorded from the recorder's private directory."""
        with open(os.path.join(directory, "scope.json"), "rb") as file:
            scope = json.load(file)
        self.most = int(scope["body"])
        self.tell = tell
        self._origins = {tuple(origin) for origin in scope["origins"]}
        self._line = Line(os.path.join(directory, "socket"), tell)
        self._ids = itertools.count(1)
        self._open: dict[int, Taken] = {}
        atexit.register(self.safely, self._end)

    def safely(self, do: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a call of ours gives; None where it fails, which the recorder is told.

        What a signal handler of the job raises meanwhile is the job's to get.
        """
        try:
            return do(*arguments)
        except Exception as error:
            if is_of_handler(error):
                raise
            self.tell(error)
            return None

    def begin(self, method: str, scheme: str, host: str, port: int, target: str) -> Taken | None:
        """Begin an exchange; None where its host is not recorded. ``host`` has no brackets, 0 is any port.

        To ask a proxy for a tunnel is none, although some clients do so by the URL of what is behind it.
        """
        port = port or _PORTS.get(scheme, 0)
        if method == "CONNECT" or (scheme, host.lower().rstrip("."), port) not in self._origins:
            return None
        shown = f"[{host}]" if ":" in host else host
        place = shown if port == _PORTS.get(scheme) else f"{shown}:{port}"
        return self.took(method, f"{scheme}://{place}{target}")

    def took(self, method: str, url: str) -> Taken:
        """Begin an exchange that is recorded, and say so: what is under way at the end is told."""
        taken = Taken(self, next(self._ids), method, url)
        self._open[taken.id] = taken
        event = {"event": "began", "id": taken.id, "method": method, "url": url}
        self.safely(lambda: self._line.hand(packed(event), ended=False))
        return taken

    def hand(self, taken: Taken, event: dict[str, Any], bodies: tuple[bytes, bytes], *, later: bool) -> None:
        """Hand over what came of an exchange; from then on this process may be killed."""
        self._open.pop(taken.id, None)
        message = packed(event, *bodies)
        if later:
            self._line.later(message)
        else:
            self._line.hand(message)

    def _end(self) -> None:
        """Hand over what nobody read to its end, and what finalizers left."""
        for taken in list(self._open.values()):
            taken.left()
        self._line.flush()
        self._line.close()


_recorders: dict[str, Recorder] = {}


def recorder(directory: str, tell: Callable[[BaseException], None]) -> Recorder:
    """Return the recorder of this process."""
    if directory not in _recorders:
        _recorders[directory] = Recorder(directory, tell)
    return _recorders[directory]
