"""Where the evidence of a run came from, in rows that all reports show."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.report.words import count
from harness.result import RunResult, ScenarioResult, Source

_SOURCES: Mapping[Source, str] = MappingProxyType(
    {
        Source.LIVE: "live calls",
        Source.CASSETTE: "recorded calls, played back",
        Source.SANDBOX: "the sandbox",
    }
)


def provenance(run: RunResult) -> list[tuple[str, str]]:
    """Return where the evidence came from, as (what, value) rows; the values are foreign text."""
    rows = [
        ("Run", f"{run.mode}, environment {run.environment}, profile {run.profile}, {run.tool}"),
        ("Time", f"{run.started} to {run.finished}" if run.finished else f"{run.started}, not finished"),
    ]
    origins: dict[tuple[str, ...], list[ScenarioResult]] = {}
    for scenario in run.scenarios:
        origins.setdefault(_origin(scenario), []).append(scenario)
    for (source, contracts, urls), scenarios in sorted(origins.items()):
        times = sorted(each.provenance.recorded for each in scenarios if each.provenance)
        span = times[0] if times and times[0] == times[-1] else " to ".join(times[:1] + times[-1:])
        rows.append(("Evidence", f"{count(len(scenarios), 'scenario')} {source}{span and f', {span}'}"))
        rows += [("Contracts", contracts)] if contracts else []
        rows += [("Base URLs", urls)] if urls else []
    return rows


def _origin(scenario: ScenarioResult) -> tuple[str, str, str]:
    found = scenario.provenance
    if found is None:
        called = any(step.baseline or step.candidate for step in scenario.steps)
        return "from an unknown source" if called else "without evidence: no call was made", "", ""
    contracts = ", ".join(f"{name} of {date}" for name, date in found.contracts.items())
    urls = ", ".join(f"{name} {url}" for name, url in found.base_urls.items())
    tool = f"{found.tool}, anonymized" if found.anonymized else found.tool
    edited = ", edited by hand since it was recorded" if found.edited else ""
    return f"from {_SOURCES[found.source]} (environment {found.environment}, {tool}{edited})", contracts, urls
