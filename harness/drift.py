"""v1 compared with itself: today's answers with recorded ones, or those to a pinned version with the others.

Both sides are v1, so both are judged by its contract; what differs came with time, or with the pin. Each
recorded call that changes nothing is made again. Data of an organization changes every day: values are
compared by their shape and class, as those of two resources are, and which elements a list has is for
information.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from harness import __version__
from harness.cassette import Cassette
from harness.client import Sender
from harness.compare import Context, compare
from harness.contract import V1, Contract, load_contract
from harness.difference import Kind
from harness.errors import Problem, UsageError
from harness.exchange import Exchange, Pair, Request, Side, header
from harness.inquiry import Filled, below_base, exercised, held, is_sandboxed, question, shown, succeeded
from harness.judge import Judge, Question, verdict
from harness.options import SAFE_METHODS
from harness.redact import Redactor
from harness.result import (
    Finding,
    Provenance,
    RunResult,
    ScenarioResult,
    Source,
    StepResult,
    Verdict,
    worst,
)
from harness.rules import Severity
from harness.settings import SANDBOX_TOKEN, SANDBOX_TOKENS, Environment, Settings
from harness.struct import Struct, replace

MODE: Final = "drift"
"""The mode of a run that compares today's v1 with its recording."""

PINNED: Final = "pinned"
"""The mode of a run that compares v1 with and without a pinned version."""

PIN: Final = "X-API-Version"
"""The header that pins a minor version of v1; without it the vendor answers with the latest."""

_DATA: Final = frozenset({Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED, Kind.ORDER, Kind.VALUE, Kind.KEYS})
_FILE: Final = "candidate.yaml"
_FORMAT: Final = 1
_API: Final = "v1"
_RECORD: Final = "pytest --mode record --environment NAME"
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|\$[.\[]\S*|\bv1(beta1)?\b')


class Left(Struct, frozen=True, kw_only=True):
    """Recorded calls of a scenario that were not made again, and why, as a clause."""

    scenario: str
    number: int
    why: str


class Drift(Struct, frozen=True, kw_only=True):
    """What came of it: a run whose baseline is the recording, or the pinned v1; ``left`` was not asked."""

    run: RunResult
    left: tuple[Left, ...]
    pinned: str = ""

    @property
    def steps(self) -> Iterator[tuple[ScenarioResult, StepResult]]:
        """Every call that was made, with its scenario."""
        return ((scenario, step) for scenario in self.run.scenarios for step in scenario.steps)

    @property
    def drifted(self) -> bool:
        """Whether a breaking or risky finding was made."""
        return any(step.verdict is Verdict.MISMATCH for _, step in self.steps)

    @property
    def troubled(self) -> bool:
        """Whether nothing was asked, or a call came to no conclusion."""
        verdicts = [step.verdict for _, step in self.steps]
        return not verdicts or any(each in (Verdict.ERROR, Verdict.INCONCLUSIVE) for each in verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is needed to ask: one environment with its token, and a client that keeps its limits.

    ``pinned`` is the minor version that is asked for beside the default, empty to ask what was recorded.
    """

    settings: Settings
    environment: Environment
    client: Sender
    token: str = field(repr=False)
    redactor: Redactor
    pinned: str = ""


def cassettes_of(directory: Path, names: Sequence[str]) -> dict[str, Path]:
    """Return the recordings of v1 by the ids of their scenarios; of no names all of them.

    A name is the id of a scenario, or the beginning of several: ``tokens`` stands for ``tokens/list`` too.

    Raises:
        UsageError: there is no recording, or none of one of the names.
    """
    found = {path.parent.relative_to(directory).as_posix(): path for path in sorted(directory.rglob(_FILE))}
    if not found:
        advice = f"Record them first: `{_RECORD}`."
        raise UsageError(Problem(where=str(directory), what="there are no recordings of v1", advice=advice))
    chosen: dict[str, Path] = {}
    problems = []
    for name in names:
        own = {id_: path for id_, path in found.items() if _belongs(id_, name.rstrip("/"))}
        chosen |= own
        if not own:
            advice = "Name the id of a scenario, such as tokens/list, or the directory of several."
            problems.append(Problem(where=name, what="there is no recording of that scenario", advice=advice))
    if problems:
        raise UsageError(*problems)
    return dict(sorted(chosen.items())) if names else found


def _belongs(id_: str, name: str) -> bool:
    """Whether a recording is of the scenario of that id, of one of its rows, or of one below it."""
    return id_ == name or id_.startswith((f"{name}/", f"{name}["))


def find_drift(cassettes: Mapping[str, Path], asking: Asking, run: str) -> Drift:
    """Ask v1 again what was recorded, and judge what it answers; ``run`` is the id of this run.

    Raises:
        CassetteError: a recording is missing or damaged.
        TargetError: a recorded request cannot be sent.
    """
    started = _now()
    contract = load_contract(V1, asking.settings.contracts)
    scenarios, left = [], []
    for id_, path in cassettes.items():
        asker = _Asker(asking, contract, path)
        scenarios.append(asker.scenario(id_))
        left += [Left(scenario=id_, number=number, why=why) for why, number in asker.left.items()]
    asked = tuple(scenario for scenario in scenarios if scenario.steps)
    result = RunResult(
        format=_FORMAT,
        tool=f"astro-migration-harness {__version__}",
        mode=PINNED if asking.pinned else MODE,
        environment=asking.environment.name,
        profile=asking.settings.profile.value,
        started=started,
        finished=_now(),
        planned=len(asked),
        acceptances=False,
        scenarios=asked,
        id=run,
    )
    return Drift(run=result, left=tuple(left), pinned=asking.pinned)


class _Asker:
    """Asks again what one recording holds."""

    def __init__(self, asking: Asking, contract: Contract, path: Path) -> None:
        self._asking = asking
        self._contract = contract
        self._path = path
        settings = asking.settings
        self._judge = Judge(
            baseline=contract,
            candidate=contract,
            profile=settings.profile,
            severities=settings.severity,
        )
        self.left: dict[str, int] = {}
        self._sandboxed = False

    def scenario(self, id_: str) -> ScenarioResult:
        """Ask what can be asked; what cannot is counted in ``left``."""
        cassette = Cassette.load(self._path, remedy=_RECORD)
        steps = tuple(self._step(*each) for each in self._recorded(cassette))
        recorded = cassette.provenance.recorded if cassette.provenance else ""
        return ScenarioResult(
            id=id_,
            title=f"recorded {recorded}" if recorded else "recorded",
            where=self._shown,
            verdict=worst([step.verdict for step in steps]),
            steps=steps,
            provenance=self._provenance(),
        )

    @property
    def _shown(self) -> str:
        root = self._asking.settings.root
        return str(self._path.relative_to(root) if self._path.is_relative_to(root) else self._path)

    def _provenance(self) -> Provenance:
        environment = self._asking.environment
        # No service but the sandbox takes its tokens, whatever the environment is called.
        pretends = self._asking.token in {SANDBOX_TOKEN, *SANDBOX_TOKENS.values()}
        sandbox = environment.sandbox or pretends or self._sandboxed
        return Provenance(
            source=Source.SANDBOX if sandbox else Source.LIVE,
            environment=environment.name,
            recorded=_now(),
            tool=f"astro-migration-harness {__version__}",
            contracts={name: api.date for name, api in self._contract.apis.items()},
            base_urls={_API: environment.base_urls[_API]},
        )

    def _recorded(self, cassette: Cassette) -> Iterable[tuple[int, Exchange]]:
        """Return what can be asked again; of equal requests the last, since a poll asks until it changes."""
        origin = cassette.provenance
        if origin is not None and origin.environment != self._asking.environment.name:
            self._leave(f"recorded from `{origin.environment}`", len(cassette))
            return ()
        found: dict[tuple[str, str], tuple[int, Exchange]] = {}
        written = False
        for number, exchange in enumerate(cassette.exchanges, start=1):
            request, response = exchange.request, exchange.response
            if request.method not in SAFE_METHODS:
                self._leave("it changes something")
                written = written or (response is not None and succeeded(response))
            elif written:
                self._leave("what the scenario made then is not there any more")
            elif response is None:
                self._leave("it was recorded without an answer")
            elif origin is not None and not self._is_plain(request):
                self._leave("it is a probe without the token, or with another one")
            else:
                key = request.method, request.url
                if key in found:
                    self._leave("it was recorded again later")
                found[key] = number, exchange
        return found.values()

    def _leave(self, why: str, number: int = 1) -> None:
        self.left[why] = self.left.get(why, 0) + number

    def _is_plain(self, request: Request) -> bool:
        """Whether a request was made with the token of an environment, for which a placeholder stands."""
        sent = header(request.headers, "authorization")
        names = {each.token for each in self._asking.settings.environments.values()}
        return sent in {f"Bearer [{name}]" for name in names}

    def _step(self, number: int, recorded: Exchange) -> StepResult:
        path = below_base(recorded.request.url)[1]
        now = self._ask(recorded.request.method, path, "")
        # A pinned version is asked at the same time; without one, the recording is the other side.
        before = (
            self._ask(recorded.request.method, path, self._asking.pinned) if self._asking.pinned else recorded
        )
        pair = Pair(baseline=before, candidate=now)
        filled = {side: self._filled(pair.exchange(side), path) for side in Side}
        asked = self._question(filled, pair)
        findings = self._findings(pair, asked)
        came, reason = verdict(findings), ""
        failure = now.failure or before.failure
        if failure is not None:
            came, reason, findings = Verdict.ERROR, f"v1 gave no answer: {failure.message}", ()
        return StepResult(
            name=f"{recorded.request.method} {path}",
            where=f"{self._shown} call {number}",
            operation=asked.name,
            verdict=came,
            checks=exercised(pair, asked),
            reason=reason,
            findings=held(findings, pair),
            baseline=shown(before, filled[Side.BASELINE]),
            candidate=shown(now, filled[Side.CANDIDATE]),
        )

    def _ask(self, method: str, path: str, pinned: str) -> Exchange:
        environment = self._asking.environment
        headers = {
            "accept": ("Accept", "application/json"),
            "authorization": ("Authorization", f"Bearer {self._asking.token}"),
            **{name.lower(): (name, value) for name, value in environment.headers.items()},
            **({PIN.lower(): (PIN, pinned)} if pinned else {}),
        }
        request = Request(
            method=method, url=environment.base_urls[_API] + path, headers=tuple(headers.values())
        )
        answered = self._asking.client.send(request)[-1]
        self._sandboxed = self._sandboxed or is_sandboxed(answered)
        return self._asking.redactor.exchange(answered)

    def _filled(self, exchange: Exchange, path: str) -> Filled:
        operation = self._contract.find(exchange.request.method, path)
        return Filled(request=exchange.request, api=_API, path=path, operation=operation)

    def _question(self, filled: Mapping[Side, Filled], pair: Pair) -> Question:
        asked = question(filled, own=True)
        statuses = {side: each.status for side in Side if (each := pair.exchange(side).response)}
        refused = all(400 <= status < 500 and status != 429 for status in statuses.values())
        # A refusal that is as it was is no drift, whatever it was recorded for.
        expected = {side: (status,) for side, status in statuses.items()} if refused else {}
        return replace(asked, authorized=True, expected=expected)

    def _findings(self, pair: Pair, asked: Question) -> tuple[Finding, ...]:
        words = (f"v1 pinned to {self._asking.pinned}", "v1 without a pin")
        words = words if self._asking.pinned else ("the recording", "v1 today")
        found = self._judge.findings(pair, compare(pair, Context(own=True)), asked)
        # Both sides were sent the same request, so what it breaks is no difference of theirs.
        return tuple(
            replace(
                each,
                severity=Severity.INFO if self._is_data(each) else each.severity,
                explanation=reworded(each.explanation, *words),
                consequence=reworded(each.consequence, *words),
                remedy="",
            )
            for each in found
            if each.difference.kind is not Kind.REQUEST
        )

    def _is_data(self, finding: Finding) -> bool:
        """Whether a finding is about what an organization has, which is not the same on two days."""
        return not self._asking.pinned and finding.difference.kind in _DATA


def reworded(text: str, baseline: str, candidate: str) -> str:
    """Put other names of the sides into a rule's sentence; what is quoted in it stays as it is."""

    def other(match: re.Match[str]) -> str:
        if match[0] == "v1beta1":
            return baseline
        return candidate if match[0] == "v1" else match[0]

    return _QUOTED.sub(other, text)


def matters(finding: Finding) -> bool:
    """Whether a finding is drift: what is for information is data that changes every day."""
    return finding.severity is not Severity.INFO and not finding.inconclusive


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
