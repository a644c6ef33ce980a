"""Deploys of a deployment: created, finalized, rolled back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from harness.sandbox.call import Call, Handler, refuse_field
from harness.sandbox.clock import timestamp
from harness.sandbox.family import Family
from harness.sandbox.store import Resource, Scene

_UPLOADS: Final = "https://uploads.example.com"


def _fill(resource: Resource, scene: Scene) -> None:
    """Point the deploy at its deployment's image, and say where its files are to be uploaded."""
    deployment = scene.store.get("deployments", resource["deploymentId"]) or {}
    names = ("airflowVersion", "astroRuntimeVersion", "imageRepository", "imageTag", "isDagDeployEnabled")
    for name in names:
        resource.setdefault(name, deployment.get(name))
    resource.setdefault("status", "INITIALIZED")
    place = f"{_UPLOADS}/{resource['deploymentId']}/{resource['id']}"
    if resource["type"] == "BUNDLE":
        resource.setdefault("bundleUploadUrl", f"{place}/bundle")
    elif resource["type"] != "IMAGE_ONLY":
        resource.setdefault("dagsUploadUrl", f"{place}/dags")
    resource["createdBySubject"], resource["updatedBySubject"] = resource["createdBy"], resource["updatedBy"]


DEPLOYS: Final = Family(
    name="deploys",
    path="/organizations/{organizationId}/deployments/{deploymentId}/deploys",
    parameters=("deployId",),
    what="deploy",
    fill=_fill,
    owners=("deploymentId",),
)


def _finalize(call: Call) -> Resource:
    """Make the uploaded files the deployment's own, under the version that the body names or a new one."""
    deploy = call.path["deployId"]
    if deploy["status"] == "DEPLOYED":
        refuse_field("deployId", "invalid", "is finalized already")
    version = call.body.get("dagTarballVersion") or timestamp(call.scene.moment)
    changes: dict[str, Any] = {"status": "DEPLOYED"}
    if deploy["type"] == "BUNDLE":
        bundle = {
            "bundleType": deploy.get("bundleType", ""),
            "currentVersion": call.body.get("bundleTarballVersion") or timestamp(call.scene.moment),
            "deployId": deploy["id"],
            "mountPath": deploy.get("bundleMountPath", ""),
        }
        changes["bundles"] = [{**bundle, "desiredVersion": bundle["currentVersion"]}]
    elif deploy["type"] != "IMAGE_ONLY":
        changes["dagTarballVersion"] = version
    return DEPLOYS.change(deploy, changes, call.scene)


def _roll_back(call: Call) -> Resource:
    """Make a deploy that repeats an older one."""
    old = call.path["deployId"]
    kept = (
        "type",
        "imageRepository",
        "imageTag",
        "dagTarballVersion",
        "bundleMountPath",
        "bundleType",
        "bundles",
    )
    values = {name: old[name] for name in kept if name in old}
    ids = {name: call.ids[name] for name in ("organizationId", "deploymentId")}
    return DEPLOYS.make(
        {**values, **call.body, **ids, "rollbackFromId": old["id"], "status": "DEPLOYED"}, call.scene
    )


FAMILIES: Final = (DEPLOYS,)
ACTIONS: Final[Mapping[str, Handler]] = {"FinalizeDeploy": _finalize, "DeployRollback": _roll_back}
