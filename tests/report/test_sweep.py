"""What is told of a sweep."""

from __future__ import annotations

from pathlib import Path

from harness.errors import Problem
from harness.exchange import Side
from harness.ledger import Account, Entry
from harness.leftovers import Fate, Sweep, Swept
from harness.report.sweep import sweep_text

TEAMS = "https://a.example/v1/teams"


def entry(**labels: str) -> Entry:
    """Return an entry of a ledger."""
    return Entry(
        id=1,
        side=Side.CANDIDATE,
        scenario="teams/life",
        collection=TEAMS,
        labels=labels,
        where=".harness/ledger/a.jsonl:2",
    )


def test_what_was_settled_is_listed_and_counted() -> None:
    """A line each, with the names by which people know it."""
    swept = (
        Swept(run="r1", entry=entry(name="harness\x1b r1"), fate=Fate.DELETED, url=f"{TEAMS}/t1"),
        Swept(run="r1", entry=entry(), fate=Fate.GONE, url=f"{TEAMS}/t2"),
        Swept(run="r2", entry=entry(), fate=Fate.ABSENT),
    )

    assert sweep_text(Sweep(environment="staging", swept=swept, elsewhere={})).splitlines() == [
        f'deleted: v1 {TEAMS}/t1, name "harness\\x1b r1" (teams/life, run r1)',
        f"gone already: v1 {TEAMS}/t2 (teams/life, run r1)",
        f"never made: v1 something in {TEAMS} (teams/life, run r2)",
        "staging: 1 deleted, 1 gone already, 1 never made.",
    ]


def test_what_is_left_says_what_to_do() -> None:
    """By its URL, or by looking for it; and the file to delete in the end."""
    swept = (
        Swept(run="r", entry=entry(), fate=Fate.LEFT, url=f"{TEAMS}/t1", why="the DELETE failed"),
        Swept(run="r", entry=entry(), fate=Fate.LEFT, why="lost, and no operation lists such things"),
    )
    end = "or run this again; `--forget staging` drops it from the ledger."

    assert sweep_text(Sweep(environment="staging", swept=swept, elsewhere={})).splitlines() == [
        f"left: v1 {TEAMS}/t1 (teams/life, run r)",
        "  the DELETE failed",
        f"  Delete it by hand, {end}",
        f"left: v1 something in {TEAMS} (teams/life, run r)",
        "  lost, and no operation lists such things",
        f"  Look for it yourself and delete it, {end}",
        "staging: 2 left.",
    ]


def test_a_dry_run_says_what_would_be_done() -> None:
    """What would be deleted, and what would be looked for."""
    swept = (
        Swept(run="r", entry=entry(), fate=Fate.PLANNED, url=f"{TEAMS}/t1"),
        Swept(run="r", entry=entry(), fate=Fate.PLANNED, why="lost"),
    )

    assert sweep_text(Sweep(environment="staging", swept=swept, elsewhere={})).splitlines() == [
        f"to delete: v1 {TEAMS}/t1 (teams/life, run r)",
        f"to look for: v1 something in {TEAMS} (teams/life, run r)",
        "  lost",
        "staging: 2 to settle.",
    ]


def test_what_was_not_touched_is_told() -> None:
    """Damaged lines, runs that live, other environments."""
    sweep = Sweep(
        environment="staging",
        damaged=(Problem(where="a.jsonl:3", what="odd", advice="Look."),),
        alive=(Account(path=Path("b.jsonl"), run="r3", process=7),),
        elsewhere={"production": 2},
    )

    assert sweep_text(sweep).splitlines() == [
        "a.jsonl:3: odd. Look.",
        "Run r3 still runs, as process 7: its ledger is left alone.",
        "In `production`, 2 things may be left; see `harness sweep --environment production`.",
        "staging: 1 damaged line.",
    ]


def test_what_is_not_settled_for_good_is_told() -> None:
    """What may still be made, what was dropped, and ledgers that no environment is known of."""
    swept = (
        Swept(run="r", entry=entry(), fate=Fate.PENDING, why="lost: run this again after 10:00"),
        Swept(run="r", entry=entry(), fate=Fate.FORGOTTEN, url=f"{TEAMS}/t1"),
    )
    nameless = (Problem(where="a.jsonl", what="whose is it", advice="Look."),)
    sweep = Sweep(environment="staging", swept=swept, nameless=nameless, elsewhere={})

    assert sweep_text(sweep).splitlines() == [
        f"not known yet: v1 something in {TEAMS} (teams/life, run r)",
        "  lost: run this again after 10:00",
        f"forgotten: v1 {TEAMS}/t1 (teams/life, run r)",
        "a.jsonl: whose is it. Look.",
        "staging: 1 not known yet, 1 forgotten, 1 ledger without an environment.",
    ]


def test_nothing_left_is_said() -> None:
    """In one line."""
    assert sweep_text(Sweep(environment="staging", elsewhere={})) == (
        "staging: nothing is left of runs that have ended.\n"
    )
