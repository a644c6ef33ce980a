"""The data of scenario files as it was written, with the line of everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.document import read_document
from harness.exchange import Json
from harness.scenario.sources import Source, StepSource, line, listing, mapping

TEXT = "scenario: T\nsteps:\n  - operation: ListUsers\n    request:\n      query: {limit: 1}\n"


@pytest.fixture(name="source")
def _source() -> Source:
    document = read_document(TEXT, "scenarios/t.yaml")
    return Source(path=Path("scenarios/t.yaml"), shown="scenarios/t.yaml", document=document, model=None)


def test_a_place_is_file_and_line(source: Source) -> None:
    """A node's place is the line of its key, and that of what is above it where it does not exist."""
    assert source.where(("steps", 0, "request", "query")) == "scenarios/t.yaml:5"
    assert source.where(("steps", 0, "capture", "x")) == "scenarios/t.yaml:3"


def test_a_step_knows_its_place(source: Source) -> None:
    """Places below a step are those of the file that it was written in."""
    step = StepSource(source=source, place=("steps", 0), raw={"operation": "ListUsers"})

    assert step.where() == "scenarios/t.yaml:3"
    assert step.where("request") == "scenarios/t.yaml:4"


@pytest.mark.parametrize("value", [None, 1, "x", ["x"]])
def test_what_is_no_mapping_is_an_empty_one(value: Json) -> None:
    """The checks go on where the model complains already."""
    assert mapping(value) == {}
    assert mapping({"a": value}) == {"a": value}


@pytest.mark.parametrize("value", [None, 1, "x", {"a": 1}])
def test_what_is_no_list_is_an_empty_one(value: Json) -> None:
    """The checks go on where the model complains already."""
    assert listing(value) == []
    assert listing([value]) == [value]


def test_the_line_of_a_place() -> None:
    """The line is what follows the last colon, whatever the file is called."""
    assert line("C:/scenarios/t.yaml:12") == "12"
