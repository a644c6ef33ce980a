"""Deployments: what the service fills in, their states, hibernation and logs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from harness.sandbox.assumptions import HIDDEN_SECRET, SECONDS_TO_HEALTHY
from harness.sandbox.call import Call, Handler, refuse_field
from harness.sandbox.clock import instant, timestamp
from harness.sandbox.family import Family, field_among
from harness.sandbox.store import Resource, Scene

RUNTIMES: Final = {"3.1-4": "3.1.3", "3.0-11": "3.0.6", "13.2.0": "2.11.0", "12.9.0": "2.10.5"}
"""Versions of Astro Runtime, newest first, and the Airflow version inside."""

MACHINES: Final = {
    "A5": ("1", "2Gi"),
    "A10": ("2", "4Gi"),
    "A20": ("4", "8Gi"),
    "A40": ("8", "16Gi"),
    "A60": ("12", "24Gi"),
    "A120": ("24", "48Gi"),
    "A160": ("32", "64Gi"),
}
"""Worker machines with their CPU and memory."""

SCHEDULERS: Final = {
    "SMALL": ("1", "2Gi"),
    "MEDIUM": ("2", "4Gi"),
    "LARGE": ("4", "8Gi"),
    "EXTRA_LARGE": ("8", "16Gi"),
}
"""Scheduler sizes with their CPU and memory."""

_DEFAULTS: Final = {
    "astroRuntimeVersion": next(iter(RUNTIMES)),
    "contactEmails": (),
    "description": "",
    "executor": "CELERY",
    "isCicdEnforced": False,
    "isDagDeployEnabled": True,
    "isDevelopmentMode": False,
    "isHighAvailability": False,
    "type": "STANDARD",
    "webServerCpu": "0.5",
    "webServerMemory": "1.5Gi",
    "webServerReplicas": 1,
}
_HOSTED: Final = {
    "cloudProvider": "AWS",
    "defaultTaskPodCpu": "0.25",
    "defaultTaskPodMemory": "0.5Gi",
    "region": "us-east-1",
    "resourceQuotaCpu": "10",
    "resourceQuotaMemory": "20Gi",
    "schedulerSize": "SMALL",
}
_DEFAULT_QUEUE: Final = {
    "name": "default",
    "isDefault": True,
    "maxWorkerCount": 10,
    "minWorkerCount": 0,
    "workerConcurrency": 5,
}


def _fill(resource: Resource, scene: Scene) -> None:
    """Fill in the defaults of the service and everything that follows from the request."""
    resource.setdefault("status", "CREATING")
    for name, value in _DEFAULTS.items():
        resource.setdefault(name, list(value) if isinstance(value, tuple) else value)
    _place(resource, scene)
    _size(resource)
    _address(resource, scene)
    _identity(resource)
    _variables(resource, scene)
    _queues(resource, scene)
    remote = resource.get("remoteExecution")
    if remote:
        remote.setdefault("allowedIpAddressRanges", [])
        remote.setdefault("remoteApiUrl", f"https://{resource['_host']}/{resource['_path']}/remote")
    spec = (resource.get("scalingSpec") or {}).get("hibernationSpec") or {}
    if spec.get("override"):
        _override(spec["override"], scene)


def _place(resource: Resource, scene: Scene) -> None:
    """Put the deployment on its cluster, or in a region of the vendor's."""
    cluster = scene.store.get("clusters", resource.get("clusterId") or "")
    if cluster:
        resource["cloudProvider"], resource["region"] = cluster["cloudProvider"], cluster["region"]
    if resource["type"] == "HYBRID":
        return
    for name, value in _HOSTED.items():
        resource.setdefault(name, value)


def _size(resource: Resource) -> None:
    resource["airflowVersion"] = RUNTIMES.get(resource["astroRuntimeVersion"], "NA")
    resource["runtimeVersion"] = resource["astroRuntimeVersion"]
    if resource["type"] == "HYBRID":
        scheduler = resource.pop("scheduler", None) or {}
        resource["schedulerAu"] = scheduler.get("au", resource.get("schedulerAu", 5))
        resource["schedulerReplicas"] = scheduler.get("replicas", resource.get("schedulerReplicas", 1))
        units = resource["schedulerAu"]
        resource["schedulerCpu"], resource["schedulerMemory"] = f"{units / 10:g}", f"{units * 0.375:g}Gi"
        return
    resource["schedulerCpu"], resource["schedulerMemory"] = SCHEDULERS[resource["schedulerSize"]]
    resource["schedulerReplicas"] = 2 if resource["isHighAvailability"] else 1


def _address(resource: Resource, scene: Scene) -> None:
    """Give the deployment its namespace, URLs and image; they never change."""
    if "namespace" in resource:
        return
    number = scene.chance.number(10_000, scene.source, "namespace", resource["id"])
    resource["namespace"] = f"stellar-meridian-{number:04d}"
    resource["_path"] = path = f"d{resource['id'][-7:]}"
    resource["_host"] = host = f"{resource['organizationId']}.astronomer.run"
    resource["uiUrl"] = f"https://{host}/{path}?orgId=org_sandbox"
    resource["webServerUrl"] = f"{host}/{path}?orgId=org_sandbox"
    resource["webServerIngressHostname"] = f"{host}/{path}"
    major = resource["airflowVersion"].partition(".")[0]
    version = "v2" if major == "3" else "v1"
    resource["apiUrl"] = f"https://{host}/{path}/api/{version}"
    resource["webServerAirflowApiUrl"] = f"{host}/{path}/api/{version}"
    resource["imageRepository"] = f"images.astronomer.cloud/{resource['organizationId']}/{resource['id']}"
    resource["imageTag"] = f"deploy-{scene.moment:%Y-%m-%dT%H-%M}"
    resource["imageVersion"] = resource["imageTag"]
    resource["externalIPs"] = [f"198.51.100.{number % 250 + 1}"]


def _identity(resource: Resource) -> None:
    """Say as whom the deployment calls the cloud: as asked, else as the platform decides.

    v1beta1 shows this as ``workloadIdentity``, v1 as ``effectiveWorkloadIdentity``; requests use the
    first name in both.
    """
    role = f"arn:aws:iam::000000000000:role/AirflowS3Logs-{resource['id']}"
    asked = resource.get("workloadIdentity")
    resource["workloadIdentity"] = resource["effectiveWorkloadIdentity"] = asked or role
    if resource.get("drWorkloadIdentity"):
        resource["effectiveDRWorkloadIdentity"] = resource["drWorkloadIdentity"]


def _variables(resource: Resource, scene: Scene) -> None:
    """Hide the values of secret variables; the sandbox does not keep them."""
    resource["environmentVariables"] = [
        {
            "key": item["key"],
            "isSecret": item["isSecret"],
            "value": HIDDEN_SECRET if item["isSecret"] else item.get("value", ""),
            "updatedAt": item.get("updatedAt", scene.now),
        }
        for item in resource.get("environmentVariables") or ()
    ]


def _queues(resource: Resource, scene: Scene) -> None:
    """Give every worker queue an id and the size of its machine; Celery has at least one queue."""
    queues = resource.get("workerQueues") or []
    if not queues and resource["executor"] == "CELERY":
        queues = [dict(_DEFAULT_QUEUE)]
    resource["workerQueues"] = [_queue(queue, resource, scene) for queue in queues]


def _queue(queue: dict[str, Any], resource: Resource, scene: Scene) -> dict[str, Any]:
    if resource["type"] != "HYBRID":
        queue = {"astroMachine": "A5", "podEphemeralStorage": "10Gi", **queue}
    cpu, memory = MACHINES[queue.get("astroMachine", "A5")]
    new = queue.get("id") or scene.new_id("worker-queue", resource["id"], queue["name"])
    return {**queue, "id": new, "podCpu": cpu, "podMemory": memory}


def _override(override: dict[str, Any], scene: Scene) -> None:
    """Normalise an override of the hibernation schedule; its end is kept in UTC."""
    override.setdefault("isHibernating", None)
    override.setdefault("overrideUntil", None)
    override["isActive"] = True
    if override["overrideUntil"]:
        try:
            until = instant(override["overrideUntil"])
        except ValueError:
            refuse_field("overrideUntil", "format", "must be an RFC 3339 timestamp")
        override["overrideUntil"] = timestamp(until)
        override["isActive"] = until > scene.moment


def _show(resource: Resource, scene: Scene) -> Resource:
    """Work out the state at this moment."""
    workspace = scene.store.get("workspaces", resource["workspaceId"]) or {}
    cluster = scene.store.get("clusters", resource.get("clusterId") or "") or {}
    shown = {**resource, "workspaceName": workspace.get("name"), "clusterName": cluster.get("name")}
    ready = instant(resource["createdAt"]) + timedelta(seconds=SECONDS_TO_HEALTHY)
    if resource["status"] == "CREATING" and scene.moment >= ready:
        shown["status"] = "HEALTHY"
        shown["statusReason"] = "Successfully Deployed"
    spec = (resource.get("scalingSpec") or {}).get("hibernationSpec") or {}
    override = spec.get("override")
    if override:
        asleep = bool(override["isActive"] and override["isHibernating"])
        shown["scalingStatus"] = {"hibernationStatus": {"isHibernating": asleep, "reason": "manual override"}}
        if asleep:
            shown["status"] = "HIBERNATING"
    return shown


DEPLOYMENTS: Final = Family(
    name="deployments",
    path="/organizations/{organizationId}/deployments",
    parameters=("deploymentId",),
    what="deployment",
    fill=_fill,
    show=_show,
    filters={
        "deploymentIds": field_among("id"),
        "names": field_among("name"),
        "workspaceIds": field_among("workspaceId"),
    },
    references={"workspaceId": "workspaces", "clusterId": "clusters"},
    owners=("workspaceId",),
)


def _with_override(call: Call, override: dict[str, Any] | None) -> Resource:
    deployment = call.path["deploymentId"]
    scaling = deployment.get("scalingSpec") or {}
    spec = {**(scaling.get("hibernationSpec") or {}), "override": override}
    return DEPLOYMENTS.change(deployment, {"scalingSpec": {**scaling, "hibernationSpec": spec}}, call.scene)


def _set_override(call: Call) -> Any:
    changed = _with_override(call, dict(call.body))
    return changed["scalingSpec"]["hibernationSpec"]["override"]


def _delete_override(call: Call) -> None:
    _with_override(call, None)


def _logs(call: Call) -> dict[str, Any]:
    """Return a few lines of each source that was asked for."""
    offset, limit = call.query["offset"], call.query["limit"]
    seconds = call.scene.moment.timestamp()
    lines = [
        {"raw": f"{source} is running", "source": source, "timestamp": seconds - index}
        for index, source in enumerate(call.query["sources"])
    ]
    return {
        "limit": limit,
        "maxNumResults": call.query["maxNumResults"],
        "offset": offset,
        "resultCount": len(lines),
        "results": lines[offset : offset + limit],
        "searchId": call.query.get("searchId") or call.scene.new_id("search", call.ids["deploymentId"]),
    }


FAMILIES: Final = (DEPLOYMENTS,)
ACTIONS: Final[Mapping[str, Handler]] = {
    "UpdateDeploymentHibernationOverride": _set_override,
    "DeleteDeploymentHibernationOverride": _delete_override,
    "GetDeploymentLogs": _logs,
}
