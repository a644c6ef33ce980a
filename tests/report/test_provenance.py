"""Where the evidence came from, in rows."""

from __future__ import annotations

from harness.report.provenance import provenance as rows_of
from harness.result import RunResult, Source
from harness.struct import replace
from tests.report.builders import provenance, run, scenario, step


def test_provenance_groups_scenarios_by_their_origin() -> None:
    """One row an origin, with the time between its first and last recording."""
    late = provenance(recorded="2026-11-22T00:00:00.000Z")
    made: RunResult = run(
        scenario(id="a"),
        scenario(id="b", provenance=late),
        scenario(id="c", provenance=provenance(Source.SANDBOX)),
        scenario(step(), id="d", provenance=None),
        scenario(id="e", provenance=None),
    )
    rows = [value for name, value in rows_of(made) if name == "Evidence"]
    tool, first = "astro-migration-harness 0.1.0", "2026-11-20T09:30:00.000Z"
    played = f"recorded calls, played back (environment production, {tool})"
    assert rows == [
        "1 scenario from an unknown source",
        f"2 scenarios from {played}, {first} to 2026-11-22T00:00:00.000Z",
        f"1 scenario from the sandbox (environment sandbox, {tool}), {first}",
        "1 scenario without evidence: no call was made",
    ]


def test_an_anonymous_recording_is_told_as_one() -> None:
    """Who looks for an id of it in the service must know that there is none."""
    made = run(scenario(provenance=replace(provenance(), anonymized=True)))
    told = [value for name, value in rows_of(made) if name == "Evidence"]

    assert "astro-migration-harness 0.1.0, anonymized)" in told[0]


def test_an_edited_recording_is_told_as_one() -> None:
    """What somebody wrote into it, the service did not answer."""
    made = run(scenario(provenance=replace(provenance(), edited=True)))
    told = [value for name, value in rows_of(made) if name == "Evidence"]

    assert "astro-migration-harness 0.1.0, edited by hand since it was recorded)" in told[0]
