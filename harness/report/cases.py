"""A run as a list of test cases, as the formats of test runners tell it.

A scenario is a case, also one that found nothing and one that did not finish: a report of failures alone
cannot be told from that of a run which never came to them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from harness.origins import moment
from harness.readiness import is_open
from harness.report.text import failure_text
from harness.report.words import VERDICTS, clip, count, inconclusive, sentence, visible
from harness.result import RunResult, ScenarioResult, Verdict
from harness.rules import Severity
from harness.struct import Struct

_LONGEST_MESSAGE = 2_000


class Status(StrEnum):
    """What a case came to, in the words of test runners."""

    PASSED = "passed"
    FAILED = "failed"
    """Something differs that nobody accepted."""
    BROKEN = "broken"
    """It could not be carried out."""
    SKIPPED = "skipped"
    """Nothing could be concluded."""
    ABSENT = "absent"
    """It was planned, and there is no result of it."""


STATUSES: Mapping[Verdict, Status] = MappingProxyType(
    {
        Verdict.MATCH: Status.PASSED,
        Verdict.ACCEPTED: Status.PASSED,
        Verdict.UNSUPPORTED: Status.PASSED,
        Verdict.INCONCLUSIVE: Status.SKIPPED,
        Verdict.MISMATCH: Status.FAILED,
        Verdict.ERROR: Status.BROKEN,
    }
)
"""As pytest has them: the same run is green in both."""


class Case(Struct, frozen=True, kw_only=True):
    """One scenario. All texts are harmless: what cannot be seen is shown as an escape.

    ``name`` is the scenario's id, ``directory`` what it is in below the scenarios directory. ``message`` is
    one line, empty for what passed; ``text`` is what pytest prints of a failure. ``scenario`` is None for
    what is absent. ``elapsed`` is in seconds.
    """

    name: str
    directory: tuple[str, ...]
    status: Status
    message: str = ""
    text: str = ""
    elapsed: float = 0.0
    scenario: ScenarioResult | None = None


def cases_of(run: RunResult) -> tuple[Case, ...]:
    """Return a case for each planned scenario: those with a result in the run's order, then the absent."""
    return (*map(_case, run.scenarios), *_absent(run))


def counts(cases: tuple[Case, ...]) -> Mapping[Status, int]:
    """Count the cases by status, all statuses."""
    found = Counter(case.status for case in cases)
    return {status: found[status] for status in Status}


def elapsed(run: RunResult) -> float:
    """Return the seconds that a run took; without a known end, what its scenarios took together."""
    started, finished = moment(run.started), moment(run.finished)
    if started and finished:
        return max((finished - started).total_seconds(), 0.0)
    return sum(scenario.elapsed for scenario in run.scenarios)


def _case(scenario: ScenarioResult) -> Case:
    status = STATUSES[scenario.verdict]
    passed = status is Status.PASSED
    return Case(
        name=_name(scenario.id),
        directory=_directory(scenario.id),
        status=status,
        message="" if passed else clip(visible(_message(scenario)), _LONGEST_MESSAGE),
        text="" if passed else failure_text(scenario),
        elapsed=scenario.elapsed,
        scenario=scenario,
    )


def _name(id_: str) -> str:
    """Name a case; test dashboards refuse one without a name, which a log of another hand may have."""
    return visible(id_) or "(no name)"


def _directory(id_: str) -> tuple[str, ...]:
    """Return where a scenario is; the name of a row may have slashes too."""
    path = visible(id_).partition("[")[0]
    return tuple(part for part in path.split("/")[:-1] if part)


def _message(scenario: ScenarioResult) -> str:
    """Say what stands against a scenario: the sentences of its findings, worst first, or its reason."""
    said = [
        sentence(finding)
        for severity in (Severity.BREAKING, Severity.RISKY)
        for step in scenario.steps
        for finding in step.findings
        if is_open(finding) and finding.severity is severity
    ]
    if scenario.verdict is Verdict.MISMATCH and said:
        return f"{count(len(said), 'finding')}: {' '.join(dict.fromkeys(said))}"
    steps = (step for step in scenario.steps if step.verdict is scenario.verdict)
    reasons = [scenario.reason, *(step.reason or inconclusive(step) for step in steps)]
    return " ".join(dict.fromkeys(each for each in reasons if each)) or VERDICTS[scenario.verdict]


def _absent(run: RunResult) -> Iterator[Case]:
    for id_ in run.unfinished:
        yield _lack(_name(id_), _directory(id_), "The scenario was planned and did not finish.")
    for shard in run.missing:
        yield _lack(f"shard {visible(shard)}", (), "The shard is missing: its scenarios did not run.")
    nameless = run.planned - len(run.scenarios) - len(run.unfinished)
    if nameless > 0:
        yield _lack(f"{count(nameless, 'scenario')} more", (), "Planned, and did not finish.")


def _lack(name: str, directory: tuple[str, ...], message: str) -> Case:
    return Case(name=name, directory=directory, status=Status.ABSENT, message=message)
