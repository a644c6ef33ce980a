"""An addon of mitmproxy: ``harness record -- mitmdump -s "$(harness record --addon-path)"``.

It is for clients that only know ``HTTPS_PROXY``. mitmproxy runs as a recorded command, in whatever
environment it is installed, and hands over what passes it as any other job does. Its own options say where it
listens, and for which hosts.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_FRONT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "front", "sitecustomize.py")
_ERRORS = (
    ("Timeout", ("timeout", "timed out")),
    ("Disconnected", ("disconnect", "closed", "reset")),
    ("ConnectError", ("connect", "refused", "resolve", "unreachable")),
)


class Addon:
    """Hands over what passes a mitmproxy; its methods are the hooks that mitmproxy knows by their names."""

    def __init__(self, environ: Any = os.environ) -> None:
        """Take the environment, where the recorder's private directory is."""
        self._environ = environ
        self._recorder: Any = None
        self._master: Any = None
        self._passing: dict[str, Any] = {}

    def load(self, loader: Any) -> None:
        """Find the recorder."""
        self._master = loader.master
        spec: Any = importlib.util.spec_from_file_location("_harness_front", _FRONT)
        front = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(front)
        directory = self._environ.get(front.DIRECTORY)
        if directory:
            watch = front.Watch(directory)
            os.close(os.open(os.path.join(directory, "seen"), os.O_WRONLY | os.O_CREAT, 0o600))
            self._recorder = watch.part("recorder").recorder(directory, watch.tell)

    def running(self) -> None:
        """End where nobody records: clients would go by, and nobody would know."""
        if self._recorder is None:
            command = 'harness record -o DIR -- mitmdump -s "$(harness record --addon-path)"'
            sys.stderr.write(f"harness: nobody records what passes here. Run `{command}`.\n")
            self._master.shutdown()

    def request(self, flow: Any) -> None:
        """Begin an exchange; one that mitmproxy plays itself is nobody's traffic."""
        if self._recorder is not None and not flow.is_replay:
            taken = self._recorder.safely(self._begun, flow.request)
            if taken is not None:
                self._passing[flow.id] = taken

    def _begun(self, request: Any) -> Any:
        # What the Host field claims counts only where mitmproxy knows no name itself: anything may be in it.
        names = [request.host, request.pretty_host] if _is_address(request.host) else [request.host]
        taken = None
        for name in names:
            host = name.strip("[]")
            taken = taken or self._recorder.begin(
                request.method, request.scheme, host, request.port, request.path
            )
        if taken is not None:
            taken.request_headers = request.headers.fields
            if request.raw_content:
                taken.sent(request.raw_content)
        return taken

    def response(self, flow: Any) -> None:
        """End it with its response."""
        taken = self._passing.pop(flow.id, None)
        if taken is not None:
            self._recorder.safely(_answered, taken, flow.response)

    def error(self, flow: Any) -> None:
        """End it with what took the response's place."""
        taken = self._passing.pop(flow.id, None)
        if taken is not None:
            said = str(flow.error.msg).lower()
            names = (name for name, words in _ERRORS if any(word in said for word in words))
            taken.broke(next(names, "ProtocolError"))


def _is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _answered(taken: Any, response: Any) -> None:
    content = None
    try:
        content = response.get_content(strict=True)
        taken.decoded = True
    except ValueError:
        content = response.raw_content  # the recorder says that it cannot undo the coding
    version = response.http_version
    taken.answered(
        response.status_code, response.headers.fields, "HTTP/2" if version == "HTTP/2.0" else version
    )
    if content is None:  # mitmproxy was told to stream it, and has nothing of it
        taken.closed()
        return
    taken.read(content)
    taken.ended()


addons = [Addon()]
"""What mitmproxy looks for in a script."""
