"""A stage for scenarios: a project in a temporary directory, and two services that say what a test wants.

The services are respx routes: httpx is real up to its transport, and no socket is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import respx

from harness.cassette import Cassette
from harness.client.live import Client
from harness.exchange import Side
from harness.opening import open_targets
from harness.options import Mode, Options
from harness.result import ScenarioResult, StepResult
from harness.runner import Runner
from harness.scenario import Scenario, Step, read_scenario
from harness.settings import Environment, Retries, Settings
from harness.struct import replace
from harness.target import Target

HOST: Final = "https://astro.example.com"
BASES: Final = {"iam": f"{HOST}/iam/v1beta1", "platform": f"{HOST}/platform/v1beta1", "v1": f"{HOST}/v1"}
TOKEN: Final = "tok-5f1d0c7e9b2a4836"
ORGANIZATION: Final = "cmorg000000000000000000001"
ENVIRON: Final = {"ASTRO_API_TOKEN": TOKEN, "ASTRO_ORGANIZATION_ID": ORGANIZATION}
STAGING: Final = Environment(name="staging", base_urls=BASES, limits={})
SIDES: Final = {"old": Side.BASELINE, "new": Side.CANDIDATE}

Answer = Callable[[httpx.Request], httpx.Response]


def reply(data: Any = None, status: int = 200, **headers: str) -> httpx.Response:
    """Answer with JSON; without data, with no body. An underscore in a header's name stands for a hyphen."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if data is None:
        return httpx.Response(status, headers=fields)
    return httpx.Response(status, json=data, headers=fields)


def refusal(status: int, message: str = "no such thing") -> httpx.Response:
    """Answer with the vendor's error body."""
    return reply({"message": message, "requestId": "r-1", "statusCode": status}, status)


@dataclass
class Stage:
    """A project in ``root``; every call to its services is in ``calls``, in the order of arrival.

    ``old`` and ``new`` answer the calls to v1beta1 and to v1. ``noise_calls`` is the setting: without it, no
    call is repeated.
    """

    root: Path
    old: Answer
    new: Answer
    environ: dict[str, str] = field(default_factory=lambda: dict(ENVIRON))
    environment: Environment = STAGING
    options: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[Side, str, str]] = field(default_factory=list)
    noise_calls: int = 0
    requests: dict[Side, list[httpx.Request]] = field(default_factory=lambda: {side: [] for side in Side})

    @property
    def settings(self) -> Settings:
        """The settings of the project."""
        return Settings(
            root=self.root,
            scenarios=(self.root / "scenarios",),
            cassettes=self.root / "cassettes",
            reports=self.root / "reports",
            state=self.root / ".harness",
            retries=Retries(attempts=1),
            noise_calls=self.noise_calls,
        )

    def configured(self, mode: Mode) -> Options:
        """Return the options of a run; what ``options`` holds wins."""
        made = Options(
            settings=self.settings,
            environment=self.environment,
            mode=mode,
            allow_writes=True,
            environ=self.environ,
        )
        return replace(made, **self.options)

    def scenario(self, text: str, name: str = "a.yaml") -> Scenario:
        """Write a scenario and read it; a title is put before its keys."""
        path = self.root / "scenarios" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"scenario: On the stage\n{text}", "utf-8")
        return read_scenario(path, root=self.root / "scenarios", base=self.root)

    def targets(self, text: str, mode: Mode = Mode.LIVE) -> tuple[Scenario, dict[Side, Target]]:
        """Open both sides of a scenario."""
        scenario = self.scenario(text)
        directory = self.root / "cassettes" / scenario.id
        return scenario, open_targets(scenario, scenario.rows()[0], directory, self.configured(mode), Client)

    def run(self, text: str, mode: Mode = Mode.LIVE, row: int = 0) -> ScenarioResult:
        """Run one row of a scenario with the services in place of the network."""
        scenario = self.scenario(text)
        runner = Runner(self.configured(mode))
        try:
            with self.services():
                return runner.run(scenario, scenario.rows()[row])
        finally:
            runner.close()

    @contextmanager
    def services(self) -> Any:
        """Answer every call of httpx."""
        with respx.mock(assert_all_called=False) as router:
            router.route(url__startswith=BASES["v1"]).mock(side_effect=self._answering(Side.CANDIDATE, "new"))
            router.route(host="astro.example.com").mock(side_effect=self._answering(Side.BASELINE, "old"))
            yield router

    def _answering(self, side: Side, name: str) -> Answer:
        def answer(request: httpx.Request) -> httpx.Response:
            self.calls.append((side, request.method, below(request)))
            self.requests[side].append(request)
            given: Answer = getattr(self, name)
            return given(request)

        return answer

    def called(self, side: Side) -> list[str]:
        """Return method and path of the calls of one side."""
        return [f"{method} {path}" for of, method, path in self.calls if of is side]

    def cassette(self, side: Side, scenario: str = "a") -> Path:
        """Return the path of a cassette."""
        return self.root / "cassettes" / scenario / f"{side.value}.yaml"

    def played(self, side: Side) -> Cassette:
        """Return the cassette of a side."""
        return Cassette.load(self.cassette(side))


def below(request: httpx.Request) -> str:
    """Return path and query of a request below the organization, or below the base URL."""
    url = urlsplit(str(request.url))
    path = url.path.removeprefix("/iam/v1beta1").removeprefix("/platform/v1beta1").removeprefix("/v1")
    path = path.removeprefix(f"/organizations/{ORGANIZATION}")
    return path + (f"?{url.query}" if url.query else "")


def route(answers: Mapping[str, httpx.Response | Answer | list[httpx.Response]]) -> Answer:
    """Answer by method and path (``GET /tokens``); a list is answered one by one, the last for ever."""
    waiting = {key: list(value) for key, value in answers.items() if isinstance(value, list)}

    def answer(request: httpx.Request) -> httpx.Response:
        key = f"{request.method} {below(request).partition('?')[0]}"
        queue = waiting.get(key)
        if queue:
            return queue.pop(0) if len(queue) > 1 else queue[0]
        given = answers.get(key)
        if given is None or isinstance(given, list):
            return refusal(404)
        return given if isinstance(given, httpx.Response) else given(request)

    return answer


def only(result: ScenarioResult) -> StepResult:
    """Return the only step of a result."""
    (step,) = result.steps
    return step


def step_of(scenario: Scenario) -> Step:
    """Return the first step of a scenario."""
    return scenario.steps[0]


def rules_of(step: StepResult) -> list[str]:
    """Return the rules of a step's findings."""
    return [finding.rule for finding in step.findings]
