"""The company that the sandbox begins with: Meridian Freight, a made-up carrier with a data platform."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from harness.sandbox.access import (
    DEPLOYMENT_TOKEN,
    EXPIRED_TOKEN,
    READ_ONLY_TOKEN,
    TEAM_MANAGER_TOKEN,
    WORKSPACE_TOKEN,
    Holder,
    custom,
)
from harness.sandbox.clock import Chance, timestamp
from harness.sandbox.families.alerts import ALERTS, CHANNELS
from harness.sandbox.families.clusters import CLUSTERS
from harness.sandbox.families.deployments import DEPLOYMENTS
from harness.sandbox.families.deploys import DEPLOYS
from harness.sandbox.families.objects import OBJECTS
from harness.sandbox.families.organizations import ORGANIZATIONS, WORKSPACES
from harness.sandbox.families.people import TEAMS, USERS
from harness.sandbox.families.security import ROLES
from harness.sandbox.families.tokens import AGENT_TOKENS, TOKENS
from harness.sandbox.family import Family
from harness.sandbox.store import Grant, Principal, Resource, Scene, Store
from harness.settings import SANDBOX_ORGANIZATION_ID, SANDBOX_OTHER_ORGANIZATION_ID, SANDBOX_TOKEN

_DOMAIN: Final = "meridian-freight.example"
_PEOPLE: Final = (
    "Ines Calloway, Tomasz Wrona, Priya Raman, Samuel Okafor, Lena Brandt, Mateo Fuentes, Aiko Tanabe, "
    "Noor Haddad, Clara Novak, Daniel Osei, Freya Lund, Hugo Marchetti, Ivy Chandler, Jonas Keller, "
    "Kavya Menon, Liam Doherty, Mara Petrescu, Nils Aaberg, Olivia Quarshie, Paolo Bassi, Rosa Delgado, "
    "Stefan Ilic, Tessa Vermeer, Yusuf Demir"
)
_DEPLOYMENTS: Final = (
    {
        "name": "prod-ingest",
        "description": "Shipment events from the carriers' gateways",
        "workspace": "Data Platform",
        "type": "DEDICATED",
        "cluster": "meridian-prod",
        "schedulerSize": "MEDIUM",
        "isHighAvailability": True,
        "isCicdEnforced": True,
        "contactEmails": [f"data-oncall@{_DOMAIN}"],
        "environmentVariables": [
            {"key": "GATEWAY_URL", "value": "https://gateway.example.com", "isSecret": False},
            {"key": "GATEWAY_PASSWORD", "isSecret": True},
        ],
        "workerQueues": [
            {"name": "default", "isDefault": True, "astroMachine": "A10"},
            {"name": "heavy", "isDefault": False, "astroMachine": "A40"},
        ],
    },
    {"name": "staging-ingest", "description": "Next week's ingest", "workspace": "Data Platform"},
    {
        "name": "prod-reporting",
        "description": "Daily revenue and customs reports",
        "workspace": "Finance Analytics",
        "isCicdEnforced": True,
        "astroRuntimeVersion": "13.2.0",
        "workloadIdentity": "arn:aws:iam::000000000000:role/meridian-reporting",
    },
    {
        "name": "ml-training",
        "description": "Arrival time models",
        "workspace": "Machine Learning",
        "executor": "KUBERNETES",
        "cloudProvider": "GCP",
        "region": "us-central1",
    },
    {
        "name": "dev-playground",
        "description": "Sleeps at night",
        "workspace": "Machine Learning",
        "isDevelopmentMode": True,
        "scalingSpec": {
            "hibernationSpec": {
                "schedules": [
                    {
                        "description": "weeknights",
                        "hibernateAtCron": "0 20 * * 1-5",
                        "wakeAtCron": "0 7 * * 1-5",
                        "isEnabled": True,
                    }
                ]
            }
        },
    },
)
_TEAMS: Final = (
    ("Platform Engineering", "Runs the data platform", "ORGANIZATION_OWNER", (0, 1, 2, 3)),
    ("Finance Analysts", "Owns the reports", "ORGANIZATION_MEMBER", (4, 5, 6)),
    ("Data Science", "Trains and serves models", "ORGANIZATION_MEMBER", (7, 8, 9, 10)),
)
_TOKENS: Final = (
    ("ci-deploy", "Deploys from the pipeline", "WORKSPACE", "Data Platform", "WORKSPACE_AUTHOR", 90),
    ("terraform", "Manages the organization", "ORGANIZATION", "", "ORGANIZATION_OWNER", None),
    ("usage-export", "Reads usage for the finance reports", "ORGANIZATION", "", "ORGANIZATION_MEMBER", 365),
    ("reporting-trigger", "Starts the reports", "DEPLOYMENT", "prod-reporting", "DEPLOYMENT_ADMIN", 30),
    ("ml-notebooks", "", "WORKSPACE", "Machine Learning", "WORKSPACE_MEMBER", 30),
)
_QUEUE: Final = {"maxWorkerCount": 10, "minWorkerCount": 1, "workerConcurrency": 10}


class _Planter:
    """Makes the first resources, each a little later than the one before."""

    def __init__(self, store: Store, chance: Chance, start: datetime) -> None:
        self.store = store
        self.chance = chance
        self.moment = start - timedelta(days=365)
        name = _PEOPLE.partition(",")[0]
        owner = {
            "id": chance.id("seed", "owner"),
            "fullName": name,
            "username": _address(name),
            "subjectType": "USER",
        }
        self.owner = Principal(profile=owner, grants=())
        self.names: dict[str, str] = {}

    def plant(self, family: Family, organization: str = SANDBOX_ORGANIZATION_ID, **values: Any) -> Resource:
        """Make one resource; its id can be looked up by its name afterwards."""
        self.moment += timedelta(days=3, hours=1, minutes=7, milliseconds=210)
        scene = Scene(
            store=self.store, chance=self.chance, principal=self.owner, moment=self.moment, source="seed"
        )
        if family is not ORGANIZATIONS:
            values["organizationId"] = organization
        resource = family.make(values, scene)
        self.names[str(resource.get("name"))] = resource[family.id_field]
        return resource


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{_DOMAIN}"


def plant(store: Store, chance: Chance, start: datetime) -> dict[str, Holder]:
    """Fill an empty store with the company; return who the sandbox's own tokens stand for."""
    planter = _Planter(store, chance, start)
    _organizations(planter)
    users = _users(planter)
    _platform(planter, users)
    _subjects(planter, users)
    _alerts(planter)
    return _tokens(planter, users, start)


def _tokens(planter: _Planter, users: list[Resource], start: datetime) -> dict[str, Holder]:
    """Return whom the sandbox's own tokens stand for. They are in no list of tokens."""
    here = SANDBOX_ORGANIZATION_ID
    everywhere = [one["id"] for one in planter.store.all("organizations")]
    owner = _grants("ORGANIZATION_OWNER", *((one, one) for one in everywhere))
    workspace = _grants("WORKSPACE_OWNER", (planter.names["Data Platform"], here))
    deployment = _grants("DEPLOYMENT_ADMIN", (planter.names["prod-ingest"], here))
    manager, permissions = custom(here, "organization.teams.update", "organization.users.update")
    held = {
        SANDBOX_TOKEN: Principal(profile=planter.owner.profile, grants=owner),
        READ_ONLY_TOKEN: Principal(
            profile=_profile(users[-1]), grants=_grants("ORGANIZATION_MEMBER", (here, here))
        ),
        WORKSPACE_TOKEN: Principal(profile=_key(planter, "workspace"), grants=workspace),
        DEPLOYMENT_TOKEN: Principal(profile=_key(planter, "deployment"), grants=deployment),
        TEAM_MANAGER_TOKEN: Principal(
            profile=_key(planter, "team-manager"), grants=manager, permissions=permissions
        ),
    }
    holders = {token: Holder(principal=principal) for token, principal in held.items()}
    ended = timestamp(start - timedelta(days=1))
    return {**holders, EXPIRED_TOKEN: Holder(principal=held[SANDBOX_TOKEN], ends=ended)}


def _grants(role: str, *entities: tuple[str, str]) -> tuple[Grant, ...]:
    """Return a role in entities, each given with its organization."""
    return tuple(Grant(role=role, entity=entity, organization=of) for entity, of in entities)


def _key(planter: _Planter, name: str) -> dict[str, str]:
    return {
        "id": planter.chance.id("seed", "token", name),
        "apiTokenName": name,
        "subjectType": "SERVICEKEY",
    }


def _profile(user: Resource) -> dict[str, str]:
    return {
        "id": user["id"],
        "fullName": user["fullName"],
        "username": user["username"],
        "subjectType": "USER",
    }


def _organizations(planter: _Planter) -> None:
    planter.plant(
        ORGANIZATIONS,
        id=SANDBOX_ORGANIZATION_ID,
        name="Meridian Freight",
        billingEmail=f"billing@{_DOMAIN}",
        productPlans=[_plan(planter, "BUSINESS_CRITICAL")],
    )
    planter.plant(
        ORGANIZATIONS,
        id=SANDBOX_OTHER_ORGANIZATION_ID,
        name="Meridian Labs",
        billingEmail=f"labs@{_DOMAIN}",
        productPlans=[_plan(planter, "TRIAL")],
        trialExpiresAt="2026-12-31T00:00:00.000Z",
    )


def _plan(planter: _Planter, name: str) -> dict[str, str]:
    return {
        "astronomerProduct": "ASTRO",
        "productPlanId": planter.chance.id("seed", "plan", name),
        "productPlanName": name,
    }


def _users(planter: _Planter) -> list[Resource]:
    users = []
    for index, name in enumerate(_PEOPLE.split(", ")):
        role = "ORGANIZATION_OWNER" if index < 2 else "ORGANIZATION_MEMBER"
        values: dict[str, Any] = {"fullName": name, "username": _address(name), "organizationRole": role}
        if index == 0:
            values["id"] = planter.owner.profile["id"]
        users.append(planter.plant(USERS, **values))
    return users


def _platform(planter: _Planter, users: list[Resource]) -> None:
    """Plant clusters, workspaces and deployments, and give some users roles in them."""
    planter.plant(
        CLUSTERS,
        name="meridian-prod",
        cloudProvider="AWS",
        region="us-east-1",
        type="DEDICATED",
        vpcSubnetRange="172.20.0.0/20",
        k8sTags=[{"key": "cost-center", "value": "data-platform"}],
    )
    for index, name in enumerate(("Data Platform", "Finance Analytics", "Machine Learning")):
        planter.plant(
            WORKSPACES, name=name, description=f"{name} of Meridian Freight", cicdEnforcedDefault=index == 0
        )
    for sketch in _DEPLOYMENTS:
        values: dict[str, Any] = dict(sketch)
        values["workspaceId"] = planter.names[values.pop("workspace")]
        if "cluster" in values:
            values["clusterId"] = planter.names[values.pop("cluster")]
        if "workerQueues" in values:
            values["workerQueues"] = [{**_QUEUE, **queue} for queue in values["workerQueues"]]
        planter.plant(DEPLOYMENTS, **values, status="HEALTHY", statusReason="Successfully Deployed")
    planter.plant(
        DEPLOYS,
        deploymentId=planter.names["prod-ingest"],
        type="DAG_ONLY",
        status="DEPLOYED",
        description="Carrier feed 42",
        dagTarballVersion="2026-06-02T06:12:09.000Z",
    )
    for index, user in enumerate(users[:12]):
        name = ("Data Platform", "Finance Analytics", "Machine Learning")[index % 3]
        role = "WORKSPACE_OWNER" if index < 3 else "WORKSPACE_MEMBER"
        user["workspaceRoles"] = [{"workspaceId": planter.names[name], "role": role}]
    users[3]["deploymentRoles"] = [{"deploymentId": planter.names["prod-ingest"], "role": "DEPLOYMENT_ADMIN"}]


def _subjects(planter: _Planter, users: list[Resource]) -> None:
    """Plant teams, tokens, a custom role and a connection."""
    for name, description, role, members in _TEAMS:
        planter.plant(
            TEAMS,
            name=name,
            description=description,
            organizationRole=role,
            memberIds=[users[index]["id"] for index in members],
            workspaceRoles=[{"workspaceId": planter.names["Data Platform"], "role": "WORKSPACE_MEMBER"}],
        )
    for name, description, scope, entity, role, days in _TOKENS:
        values: dict[str, Any] = {"name": name, "description": description, "scope": scope, "role": role}
        if entity:
            values["entityId"] = planter.names[entity]
        if days:
            values["tokenExpiryPeriodInDays"] = days
        planter.plant(TOKENS, **values)
    planter.plant(AGENT_TOKENS, name="remote-agent", deploymentId=planter.names["prod-ingest"])
    planter.plant(
        ROLES,
        name="Deployment_Viewer",
        description="Looks at deployments",
        scopeType="DEPLOYMENT",
        permissions=["deployment.get", "deployment.envVars.get"],
    )
    planter.plant(
        OBJECTS,
        objectKey="warehouse",
        objectType="CONNECTION",
        scope="WORKSPACE",
        scopeEntityId=planter.names["Finance Analytics"],
        connection={"type": "postgres", "host": "warehouse.example.com", "port": 5432, "login": "reports"},
    )


def _alerts(planter: _Planter) -> None:
    workspace, deployment = planter.names["Data Platform"], planter.names["prod-ingest"]
    planter.plant(
        CHANNELS,
        name="data-oncall",
        type="EMAIL",
        entityType="WORKSPACE",
        entityId=workspace,
        definition={"recipients": [f"data-oncall@{_DOMAIN}"]},
        isShared=True,
    )
    planter.plant(
        CHANNELS,
        name="ops-slack",
        type="SLACK",
        entityType="DEPLOYMENT",
        entityId=deployment,
        definition={"webhookUrl": "https://hooks.example.com/services/sandbox"},
    )
    for kind, severity, extra in (
        ("DAG_FAILURE", "CRITICAL", {}),
        ("DAG_DURATION", "WARNING", {"dagDurationSeconds": 3600}),
    ):
        planter.plant(
            ALERTS,
            name=f"{kind.lower().replace('_', ' ')} in prod-ingest",
            type=kind,
            severity=severity,
            entityType="DEPLOYMENT",
            entityId=deployment,
            notificationChannelIds=[planter.names["data-oncall"]],
            rules={
                "properties": {"deploymentId": deployment, **extra},
                "patternMatches": [
                    {"entityType": "DAG_ID", "operatorType": "IS", "values": ["carrier_feed"]}
                ],
            },
        )
