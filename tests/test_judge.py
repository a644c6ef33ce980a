"""Findings and verdicts: what a step reads, severities, fingerprints and wording."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.compare import compare
from harness.contract import V1, V1BETA1, load_contract
from harness.difference import Difference, Kind
from harness.exchange import Json, Pair
from harness.judge import Judge, Question, verdict
from harness.result import Accepted, Finding, Verdict
from harness.rules import Documentation, Profile, Severity
from harness.struct import replace
from tests.builders import (
    BREAKING,
    INFO,
    JSON_HEADERS,
    RISKY,
    answers,
    exchange,
    judge,
    judged,
    pair,
    question,
)

# The step's lens, severities and profiles.


@pytest.mark.parametrize(
    ("reads", "severity"),
    [
        ((), BREAKING),
        (("$.tokens[*].type",), BREAKING),
        (("$.tokens",), BREAKING),
        (("$",), BREAKING),
        (("$.tokens[0]['type']",), BREAKING),
        (("$.limit", "$.tokens[*].type"), BREAKING),
        (("$..type",), BREAKING),
        (("$.tokens[?@.id == 'a'].type",), BREAKING),
        (('$["tokens"].*.type',), BREAKING),
        (("$.tokens[*].id",), RISKY),
        (("$.tokens[*].types",), RISKY),
        (("$.limit",), RISKY),
    ],
)
def test_what_is_not_read_matters_less(reads: tuple[str, ...], severity: Severity) -> None:
    """A finding where the integration does not read is one step less severe, and says so."""
    found = judged(pair(*answers("ListApiTokens")), question("ListApiTokens", reads=reads))[0]

    assert found.severity is severity
    assert ("does not read it" in found.explanation) == (severity is not BREAKING)


def test_the_lens_is_for_bodies_only() -> None:
    """Statuses, headers and requests count whatever the integration reads of the body."""
    made = pair({"a": 1}, {"a": 1}, statuses=(200, 201))

    found = judged(made, question(reads=("$.b",)))[0]

    assert (found.rule, found.severity) == ("status-success-changed", BREAKING)


def test_severities_may_be_mapped_and_profiles_chosen() -> None:
    """A severity set for a rule wins over the profile's, in each direction, and for no other rule."""
    made = pair({"a": "x", "b": 1}, {"a": None, "b": 1}, statuses=(200, 200))
    appeared = Pair(baseline=exchange(status=200), candidate=exchange({"a": 1}))

    def severity(made: Pair, **changes: Any) -> Severity:
        return judged(made, by=replace(judge(), **changes))[0].severity

    assert severity(made) is BREAKING
    assert severity(made, severities={"became-nullable": INFO}) is INFO
    assert severity(made, severities={"value-changed": INFO}) is BREAKING
    assert severity(made, profile=Profile.TOLERANT) is BREAKING
    assert severity(appeared) is RISKY
    assert severity(appeared, profile=Profile.TOLERANT) is INFO
    assert severity(appeared, profile=Profile.TOLERANT, severities={"body-appeared": BREAKING}) is BREAKING


def test_findings_stand_worst_first() -> None:
    """A reader sees what breaks before what is merely different."""
    findings = judged(pair({"a": 1, "b": "x", "c": 1}, {"a": "1", "b": "y", "d": 1}))

    severities = [list(Severity).index(found.severity) for found in findings]
    assert severities == sorted(severities)
    assert len(set(severities)) == 3


# Fingerprints and wording.


def test_a_fingerprint_survives_other_values() -> None:
    """The same thing in other values, counts and positions keeps its fingerprint."""

    def prints(old: Json, new: Json) -> set[str]:
        return {found.fingerprint for found in judged(pair(old, new))}

    once = prints({"a": [{"id": 1, "x": 1}]}, {"a": [{"id": 1, "x": "1"}]})
    often = prints(
        {"a": [{"id": n, "x": n} for n in range(9)]}, {"a": [{"id": n, "x": f"v{n}"} for n in range(9)]}
    )

    assert len(once) == 1
    assert once == often


_HOSTILE = st.sampled_from(
    [
        "{",
        "}",
        "{path}",
        "{0}",
        "{{}}",
        "%s",
        "a\nb",
        "\x1b[31m",
        "\x9b",
        "\x00",
        "\ud800",
        "\u2028",
        "'",
        '"',
        "",
        "*",
    ]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_HOSTILE, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60)
@given(
    _ANY,
    _ANY,
    st.sampled_from([(200, 200), (404, 404), (200, 404), (500, 500)]),
    st.sampled_from(["", "GetApiToken"]),
)
def test_hostile_values_are_written_on_one_line(
    old: Json, new: Json, statuses: tuple[int, int], operation: str
) -> None:
    """Whatever the bodies hold, every sentence is printable, stands on one line and can be encoded."""
    for found in judged(pair(old, new, statuses=statuses), question(operation)):
        for text in (found.explanation, found.consequence, found.remedy, found.difference.path):
            assert text.encode()
            assert not {unicodedata.category(character) for character in text} & {"Cc", "Zl", "Zp", "Cs"}
        assert len(found.fingerprint) == 12


def test_long_values_are_cut() -> None:
    """A sentence shows a value of 60 characters whole, and the beginning of a longer one."""
    (found,) = judged(pair({"a": "x" * 58}, {"a": "y" * 59}))

    assert f'$.body.a is "{"x" * 58}" in v1beta1 and "{"y" * 56}... in v1.' in found.explanation


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Zoe\u0308", "Zo\u00eb", ('"Zoe\\u0308"', '"Zo\\u00eb"')),
        ("Zo\u00eb", "Zoe\u0308", ('"Zo\\u00eb"', '"Zoe\\u0308"')),
        ("K", "\u212a", ('"K"', '"\\u212a"')),
        ("Zo\u00eb", "Zo\u00e9", ('"Zo\u00eb"', '"Zo\u00e9"')),
        ("Zo\u00e9", "Zo\u00eb", ('"Zo\u00e9"', '"Zo\u00eb"')),
        ("Zo\u00eb", 1, ('"Zo\u00eb"', "1")),
        (1, "Zo\u00eb", ("1", '"Zo\u00eb"')),
    ],
)
def test_texts_that_look_alike_are_shown_by_their_codes(old: Json, new: Json, shown: tuple[str, str]) -> None:
    """Letters put together otherwise look the same, so they are escaped; all others are shown as they are."""
    (found,) = judged(pair({"a": old}, {"a": new}))

    assert all(text in found.explanation for text in shown)


def test_samples_are_counted_where_there_are_several() -> None:
    """A sentence says in how many samples the difference was seen, unless there is only one."""
    (one,) = judged(pair([{"id": 1, "x": "a"}], [{"id": 1, "x": "b"}]))
    (two,) = judged(pair([{"id": 1, "x": "a"}, {"id": 2}], [{"id": 1, "x": "b"}, {"id": 2}]))

    assert one.explanation.endswith('$.body[*].x is "a" in v1beta1 and "b" in v1.')
    assert two.explanation.endswith('$.body[*].x is "a" in v1beta1 and "b" in v1 (1 of 2 samples).')


def test_a_value_that_moved_in_some_samples_only_is_told_with_their_number() -> None:
    """That most elements have the value under another name is no proof, and the sentence says of how many."""
    old: Json = [{"id": 1, "type": "A"}, {"id": 2, "type": "B"}, {"id": 3, "type": "C"}]
    new: Json = [{"id": 1, "kind": "A"}, {"id": 2, "kind": "B"}, {"id": 3, "kind": "X"}]

    found = next(each for each in judged(pair(old, new)) if each.rule == "property-removed")

    assert found.explanation.endswith(
        "v1 does not (3 of 3 samples); the same value stands at $.body[*].kind in 2 of 3, "
        "which does not prove it to be its new name."
    )


# Verdicts.


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        (Difference(kind=Kind.ACCEPTANCE, path="any place", to="value-changed"), "acceptance-unused"),
        (
            Difference(
                kind=Kind.ACCEPTANCE, path="$.body.a", to="value-changed", detail="expired after 2027-01-30"
            ),
            "acceptance-expired",
        ),
    ],
)
def test_a_stale_acceptance_is_a_finding(fact: Difference, rule: str) -> None:
    """An acceptance that matches nothing, or is past its day, is judged like any other fact."""
    found = judge().standing(fact, "tokens/list")

    assert (found.rule, found.severity, found.operation) == (rule, RISKY, "tokens/list")
    assert "value-changed" in found.explanation
    assert verdict([found]) is Verdict.MISMATCH


def _finding(*, severity: Severity = RISKY, agreed: bool = False, inconclusive: bool = False) -> Finding:
    found = judge().standing(Difference(kind=Kind.ACCEPTANCE, path="$.body"), "a")
    accepted = Accepted(reason="agreed") if agreed else None
    return replace(found, severity=severity, accepted=accepted, inconclusive=inconclusive)


def test_a_verdict_is_the_worst_of_what_is_open() -> None:
    """Open findings make a mismatch, then inconclusive ones, then accepted ones; info alone is a match."""
    info, agreed, open_ = _finding(severity=INFO), _finding(agreed=True), _finding()
    unclear = _finding(severity=INFO, inconclusive=True)

    assert verdict([]) is Verdict.MATCH
    assert verdict([info]) is Verdict.MATCH
    assert verdict([info, agreed]) is Verdict.ACCEPTED
    assert verdict([agreed, unclear]) is Verdict.INCONCLUSIVE
    assert verdict([agreed, unclear, open_]) is Verdict.MISMATCH
    assert verdict([], unsupported=True) is Verdict.UNSUPPORTED
    assert verdict([unclear], unsupported=True) is Verdict.INCONCLUSIVE
    assert verdict([open_], unsupported=True) is Verdict.MISMATCH


def test_every_difference_is_judged() -> None:
    """No difference is dropped: each one is in a finding, a rename's two halves in one."""
    made = pair(*answers("ListDeployments"))
    differences = compare(made)

    findings = judge().findings(made, differences, question("ListDeployments"))

    told = {found.difference.path for found in findings} | {found.difference.to for found in findings}
    assert {fact.path for fact in differences} <= told


def test_a_body_that_is_invalid_already_is_not_blamed_on_v1() -> None:
    """Bodies that are no JSON on both sides conclude nothing; on v1 alone they break the caller."""
    broken, fine = exchange(content=b"{", headers=JSON_HEADERS), exchange({})

    assert verdict(judged(Pair(baseline=broken, candidate=broken))) is Verdict.INCONCLUSIVE
    assert verdict(judged(Pair(baseline=fine, candidate=broken))) is Verdict.MISMATCH


def test_a_judge_knows_no_operation() -> None:
    """Calls that no contract knows are compared all the same, and never called documented."""
    findings = judged(
        pair({"a": 1, "c": "x"}, {"b": 1, "c": 2}),
        by=Judge(baseline=load_contract(V1BETA1), candidate=load_contract(V1)),
    )

    assert {found.documentation for found in findings} == {Documentation.UNKNOWN}


def test_a_cause_is_named_by_the_contract_that_has_the_place() -> None:
    """What went bears the baseline's name for it, what came the candidate's."""
    old, new = answers("GetWorkspace")
    came = judged(pair(old, {**new, "defaultRegion": "x"}), question("GetWorkspace"))
    went = judged(
        pair({**old, "name": "x"}, {key: new[key] for key in new if key != "name"}), question("GetWorkspace")
    )

    assert {each.cause for each in came if each.rule == "property-added"} >= {"Workspace.defaultRegion"}
    assert {each.cause for each in went if each.difference.path == "$.body.name"} == {"Workspace.name"}


def test_headers_and_values_have_no_cause() -> None:
    """The body's contract names no header, and values in two places of one schema differ for two reasons."""
    old, new = answers("GetWorkspace")
    made = Pair(
        baseline=exchange({**old, "name": "a"}, headers=(("name", "x"),)),
        candidate=exchange({**new, "name": "b"}),
    )

    found = {each.difference.path: each.cause for each in judged(made, question("GetWorkspace"))}

    assert (found["$.headers.name"], found["$.body.name"]) == ("", "")


@pytest.mark.parametrize("part", [judge(), question()])
def test_what_is_judged_by_does_not_change(part: Judge | Question) -> None:
    """Judges and questions are plain values: nobody changes one, adds to one, or mistakes its parts."""
    made: Any = type(part)

    with pytest.raises(AttributeError):
        part.baseline = None  # type: ignore[misc]
    with pytest.raises(TypeError):
        made("a", None, None)
    assert not hasattr(part, "__dict__")


def test_two_equal_refusals_prove_nothing() -> None:
    """Any status of 400 and above counts as one, where the step does not expect it."""
    body: Json = {"message": "no"}

    for status, rules in ((400, ["call-refused-on-both"]), (399, [])):
        found = judged(pair(body, body, statuses=(status, status)), question())
        assert [each.rule for each in found] == rules


# What the contracts say where one of them, or both, lack the operation.


@pytest.mark.parametrize(
    ("name", "statuses", "documentation"),
    [
        ("GET /organizations/o/st", (200, 404), Documentation.UNKNOWN),
        ("ListAlerts", (200, 404), Documentation.DOCUMENTED),
        ("ListAlerts", (200, 201), Documentation.UNDOCUMENTED),
        ("GetSelfUser", (404, 200), Documentation.DOCUMENTED),
        ("GetSelfUser", (200, 404), Documentation.UNDOCUMENTED),
    ],
)
def test_a_status_is_documented_only_where_contracts_differ_so(
    name: str, statuses: tuple[int, int], documentation: Documentation
) -> None:
    """A contract without the operation documents that its side refuses it; two without it say nothing."""
    found = judged(pair({}, {}, statuses=statuses), question(name))

    assert {each.documentation for each in found if each.difference.kind is Kind.STATUS} == {documentation}


def test_what_v1_answers_although_its_contract_lacks_it_is_said() -> None:
    """Two equal successes show that the endpoint is there: a step that calls it unsupported is no match."""
    found = {each.rule: each for each in judged(pair({}, {}), question("ListAlerts", unsupported=True))}

    assert found.keys() >= {"endpoint-removed", "endpoint-undocumented"}
    assert found["endpoint-undocumented"].severity is RISKY
    assert found["endpoint-undocumented"].documentation is Documentation.UNDOCUMENTED
    assert "fails after the cutover" not in found["endpoint-removed"].consequence
    assert verdict(found.values(), unsupported=True) is Verdict.MISMATCH


@pytest.mark.parametrize(
    ("status", "confirmed"), [(404, True), (410, True), (401, False), (403, False), (500, False)]
)
def test_only_what_says_that_there_is_no_endpoint_confirms_it(status: int, confirmed: bool) -> None:  # noqa: FBT001 - a table's column
    """A refused token, or a fault, may come from an endpoint that is there."""
    found = judged(pair({}, {}, statuses=(200, status)), question("ListAlerts"))

    (said,) = [each.consequence for each in found if each.rule == "endpoint-unanswered"]
    assert ("confirms" in said) is confirmed


@pytest.mark.parametrize("unsupported", [False, True])
def test_a_step_is_told_once_to_say_that_it_is_unsupported(unsupported: bool) -> None:  # noqa: FBT001 - a table's column
    """What is marked already needs no mark."""
    found = judged(pair({}, {}, statuses=(200, 404)), question("ListAlerts", unsupported=unsupported))

    (remedy,) = [each.remedy for each in found if each.rule == "endpoint-removed"]
    assert ("Mark the step" in remedy) is not unsupported
