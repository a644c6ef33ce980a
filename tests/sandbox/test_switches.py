"""Tests of putting v1's contract back to v1beta1's, a place at a time."""

from __future__ import annotations

from harness.contract import V1, V1BETA1, Contract, Schema
from harness.sandbox.switches import Switch, packaged, without


def _served(**places: object) -> Contract:
    switch = Switch(name="x", key="B1", says="x", **places)  # type: ignore[arg-type] # the fields of a switch
    return without(packaged(), [switch])[V1]


def test_nothing_off_changes_nothing() -> None:
    """Without a switch that is off, the contracts are the packaged ones themselves."""
    assert without(packaged(), ()) is packaged()
    assert without({V1: packaged()[V1]}, [Switch(name="x", key="B1", says="x")]) == {V1: packaged()[V1]}


def test_properties_are_put_back() -> None:
    """A property that v1 has not comes back as required as it was, and one that is new goes."""
    schema = _served(properties={"ApiToken": ("type", "scope")}).apis["v1"].schemas["ApiToken"]

    assert "type" in schema.properties
    assert "type" in schema.required
    assert "scope" not in schema.properties
    assert "scope" not in schema.required


def test_what_came_back_brings_what_it_refers_to() -> None:
    """Schemas that only v1beta1 has come with the property or operation that refers to them."""
    request = _served(properties={"CreateHybridDeploymentRequest": ("scheduler",)})
    alerts = _served(operations=("CreateAlert",))
    operation = alerts.operation("CreateAlert")

    assert "DeploymentInstanceSpecRequest" in request.apis["v1"].schemas
    assert operation is not None
    assert operation.api == "v1"
    for schema in alerts.apis["v1"].schemas.values():
        for ref in (schema.ref, *schema.mapping.values()):
            assert not ref or alerts.resolve(operation, Schema(ref=ref))


def test_parameters_and_operations_are_put_back() -> None:
    """A parameter comes back or goes, and an operation that only v1 has goes."""
    served = _served(
        parameters={"ListOrganizations": ("supportPlan",), "ListTeams": ("workspaceId",)},
        operations=("GetSelfUser",),
    )
    organizations, teams = served.operation("ListOrganizations"), served.operation("ListTeams")

    assert organizations is not None
    assert teams is not None
    assert "supportPlan" in [one.name for one in organizations.parameters]
    assert "workspaceId" not in [one.name for one in teams.parameters]
    assert served.operation("GetSelfUser") is None


def test_a_schema_that_only_v1_has_loses_the_property() -> None:
    """A place that v1beta1 does not have at all is taken away."""
    name = "UpdateWorkerQueueRequest"
    before = packaged()[V1].apis["v1"].schemas[name]
    after = _served(properties={name: ("podEphemeralStorage",)}).apis["v1"].schemas[name]

    assert all(name not in api.schemas for api in packaged()[V1BETA1].apis.values())
    assert before.properties.keys() - after.properties.keys() == {"podEphemeralStorage"}


def test_hooks_are_for_their_operations() -> None:
    """A switch that names operations is for those, and one that names none is for all."""
    some, every = Switch(name="x", key="T1", says="x", meets=("A",)), Switch(name="x", key="drift", says="x")

    assert (some.is_for("A"), some.is_for("B"), some.is_for("")) == (True, False, False)
    assert (every.is_for("A"), every.is_for("")) == (True, True)
