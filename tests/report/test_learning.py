"""What a run has to teach, as people read it."""

from __future__ import annotations

from pathlib import Path

from harness.learning import Amended, Lessons, Proposal, Refusal
from harness.report.learning import lessons_text

REFUSAL = Refusal(where="a.yaml:3", rule="type-changed", path="$.body.\x1b[2J", why="it is no value.")
LESSONS = Lessons(
    proposals=(Proposal(where="a.yaml:2", entry={}),),
    refusals=(REFUSAL,),
    files=(Amended(path=Path("a.yaml"), shown="a.yaml", before="x\ny\n", after="x\nz\ny\n"),),
)


def test_proposals_are_a_diff() -> None:
    """The diff comes first, then what was not proposed, then what to do."""
    assert lessons_text(LESSONS, written=False).splitlines() == [
        "--- a/a.yaml",
        "+++ b/a.yaml",
        "@@ -1,3 +1,4 @@",
        " x",
        "+z",
        " y",
        " ",
        "Not proposed: a.yaml:3: type-changed at $.body.\\x1b[2J: it is no value.",
        "1 acceptance proposed for 1 file: read them, then write them with `--write`.",
    ]


def test_what_was_written_is_told() -> None:
    """The diff says what it was."""
    assert lessons_text(LESSONS, written=True).splitlines()[-1] == (
        "1 acceptance written into 1 file: read them before you commit them."
    )


def test_nothing_to_propose() -> None:
    """One line says so, below what was refused."""
    assert lessons_text(Lessons(), written=False) == "Nothing to propose.\n"
    assert lessons_text(Lessons(refusals=(REFUSAL,)), written=True).splitlines()[-1] == "Nothing to propose."
