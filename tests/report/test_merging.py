"""Logs of shards become one, or the reasons why they do not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.report.events import EventLog, RunStarted, read_run
from harness.report.merging import merge_logs
from harness.result import ScenarioResult, Verdict
from harness.shards import Shard, collection

IDS = tuple(f"s{number}" for number in range(7))


def shard_log(directory: Path, number: int, **changed: Any) -> Path:
    """Write the log of one of three shards; ``changed`` are fields of its start, or how it went wrong."""
    shard = Shard(number=number, total=changed.pop("total", 3))
    planned = tuple(sorted(shard.takes(IDS)))
    left_out = changed.pop("left_out", 0)
    stopped = changed.pop("stopped", False)
    verdict = changed.pop("verdict", Verdict.MATCH)
    name: str = changed.pop("name", f"{number}.jsonl")
    how: dict[str, Any] = {
        "run": f"r{name}",
        "tool": "t 1",
        "mode": "replay",
        "environment": "staging",
        "profile": "strict",
        "planned": planned,
        "started": f"2026-11-01T00:00:0{number}.000Z",
        "shard": shard,
        "collected": len(IDS),
        "collection": collection(IDS),
    }
    with EventLog.join(directory / name) as log:
        log.run_started(RunStarted(**{**how, **changed}))
        for id_ in planned[: len(planned) - left_out]:
            log.scenario_finished(ScenarioResult(id=id_, title=id_, where="a.yaml:1", verdict=verdict))
        if not stopped:
            log.run_finished(f"r{name}", "2026-11-01T00:00:09.000Z")
    return directory / name


def _merged(directory: Path, *logs: Path, shards: int | None = None) -> Any:
    path = directory / "merged"
    path.write_bytes(merge_logs(logs, shards=shards))
    return read_run(path)


def _refused(*logs: Path, shards: int | None = None) -> list[str]:
    with pytest.raises(UsageError) as caught:
        merge_logs(logs, shards=shards)
    return str(caught.value).splitlines()


def test_shards_become_one_run(tmp_path: Path) -> None:
    """Every scenario is there once, nothing is missing, and the order of the logs does not matter."""
    logs = [shard_log(tmp_path, number) for number in (3, 1, 2)]
    run = _merged(tmp_path, *logs, shards=3)

    assert (run.planned, run.unfinished, run.missing) == (7, (), ())
    assert tuple(scenario.id for scenario in run.scenarios) == IDS
    assert merge_logs(logs) == merge_logs(logs[::-1])


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    """A shard whose machine died is not taken for one that found nothing."""
    logs = [shard_log(tmp_path, 2)]

    assert _refused(*logs) == [
        "shards 1/3, 3/3 are missing. Name the log of each shard, or run the missing ones."
    ]
    assert read_run(*logs).missing == ("1/3", "3/3")


def test_another_number_of_shards_than_wanted(tmp_path: Path) -> None:
    """Where all of them say three and five are wanted, nothing is merged."""
    logs = [shard_log(tmp_path, number) for number in (1, 2, 3)]

    assert _refused(*logs, shards=5) == [
        "--shards: there must be 5 shards, and the logs are of 3. Name the log of each shard."
    ]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"collection": "0123456789ab"}, "collection"),
        ({"collected": 8}, "collection"),
        ({"total": 4}, "number of shards"),
        ({"environment": "production"}, "environment"),
        ({"mode": "live"}, "mode"),
        ({"profile": "tolerant"}, "profile"),
        ({"tool": "t 2"}, "version"),
        ({"acceptances": False}, "--without-acceptances"),
        ({"shard": None, "collected": 0, "collection": ""}, "number of shards"),
    ],
)
def test_shards_of_different_runs(tmp_path: Path, changed: dict[str, Any], name: str) -> None:
    """What was collected or asked for otherwise is not the same run; the log and the reason are named."""
    logs = [shard_log(tmp_path, 1), shard_log(tmp_path, 2, **changed), shard_log(tmp_path, 3)]
    lines = _refused(*logs)

    assert any(
        line.startswith(f"{logs[1]}: ")
        and f"is not of one run with shard 1/3 ({logs[0]}): another {name}." in line
        for line in lines
    ), lines


def test_a_scenario_that_did_not_finish(tmp_path: Path) -> None:
    """The counts of planned and of executed scenarios must agree; the scenario is named."""
    logs = [shard_log(tmp_path, 1), shard_log(tmp_path, 2, left_out=1), shard_log(tmp_path, 3)]
    (line,) = _refused(*logs)
    lost = max(Shard(number=2, total=3).takes(IDS))

    assert line.startswith(f"{logs[1]}: 1 planned scenario of shard 2/3 did not finish: {lost}.")


def test_a_shard_that_was_stopped(tmp_path: Path) -> None:
    """It may have stopped before it knew what else to do."""
    logs = [shard_log(tmp_path, 1), shard_log(tmp_path, 2, stopped=True), shard_log(tmp_path, 3)]
    (line,) = _refused(*logs)

    assert line.startswith(f"{logs[1]}: shard 2/3 was stopped before its end.")


def test_a_shard_that_was_run_again(tmp_path: Path) -> None:
    """The later run counts, whichever is named first; a half-written line of the first does no harm."""
    first = shard_log(tmp_path, 2, stopped=True, left_out=1, verdict=Verdict.ERROR)
    with first.open("ab") as file:
        file.write(b'{"event":"scenario-fin')
    again = shard_log(tmp_path, 2, name="again.jsonl", started="2026-11-01T00:00:08.000Z")
    others = [shard_log(tmp_path, 1), shard_log(tmp_path, 3)]
    run = _merged(tmp_path, again, first, *others)

    assert {scenario.verdict for scenario in run.scenarios} == {Verdict.MATCH}
    assert (run.planned, run.unfinished) == (7, ())


def test_a_scenario_that_nobody_planned(tmp_path: Path) -> None:
    """What ran and what was planned must be the same, in both directions."""
    logs = [shard_log(tmp_path, 1), shard_log(tmp_path, 2), shard_log(tmp_path, 3)]
    with EventLog.join(logs[0]) as log:
        log.scenario_finished(ScenarioResult(id="x", title="x", where="a.yaml:1", verdict=Verdict.MATCH))
    (line,) = _refused(*logs)

    assert line.startswith(f"{logs[0]}: 1 scenario ran that no log plans: x.")


def test_shards_that_do_not_plan_what_was_collected(tmp_path: Path) -> None:
    """A scenario that fell to no shard is missed."""
    ids = collection(IDS)
    logs = [
        shard_log(tmp_path, number, total=2, collected=9, collection=ids, name=f"{number}.jsonl")
        for number in (1, 2)
    ]
    (line,) = _refused(*logs)

    assert line.startswith("9 scenarios were collected, and the shards plan 7.")


def test_logs_of_whole_runs(tmp_path: Path) -> None:
    """Runs without shards merge as well, so many as there must be."""
    whole: dict[str, Any] = {"shard": None, "collected": 0, "collection": ""}
    logs = [shard_log(tmp_path, 1, **whole), shard_log(tmp_path, 2, **whole)]

    assert _merged(tmp_path, *logs, shards=2).planned == 5
    assert len(_refused(*logs, shards=3)) == 1


def test_a_log_without_a_start(tmp_path: Path) -> None:
    """An empty file is no shard that found nothing."""
    (tmp_path / "empty.jsonl").write_text("", "utf-8")

    assert _refused(tmp_path / "empty.jsonl")[0].startswith(
        f"{tmp_path / 'empty.jsonl'}: the log does not say"
    )
