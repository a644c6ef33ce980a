"""What is called below the base URL of a client."""

from __future__ import annotations

import pytest

from harness.scan.clients import below, is_base
from harness.scan.paths import uses

PYTHON = 'astro = httpx.Client(base_url=f"{BASE}/organizations/{org}")'
ALERTS = "/organizations/{}/alerts"


@pytest.mark.parametrize(
    ("client", "call"),
    [
        ([PYTHON], 'astro.get("/alerts")'),
        ([PYTHON], 'everything("/alerts?limit=5", "alerts")'),
        (["astro = Client(", '    base_url=BASE + "/organizations/" + org,', ")"], "astro.get('/alerts/')"),
        (["axios.create({", "  baseURL: `${BASE}/organizations/${org}`", "});"], "astro.post(`/alerts`, {})"),
    ],
)
def test_what_is_called_below_the_base_url_of_a_client_is_found(client: list[str], call: str) -> None:
    """The organization stands where the client is made, and v1 does not have all that stands below it."""
    lines = [*client, call]

    assert [use.path for use in uses(lines) if use.line == len(lines)] == [ALERTS]


def test_a_base_url_that_nothing_is_called_below_is_left_open() -> None:
    """Another module may use the client, so that it is no call of the organization that needs no change."""
    alone, called = (
        [use.more for use in uses([PYTHON, line]) if use.line == 1]
        for line in ('open("/var/report.json")', 'astro.get("/alerts")')
    )

    assert (alone, called) == ([True], [])


@pytest.mark.parametrize(
    "line",
    [
        'self.base_url = f"{BASE}/organizations/{org}"',
        'base_url = f"{BASE}/organizations/{org}"',
        'base_url: str = f"{BASE}/organizations/{org}"',
        "const baseURL = `${BASE}/organizations/${org}`;",
        'send(url=f"{BASE}/organizations/{org}")',
    ],
)
def test_a_variable_is_no_client(line: str) -> None:
    """What is below a name is put together where the name is used."""
    assert not is_base([line, ""], 0, line.index("/organizations"))


@pytest.mark.parametrize(
    "line",
    ['@app.get("/alerts")', 'get(ORG_URL + "/alerts")', 'get("/organizations/o/alerts")', 'get("a/alerts")'],
)
def test_other_paths_are_below_no_client(line: str) -> None:
    """Routes of a server, and paths that go on with another one, say where they are."""
    assert list(below(line)) == []
