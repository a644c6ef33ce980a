"""Which property that went is the one that came."""

from __future__ import annotations

import pytest

from harness.contract_diff.renames import renames
from harness.schema import Schema
from tests.contract_diff import BOOLEAN, INTEGER, STRING, many, one_of, record

_SCOPES = one_of("ORGANIZATION", "WORKSPACE", "DEPLOYMENT")


def _renamed(gone: dict[str, Schema], came: dict[str, Schema]) -> dict[str, str]:
    return renames(gone, came, lambda schema: schema, lambda schema: schema)


@pytest.mark.parametrize(
    ("old", "new", "shape"),
    [
        ("type", "scope", _SCOPES),
        ("workloadIdentity", "effectiveWorkloadIdentity", STRING),
        ("drWorkloadIdentity", "effectiveDRWorkloadIdentity", STRING),
        ("workspace_id", "workspaceId", STRING),
        ("owners", "allOwners", many(record("id", id=STRING))),
    ],
)
def test_a_rename_is_seen(old: str, new: str, shape: Schema) -> None:
    """Equal shapes are one property if they list the same values or one name holds the words of the other."""
    assert _renamed({old: shape}, {new: shape}) == {old: new}


@pytest.mark.parametrize(
    ("gone", "came"),
    [
        ({"isActive": BOOLEAN}, {"isHibernating": BOOLEAN}),
        ({"cloudProvider": STRING}, {"region": STRING}),
        ({"createdAt": STRING}, {"createdBy": STRING}),
        ({"supportPlan": one_of("BASIC", "TEAM")}, {"productPlan": one_of("BASIC", "TRIAL")}),
        ({"count": STRING}, {"totalCount": INTEGER}),
        ({"owner": record("id", id=STRING)}, {"theOwner": record("name", name=STRING)}),
        ({"owners": many(STRING)}, {"allOwners": many(INTEGER)}),
        ({"type": one_of("A")}, {"scope": one_of("A")}),
        ({"_": STRING}, {"name": STRING}),
        ({}, {"name": STRING}),
    ],
)
def test_no_rename_is_guessed(gone: dict[str, Schema], came: dict[str, Schema]) -> None:
    """Another shape, or a word that both names only happen to share, is no rename."""
    assert _renamed(gone, came) == {}


def test_the_nearest_name_is_taken_once() -> None:
    """Of two that went and two that came each has its own, whatever the order."""
    gone = {"drWorkloadIdentity": STRING, "workloadIdentity": STRING}
    came = {"effectiveWorkloadIdentity": STRING, "effectiveDRWorkloadIdentity": STRING}

    assert _renamed(gone, came) == {
        "workloadIdentity": "effectiveWorkloadIdentity",
        "drWorkloadIdentity": "effectiveDRWorkloadIdentity",
    }


def test_a_shape_that_holds_itself_is_compared_to_a_depth() -> None:
    """Two trees that refer to themselves are told equal, not walked for ever."""
    schemas = {"Tree": Schema(types=("object",), properties={"child": Schema(ref="Tree")})}

    def resolve(schema: Schema) -> Schema:
        return schemas[schema.ref] if schema.ref else schema

    tree = Schema(ref="Tree")
    assert renames({"tree": tree}, {"newTree": tree}, resolve, resolve) == {"tree": "newTree"}
