"""Commands of GitHub Actions."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from harness.report.workflow_commands import workflow_command


def test_an_annotation() -> None:
    """Each property has its name, and what would separate them is escaped."""
    assert workflow_command("error", {"file": "a,b.yaml", "line": 3, "title": "x: 50%"}, "a: b\nc, 5%") == (
        "::error file=a%2Cb.yaml,line=3,title=x%3A 50%25::a: b%0Ac, 5%25"
    )


@given(text=st.text(st.characters(exclude_categories=())))
def test_nothing_that_is_shown_is_a_command(text: str) -> None:
    """It stays on its line and in its place."""
    written = workflow_command("notice", {"title": text}, text)

    assert written.splitlines() == [written]
    assert re.fullmatch(r"::notice title=[^:,]*::.*", written)
