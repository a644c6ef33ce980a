"""The formats by their names."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from harness.commands.report import FORMATS as OFFERED
from harness.readiness import assess
from harness.report.formats import FORMATS, Told
from tests.report.builders import failing_run


def test_the_command_offers_all_of_them() -> None:
    """The names that the command line takes are those that can be written."""
    assert tuple(FORMATS) == OFFERED


@pytest.mark.parametrize("name", FORMATS)
def test_each_is_a_text_that_only_the_run_decides(name: str) -> None:
    """The same run gives the same text, in UTF-8."""
    made = failing_run()
    told = Told(run=made, assessment=assess(made), below="tools", link="https://ci.example.com/1")

    def text(parts: Iterable[str]) -> str:
        return "".join(parts)

    assert text(FORMATS[name](told)).encode()
    assert text(FORMATS[name](told)) == text(FORMATS[name](told))
