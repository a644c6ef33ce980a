"""Runs are kept, once each, and compared with earlier ones."""

from __future__ import annotations

# What runs import is imported before: pytester forgets what an inner run imports, and each would do it anew.
import hypothesis  # noqa: F401 - its plugin wants it
import pytest

from harness.history import FILE, opened
from tests.calling import harness
from tests.plugin.inner import PLANS, USERS, Pytest, pytest_in, report, ship, write

FIRST = "No earlier run to compare with; this one is kept for the next."
SECOND = "Since 20??-??-?? ??:?? UTC: 0 new, 0 known, 1 accepted, 0 fixed, 0 regressed, 0 flaky"


def _kept(pytester: pytest.Pytester) -> list[int]:
    """Return how many scenarios each kept run had."""
    path = pytester.path / ".harness" / FILE
    if not path.exists():
        return []
    with opened(path, write=False) as store:
        return [run.scenarios for run in store.runs()]


def test_the_second_run_says_what_changed(pytester: pytest.Pytester, run: Pytest) -> None:
    """The summary's first line and run.json say it; the first run says that it is the first."""
    ship(pytester, PLANS)
    run().stdout.fnmatch_lines(["=*Astro API v1beta1 to v1*=", FIRST])
    run().stdout.fnmatch_lines(["=*Astro API v1beta1 to v1*=", SECOND])
    history = report(pytester)["history"]

    assert history["counts"]["accepted"] == len(history["findings"]) == 1
    assert [each["accepted"] for each in history["trend"]] == [1, 1]
    assert _kept(pytester) == [1, 1]


def test_a_finding_comes_and_goes(pytester: pytest.Pytester, run: Pytest) -> None:
    """What was accepted counts as known where acceptances are ignored; such a run is not kept."""
    ship(pytester, USERS, PLANS)
    run("-k", "users")
    run()
    again = run("--without-acceptances")

    again.stdout.fnmatch_lines(["Since * 0 new, 1 known, 0 accepted, *"])
    assert _kept(pytester) == [1, 2]


@pytest.mark.parametrize("options", [("--collect-only",), ("--no-history",)])
def test_what_is_not_kept(pytester: pytest.Pytester, run: Pytest, options: tuple[str, ...]) -> None:
    """A collection is no run, and who asks for it leaves no trace."""
    ship(pytester, USERS)
    result = run(*options)

    assert not (pytester.path / ".harness").exists()
    result.stdout.no_fnmatch_line("No earlier run*")


def test_it_can_be_switched_off(pytester: pytest.Pytester, run: Pytest) -> None:
    """A project that wants no history has none."""
    ship(pytester, USERS)
    write(pytester, "pyproject.toml", "[tool.harness]\nhistory = false\n")
    run()

    assert not (pytester.path / ".harness").exists()
    assert report(pytester)["history"] is None


def test_workers_keep_one_run(pytester: pytest.Pytester) -> None:
    """However many processes share a run, it is kept once."""
    ship(pytester, USERS, PLANS)
    process = pytest_in(pytester, "-n", "2", "-p", "no:cacheprovider")
    told, _ = process.communicate(timeout=50)

    assert process.returncode == pytest.ExitCode.OK, told
    assert FIRST in told
    assert _kept(pytester) == [2]


def test_shards_are_kept_when_they_are_merged(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shard is no run; merging keeps the whole once, however often it is merged."""
    monkeypatch.chdir(pytester.path)
    ship(pytester, USERS, PLANS)
    for number in (1, 2):
        run("--shard", f"{number}/2", "--report-dir", f"shard{number}")
    assert _kept(pytester) == []

    for _ in range(2):
        merged = harness("merge", "shard1/events.jsonl", "shard2/events.jsonl")
        assert merged.out.splitlines()[0] == FIRST
    assert _kept(pytester) == [2]
    again = harness("report", "reports/merged/events.jsonl", "--output", "again")

    assert again.out.splitlines()[0] == FIRST
    assert _kept(pytester) == [2]


def test_a_damaged_history_loses_no_run(pytester: pytest.Pytester, run: Pytest) -> None:
    """The run is reported as always, and one line says what is wrong with the history."""
    ship(pytester, USERS)
    write(pytester, f".harness/{FILE}", "no database " * 100)
    result = run()

    assert result.ret == pytest.ExitCode.OK
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["Not compared with earlier runs: *it is damaged*Move it away*"])
    assert report(pytester)["history"]["trouble"]
