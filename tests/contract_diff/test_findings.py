"""Documented differences judged, sorted and joined by their cause."""

from __future__ import annotations

import pytest

from harness.contract import V1, V1BETA1
from harness.contract_diff import When, contract_diff
from harness.errors import ContractError
from harness.exchange import Json
from harness.judge import Judge
from harness.rules import Documentation, Profile, Severity
from harness.struct import replace
from tests.builders import judge, judged, pair, question
from tests.contract_diff import (
    STRING,
    contract,
    documented,
    judge_of,
    many,
    one_of,
    operation,
    record,
    ref,
)

_OLD = {"Thing": record("id", id=STRING, kept=STRING)}
_NEW = {"Thing": record("kept", kept=STRING)}


def test_one_cause_is_said_once() -> None:
    """A property of a schema that two operations answer with is one cause, with the place in each."""
    asked = [operation(record(things=many(ref("Thing"))), name="ListThings"), operation(ref("Thing"))]
    diff = contract_diff(
        Judge(baseline=contract(V1BETA1, *asked, schemas=_OLD), candidate=contract(V1, *asked, schemas=_NEW))
    )
    removed = [cause for cause in diff.causes() if cause.first.finding.rule == "property-removed"]

    # In the list the object above is optional, so that not every caller meets it.
    assert [cause.first.cause for cause in removed] == ["Thing.id"]
    assert [(name, each.finding.difference.path, each.when) for name, each in removed[0].documented] == [
        ("GetThing", "$.body.id", When.ALWAYS),
        ("ListThings", "$.body.things[*].id", When.IF_READ),
    ]


def test_worst_comes_first() -> None:
    """Differences of an operation and causes of all are ordered by severity."""
    old = record("a", a=STRING, b=one_of("A"))
    new = record(b=one_of("A", "B"), c=STRING)
    diff = contract_diff(judge_of(operation(old), operation(new)))
    severities = [Severity.BREAKING, Severity.RISKY, Severity.INFO]

    assert [found.finding.severity for found in diff.operations[0].documented] == severities
    assert [cause.first.finding.severity for cause in diff.causes()] == severities
    assert diff.operations[0].severity is Severity.BREAKING


def test_profile_and_settings_decide_severities() -> None:
    """The tolerant profile and a re-mapped rule judge as they do for live pairs."""
    made = judge_of(operation(record(x=one_of("A"))), operation(record(x=one_of("A", "B"))))
    tolerant = replace(made, profile=Profile.TOLERANT)
    mapped = replace(made, severities={"enum-value-added": Severity.BREAKING})

    assert [contract_diff(each).operations[0].severity for each in (made, tolerant, mapped)] == [
        Severity.RISKY,
        Severity.INFO,
        Severity.BREAKING,
    ]


def test_operations_are_those_of_either_contract() -> None:
    """One that v1 lacks is removed, one that only v1 has is added; nothing is shared then."""
    diff = contract_diff(judge_of(operation(name="OldThing"), operation(name="NewThing")))

    assert [(found.id, found.documented[0].finding.rule) for found in diff.operations] == [
        ("NewThing", "endpoint-added"),
        ("OldThing", "endpoint-removed"),
    ]
    assert diff.shared == ()


def test_an_operation_of_another_id_at_the_same_place_is_the_same() -> None:
    """Method and path decide, as they do for a call; the id is v1beta1's."""
    diff = contract_diff(judge_of(operation(path="/x"), operation(path="/x", name="FetchThing")))

    assert [found.id for found in diff.shared] == ["GetThing"]


def test_nothing_differs_has_no_severity() -> None:
    """Equal operations have no documented difference."""
    diff = contract_diff(judge_of(operation(record(x=STRING)), operation(record(x=STRING))))

    assert diff.operations[0].documented == ()
    assert diff.operations[0].severity is None
    assert diff.causes() == ()


@pytest.mark.parametrize("name", ["ListApiTokens", "listapitokens"])
def test_one_operation_is_found_in_any_case(name: str) -> None:
    """An id is found however it is written."""
    assert [found.id for found in contract_diff(judge(), name).operations] == ["ListApiTokens"]


def test_an_unknown_operation_names_the_nearest() -> None:
    """A misspelled id is refused with those that look like it."""
    with pytest.raises(ContractError, match=r"an operation `ListApiToken`\. The nearest are ListApiTokens"):
        contract_diff(judge(), "ListApiToken")


def test_variants_are_said() -> None:
    """What only some variants of a union have is said in the sentence."""
    union = {
        "Thing": record("id", id=STRING, kind=STRING),
        "Other": record("id", id=STRING, kind=STRING),
        "Both": replace(record(), any_of=(ref("Thing"), ref("Other")), discriminator="kind"),
    }
    union["Both"] = replace(union["Both"], types=(), mapping={"A": "Thing", "B": "Other"})
    after = {**union, "Thing": record(kind=STRING)}
    (found,) = documented(operation(ref("Both")), operation(ref("Both")), union, after)

    assert found.variants == ("kind is A",)
    assert found.when is When.IF_READ
    assert found.finding.explanation == (
        "GetThing: v1beta1 answers with $.body.id, v1 does not, where kind is A."
    )


def test_a_live_pair_has_the_same_finding() -> None:
    """A rename that a live pair shows and the documented one have one fingerprint, rule and severity."""
    token: Json = {"id": "clabcdefghij0123456789xyz", "type": "WORKSPACE"}
    renamed: Json = {"id": "clabcdefghij0123456789xyz", "scope": "WORKSPACE"}
    live = judged(pair({"tokens": [token]}, {"tokens": [renamed]}), question("ListApiTokens"))
    known = {
        found.finding.fingerprint: found.finding
        for found in contract_diff(judge(), "ListApiTokens").operations[0].documented
    }
    (seen,) = [finding for finding in live if finding.rule == "property-renamed"]

    assert known[seen.fingerprint].severity is seen.severity
    assert known[seen.fingerprint].documentation is seen.documentation is Documentation.DOCUMENTED
