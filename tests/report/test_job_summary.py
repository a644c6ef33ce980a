"""The summary of a CI job."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.readiness import assess
from harness.report.job_summary import LARGEST_SUMMARY, render_job_summary
from harness.report.markdown import LIMIT, render_markdown
from harness.result import RunResult, Verdict
from tests.report.builders import difference, failing_run, finding, run, scenario, step

URL = "https://ci.example.com/runs/7/artifacts/9"


def _many(number: int, letter: str) -> RunResult:
    """Build a run with so many causes, told with long texts."""
    return run(
        *(
            scenario(
                step(
                    finding(
                        difference(path=f"$.body.p{each}", to="", baseline=letter * 150),
                        explanation=f"{each} {letter * 400}",
                        fingerprint=f"{each:012x}",
                        cause=f"Thing.p{each}",
                    ),
                    verdict=Verdict.MISMATCH,
                ),
                id=f"s{each}",
                verdict=Verdict.MISMATCH,
            )
            for each in range(number)
        )
    )


def test_it_is_the_report_with_a_link() -> None:
    """A small run is told whole, below the link to the artifact."""
    made = failing_run()
    assessment = assess(made)

    assert render_job_summary(made, assessment) == render_markdown(made, assessment)
    assert render_job_summary(made, assessment, link=URL) == (
        f"The whole report: [artifact of this run]({URL})\n\n{render_markdown(made, assessment)}"
    )


@pytest.mark.parametrize("letter", ["x", "é", "漢", "🚀", "&"])
def test_it_stays_within_the_size_and_is_cut_between_findings(letter: str) -> None:
    """GitHub drops a summary that is too large as a whole; bytes count, whatever the letters."""
    made = _many(1_200, letter)
    text = render_job_summary(made, assess(made), link=URL)

    assert LIMIT < len(text.encode()) <= LARGEST_SUMMARY
    assert "causes more: left out here to stay under" in text
    assert text.count("```") % 2 == 0
    assert text.index("### 1. ") < text.index("### 2. ") < text.index("causes more: left out")


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "reports/latest", "https://a.example/x) [y](z", "https://", "https://a/\n"],
)
def test_a_link_that_is_none(link: str) -> None:
    """It is refused: what stands in Markdown must be a link and nothing else."""
    with pytest.raises(UsageError, match=r"^--link: this is not the URL of a page"):
        render_job_summary(failing_run(), assess(failing_run()), link=link)
