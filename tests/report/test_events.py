"""The event log: appended by many, merged by concatenation, loud about damage."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from harness.causes import causes_of
from harness.difference import Kind
from harness.errors import UsageError
from harness.report.events import (
    EventLog,
    RunStarted,
    dump_scenario,
    failed_together,
    load_scenario,
    read_run,
)
from harness.result import RunResult, ScenarioResult, TableRow, Verdict
from tests.report.builders import difference, evidence, failing_run, finding, hostile_run, scenario, step

FINISHED = "2026-11-21T10:00:02.500Z"


def _started(run: str, *planned: str, **changes: object) -> RunStarted:
    fields: dict[str, object] = {
        "run": run,
        "tool": "astro-migration-harness 0.1.0",
        "mode": "replay",
        "environment": "production",
        "profile": "strict",
        "planned": planned,
        "started": "2026-11-21T10:00:00.000Z",
    }
    return RunStarted(**{**fields, **changes})  # type: ignore[arg-type]  # a test's shorthand


def _write(path: Path, start: RunStarted, *scenarios: ScenarioResult, end: str = FINISHED) -> Path:
    with EventLog.join(path) as log:
        log.run_started(start)
        for result in scenarios:
            log.scenario_finished(result)
        if end:
            log.run_finished(start.run, end)
    return path


def _ids(run: RunResult) -> list[str]:
    return [result.id for result in run.scenarios]


@pytest.mark.parametrize("made", [failing_run(), hostile_run()], ids=["failing", "hostile"])
def test_a_log_gives_back_what_was_written(tmp_path: Path, made: RunResult) -> None:
    """Every field of every result survives, whatever it holds."""
    path = _write(tmp_path / "new" / "events.jsonl", _started("r"), *made.scenarios)
    expected = sorted(made.scenarios, key=lambda result: result.id)
    assert read_run(path).scenarios == tuple(expected)


def test_the_header_comes_back(tmp_path: Path) -> None:
    """How the run was made is in every report."""
    run = read_run(_write(tmp_path / "e", _started("r", "a", "b", acceptances=False), scenario(id="a")))
    assert (run.mode, run.environment, run.profile) == ("replay", "production", "strict")
    assert (run.started, run.finished, run.acceptances) == ("2026-11-21T10:00:00.000Z", FINISHED, False)
    assert (run.planned, run.unfinished) == (2, ("b",))


def test_workers_share_one_file(tmp_path: Path) -> None:
    """Every event is one whole line, whoever writes it, and each worker says what was planned."""
    path = tmp_path / "events.jsonl"
    logs = [EventLog.join(path) for _ in range(3)]
    ids = [f"s{number:02}" for number in range(12)]
    for log in logs:
        log.run_started(_started("one", *ids))
    for number, id_ in enumerate(ids):
        logs[number % 3].scenario_finished(scenario(step(), id=id_))
    logs[0].run_finished("one", FINISHED)
    for log in logs:
        log.close()
        log.close()
    run = read_run(path)
    assert (run.planned, _ids(run), run.unfinished, run.finished) == (12, ids, (), FINISHED)


def test_shards_merge_in_any_order_of_lines(tmp_path: Path) -> None:
    """Concatenation is the merge: other ids add up, the same ids do not count twice."""
    first = _write(tmp_path / "1", _started("one", "a", "b"), scenario(id="a"), scenario(id="b"))
    second = _write(tmp_path / "2", _started("two", "c"), scenario(id="c"))
    again = _write(tmp_path / "3", _started("three", "c"), scenario(id="c"))
    lines = [line for path in (first, second, again) for line in path.read_bytes().splitlines(keepends=True)]
    random.Random(7).shuffle(lines)  # noqa: S311 - any order will do
    whole = tmp_path / "whole"
    whole.write_bytes(b"".join(lines) + b"\n")
    run = read_run(whole)
    assert (run.planned, _ids(run), run.finished) == (3, ["a", "b", "c"], FINISHED)
    assert read_run(first, second, again) == run


def test_what_one_run_left_out_another_may_have_run(tmp_path: Path) -> None:
    """Of logs that are named together, only what none of them planned is left out."""
    first = _write(tmp_path / "1", _started("one", "a", omitted=("b", "c")), scenario(id="a"))
    second = _write(tmp_path / "2", _started("two", "b", omitted=("a", "c")), scenario(id="b"))

    assert read_run(first).omitted == ("b", "c")
    assert read_run(first, second).omitted == ("c",)


def test_the_evidence_of_shards_adds_up(tmp_path: Path) -> None:
    """Causes are made from the merged log: samples without the finding count from any shard."""
    gone = finding(
        difference(kind=Kind.REMOVED, path="$.body.x", to="", seen=1, samples=1), rule="property-removed"
    )
    has, lacks = evidence(data={"x": 1}), evidence(data={"y": 1})
    lost = scenario(step(gone, baseline=has, candidate=lacks, verdict=Verdict.MISMATCH), id="a")
    kept = scenario(step(baseline=has, candidate=has), id="b")
    logs = [
        _write(tmp_path / "a.jsonl", _started("a", "a"), lost),
        _write(tmp_path / "b.jsonl", _started("b", "b"), kept),
    ]
    (cause,) = causes_of(read_run(*logs))

    assert causes_of(read_run(*reversed(logs))) == (cause,)
    assert (str(cause.samples.found), str(cause.samples.scenarios)) == ("1 of 2", "1 of 2")
    assert cause.together == "property-became-optional"
    assert causes_of(read_run(logs[0]))[0].together == "property-removed"


def test_what_no_row_of_a_table_needs_is_told_of_all_logs(tmp_path: Path) -> None:
    """Rows may run on several machines: only together they show that none needs an acceptance."""
    unused = step(where="a.yaml:9", verdict=Verdict.MISMATCH)
    table = TableRow(rows=2, unmatched=(unused,))
    logs = [
        _write(tmp_path / name, _started(name), scenario(id=f"a[{name}]", verdict=Verdict.MATCH, table=table))
        for name in "ab"
    ]

    alone, whole = read_run(logs[0]), read_run(*logs)

    assert [each.steps for each in alone.scenarios] == [()]
    assert [each.steps for each in whole.scenarios] == [(), (unused,)]
    assert {each.table for each in whole.scenarios} == {None}


def test_settings_that_differ_between_shards_are_all_named(tmp_path: Path) -> None:
    """A merged report does not pretend that one mode was used."""
    first = _write(tmp_path / "1", _started("one", "a"), scenario(id="a"))
    second = _write(tmp_path / "2", _started("two", "b", mode="live", acceptances=False), scenario(id="b"))
    run = read_run(first, second)
    assert (run.mode, run.acceptances) == ("live, replay", False)


def test_the_last_result_of_a_scenario_wins(tmp_path: Path) -> None:
    """A scenario that was run again has one result."""
    bad, good = scenario(step(verdict=Verdict.MISMATCH)), scenario(step())
    run = read_run(_write(tmp_path / "e", _started("r", good.id), bad, good))
    assert [result.verdict for result in run.scenarios] == [Verdict.MATCH]


def test_a_stopped_run_can_be_read_and_says_what_is_missing(tmp_path: Path) -> None:
    """Its half-written last line is dropped, and its scenario is not finished."""
    path = _write(tmp_path / "e", _started("r", "a", "b"), scenario(id="a"), scenario(id="b"), end="")
    path.write_bytes(path.read_bytes()[:-40])
    run = read_run(path)
    assert (run.finished, run.planned, run.unfinished, _ids(run)) == ("", 2, ("b",), ["a"])


def test_one_stopped_shard_makes_the_whole_run_unfinished(tmp_path: Path) -> None:
    """The end of one shard is not the end of the run."""
    first = _write(tmp_path / "1", _started("one", "a"), scenario(id="a"))
    second = _write(tmp_path / "2", _started("two", "b"), scenario(id="b"), end="")
    assert read_run(first, second).finished == ""


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b'{"event":"scenario-fin', "line is damaged"),
        (b"\xff\xfe", "line is damaged"),
        (b'{"event":"scenario-started"}', "line is damaged"),
        (b'{"event":"scenario-finished","scenario":{"id":1}}', "line is damaged"),
        (b'{"event":"run-started","format":2,"shape":"new"}', "has format 2"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_place(tmp_path: Path, line: bytes, what: str) -> None:
    """A report of half a log would be a lie."""
    path = _write(tmp_path / "events.jsonl", _started("r", "a"), scenario(id="a"))
    path.write_bytes(line + b"\n" + path.read_bytes())
    with pytest.raises(UsageError) as caught:
        read_run(path)
    (problem,) = caught.value.problems
    assert problem.where == f"{path}:1"
    assert what in problem.what
    assert problem.advice


def test_a_newer_format_that_still_reads_is_refused(tmp_path: Path) -> None:
    """The number decides, not luck."""
    path = _write(tmp_path / "e", _started("r", "a", format=2), scenario(id="a"))
    with pytest.raises(UsageError, match="reads up to format 1"):
        read_run(path)


@pytest.mark.parametrize("content", [b"", b"\n\n", b'{"event":"run-finished","run":"r","finished":"x"}\n'])
def test_a_log_without_a_start_is_refused(tmp_path: Path, content: bytes) -> None:
    """Nothing is known of such a run, so nothing is reported of it."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="does not say how its run started"):
        read_run(path)


def test_a_log_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The message is one line."""
    with pytest.raises(UsageError, match=r"missing\.jsonl: the log of the run cannot be read"):
        read_run(tmp_path / "missing.jsonl")


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the reports should go."""
    (tmp_path / "reports").write_text("in the way")
    with pytest.raises(UsageError, match="cannot be written"):
        EventLog.join(tmp_path / "reports" / "events.jsonl")


def test_a_full_disk_is_said() -> None:
    """An event that did not reach the disk must not be missed."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with EventLog.join(full) as log, pytest.raises(UsageError, match="cannot be written"):
        log.run_finished("r", FINISHED)


def test_a_log_from_before_a_key_was_added_is_read(tmp_path: Path) -> None:
    """What an older version did not write takes its default: nobody knows."""
    path = tmp_path / "events.jsonl"
    _write(path, _started("r", "tokens/list"), scenario(step(finding(read=True))))
    text = path.read_text("utf-8")
    assert text.count(',"read":true') == 1
    assert text.count(',"operation":"","retries":[]}') == 2
    old = text.replace(',"read":true', "").replace(',"operation":"","retries":[]}', "}")
    path.write_text(old, "utf-8")

    (made,) = read_run(path).scenarios[0].steps

    assert made == step(finding())


def test_a_result_travels_as_text() -> None:
    """Between processes, one line of JSON carries a result."""
    (result,) = (each for each in failing_run().scenarios if each.id == "deployments/life")
    assert load_scenario(dump_scenario(result)) == result
    with pytest.raises(UsageError, match="not the result of a scenario"):
        load_scenario("{}")


def test_a_row_fails_by_what_all_rows_show_together(tmp_path: Path) -> None:
    """It is given with that alone; a line that is damaged is passed over."""
    unused, other = step(where="a.yaml:9", verdict=Verdict.MISMATCH), step()
    rows = [
        scenario(other, id=f"a[{name}]", table=TableRow(rows=2, unmatched=(unused,))) for name in ("x", "y")
    ]
    path = _write(tmp_path / "e", _started("r"), *rows, end="")
    with path.open("ab") as log:
        log.write(b'{"event":"scenario-finished","scenario":{"table":{')

    (failed,) = failed_together(path)

    assert (failed.id, failed.verdict, failed.steps) == ("a[y]", Verdict.MISMATCH, (unused,))
