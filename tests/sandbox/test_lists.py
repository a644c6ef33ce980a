"""Tests of what the sandbox says of itself."""

from __future__ import annotations

import pytest

from harness.sandbox.access import TOKENS
from harness.sandbox.faults import KINDS
from harness.sandbox.lists import LISTS, explained
from harness.sandbox.setup import SWITCHES


@pytest.mark.parametrize(
    ("name", "rows"), [("differences", len(SWITCHES)), ("faults", len(KINDS)), ("tokens", len(TOKENS))]
)
def test_a_list_has_a_line_for_each(name: str, rows: int) -> None:
    """Each list has one line for each thing, in columns that line up."""
    lines = LISTS[name]().splitlines()
    column = lines[0].index("  ")

    assert len(lines) == rows
    assert all("  " in line[column:] or line[column:].strip() for line in lines)


def test_differences_are_listed_by_name() -> None:
    """The list of differences begins with the names, and says which are only inferred."""
    lines = LISTS["differences"]().splitlines()

    assert [line.split()[0] for line in lines] == list(SWITCHES)
    assert sum(line.endswith("(inferred, not documented)") for line in lines) == 2


def test_assumptions_are_listed_with_their_words() -> None:
    """Every assumption is printed with its value and its whole explanation."""
    text = LISTS["assumptions"]()

    for name, value, words in explained():
        assert f"{name} = {value!r}\n" in text
        assert all(line in text for line in words.splitlines())
