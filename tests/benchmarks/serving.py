"""What the sandbox costs: a list of 100 deployments, and its memory over many requests."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator
from typing import Final

import httpx

from harness.sandbox import SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, Clock, Setup, running
from harness.sandbox.answers import Answer, rendered
from harness.sandbox.app import _Asked, _Sandbox
from harness.sandbox.switches import packaged
from tests.benchmarks.measure import Row, milliseconds
from tests.benchmarks.workspace import Workspace

_ORGANIZATION: Final = f"/organizations/{SANDBOX_ORGANIZATION_ID}"
_BEARER: Final = f"Bearer {SANDBOX_TOKEN}"
_DEPLOYMENTS: Final = 100
_MEBIBYTE: Final = 1024 * 1024


def serving(workspace: Workspace) -> Iterator[Row]:
    """List deployments in this process and over loopback, and make and delete things many times."""
    # First: the lists below need more at once, which would hide a growth.
    requests = 2_000 if workspace.quick else 100_000
    yield Row(what=f"sandbox, memory over {requests:,} requests", ours=_growth(requests), bar=2, unit="MiB")
    times = 20 if workspace.quick else 400
    what = f"sandbox lists {_DEPLOYMENTS} deployments"
    listed = _listed()
    yield Row(what=f"{what}, in process", ours=milliseconds(listed, times=times), bar=10)
    with running() as url, httpx.Client(headers={"authorization": _BEARER}) as client:
        over = _listed_over(client, f"{url}/v1{_ORGANIZATION}")
        yield Row(what=f"{what}, over loopback", ours=milliseconds(over, times=times), bar=10)


def _listed() -> Callable[[], object]:
    ask = _asker()
    place = next(iter(ask("GET", "/workspaces").data["workspaces"]))["id"]
    while ask("GET", "/deployments", "limit=1").data["totalCount"] < _DEPLOYMENTS:
        ask("POST", "/deployments", body={"name": "one more", "workspaceId": place})
    return lambda: rendered(ask("GET", "/deployments", f"limit={_DEPLOYMENTS}"))


def _listed_over(client: httpx.Client, organization: str) -> Callable[[], object]:
    place = client.get(f"{organization}/workspaces").json()["workspaces"][0]["id"]
    path = f"{organization}/deployments"
    while client.get(path).json()["totalCount"] < _DEPLOYMENTS:
        client.post(path, json={"name": "one more", "workspaceId": place})
    return lambda: client.get(path, params={"limit": _DEPLOYMENTS}).raise_for_status()


def _growth(requests: int) -> float:
    """Return by how many MiB the peak of memory grows over some requests, after as many as warm up."""
    ask = _asker()

    def life() -> None:
        team = ask("POST", "/teams", body={"name": "short lived"}).data["id"]
        ask("GET", f"/teams/{team}")
        ask("DELETE", f"/teams/{team}")
        ask("DELETE", f"/teams/{team}")
        ask("GET", "/users", "limit=5")

    for _ in range(400):
        life()
    before = _peak()
    for _ in range(requests // 5):
        life()
    return (_peak() - before) / _MEBIBYTE


def _peak() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _asker() -> Callable[..., Answer]:
    """Return what asks a sandbox in this process for a path of v1 below the organization."""
    sandbox = _Sandbox(packaged(), Clock(), 0, Setup())

    def ask(method: str, path: str, query: str = "", body: object = None) -> Answer:
        pairs = [(name, value) for name, _, value in [query.partition("=")] if name]
        asked = _Asked(
            method=method,
            path=f"/v1{_ORGANIZATION}{path}",
            query=pairs,
            authorization=_BEARER,
            content=b"" if body is None else json.dumps(body).encode(),
        )
        return sandbox.answer(asked).answer

    return ask
