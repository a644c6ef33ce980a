"""What is told of a recording."""

from __future__ import annotations

from pathlib import Path

from harness.recorder import Begun, Kept
from harness.report.recording import recording_text


def test_it_says_what_was_kept_and_what_to_do_next() -> None:
    """Each cassette with its exchanges."""
    text = recording_text(Kept(cassettes={Path("rec/baseline.yaml"): 2}, ignored=1), Path("rec"))

    assert text.startswith("rec/baseline.yaml: 2 exchanges\nNot kept: 1 exchange ")
    assert "harness inspect rec" in text


def test_it_says_what_was_not() -> None:
    """In flight, lost and damaged; and plainly where there is nothing."""
    flying = Begun(method="GET", url="https://a.example/\x1b[31m", started="")
    text = recording_text(Kept(flying=(flying,), lost=1, damaged=2), Path("rec"))

    assert text.splitlines() == [
        "rec: nothing was kept.",
        "In flight when it was killed: GET https://a.example/\\x1b[31m",
        "Lost: 1 exchange that could not be kept.",
        "Damaged: 2 lines of the journal, which is still there.",
    ]
