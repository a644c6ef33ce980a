"""Tests of the store and of what surrounds a change."""

from __future__ import annotations

from harness.sandbox.clock import START, Chance
from harness.sandbox.store import Principal, Scene, Store


def test_resources_are_kept_by_family_and_id() -> None:
    """A resource is found in its family alone, in the order of arrival, until it is removed."""
    store = Store()
    store.add("teams", "2", {"name": "b"})
    store.add("teams", "1", {"name": "a"})
    store.add("teams", "2", {"name": "c"})
    store.remove("teams", "nothing")

    assert [item["name"] for item in store.all("teams")] == ["c", "a"]
    assert store.get("users", "1") is None
    store.remove("teams", "1")
    assert store.get("teams", "1") is None


def test_a_family_may_change_while_it_is_read() -> None:
    """Removing resources while reading a family reads all that were there."""
    store = Store()
    for name in "abc":
        store.add("teams", name, {"id": name})
    for item in store.all("teams"):
        store.remove("teams", item["id"])

    assert list(store.all("teams")) == []


def test_a_scene_draws_for_its_version() -> None:
    """Two versions get different ids for the same parts at the same time."""
    store, chance, nobody = Store(), Chance(0), Principal(profile={"id": "1"}, grants=())
    old, new = (
        Scene(store=store, chance=chance, principal=nobody, moment=START, source=source)
        for source in ("v1beta1", "v1")
    )

    assert old.new_id("teams") != new.new_id("teams")
    assert old.now == new.now == "2026-09-01T08:00:00.000Z"
    assert old.organization_name("nowhere") == ""
