"""What is told of a scan."""

from __future__ import annotations

import json

from harness.report.scan import scan_annotations, scan_json, scan_text
from harness.scan import Effort, Found, Kind, Scan

FOUND = Found(
    path="jobs/a.py",
    line=3,
    column=5,
    kind=Kind.CALL,
    effort=Effort.CHANGE,
    text='get("/iam/v1beta1/organizations/o")',
    replacement='get("/v1/organizations/o")',
    method="GET",
    endpoint="/organizations/o",
    operations=("GetOrganization",),
)
SCAN = Scan(
    files=2,
    found=(FOUND, Found(path="b", line=1, column=1, kind=Kind.CALL, effort=Effort.NONE, text="x")),
    skipped={"big.sql": "it is larger than 4 MiB"},
)


def test_text_shows_the_line_and_what_to_write() -> None:
    """As a difference of two lines, at a place that editors open; then the totals, and what was not read."""
    assert scan_text(SCAN).splitlines()[:3] == [
        "jobs/a.py:3:5: GET /organizations/o (GetOrganization): to be changed",
        '  - get("/iam/v1beta1/organizations/o")',
        '  + get("/v1/organizations/o")',
    ]
    assert scan_text(SCAN).splitlines()[-2:] == [
        "big.sql: not read, it is larger than 4 MiB",
        "2 files read: 1 to be changed, 1 nothing to change here.",
    ]


def test_nothing_is_said_plainly() -> None:
    """A clean tree is one line."""
    assert scan_text(Scan(files=1, found=())) == "1 file read: nothing of v1beta1.\n"


def test_json_has_everything() -> None:
    """Programs get what people get."""
    read = json.loads(scan_json(SCAN))

    assert read["files"] == 2
    assert read["found"][0]["operations"] == ["GetOrganization"]
    assert read["found"][0]["replacement"] == FOUND.replacement


def test_annotations_stand_at_the_lines() -> None:
    """One a place that needs something and a file that was not read; nothing for what needs nothing."""
    first, skipped, last = scan_annotations(SCAN).splitlines()

    assert skipped.startswith("::notice file=big.sql,title=Astro API v1beta1::This was not read: ")
    assert first.startswith("::warning file=jobs/a.py,line=3,col=5,title=Astro API v1beta1::GET ")
    assert last.startswith("2 files read")


def test_a_line_of_a_file_is_no_command() -> None:
    """What a file holds is data: it can neither end its annotation nor begin another one."""
    evil = Found(
        path="a,line=9::b\n::error::x",
        line=1,
        column=1,
        kind=Kind.BASE_URL,
        effort=Effort.CHANGE,
        text="x\n::error::100%",
        replacement="y\r\n::set-output name=a::b\x1b[31m%",
    )
    lines = scan_annotations(Scan(files=1, found=(evil,))).split("\n")

    assert len(lines) == 3
    assert [line for line in lines if line.startswith("::")] == lines[:1]
    assert "file=a%2Cline=9%3A%3Ab%0A" in lines[0]
    assert "\x1b" not in lines[0]


def test_a_path_that_is_not_understood_is_no_unknown_operation() -> None:
    """It may be one of v1beta1 all the same."""
    found = Found(
        path="a",
        line=1,
        column=1,
        kind=Kind.CALL,
        effort=Effort.REVIEW,
        text="x",
        endpoint="/organizations/...",
    )
    (line, *_) = scan_text(Scan(files=1, found=(found,))).splitlines()

    assert line == "a:1:1: a call of /organizations/... (not understood): to be looked at"


def test_a_line_that_is_cut_says_so() -> None:
    """Half a line that looks whole would be pasted."""
    found = Found(
        path="a",
        line=1,
        column=1,
        kind=Kind.BASE_URL,
        effort=Effort.CHANGE,
        text="x" * 500,
        replacement="y" * 500,
    )
    scan = Scan(files=1, found=(found,))

    assert [line[-1] for line in scan_text(scan).splitlines()[1:3]] == ["…", "…"]
    assert scan_annotations(scan).splitlines()[0].endswith("y…")
