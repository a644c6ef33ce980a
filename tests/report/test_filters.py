"""Filters: every choice leads to something, and marks are never foreign text."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from harness.causes import Cause, causes_of
from harness.report.filters import MOST, Filters
from harness.result import RunResult, Verdict
from harness.rules import Check, Severity
from tests.report.builders import (
    accepted,
    difference,
    failing_run,
    finding,
    hostile_run,
    run,
    scenario,
    step,
)


def _filters(made: RunResult, states: Mapping[str, str] | None = None) -> tuple[Filters, tuple[Cause, ...]]:
    causes = causes_of(made)
    return Filters(made, causes, states or {}), causes


def test_a_cause_is_marked_by_all_that_it_belongs_to() -> None:
    """Severity, check, operation, tags, state, and the tickets of its scenarios and acceptances."""
    found = finding(accepted=accepted(), severity=Severity.RISKY, check=Check.ERRORS)
    filters, (cause,) = _filters(
        run(scenario(step(found, verdict=Verdict.ACCEPTED))), {"0123456789ab": "known"}
    )
    choices = {each.name: dict(each.choices) for each in filters.all}
    chosen = {
        (name, text)
        for mark in filters.of_cause(cause).split()
        for name, texts in choices.items()
        if (text := texts.get(mark))
    }
    assert chosen == {
        ("severity", "Risky"),
        ("check", "Errors"),
        ("operation", "ListApiTokens"),
        ("tag", "tokens"),
        ("tag", "read"),
        ("ticket", "PLAT-412"),
        ("ticket", "PLAT-413"),
        ("since", "known"),
        ("state", "accepted"),
    }


def test_what_a_probe_found_is_marked_by_the_check_that_asks_by_it() -> None:
    """The table of checks counts it there, too; what is accepted or information counts with its own alone."""
    asked = step(
        finding(check=Check.BEHAVIOUR),
        finding(difference(path="$.body.b"), check=Check.ERRORS, accepted=accepted()),
        probe="missing",
        checks=(Check.AUTH,),
        verdict=Verdict.MISMATCH,
    )
    made = run(scenario(asked, verdict=Verdict.MISMATCH))
    filters, causes = _filters(made)
    marked = [set(filters.of_cause(cause).split()) & {*map(str, Check)} for cause in causes]

    assert marked == [{"behaviour", "auth"}, {"errors"}]
    assert set(filters.of_scenario(made.scenarios[0]).split()) >= {"behaviour", "auth", "errors"}


def test_a_scenario_is_marked_by_its_own_and_by_its_findings() -> None:
    """Whoever looks for breaking findings sees the scenarios that have them."""
    made = run(scenario(step(finding()), id="a"), scenario(step(operation="ListUsers"), id="b", tags=()))
    filters, _ = _filters(made)
    first, second = (set(filters.of_scenario(each).split()) for each in made.scenarios)
    assert {"breaking", "responses", "open"} <= first
    assert not {"breaking", "responses", "open"} & second
    assert len(second) == 2


def test_a_filter_without_choices_is_not_offered() -> None:
    """Nothing is known of history, tags or tickets."""
    filters, _ = _filters(run(scenario(step(finding()), tags=(), ticket="")))
    assert [each.name for each in filters.all] == ["severity", "check", "operation", "state"]


def test_the_state_that_asks_for_most_attention_names_the_cause() -> None:
    """One new place in a known cause makes it new; words that history does not have are nothing."""
    found = [finding(difference(path="$.body.a"), fingerprint=each * 12) for each in "abc"]
    made = run(scenario(step(*found)))
    filters, (cause,) = _filters(made, {"a" * 12: "known", "b" * 12: "new", "c" * 12: "</script>"})
    assert filters.state(cause) == "new"
    assert "</script>" not in filters.of_scenario(made.scenarios[0])


@pytest.mark.parametrize("made", [failing_run(), hostile_run()])
def test_marks_are_plain_and_every_choice_has_something(made: RunResult) -> None:
    """But for severities and checks, which are always the same."""
    filters, causes = _filters(made)
    marks = [filters.of_cause(each) for each in causes] + [
        filters.of_scenario(each) for each in made.scenarios
    ]
    there = {mark for each in marks for mark in each.split()}
    assert all(re.fullmatch(r"[a-z]+|[otk][0-9]+", mark) for mark in there)
    offered = {
        mark
        for each in filters.all
        if each.name in ("operation", "tag", "ticket")
        for mark, _ in each.choices
    }
    assert offered <= there


def test_a_list_of_choices_has_an_end() -> None:
    """The search finds what is too rare to be listed."""
    made = run(*(scenario(step(), id=f"s{each}", ticket=f"T-{each}") for each in range(MOST + 5)))
    filters, _ = _filters(made)
    (tickets,) = (each for each in filters.all if each.name == "ticket")
    assert len(tickets.choices) == MOST
