"""From a client's traffic to scenarios that run: the whole way."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_socket import disable_socket, enable_socket

from harness.cli import main
from harness.exchange import Exchange, Json, Request, Response
from harness.recorder import Keeper, Secrecy, scope_of
from harness.redact import Redactor
from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN
from harness.settings import Environment
from tests.plugin.inner import Pytest, report, staging


def keep_a_clients_calls(directory: Path, url: str) -> None:
    """Record what a script does that lists an organization's tokens and makes one of them again."""
    secrets = {"ASTRO_API_TOKEN": SANDBOX_TOKEN}
    bases = {api: f"{url}/{api}/v1beta1" for api in ("iam", "platform")} | {"v1": f"{url}/v1"}
    scope = scope_of([Environment(name="box", base_urls=bases, sandbox=True)])
    tokens = f"{bases['iam']}/organizations/{SANDBOX_ORGANIZATION_ID}/tokens"
    keeper = Keeper(directory, scope, Secrecy(redactor=Redactor(secrets), secrets=secrets), environment="box")
    with keeper, httpx.Client(headers={"authorization": f"Bearer {SANDBOX_TOKEN}"}) as client:

        def call(method: str, url: str, body: Json = None) -> Any:
            answer = client.request(method, url, json=body)
            sent = answer.request
            request = Request(
                method=method, url=url, headers=tuple(sent.headers.items()), content=sent.read()
            )
            response = Response(
                status=answer.status_code, headers=tuple(answer.headers.items()), content=answer.content
            )
            started = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            keeper.ended(keeper.began(request), Exchange(request=request, response=response, started=started))
            return answer.json() if answer.content else None

        for each in call("GET", f"{tokens}?limit=2")["tokens"]:
            call("GET", f"{tokens}/{each['id']}")
        made = call("POST", tokens, {"name": "again", "type": "ORGANIZATION", "role": "ORGANIZATION_MEMBER"})
        call("DELETE", f"{tokens}/{made['id']}")
        keeper.finish()


def test_traffic_becomes_scenarios_that_run(
    pytester: pytest.Pytester, run: Pytest, sandbox: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client's calls are recorded, drafted, recorded anew with v1's side, and replayed without a socket."""
    staging(pytester, sandbox, sandbox=True)
    monkeypatch.chdir(pytester.path)
    keep_a_clients_calls(pytester.path / "recording", sandbox)
    out = StringIO()

    assert main(["inspect", "recording"], out, out) == 1
    assert "is called $.body.tokens[*].scope in v1" in out.getvalue()
    assert main(["draft", "recording", "-o", "scenarios/recorded"], out, out) == 0

    recorded = run("scenarios/recorded", "--mode", "record", "--environment", "box")
    first = report(pytester)
    disable_socket()
    try:
        run("scenarios/recorded")
    finally:
        enable_socket()
    played = report(pytester)

    recorded.assert_outcomes(failed=2)  # v1 calls a token's type otherwise, read and written
    assert {each["verdict"] for each in first["scenarios"]} == {"mismatch"}
    assert [each["verdict"] for each in played["scenarios"]] == [
        each["verdict"] for each in first["scenarios"]
    ]
