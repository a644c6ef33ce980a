"""The bundle of a ticket."""

from __future__ import annotations

import io
import json
import zipfile

from harness.report.bundle import archive, bundle_of
from harness.report.ticket import part_of
from tests.report.builders import failing_run


def test_what_is_in_a_bundle() -> None:
    """The page, the Markdown, and an archive with every pair and the part of the run for programs."""
    files = bundle_of(part_of(failing_run(), "PLAT-413"), "github").files()
    packed = zipfile.ZipFile(io.BytesIO(files["exchanges.zip"]))
    scenarios = json.loads(packed.read("run.json"))["scenarios"]

    assert sorted(files) == ["exchanges.zip", "report.html", "report.md"]
    assert b"This is the part of a run that belongs to PLAT-413" in files["report.html"]
    assert [scenario["id"] for scenario in scenarios] == ["tokens/list"]
    assert packed.namelist()[:2] == ["run.json", "exchanges/001-tokens-list/001-first-page.json"]
    assert len(packed.namelist()) == 1 + len(scenarios[0]["steps"])
    assert packed.testzip() is None


def test_equal_runs_give_equal_bytes() -> None:
    """Neither the clock nor the order of anything shows."""
    first, second = (bundle_of(part_of(failing_run(), "PLAT-412"), "jira").files() for _ in range(2))

    assert first == second


def test_files_in_an_archive_can_be_read() -> None:
    """By everybody, wherever it is unpacked, and with the same time everywhere."""
    (entry,) = zipfile.ZipFile(io.BytesIO(archive([("a/b.json", "{}\n")]))).infolist()

    assert entry.external_attr >> 16 == 0o100644
    assert entry.date_time == (1980, 1, 1, 0, 0, 0)
