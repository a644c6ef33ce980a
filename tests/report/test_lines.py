"""Files and lines as CI services name them."""

from __future__ import annotations

import pytest

from harness.report.lines import file_and_line


@pytest.mark.parametrize(
    ("where", "below", "expected"),
    [
        ("scenarios/a.yaml:7", "", ("scenarios/a.yaml", 7)),
        ("scenarios/a.yaml:7", "tools/astro", ("tools/astro/scenarios/a.yaml", 7)),
        ("scenarios\\a.yaml:7", "", ("scenarios/a.yaml", 7)),
        ("C:\\a.yaml", "", ("C:/a.yaml", 1)),
        ("a.yaml", "", ("a.yaml", 1)),
        ("a.yaml:0", "", ("a.yaml", 1)),
        ("", "", ("", 1)),
    ],
)
def test_where_something_stands(where: str, below: str, expected: tuple[str, int]) -> None:
    """File and line of a place, from the root of the repository; lines count from 1."""
    assert file_and_line(where, below) == expected
