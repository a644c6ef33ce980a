"""What people read, compared with the files in ``tests/golden/report``.

After a change that is meant, write them again and read the difference before it is committed:

    UPDATE_GOLDEN=1 pytest tests/report/test_golden.py && git diff tests/golden/report
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.coverage import Coverage, cover, narrowed
from harness.history import History
from harness.readiness import Assessment, assess
from harness.report.coverage import coverage_markdown, coverage_text
from harness.report.ctrf import render_ctrf
from harness.report.html import render_html
from harness.report.junit import render_junit
from harness.report.markdown import render_markdown
from harness.report.migration_notes import render_migration_notes
from harness.report.notes import code_quality, github_annotations, notes_of
from harness.report.run_json import render_json
from harness.report.sarif import render_sarif
from harness.report.text import failure_text, gate_text, summary_text
from harness.report.ticket import TicketPart
from harness.report.wiki import render_wiki
from harness.result import Policy, RunResult, Source
from harness.traffic import Traffic
from tests.report.builders import (
    contracts,
    failing_run,
    good_run,
    hostile_run,
    lens_run,
    noisy_run,
    sandbox_run,
)
from tests.report.histories import every_state, first_run

GOLDEN = Path(__file__).parent.parent / "golden" / "report"
HISTORIES: dict[str, History] = {"failing": every_state(), "good": first_run()}
"""What earlier runs say; the others were not compared."""

RUNS: dict[str, Callable[[], RunResult]] = {
    "failing": failing_run,
    "good": good_run,
    "hostile": hostile_run,
    "lens": lens_run,
    "noisy": noisy_run,
    "sandbox": sandbox_run,
}


def _failures(run: RunResult) -> str:
    return "\n\n\n".join(failure_text(scenario) for scenario in run.scenarios) + "\n"


def _without_rules(sarif: str) -> str:
    """Leave the catalogue out, which is the same in all, and so that a new rule changes no golden file."""
    document = json.loads(sarif)
    document["runs"][0]["tool"]["driver"]["rules"] = []
    for result in document["runs"][0]["results"]:
        del result["ruleIndex"]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _wiki(run: RunResult) -> str:
    part = TicketPart(ticket="", run=run, assessment=_assessed(run), note="")
    return render_wiki(part, attached=("report.html",), mark="harness-0123456789ab")


def _summary(run: RunResult, history: History | None) -> str:
    return "\n".join(summary_text(run, _assessed(run), Path("reports/latest"), history)) + "\n"


def _assessed(run: RunResult) -> Assessment:
    return assess(run, contracts=contracts())


def _gate(run: RunResult) -> str:
    """Gate a run whose evidence may come from anywhere, with two operations required."""
    policy = Policy(operations=("ListApiTokens", "GetWorkspace"), max_breaking=0, evidence=Source.SANDBOX)
    return gate_text(assess(run, policy))


TRAFFIC = Traffic(
    cassettes=2,
    calls=9,
    operations={"ListUsers": 4, "GetWorkspace": 2, "ListAlerts": 1},
    unknown={"GET /things|x": 1},
    newer=1,
)
"""What a recorded set uses."""


def _narrowed(run: RunResult) -> Coverage:
    return narrowed(cover(run, contracts()), TRAFFIC.operations)


RENDERINGS: dict[str, Callable[[RunResult, History | None], str]] = {
    "report.html": lambda run, history: render_html(run, _assessed(run), history),
    "report.md": lambda run, history: render_markdown(run, _assessed(run), history),
    "run.json": lambda run, history: render_json(run, _assessed(run), history),
    "failures.txt": lambda run, _: _failures(run),
    "summary.txt": _summary,
    "gate.txt": lambda run, _: _gate(run),
    "junit.xml": lambda run, _: render_junit(run, _assessed(run)),
    "ctrf.json": lambda run, _: render_ctrf(run, _assessed(run)),
    "sarif.json": lambda run, _: _without_rules(render_sarif(run, _assessed(run))),
    "notes.md": lambda run, _: render_migration_notes(run, _assessed(run)),
    "wiki.txt": lambda run, _: _wiki(run),
    "annotations.txt": lambda run, _: github_annotations(notes_of(run, _assessed(run))),
    "code-quality.json": lambda run, _: code_quality(notes_of(run, _assessed(run))),
    "coverage.txt": lambda run, _: coverage_text(cover(run, contracts()), None),
    "coverage.md": lambda run, _: coverage_markdown(_narrowed(run), TRAFFIC),
}


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("name", RUNS)
def test_what_people_read_is_what_it_was(name: str, rendering: str) -> None:
    """A change of a report shows in a review."""
    text = RENDERINGS[rendering](RUNS[name](), HISTORIES.get(name))
    path = GOLDEN / f"{name}.{rendering}"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()
