"""The shared words: foreign text is made visible, facts are said for people."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.difference import ABSENT, Difference, Kind
from harness.exchange import Body, BodyKind, Failure, FailureKind, Retry, Side
from harness.readiness import Breaking, assess
from harness.report import words
from harness.result import Noise, Repeats, Verdict, Walked
from harness.rules import Check, Documentation, Severity
from harness.struct import replace
from harness.triangulation import triangulate
from tests.report.builders import (
    difference,
    evidence,
    finding,
    good_run,
    lens_run,
    noisy_run,
    run,
    scenario,
    step,
)

_ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(text=_ANY_TEXT)
def test_visible_text_has_nothing_hidden_in_it(text: str) -> None:
    """No control character, no change of direction, no line break, no half character."""
    shown = words.visible(text)
    assert not [char for char in shown if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f\ufeff")
    shown.encode("utf-8")


@given(text=st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_what_can_be_seen_is_left_alone(text: str) -> None:
    """Letters of any language, digits, signs and spaces stay what they are."""
    assert words.visible(text) == text


def test_hidden_characters_are_shown_as_escapes() -> None:
    """A reader sees that something was there, and what."""
    assert words.visible("a\x1b[31m\n\u202eb\U000e0041") == r"a\x1b[31m\n\u202eb\U000e0041"
    assert words.visible_lines("a\r\n\tb\x00") == "a\\r\n\tb\\x00"


def test_texts_are_cut_with_an_ellipsis() -> None:
    """The limit holds, ellipsis included."""
    assert (words.clip("abcd", 4), words.clip("abcde", 4)) == ("abcd", "abc…")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("ListApiTokens: v1 answered 404.", "v1 answered 404."),
        ("ListApiTokens: the header x is gone.", "The header x is gone."),
        ("ListApiTokens is not in v1's contract.", "ListApiTokens is not in v1's contract."),
    ],
)
def test_the_operation_is_not_said_twice(said: str, shown: str) -> None:
    """Where the operation stands beside it, the sentence starts after it."""
    assert words.sentence(finding(explanation=said)) == shown


def test_how_often_is_said_once() -> None:
    """Not for one sample, and not where the sentence has it already."""
    assert words.seen(finding()) == "seen in 3 of 3 samples"
    assert words.seen(finding(explanation="v1 has it (3 of 3 samples).")) == ""
    assert words.seen(finding(difference(seen=1, samples=1))) == ""


def test_code_in_sentences_is_found() -> None:
    """JSONPaths and what stands in backticks are code, and nothing is lost."""
    said = "Read `scope` at $.body.tokens[*]['a b'].scope, it costs $5."
    assert words.pieces(said) == [
        (False, "Read "),
        (True, "scope"),
        (False, " at "),
        (True, "$.body.tokens[*]['a b'].scope"),
        (False, ", it costs $5."),
    ]


@pytest.mark.parametrize(
    ("fact", "old", "new"),
    [
        (difference(), '"type": "WORKSPACE"', '"scope": "WORKSPACE"'),
        (
            Difference(kind=Kind.STATUS, path="$.status", baseline=200, candidate=404),
            "status: 200",
            "status: 404",
        ),
        (Difference(kind=Kind.ADDED, path="$.body.git", candidate={}), words.NOTHING, '"git": {}'),
        (Difference(kind=Kind.REMOVED, path="$.body.a", baseline=None), '"a": null', words.NOTHING),
        (
            Difference(kind=Kind.HEADER_VALUE, path="$.headers.link", baseline="a", candidate="b"),
            "link: a",
            "link: b",
        ),
        (
            Difference(kind=Kind.ELEMENT_ADDED, path="$.body.roles[*]", candidate="OWNER"),
            words.NOTHING,
            '"OWNER"',
        ),
        (Difference(kind=Kind.VALUE, path="$.body", baseline="a", candidate="b"), '"a"', '"b"'),
        (Difference(kind=Kind.LATENCY, path="$.elapsed", baseline=0.2, candidate=2.4), "0.2 s", "2.4 s"),
        (
            Difference(kind=Kind.FAILURE, path="$.failure", candidate="timeout"),
            "a response",
            "no response: timeout",
        ),
        (
            Difference(kind=Kind.BROKEN, path="$.body.a", candidate=1, side=Side.CANDIDATE),
            "(not affected)",
            '"a": 1',
        ),
        (
            Difference(kind=Kind.UNDOCUMENTED, path="$.status", baseline=418, side=Side.BASELINE),
            "status: 418",
            "(not affected)",
        ),
        (
            Difference(kind=Kind.REQUEST, path="$.request.query.plan", candidate="PRO", side=Side.CANDIDATE),
            "(not affected)",
            'sent to v1: "plan": "PRO"',
        ),
        (Difference(kind=Kind.VALUE, path="not a path", baseline=1, candidate=2), "1", "2"),
    ],
)
def test_both_sides_of_a_fact_are_shown_as_they_stand_there(fact: Difference, old: str, new: str) -> None:
    """A property with its name, a header as a header, and never a null for what is not there."""
    assert words.sides(fact) == (old, new)


@pytest.mark.parametrize("kind", [Kind.UNMAPPED, Kind.ACCEPTANCE, Kind.PROBE, Kind.EXPECTATION, Kind.REQUEST])
def test_a_fact_without_values_has_no_example(kind: Kind) -> None:
    """Two nulls would only confuse."""
    assert words.sides(Difference(kind=kind, path="$.request")) is None


def test_a_stale_acceptance_has_one_place() -> None:
    """What stands in ``to`` is its rule, and no path."""
    fact = Difference(kind=Kind.ACCEPTANCE, path="$.body.a", to="property-renamed")
    assert words.where_to(fact) == "$.body.a"
    assert words.where_to(replace(fact, path="")) == "any place"
    assert words.where_to(difference()) == "$.body.tokens[*].type -> $.body.tokens[*].scope"


def test_what_is_required_and_absent_is_shown_as_nothing() -> None:
    """A property that its contract requires and that is not there is no null."""
    fact = Difference(kind=Kind.BROKEN, path="$.body.x", side=Side.CANDIDATE, detail=f"$.body.x {ABSENT}")

    assert words.sides(fact) == ("(not affected)", words.NOTHING)


def test_answers_name_both_sides() -> None:
    """A failure is said with its reason; a step that was not run, too."""
    lost = evidence("v1", status=0, failure=Failure(kind=FailureKind.TIMEOUT, message="no answer in 30 s"))
    said = words.answers(step(baseline=evidence("iam"), candidate=lost))
    assert said == (
        "v1beta1 (baseline) answered 200 in 9 ms, "
        "v1 (candidate) gave no answer in 12 ms (timeout: no answer in 30 s)."
    )
    assert words.answered(None) == "was not called"


def test_answers_say_what_was_retried() -> None:
    """The attempts before the answer are told by their reasons, each once."""
    tries = tuple(Retry(wait=1, status=429) for _ in range(2))
    after = replace(evidence("v1"), retries=(*tries, Retry(wait=2, failure=FailureKind.TIMEOUT)))

    assert words.answered(after) == "answered 200 in 12 ms, retried after 429 (2 times), timeout"
    assert words.retries({"429": 1200, "timeout": 1}) == "1,201 (1,200 after 429, 1 after timeout)"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (Body(kind=BodyKind.EMPTY), "(no body)"),
        (Body(kind=BodyKind.BINARY), "(binary data)"),
        (Body(kind=BodyKind.TEXT, data="plain"), "plain"),
        (Body(kind=BodyKind.JSON, data={"a": [1]}), '{\n  "a": [\n    1\n  ]\n}'),
        (Body(kind=BodyKind.INVALID, data="<html>"), "(not JSON, although the media type says so)\n<html>"),
    ],
)
def test_each_kind_of_body_is_shown(body: Body, shown: str) -> None:
    """Nothing is shown as JSON that is none."""
    assert words.body_text(body) == shown


def test_every_word_of_the_results_has_a_sentence() -> None:
    """A new check, verdict or documentation status must be explained."""
    assert set(words.CHECKS) == set(Check)
    assert set(words.VERDICTS) == set(Verdict)
    assert set(words.DOCUMENTATION) == set(Documentation)


def test_the_evidence_of_a_cause_is_one_clause() -> None:
    """Samples, scenarios and operations, each counted; many operations are not all named."""
    steps = [step(finding(), operation=name, verdict=Verdict.MISMATCH) for name in "ABCDEFG"]
    few = run(scenario(steps[0], id="one"), scenario(steps[1], id="two"), scenario(steps[2], id="three"))
    alone, some, many = (
        assess(each).causes[0] for each in (run(scenario(steps[0])), few, run(scenario(*steps)))
    )

    assert words.samples(alone) == "in 3 of 3 samples, 1 of 1 scenario, A"
    assert words.samples(some) == "in 9 of 9 samples, 3 of 3 scenarios, A, B and C"
    assert words.samples(many).endswith("1 of 1 scenario, A, B, C, D, E and 2 more")


def test_what_pairs_disagree_about_is_said() -> None:
    """A property that one pair lacks and another has is not called removed without saying so."""
    gone = finding(
        difference(kind=Kind.REMOVED, path="$.body.x", to="", seen=1, samples=1), rule="property-removed"
    )
    has, lacks = evidence(data={"x": 1}), evidence(data={"y": 1})
    lost = step(gone, baseline=has, candidate=lacks, verdict=Verdict.MISMATCH)
    disagreeing = assess(run(scenario(lost, step(baseline=has, candidate=has)))).causes[0]
    agreeing = assess(run(scenario(lost))).causes[0]

    assert words.together(disagreeing) == (
        "All samples together show `property-became-optional`: "
        "v1beta1 has it in 2 of 2 samples, v1 in 1 of 2."
    )
    assert words.together(agreeing) == ""


def test_the_pages_of_a_walk_are_told() -> None:
    """How many elements on how many pages, the stated total, and what came past the end."""
    walks = (
        Walked(side=Side.BASELINE, elements=(20, 20, 3), total=43, end="an empty list"),
        Walked(side=Side.CANDIDATE, elements=(1,), total=None, end="status 400"),
    )

    assert words.walked(step()) == ""
    assert words.walked(step(walks=walks)) == (
        "Of the whole list, v1beta1 (baseline) showed 43 elements on 3 pages, total 43, ended by: an empty "
        "list; v1 (candidate) showed 1 element on 1 page, ended by: status 400."
    )


@pytest.mark.parametrize(
    ("breaking", "said"),
    [
        (Breaking(yours=3, all=41, accepted=0, declared=True), "Breaking for you: 3 of 41"),
        (Breaking(yours=3, all=41, accepted=1, declared=True), "Breaking for you: 3 of 41 (1 accepted)"),
        (
            Breaking(yours=2000, all=3000, accepted=1000, declared=True),
            "Breaking for you: 2,000 of 3,000 (1,000 accepted)",
        ),
        (Breaking(yours=0, all=0, accepted=0, declared=False), "Breaking for you: 0 of 0"),
        (
            Breaking(yours=2, all=2, accepted=0, declared=False),
            "Breaking for you: 2 of 2; no step says what your integration `reads`",
        ),
    ],
)
def test_what_breaks_for_the_reader_is_said_against_all(breaking: Breaking, said: str) -> None:
    """Where nobody declared what is read, that is said too."""
    assert words.breaking_for_you(breaking) == said


def test_contracts_are_said_in_words() -> None:
    """How many findings are of which kind, and how a side left its contract."""
    found = triangulate(lens_run())

    assert words.by_contracts(found) == "3 documented, 2 undocumented, 1 contract broken"
    assert words.by_contracts(triangulate(run())) == "none"
    assert [words.departed(each) for each in found.departures] == ["contract broken", "not in the contract"]


def test_the_proof_of_a_difference() -> None:
    """What both sides repeated is said; what one of them disagreed with itself about is said elsewhere."""
    none, some = Repeats(disagreed=0, samples=3), Repeats(disagreed=1, samples=2)
    said = [
        words.proof(finding(noise=Noise(baseline=old, candidate=new, excused=False, severity=Severity.RISKY)))
        for old, new in ((none, none), (none, some), (some, none))
    ]

    assert said == ["Asked again, v1beta1 said the same in 3 of 3 repeats, v1 in 3 of 3.", "", ""]
    assert not words.proof(finding())


def test_noise_is_counted() -> None:
    """Findings that are noise are counted, and nothing is said where there are none."""
    assert words.noise(noisy_run()).startswith("2 findings are only information")
    assert not words.noise(good_run())


def test_a_name_as_long_as_a_response_likes_is_cut() -> None:
    """In sentences and in places, which every report has in many spots."""
    long = finding(difference(path=f"$.body.{'k' * 9_000}"), explanation=f"Op: {'e' * 9_000}")

    assert len(words.sentence(long)) == 2_000
    assert [len(each) for each in words.spot(long.difference)] == [1_000, len(long.difference.to)]
    assert words.where_to(long.difference).startswith("$.body.kkk")
