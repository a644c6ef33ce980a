"""Each fault on each side, on a read, a create and a delete: the verdict, what is said, and what is left.

Nothing may be left that the ledger does not know, since only of that can a sweep be made. Faults of one
call are those of the sandbox; those of a whole side are of its network: no such name, a certificate that
nobody vouches for, a proxy that is down, nobody who listens, a header that never ends.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import repeat
from pathlib import Path

import pytest

from harness.exchange import Side
from harness.ledger import DIRECTORY, ledgers, read_ledger
from harness.options import Mode, Options
from harness.report.text import failure_text
from harness.result import Evidence, ScenarioResult, StepResult, Verdict
from harness.runner import Runner
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, Setup, parse_faults, running
from harness.scenario import read_scenario
from harness.settings import Environment, Retries, Settings
from tests.raw_server import RawServer

READ = "scenario: Reads\nsteps: [{operation: ListTeams}]\n"
WRITES = """\
scenario: Writes
steps:
  - {operation: CreateTeam, request: {body: {name: "t ${run_id} ${side}"}}, capture: {team_id: $.id}}
  - {operation: GetTeam}
cleanup:
  - {operation: DeleteTeam}
"""
SIDES = ("v1beta1", "v1", "*")

BUSY = ("inconclusive", "inconclusive", "inconclusive")
LOST = ("inconclusive", "mismatch", "error")
WRONG = ("mismatch", "mismatch", "inconclusive")
# By fault: the verdicts of a run in which it meets v1beta1, v1 and both, on a read, a create and a delete.
TABLE = {
    "429": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "500": (WRONG, ("mismatch", "mismatch", "error"), ("mismatch", "mismatch", "mismatch")),
    "502": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "503": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "504": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "html": (BUSY, ("inconclusive", "inconclusive", "error"), BUSY),
    "html=404": (WRONG, ("mismatch", "mismatch", "error"), ("mismatch", "mismatch", "match")),
    "reset": (LOST, LOST, LOST),
    # A 204 has no body that could be cut or called otherwise.
    "truncated": (LOST, LOST, ("match", "match", "match")),
    "content-type": (
        ("mismatch", "mismatch", "match"),
        ("mismatch", "mismatch", "error"),
        ("match", "match", "match"),
    ),
    "latency=1500ms": (LOST, LOST, LOST),
    # Each wait is shorter than the timeout; the body as a whole is not.
    "slow=2s": (LOST, LOST, ("match", "match", "match")),
    "endless": (LOST, LOST, ("match", "match", "match")),
    "large": (("match",) * 3,) * 3,
}

# What a report says of the side that a fault meets, where no answer came; without the time that it took.
SAID = {
    "reset": "the connection was lost: ",
    "truncated": "the connection was lost: ",
    "latency=1500ms": "timed out after 1 s, waiting for data",
    "slow=2s": "the body was not whole after 1 s",
    "endless": "the body is larger than 67108864 bytes",
}

# By fault of the network, what a report says of the side that it meets.
NETWORKS = {
    "no such host": "could not connect: ",
    "nobody listens": "could not connect: [Errno 111] Connection refused",
    "self-signed": "certificate verify failed: self-signed certificate (",
    "dead proxy": "could not connect by the proxy 127.0.0.1:",
    "endless header": "the answer was not whole after 1 s",
}

_OPENSSL = shutil.which("openssl")
_PATIENCE = {"endless": 20.0, "large": 20.0}
"""Seconds for an answer, where it is not the time that must end it."""


def _bases(url: str) -> dict[str, str]:
    return {"iam": f"{url}/iam/v1beta1", "platform": f"{url}/platform/v1beta1", "v1": f"{url}/v1"}


def _run(bases: dict[str, str], root: Path, text: str, *, timeout: float = 1) -> ScenarioResult:
    settings = Settings(
        root=root,
        scenarios=(root,),
        cassettes=root / "cassettes",
        reports=root / "reports",
        state=root / ".harness",
        timeout=timeout,
        retries=Retries(attempts=1),
    )
    (root / "a.yaml").write_text(text)
    runner = Runner(
        Options(
            settings=settings,
            environment=Environment(name="box", base_urls=bases, limits={}),
            mode=Mode.LIVE,
            allow_writes=True,
            environ={
                **os.environ,
                "ASTRO_API_TOKEN": SANDBOX_TOKEN,
                "ASTRO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID,
            },
        )
    )
    scenario = read_scenario(root / "a.yaml", root=root)
    try:
        return runner.run(scenario, scenario.rows()[0])
    finally:
        runner.close()


def _evidence(step: StepResult, side: Side) -> Evidence:
    """Return what a step has of a side; it has both, whatever came of them."""
    evidence = step.baseline if side is Side.BASELINE else step.candidate
    assert evidence is not None
    return evidence


def _met(side: int) -> list[Side]:
    """Return the sides that a fault meets, by the number of its column."""
    return [[Side.BASELINE], [Side.CANDIDATE], list(Side)][side]


def _known(root: Path) -> set[str]:
    """Return the names in the ledgers of a project."""
    accounts = [read_ledger(path) for path in ledgers(root / ".harness" / DIRECTORY)]
    return {entry.labels["name"] for account in accounts for entry in account.entries}


def _check_sides(step: StepResult, met: list[Side], said: str, statuses: set[int]) -> None:
    """Check that a fault took the answers of the sides that it met, says why, and no other side's."""
    for side in Side:
        evidence = _evidence(step, side)
        if side not in met:
            assert evidence.failure is None
            assert evidence.status in statuses
        elif said:
            assert evidence.failure is not None
            assert said in evidence.failure.message
            assert evidence.status == 0


def _teams(url: str) -> set[str]:
    """Ask for the names of all teams, by an operation that no fault of these tests meets."""
    request = urllib.request.Request(  # noqa: S310 - the sandbox on loopback
        f"{url}/v1/organizations/{SANDBOX_ORGANIZATION_ID}/teams?limit=1000",
        headers={"Authorization": f"Bearer {SANDBOX_TOKEN}"},
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
        return {team["name"] for team in json.load(answer)["teams"]}


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize("side", range(3), ids=SIDES)
def test_a_fault_of_reads_has_its_verdict(tmp_path: Path, kind: str, side: int) -> None:
    """A busy service and a lost v1beta1 are no verdict on v1; a lost or wrong v1 is one."""
    with running(setup=Setup(faults=parse_faults([f"{SIDES[side]}:ListTeams:{kind}"], None))) as url:
        result = _run(_bases(url), tmp_path, READ, timeout=_PATIENCE.get(kind, 1))

    assert result.verdict == TABLE[kind][0][side]
    assert len(result.steps) == 1
    _check_sides(result.steps[0], _met(side), SAID.get(kind, ""), {200})
    assert "Traceback" not in failure_text(result)


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize("side", range(3), ids=SIDES)
@pytest.mark.parametrize("operation", ["CreateTeam", "DeleteTeam"])
def test_a_fault_of_writes_leaves_nothing_that_nobody_knows(
    tmp_path: Path, kind: str, side: int, operation: str
) -> None:
    """Every step and the cleanup have results, and what is left in the store stands in the ledger."""
    with running(setup=Setup(faults=parse_faults([f"{SIDES[side]}:{operation}:{kind}"], None))) as url:
        before = _teams(url)
        result = _run(_bases(url), tmp_path, WRITES, timeout=_PATIENCE.get(kind, 1))
        left = _teams(url) - before

    assert result.verdict == TABLE[kind][1 if operation == "CreateTeam" else 2][side]
    assert len(result.steps) == 3
    assert left <= _known(tmp_path)
    assert "Traceback" not in failure_text(result)


def _trickle(connection: socket.socket) -> None:
    """Send a header of which something comes all the time, and which does not end for long."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(1000):
            connection.sendall(f"X-{number}: on and on\r\n".encode())
            time.sleep(0.05)


def _shake_hands(directory: Path) -> Callable[[socket.socket], None]:
    """Return what speaks TLS with a certificate that is its own authority."""
    certificate, key = directory / "cert.pem", directory / "key.pem"
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = [str(_OPENSSL), *kind, *names, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ours
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def answer(connection: socket.socket) -> None:
        with suppress(OSError):
            context.wrap_socket(connection, server_side=True).close()

    return answer


@contextmanager
def _served(server: RawServer) -> Iterator[str]:
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def _network(kind: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the URL of a host whose network has a fault."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        free = listener.getsockname()[1]
    if kind == "endless header":
        with _served(RawServer(repeat(_trickle))) as url:
            yield url
    elif kind == "self-signed":
        # The handshake is the server's own: it does not wait for a request in the clear.
        with _served(RawServer(repeat(_shake_hands(directory)), reads=False)) as url:
            yield url.replace("http://", "https://")
    elif kind == "dead proxy":
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2hunter2@127.0.0.1:{free}")
        yield "https://astro.example.com"
    else:
        yield f"http://127.0.0.1:{free}" if kind == "nobody listens" else "https://nowhere.invalid"


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("side", range(3), ids=SIDES)
def test_a_fault_of_the_network_is_told_and_leaves_nothing(
    tmp_path: Path, kind: str, side: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A side that cannot be reached says why, the other one answers, and what it made is unmade."""
    if kind == "self-signed" and _OPENSSL is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with running() as url, _network(kind, tmp_path, monkeypatch) as broken:
        here, there = _bases(url), _bases(broken)
        down = {"v1beta1": ("iam", "platform"), "v1": ("v1",), "*": tuple(here)}[SIDES[side]]
        bases = {api: there[api] if api in down else here[api] for api in here}
        read, before = _run(bases, tmp_path, READ), _teams(url)
        written, left = _run(bases, tmp_path, WRITES), _teams(url) - before

    assert (read.verdict, written.verdict) == (LOST[side], LOST[side])
    for step, statuses in ((read.steps[0], {200}), (written.steps[0], {200, 201})):
        _check_sides(step, _met(side), NETWORKS[kind], statuses)
    assert [step.name for step in written.steps] == ["CreateTeam", "GetTeam", "DeleteTeam"]
    assert written.steps[-1].verdict is Verdict.MATCH or side == 2
    assert left == set()
    assert "Traceback" not in failure_text(written)
    assert "hunter2" not in failure_text(read) + failure_text(written)
