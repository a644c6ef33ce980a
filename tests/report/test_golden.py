"""What people read, compared with the files in ``tests/golden/report``.

After a change that is meant, write them again and read the difference before it is committed:

    UPDATE_GOLDEN=1 pytest tests/report/test_golden.py && git diff tests/golden/report
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.readiness import assess
from harness.report.html import render_html
from harness.report.markdown import render_markdown
from harness.report.run_json import render_json
from harness.report.text import failure_text, summary_text
from harness.result import RunResult
from tests.report.builders import failing_run, good_run, hostile_run, sandbox_run

GOLDEN = Path(__file__).parent.parent / "golden" / "report"
RUNS: dict[str, Callable[[], RunResult]] = {
    "failing": failing_run,
    "good": good_run,
    "hostile": hostile_run,
    "sandbox": sandbox_run,
}


def _failures(run: RunResult) -> str:
    return "\n\n\n".join(failure_text(scenario) for scenario in run.scenarios) + "\n"


def _summary(run: RunResult) -> str:
    return "\n".join(summary_text(run, assess(run), Path("reports/latest"))) + "\n"


RENDERINGS: dict[str, Callable[[RunResult], str]] = {
    "report.html": lambda run: render_html(run, assess(run)),
    "report.md": lambda run: render_markdown(run, assess(run)),
    "run.json": lambda run: render_json(run, assess(run)),
    "failures.txt": _failures,
    "summary.txt": _summary,
}


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("name", RUNS)
def test_what_people_read_is_what_it_was(name: str, rendering: str) -> None:
    """A change of a report shows in a review."""
    text = RENDERINGS[rendering](RUNS[name]())
    path = GOLDEN / f"{name}.{rendering}"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()
