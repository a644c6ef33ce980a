"""The shipped contracts: every documented difference that is known of them is reported, and no drift."""

from __future__ import annotations

from functools import cache

import pytest

from harness.contract_diff import ContractDiff, Documented, Part, When, contract_diff
from harness.rules import Documentation, Severity
from tests.builders import judge

_WORST = {
    "none": """ListAllowedIpAddressRanges CreateAllowedIpAddressRange DeleteAllowedIpAddressRange
        GetOrganizationAuditLogs GetClusterOptions DeleteCluster GetDeploymentOptions DeleteDeployment
        DeleteAgentToken DeleteDeploymentHibernationOverride DeleteEnvironmentObject
        ExcludeLinkingEnvironmentObject CreateUserInvite DeleteUserInvite ListRoleTemplates ListRoles
        CreateCustomRole DeleteCustomRole UpdateCustomRole GetCustomRole CreateTeam DeleteTeam GetTeam
        UpdateTeam ListTeamMembers AddTeamMembers RemoveTeamMember UpdateTeamRoles DeleteApiToken
        UpdateApiTokenRoles ListUsers GetUser UpdateUserRoles DeleteWorkspace""",
    "additive": """ListPermissionGroups ListClusters CreateCluster GetCluster UpdateCluster ListDeploys
        GetDeploy
        UpdateDeploy FinalizeDeploy DeployRollback CreateEnvironmentObject ListTeams ListWorkspaces
        CreateWorkspace GetWorkspace UpdateWorkspace""",
    "relaxed": "CreateDeploy",
    "un-nulled": "UpdateDeploymentHibernationOverride",
    "open enum": "ListEnvironmentObjects GetEnvironmentObject UpdateEnvironmentObject",
    "breaking if read": "ListDeployments CreateDeployment GetDeployment UpdateDeployment",
    "breaking": """ListApiTokens CreateApiToken GetApiToken UpdateApiToken RotateApiToken ListAgentTokens
        CreateAgentToken GetAgentToken ListOrganizations GetOrganization UpdateOrganization""",
}
"""The worst documented change of each shared operation, as read in the vendor's documents by hand."""

_UNSUPPORTED = [
    f"{verb}{noun}"
    for noun in ("Alert", "NotificationChannel")
    for verb in ("Get", "Create", "Update", "Delete")
] + ["ListAlerts", "ListNotificationChannels"]
_NEW = [
    "GetDeploymentLogs",
    "ListUserTeams",
    "GetSelfUser",
    "BulkCreateAllowedIpAddressRanges",
    "BulkDeleteAllowedIpAddressRanges",
]

_TOKENS = "ListApiTokens CreateApiToken GetApiToken UpdateApiToken RotateApiToken"
_AGENTS = "ListAgentTokens CreateAgentToken GetAgentToken"
_ORGANIZATIONS = "ListOrganizations GetOrganization UpdateOrganization"
_DEPLOYMENTS = "ListDeployments CreateDeployment GetDeployment UpdateDeployment"
_DEPLOYS = "ListDeploys CreateDeploy GetDeploy UpdateDeploy FinalizeDeploy DeployRollback"
_CLUSTERS = "ListClusters CreateCluster GetCluster UpdateCluster"
_WORKSPACES = "ListWorkspaces CreateWorkspace GetWorkspace UpdateWorkspace"
_OBJECTS = "ListEnvironmentObjects GetEnvironmentObject UpdateEnvironmentObject"

_KNOWN: list[tuple[str, str, str]] = [
    (f"{_TOKENS} {_AGENTS}", "property-renamed", "type -> scope"),
    ("CreateApiToken", "request-not-accepted", "$.request.body.type -> $.request.body.scope"),
    (_ORGANIZATIONS, "property-removed", "supportPlan"),
    (_ORGANIZATIONS, "property-became-required", "productPlans"),
    (_ORGANIZATIONS, "enum-value-removed", "productPlans[*].productPlanName"),
    ("ListOrganizations", "request-not-accepted", "$.request.query.supportPlan"),
    ("ListOrganizations", "request-not-accepted", "$.request.query.astronomerProduct"),
    (_DEPLOYMENTS, "property-renamed", "workloadIdentity -> effectiveWorkloadIdentity"),
    (_DEPLOYMENTS, "property-renamed", "drWorkloadIdentity -> effectiveDRWorkloadIdentity"),
    (" ".join(_UNSUPPORTED), "endpoint-removed", "$.request"),
    *(
        ("UpdateDeploymentHibernationOverride", "became-not-nullable", f"$.body.{name}")
        for name in ("isActive", "isHibernating", "overrideUntil")
    ),
    *(
        ("CreateDeployment", "request-relaxed", f"$.request.body.{name}")
        for name in [
            "astroRuntimeVersion",
            "executor",
            "isCicdEnforced",
            "isDagDeployEnabled",
            "isHighAvailability",
            "schedulerSize",
            "type",
            "clusterId",
            "scheduler",
            "scheduler.au",
            "scheduler.replicas",
        ]
    ),
    ("UpdateDeployment", "request-relaxed", "$.request.body.workerQueues[*].astroMachine"),
    ("UpdateDeployment", "request-relaxed", "$.request.body.workerQueues[*].nodePoolId"),
    *(
        ("CreateDeploy", "request-relaxed", f"$.request.body.git.{name}")
        for name in ("account", "branch", "commitUrl", "repo")
    ),
    ("CreateDeploy", "request-extended", "$.request.body.git.provider"),
    ("CreateDeploy", "request-extended", "$.request.body.git.remoteUrl"),
    *(
        (_ORGANIZATIONS, "property-added", name)
        for name in ("hasAllowedIpAddressRanges", "isBlockedEnableAiFeatures", "hasAiFeaturesDisabled")
    ),
    *(
        (_WORKSPACES, "property-added", name)
        for name in ("defaultClusterId", "defaultCloudProvider", "defaultRegion")
    ),
    *(
        ("CreateWorkspace UpdateWorkspace", "request-extended", f"$.request.body.{name}")
        for name in ("defaultClusterId", "defaultCloudProvider", "defaultRegion")
    ),
    (_CLUSTERS, "property-added", "isPrivateNetworkEgressEnabled"),
    (_DEPLOYMENTS, "property-added", "workerQueues[*].podEphemeralStorage"),
    ("CreateDeployment UpdateDeployment", "request-extended", "workerQueues[*].podEphemeralStorage"),
    (_DEPLOYS, "property-added", "git"),
    ("ListTeams", "request-extended", "$.request.query.workspaceId"),
    ("ListTeams", "request-extended", "$.request.query.deploymentId"),
    *(
        (_OBJECTS, "property-added", name)
        for name in (
            "description",
            "setFields",
            "links[*].setFields",
            "environmentVariable",
            "links[*].environmentVariableOverrides",
            "metricsExport.sigV4AssumeArn",
            "metricsExport.sigV4StsRegion",
        )
    ),
    ("UpdateEnvironmentObject", "request-extended", "$.request.body.links[*].overrides.unsetFields"),
    (_OBJECTS, "enum-value-added", "objectType"),
    (_OBJECTS, "enum-value-added", "metricsExport.authType"),
    *(
        ("CreateEnvironmentObject UpdateEnvironmentObject", "request-extended", f"$.request.body.{name}")
        for name in ("description", "environmentVariable", "metricsExport.authType")
    ),
    ("CreateEnvironmentObject ListEnvironmentObjects", "request-extended", "objectType"),
    ("ListPermissionGroups", "request-extended", "$.request.query.scopeType"),
    (" ".join(_NEW), "endpoint-added", "$.request"),
]
"""Operations, rule, and the end of the place, with that of the new place of what was renamed."""

_DRIFT = [
    "kind",
    "lastRotatedAt",
    "dagRoles",
    "dagId",
    "dagTags",
    "entityType",
    "organizationRole",
    "apiUrl",
    "uiUrl",
    "drRegion",
    "remoteExecution",
    "allowEnhancedSupportAccess",
    "shouldEnforceDedicatedClusters",
    "defaultTaskPodCpu",
    "defaultTaskPodMemory",
    "resourceQuotaCpu",
    "resourceQuotaMemory",
    "fieldErrors",
    "createdAt",
    "updatedAt",
    "expiresAt",
]
"""Properties that v1beta1 itself got or changed before v1 came, or that only typed clients see otherwise."""


@cache
def _diff() -> ContractDiff:
    return contract_diff(judge())


def _all() -> list[tuple[str, Documented]]:
    return [(found.id, entry) for found in _diff().operations for entry in found.documented]


def _class(documented: Documented) -> str:
    """Return how a difference is classed: by severity, by whom it meets, and by the rule."""
    finding = documented.finding
    if finding.severity is Severity.BREAKING:
        return "breaking" if documented.when is When.ALWAYS else f"breaking {documented.when}"
    if finding.severity is Severity.RISKY:
        return "open enum"
    return {"became-not-nullable": "un-nulled", "request-relaxed": "relaxed"}.get(finding.rule, "additive")


def test_each_shared_operation_is_classed_as_by_hand() -> None:
    """The worst documented difference of each of the 70 operations is of the class that was read by hand."""
    classes = [*_WORST]
    classes.insert(-1, "breaking if sent")
    worst = {
        found.id: max(map(_class, found.documented), key=classes.index, default="none")
        for found in _diff().shared
    }

    assert worst == {name: kind for kind, names in _WORST.items() for name in names.split()}
    assert [len(names.split()) for names in _WORST.values()] == [34, 16, 1, 1, 3, 4, 11]


@pytest.mark.parametrize(("operations", "rule", "place"), _KNOWN)
def test_a_known_difference_is_reported(operations: str, rule: str, place: str) -> None:
    """Each known difference is reported by its rule, at its place, in each operation that has it."""
    path, _, to = place.partition(" -> ")
    found = {
        name
        for name, entry in _all()
        if entry.finding.rule == rule
        and entry.finding.difference.path.endswith(path)
        and entry.finding.difference.path.removesuffix(path)[-1:] in ("", ".")
        and entry.finding.difference.to.endswith(to)
        and bool(entry.finding.difference.to) is bool(to)
    }

    assert found >= set(operations.split())


def test_nothing_else_breaks() -> None:
    """All that is breaking or risky is known; the ten unsupported and the five new operations stand alone."""
    known = {(name, rule) for names, rule, _ in _KNOWN for name in names.split()}
    severe = {
        (name, entry.finding.rule) for name, entry in _all() if entry.finding.severity is not Severity.INFO
    }

    assert severe <= known
    assert len([entry for name, entry in _all() if name in {*_UNSUPPORTED, *_NEW}]) == 15


@pytest.mark.parametrize("name", _DRIFT)
def test_drift_inside_v1beta1_is_not_blamed_on_v1(name: str) -> None:
    """No difference names a property that both of today's contracts have alike."""
    assert [entry.finding.explanation for _, entry in _all() if f".{name}" in entry.cause] == []


@pytest.mark.parametrize("value", ["ASTRO", "EXTRA_LARGE", "DAG_TAG"])
def test_values_of_today_are_not_new(value: str) -> None:
    """Values that v1beta1 has by now are not called added or removed."""
    for _, entry in _all():
        fact = entry.finding.difference
        assert fact.candidate != value
        assert fact.baseline not in (value, [value])


def test_statuses_and_pagination_do_not_differ() -> None:
    """No status and no envelope of a list is documented to differ, and all is said to be documented."""
    assert [name for name, entry in _all() if entry.finding.difference.path == "$.status"] == []
    assert [
        name for name, entry in _all() if entry.cause.endswith((".limit", ".offset", ".totalCount"))
    ] == []
    assert {entry.finding.documentation for _, entry in _all()} == {Documentation.DOCUMENTED}


@pytest.mark.parametrize(
    ("rule", "cause", "operations"),
    [
        ("property-renamed", "ApiToken.type", 8),
        ("property-renamed", "Deployment.workloadIdentity", 4),
        ("property-removed", "Organization.supportPlan", 3),
        ("property-added", "Deploy.git", 6),
        ("endpoint-removed", "the operation", 10),
        ("endpoint-added", "the operation", 5),
    ],
)
def test_one_cause_is_one(rule: str, cause: str, operations: int) -> None:
    """A change of a schema that several operations answer with is one cause with all of them."""
    found = [
        each for each in _diff().causes() if (each.first.finding.rule, each.first.cause) == (rule, cause)
    ]

    assert [len(each.documented) for each in found] == [operations]


def test_a_request_still_takes_what_the_answer_renamed() -> None:
    """``workloadIdentity`` is renamed in answers of deployments alone; requests keep it."""
    parts = {entry.part for _, entry in _all() if "orkloadIdentity" in entry.finding.difference.path}

    assert parts == {Part.RESPONSE}


def test_every_renamed_property_is_known() -> None:
    """There is no rename beside the three, and each place is renamed once."""
    renamed = [entry for _, entry in _all() if entry.finding.difference.to]

    assert {entry.cause for entry in renamed} == {
        "ApiToken.type",
        "CreateApiTokenRequest.type",
        "Deployment.workloadIdentity",
        "Deployment.drWorkloadIdentity",
    }
    assert len({entry.finding.fingerprint for _, entry in _all()}) == len(
        {(name, entry.finding.rule, entry.finding.difference.path) for name, entry in _all()}
    )
