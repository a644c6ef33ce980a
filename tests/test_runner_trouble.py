"""What the network and services do to a live run: always a verdict and a message, in time that is bounded."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import repeat
from pathlib import Path

import pytest

from harness.options import Mode, Options
from harness.readiness import assess
from harness.report.text import failure_text, summary_text
from harness.result import RunResult, ScenarioResult, Verdict
from harness.runner import Runner
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, Setup, parse_faults, running
from harness.scenario import read_scenario
from harness.settings import Environment, Retries, Settings
from harness.struct import replace
from tests.raw_server import RawServer

TOKEN = "tok-5f1d0c7e9b2a4836"
ONE = "steps: [{operation: ListTeams}]\n"
MAKES = """\
steps:
  - {operation: CreateTeam, request: {body: {name: "t ${run_id} ${side}"}}, capture: {team_id: $.id}}
cleanup:
  - {operation: DeleteTeam}
"""
FAST = Retries(attempts=3, seconds=5)

Run = Callable[..., ScenarioResult]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give what runs a scenario live against a host; nothing of a token may be in what it says."""

    def runs(
        host: str,
        text: str = ONE,
        *,
        token: str = TOKEN,
        timeout: float = 5,
        mode: Mode = Mode.LIVE,
        retries: Retries = FAST,
    ) -> ScenarioResult:
        bases = {"iam": f"{host}/iam/v1beta1", "platform": f"{host}/platform/v1beta1", "v1": f"{host}/v1"}
        environment = Environment(name="box", base_urls=bases, limits={})
        environ = {**os.environ, "ASTRO_API_TOKEN": token, "ASTRO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID}
        settings = Settings(
            root=tmp_path,
            scenarios=(tmp_path,),
            cassettes=tmp_path / "cassettes",
            reports=tmp_path / "reports",
            state=tmp_path / ".harness",
            timeout=timeout,
            retries=retries,
        )
        path = tmp_path / "a.yaml"
        path.write_text(f"scenario: Trouble\n{text}", "utf-8")
        scenario = read_scenario(path, root=tmp_path)
        runner = Runner(
            Options(settings=settings, environment=environment, mode=mode, allow_writes=True, environ=environ)
        )
        try:
            result = runner.run(scenario, scenario.rows()[0])
        finally:
            runner.close()
        assert token not in failure_text(result)
        return result

    return runs


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], object] | bytes], str]]:
    """Give what starts a server that answers every connection alike; its URL comes back."""
    servers: list[RawServer] = []

    def start(answer: Callable[[socket.socket], object] | bytes) -> str:
        servers.append(RawServer(repeat(answer)))
        return servers[-1].url

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def sandbox() -> Iterator[str]:
    """Give the URL of a sandbox."""
    with running() as url:
        yield url


def retried(result: ScenarioResult) -> list[str]:
    """Return what was retried, on both sides."""
    return [
        str(retry.failure or retry.status)
        for step in result.steps
        for evidence in (step.baseline, step.candidate)
        if evidence
        for retry in evidence.retries
    ]


def test_a_wrong_token_proves_nothing(run: Run, sandbox: str) -> None:
    """Both sides refuse a token that they do not know: nothing is compared, and the reason says it."""
    result = run(sandbox, token="tok-0000000000000000")

    assert result.verdict is Verdict.INCONCLUSIVE
    assert "401" in failure_text(result)
    assert retried(result) == []


def test_no_connection(run: Run) -> None:
    """Where nobody listens, the step is an error that names the place, after all attempts."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = run(f"http://127.0.0.1:{port}")

    assert result.verdict is Verdict.ERROR
    assert "no answer from either side: could not connect: " in failure_text(result)
    advice = "Check the base URLs of `box`, and proxies and firewalls on the way."
    assert f"refused, at 127.0.0.1:{port}. {advice}" in failure_text(result)
    assert retried(result) == ["connect"] * 4


def test_no_such_host(run: Run) -> None:
    """A name that does not resolve is an error that says so."""
    result = run("https://astro.invalid")

    assert result.verdict is Verdict.ERROR
    assert "could not connect: " in failure_text(result)
    assert "at astro.invalid" in failure_text(result)


def test_no_tls(run: Run, sandbox: str) -> None:
    """A host with which TLS cannot be spoken is an error that says so."""
    result = run(sandbox.replace("http://", "https://"))

    assert result.verdict is Verdict.ERROR
    assert "could not connect: [SSL" in failure_text(result)


EMPTY = json.dumps({"teams": [], "limit": 20, "offset": 0, "totalCount": 0}).encode()


def answer(body: bytes, *, length: int | None = None) -> bytes:
    """Return an answer with JSON."""
    size = len(body) if length is None else length
    fields = ("Content-Type: application/json", f"Content-Length: {size}", "Connection: close")
    return "\r\n".join(("HTTP/1.1 200 OK", *fields, "", "")).encode() + body


def test_a_proxy_of_the_environment_is_used(
    run: Run, serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls to the network go through the proxy that the environment names, and no_proxy is kept."""
    proxy = serve(answer(EMPTY))
    monkeypatch.setenv("http_proxy", proxy)
    through = run("http://astro.example.com")
    monkeypatch.setenv("no_proxy", "astro.invalid")
    past = run("http://astro.invalid")

    assert through.verdict is Verdict.MATCH
    assert past.verdict is Verdict.ERROR


def test_a_proxy_that_is_down_or_refuses(
    run: Run, serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that cannot be used is an error, and its password is not told."""
    refuses = serve(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    told = []
    for proxy in ("http://user:hunter2hunter2@127.0.0.1:1", refuses):
        monkeypatch.setenv("https_proxy", proxy)
        result = run("https://astro.example.com")
        told.append(failure_text(result))

        assert result.verdict is Verdict.ERROR
        assert f"could not connect by the proxy 127.0.0.1:{proxy.rpartition(':')[2]}: " in told[-1]
    assert "hunter2" not in "".join(told)


def test_a_slow_body_ends_with_the_timeout(run: Run, serve: Callable[..., str]) -> None:
    """A body that trickles never waits for longer than the timeout, however steadily something comes.

    The timeout is long beside what a busy machine takes to begin an answer: it has to end in the body.
    """

    def trickle(connection: socket.socket) -> None:
        connection.sendall(answer(b"{", length=10_000))
        for _ in range(1000):
            connection.sendall(b" ")
            time.sleep(0.02)

    result = run(serve(trickle), timeout=2, retries=Retries(attempts=2, seconds=5))

    assert result.verdict is Verdict.ERROR
    assert "the body was not whole after 2 s" in failure_text(result)
    assert set(retried(result)) == {"timeout"}


def test_an_endless_body_is_cut(run: Run, serve: Callable[..., str]) -> None:
    """A body without an end is not read beyond what is allowed, and not asked for again."""

    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[")
        part = b"1," * 500_000
        with suppress(OSError):
            while True:
                connection.sendall(part)

    result = run(serve(pour), timeout=30)

    assert result.verdict is Verdict.ERROR
    assert "the body is larger than 67108864 bytes" in failure_text(result)
    assert retried(result) == []


def test_a_body_of_50_mb_is_compared(run: Run, serve: Callable[..., str]) -> None:
    """A large body that is allowed is an answer like any other."""
    large = json.dumps({"teams": [], "note": "x" * 50_000_000}).encode()
    result = run(serve(answer(large)), timeout=60)

    assert result.verdict in (Verdict.MATCH, Verdict.MISMATCH)
    assert {
        evidence.status for step in result.steps for evidence in (step.baseline, step.candidate) if evidence
    } == {200}


@pytest.mark.parametrize("fault", ["429", "429=0", "502", "503", "504", "html"])
def test_trouble_that_passes_is_not_seen_but_told(run: Run, fault: str) -> None:
    """A service that is busy now and then gives the same verdicts; what was retried is in the report."""
    with running(setup=Setup(faults=parse_faults([f"v1:ListTeams:{fault}:0.5"], None))) as url:
        results = [run(url, token=SANDBOX_TOKEN) for _ in range(6)]
    made = RunResult(
        format=1,
        tool="t",
        mode="live",
        environment="box",
        profile="strict",
        started="2026-11-20T10:00:00Z",
        finished="2026-11-20T10:00:01Z",
        planned=6,
        acceptances=True,
        scenarios=tuple(replace(result, id=str(number)) for number, result in enumerate(results)),
    )
    assessment = assess(made)
    told = [line for line in summary_text(made, assessment, Path("r")) if line.startswith("Retries: ")]
    status = "502" if fault == "html" else fault[:3]

    assert Verdict.MATCH in {result.verdict for result in results}
    assert {result.verdict for result in results} <= {Verdict.MATCH, Verdict.INCONCLUSIVE}
    assert assessment.retries == {status: sum(len(retried(result)) for result in results)}
    assert told == [f"Retries: {assessment.retries[status]} ({assessment.retries[status]} after {status})"]


@pytest.mark.parametrize("fault", ["502", "503", "504", "reset", "truncated"])
def test_a_create_is_never_sent_twice_where_it_may_have_arrived(run: Run, fault: str) -> None:
    """When a create is not answered, or the answer is lost, no second one is sent, and nothing matches."""
    with running(setup=Setup(faults=parse_faults([f"v1:CreateTeam:{fault}"], None))) as url:
        result = run(url, MAKES, token=SANDBOX_TOKEN)

    assert result.verdict in (Verdict.INCONCLUSIVE, Verdict.MISMATCH)
    assert retried(result) == []


def test_what_was_retried_is_replayed(run: Run) -> None:
    """A cassette keeps what was retried, so that a replay tells the same."""
    with running(setup=Setup(faults=parse_faults(["*:ListTeams:503:0.4"], None))) as url:
        recorded = [run(url, token=SANDBOX_TOKEN, mode=Mode.RECORD) for _ in range(4)]
    last = next(result for result in reversed(recorded) if result.verdict is Verdict.MATCH)
    replayed = run(url, mode=Mode.REPLAY)

    assert retried(replayed) == retried(last)
    assert any(retried(result) for result in recorded)
