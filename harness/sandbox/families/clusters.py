"""Clusters, and what clusters and deployments can be made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.sandbox.assumptions import (
    NO_RECOVERY_MESSAGE,
    PRECONDITION_STATUS,
    TAKEN_CLUSTER_MESSAGE,
    TRIAL_MESSAGE,
)
from harness.sandbox.call import Call, Handler, Refusal
from harness.sandbox.families.deployments import MACHINES, RUNTIMES, SCHEDULERS
from harness.sandbox.family import Family, field_among, field_is
from harness.sandbox.store import Resource, Scene

_REGIONS: Final = {
    "AWS": ("us-east-1", "us-west-2", "eu-central-1"),
    "AZURE": ("eastus2", "westeurope"),
    "GCP": ("us-central1", "europe-west3"),
}
_INSTANCES: Final = {
    "AWS": (("m5.xlarge", 4, "16Gi"), ("m5.2xlarge", 8, "32Gi")),
    "AZURE": (("Standard_D4d_v5", 4, "16Gi"), ("Standard_D8d_v5", 8, "32Gi")),
    "GCP": (("e2-standard-4", 4, "16Gi"), ("e2-standard-8", 8, "32Gi")),
}
_DATABASES: Final = {"AWS": "db.m6g.large", "AZURE": "Standard_D2ds_v4", "GCP": "Small General Purpose"}


def _fill(resource: Resource, scene: Scene) -> None:
    """Fill in what the service decides.

    Raises:
        Refusal: 412, because the organization has a cluster of that name.
    """
    for other in scene.store.all("clusters"):
        same = all(other[name] == resource[name] for name in ("organizationId", "name"))
        if same and other["id"] != resource["id"]:
            raise Refusal(PRECONDITION_STATUS, TAKEN_CLUSTER_MESSAGE.format(name=resource["name"]))
    provider = resource["cloudProvider"]
    defaults = {
        "dbInstanceType": _DATABASES[provider],
        "drRegion": "",
        "isFailedOver": False,
        "isLimited": False,
        "isPrivateNetworkEgressEnabled": False,
        "failoverInProgress": False,
        "status": "CREATED",
        "healthStatus": {"value": "HEALTHY", "details": []},
        "metadata": {"externalIPs": ["203.0.113.10"], "kubeDnsIp": "10.100.100.0"},
        "workspaceIds": [],
    }
    for name, value in defaults.items():
        resource.setdefault(name, value)
    resource["isDrEnabled"] = bool(resource.pop("enableDr", False) or resource["drRegion"])
    _check(resource, scene)
    # Requests say k8sTags, responses say tags, in both versions.
    resource["tags"] = resource.pop("k8sTags", resource.get("tags", []))
    pools = resource.get("nodePools") or [
        {
            "name": "default",
            "isDefault": True,
            "maxNodeCount": 20,
            "nodeInstanceType": _INSTANCES[provider][0][0],
        }
    ]
    resource["nodePools"] = [_pool(pool, resource, scene) for pool in pools]


def _check(resource: Resource, scene: Scene) -> None:
    """Refuse a cluster for which the organization or the cluster is not ready.

    Raises:
        Refusal: 412, which clusters document.
    """
    organization = scene.store.get("organizations", resource["organizationId"]) or {}
    plans = [plan["productPlanName"] for plan in organization.get("productPlans") or ()]
    if plans and all(plan.startswith("TRIAL") for plan in plans):
        raise Refusal(PRECONDITION_STATUS, TRIAL_MESSAGE)
    if resource.get("isFailedOver") and not resource["isDrEnabled"]:
        raise Refusal(PRECONDITION_STATUS, NO_RECOVERY_MESSAGE)


def _pool(pool: dict[str, Any], resource: Resource, scene: Scene) -> dict[str, Any]:
    new = pool.get("id") or scene.new_id("node-pool", resource["id"], pool["name"])
    return {
        "isDefault": False,
        "createdAt": scene.now,
        "supportedAstroMachines": list(MACHINES)[:3],
        **pool,
        "id": new,
        "clusterId": resource["id"],
        "cloudProvider": resource["cloudProvider"],
        "updatedAt": scene.now,
    }


CLUSTERS: Final = Family(
    name="clusters",
    path="/organizations/{organizationId}/clusters",
    parameters=("clusterId",),
    what="cluster",
    fill=_fill,
    filters={"names": field_among("name"), "provider": field_is("cloudProvider")},
    references={"workspaceIds": "workspaces"},
)


def _instance(name: str, cpu: int, memory: str) -> dict[str, Any]:
    return {"name": name, "cpu": cpu, "memory": memory}


def _cluster_options(call: Call) -> list[dict[str, Any]]:
    wanted = call.query.get("provider")
    return [_options(provider) for provider in _REGIONS if wanted in (None, provider)]


def _options(provider: str) -> dict[str, Any]:
    instances = [_instance(*instance) for instance in _INSTANCES[provider]]
    database = _instance(_DATABASES[provider], 2, "8Gi")
    regions = [{"name": name, "limited": False, "bannedInstances": []} for name in _REGIONS[provider]]
    return {
        "provider": provider,
        "databaseInstances": [database],
        "defaultDatabaseInstance": database,
        "nodeInstances": instances,
        "defaultNodeInstance": instances[0],
        "regions": regions,
        "defaultRegion": regions[0],
        "defaultVpcSubnetRange": "172.20.0.0/20",
        "defaultPodSubnetRange": "172.21.0.0/19",
        "defaultServicePeeringRange": "172.23.0.0/20",
        "defaultServiceSubnetRange": "172.22.0.0/22",
        "nodeCountMin": 2,
        "nodeCountMax": 100,
        "nodeCountDefault": 20,
    }


def _deployment_options(_: Call) -> dict[str, Any]:
    def span(floor: Any, default: Any, ceiling: Any) -> dict[str, Any]:
        return {"floor": floor, "default": default, "ceiling": ceiling}

    return {
        "executors": ["CELERY", "KUBERNETES", "ASTRO"],
        "resourceQuotas": {
            "defaultPodSize": {
                "cpu": span("0.25", "0.25", "6.4"),
                "memory": span("0.5Gi", "0.5Gi", "12.8Gi"),
            },
            "resourceQuota": {"cpu": span("2", "10", "1000"), "memory": span("4Gi", "20Gi", "2000Gi")},
        },
        "runtimeReleases": [
            {
                "version": runtime,
                "airflowVersion": airflow,
                "airflowDatabaseMigration": False,
                "channel": "stable",
                "releaseDate": f"2026-0{7 - index}-14T00:00:00.000Z",
                "stellarDatabaseMigration": False,
            }
            for index, (runtime, airflow) in enumerate(RUNTIMES.items())
        ],
        "schedulerMachines": [
            {"name": name, "spec": {"cpu": cpu, "memory": memory}}
            for name, (cpu, memory) in SCHEDULERS.items()
        ],
        "workerMachines": [
            {
                "name": name,
                "spec": {
                    "cpu": cpu,
                    "memory": memory,
                    "concurrency": 5 * int(cpu),
                    "ephemeralStorage": "10Gi",
                },
                "concurrency": span(1, 5 * int(cpu), 15 * int(cpu)),
            }
            for name, (cpu, memory) in MACHINES.items()
        ],
        "workerQueues": {
            "maxWorkers": span(1, 10, 30),
            "minWorkers": span(0, 0, 10),
            "workerConcurrency": span(1, 16, 64),
        },
        "workloadIdentityOptions": [],
    }


FAMILIES: Final = (CLUSTERS,)
ACTIONS: Final[Mapping[str, Handler]] = {
    "GetClusterOptions": _cluster_options,
    "GetDeploymentOptions": _deployment_options,
}
