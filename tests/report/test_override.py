"""The override of a request: YAML that a step takes, and nothing where nothing can be overridden."""

from __future__ import annotations

import pytest

from harness.difference import Kind
from harness.document import read_document
from harness.exchange import Json
from harness.report.override import LONGEST, override_yaml
from harness.result import Finding
from tests.report.builders import body, difference, evidence, finding


def _refused(path: str) -> Finding:
    return finding(difference(kind=Kind.REQUEST, path=path, to="", baseline=None, candidate="x"))


def _read(text: str) -> Json:
    return read_document(text, "override.yaml").data


def test_a_query_parameter_is_left_out() -> None:
    """Null removes the key from what both sides send."""
    text = override_yaml(_refused("$.request.query['sort by']"), evidence())
    assert _read(text) == {"candidate": {"query": {"sort by": None}}}


def test_a_body_is_offered_whole_with_the_place_to_change() -> None:
    """An override of a body replaces it, so a part of it would lose the rest."""
    sent: Json = {"name": "x: y # z", "type": "WORKSPACE", "roles": [{"a": 1}], "note": "${no} it's"}
    text = override_yaml(_refused("$.request.body.type"), evidence(request_body=body(sent)))
    assert _read(text) == {"candidate": {"body": sent}}
    assert "change $.request.body.type to what v1 takes" in text


@pytest.mark.parametrize(
    "path", ["$.body.x", "$.request", "$.status", "", "$..x", "$.request.query", "$.request.body"]
)
def test_only_a_part_of_the_request_can_be_overridden(path: str) -> None:
    """Findings about answers, and those about no place, get no override; neither do bodies that are none."""
    assert override_yaml(_refused(path), evidence()) == ""


def test_nothing_is_offered_for_a_step_that_did_not_run() -> None:
    """What was not sent cannot be written down."""
    assert override_yaml(_refused("$.request.body.type"), None) == ""


def test_a_long_body_is_not_offered() -> None:
    """The page would repeat what the scenario has."""
    assert override_yaml(_refused("$.request.body.a"), evidence(request_body=body("x" * LONGEST))) == ""
