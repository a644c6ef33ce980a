"""``harness record --listen``, in a process of its own, with real clients and the sandbox behind it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import httpx
import pytest
import requests
import urllib3
import vcr

from harness.cassette import Cassette
from harness.exchange import Exchange
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, running
from tests.benchmarks.measure import ROOT
from tests.calling import harness, refused

CURL = shutil.which("curl")
BEARER = {"Authorization": f"Bearer {SANDBOX_TOKEN}"}
USERS = f"/iam/v1beta1/organizations/{SANDBOX_ORGANIZATION_ID}/users?limit=3"
TEAMS = f"/v1/organizations/{SANDBOX_ORGANIZATION_ID}/teams"
TEAM = b'{"name": "recorded"}'


@dataclass(frozen=True, slots=True)
class Recorder:
    """A recorder in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    lines: tuple[str, ...]

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal; return the exit code and what was said since it listened."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


@contextmanager
def recorder(project: Path, upstream: str, *options: str) -> Iterator[Recorder]:
    """Record into ``rec`` what goes to a server, in a project whose environment it is."""
    apis = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    bases = [f'{api} = "{upstream}{path}"' for api, path in apis.items()]
    settings = ["[tool.harness.environments.box]", *bases, "sandbox = true", ""]
    (project / "pyproject.toml").write_text("\n".join(settings))
    code = "from harness.cli import console; console()"
    what = ("record", "--listen", "127.0.0.1:0", "--environment", "box", "-o", "rec", *options)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", code, *what],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            lines = tuple(process.stdout.readline() for _ in range(6))
            url = next((line.split()[-1].removesuffix("/v1") for line in lines if "/v1 " in line), "")
            assert url, process.stderr and process.stderr.read()
            yield Recorder(process, url, lines)
        finally:
            process.kill()


def kept(project: Path, side: str = "baseline") -> tuple[Exchange, ...]:
    """Return what was kept of a side."""
    path = project / "rec" / f"{side}.yaml"
    return tuple(Cassette.load(path).exchanges) if path.exists() else ()


def test_it_says_what_to_set(tmp_path: Path) -> None:
    """A line for each base URL, with the one that it stands for; and how it ends."""
    with recorder(tmp_path, "http://127.0.0.1:9") as made:
        code, out, err = made.end()

    assert [line.split() for line in made.lines[1:5]] == [
        [f"http://127.0.0.1:9{path}", "->", f"{made.url}{path}"]
        for path in ("/iam/v1beta1", "/platform/v1beta1", "/v1", "/labs/v1")
    ]
    assert made.lines[0].startswith("Recording box. ")
    assert made.lines[5].startswith("Ctrl-C ends the recording")
    assert (code, err) == (0, "")
    assert "nothing was kept" in out


def _by_httpx(url: str) -> list[int]:
    with httpx.Client(base_url=url, headers=BEARER) as client:
        made = client.post(TEAMS, content=TEAM, headers={"Content-Type": "application/json"})
        return [client.get(USERS).status_code, made.status_code]


def _by_requests(url: str) -> list[int]:
    with requests.Session() as client:
        read = client.get(url + USERS, headers=BEARER, timeout=20)
        fields = {**BEARER, "Content-Type": "application/json"}
        return [read.status_code, client.post(url + TEAMS, TEAM, headers=fields, timeout=20).status_code]


def _by_urllib3(url: str) -> list[int]:
    with urllib3.PoolManager() as client:
        read = client.request("GET", url + USERS, headers=BEARER)
        # An iterator is sent in chunks.
        fields = {**BEARER, "Content-Type": "application/json"}
        made = client.request("POST", url + TEAMS, body=iter([TEAM[:5], TEAM[5:]]), headers=fields)
        return [read.status, made.status]


def _by_urllib(url: str) -> list[int]:
    fields = {**BEARER, "Content-Type": "application/json"}
    codes = []
    for asked in (Request(url + USERS, headers=BEARER), Request(url + TEAMS, TEAM, fields)):  # noqa: S310 - http
        with urlopen(asked, timeout=20) as response:  # noqa: S310 - the same
            response.read()  # one that leaves before is kept as a failure, and so it should be
            codes.append(response.status)
    return codes


def _by_curl(url: str) -> list[int]:
    json_ = ("-H", "Content-Type: application/json", "-H", "Expect: 100-continue", "-d", TEAM.decode())
    codes = []
    for target, options in ((USERS, ("--compressed",)), (TEAMS, json_)):
        bearer = f"Authorization: Bearer {SANDBOX_TOKEN}"
        said = ("-s", "--max-time", "20", "-w", "%{stderr}%{http_code}")
        command = [str(CURL), *said, "-H", bearer, *options, url + target]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - ours
        codes.append(int(done.stderr))
    return codes


no_curl = pytest.mark.skipif(CURL is None, reason="curl is not installed")


@pytest.mark.parametrize(
    "client",
    [_by_httpx, _by_requests, _by_urllib3, _by_urllib, pytest.param(_by_curl, marks=no_curl)],
    ids=lambda client: client.__name__,
)
def test_clients_are_recorded(tmp_path: Path, client: Callable[[str], list[int]]) -> None:
    """Whatever makes the calls, their recordings are alike; no token is in them."""
    with running() as upstream, recorder(tmp_path, upstream) as made:
        codes = client(made.url)
        code, out, err = made.end()
    (read,), (wrote,) = kept(tmp_path), kept(tmp_path, "candidate")

    assert (codes, code, err) == ([200, 200], 0, "")
    assert out.splitlines()[1:3] == ["rec/baseline.yaml: 1 exchange", "rec/candidate.yaml: 1 exchange"]
    assert (read.request.method, read.request.url) == ("GET", upstream + USERS)
    assert (wrote.request.method, wrote.request.content) == ("POST", TEAM)
    assert read.response is not None
    assert len(json.loads(read.response.content)["users"]) == 3
    assert SANDBOX_TOKEN not in (tmp_path / "rec" / "baseline.yaml").read_text()


@pytest.mark.parametrize("numbers", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGINT] * 3])
def test_signals_end_it_in_order(tmp_path: Path, numbers: list[signal.Signals]) -> None:
    """Also while an answer is waited for, and while the cassettes are written: they are whole."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        upstream = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with (
            recorder(tmp_path, upstream) as made,
            closing(socket.create_connection(_address(made.url))) as client,
        ):
            client.sendall(b"GET /v1/a HTTP/1.1\r\nHost: localhost\r\n\r\n")
            service, _ = listener.accept()
            service.recv(65536)
            for number in numbers[:-1]:
                made.process.send_signal(number)
            if len(numbers) == 1:
                service.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            code, out, err = made.end(numbers[-1])
            service.close()
    (exchange,) = kept(tmp_path, "candidate")

    assert (code, err) == (0, "")
    assert "rec/candidate.yaml: 1 exchange" in out
    assert (exchange.failure is None) is (len(numbers) == 1)
    assert [path.name for path in (tmp_path / "rec").iterdir()] == ["candidate.yaml"]


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 0)


def test_what_could_not_be_kept_is_an_exit_code(tmp_path: Path) -> None:
    """The client has its answers; each cause is told once, the number at the end."""
    with running() as upstream, recorder(tmp_path, upstream, "--disk-cap", "1KiB") as made:
        codes = [httpx.get(made.url + USERS, headers=BEARER).status_code for _ in range(5)]
        code, out, err = made.end()

    assert codes == [200] * 5
    assert (code, err.count("\n")) == (2, 1)
    assert "the recording has the 1024 bytes that it may have" in err
    assert re.search(r"^Lost: \d exchanges that could not be kept\.$", out, re.MULTILINE)


@pytest.mark.parametrize("after", [1, 7, 20, 45])
def test_a_kill_loses_nothing_that_a_client_has(tmp_path: Path, after: int) -> None:
    """Four clients work, the recorder is killed in the middle, and recovery has every whole answer."""
    with running() as upstream, recorder(tmp_path, upstream, "--fsync") as made:
        answered = _work_until_killed(made, after)
    called = _in(tmp_path, "record", "--recover", "-o", "rec")
    urls = [exchange.request.url for exchange in kept(tmp_path)]

    assert called.returncode == 0, called.stderr
    assert len(answered) >= after
    assert {f"{upstream}{target}" for target in answered} <= set(urls)
    assert len(urls) == len(set(urls))


def _work_until_killed(made: Recorder, after: int) -> list[str]:
    """Call the recorder from four threads, kill it after some answers; return what was answered whole."""
    answered: list[str] = []

    def work(name: int) -> None:
        with closing(http.client.HTTPConnection(*_address(made.url), timeout=20)) as client:
            for number in range(1000):
                target = f"{USERS}&offset={number}&name={name}"
                client.request("GET", target, headers=BEARER)
                client.getresponse().read()
                answered.append(target)
                if len(answered) == after:
                    made.process.send_signal(signal.SIGKILL)

    def until_killed(name: int) -> None:
        with suppress(OSError, http.client.HTTPException):
            work(name)

    threads = [threading.Thread(target=until_killed, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answered


def _in(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from harness.cli import console; console()"
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # noqa: S603 - our own program
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_the_cassette_is_played_by_stock_vcrpy(tmp_path: Path) -> None:
    """To the same client, which asks the service itself then; nothing is called."""
    with running() as upstream, recorder(tmp_path, upstream) as made:
        recorded = requests.get(made.url + USERS, headers=BEARER, timeout=20).json()
        made.end()
    with vcr.VCR(record_mode="none").use_cassette(str(tmp_path / "rec" / "baseline.yaml")) as cassette:
        played = requests.get(upstream + USERS, headers=BEARER, timeout=20).json()

        assert cassette.play_count == 1
    assert played == recorded


def test_a_recording_becomes_scenarios_that_replay(tmp_path: Path) -> None:
    """Recorded, drafted, the v1 side added from the sandbox, and replayed without it."""
    run = ("pytest", "scenarios/recorded", "-q", "-p", "no:cacheprovider")
    with running() as upstream:
        with recorder(tmp_path, upstream) as made:
            with httpx.Client(base_url=made.url, headers=BEARER) as client:
                users = client.get(USERS).json()["users"]
                client.get(USERS.replace("/users?limit=3", f"/users/{users[0]['id']}"))
            made.end()
        drafted = _in(tmp_path, "draft", "rec", "-o", "scenarios/recorded")
        added = _pytest(tmp_path, *run[1:], "--environment", "box", "--mode", "record")
    replayed = _pytest(tmp_path, *run[1:], "--environment", "box")

    assert drafted.returncode == 0, drafted.stdout + drafted.stderr
    assert added.returncode in {0, 1}, added.stdout + added.stderr
    assert "finished" in replayed.stdout
    assert replayed.returncode == added.returncode, replayed.stdout
    assert _scenarios(replayed.stdout) == _scenarios(added.stdout)


def _pytest(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "ASTRO_API_TOKEN": SANDBOX_TOKEN,
        "ASTRO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID,
    }
    command = [sys.executable, "-m", "pytest", "-p", "harness.plugin", *arguments]
    return subprocess.run(  # noqa: S603 - our own program
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def _scenarios(out: str) -> str:
    return next(line for line in out.splitlines() if line.startswith("Scenarios: "))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--listen", "0.0.0.0:8700"), "--listen: 0.0.0.0 can be reached from other machines"),
        (("--listen", "[::]:8700"), "--listen: :: can be reached from other machines"),
        (("--listen", "example.org:80"), "--listen: example.org can be reached"),
        (("--listen", "127.0.0.1"), "--listen: `127.0.0.1` is no address"),
        (("--listen", "127.0.0.1:x"), "--listen: `127.0.0.1:x` is no address"),
        (("--listen", ":8700"), "--listen: `:8700` is no address"),
        (("--listen", "127.0.0.1:70000"), "--listen: 70000 is no port"),
        (("--listen", "127.0.0.1:0", "--environment", "stagging"), "there is no environment `stagging`"),
    ],
)
def test_mistakes_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], why: str
) -> None:
    """Each on one line, before anything is forwarded."""
    monkeypatch.chdir(tmp_path)

    assert why in refused(harness("record", *arguments))
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_is_there_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before the recorder listens."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "baseline.yaml").write_text("precious")

    assert "there is a recording here already" in refused(
        harness("record", "--listen", "127.0.0.1:0", "-o", "rec")
    )


@pytest.mark.parametrize("size", ["4M", "x", "-1", "4 MiB", ""])
def test_a_size_that_is_none(size: str) -> None:
    """It is told how sizes are written."""
    called = harness("record", "--listen", "127.0.0.1:0", "--body-cap", size)

    assert called.code == 2
    assert "KiB" in called.err
