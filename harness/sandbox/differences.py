"""The documented differences of v1, each with a name by which it is switched off."""

from __future__ import annotations

from typing import Final

from harness.sandbox.answers import Answer
from harness.sandbox.assumptions import FORBIDDEN_MESSAGE
from harness.sandbox.call import Call, Refusal, refuse_field
from harness.sandbox.switches import Switch
from harness.struct import replace

_METRICS: Final = (
    "EnvironmentObjectMetricsExport",
    "EnvironmentObjectMetricsExportOverrides",
    "CreateEnvironmentObjectMetricsExportRequest",
    "CreateEnvironmentObjectMetricsExportOverridesRequest",
    "UpdateEnvironmentObjectMetricsExportRequest",
    "UpdateEnvironmentObjectMetricsExportOverridesRequest",
)
_HOSTED: Final = (
    "astroRuntimeVersion",
    "executor",
    "isCicdEnforced",
    "isDagDeployEnabled",
    "isHighAvailability",
    "schedulerSize",
    "type",
)
_HYBRID: Final = (
    "astroRuntimeVersion",
    "clusterId",
    "executor",
    "isCicdEnforced",
    "isDagDeployEnabled",
    "scheduler",
    "type",
)
_IDENTITIES: Final = (
    "workloadIdentity",
    "drWorkloadIdentity",
    "effectiveWorkloadIdentity",
    "effectiveDRWorkloadIdentity",
)
_DEFAULTS: Final = ("defaultClusterId", "defaultCloudProvider", "defaultRegion")


def _refuse_empty_queues(call: Call) -> None:
    """Refuse an empty list of worker queues where the executor has none."""
    executor = call.body.get("executor") or call.path["deploymentId"]["executor"]
    if executor == "KUBERNETES" and call.body.get("workerQueues") == []:
        refuse_field("workerQueues", "invalid", "must be omitted for the executor KUBERNETES")


_ROLE_PERMISSIONS: Final = {
    "UpdateTeamRoles": "organization.teamRoles.access",
    "UpdateUserRoles": "organization.userRoles.access",
}


def _ask_for_role_permission(call: Call) -> None:
    """Ask a custom role for a permission of its own to change roles."""
    permissions = call.scene.principal.permissions
    if permissions and _ROLE_PERMISSIONS[call.operation.id] not in permissions:
        raise Refusal(403, FORBIDDEN_MESSAGE)


def _name_encoding(answer: Answer) -> Answer:
    """Say of the compressed log that it is compressed, so that clients unpack it by themselves."""
    if answer.content is None:
        return answer
    return replace(answer, headers={**answer.headers, "content-encoding": "gzip"})


DIFFERENCES: Final[tuple[Switch, ...]] = (
    Switch(
        name="token-type-renamed",
        key="B1",
        says="ApiToken.type is called scope in every answer with a token",
        properties={"ApiToken": ("type", "scope")},
    ),
    Switch(
        name="token-request-type-renamed",
        key="B2",
        says="CreateApiToken asks for scope in place of type",
        properties={"CreateApiTokenRequest": ("type", "scope")},
    ),
    Switch(
        name="supportPlan-removed",
        key="B3",
        says="Organization has no supportPlan; productPlans is required and its enums are closed",
        properties={
            "Organization": ("supportPlan", "productPlans"),
            "OrganizationProductPlan": ("astronomerProduct", "productPlanName"),
        },
    ),
    Switch(
        name="supportPlan-filter-removed",
        key="B4",
        says="ListOrganizations does not know the query parameter supportPlan",
        parameters={"ListOrganizations": ("supportPlan",)},
    ),
    Switch(
        name="observe-filter-removed",
        key="B4",
        says="ListOrganizations does not take astronomerProduct=OBSERVE",
        parameters={"ListOrganizations": ("astronomerProduct",)},
    ),
    Switch(
        name="workloadIdentity-renamed",
        key="B5",
        says="Deployment answers with effectiveWorkloadIdentity and effectiveDRWorkloadIdentity",
        properties={"Deployment": _IDENTITIES},
    ),
    Switch(
        name="alerts-removed",
        key="B6",
        says="the five operations of alerts are gone",
        operations=("ListAlerts", "CreateAlert", "GetAlert", "UpdateAlert", "DeleteAlert"),
    ),
    Switch(
        name="notification-channels-removed",
        key="B6",
        says="the five operations of notification channels are gone",
        operations=(
            "ListNotificationChannels",
            "CreateNotificationChannel",
            "GetNotificationChannel",
            "UpdateNotificationChannel",
            "DeleteNotificationChannel",
        ),
    ),
    Switch(
        name="audit-logs-encoded",
        key="T1",
        says="audit logs come with Content-Encoding: gzip; in v1beta1 the gzip bytes are the body",
        after=_name_encoding,
        meets=("GetOrganizationAuditLogs",),
        inferred=True,
    ),
    Switch(
        name="empty-worker-queues-refused",
        key="T2",
        says="UpdateDeployment refuses workerQueues: [] where the executor is KUBERNETES",
        before=_refuse_empty_queues,
        meets=("UpdateDeployment",),
        inferred=True,
    ),
    Switch(
        name="hibernation-override-null-dropped",
        key="T3",
        says="isActive, isHibernating and overrideUntil are absent where v1beta1 has null",
        properties={"DeploymentHibernationOverride": ("isActive", "isHibernating", "overrideUntil")},
    ),
    Switch(
        name="role-permissions-split",
        key="T4",
        says="roles of teams and users need organization.teamRoles.access and userRoles.access",
        before=_ask_for_role_permission,
        meets=tuple(_ROLE_PERMISSIONS),
    ),
    Switch(
        name="deployment-create-relaxed",
        key="relaxed",
        says="CreateDeployment requires only name and workspaceId",
        properties={
            "CreateStandardDeploymentRequest": _HOSTED,
            "CreateDedicatedDeploymentRequest": (*_HOSTED, "clusterId"),
            "CreateHybridDeploymentRequest": _HYBRID,
        },
    ),
    Switch(
        name="worker-queue-update-relaxed",
        key="relaxed",
        says="UpdateDeployment takes worker queues without astroMachine or nodePoolId",
        properties={
            f"Update{kind}DeploymentRequest": ("workerQueues",)
            for kind in ("Standard", "Dedicated", "Hybrid")
        },
    ),
    Switch(
        name="deploy-git-relaxed",
        key="relaxed",
        says="CreateDeploy.git requires only provider, which may be GENERIC with a remoteUrl",
        properties={
            "CreateDeployGitRequest": ("account", "branch", "commitUrl", "repo", "provider", "remoteUrl")
        },
    ),
    Switch(
        name="organization-flags-added",
        key="additive",
        says="Organization has hasAllowedIpAddressRanges and what it says of AI features",
        properties={
            "Organization": (
                "hasAiFeaturesDisabled",
                "hasAllowedIpAddressRanges",
                "isBlockedEnableAiFeatures",
            ),
            "UpdateOrganizationRequest": ("hasAiFeaturesDisabled",),
        },
    ),
    Switch(
        name="workspace-defaults-added",
        key="additive",
        says="Workspace and its requests have defaultClusterId, defaultCloudProvider and defaultRegion",
        properties=dict.fromkeys(
            ("Workspace", "CreateWorkspaceRequest", "UpdateWorkspaceRequest"), _DEFAULTS
        ),
    ),
    Switch(
        name="cluster-egress-added",
        key="additive",
        says="Cluster and its requests have isPrivateNetworkEgressEnabled",
        properties=dict.fromkeys(
            ("Cluster", "CreateAwsClusterRequest", "UpdateDedicatedClusterRequest"),
            ("isPrivateNetworkEgressEnabled",),
        ),
    ),
    Switch(
        name="podEphemeralStorage-added",
        key="additive",
        says="worker queues have podEphemeralStorage",
        properties=dict.fromkeys(
            ("WorkerQueue", "WorkerQueueRequest", "UpdateWorkerQueueRequest"), ("podEphemeralStorage",)
        ),
    ),
    Switch(
        name="deploy-git-added",
        key="additive",
        says="Deploy answers with git",
        properties={"Deploy": ("git",)},
    ),
    Switch(
        name="team-filters-added",
        key="additive",
        says="ListTeams knows the query parameters workspaceId and deploymentId",
        parameters={"ListTeams": ("workspaceId", "deploymentId")},
    ),
    Switch(
        name="environment-object-description-added",
        key="additive",
        says="environment objects have a description",
        properties=dict.fromkeys(
            ("EnvironmentObject", "CreateEnvironmentObjectRequest", "UpdateEnvironmentObjectRequest"),
            ("description",),
        ),
    ),
    Switch(
        name="set-fields-added",
        key="additive",
        says="environment objects and their links have setFields, and updates take unsetFields",
        properties={
            "EnvironmentObject": ("setFields",),
            "EnvironmentObjectLink": ("setFields",),
            "UpdateEnvironmentObjectOverridesRequest": ("unsetFields",),
        },
    ),
    Switch(
        name="dag-permission-groups-added",
        key="additive",
        says="ListPermissionGroups takes scopeType=DAG",
        parameters={"ListPermissionGroups": ("scopeType",)},
    ),
    Switch(
        name="operations-added",
        key="additive",
        says="five operations are new: own user, a user's teams, deployment logs, ranges in bulk",
        operations=(
            "GetSelfUser",
            "ListUserTeams",
            "GetDeploymentLogs",
            "BulkCreateAllowedIpAddressRanges",
            "BulkDeleteAllowedIpAddressRanges",
        ),
    ),
    Switch(
        name="environment-variable-objects",
        key="open-enum",
        says="environment objects can be of the type ENVIRONMENT_VARIABLE",
        properties={
            "EnvironmentObject": ("objectType", "environmentVariable"),
            "EnvironmentObjectLink": ("environmentVariableOverrides",),
            "CreateEnvironmentObjectRequest": ("objectType", "environmentVariable"),
            "CreateEnvironmentObjectOverridesRequest": ("environmentVariable",),
            "UpdateEnvironmentObjectRequest": ("environmentVariable",),
            "UpdateEnvironmentObjectOverridesRequest": ("environmentVariable",),
        },
        parameters={"ListEnvironmentObjects": ("objectType",)},
    ),
    Switch(
        name="sigv4-metrics-exports",
        key="open-enum",
        says="metrics exports can have the authType SIGV4, with sigV4AssumeArn and sigV4StsRegion",
        properties=dict.fromkeys(_METRICS, ("authType", "sigV4AssumeArn", "sigV4StsRegion")),
    ),
)
"""Every documented difference of v1beta1 and v1, worst first. All are in force unless switched off."""
