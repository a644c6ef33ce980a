"""What is told of a recording."""

from __future__ import annotations

from pathlib import Path

from harness.errors import Problem
from harness.recorder import Begun, Job, Kept
from harness.report.recording import job_text, recording_text, unread_text


def test_it_says_what_was_kept_and_what_to_do_next() -> None:
    """Each cassette with its exchanges."""
    text = recording_text(Kept(cassettes={Path("rec/baseline.yaml"): 2}, ignored=1), Path("rec"))

    assert text.startswith("rec/baseline.yaml: 2 exchanges\nNot kept: 1 exchange ")
    assert "harness inspect rec" in text


def test_it_says_what_was_not() -> None:
    """In flight, lost and damaged; and plainly where there is nothing."""
    flying = Begun(method="GET", url="https://a.example/\x1b[31m", started="")
    text = recording_text(
        Kept(flying=(flying,), lost=1, damaged=("rec/.recording/journal.jsonl:3",)), Path("rec")
    )

    assert text.splitlines() == [
        "rec: nothing was kept.",
        "In flight when it ended: GET https://a.example/\\x1b[31m",
        "Lost: 1 exchange that could not be kept.",
        "Damaged: rec/.recording/journal.jsonl:3",
        (
            "What ended in a damaged line is in no cassette: make that call again. "
            "The journal is still there; remove rec/.recording when you do not need it."
        ),
    ]


def test_it_names_no_thousands_of_damaged_lines() -> None:
    """Twenty, and how many more there are."""
    text = recording_text(Kept(damaged=("j:1",) * 21), Path("rec"))

    assert text.count("Damaged: j:1\n") == 20
    assert "\nAnd 1 more damaged line.\n" in text


def test_it_says_what_is_withheld() -> None:
    """Each exchange that lacks something because of a secret, but not thousands of them."""
    text = recording_text(Kept(withheld=("GET a: its body.",) * 22), Path("rec"))

    assert text.count("Withheld: GET a: its body.\n") == 20
    assert "And something of 2 more is withheld.\n" in text


def test_it_says_what_captured_files_lacked() -> None:
    """Lines that are none, and bodies that nobody wrote down."""
    problem = Problem(where="a.jsonl:3-5", what="this is no JSON object")

    assert unread_text([problem], 2).splitlines() == [
        "Not understood: a.jsonl:3-5: this is no JSON object",
        "Without the body of the response, which the file lacks: 2 exchanges.",
    ]
    assert unread_text([], 0, 1) == "Without the body of the request, which the file lacks: 1 exchange.\n"
    assert unread_text([], 0) == ""


def test_it_says_what_a_command_kept_to_itself() -> None:
    """Before what was kept: a process that outlived it, responses that nobody read, our own trouble."""
    job = Job(code=0, processes=2, running=1, parts=1, troubles=("OSError (line.py:1)", "KeyError"))
    text = job_text(Kept(), job, Path("rec"))

    assert text.splitlines() == [
        "Read in part: 1 response, of which the cassette has what was read.",
        "Still running: 1 of the command's processes, recorded until the command ended.",
        "The recorder had trouble in the command, and may lack exchanges: OSError (line.py:1), KeyError.",
        "rec: nothing was kept.",
    ]


def test_it_says_why_a_command_left_nothing() -> None:
    """It was not reached, or it called nobody."""
    unreached, silent = (job_text(Kept(), Job(code=0, reached=each), Path("rec")) for each in (False, True))

    assert unreached.startswith("No Python of the command was reached")
    assert silent.startswith("No process of the command called a host of the project's environments.")
