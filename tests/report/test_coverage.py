"""``harness coverage`` in three formats; ``test_golden.py`` has whole ones."""

from __future__ import annotations

import json
import re

import pytest

from harness.coverage import Coverage, cover, narrowed
from harness.report.coverage import coverage_json, coverage_markdown, coverage_text
from harness.report.markdown import LIMIT
from harness.struct import replace
from harness.traffic import Traffic
from tests.report.builders import HOSTILE, contracts, failing_run

TRAFFIC = Traffic(cassettes=1, calls=3, operations={"ListUsers": 2}, unknown={"GET /x": 1}, newer=0)


def _coverage() -> Coverage:
    return cover(failing_run(), contracts())


def test_programs_get_the_coverage_and_the_traffic() -> None:
    """The keys that the module promises; without a recorded set there is no traffic."""
    plain = json.loads(coverage_json(_coverage(), None))
    used = json.loads(coverage_json(narrowed(_coverage(), TRAFFIC.operations), TRAFFIC))

    assert plain.keys() == {"coverage", "traffic"}
    assert plain["traffic"] is None
    assert plain["coverage"]["checks"]["responses"] == {
        "live": 0,
        "cassette": 4,
        "sandbox": 0,
        "none": 1,
        "not in v1": 0,
    }
    assert used["traffic"]["unknown"] == {"GET /x": 1}
    assert [(row["operation"], row["used"]) for row in used["coverage"]["operations"]] == [("ListUsers", 2)]


def test_what_nobody_can_cover_is_said_before_the_table() -> None:
    """A call that v1beta1's contract does not have is a gap of its own."""
    text = coverage_text(narrowed(_coverage(), TRAFFIC.operations), TRAFFIC)

    assert text.index("nothing covers them: `GET /x` (1).") < text.index("operation  in v1")
    assert "Recorded: 3 calls in 1 cassette, of which 2 of 1 operation of v1beta1." in text


def test_many_unknown_calls_are_counted() -> None:
    """Ten are named."""
    many = replace(TRAFFIC, unknown={f"GET /{number}": 1 for number in range(12)})

    assert "`GET /9` (1) and 2 more." in coverage_text(_coverage(), many)


def test_a_set_that_uses_no_operation_makes_no_table_row() -> None:
    """The heads say so."""
    nothing = replace(TRAFFIC, operations={})
    text = coverage_text(narrowed(_coverage(), {}), nothing)

    assert "responses 0 of 0 operations" in text
    assert "operation  in v1" not in text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_was_recorded_cannot_move_the_cursor_or_make_a_heading(hostile: str) -> None:
    """The path of a call is foreign text."""
    traffic = replace(TRAFFIC, unknown={f"GET /{hostile}": 1})
    text, markdown = coverage_text(_coverage(), traffic), coverage_markdown(_coverage(), traffic)

    assert all(char.isprintable() or char == "\n" for char in text)
    assert len(text.splitlines()) == len(coverage_text(_coverage(), TRAFFIC).splitlines())
    assert "<script" not in re.sub(r"`[^`\n]*`", "", markdown)  # in code it is text
    assert len(markdown.splitlines()) == len(coverage_markdown(_coverage(), TRAFFIC).splitlines())


def test_a_ticket_takes_it() -> None:
    """However many rows there are, the text is cut at a line, and says so."""
    rows = _coverage().operations * 400
    markdown = coverage_markdown(replace(_coverage(), operations=rows), None)

    assert len(markdown) < LIMIT
    assert markdown.endswith("*The rest is left out: `--format json`.*\n")
    assert markdown.splitlines()[-3].endswith(" |")
