"""What the harness sees of a sandbox: scenarios run live, judged by the contracts that it serves."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from harness.contract import V1
from harness.openapi import dump_api
from harness.options import Mode, Options
from harness.result import ScenarioResult
from harness.runner import Runner
from harness.sandbox import SANDBOX_TOKEN, Clock, running
from harness.sandbox.setup import Setup
from harness.sandbox.switches import packaged, without
from harness.scenario import read_scenario
from harness.settings import SANDBOX, Environment, Settings
from harness.struct import replace

_PREAMBLE = "scenario: What the harness sees\n"


def seen(
    directory: Path,
    setup: Setup,
    text: str,
    token: str = SANDBOX_TOKEN,
    *,
    mode: Mode = Mode.LIVE,
    noise_calls: int = 0,
) -> ScenarioResult:
    """Run the steps of a scenario live against a sandbox of that setup; return what came of it.

    The harness judges by the contract of v1 that the sandbox serves: what is switched off is documented
    nowhere then. In record mode, :func:`replayed` plays what was recorded. Without ``noise_calls``, no
    call is repeated.
    """
    contracts = directory / "contracts"
    contracts.mkdir(parents=True, exist_ok=True)
    served = without(packaged(), setup.off)[V1].apis["v1"]
    (contracts / "v1.json").write_text(dump_api(served), "utf-8")
    path = directory / "scenarios" / "a.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_PREAMBLE + text, "utf-8")
    with running(setup=setup, clock=Clock()) as url:
        bases = {api: url + urlsplit(base).path for api, base in SANDBOX.base_urls.items()}
        return _run(directory, replace(SANDBOX, base_urls=bases), mode, token, noise_calls)


def replayed(directory: Path) -> ScenarioResult:
    """Play what :func:`seen` recorded in that directory."""
    return _run(directory, SANDBOX, Mode.REPLAY, "", 0)


def _run(
    directory: Path, environment: Environment, mode: Mode, token: str, noise_calls: int
) -> ScenarioResult:
    path = directory / "scenarios" / "a.yaml"
    options = Options(
        settings=Settings(
            root=directory,
            scenarios=(path.parent,),
            cassettes=directory / "cassettes",
            reports=directory / "reports",
            state=directory / ".harness",
            contracts=directory / "contracts",
            noise_calls=noise_calls,
        ),
        environment=environment,
        mode=mode,
        allow_writes=True,
        environ={SANDBOX.token: token},
    )
    runner = Runner(options)
    try:
        scenario = read_scenario(path, root=path.parent, base=directory)
        return runner.run(scenario, scenario.rows()[0])
    finally:
        runner.close()


def rules(result: ScenarioResult) -> set[str]:
    """Return the rules of all findings of a result."""
    return {finding.rule for step in result.steps for finding in step.findings}
