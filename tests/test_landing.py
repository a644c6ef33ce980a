"""Where v1beta1 calls land: the new URL, the changes beside it, and what is unsupported."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import LABS, V1, V1BETA1, load_contract
from harness.errors import ContractError
from harness.landing import Landing, unsupported, where
from harness.openapi import dump_api
from harness.struct import replace

GUIDE = {
    "POST /organizations/{organizationId}/alerts",
    "GET /organizations/{organizationId}/alerts",
    "GET /organizations/{organizationId}/alerts/{alertId}",
    "POST /organizations/{organizationId}/alerts/{alertId}",
    "DELETE /organizations/{organizationId}/alerts/{alertId}",
    "POST /organizations/{organizationId}/notification-channels",
    "GET /organizations/{organizationId}/notification-channels",
    "GET /organizations/{organizationId}/notification-channels/{notificationChannelId}",
    "POST /organizations/{organizationId}/notification-channels/{notificationChannelId}",
    "DELETE /organizations/{organizationId}/notification-channels/{notificationChannelId}",
}
"""The unsupported endpoints, as the vendor's migration guide lists them."""


def landing_of(method: str, url: str) -> Landing:
    """Say where a call lands by the packaged contracts."""
    return where(method, url, load_contract(V1BETA1), load_contract(V1))


def test_the_unsupported_are_those_of_the_guide() -> None:
    """The operations that v1's contract lacks are exactly the ten that the migration guide lists."""
    assert {f"{operation.method} {operation.path}" for operation in unsupported()} == GUIDE
    assert len(unsupported()) == 10


def test_every_operation_lands_or_is_unsupported() -> None:
    """70 operations land on the same path below v1's base URL, under the same id; ten land nowhere."""
    landed = [landing_of(operation.method, operation.path) for operation in load_contract(V1BETA1).operations]
    there = [landing for landing in landed if landing.candidate]

    assert len(there) == 70
    for landing in there:
        assert landing.candidate is load_contract(V1).operation(landing.baseline.id)
        assert landing.url == f"https://api.astronomer.io/v1{landing.baseline.path}"
    assert {landing.baseline.id for landing in landed if not landing.supported} == {
        operation.id for operation in unsupported()
    }


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (
            "https://api.astronomer.io/iam/v1beta1/organizations/o/users?limit=5&offset=5#top",
            "https://api.astronomer.io/v1/organizations/o/users?limit=5&offset=5",
        ),
        ("http://127.0.0.1:8765/iam/v1beta1/organizations/o/users", "http://127.0.0.1:8765/v1/organizations/o/users"),
        ("https://proxy.example/astro/iam/v1beta1/organizations/o/users/", "https://proxy.example/astro/v1/organizations/o/users/"),
        ("/iam/v1beta1/organizations/o/users", "https://api.astronomer.io/v1/organizations/o/users"),
        ("/organizations/{organizationId}/users", "https://api.astronomer.io/v1/organizations/{organizationId}/users"),
        ("organizations/o/users", "https://api.astronomer.io/v1/organizations/o/users"),
        ("${IAM_BASE_URL}/organizations/o/users", "https://api.astronomer.io/v1/organizations/o/users"),
        ("$HOST/iam/v1beta1/organizations/o/users", "$HOST/v1/organizations/o/users"),
        ("https://api.astronomer.io/organizations/o/users", "https://api.astronomer.io/v1/organizations/o/users"),
    ],
)  # fmt: skip
def test_ways_to_write_a_url(given: str, url: str) -> None:
    """Absolute, from the base URL's path on, below it, or after a variable: host, path and query are kept."""
    landing = landing_of("get", given)

    assert (landing.baseline.id, landing.method, landing.url) == ("ListUsers", "GET", url)


def test_a_call_that_only_moves() -> None:
    """Where the contracts agree, the text says so and gives the new URL."""
    landing = landing_of("GET", "/iam/v1beta1/organizations/o/users")

    assert landing.lines() == (
        "GET /iam/v1beta1/organizations/o/users is ListUsers of the IAM API, v1beta1.",
        "In v1: GET https://api.astronomer.io/v1/organizations/o/users",
        "v1's contract has every parameter and property that v1beta1's has.",
    )


@pytest.mark.parametrize(
    ("method", "path", "changes"),
    [
        (
            "POST",
            "/organizations/o/tokens",
            (
                "Request: v1 requires scope.",
                "Request: v1 does not know type.",
                "Response: v1 does not have type.",
                "Response: v1 adds scope.",
            ),
        ),
        (
            "GET",
            "/organizations?supportPlan=BASIC",
            (
                "Query: v1 does not accept supportPlan.",
                "Query: v1 does not accept OBSERVE for astronomerProduct.",
                "Response: v1 does not have organizations[*].supportPlan.",
                (
                    "Response: v1 adds organizations[*].hasAiFeaturesDisabled,"
                    " organizations[*].hasAllowedIpAddressRanges, organizations[*].isBlockedEnableAiFeatures."
                ),
            ),
        ),
        (
            "GET",
            "/organizations/o/deployments/d",
            (
                "Response: v1 does not have drWorkloadIdentity, workloadIdentity.",
                (
                    "Response: v1 adds effectiveDRWorkloadIdentity, effectiveWorkloadIdentity,"
                    " workerQueues[*].podEphemeralStorage."
                ),
            ),
        ),
    ],
)
def test_what_the_contracts_change(method: str, path: str, changes: tuple[str, ...]) -> None:
    """Parameters and properties that go, come or become required are named with their places."""
    landing = landing_of(method, path)

    assert landing.changes == changes
    assert landing.lines()[2:] == changes


@pytest.mark.parametrize(
    ("method", "path", "labs"),
    [
        ("GET", "alerts", "GET https://api.astronomer.io/labs/v1/organizations/{organizationId}/alerts"),
        ("GET", "alerts/a", "GET https://api.astronomer.io/labs/v1/organizations/{organizationId}/alerts"),
        ("POST", "alerts", "POST https://api.astronomer.io/labs/v1/organizations/{organizationId}/create-alerts"),
        ("POST", "alerts/a", "POST https://api.astronomer.io/labs/v1/organizations/{organizationId}/update-alerts"),
        ("DELETE", "alerts/a", "POST https://api.astronomer.io/labs/v1/organizations/{organizationId}/delete-alerts"),
        (
            "POST",
            "notification-channels/n",
            "POST https://api.astronomer.io/labs/v1/organizations/{organizationId}/notification-channels",
        ),
        (
            "DELETE",
            "notification-channels/n",
            "DELETE https://api.astronomer.io/labs/v1/organizations/{organizationId}/notification-channels",
        ),
    ],
)  # fmt: skip
def test_an_unsupported_call(method: str, path: str, labs: str) -> None:
    """An unsupported call gets the guide's advice and the nearest Labs call, with a warning."""
    landing = landing_of(method, f"https://api.astronomer.io/platform/v1beta1/organizations/o/{path}")
    head, verdict, advice, hint = landing.lines()

    assert (landing.supported, landing.url, landing.changes) == (False, "", ())
    assert f"is {landing.baseline.id} of the Platform API, v1beta1." in head
    assert verdict == f"v1 does not support {landing.baseline.id}."
    assert "Astronomer Support" in advice
    assert labs in hint
    assert "experimental" in hint


@pytest.mark.parametrize("path", ["notification-channels", "notification-channels/n"])
def test_an_unsupported_call_without_a_replacement(path: str) -> None:
    """Reading notification channels has no counterpart in the Labs API, so none is named."""
    lines = landing_of("GET", f"/organizations/o/{path}").lines()

    assert len(lines) == 3
    assert "Labs" not in "".join(lines)


def test_a_path_below_the_other_base_url() -> None:
    """A path of the Platform API below the IAM API's base URL is found, and the mistake is told."""
    landing = landing_of("GET", "https://api.astronomer.io/iam/v1beta1/organizations/o/clusters")

    assert landing.baseline.id == "ListClusters"
    assert landing.lines()[-1] == "v1beta1 has this path below /platform/v1beta1, not below /iam/v1beta1."


@pytest.mark.parametrize(
    ("method", "url", "message"),
    [
        (
            "PUT",
            "/organizations/o/teams/t",
            "no operation PUT /organizations/o/teams/t. That path takes GET, POST, DELETE.",
        ),
        (
            "GET",
            "/users/self",
            "no operation GET /users/self. v1 has it, as GetSelfUser; nothing needs to be migrated.",
        ),
        (
            "GET",
            "https://api.astronomer.io/v1/organizations",
            "https://api.astronomer.io/v1/organizations is a URL of v1, not of v1beta1. Give a v1beta1 URL:",
        ),
        ("GET", "/labs/v1/organizations/o/alerts", "/labs/v1/organizations/o/alerts is a URL of labs/v1"),
        ("GET", "https://x.example/v1alpha1/a", "https://x.example/v1alpha1/a is a URL of v1alpha1"),
        (
            "GET",
            "/organizations/clx8f0q5t000008l4/usrs",
            (
                "no operation GET /organizations/clx8f0q5t000008l4/usrs."
                " The nearest are GET /organizations/{organizationId}/users (ListUsers);"
            ),
        ),
        ("GET", "https://x.example/iam/v1beta1", "has no operation GET /. The nearest are"),
        ("GET", "", "v1beta1 has no operation GET /. The nearest are"),
    ],
)
def test_what_is_no_v1beta1_call(method: str, url: str, message: str) -> None:
    """An unknown call is an error that names the methods, the version or the nearest operations."""
    with pytest.raises(ContractError) as caught:
        landing_of(method, url)

    assert message in str(caught.value)


def test_other_contracts_than_the_packages(tmp_path: Path) -> None:
    """A call lands where the given contracts say; the Labs API's facts come from the same directory."""
    api = replace(load_contract(V1).apis["v1"], operations=())
    labs = replace(load_contract(LABS).apis["labs"], base_url="https://labs.example.com/labs/v1")
    (tmp_path / "v1.json").write_text(dump_api(api), "utf-8")
    (tmp_path / "labs.json").write_text(dump_api(labs), "utf-8")
    newer = load_contract(V1, tmp_path)
    users = where("GET", "/organizations/o/users", load_contract(V1BETA1), newer)
    alerts = where("GET", "/organizations/o/alerts", load_contract(V1BETA1), newer)

    assert not users.supported
    assert "GET https://labs.example.com/labs/v1/organizations" in " ".join(alerts.advice)
