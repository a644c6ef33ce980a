"""The probes of one scenario are made, told as not exercised, or undone where something took effect."""

from __future__ import annotations

from harness.errors import HarnessError
from harness.exchange import Side
from harness.inquiry import Filled
from harness.options import SAFE_METHODS, Mode, Options
from harness.probes import Plan, Probe, Undo
from harness.result import Evidence, Lack, StepResult, Unexercised, Verdict
from harness.session import Session

_UNDONE = (*range(200, 300), 404, 410)


class Prober:
    """Makes the probes of a plan in the session of their scenario."""

    def __init__(self, session: Session, options: Options) -> None:
        """Take a session whose steps have run."""
        self._session = session
        self._options = options

    def run(self, plan: Plan) -> None:
        """Make the probes that can be made; the session's results have them, and what was not exercised."""
        self._session.unexercised += plan.lacks
        for probe in plan.probes:
            lack = self._lack(probe)
            if lack is None:
                self._make(probe)
            else:
                self._session.unexercised.append(lack)

    def _make(self, probe: Probe) -> None:
        before = len(self._session.results)
        try:
            self._session.probe(probe, self._authorization(probe))
        except BaseException:
            # An interrupt too leaves nothing behind.
            with self._session.calm():
                self._undo(probe, before)
            raise
        self._undo(probe, before)

    def _authorization(self, probe: Probe) -> str | None:
        """Return the header in place of the token's: both sides have the same tokens."""
        if not probe.token:
            return probe.authorization
        return self._session.targets[Side.BASELINE].authorization(probe.token)

    def _lack(self, probe: Probe) -> Unexercised | None:
        """Say why a probe is not made; None if it is. Probes that stand alone tell trouble as steps do."""
        authorization = self._authorization(probe)
        if probe.token and authorization is None:
            name = self._options.environment.token_of(probe.token)
            return self._unexercised(probe, Lack.NO_TOKEN, f"the environment variable {name} is not set")
        filled: dict[Side, Filled] = {}
        for side, target in self._session.targets.items():
            try:
                filled[side] = target.fill(probe.step, authorization, probe.content)
            except HarnessError as error:
                return self._unexercised(probe, Lack.NO_VALUE, str(error)) if probe.operation else None
        writes = any(one.request.method not in SAFE_METHODS for one in filled.values())
        if writes and not self._options.may_write:
            return self._unexercised(
                probe, Lack.NO_PERMISSION, "it sends what may change something, without --allow-writes"
            )
        # Without a token, or without permission, a recording has none of them, and is whole all the same.
        if self._options.mode is Mode.REPLAY and probe.operation and (probe.token or writes):
            targets = self._session.targets
            if not any(targets[side].has_more(one.request) for side, one in filled.items()):
                return self._unexercised(probe, Lack.NOT_RECORDED, "the recording was made without it")
        return None

    def _unexercised(self, probe: Probe, lack: Lack, reason: str) -> Unexercised:
        operation = probe.operation or probe.step.operation or ""
        return Unexercised(probe=probe.kind, check=probe.check, operation=operation, lack=lack, reason=reason)

    def _undo(self, probe: Probe, before: int) -> None:
        """Undo on each side what a probe did there; its results are those from ``before`` on."""
        undo, results = probe.undo, self._session.results[before:]
        if undo is None:
            return
        for side in Side:
            trouble = self._undone(undo, side, results)
            if trouble:
                self._session.results.append(
                    StepResult(
                        name=undo.step.name,
                        where=undo.step.where,
                        operation=undo.step.operation or "",
                        verdict=Verdict.ERROR,
                        reason=f"{side.value}: the probe was accepted and could not be undone: {trouble}",
                    )
                )

    def _undone(self, undo: Undo, side: Side, results: list[StepResult]) -> str:
        """Undo what a probe did on one side, if it did; return why that could not be done."""
        target = self._session.targets[side]
        made = all(name in target.variables for name in undo.capture)
        if not (made if undo.capture else _accepted(results, side)):
            return "its answer does not say what it made" if _accepted(results, side) else ""
        try:
            filled = target.fill(undo.step)
            outcome = target.send(filled.request, undo.step)
        except HarnessError as error:
            return str(error)
        response = outcome.clean.response
        if response is not None and response.status in _UNDONE:
            return ""
        answer = f"was answered with {response.status}" if response else "was not answered"
        return f"the {filled.request.method} {answer}"


def _accepted(results: list[StepResult], side: Side) -> bool:
    """Whether a side answered the probe with success."""
    if not results:
        return False
    evidence: Evidence | None = results[0].baseline if side is Side.BASELINE else results[0].candidate
    return evidence is not None and 200 <= evidence.status < 300
