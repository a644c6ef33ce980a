"""Scenarios become results: each one is opened on both sides, run step by step, and closed again.

Several threads may run scenarios at the same time. What they share is the budget of requests and the
connections; the pace of a thread, by which its calls begin, wait and are interrupted, is its own.

A scenario always yields a result; trouble is data. What keeps it from running (no token, no cassette,
writes that were not allowed) is the result's reason.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from harness.client import Lender, Sender, live_clients
from harness.errors import HarnessError
from harness.exchange import Side
from harness.judge import Judge
from harness.ledger import DIRECTORY, Ledger
from harness.opening import open_targets
from harness.options import Mode, Options
from harness.pace import Pace
from harness.planning import refusal
from harness.prober import Prober
from harness.probes import make_plan
from harness.result import Provenance, ScenarioResult, Source, TableRow, Verdict, worst
from harness.scenario import Row, Scenario
from harness.session import Session
from harness.struct import replace
from harness.target import Target, contract_of


class Runner:
    """Runs scenarios, one at a time in each thread; the sides of a step are called at the same time."""

    def __init__(self, options: Options) -> None:
        """Take the options of the run; nothing is opened before the first scenario.

        Raises:
            ContractError: the project's own contracts are damaged.
        """
        self.options = options
        self.judge = Judge(
            baseline=contract_of(Side.BASELINE, options.settings),
            candidate=contract_of(Side.CANDIDATE, options.settings),
            profile=options.settings.profile,
            severities=options.settings.severity,
        )
        settings = options.settings
        self._clients: Lender | None = None
        self._ledger: Ledger | None = None
        if options.mode is not Mode.REPLAY:
            self._ledger = Ledger(
                settings.state / DIRECTORY, run=options.run, environment=options.environment.name
            )
            self._clients = live_clients(
                timeout=settings.timeout,
                retries=settings.retries,
                limits=options.limits,
                state=settings.state,
            )
        self._thread = threading.local()
        self._paces: list[Pace] = []

    def run(self, scenario: Scenario, row: Row) -> ScenarioResult:
        """Run one row of a scenario; every trouble that a user can cause is in the result."""
        began = time.perf_counter()
        result = ScenarioResult(
            id=scenario.id + row.suffix,
            title=scenario.title,
            where=scenario.where,
            verdict=Verdict.ERROR,
            ticket=scenario.ticket,
            tags=tuple(scenario.tags),
        )
        contracts = {Side.BASELINE: self.judge.baseline, Side.CANDIDATE: self.judge.candidate}
        reason = refusal(scenario, self.options, contracts)
        if reason:
            return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason)
        try:
            result = self._opened(result, scenario, row)
        except HarnessError as error:
            result = replace(result, reason=self._in_one_line(error))
        return replace(result, elapsed=round(time.perf_counter() - began, 6))

    @property
    def _pace(self) -> Pace:
        """The pace of this thread."""
        pace: Pace | None = getattr(self._thread, "pace", None)
        if pace is None:
            pace = self._thread.pace = Pace(threads=self.options.mode is not Mode.REPLAY)
            self._paces.append(pace)
        return pace

    def _connect(self) -> Sender:
        assert self._clients is not None  # noqa: S101 - sides of a replay have their cassettes
        return self._clients.client(self._pace.wait)

    def interrupt(self) -> None:
        """Let the scenarios of other threads end where they are; what they made is unmade."""
        for pace in list(self._paces):
            pace.interrupt()

    def close(self) -> None:
        """End the threads that call the two sides, close the connections, and end the ledger."""
        for pace in self._paces:
            pace.close()
        if self._clients is not None:
            self._clients.close()
        if self._ledger is not None:
            self._ledger.close()

    def _opened(self, result: ScenarioResult, scenario: Scenario, row: Row) -> ScenarioResult:
        directory = self.options.settings.cassettes / (scenario.id + row.directory)
        targets = open_targets(scenario, row, directory, self.options, self._connect, self._ledger)
        session = Session(scenario, targets, self.judge, self.options, self._pace)
        reason, remark = "", ""
        try:
            self._run_all(session, scenario)
            if self.options.mode is Mode.RECORD:
                remark = session.save(directory)
        except HarnessError as error:
            # The steps that did run are evidence all the same.
            reason = self._in_one_line(error)
        finally:
            for target in targets.values():
                target.close()
        return replace(
            result,
            steps=tuple(session.results),
            unexercised=tuple(session.unexercised),
            table=_table(scenario, session),
            verdict=Verdict.ERROR if reason else worst([step.verdict for step in session.results]),
            reason=reason or remark,
            provenance=_joint(targets),
        )

    def _in_one_line(self, error: HarnessError) -> str:
        """Say what is wrong."""
        told = " ".join(f"{str(problem).rstrip('.')}." for problem in error.problems)
        return self.options.settings.shown(told)

    def _run_all(self, session: Session, scenario: Scenario) -> None:
        try:
            for step in scenario.steps:
                session.step(step)
            if not scenario.unsupported:
                plan = make_plan(scenario, self.judge.baseline, self.judge.candidate)
                Prober(session, self.options).run(plan)
        finally:
            # Whatever happened, an interrupt too: what was made must be unmade.
            with self._pace.calm():
                for step in scenario.cleanup:
                    session.step(step, cleanup=True)
        session.judge_acceptances()


def _table(scenario: Scenario, session: Session) -> TableRow | None:
    rows = len(scenario.data)
    return TableRow(rows=rows, unmatched=tuple(session.unmatched)) if rows > 1 else None


def _joint(targets: Mapping[Side, Target]) -> Provenance:
    """Say where the evidence of both sides comes from; one side from the sandbox makes it the sandbox's."""
    provenances = [target.provenance for target in targets.values()]
    first = provenances[0]
    sources = [provenance.source for provenance in provenances]
    return replace(
        first,
        source=Source.SANDBOX if Source.SANDBOX in sources else first.source,
        edited=any(provenance.edited for provenance in provenances),
        environment=" and ".join(sorted({provenance.environment for provenance in provenances})),
        contracts={key: date for provenance in provenances for key, date in provenance.contracts.items()},
        base_urls={key: url for provenance in provenances for key, url in provenance.base_urls.items()},
    )
