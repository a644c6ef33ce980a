"""Runs of shards: pytest inside pytest, with and without workers."""

from __future__ import annotations

import shutil

import pytest

from tests.calling import harness
from tests.plugin.inner import PLANS, USERS, Pytest, pytest_in, report, ship

TOKENS = "tokens/list"


def test_shards_of_a_run_merge_to_the_whole(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each scenario runs in one shard, and their logs make the report of a run without shards."""
    ship(pytester, USERS, PLANS, TOKENS)
    monkeypatch.chdir(pytester.path)
    passed = 0
    for number in (1, 2):
        result = run("--shard", f"{number}/2", "--report-dir", f"shards/{number}")
        passed += result.parseoutcomes()["passed"]
        alone = report(pytester, f"shards/{number}")
        assert alone["assessment"]["readiness"] != "GO"
        assert f"The run is not whole: it lacks shard {3 - number}/2." in alone["assessment"]["reasons"]
    merged = harness("merge", *sorted(pytester.path.glob("shards/*/events.jsonl")), "--output", "merged")
    whole = report(pytester, "merged")
    run()

    assert passed == 3
    assert merged.code == 0
    assert (whole["planned"], whole["missing"], whole["unfinished"]) == (3, [], [])
    for key in ("causes", "planned", "environment"):
        assert whole[key] == report(pytester)[key]


def test_a_shard_without_scenarios_is_no_mistake(
    pytester: pytest.Pytester, run: Pytest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there are more shards than scenarios, each one writes its log all the same."""
    ship(pytester, USERS)
    monkeypatch.chdir(pytester.path)
    codes = [run("--shard", f"{number}/2", "--report-dir", f"shards/{number}").ret for number in (1, 2)]
    merged = harness("merge", "shards/1/events.jsonl", "shards/2/events.jsonl", "--shards", "2")

    assert codes == [pytest.ExitCode.OK, pytest.ExitCode.OK]
    assert merged.code == 0
    shutil.rmtree(pytester.path / "scenarios")
    assert run("--shard", "1/2").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_shard_with_workers(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of xdist share the shard's scenarios and its log."""
    ship(pytester, USERS, PLANS, TOKENS)
    monkeypatch.chdir(pytester.path)
    for number in (1, 2):
        process = pytest_in(pytester, "-n", "2", "--shard", f"{number}/2", "--report-dir", f"s{number}")
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
    merged = harness("merge", "s1/events.jsonl", "s2/events.jsonl", "--shards", "2", "--output", "merged")

    assert merged.code == 0, merged.err
    assert report(pytester, "merged")["planned"] == 3


def test_what_others_deselected_is_in_no_shard(pytester: pytest.Pytester, run: Pytest) -> None:
    """-k and -m choose first, and what they left is dealt out; other tests run in every shard."""
    ship(pytester, USERS, PLANS, TOKENS)
    pytester.makepyfile(test_own="def test_own(): pass")
    one = run("--shard", "1/2", "-k", "own or users or organization").parseoutcomes()
    two = run("--shard", "2/2", "-k", "own or users or organization").parseoutcomes()

    assert (one["passed"], two["passed"]) == (2, 2)


def test_what_is_no_shard_is_refused(pytester: pytest.Pytester, run: Pytest) -> None:
    """Before anything is collected, on one line."""
    ship(pytester, USERS)
    result = run("--shard", "3/2")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --shard: `3/2` is no shard. Write for example `--shard 2/5` *"])
