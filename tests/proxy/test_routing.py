"""Where requests go, and which go nowhere."""

from __future__ import annotations

import pytest

from harness.proxy.routing import Destination, Origin, Refusal, Routes, origin_of
from harness.settings import PRODUCTION, SANDBOX, Environment
from tests.proxy import box

OWN = "http://127.0.0.1:8700"
ROUTES = Routes(PRODUCTION, OWN)
STAGING = Environment(
    name="staging",
    base_urls={
        "iam": "https://gateway.example.org:8443/astro/iam/v1beta1",
        "platform": "https://gateway.example.org:8443/astro/platform/v1beta1",
        "v1": "https://gateway.example.org:8443/astro/v1",
    },
)


@pytest.mark.parametrize(
    "path", ["/iam/v1beta1/a", "/platform/v1beta1/a?b=c", "/v1", "/v1?x", "/labs/v1/organizations/o/alerts"]
)
def test_the_service_s_paths_go_to_the_service(path: str) -> None:
    """As they are, with their query; Labs too."""
    assert ROUTES.find("GET", path, "localhost:8700") == Destination(
        origin=Origin(scheme="https", host="api.astronomer.io", port=443, authority="api.astronomer.io"),
        target=path,
        url=f"https://api.astronomer.io{path}",
    )


def test_an_environment_may_have_paths_of_its_own() -> None:
    """The client sets the same base URLs, and Labs is looked for beside v1."""
    found = Routes(STAGING, OWN).find("POST", "/labs/v1/a%2Fb", "127.0.0.1:8700")

    assert isinstance(found, Destination)
    assert found.url == "https://gateway.example.org:8443/astro/labs/v1/a%2Fb"
    assert found.target == "/astro/labs/v1/a%2Fb"
    assert (found.origin.port, found.origin.authority) == (8443, "gateway.example.org:8443")


@pytest.mark.parametrize(
    ("method", "target", "host", "status", "kind"),
    [
        ("CONNECT", "api.astronomer.io:443", "api.astronomer.io:443", 405, "forward proxy"),
        ("GET", "http://api.astronomer.io/v1/a", "localhost", 400, "forward proxy"),
        ("OPTIONS", "*", "localhost", 400, "forward proxy"),
        ("GET", "/v1/a", "rebound.example.org", 421, "host"),
        ("GET", "/v1/a", "127.0.0.1.example.org:8700", 421, "host"),
        ("GET", "/v1/a", "localhost, evil", 421, "host"),
        ("GET", "/v1/a", "", 421, "host"),
        ("GET", "/v1/../private", "localhost", 400, "path"),
        ("GET", "/v1/%2e%2E", "localhost", 400, "path"),
        ("GET", "/v1/.%2e/x", "localhost", 400, "path"),
        ("GET", "/v1/..%2Fprivate", "localhost", 400, "path"),
        ("GET", "/v1/a%2f..%2f..%2fprivate", "localhost", 400, "path"),
        ("GET", "/v1/%2e%2e%5Cprivate", "localhost", 400, "path"),
        ("GET", "/v1/..;/private", "localhost", 400, "path"),
        ("GET", "/v1/..;x=1/private", "localhost", 400, "path"),
        ("GET", "/v1/a#b", "localhost", 400, "path"),
        ("GET", "/v1\\..\\x", "localhost", 400, "path"),
        ("GET", "/v1beta1/a", "localhost", 404, "base URL"),
        ("GET", "/v10/a", "localhost", 404, "base URL"),
        ("GET", "//api.astronomer.io/v1/a", "localhost", 404, "base URL"),
        ("GET", "/", "localhost", 404, "base URL"),
    ],
)
def test_nothing_else_goes_anywhere(method: str, target: str, host: str, status: int, kind: str) -> None:
    """The recorder is no open relay, and no page in a browser can use it under another name."""
    found = ROUTES.find(method, target, host)

    assert isinstance(found, Refusal)
    assert (found.status, found.kind) == (status, kind)
    assert found.advice


@pytest.mark.parametrize("host", [None, "localhost", "LOCALHOST.:1", "127.0.0.1:8700", "[::1]:8700"])
def test_this_machine_has_these_names(host: str | None) -> None:
    """Whatever the port, which may be forwarded; HTTP/1.0 needs no Host at all."""
    assert isinstance(ROUTES.find("GET", "/v1/a", host), Destination)


def test_its_own_address_is_a_name_too() -> None:
    """A loopback address is as good as another."""
    routes = Routes(PRODUCTION, "http://127.0.0.2:8700")

    assert isinstance(routes.find("GET", "/v1/a", "127.0.0.2:8700"), Destination)
    assert isinstance(ROUTES.find("GET", "/v1/a", "127.0.0.2:8700"), Refusal)


def test_dots_within_names_are_no_dot_segments() -> None:
    """Versions and addresses have them."""
    for path in ("/v1/a..b", "/v1/...", "/v1/x.y", "/v1/a?b=../c", "/v1/a%2Fb", "/v1/a%2F..b", "/v1/a;..b"):
        assert isinstance(ROUTES.find("GET", path, "localhost"), Destination), path


def test_the_advice_names_every_base_url() -> None:
    """It can be copied."""
    assert ROUTES.advice == (
        f"Set the client's base URLs to {OWN}/iam/v1beta1, {OWN}/platform/v1beta1, {OWN}/v1, {OWN}/labs/v1."
    )
    assert set(Routes(SANDBOX, OWN).bases) == set(Routes(box("http://127.0.0.1:1"), OWN).bases)


def test_an_origin_is_what_is_connected_to() -> None:
    """Ports have their defaults, and credentials never are in a Host field."""
    assert origin_of("http://[::1]:8765/v1") == Origin(
        scheme="http", host="::1", port=8765, authority="[::1]:8765"
    )
    assert origin_of("http://example.org/v1").port == 80
