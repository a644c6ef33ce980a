"""What the integration reads, and which differences touch it."""

from __future__ import annotations

import pytest

from harness.difference import Difference, Kind
from harness.exchange import Json, Pair
from harness.lens import is_read
from harness.result import Finding
from tests.builders import BREAKING, INFO, RISKY, answers, exchange, judged, question

_REMOVED, _RENAMED, _HEADER = Kind.REMOVED, Kind.RENAMED, Kind.HEADER_REMOVED
_YES, _NO = True, False


@pytest.mark.parametrize(
    ("kind", "path", "to", "reads", "expected"),
    [
        # The place itself, what holds it, and what it holds.
        (_REMOVED, "$.body.id", "", "$.id", _YES),
        (_REMOVED, "$.body.id", "", "$.name", _NO),
        (_REMOVED, "$.body.owner", "", "$.owner.name", _YES),
        (_REMOVED, "$.body.owner.name", "", "$.owner", _YES),
        (Kind.BODY_REMOVED, "$.body", "", "$.id", _YES),
        (_REMOVED, "$.body.tokens[*].type", "", "$.tokens[0].type", _YES),
        (_REMOVED, "$.body.tokens[*].type", "", "$.tokens[*].id", _NO),
        (_REMOVED, "$.body.labels.team", "", "$.labels[*]", _YES),
        (_REMOVED, "$.body.labels[*]", "", "$.labels.team", _YES),
        # Renamed and moved: either place.
        (_RENAMED, "$.body.type", "$.body.scope", "$.type", _YES),
        (_RENAMED, "$.body.type", "$.body.scope", "$.scope", _YES),
        (_RENAMED, "$.body.type", "$.body.details.type", "$.details", _YES),
        (_RENAMED, "$.body.type", "$.body.scope", "$.name", _NO),
        # Elements, order and size of a list.
        (Kind.ELEMENT_REMOVED, "$.body.tokens[*]", "", "$.tokens[*].id", _YES),
        (Kind.ELEMENT_ADDED, "$.body.tokens[*]", "", "$.totalCount", _NO),
        (Kind.ORDER, "$.body.tokens", "", "$.tokens[0].id", _YES),
        # What is not in the answer's body meets everybody.
        (Kind.STATUS, "$.status", "", "$.id", _YES),
        (_HEADER, "$.headers['retry-after']", "", "$.id", _YES),
        (Kind.HEADER_VALUE, "$.headers.link", "", "$.id", _YES),
        (Kind.REQUEST, "$.request.body.type", "", "$.id", _YES),
        (Kind.LATENCY, "$.elapsed", "", "$.id", _YES),
        (Kind.ACCEPTANCE, "any place", "property-renamed", "$.id", _YES),
        # What cannot be told counts.
        (_REMOVED, "$.body.id", "", "$..name", _YES),
        (_REMOVED, "$.body.id", "", "$.tokens[?@.name == 'x'].name", _YES),
        (_REMOVED, "$.body.id", "", "$['${name}']", _YES),
    ],
)
def test_a_difference_touches_what_is_read(
    kind: Kind,
    path: str,
    to: str,
    reads: str,
    expected: bool,  # noqa: FBT001 - the last cell of the table
) -> None:
    """A difference counts as read unless it certainly is not."""
    assert is_read(Difference(kind=kind, path=path, to=to), (reads,)) is expected


def test_one_of_several_reads_is_enough() -> None:
    """An integration reads several fields; any of them may be touched."""
    assert is_read(Difference(kind=_REMOVED, path="$.body.id"), ("$.name", "$.id"))


def _findings(reads: tuple[str, ...]) -> dict[str, Finding]:
    old, new = answers("GetApiToken")
    del new["name"]
    pair = Pair(baseline=exchange(old, headers=(("x-rate", "1"),)), candidate=exchange(new))
    found = judged(pair, question("GetApiToken", reads=reads))
    return {each.difference.path: each for each in found}


def test_outside_the_declared_fields_a_finding_drops_one_severity_and_says_so() -> None:
    """Breaking becomes risky, and headers stay what they are."""
    plain, lens = _findings(()), _findings(("$.id",))
    outside = " The scenario says that the integration does not read it."
    before, after = plain["$.body.name"], lens["$.body.name"]

    assert (before.severity, before.read) == (BREAKING, None)
    assert (after.severity, after.read) == (RISKY, False)
    assert after.explanation == before.explanation + outside
    assert after.fingerprint == before.fingerprint
    header = "$.headers['x-rate']"
    assert (lens[header].severity, lens[header].read) == (plain[header].severity, True)


@pytest.mark.parametrize("name", ["type", "scope"])
def test_a_renamed_field_is_read_by_its_old_name_and_by_its_new_one(name: str) -> None:
    """A client that was changed already is met all the same."""
    found = _findings((f"$.{name}",))["$.body.type"]

    assert (found.rule, found.severity, found.read) == ("property-renamed", BREAKING, True)


def test_what_is_info_stays_info() -> None:
    """There is nothing below it."""
    value: Json = {"id": "1", "extra": 1}
    (found,) = judged(
        Pair(baseline=exchange({"id": "1"}), candidate=exchange(value)), question(reads=("$.id",))
    )

    assert (found.severity, found.read) == (INFO, False)
