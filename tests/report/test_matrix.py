"""Coverage in words and cells."""

from __future__ import annotations

import pytest

from harness.coverage import Coverage, Exercised, OperationCoverage, cover, narrowed
from harness.exchange import Json
from harness.report.matrix import cells, columns, fraction, gaps, headline, lands, totals, unseen
from harness.result import Source
from harness.rules import Check
from tests.report.builders import contracts, evidence, provenance, run, scenario, step


def _coverage(*operations: str, source: Source = Source.CASSETTE) -> Coverage:
    steps = [step(operation=name, checks=tuple(Check)) for name in operations]
    return cover(run(scenario(*steps, provenance=provenance(source))), contracts())


def _row(coverage: Coverage, name: str) -> OperationCoverage:
    return next(each for each in coverage.operations if each.operation == name)


def test_the_headline_counts_each_check_and_says_whose_evidence_it_is() -> None:
    """What v1 does not have is not asked for in checks that compare."""
    assert headline(_coverage("ListUsers", source=Source.SANDBOX)) == (
        "responses 1 of 5 operations, auth 1 of 4, errors 1 of 4, behaviour 1 of 4; evidence: 1 sandbox"
    )
    assert headline(_coverage()).endswith("evidence: none")
    probed = cover(run(scenario(step(checks=(Check.ERRORS,)))), contracts())
    assert headline(probed).startswith("responses 0 of 5 operations")
    assert headline(probed).endswith("errors 1 of 4, behaviour 0 of 4; evidence: 1 cassette")
    assert headline(narrowed(_coverage(), {"ListUsers": 1})).startswith("responses 0 of 1 operation, ")


def test_a_row_has_a_cell_for_each_column() -> None:
    """With a recorded set there is one more, of how often it calls the operation."""
    plain = _coverage("ListUsers")
    used = narrowed(plain, {"ListUsers": 1234})

    assert [len(cells(each)) for each in plain.operations] == [len(columns(plain))] * 5
    assert dict(zip(columns(used), cells(used.operations[0]), strict=True)) == {
        "Operation": "ListUsers",
        "In v1": "yes",
        "Used": "1,234",
        "Pairs": "1",
        "Responses": "cassette",
        "Auth": "cassette",
        "Errors": "cassette",
        "Behaviour": "cassette",
        "Statuses": "1 of 4, 1 of 4",
        "Values": "0 of 14, 0 of 14",
    }


@pytest.mark.parametrize(
    ("name", "said"), [("ListUsers", "yes"), ("ListAlerts", "no"), ("GetSelfUser", "only there")]
)
def test_each_row_says_where_it_lands(name: str, said: str) -> None:
    """In v1, nowhere, or there alone."""
    assert lands(_row(_coverage(name), name)) == said


def test_what_is_not_documented_has_no_fraction() -> None:
    """None of none would read like a gap."""
    assert fraction(Exercised(seen=0, of=0, missing={})) == "-"
    assert fraction(Exercised(seen=1, of=1200, missing={})) == "1 of 1,200"


def test_what_both_sides_did_not_show_is_said_once() -> None:
    """What only one of them lacks is said of that side."""
    page: Json = {"tokens": [{"type": "WORKSPACE"}]}
    made = step(baseline=evidence("iam", page), candidate=evidence("v1", page))
    row = _row(cover(run(scenario(made)), contracts()), "ListApiTokens")
    found = {place: (side, values) for side, place, values in unseen(row)}

    assert found["$.status"] == ("both", "400, 401, 403, 404")
    assert found["$.body.tokens[*].type"] == ("v1beta1", "DEPLOYMENT, ORGANIZATION")
    assert found["$.body.tokens[*].scope"] == ("v1", "DEPLOYMENT, ORGANIZATION, WORKSPACE")


def test_totals_and_gaps_are_sentences() -> None:
    """Both sides by name, and how many operations lack something."""
    assert list(totals(_coverage("ListUsers"))) == [
        "Documented statuses seen in answers: v1beta1 1 of 24, v1 1 of 19.",
        "Listed values seen in answers: v1beta1 0 of 92, v1 0 of 60.",
    ]
    assert gaps(_coverage("ListUsers")) == "4 of 5 operations have gaps."
    assert gaps(narrowed(_coverage(), {"ListUsers": 1})) == "1 of 1 operation has gaps."
    assert gaps(narrowed(_coverage(), {})) == "There is no operation to cover."
    assert gaps(narrowed(_coverage("ListUsers"), {"ListUsers": 1})) == (
        "Every operation has evidence of every check that it can have."
    )
