"""Tests of the company that the sandbox begins with."""

from __future__ import annotations

import re

from harness.sandbox import READ_ONLY_TOKEN, SANDBOX_ORGANIZATION_ID, SANDBOX_TOKEN
from harness.sandbox.access import EXPIRED_TOKEN, TOKENS
from harness.sandbox.clock import START, Chance, timestamp
from harness.sandbox.seed import plant
from harness.sandbox.store import Store
from harness.sandbox.surface import FAMILIES

ID = re.compile(r"c[a-z0-9]{24}")


def _planted(seed: int = 0) -> Store:
    store = Store()
    plant(store, Chance(seed), START)
    return store


def test_the_first_resources_depend_on_the_seed_alone() -> None:
    """Equal seeds plant equal companies; another seed gives other ids to the same names."""
    one, again, other = ([list(_planted(seed).all(family.name)) for family in FAMILIES] for seed in (3, 3, 4))

    assert one == again
    assert one != other
    assert [item["name"] for item in _planted(3).all("teams")] == [
        item["name"] for item in _planted(4).all("teams")
    ]


def test_every_resource_has_an_id_and_a_past() -> None:
    """Each id has the form of a cuid, no two are equal, and everything was made before the sandbox began."""
    store = _planted()
    resources = [(item[family.id_field], item) for family in FAMILIES for item in store.all(family.name)]
    ids = [one for one, _ in resources]

    assert len(resources) > 50
    assert len(set(ids)) == len(ids)
    assert all(ID.fullmatch(one) for one in ids)
    assert all(item["createdAt"] <= item["updatedAt"] < timestamp(START) for _, item in resources)


def test_the_company_is_the_documented_organization() -> None:
    """Everything but a second organization belongs to the one whose id users are told."""
    store = _planted()
    names = [item["name"] for item in store.all("organizations")]
    owners = {item["organizationId"] for family in FAMILIES[1:] for item in store.all(family.name)}

    assert names == ["Meridian Freight", "Meridian Labs"]
    assert owners == {SANDBOX_ORGANIZATION_ID}
    assert ID.fullmatch(SANDBOX_ORGANIZATION_ID)


def test_the_tokens_stand_for_users() -> None:
    """Tokens of the sandbox with a role in the organization stand for an owner and a member that exist."""
    store = Store()
    tokens = plant(store, Chance(0), START)
    users = {
        name: store.get("users", holder.principal.profile["id"]) or {} for name, holder in tokens.items()
    }

    assert {name: user["organizationRole"] for name, user in users.items() if user} == {
        SANDBOX_TOKEN: "ORGANIZATION_OWNER",
        READ_ONLY_TOKEN: "ORGANIZATION_MEMBER",
        EXPIRED_TOKEN: "ORGANIZATION_OWNER",
    }
    assert tokens.keys() == TOKENS.keys()
