"""All that is looked at, over the loopback: against a sandbox, and against what is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from harness.doctor import Diagnosis, State, examine, is_well
from harness.sandbox import EXPIRED_TOKEN, SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN, WORKSPACE_TOKEN, running
from tests.raw_server import Answer, RawServer

CLOSED = "http://127.0.0.1:9"
"""The port of discard, which nobody serves."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[str]:
    """Give the URL of a sandbox that is only read."""
    with running() as url:
        yield url


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    """Give a function that starts a server with the given answers."""
    servers: list[RawServer] = []

    def start(*answers: Answer) -> RawServer:
        servers.append(RawServer(answers))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def project(root: Path, url: str, more: str = "") -> Path:
    """Write the settings of a project with an environment `staging` at a URL."""
    bases = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
    lines = ["[tool.harness]", 'environment = "staging"', more, "[tool.harness.documents]"]
    lines += [f'{api} = "{CLOSED}/{api}"' for api in bases]
    lines += [
        "[tool.harness.environments.staging]",
        *(f'{api} = "{url}{base}"' for api, base in bases.items()),
    ]
    (root / "pyproject.toml").write_text("\n".join([*lines, ""]), "utf-8")
    return root


def examined(root: Path, environ: dict[str, str], name: str | None = None) -> dict[str, Diagnosis]:
    """Examine a project; no diagnosis shows a token."""
    found = examine(root, name, environ)
    for each in found:
        if token := environ.get("ASTRO_API_TOKEN"):
            assert token not in each.found + each.advice
        assert each.found.isprintable()
        assert bool(each.advice) or each.state is not State.WRONG
    return {each.name: each for each in found}


def _with(token: str) -> dict[str, str]:
    return {"ASTRO_API_TOKEN": token, "ASTRO_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID}


def test_where_all_is_well(tmp_path: Path, sandbox: str) -> None:
    """Nothing is wrong, and what cannot be found out here is said to be unknown."""
    found = examined(project(tmp_path, sandbox), _with(SANDBOX_TOKEN))

    assert is_well(list(found.values()))
    assert list(found) == [
        "versions",
        "settings",
        "reports",
        "cassettes",
        "state",
        "environment",
        "token",
        "organization",
        "token at iam",
        "token at platform",
        "token at v1",
        "organization at platform",
        "organization at v1",
        "roles",
        "clock",
        "contract iam",
        "contract platform",
        "contract v1",
    ]
    assert [name for name, each in found.items() if each.state is State.UNKNOWN] == [
        "clock",
        "contract iam",
        "contract platform",
        "contract v1",
    ]
    assert "ORGANIZATION_OWNER" in found["roles"].found


def test_the_sandbox_needs_no_token(tmp_path: Path, sandbox: str) -> None:
    """It has its own, and no document is asked for: it is built from the contracts."""
    root = project(tmp_path, sandbox)
    text = (root / "pyproject.toml").read_text("utf-8")
    (root / "pyproject.toml").write_text(f"{text}sandbox = true\n", "utf-8")
    found = examined(root, {})

    assert is_well(list(found.values()))
    assert found["token at v1"].state is State.OK
    assert found["contracts"].state is State.OK


@pytest.mark.parametrize("token", ["no-such-token-0123", EXPIRED_TOKEN])
def test_a_wrong_token(tmp_path: Path, sandbox: str, token: str) -> None:
    """Both versions refuse it, and it is not shown."""
    found = examined(project(tmp_path, sandbox), _with(token))

    for api in ("iam", "platform", "v1"):
        assert found[f"token at {api}"].state is State.WRONG
        assert "401" in found[f"token at {api}"].found


def test_a_token_whose_roles_nobody_tells(tmp_path: Path, sandbox: str) -> None:
    """It is accepted all the same."""
    found = examined(project(tmp_path, sandbox), _with(WORKSPACE_TOKEN))

    assert found["token at v1"].state is State.OK
    assert found["roles"].state is State.UNKNOWN


def test_another_organization(tmp_path: Path, sandbox: str) -> None:
    """Neither version lets the token in there."""
    environ = {"ASTRO_API_TOKEN": SANDBOX_TOKEN, "ASTRO_ORGANIZATION_ID": "clnosuchorganization00000"}
    found = examined(project(tmp_path, sandbox), environ)

    assert found["organization at v1"].state is State.WRONG
    assert found["organization at platform"].state is State.WRONG


@pytest.mark.parametrize(
    ("token", "found", "advice"),
    [
        ("", "the variable ASTRO_API_TOKEN is not set", "Run `export ASTRO_API_TOKEN=...` first."),
        ("secret-token-0123\n", "holds what cannot be in a token", "without quotes"),
        ("secret token 0123", "holds what cannot be in a token", "without quotes"),
        ("Bearer-secret-token", "begins with `Bearer`", "Set the token alone."),
    ],
)
def test_a_token_that_cannot_be_sent(tmp_path: Path, token: str, found: str, advice: str) -> None:
    """It is said why, and nobody is asked."""
    diagnoses = examined(project(tmp_path, CLOSED), _with(token))

    assert diagnoses["token"].state is State.WRONG
    assert found in diagnoses["token"].found
    assert advice in diagnoses["token"].advice
    assert diagnoses["token at v1"].state is State.UNKNOWN


def test_without_a_network(tmp_path: Path) -> None:
    """What cannot be reached is wrong, with what to look at."""
    found = examined(project(tmp_path, CLOSED), _with("a-token-0123456"))

    assert found["token at v1"].state is State.WRONG
    assert "could not connect" in found["token at v1"].found
    assert "HTTPS_PROXY" in found["token at v1"].advice


def test_a_host_that_speaks_no_tls(tmp_path: Path, sandbox: str) -> None:
    """A handshake that fails is told as such."""
    url = sandbox.replace("http://", "https://")
    found = examined(project(tmp_path, url), _with("a-token-0123456"))

    assert found["token at v1"].state is State.WRONG
    assert "SSL" in found["token at v1"].found
    assert "SSL_CERT_FILE" in found["token at v1"].advice


def test_a_clock_that_is_wrong(tmp_path: Path, serve: Callable[..., RawServer]) -> None:
    """The service dates its answers an hour ahead."""
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: {date}\r\n"
    server = serve(*[f"{head}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode()] * 6)
    found = examined(project(tmp_path, server.url), _with("a-token-0123456"))

    assert found["clock"].state is State.WRONG
    assert "behind the service" in found["clock"].found


def test_mistakes_in_the_settings(tmp_path: Path) -> None:
    """Each is a line, and what rests on the settings is not looked at."""
    (tmp_path / "pyproject.toml").write_text("[tool.harness]\nreport = 'a'\ntimeout = 0\n", "utf-8")
    found = examine(tmp_path, None, {})

    assert [each.state for each in found] == [State.OK, State.WRONG, State.WRONG]
    assert (
        found[1].found
        == "pyproject.toml: `tool.harness.timeout` must be a number of seconds greater than 0, not 0"
    )
    assert found[2].advice == "Write `reports`."


def test_an_environment_that_is_not_there(tmp_path: Path) -> None:
    """The names that there are stand in the advice."""
    found = examined(project(tmp_path, CLOSED), {}, "stagging")

    assert found["environment"].state is State.WRONG
    assert found["environment"].advice == "Write `staging`."
    assert "token" not in found


def test_without_an_organization(tmp_path: Path, sandbox: str) -> None:
    """The variable is named."""
    found = examined(project(tmp_path, sandbox), {"ASTRO_API_TOKEN": SANDBOX_TOKEN})

    assert found["organization"].state is State.WRONG
    assert found["organization"].found == "the variable ASTRO_ORGANIZATION_ID is not set"
    assert found["organization at v1"].state is State.UNKNOWN
