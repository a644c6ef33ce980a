"""Tests of the documented differences: each of them alone is what the harness sees."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from harness.contract import V1, V1BETA1
from harness.contract_diff import contract_diff
from harness.judge import Judge
from harness.result import Verdict
from harness.sandbox import SANDBOX_TOKEN, TEAM_MANAGER_TOKEN
from harness.sandbox.differences import DIFFERENCES
from harness.sandbox.setup import Setup, chosen
from harness.sandbox.switches import packaged, without
from tests.sandbox.sight import rules, seen

_WORKSPACE: Final = """
  - operation: ListWorkspaces
    request: {query: {names: [Data Platform]}}
    capture: {workspace: "$.workspaces[0].id"}
"""
_DEPLOYMENT: Final = """
  - operation: ListDeployments
    request: {query: {names: [%s]}}
    capture: {deployment_id: "$.deployments[0].id", workspace: "$.deployments[0].workspaceId"}
"""
_INGEST: Final = _DEPLOYMENT % "prod-ingest"
_STANDARD: Final = """
          type: STANDARD
          name: a ${side}
          workspaceId: ${workspace}
          astroRuntimeVersion: 3.1-4
          isCicdEnforced: false
          isDagDeployEnabled: true
          isHighAvailability: false
          schedulerSize: SMALL
          environmentVariables: []
"""
_OBJECT: Final = """
          objectKey: a_${side}
          objectType: CONNECTION
          scope: WORKSPACE
          scopeEntityId: ${workspace}
          connection: {type: postgres, host: db.example.com}
"""
_METRICS: Final = """
          objectKey: a_${side}
          objectType: METRICS_EXPORT
          scope: WORKSPACE
          scopeEntityId: ${workspace}
          metricsExport:
            endpoint: https://metrics.example.com
            exporterType: PROMETHEUS
            authType: SIGV4
"""

STEPS: Final = {
    "token-type-renamed": "  - operation: ListApiTokens",
    "token-request-type-renamed": """
  - operation: CreateApiToken
    request: {body: {name: "a ${side}", type: ORGANIZATION, role: ORGANIZATION_MEMBER}}
""",
    "supportPlan-removed": "  - operation: GetOrganization",
    "supportPlan-filter-removed": """
  - operation: ListOrganizations
    request: {query: {supportPlan: TRIAL}}
""",
    "observe-filter-removed": """
  - operation: ListOrganizations
    request: {query: {astronomerProduct: OBSERVE}}
""",
    "workloadIdentity-renamed": "  - operation: ListDeployments",
    "alerts-removed": "  - operation: ListAlerts",
    "notification-channels-removed": "  - operation: ListNotificationChannels",
    "audit-logs-encoded": "  - operation: GetOrganizationAuditLogs",
    "empty-worker-queues-refused": _DEPLOYMENT % "ml-training"
    + f"""
  - operation: UpdateDeployment
    request:
      body: {_STANDARD}
          executor: KUBERNETES
          workerQueues: []
""",
    "hibernation-override-null-dropped": _INGEST
    + """
  - operation: UpdateDeploymentHibernationOverride
    request: {body: {isHibernating: true}}
""",
    "role-permissions-split": """
  - operation: ListTeams
    capture: {team_id: "$.teams[0].id"}
  - operation: UpdateTeamRoles
    request: {body: {organizationRole: ORGANIZATION_MEMBER}}
""",
    "deployment-create-relaxed": _WORKSPACE
    + """
  - operation: CreateDeployment
    request: {body: {name: "a ${side}", workspaceId: "${workspace}"}}
""",
    "worker-queue-update-relaxed": _DEPLOYMENT % "staging-ingest"
    + f"""
  - operation: UpdateDeployment
    request:
      body: {_STANDARD}
          executor: CELERY
          workerQueues:
            - {{name: default, isDefault: true, maxWorkerCount: 5, minWorkerCount: 1, workerConcurrency: 5}}
""",
    "deploy-git-relaxed": _INGEST
    + """
  - operation: CreateDeploy
    request: {body: {type: DAG_ONLY, git: {provider: GENERIC, commitSha: abc}}}
""",
    "organization-flags-added": "  - operation: GetOrganization",
    "workspace-defaults-added": """
  - operation: CreateWorkspace
    request: {body: {name: "a ${side}", defaultRegion: us-east-1}}
""",
    "cluster-egress-added": "  - operation: ListClusters",
    "podEphemeralStorage-added": "  - operation: ListDeployments",
    "deploy-git-added": _INGEST
    + """
  - operation: CreateDeploy
    request:
      body:
        type: DAG_ONLY
        git: {provider: GITHUB, account: a, branch: b, commitSha: c, commitUrl: https://a.example, repo: d}
""",
    "team-filters-added": _DEPLOYMENT % "ml-training"
    + """
  - operation: ListTeams
    request: {query: {workspaceId: "${workspace}"}}
""",
    "environment-object-description-added": _WORKSPACE
    + f"""
  - operation: CreateEnvironmentObject
    request:
      body: {_OBJECT}
          description: for reports
    capture: {{environmentObjectId: "$.id"}}
  - operation: GetEnvironmentObject
""",
    "set-fields-added": "  - operation: ListEnvironmentObjects",
    "dag-permission-groups-added": """
  - operation: ListPermissionGroups
    request: {query: {scopeType: DAG}}
""",
    "operations-added": """
  - request: {method: GET, path: /users/self}
""",
    "environment-variable-objects": """
  - operation: ListEnvironmentObjects
    request: {query: {objectType: ENVIRONMENT_VARIABLE}}
""",
    "sigv4-metrics-exports": _WORKSPACE
    + f"""
  - operation: CreateEnvironmentObject
    request:
      body: {_METRICS}
""",
}
"""Steps that meet each difference."""

_REFUSED = {"status-success-lost", "request-not-accepted"}
_GONE = {"endpoint-removed", "endpoint-unanswered"}
RULES: Final = {
    "token-type-renamed": {"property-renamed"},
    "token-request-type-renamed": _REFUSED,
    "supportPlan-removed": {"property-removed"},
    "supportPlan-filter-removed": {"request-not-accepted", "list-elements-extra", "total-count-changed"},
    "observe-filter-removed": _REFUSED,
    "workloadIdentity-renamed": {"property-renamed"},
    "alerts-removed": _GONE,
    "notification-channels-removed": _GONE,
    "audit-logs-encoded": {"media-type-changed", "content-encoding-changed"},
    "empty-worker-queues-refused": {"status-success-lost"},
    "hibernation-override-null-dropped": {"absent-vs-null"},
    "role-permissions-split": {"scope-changed"},
    "deployment-create-relaxed": {"request-relaxed"},
    "worker-queue-update-relaxed": {"request-relaxed"},
    "deploy-git-relaxed": {"request-relaxed"},
    "organization-flags-added": {"property-added"},
    "workspace-defaults-added": {"property-added"},
    "cluster-egress-added": {"property-added"},
    "podEphemeralStorage-added": {"property-added"},
    "deploy-git-added": {"property-added"},
    "team-filters-added": {"list-elements-missing", "total-count-changed"},
    "environment-object-description-added": {"property-added"},
    "set-fields-added": {"property-added"},
    "dag-permission-groups-added": {"status-error-to-success"},
    "operations-added": {"endpoint-added"},
    "environment-variable-objects": {"status-error-to-success"},
    "sigv4-metrics-exports": {"request-relaxed"},
}
"""The rules by which the harness calls each difference."""

HARMLESS: Final = {"property-added", "endpoint-added", "request-relaxed"}
"""Rules that are said and do not turn a scenario red."""

NOISE: Final = {
    *("answer-slower", "call-refused-on-both", "error-message-changed"),
    *("value-made-by-side", "volatile-value"),
}
"""Rules for what two calls never have in common, for two equal refusals, and for a busy machine."""

TOKENS: Final = {"role-permissions-split": TEAM_MANAGER_TOKEN}
NAMES: Final = [switch.name for switch in DIFFERENCES]


@pytest.mark.parametrize("name", NAMES)
def test_the_harness_sees_exactly_that_one(name: str, tmp_path: Path) -> None:
    """Without differences a scenario is not red, and with one alone the harness says that one only."""
    token = TOKENS.get(name, SANDBOX_TOKEN)
    text = f"steps:\n{STEPS[name]}"
    none = seen(tmp_path / "none", Setup(on=chosen(only=())), text, token)
    alone = seen(tmp_path / "alone", Setup(on=chosen(only=(name,))), text, token)

    assert none.verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE)
    assert rules(none) <= NOISE
    assert rules(alone) - NOISE == RULES[name]
    assert (alone.verdict is Verdict.MISMATCH) == (not RULES[name] <= HARMLESS)


def test_they_are_all_that_the_contracts_document() -> None:
    """With every difference switched off, both contracts say the same of every operation."""
    served = without(packaged(), DIFFERENCES)
    diff = contract_diff(Judge(baseline=served[V1BETA1], candidate=served[V1]))

    assert [found.cause for one in diff.operations for found in one.documented] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_is_documented_or_inferred(name: str) -> None:
    """Each difference is about a place of a contract or an operation, or hooks that say which they meet."""
    switch = next(one for one in DIFFERENCES if one.name == name)
    hooked = switch.before is not None or switch.after is not None

    assert hooked != bool(switch.properties or switch.parameters or switch.operations)
    assert bool(switch.meets) == hooked


def test_the_keys_are_those_of_the_evidence() -> None:
    """B1 to B6, T1 to T4, relaxed, additive and open enums are all there, and no name twice."""
    keys = {switch.key for switch in DIFFERENCES}

    assert keys == {*(f"B{n}" for n in range(1, 7)), *(f"T{n}" for n in range(1, 5))} | {
        "relaxed",
        "additive",
        "open-enum",
    }
    assert len(set(NAMES)) == len(NAMES)
