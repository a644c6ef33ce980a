"""``pytest --plan``: every call that a run would make, for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.planning import Call, RunPlan, ScenarioPlan
from harness.report.words import SIDES, count, visible
from harness.report.workflow_commands import quieted


def plan_text(plan: RunPlan) -> list[str]:
    """Return the lines: the calls by scenario, then how many they are and the time that they need."""
    return [quieted(visible(line)) for line in _lines(plan)]


def _lines(plan: RunPlan) -> Iterator[str]:
    for scenario in plan.scenarios:
        yield from _scenario(scenario)
    total = sum(plan.methods.values())
    methods = ", ".join(f"{number} {method}" for method, number in plan.methods.items())
    scenarios = count(len(plan.scenarios), "scenario")
    yield f"Calls: at least {total} in {scenarios}{methods and f': {methods}'}. None was made."
    if plan.limits:
        rates = ", ".join(f"{rate:g} {method}" for method, rate in plan.limits.items())
        limits = f"within the limits of `{plan.environment}` ({rates} a second and token)"
        yield f"Time: at least {_time(plan.seconds)} {limits}."
    else:
        yield f"Time: `{plan.environment}` has no limits of requests."
    lacks: Counter[str] = Counter()
    for scenario in plan.scenarios:
        lacks.update(scenario.lacks)
    for reason, number in lacks.items():
        yield f"Not counted: {count(number, 'probe')}, {reason}."
    yield (
        "A captured list counts as one element, a walk as one page, a poll as one call; retries, repeats "
        "that tell noise, and what undoes an accepted probe are not counted."
    )


def _scenario(scenario: ScenarioPlan) -> Iterator[str]:
    yield scenario.id
    if scenario.reason:
        yield f"  {scenario.reason}"
    yield from map(_call, scenario.calls)


def _call(call: Call) -> str:
    more = f" ({call.more})" if call.more else ""
    return f"  {call.method:<6} {call.path}  {SIDES[call.side]}, {call.step}{more}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(max(1, round(seconds)), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
