"""What a rule is, and the small questions that rules ask."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.exchange import Json
from harness.rules import Check, Circumstances, Profile, Severity
from harness.rules.rule import always, is_default, leaf, plain, rule
from tests.rules.cases import fact, place


def test_one_severity_stands_for_both_profiles() -> None:
    """A rule with one severity has it in both profiles; with two, strict comes first."""
    words = {"says": "a", "consequence": "b", "remedy": "c"}
    one = rule("one", Kind.VALUE, Check.AUTH, Severity.RISKY, **words)  # type: ignore[arg-type]  # words are text only
    two = rule("two", (Kind.VALUE, Kind.CASE), Check.AUTH, (Severity.RISKY, Severity.INFO), **words)  # type: ignore[arg-type]  # words are text only

    assert [one.severity(profile) for profile in Profile] == [Severity.RISKY, Severity.RISKY]
    assert [two.severity(profile) for profile in Profile] == [Severity.RISKY, Severity.INFO]
    assert one.kinds == {Kind.VALUE}
    assert two.kinds == {Kind.VALUE, Kind.CASE}
    assert one.applies is always
    assert one.applies(fact(Kind.VALUE), Circumstances())


@pytest.mark.parametrize("value", [False, 0, 0.0, "", [], {}])
def test_defaults_are_recognised(value: Json) -> None:
    """False, zero and what is empty are defaults that servers leave out or write at will."""
    assert is_default(value)


@pytest.mark.parametrize("value", [None, True, 1, "0", "false", [0], {"": ""}, " "])
def test_what_says_something_is_no_default(value: Json) -> None:
    """Null has its own rules, and any other value says something."""
    assert not is_default(value)


@pytest.mark.parametrize(
    ("path", "name"),
    [("$", ""), ("$.status", "status"), ("$.headers['retry-after']", "retry-after"), ("$.body[*]", "*")],
)
def test_a_leaf_is_the_last_name(path: str, name: str) -> None:
    """The leaf of a path is its last segment, unquoted."""
    assert leaf(path) == name


@pytest.mark.parametrize(
    ("old", "new", "both"), [(404, 500, True), (200, 404, False), (404, 200, False), (0, 0, False)]
)
def test_errors_are_errors_on_both_sides(old: int, new: int, both: bool) -> None:  # noqa: FBT001 - a table's column
    """Two answers are errors only if both are; a call without an answer is none."""
    assert Circumstances(old_status=old, new_status=new).error is both


def test_a_place_is_optional_if_both_contracts_say_so() -> None:
    """A place that one contract requires, or does not name, is not optional."""
    optional, required = place(), place(required=True)

    assert Circumstances(old_place=optional, new_place=optional).optional
    assert not Circumstances(old_place=required, new_place=optional).optional
    assert not Circumstances(old_place=optional, new_place=required).optional
    assert not Circumstances(old_place=None, new_place=optional).optional
    assert not Circumstances(old_place=optional, new_place=None).optional


def test_a_text_without_a_finding() -> None:
    """What a finding would name is said in words, so that the catalogue can be read on its own."""
    said = plain("{operation}: {path} is called {to}; {old} is {new} on {side}.{count}{detail}")

    assert said == (
        "the operation: the place is called the new place; the old value is the new value on the side."
    )
