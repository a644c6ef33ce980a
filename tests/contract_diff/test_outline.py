"""One operation as both contracts have it."""

from __future__ import annotations

import pytest

from harness.contract import load_contract
from harness.contract_diff import Outline, contract_diff, outline
from harness.errors import ContractError
from harness.schema import Schema
from harness.struct import replace
from tests.builders import judge
from tests.contract_diff import INTEGER, STRING, judge_of, many, one_of, operation, record, ref


def _rows(made: Outline, title: str) -> list[tuple[str, str, str | None]]:
    (section,) = [section for section in made.sections if section.title == title]
    return [(row.mark, row.path, row.candidate or row.baseline) for row in section.rows]


def test_places_are_marked() -> None:
    """Each place is there once, marked where only one side has it or they say different things of it."""
    old = record("a", a=STRING, b=STRING, c=many(one_of("Y", "X")))
    new = record("a", a=INTEGER, c=many(one_of("X", "Y")), d=replace(STRING, format="uuid", default="u"))
    made = outline(judge_of(operation(old), operation(new)), "GetThing")

    assert _rows(made, "response 200") == [
        (" ", "$.body", "object, application/json"),
        ("~", "$.body.a", "integer, required"),
        ("-", "$.body.b", "string"),
        (" ", "$.body.c", "array of string, one of X, Y"),
        (" ", "$.body.c[*]", "string, one of X, Y"),
        ("+", "$.body.d", 'string, uuid, default "u"'),
    ]


def test_variants_are_said() -> None:
    """A union says its discriminator; a place that its variants document differently says both."""
    schemas = {"A": record("x", x=STRING), "B": record(x=STRING)}
    union = Schema(any_of=(ref("A"), ref("B")), discriminator="kind", mapping={"A": "A", "B": "B"})
    made = outline(judge_of(operation(asked=union), operation(asked=union), schemas, schemas), "GetThing")

    assert _rows(made, "request") == [
        (" ", "$.body", "object, by kind: A or B, application/json"),
        (" ", "$.body.x", "string, required; or string"),
    ]


def test_a_stream_has_no_structure() -> None:
    """One contract writes it as a binary string, the other as a list of integers; that is no difference."""
    made = outline(judge(), "GetOrganizationAuditLogs")

    assert _rows(made, "response 200") == [(" ", "$.body", "bytes, application/octet-stream")]
    (same,) = contract_diff(judge(), "GetOrganizationAuditLogs").operations
    assert same.documented == ()


def test_a_schema_in_itself_is_shown_once() -> None:
    """A tree ends at the place where it begins again."""
    schemas = {"Tree": record(child=Schema(any_of=(ref("Tree"), Schema(types=("null",)))))}
    made = outline(judge_of(operation(ref("Tree")), operation(ref("Tree")), schemas, schemas), "getthing")

    assert _rows(made, "response 200") == [
        (" ", "$.body", "object, application/json"),
        (" ", "$.body.child", "object or null"),
    ]


def test_equal_answers_are_shown_together() -> None:
    """Statuses with one body share a section."""
    answer = {status: {"application/json": STRING} for status in ("400", "404")}
    made = outline(judge_of(operation(responses=answer), operation(responses=answer)), "GetThing")

    assert [section.title for section in made.sections] == ["response 400, 404"]


def test_a_side_without_the_operation_has_no_url() -> None:
    """An operation of one contract is shown as that one has it."""
    gone, new = outline(judge(), "ListAlerts"), outline(judge(), "GetSelfUser")

    assert (gone.baseline_url, gone.candidate_url) == (
        "https://api.astronomer.io/platform/v1beta1/organizations/{organizationId}/alerts",
        "",
    )
    assert {row.mark for section in gone.sections for row in section.rows} == {"-"}
    assert {row.mark for section in new.sections for row in section.rows} == {"+"}


@pytest.mark.parametrize(
    "name", sorted({each.id for version in ("v1beta1", "v1") for each in load_contract(version).operations})
)
def test_every_operation_can_be_shown(name: str) -> None:
    """Each of the 85 operations has an outline, each of its places once."""
    made = outline(judge(), name)

    assert made.id == name
    assert made.sections
    for section in made.sections:
        assert len({row.path for row in section.rows}) == len(section.rows)


def test_an_unknown_operation_is_refused() -> None:
    """The message names the nearest."""
    with pytest.raises(ContractError, match="ListAlerts"):
        outline(judge(), "ListAlert")
