"""The catalogue as a whole: complete, told apart, and safe to write out."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.difference import Difference, Kind
from harness.exchange import Side
from harness.rules import CATALOGUE, RULES, Circumstances, Profile, Rule, Severity, rule_for
from harness.rules.rule import always
from tests.rules import (
    test_behaviour,
    test_contracts,
    test_endpoint,
    test_errors,
    test_headers,
    test_lists,
    test_paging,
    test_properties,
    test_sequences,
    test_values,
)
from tests.rules.cases import place

_MODULES = (
    test_endpoint,
    test_sequences,
    test_errors,
    test_lists,
    test_properties,
    test_values,
    test_headers,
    test_behaviour,
    test_paging,
    test_contracts,
)
_CASES = [case for module in _MODULES for case in module.CASES]
_WORDS = {"operation", "path", "to", "old", "new", "count", "side", "detail"}
_HOSTILE = "{path} {0} {} {{ }} %s \"'`\\ \u202e"


def _texts(rule: Rule) -> tuple[str, str, str]:
    return rule.says, rule.consequence, rule.remedy


def test_every_rule_has_a_case() -> None:
    """Each id of the catalogue is spoken in a case; no case names an unknown rule."""
    assert {case.rule for case in _CASES} == set(RULES)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_last_word(kind: Kind) -> None:
    """For each kind of difference the last rule that is asked applies to everything."""
    asked = [rule for rule in CATALOGUE if kind in rule.kinds]

    assert asked[-1].applies is always
    assert all(rule.applies is not always for rule in asked[:-1]), "what follows such a rule is never asked"


_PLACES = st.none() | st.builds(place, required=st.booleans(), nullable=st.booleans())
_STATUSES = st.sampled_from([0, 200, 201, 202, 204, 301, 400, 401, 403, 404, 422, 429, 500, 503])
_VALUES = (
    st.none() | st.booleans() | st.integers(0, 500) | st.text(max_size=5) | st.sampled_from([[], {}, ["x"]])
)


@given(
    st.builds(
        Difference,
        kind=st.sampled_from(Kind),
        path=st.sampled_from(
            ["$.body", "$.body.message", "$.body.a[*].b", "$.status", "$.headers.link", "$"]
        ),
        to=st.sampled_from(["$.body.scope", "$.body.a.b"]),
        baseline=_VALUES,
        candidate=_VALUES,
        side=st.none() | st.sampled_from(Side),
    ),
    st.builds(
        Circumstances,
        old_status=_STATUSES,
        new_status=_STATUSES,
        old_place=_PLACES,
        new_place=_PLACES,
        own=st.booleans(),
        authorized=st.booleans(),
        ordered=st.booleans(),
        unmapped=st.booleans(),
        appeared=st.booleans(),
        probe=st.sampled_from(["", "missing", "not-found"]),
        again=st.booleans(),
        made=st.booleans(),
    ),
)
def test_every_difference_has_a_rule(fact: Difference, given_: Circumstances) -> None:
    """No difference in any circumstances is left without a rule for its kind."""
    assert fact.kind in rule_for(fact, given_).kinds


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.id)
def test_a_rule_is_written_in_sentences(rule: Rule) -> None:
    """An id is kebab-case; every text is a sentence and uses only the words that rules are given."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.id)
    for text in _texts(rule):
        assert text.endswith(".")
        assert text == text.strip()
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} <= _WORDS
    assert rule.says.startswith(("{operation}", "The acceptance"))


_DIALECT = re.compile(
    r"root\[|values?_changed|type_changes|(dictionary|iterable|set)_item|repetition_change|deepdiff"
    r"|jsonschema|anyOf|oneOf|NoneType|\bdict\b",
)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.id)
def test_a_rule_says_what_follows_and_what_to_do(rule: Rule) -> None:
    """Both are said, they are not the same, and neither is in the words of a library."""
    said, consequence, remedy = _texts(rule)
    assert len({said, consequence, remedy}) == 3
    assert consequence == "None." or len(consequence.split()) > 2
    assert len(remedy.split()) > 2 or remedy == "Handle null." or remedy.startswith("Sort")
    assert not _DIALECT.search(f"{said} {consequence} {remedy}")


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.id)
def test_a_rule_survives_hostile_words(rule: Rule) -> None:
    """Braces and quotes in values stand in the text as they are and are never filled in again."""
    words = dict.fromkeys(_WORDS, _HOSTILE)

    for text in _texts(rule):
        filled = text.format(**words)
        used = [name for _, name, _, _ in string.Formatter().parse(text) if name]
        assert filled.count(_HOSTILE) == len(used)


@pytest.mark.parametrize("rule", CATALOGUE, ids=lambda rule: rule.id)
def test_the_tolerant_profile_is_never_stricter(rule: Rule) -> None:
    """What the strict profile calls safe the tolerant one does not call worse."""
    order = list(Severity)

    assert order.index(rule.severity(Profile.TOLERANT)) >= order.index(rule.severity(Profile.STRICT))


def test_rules_that_take_the_verdict_away_do_not_judge() -> None:
    """A rule that makes a pair inconclusive is info in both profiles: it accuses nobody."""
    for rule in CATALOGUE:
        if rule.inconclusive:
            assert {rule.strict, rule.tolerant} == {Severity.INFO}, rule.id


def test_rules_of_one_id_belong_to_one_check() -> None:
    """Rules that share an id are two directions of one thing, so that acceptances and reports may name it."""
    for rule in CATALOGUE:
        assert RULES[rule.id].check is rule.check
