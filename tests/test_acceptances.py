"""Acceptances: they accept what they name until their last day, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from harness.acceptances import Tables, accept, expired, is_emptied
from harness.judge import verdict
from harness.result import StepResult, TableRow, Verdict
from harness.scenario import Acceptance
from harness.struct import replace
from tests.builders import answers, error, judged, pair, question
from tests.report.builders import scenario, step

_TODAY = date(2027, 1, 31)


def _acceptance(rule: str = "property-renamed", **rest: Any) -> Acceptance:
    return Acceptance(rule=rule, reason="the client reads scope since 4.2", **rest).placed("a.yaml:9")


def _accepted(*acceptances: Acceptance, today: date = _TODAY) -> tuple[Verdict, list[int]]:
    findings = judged(pair(*answers("ListApiTokens")), question("ListApiTokens"))
    accepted, used = accept(findings, acceptances, today)
    assert [replace(found, accepted=None) for found in accepted] == list(findings), (
        "nothing but `accepted` changes"
    )
    return verdict(accepted), sorted(used)


@pytest.mark.parametrize(
    "acceptance",
    [
        _acceptance(),
        _acceptance(path="$.body.tokens[*].type"),
        _acceptance(to="$.body.tokens[*].scope"),
        _acceptance(path="$.body.tokens[*].type", to="$.body.tokens[*].scope"),
        _acceptance(path="$['body']['tokens'][0]['type']"),
        _acceptance(until="2027-01-31"),
        _acceptance(until="2027-02-01"),
    ],
)
def test_an_acceptance_accepts_what_it_names(acceptance: Acceptance) -> None:
    """An acceptance of the rule, with or without place and target, holds until the end of its last day."""
    assert _accepted(acceptance) == (Verdict.ACCEPTED, [0])


@pytest.mark.parametrize(
    "acceptance",
    [
        _acceptance("property-removed"),
        _acceptance(path="$.body.tokens[*].id"),
        _acceptance(path="$.body.tokens"),
        _acceptance(path="$.body.tokens[*].type", to="$.body.tokens[*].kind"),
        _acceptance(to="$.body.tokens[*].type"),
    ],
)
def test_an_acceptance_accepts_nothing_else(acceptance: Acceptance) -> None:
    """Another rule, place or target is not accepted, and the acceptance is not used."""
    assert _accepted(acceptance) == (Verdict.MISMATCH, [])


def test_an_expired_acceptance_is_not_in_force() -> None:
    """After its last day an acceptance accepts nothing, but it still names the finding."""
    assert _accepted(_acceptance(until="2027-01-30")) == (Verdict.MISMATCH, [0])


def test_a_finding_keeps_what_was_said_of_its_acceptance() -> None:
    """Reports show who agreed where, from the first day to the last."""
    said = {"ticket": "PLAT-413", "since": "2026-11-29", "until": "2027-01-31"}
    findings = judged(pair(*answers("ListApiTokens")), question("ListApiTokens"))
    found, _ = accept(findings, [_acceptance(**said)], _TODAY)
    (agreed,) = {each.accepted for each in found if each.accepted}
    assert {name: getattr(agreed, name) for name in said} == said
    assert agreed.where == "a.yaml:9"


@pytest.mark.parametrize(
    ("until", "over"), [("", False), ("2027-01-30", True), ("2027-01-31", False), ("2027-02-01", False)]
)
def test_the_last_day_counts(until: str, over: bool) -> None:  # noqa: FBT001 - a table's column
    """An acceptance is expired on the day after its last one, and never without one."""
    assert expired(_acceptance(**({"until": until} if until else {})), _TODAY) is over


def test_the_first_acceptance_in_force_is_attached() -> None:
    """Of several acceptances the first one in force gives the reason; all that name the finding are used."""
    first = _acceptance(until="2027-01-30", ticket="ONE-1")
    second = _acceptance(path="$.body.tokens[*].type", ticket="TWO-2")
    third = _acceptance(ticket="THREE-3")
    findings = judged(pair(*answers("ListApiTokens")), question("ListApiTokens"))

    accepted, used = accept(findings, [first, second, third], _TODAY)

    attached = accepted[0].accepted
    assert attached is not None
    assert (attached.ticket, attached.where) == ("TWO-2", "a.yaml:9")
    assert attached.reason == "the client reads scope since 4.2"
    assert used == {0, 1, 2}


def test_one_acceptance_may_cover_many_places() -> None:
    """Without a path, an acceptance stands for the rule anywhere in the step."""
    findings = judged(pair({"a": 1, "b": 2}, {"a": 3, "b": 4}))

    accepted, used = accept(findings, [_acceptance("value-changed")], _TODAY)

    assert all(found.accepted for found in accepted)
    assert (verdict(accepted), sorted(used)) == (Verdict.ACCEPTED, [0])


def test_an_acceptance_with_a_target_is_for_renames() -> None:
    """An acceptance that names a new place accepts nothing that has none."""
    findings = judged(pair({"a": 1}, {"a": 3}))

    accepted, used = accept(findings, [_acceptance("value-changed", to="$.body.b")], _TODAY)

    assert (verdict(accepted), used) == (Verdict.MISMATCH, frozenset())


def test_accepting_one_place_leaves_the_others_open() -> None:
    """A step is accepted only when everything that matters in it is."""
    findings = judged(pair({"a": 1, "b": 2}, {"a": 3, "b": 4}))

    accepted, _ = accept(findings, [_acceptance("value-changed", path="$.body.a")], _TODAY)

    assert verdict(accepted) is Verdict.MISMATCH


def test_an_accepted_refusal_is_still_inconclusive() -> None:
    """Accepting that nothing can be concluded does not conclude anything."""
    findings = judged(pair(error(404), error(404), statuses=(404, 404)), question("GetApiToken"))

    accepted, _ = accept(findings, [_acceptance("call-refused-on-both")], _TODAY)

    assert verdict(accepted) is Verdict.INCONCLUSIVE


_ITEMS = "$.body.teams[*].name"
_NESTED = "$.body.teams[*].roles[*]"


@pytest.mark.parametrize(
    ("path", "old", "new", "told"),
    [
        (_ITEMS, {"teams": []}, {"teams": []}, True),
        (_ITEMS, {"teams": [{}]}, {"teams": []}, True),
        (_ITEMS, {"teams": [{}]}, {"teams": [{"name": "a"}]}, False),
        (_ITEMS, {}, {"teams": {}}, None),
        (_ITEMS, {"teams": [{}]}, {}, None),
        (_NESTED, {"teams": [{"roles": []}, {}]}, {"teams": [{"roles": []}, {}]}, True),
        (_NESTED, {"teams": [{"roles": []}, {"roles": [1]}]}, {"teams": [{"roles": [1]}]}, False),
        (_NESTED, {"teams": [{}]}, {"teams": [{}]}, None),
        ("$.body.teams", {"teams": []}, {"teams": []}, None),
        ("", {"teams": []}, {"teams": []}, None),
        ("$.headers.etag", [], [], None),
    ],
)
def test_an_empty_list_hides_what_its_elements_are(path: str, old: Any, new: Any, told: Any) -> None:
    """On either side, and unless another list on the way has an element."""
    assert is_emptied(path, pair(old, new)) is told


def _row(name: str, *unmatched: StepResult, where: str = "a.yaml:1") -> Any:
    return scenario(
        id=f"a[{name}]", where=where, verdict=Verdict.MATCH, table=TableRow(rows=2, unmatched=unmatched)
    )


_UNUSED = step(where="a.yaml:9", verdict=Verdict.MISMATCH)


def test_what_no_row_of_a_table_needs_is_told_at_the_last() -> None:
    """The row that completes the table has the results, and is no match any more; nothing is told twice."""
    tables, again = Tables(), Tables()

    first, last = (tables.add(_row(name, _UNUSED)) for name in "ba")

    assert (first.verdict, first.steps) == (Verdict.MATCH, ())
    assert (last.verdict, last.steps) == (Verdict.MISMATCH, (_UNUSED,))
    assert [again.add(each) for each in (last, first)] == [last, first]


@pytest.mark.parametrize(
    "rows",
    [
        [_row("a", _UNUSED), _row("b")],
        [_row("a"), _row("b", _UNUSED)],
        [_row("a", _UNUSED)],
        [_row("a", _UNUSED), _row("a", _UNUSED)],
        [_row("a", _UNUSED), _row("b", _UNUSED, where="b.yaml:1")],
        [scenario(id="a"), scenario(id="b")],
    ],
    ids=["the last needs it", "the first does", "not all ran", "one ran twice", "two tables", "no table"],
)
def test_what_a_row_needs_or_may_need_is_not_told(rows: list[Any]) -> None:
    """An acceptance is unused when all rows of its table ran, and none needs it."""
    tables = Tables()

    assert [tables.add(row) for row in rows] == rows
