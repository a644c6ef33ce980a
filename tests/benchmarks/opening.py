"""The page of a long run: how large it is, how long it takes to write, and to open in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.contract import load_contracts
from harness.exchange import Json
from harness.readiness import assess
from harness.report.html import html_files
from harness.result import RunResult, ScenarioResult, Verdict
from harness.rules import Severity
from tests.benchmarks.measure import Row, milliseconds
from tests.benchmarks.workspace import Workspace
from tests.report.browser import chromium, opened_browser
from tests.report.builders import difference, evidence, finding, run, scenario, step
from tests.report.histories import of_states

_MEGABYTE = 1_000_000
_SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def opening(workspace: Workspace) -> Iterator[Row]:
    """Render a run of many pairs, each fifth with a new finding of its own, and open what comes of it."""
    pairs = 100 if workspace.quick else 10_000
    made = long_run(pairs)
    assessment = assess(made, contracts=load_contracts())
    history = of_states({f"{number:012x}": "new" for number in range(0, pairs, 5)})
    files: dict[str, str] = {}
    taken = milliseconds(lambda: files.update(html_files(made, assessment, history)), times=workspace.times)
    what = f"report.html of {pairs:,} pairs and {pairs // 5:,} findings"
    sizes = {name: len(text.encode()) for name, text in files.items()}
    yield Row(what=f"{what}: write", ours=taken)
    yield Row(what=f"{what}: size", ours=sizes["report.html"] / _MEGABYTE, bar=5, unit="MB")
    yield Row(what=f"{what}: size of all files", ours=sum(sizes.values()) / _MEGABYTE, unit="MB")
    directory = workspace.directory / "opening"
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    if chromium():
        yield Row(what=f"{what}: open", ours=_open(directory / "report.html", workspace.times), bar=2000)


def long_run(pairs: int) -> RunResult:
    """Build a run of scenarios of one step; each fifth has a finding that no other has."""
    return run(*(_scenario(number) for number in range(pairs)))


def _scenario(number: int) -> ScenarioResult:
    records: list[Json] = [{"id": f"clr8x{each:020}", "name": f"deployment {each}"} for each in range(10)]
    old: dict[str, Json] = {"deployments": records, f"field{number}": f"value {number}"}
    new: dict[str, Json] = {"deployments": records, f"newField{number}": f"value {number}"}
    severity = (Severity.BREAKING, Severity.RISKY)[number % 2]
    found = finding(
        difference(path=f"$.body.field{number}", to=f"$.body.newField{number}", seen=1, samples=1),
        severity=severity,
        explanation=f"ListDeployments: `field{number}` of v1beta1 is called `newField{number}` in v1.",
        fingerprint=f"{number:012x}",
    )
    differs = number % 5 == 0
    made = step(
        *([found] if differs else []),
        verdict=Verdict.MISMATCH if differs else Verdict.MATCH,
        where=f"scenarios/deployments/list-{number}.yaml:9",
        baseline=evidence("platform", old),
        candidate=evidence("v1", new if differs else old),
    )
    return scenario(made, id=f"deployments/list-{number}", ticket=f"PLAT-{number // 10}")


def _open(path: Path, times: int) -> float:
    """Return the milliseconds until the page has run its script and was drawn."""
    with opened_browser() as browser:
        page = browser.new_page()

        def load() -> None:
            page.goto("about:blank")
            page.goto(path.as_uri())
            page.evaluate(_SETTLED)

        return milliseconds(load, times=times)
