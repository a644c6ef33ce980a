"""What is told of a plan."""

from __future__ import annotations

from harness.exchange import Side
from harness.planning import Call, RunPlan, ScenarioPlan
from harness.report.plan import plan_text

END = (
    "A captured list counts as one element, a walk as one page, a poll as one call; retries, repeats "
    "that tell noise, and what undoes an accepted probe are not counted."
)


def test_every_call_has_a_line() -> None:
    """Method, path, side and step; what may be more; then the numbers and the time."""
    calls = tuple(
        Call(side=side, method=method, path=f"/{side.value}/${{id}}", step=step, more=more)
        for method, step, more in (("GET", "li\nst", "more pages"), ("DELETE", "delete", ""))
        for side in Side
    )
    plan = RunPlan(
        environment="staging",
        scenarios=(
            ScenarioPlan(id="teams/life", calls=calls, lacks={"no token in A": 2}),
            ScenarioPlan(id="teams/list", reason="a.yaml:3: not run", lacks={"no token in A": 1}),
        ),
        limits={"GET": 25.0, "DELETE": 0.02},
    )

    assert plan_text(plan) == [
        "teams/life",
        "  GET    /baseline/${id}  v1beta1, li\\nst (more pages)",
        "  GET    /candidate/${id}  v1, li\\nst (more pages)",
        "  DELETE /baseline/${id}  v1beta1, delete",
        "  DELETE /candidate/${id}  v1, delete",
        "teams/list",
        "  a.yaml:3: not run",
        "Calls: at least 4 in 2 scenarios: 2 GET, 2 DELETE. None was made.",
        "Time: at least 1 min 42 s within the limits of `staging` (25 GET, 0.02 DELETE a second and token).",
        "Not counted: 3 probes, no token in A.",
        END,
    ]


def test_without_limits_there_is_no_time() -> None:
    """The sandbox has none; an empty plan has no methods."""
    plan = RunPlan(environment="sandbox", scenarios=(ScenarioPlan(id="a", lacks={}),), limits={})

    assert plan_text(plan) == [
        "a",
        "Calls: at least 0 in 1 scenario. None was made.",
        "Time: `sandbox` has no limits of requests.",
        END,
    ]


def test_a_second_is_the_least() -> None:
    """Nobody waits for nothing."""
    calls = (Call(side=Side.BASELINE, method="GET", path="/", step="s"),)
    plan = RunPlan(
        environment="e", scenarios=(ScenarioPlan(id="a", calls=calls, lacks={}),), limits={"GET": 25}
    )

    assert "Time: at least 1 s within the limits of `e` (25 GET a second and token)." in plan_text(plan)
