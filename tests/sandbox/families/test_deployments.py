"""Tests of deployments, their states, hibernation and logs."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from harness.sandbox import Clock, running
from tests.sandbox.api import ORGANIZATION, Api, life

DEPLOYMENTS = f"{ORGANIZATION}/deployments"
BOTH = pytest.mark.parametrize(("one", "other"), [("platform", "v1"), ("v1", "platform")])
STANDARD = {
    "astroRuntimeVersion": "3.1-4",
    "executor": "CELERY",
    "isCicdEnforced": False,
    "isDagDeployEnabled": True,
    "isHighAvailability": False,
    "name": "life",
    "schedulerSize": "SMALL",
    "type": "STANDARD",
}
CHANGE = {
    "environmentVariables": [{"key": "PASSWORD", "value": "hush", "isSecret": True}],
    "executor": "KUBERNETES",
    "isCicdEnforced": True,
    "isDagDeployEnabled": True,
    "isHighAvailability": True,
    "name": "changed",
    "schedulerSize": "LARGE",
    "type": "STANDARD",
}


def _workspace(api: Api) -> str:
    return str(api.seeded("v1", f"{ORGANIZATION}/workspaces", "Data Platform")["id"])


def _make(api: Api, **values: Any) -> Any:
    return api.call("POST", "v1", DEPLOYMENTS, body={"workspaceId": _workspace(api), **values})


@BOTH
def test_a_deployment_lives_in_both_versions(api: Api, one: str, other: str) -> None:
    """A deployment made through one version is read, changed and deleted through the other."""
    workspace = _workspace(api)

    life(
        api,
        one,
        other,
        DEPLOYMENTS,
        {**STANDARD, "workspaceId": workspace},
        {**CHANGE, "workspaceId": workspace},
    )


def test_v1_shows_the_workload_identity_under_another_name(api: Api) -> None:
    """B5: what v1beta1 shows as workloadIdentity is effectiveWorkloadIdentity in v1."""
    old = api.call("GET", "platform", DEPLOYMENTS)["deployments"]
    new = api.call("GET", "v1", DEPLOYMENTS)["deployments"]

    assert [item["workloadIdentity"] for item in old] == [item["effectiveWorkloadIdentity"] for item in new]
    assert all("effectiveWorkloadIdentity" not in item for item in old)
    assert all("workloadIdentity" not in item for item in new)


@BOTH
def test_requests_name_the_workload_identity_alike(api: Api, one: str, other: str) -> None:
    """B5: requests of both versions say workloadIdentity, and an update without it leaves it alone."""
    workspace = _workspace(api)
    role = "arn:aws:iam::000000000000:role/mine"
    body = {
        **STANDARD,
        "workspaceId": workspace,
        "workloadIdentity": role,
        "drWorkloadIdentity": f"{role}-dr",
    }
    made = api.call("POST", one, DEPLOYMENTS, body=body)
    api.call("POST", other, f"{DEPLOYMENTS}/{made['id']}", body={**CHANGE, "workspaceId": workspace})
    old = api.call("GET", "platform", f"{DEPLOYMENTS}/{made['id']}")
    new = api.call("GET", "v1", f"{DEPLOYMENTS}/{made['id']}")

    assert (old["workloadIdentity"], old["drWorkloadIdentity"]) == (role, f"{role}-dr")
    assert (new["effectiveWorkloadIdentity"], new["effectiveDRWorkloadIdentity"]) == (role, f"{role}-dr")


def test_v1_creates_with_a_name_and_a_workspace(api: Api) -> None:
    """Relaxed: v1 makes a deployment of name and workspaceId, v1beta1 names all that is missing."""
    body = {"name": "minimal", "workspaceId": _workspace(api)}
    made = api.call("POST", "v1", DEPLOYMENTS, body=body)
    refused = api.send("POST", "platform", DEPLOYMENTS, body={**body, "type": "STANDARD"})

    assert (made["type"], made["executor"], made["schedulerSize"]) == ("STANDARD", "CELERY", "SMALL")
    assert [queue["name"] for queue in made["workerQueues"]] == ["default"]
    assert refused.status_code == 400
    assert {error["field"] for error in refused.json()["fieldErrors"]} == set(STANDARD) - {"name", "type"}


def test_v1beta1_requires_the_type(api: Api) -> None:
    """Relaxed: without a type v1beta1 names it and what every type requires."""
    refused = api.send("POST", "platform", DEPLOYMENTS, body={})
    fields = {error["field"] for error in refused.json()["fieldErrors"]}

    assert refused.status_code == 400
    assert {"type", "name", "workspaceId", "astroRuntimeVersion"} <= fields
    assert "schedulerSize" not in fields


@pytest.mark.parametrize("side", ["platform", "v1"])
def test_an_unknown_type_is_refused(api: Api, side: str) -> None:
    """A discriminator with an unknown value is a field error that lists the known ones."""
    refused = api.send("POST", side, DEPLOYMENTS, body={"name": "x", "workspaceId": "y", "type": "GIANT"})

    assert refused.status_code == 400
    assert refused.json()["fieldErrors"] == [
        {"field": "type", "code": "enum", "message": "type must be one of DEDICATED, HYBRID, STANDARD"}
    ]


def test_a_deployment_needs_a_workspace_that_exists(api: Api) -> None:
    """An unknown workspace is a field error, as the create documents no 404."""
    refused = api.send("POST", "v1", DEPLOYMENTS, body={"name": "x", "workspaceId": "clnowhere"})

    assert refused.status_code == 400
    assert refused.json()["fieldErrors"][0]["field"] == "workspaceId"


def test_the_cluster_decides_about_the_region(api: Api) -> None:
    """A dedicated deployment is where its cluster is."""
    cluster = api.seeded("v1", f"{ORGANIZATION}/clusters", "meridian-prod")
    made = _make(api, name="dedicated", type="DEDICATED", clusterId=cluster["id"])

    assert (made["clusterName"], made["region"]) == ("meridian-prod", cluster["region"])


def test_a_hybrid_deployment_has_scheduler_units(api: Api) -> None:
    """A hybrid deployment is sized by units and replicas."""
    made = _make(api, name="hybrid", type="HYBRID", scheduler={"au": 10, "replicas": 2})

    assert (made["schedulerAu"], made["schedulerReplicas"], made["schedulerCpu"]) == (10, 2, "1")
    assert "schedulerSize" not in made


def test_secret_variables_are_hidden(api: Api) -> None:
    """The value of a secret environment variable is never shown."""
    variables = [
        {"key": "OPEN", "value": "seen", "isSecret": False},
        {"key": "SECRET", "value": "hush", "isSecret": True},
    ]
    made = _make(api, name="variables", environmentVariables=variables)

    assert [item["value"] for item in made["environmentVariables"]] == ["seen", ""]
    assert "hush" not in api.send("GET", "platform", f"{DEPLOYMENTS}/{made['id']}").text


def test_worker_queues_keep_their_ids(api: Api) -> None:
    """A worker queue gets an id and the size of its machine, and v1 alone shows its storage."""
    queue = {
        "name": "heavy",
        "isDefault": True,
        "astroMachine": "A20",
        "maxWorkerCount": 5,
        "minWorkerCount": 0,
        "workerConcurrency": 20,
    }
    made = _make(api, name="queues", workerQueues=[queue])
    new = made["workerQueues"][0]
    old = api.call("GET", "platform", f"{DEPLOYMENTS}/{made['id']}")["workerQueues"][0]

    assert (new["podCpu"], new["podMemory"], len(new["id"])) == ("4", "8Gi", 25)
    assert new.keys() - old.keys() == {"podEphemeralStorage"}


def test_a_deployment_becomes_healthy() -> None:
    """A new deployment is CREATING until the sandbox's clock has moved on."""
    clock = Clock()
    with running(clock=clock) as url, httpx.Client() as client:
        api = Api(url, client)
        made = _make(api, name="slow")
        clock.advance(60)
        later = api.call("GET", "v1", f"{DEPLOYMENTS}/{made['id']}")

    assert (made["status"], later["status"]) == ("CREATING", "HEALTHY")


def test_an_override_puts_a_deployment_to_sleep(api: Api) -> None:
    """T3: v1beta1 shows what an override does not set as null, v1 leaves it out; times become UTC."""
    made = _make(api, name="sleepy")
    path = f"{DEPLOYMENTS}/{made['id']}"
    override = {"isHibernating": True, "overrideUntil": "2075-04-25T12:58:00+05:30"}
    dated = api.call("POST", "v1", f"{path}/hibernation-override", body=override)
    old = api.call(
        "POST", "platform", f"{path}/hibernation-override", body={**override, "overrideUntil": None}
    )
    new = api.call("POST", "v1", f"{path}/hibernation-override", body={**override, "overrideUntil": None})
    asleep = api.call("GET", "v1", path)
    removed = api.send("DELETE", "platform", f"{path}/hibernation-override")
    awake = api.call("GET", "v1", path)

    assert dated["overrideUntil"] == "2075-04-25T07:28:00.000Z"
    assert old == {"isActive": True, "isHibernating": True, "overrideUntil": None}
    assert new == {"isActive": True, "isHibernating": True}
    assert asleep["status"] == "HIBERNATING"
    assert removed.status_code == 204
    assert awake["status"] != "HIBERNATING"


def test_deployments_are_found_by_name_and_workspace(api: Api) -> None:
    """Filters that list values may be repeated, and all filters must be met."""
    query = {"names": ["prod-ingest", "ml-training"], "workspaceIds": [_workspace(api)]}
    found = api.call("GET", "platform", DEPLOYMENTS, query=query)

    assert [item["name"] for item in found["deployments"]] == ["prod-ingest"]


def test_a_remote_deployment_has_an_address_for_agents(api: Api) -> None:
    """Remote execution is completed with the address that agents call."""
    made = _make(api, name="remote", remoteExecution={"enabled": True})

    assert made["remoteExecution"]["remoteApiUrl"].startswith("https://")
    assert made["remoteExecution"]["allowedIpAddressRanges"] == []


def test_a_schedule_keeps_its_override_and_the_other_way_round(api: Api) -> None:
    """An override in a create is normalised like one that is set later; one without sense is refused."""
    schedule = {"hibernateAtCron": "0 20 * * *", "wakeAtCron": "0 7 * * *", "isEnabled": True}
    override = {"isHibernating": False, "overrideUntil": "2026-08-01T00:00:00+02:00"}
    spec = {"hibernationSpec": {"schedules": [schedule], "override": override}}
    made = _make(api, name="scheduled", scalingSpec=spec)
    body = {"name": "x", "workspaceId": made["workspaceId"]}
    wrong = {"hibernationSpec": {"override": {"overrideUntil": "someday"}}}
    refused = api.send("POST", "v1", DEPLOYMENTS, body={**body, "scalingSpec": wrong})

    assert made["scalingSpec"]["hibernationSpec"] == {
        "schedules": [schedule],
        "override": {"isActive": False, "isHibernating": False, "overrideUntil": "2026-07-31T22:00:00.000Z"},
    }
    assert refused.json()["fieldErrors"][0]["code"] == "format"


def test_only_v1_has_logs(api: Api) -> None:
    """Logs are v1's, need their sources, and name the ones that exist."""
    deployment = api.seeded("v1", DEPLOYMENTS, "prod-ingest")["id"]
    path = f"{DEPLOYMENTS}/{deployment}/logs"
    logs = api.call("GET", "v1", path, query={"sources": ["scheduler", "worker"]})

    assert [line["source"] for line in logs["results"]] == ["scheduler", "worker"]
    assert (logs["limit"], logs["resultCount"]) == (500, 2)
    assert api.send("GET", "v1", path).json()["fieldErrors"][0]["code"] == "required"
    assert api.send("GET", "platform", path).status_code == 404
