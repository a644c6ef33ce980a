"""Tests of clusters and of the options for clusters and deployments."""

from __future__ import annotations

import pytest

from tests.sandbox.api import ORGANIZATION, Api, life

CLUSTERS = f"{ORGANIZATION}/clusters"
BOTH = pytest.mark.parametrize(("one", "other"), [("platform", "v1"), ("v1", "platform")])
AWS = {
    "cloudProvider": "AWS",
    "name": "spare",
    "region": "us-west-2",
    "type": "DEDICATED",
    "vpcSubnetRange": "172.20.0.0/22",
}
CHANGE = {"clusterType": "DEDICATED", "name": "renamed", "k8sTags": [{"key": "team", "value": "data"}]}


@BOTH
def test_a_cluster_lives_in_both_versions(api: Api, one: str, other: str) -> None:
    """A cluster made through one version is read, changed and deleted through the other."""
    life(api, one, other, CLUSTERS, AWS, CHANGE)


def test_v1_adds_private_egress(api: Api) -> None:
    """The field that v1 adds to clusters is absent in v1beta1."""
    made = api.call(
        "POST", "v1", CLUSTERS, body={**AWS, "name": "private", "isPrivateNetworkEgressEnabled": True}
    )

    assert made["isPrivateNetworkEgressEnabled"] is True
    assert "isPrivateNetworkEgressEnabled" not in api.call("GET", "platform", f"{CLUSTERS}/{made['id']}")


def test_the_provider_decides_what_is_required(api: Api) -> None:
    """A cluster in GCP needs ranges that one in AWS does not have."""
    answer = api.send("POST", "platform", CLUSTERS, body={**AWS, "cloudProvider": "GCP"})

    assert {error["field"] for error in answer.json()["fieldErrors"]} == {
        "podSubnetRange",
        "servicePeeringRange",
        "serviceSubnetRange",
    }


def test_a_name_is_taken_once(api: Api) -> None:
    """A second cluster of a name is refused with 412, made or renamed; its own name is no other's."""
    first = {**AWS, "name": "taken"}
    api.call("POST", "platform", CLUSTERS, body=first)
    other = api.call("POST", "v1", CLUSTERS, body={**AWS, "name": "free"})
    place, renamed = f"{CLUSTERS}/{other['id']}", {**CHANGE, "name": "taken"}

    assert api.send("POST", "v1", CLUSTERS, body=first).status_code == 412
    assert api.send("POST", "v1", place, body=renamed).status_code == 412
    assert api.call("POST", "v1", place, body={**CHANGE, "name": "free"})["name"] == "free"


def test_an_update_may_omit_the_cluster_type(api: Api) -> None:
    """The discriminator of an update is optional for dedicated clusters, and tags are shown as asked."""
    made = api.call(
        "POST",
        "v1",
        CLUSTERS,
        body={
            **AWS,
            "name": "pools",
            "nodePools": [{"name": "a", "maxNodeCount": 3, "nodeInstanceType": "m5.xlarge"}],
        },
    )
    body = {"name": "pools", "k8sTags": CHANGE["k8sTags"]}
    changed = api.call("POST", "v1", f"{CLUSTERS}/{made['id']}", body=body)

    assert changed["tags"] == CHANGE["k8sTags"]
    assert changed["nodePools"][0]["id"] == made["nodePools"][0]["id"]


@pytest.mark.parametrize("side", ["platform", "v1"])
def test_options_of_clusters(api: Api, side: str) -> None:
    """The options of clusters need a type and can be narrowed to one provider."""
    path = f"{ORGANIZATION}/cluster-options"
    every = api.call("GET", side, path, query={"type": "DEDICATED"})
    azure = api.call("GET", side, path, query={"type": "DEDICATED", "provider": "AZURE"})

    assert [item["provider"] for item in every] == ["AWS", "AZURE", "GCP"]
    assert [item["provider"] for item in azure] == ["AZURE"]
    assert api.send("GET", side, path).status_code == 400


def test_options_of_deployments(api: Api) -> None:
    """The options of deployments are the same in both versions."""
    old, new = (api.call("GET", side, f"{ORGANIZATION}/deployment-options") for side in ("platform", "v1"))

    assert old == new
    assert [machine["name"] for machine in old["workerMachines"]][:2] == ["A5", "A10"]


@pytest.mark.parametrize("side", ["platform", "v1"])
def test_a_trial_has_no_clusters(api: Api, side: str) -> None:
    """A dedicated cluster in an organization on trial fails its precondition."""
    trial = api.seeded("v1", "/organizations", "Meridian Labs")["id"]

    assert api.send("POST", side, f"/organizations/{trial}/clusters", body=AWS).status_code == 412


@pytest.mark.parametrize("side", ["platform", "v1"])
def test_a_failover_needs_a_second_region(api: Api, side: str) -> None:
    """Failing over a cluster without disaster recovery fails its precondition and changes nothing."""
    cluster = api.seeded(side, CLUSTERS, "meridian-prod")
    path = f"{CLUSTERS}/{cluster['id']}"
    answer = api.send("POST", side, path, body={**CHANGE, "isFailedOver": True})

    assert answer.status_code == 412
    assert api.call("GET", side, path)["name"] == "meridian-prod"
