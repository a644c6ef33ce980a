"""How long the two sides take to answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.latency import ENOUGH, Latency, Speed, latencies, slower
from harness.readiness import assess
from harness.report.html import render_html
from harness.result import Source
from harness.rules import Check, Profile, Severity
from harness.struct import replace
from tests.report.builders import evidence, provenance, run, scenario, step, timed_run


def _one(number: int, old: float, new: float, source: Source = Source.LIVE) -> Latency:
    (found,) = latencies(timed_run(number, old, new, source))
    return found


@pytest.mark.parametrize(
    ("number", "old", "new", "speed"),
    [
        (40, 0.2, 0.5, Speed.SLOWER),
        (ENOUGH, 0.2, 0.5, Speed.SLOWER),
        (ENOUGH - 1, 0.2, 0.5, Speed.TOO_FEW),
        (40, 0.5, 0.2, Speed.FASTER),
        (40, 0.2, 0.2, Speed.ALIKE),
        (40, 0.02, 0.06, Speed.ALIKE),
        (40, 1.0, 1.4, Speed.ALIKE),
        (40, 0.06, 0.02, Speed.ALIKE),
    ],
)
def test_what_is_a_difference(number: int, old: float, new: float, speed: Speed) -> None:
    """A ratio and a floor must be passed, and there must be enough samples."""
    assert _one(number, old, new).speed is speed


def test_what_is_not_sure_is_no_difference() -> None:
    """Medians far apart prove nothing where the samples are spread over both."""
    mixed = [(0.1, 1.0) if at % 2 else (1.0, 0.1) for at in range(40)]
    mixed[0] = (0.1, 1.0)
    steps = [
        step(baseline=evidence("iam", elapsed=old), candidate=evidence("v1", elapsed=new))
        for old, new in mixed
    ]
    (found,) = latencies(run(scenario(*steps, provenance=provenance(Source.LIVE))))

    assert found.ratio > 5
    assert found.low is not None
    assert found.low < 1
    assert found.speed is Speed.ALIKE


def test_the_sandbox_is_not_judged() -> None:
    """Its times are shown, and told apart from those of other evidence of the same operation."""
    box, live = timed_run(40, 0.2, 0.5, Source.SANDBOX), timed_run(40, 0.2, 0.5)
    both = run(*box.scenarios, *live.scenarios)

    assert [each.speed for each in latencies(both)] == [Speed.SLOWER, Speed.SANDBOX]
    assert [each.samples for each in latencies(both)] == [40, 40]


def test_figures_of_a_side() -> None:
    """The median is the middle, the 95th percentile a value that was measured."""
    steps = [
        step(baseline=evidence("iam", elapsed=at / 100), candidate=evidence("v1", elapsed=at / 50))
        for at in range(1, 101)
    ]
    (found,) = latencies(run(scenario(*steps)))

    assert (found.baseline.median, found.baseline.p95) == (0.505, 0.95)
    assert (found.candidate.median, found.candidate.p95) == (1.01, 1.9)
    assert found.ratio == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"probe": "missing"},
        {"candidate": None},
        {"candidate": evidence("v1", status=404)},
        {"baseline": evidence("iam", status=0)},
        {"baseline": evidence("iam", elapsed=0.0)},
    ],
)
def test_what_is_no_sample(changes: dict[str, object]) -> None:
    """Probes, refusals, calls without an answer, and recordings without times are not counted."""
    assert latencies(run(scenario(step(**changes)))) == ()


def test_it_is_the_same_each_time() -> None:
    """The draws have a seed: two reports of one run say the same."""
    made = timed_run(60, 0.2, 0.5)

    assert latencies(made) == latencies(made)


@given(
    st.lists(st.tuples(st.floats(0.001, 10), st.floats(0.001, 10)), min_size=ENOUGH, max_size=60),
)
def test_the_interval_is_made_of_samples(times: list[tuple[float, float]]) -> None:
    """Its ends are in order, and no ratio lies outside of what the samples could give."""
    steps = [
        step(baseline=evidence("iam", elapsed=old), candidate=evidence("v1", elapsed=new))
        for old, new in times
    ]
    (found,) = latencies(run(scenario(*steps)))
    old, new = ([time[side] for time in times] for side in (0, 1))

    assert found.low is not None
    assert found.high is not None
    assert min(new) / max(old) - 0.01 <= found.low <= found.high <= max(new) / min(old) + 0.01


def test_the_interval_holds_what_is_true() -> None:
    """Of many runs with one true ratio, nearly all have it within their intervals."""
    held = 0
    for trial in range(60):
        steps = [
            step(
                operation=f"Trial{trial}",
                baseline=evidence("iam", elapsed=0.2 + ((trial * 31 + at * 17) % 97) / 1000),
                candidate=evidence("v1", elapsed=0.4 + ((trial * 57 + at * 41) % 97) / 500),
            )
            for at in range(30)
        ]
        (found,) = latencies(run(scenario(*steps)))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 2.0 <= found.high

    assert held >= 54


def test_a_slower_operation_is_a_finding_of_the_run() -> None:
    """It is risky, says both medians and how sure that is, and its fingerprint stays."""
    (finding,) = slower(latencies(timed_run(40, 0.2, 0.5)), Profile.STRICT, {})
    (later,) = slower(latencies(timed_run(50, 0.2, 0.9)), Profile.STRICT, {})

    assert (finding.rule, finding.severity, finding.check) == (
        "latency-regressed",
        Severity.RISKY,
        Check.BEHAVIOUR,
    )
    assert finding.explanation.startswith("ListApiTokens: the median of v1beta1's answers is 0.1")
    assert "(40 samples): 2.5" in finding.explanation
    assert finding.fingerprint == later.fingerprint


def test_its_severity_can_be_set() -> None:
    """The settings come before the profile."""
    measured = latencies(timed_run(40, 0.2, 0.5))
    (tolerant,) = slower(measured, Profile.TOLERANT, {})
    (breaking,) = slower(measured, Profile.TOLERANT, {"latency-regressed": Severity.BREAKING})

    assert (tolerant.severity, breaking.severity) == (Severity.INFO, Severity.BREAKING)


def test_slower_ones_stand_first() -> None:
    """What a reader looks for comes before what is alike, or proves nothing."""
    slow = timed_run(40, 0.2, 0.5, operation="Z").scenarios
    few = timed_run(2, 0.2, 0.5, operation="A").scenarios
    alike = timed_run(40, 0.2, 0.2, operation="B").scenarios
    made = replace(timed_run(1, 1, 1), scenarios=(*few, *alike, *slow))

    assert [each.operation for each in latencies(made)] == ["Z", "B", "A"]


@pytest.mark.parametrize("odd", [1e-7, 5e-324, 0.0, -1.0, float("nan"), float("inf"), 1e300, 86_401.0])
@pytest.mark.parametrize("number", [1, ENOUGH])
def test_times_that_nobody_measured_are_no_samples(odd: float, number: int) -> None:
    """Recordings of other tools hold anything: nothing is divided by it, and every report can be made."""
    steps = [
        step(
            operation="ListTeams",
            baseline=evidence("iam", elapsed=old),
            candidate=evidence("v1", elapsed=new),
        )
        for old, new in ((odd, 0.2), (0.2, odd), (odd, odd), (1e-6, 86_400.0))
        for _ in range(number)
    ]
    made = run(scenario(*steps, provenance=provenance(Source.LIVE)))
    (found,) = latencies(made)

    assert found.samples == number
    assert (found.baseline.median, found.candidate.median) == (1e-6, 86_400.0)
    assert "ListTeams" in render_html(made, assess(made))
