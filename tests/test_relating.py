"""Differences that are one: renames without a contract, and maps whose keys have another form."""

from __future__ import annotations

import pytest

from harness.difference import Difference, Kind
from harness.exchange import Json
from harness.relating import Promise, Promises, related
from harness.rules import Documentation, Severity
from tests.builders import BREAKING, INFO, RISKY, answers, brief, judge, judged, pair, question, rules_of


def _items(*values: Json, key: str) -> Json:
    return {"items": [{"id": f"i{n}", key: value} for n, value in enumerate(values)]}


def test_one_sample_is_no_rename() -> None:
    """Without a contract one equal value is a removal that says where the same value stands."""
    findings = judged(pair({"kind": "STANDARD"}, {"tier": "STANDARD"}))

    assert brief(findings) == [
        ("property-removed", BREAKING, "$.body.kind", ""),
        ("property-added", INFO, "$.body.tier", ""),
    ]
    assert "the same value stands at $.body.tier" in findings[0].explanation
    assert findings[0].documentation is Documentation.UNKNOWN


def test_a_removal_names_three_places_of_its_value_at_most() -> None:
    """A value that stands in many added properties is told with the first three of them."""
    removed, *_ = judged(pair({"kind": "STANDARD"}, dict.fromkeys("abcd", "STANDARD")))

    assert "the same value stands at $.body.a, $.body.b, $.body.c, which" in removed.explanation


@pytest.mark.parametrize("value", [True, "", [], 0])
def test_a_removal_names_no_place_of_a_common_value(value: Json) -> None:
    """That an empty list or a zero stands elsewhere as well says nothing."""
    removed = judged(pair({"kind": value}, {"tier": value}))[0]

    assert "the same value" not in removed.explanation


def test_equal_values_in_every_sample_are_a_rename() -> None:
    """Two samples that agree on values that say something are proof enough."""
    findings = judged(pair(_items("a", "b", key="kind"), _items("a", "b", key="tier")))

    assert brief(findings) == [("property-renamed", BREAKING, "$.body.items[*].kind", "$.body.items[*].tier")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_items(*[False] * 2, key="a"), _items(*[False] * 2, key="b")),
        (_items(0, 0, 0, key="a"), _items(0, 0, 0, key="b")),
        (_items("", "", key="a"), _items("", "", key="b")),
        (_items(None, None, key="a"), _items(None, None, key="b")),
        (_items([], [], key="a"), _items([], [], key="b")),
        (_items(1, 1, key="a"), _items(1, 1, key="b")),
        (_items(*[True] * 2, key="a"), _items(*[True] * 2, key="b")),
        (_items("x", "y", "z", key="a"), _items("x", "y", "other", key="b")),
        (_items("x", "y", key="a"), {"items": [{"id": "i0", "b": "x"}, {"id": "i1"}]}),
        (_items("1", "2", key="a"), _items(1, 2, key="b")),
    ],
)
def test_equal_values_by_chance_are_no_rename(old: Json, new: Json) -> None:
    """Values that say nothing, differ somewhere, lack somewhere or have another type prove no rename."""
    assert "property-renamed" not in rules_of(judged(pair(old, new)))


def test_unrelated_properties_are_no_rename_even_where_contracts_swap_them() -> None:
    """What went and what came with an equal value of no meaning are two things."""
    old, new = answers("GetOrganization")
    old["supportPlan"] = ""
    new = {key: "" if value == "the name" else value for key, value in new.items()}
    new["hasAiFeaturesDisabled"] = ""

    assert "property-renamed" not in rules_of(judged(pair(old, new), question("GetOrganization")))


def test_each_new_name_is_taken_once() -> None:
    """Two properties that went cannot both have become the same new one."""
    old: Json = {"items": [{"id": n, "a": f"v{n}", "b": f"v{n}"} for n in range(3)]}
    new: Json = {"items": [{"id": n, "c": f"v{n}"} for n in range(3)]}

    rules = rules_of(judged(pair(old, new)))

    assert sorted(rules) == ["property-removed", "property-renamed"]


def test_a_property_may_move_into_a_new_object() -> None:
    """What stands under its name in an object that came with it has moved; the object is new beside it."""
    old: Json = {"items": [{"id": n, "zone": f"z{n}"} for n in range(3)]}
    new: Json = {"items": [{"id": n, "at": {"zone": f"z{n}"}} for n in range(3)]}

    assert brief(judged(pair(old, new))) == [
        ("property-moved", BREAKING, "$.body.items[*].zone", "$.body.items[*].at.zone"),
        ("property-added", INFO, "$.body.items[*].at", ""),
    ]


@pytest.mark.parametrize("inside", [{"zone": None}, {"zone": "other"}, {"name": "z"}, {}])
def test_another_value_in_a_new_object_did_not_move(inside: Json) -> None:
    """A new object that has the name with another value, or the value under another name, proves nothing."""
    old: Json = {"items": [{"id": n, "zone": "z"} for n in range(3)]}
    new: Json = {"items": [{"id": n, "at": inside} for n in range(3)]}

    assert rules_of(judged(pair(old, new))) == ["property-removed", "property-added"]


_DAYS: Json = {"2026-01-01": 1, "2026-01-02": 2}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_DAYS, {"01.01.2026": 1, "02.01.2026": 2}),
        (_DAYS, {"day-1": 1, "day-2": 2, "day-3": 3}),
        ({"a1": 1, "b2": 1}, {"1a": 1, "2b": 1}),
        ({"10.0.0.1": 1, "10.0.0.2": 1}, {"10.0.0.1/32": 1, "10.0.0.2/32": 1}),
    ],
)
def test_keys_of_another_form_are_one_finding(old: Json, new: Json) -> None:
    """Where all keys that went have one form and all that came another, the map's keys changed."""
    found = judged(pair({"runs": old, "id": "x"}, {"runs": new, "id": "x"}))

    assert brief(found) == [("additional-property-pattern-changed", RISKY, "$.body.runs[*]", "")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_DAYS, {"2026-01-03": 1, "2026-01-04": 2}),
        (_DAYS, {"01.01.2026": 1}),
        ({"2026-01-01": 1}, {"01.01.2026": 1, "02.01.2026": 2}),
        (_DAYS, {"first": 1, "second": 2}),
        (_DAYS, {"01.01.2026": 1, "second": 2}),
        ({"user_id": 1, "team_id": 2}, {"userId": 3, "teamId": 4}),
    ],
)
def test_other_keys_of_the_same_form_are_other_keys(old: Json, new: Json) -> None:
    """Keys of one form on both sides, names, and a single key prove nothing about the form of keys."""
    rules = rules_of(judged(pair({"runs": old}, {"runs": new})))

    assert "additional-property-pattern-changed" not in rules
    assert len(rules) == len(dict.fromkeys(old if isinstance(old, dict) else ())) + len(
        dict.fromkeys(new if isinstance(new, dict) else ())
    )


def test_what_is_not_joined_keeps_its_order() -> None:
    """Facts of other kinds, and lone removals, are passed on as they came."""
    facts = [
        Difference(kind=Kind.VALUE, path="$.body.v", baseline=1, candidate=2),
        Difference(kind=Kind.REMOVED, path="$.body.a", baseline=1),
        Difference(kind=Kind.STATUS, path="$.status", baseline=200, candidate=201),
        Difference(kind=Kind.ADDED, path="$.body.b", candidate=2),
    ]
    none = Promises(
        baseline=Promise(contract=judge().baseline), candidate=Promise(contract=judge().candidate)
    )

    assert related(facts, none, own=False) == tuple(facts)
    assert none.at("$.body.a") == (None, None)


@pytest.mark.parametrize("new", ["cluster_name", "clustername", "ClusterName", "cluster-name"])
def test_a_name_in_another_spelling_is_a_rename(new: str) -> None:
    """One sample with an equal value proves it, where only case and separators of the name differ."""
    findings = judged(pair({"clusterName": "c1"}, {new: "c1"}))

    assert rules_of(findings) == ["property-case-changed"]


def test_a_name_in_another_spelling_is_a_rename_of_what_each_side_made() -> None:
    """Where values differ because each side has its own resource, the name is proof enough."""
    findings = judged(pair({"userId": "u1"}, {"user_id": "u2"}), question(own=True))

    assert rules_of(findings) == ["property-case-changed"]


def test_a_name_in_another_spelling_with_another_value_is_no_rename() -> None:
    """Values that differ may be another property of a similar name."""
    findings = judged(pair({"isHA": True}, {"isHa": False}))

    assert rules_of(findings) == ["property-removed", "property-added"]


@pytest.mark.parametrize(
    ("total", "severity"),
    [(2, INFO), (3, RISKY)],
)
def test_a_total_follows_its_elements_where_the_numbers_add_up(total: int, severity: Severity) -> None:
    """A total that grew by as many as v1 lists more is told for information; any other counts of itself."""
    old: Json = {"teams": [{"id": "t1"}], "totalCount": 1}
    new: Json = {"teams": [{"id": "t1"}, {"id": "t2"}], "totalCount": total}

    found = {each.rule: each.severity for each in judged(pair(old, new))}

    assert found == {"list-elements-extra": RISKY, "total-count-changed": severity}


@pytest.mark.parametrize("odd", [None, "text"])
def test_an_element_that_no_contract_allows_is_told_beside_that_it_came(odd: Json) -> None:
    """One more element is one thing, and that it is no object another; what the others became is told too."""
    old, new = answers("ListUsers")
    assert isinstance(old, dict)
    assert isinstance(new, dict)
    users = new["users"]
    assert isinstance(users, list)
    found = judged(pair(old, {**new, "users": [*users, odd]}), question("ListUsers"))

    assert {"list-elements-extra", "contract-broken"} <= set(rules_of(found))
    assert "list-elements-missing" not in rules_of(found)
