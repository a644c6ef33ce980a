"""The addon of mitmproxy: with flows as mitmproxy has them, and with mitmproxy itself where it is there."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cassette import Cassette
from harness.recorder import ADDON
from harness.recorder.injected.mitm import Addon
from harness.sandbox import SANDBOX_ORGANIZATION_ID, running
from tests.recorder.injected import Box
from tests.recorder.recording import RECORD, environment, project

HOST = "api.example"


class Message:
    """A request or a response, as mitmproxy has it."""

    def __init__(
        self, content: bytes | None, *fields: tuple[bytes, bytes], coded: bool = False, **more: Any
    ) -> None:
        self.raw_content = content
        self.headers = SimpleNamespace(fields=fields)
        self._coded = coded
        self.__dict__.update(more)

    def get_content(self, *, strict: bool) -> bytes | None:
        """Return the decoded body; one with a coding that nobody knows is an error."""
        assert strict
        if self._coded:
            raise ValueError
        return self.raw_content


def flow(response: Message | None = None, **changes: Any) -> Any:
    """Make a flow."""
    names = {"host": HOST, "pretty_host": HOST}
    request = {"method": "POST", "scheme": "https", **names, "port": 443, "path": "/a?b"}
    return SimpleNamespace(
        id="1",
        is_replay=changes.pop("is_replay", None),
        request=Message(b"sent", (b"X-A", b"1"), **{**request, **changes}),
        response=response,
        error=None,
    )


def answer(content: bytes | None = b"body", **changes: Any) -> Message:
    """Make a response."""
    return Message(content, (b"X-B", b"2"), **{"status_code": 200, "http_version": "HTTP/2.0", **changes})


@pytest.fixture
def box() -> Box:
    """Record one host."""
    return Box(HOST)


@pytest.fixture
def addon(box: Box) -> Addon:
    """Give an addon that hands over to the box."""
    made = Addon({})
    made._recorder = box
    return made


def test_what_passes_is_handed_over(addon: Addon, box: Box) -> None:
    """Request and response, and the URL that the client asked for."""
    passing = flow(answer())
    addon.request(passing)
    addon.response(passing)
    ((event, sent, body),) = box.ended

    assert box.begun == [("POST", f"https://{HOST}:443/a?b")]
    assert (event["status"], sent, body, event["version"]) == (200, b"sent", b"body", "HTTP/2")
    assert (event["request_headers"], event["response_headers"]) == ([("X-A", "1")], [("X-B", "2")])
    assert (event["decoded"], event["part"], event["failure"], box.errors) == (True, False, "", [])


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::7"])
def test_what_goes_to_an_address_has_the_name_that_its_client_used(
    addon: Addon, box: Box, address: str
) -> None:
    """A transparent mitmproxy knows no more of where it goes."""
    addon.request(flow(host=address))

    assert box.begun == [("POST", f"https://{HOST}:443/a?b")]


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("connect failed: refused", "ConnectError"),
        ("Connection timed out", "Timeout"),
        ("Client disconnected.", "Disconnected"),
        ("server closed connection", "Disconnected"),
        ("HTTP/2 protocol error", "ProtocolError"),
    ],
)
def test_what_took_the_responses_place_is_told(addon: Addon, box: Box, said: str, failure: str) -> None:
    """By its kind: the text may hold anything."""
    passing = flow()
    addon.request(passing)
    passing.error = SimpleNamespace(msg=said)
    addon.error(passing)

    assert [event["failure"] for event, _, _ in box.ended] == [failure]


def test_what_mitmproxy_streamed_is_not_there(addon: Addon, box: Box) -> None:
    """It has nothing of the body, and says that it was not read to its end."""
    passing = flow(answer(None))
    addon.request(passing)
    addon.response(passing)

    assert [(event["part"], body) for event, _, body in box.ended] == [(True, b"")]


def test_a_coding_that_mitmproxy_does_not_know_is_left(addon: Addon, box: Box) -> None:
    """The recorder says that it cannot undo it either."""
    passing = flow(answer(b"coded", coded=True))
    addon.request(passing)
    addon.response(passing)

    assert [(event["decoded"], body) for event, _, body in box.ended] == [(False, b"coded")]


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "other.example", "pretty_host": "other.example"},
        {"host": "other.example"},
        {"is_replay": "response"},
    ],
)
def test_what_is_nobodys_traffic_passes(addon: Addon, box: Box, changes: dict[str, Any]) -> None:
    """Other hosts, whatever the Host field claims, and what mitmproxy plays itself."""
    passing = flow(answer(), **changes)
    addon.request(passing)
    addon.response(passing)
    passing.error = SimpleNamespace(msg="closed")
    addon.error(passing)

    assert (box.begun, box.ended) == ([], [])


def test_nobody_is_let_by_unrecorded(capsys: pytest.CaptureFixture[str]) -> None:
    """Outside of a recording mitmproxy ends, and says how it is meant."""
    ended = []
    addon = Addon({})
    addon.load(SimpleNamespace(master=SimpleNamespace(shutdown=lambda: ended.append(True))))
    addon.request(flow())
    addon.running()

    assert ended == [True]
    assert "Run `harness record -o DIR -- mitmdump" in capsys.readouterr().err


@pytest.fixture
def mitmdump() -> str:
    """Find mitmdump: it may need other versions of its libraries than the harness, and is not beside it."""
    found = os.environ.get("HARNESS_MITMDUMP") or shutil.which("mitmdump")
    if not found:
        pytest.skip("there is no mitmdump: set HARNESS_MITMDUMP to its path")
    return found


@pytest.fixture
def port() -> int:
    """Find a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
    return found


def test_a_real_mitmproxy_is_recorded(tmp_path: Path, mitmdump: str, port: int) -> None:
    """From its own environment, and Ctrl-C ends both."""
    import httpx

    path = f"/iam/v1beta1/organizations/{SANDBOX_ORGANIZATION_ID}/teams"
    with running() as sandbox:
        process = subprocess.Popen(  # noqa: S603 - the tool that is tested
            [*RECORD, "--", mitmdump, "-q", "-p", str(port), "-s", str(ADDON)],
            cwd=project(tmp_path, sandbox),
            env=environment(HOME=str(tmp_path)),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        transport = httpx.HTTPTransport(proxy=f"http://127.0.0.1:{port}", retries=10)
        with httpx.Client(transport=transport, headers={"Authorization": "Bearer sandbox-token"}) as client:
            for _ in range(100):
                try:
                    got = client.get(sandbox + path)
                    break
                except httpx.ConnectError:
                    time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    (kept,) = Cassette.load(tmp_path / "rec" / "baseline.yaml").exchanges

    assert process.returncode == 0, err
    assert kept.request.url == sandbox + path
    assert kept.response is not None
    assert kept.response.content == got.content
    assert sys.executable not in err
