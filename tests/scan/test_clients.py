"""What is called below the base URL of a client."""

from __future__ import annotations

import pytest

from harness.scan.clients import below, is_base, strangers
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


@pytest.mark.parametrize(
    "other",
    [
        ['labs = httpx.Client(base_url=f"https://api.astronomer.io/labs/v1/organizations/{org}")'],
        ["labs = httpx.Client(", "    timeout=30,", '    base_url="https://events.example.com",', ")"],
        ['with httpx.Client(base_url="https://events.example.com") as labs:'],
        ['const labs = axios.create({ baseURL: "https://events.example.com" });'],
    ],
)
@pytest.mark.parametrize(
    "call", ['labs.get("/alerts")', 'labs.post(f"/alerts/{alert}", json={})', 'labs.get("")']
)
def test_a_client_with_another_base_url_calls_something_else(other: list[str], call: str) -> None:
    """Alerts are in the Labs API, and other services have some too."""
    lines = [PYTHON, *other, 'astro.get("/alerts")', call]

    assert [use.line for use in uses(lines) if use.path.endswith("/alerts")] == [len(lines) - 1]
    assert not [use for use in uses(lines) if use.line == len(lines)]


def test_only_the_call_that_is_given_a_base_url_makes_a_stranger() -> None:
    """What stands above it and has ended is another statement."""
    assert strangers(["astro = made()", 'Client(base_url="https://events.example.com")'], ()) == set()


@pytest.mark.parametrize(
    "function",
    ["def send(self, method, rest):", "func (c *Client) send(", "const send = async (method, rest) => {"],
)
@pytest.mark.parametrize(
    "call",
    ['self.send("DELETE", f"/alerts/{alert}")', "send(ask(), '/alerts')", 'send("")', 'other("/alerts")'],
)
def test_what_a_function_is_given_as_the_rest_of_a_path_is_found(function: str, call: str) -> None:
    """The function is to be looked at; what the same file gives to it, and to no other one, is found."""
    lines = [function, '    ask(method, f"{BASE}/organizations/{ORG}{rest}")', call]
    (told, *given) = uses(lines)

    assert told.more
    assert [use.path.startswith(ALERTS) for use in given] == [True] * ("send" in call and "alerts" in call)


def test_a_path_that_no_function_is_seen_around_is_given_nothing() -> None:
    """What another function of the file is given may go anywhere."""
    (told,) = uses(['ask(method, f"{BASE}/organizations/{ORG}{rest}")', 'send("/alerts")'])

    assert told.more
