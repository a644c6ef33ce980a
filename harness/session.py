"""One scenario while it runs: its steps in order, what they captured, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

from harness.acceptances import accept, expired, identity, is_emptied
from harness.bookkeeping import unmarked
from harness.compare import Context, compare
from harness.difference import Difference, Kind
from harness.errors import CassetteError, HarnessError, Problem
from harness.exchange import Exchange, FailureKind, Json, Pair, Side
from harness.foreach import aligned, elements
from harness.inquiry import Filled, exercised, held, question, shown, succeeded
from harness.judge import Judge, Question, verdict
from harness.noise import weigh
from harness.options import SAFE_METHODS, Mode, Options
from harness.ownership import Ownership
from harness.pace import Pace
from harness.paging import Walks
from harness.polling import awaited, polled
from harness.probes import Probe
from harness.redirecting import redirected
from harness.repeating import Repeater
from harness.result import Evidence, Finding, StepResult, Unexercised, Verdict
from harness.rules import Check
from harness.scenario import Acceptance, Foreach, Scenario, Step
from harness.struct import Struct, replace
from harness.target import Outcome, Target, save_together
from harness.variables import placeholders
from harness.walking import walk_both
from harness.withholding import withhold

_CLEANUP_STATUSES = (*range(200, 300), 404)
"""A cleanup step may find that its resource is gone already."""

_CONCLUSIVE = (Verdict.MATCH, Verdict.ACCEPTED, Verdict.UNSUPPORTED, Verdict.MISMATCH)


class Asked(Struct, frozen=True, kw_only=True):
    """How a step is asked: by its author, as a probe, or to clean up.

    ``again``: it was asked before; ``alike`` says whether both sides answered with one class of status then.
    """

    probe: str = ""
    check: Check | None = None
    authorization: str | None = None
    content: bytes | None = None
    cleanup: bool = False
    again: bool = False
    alike: bool = False


class _Lack(Struct, frozen=True, kw_only=True):
    """Why one side cannot be asked; ``unmade`` if that is because it made nothing that could be asked for."""

    why: str
    unmade: bool


class Session:
    """Runs the steps of one scenario on two targets and collects their results."""

    def __init__(
        self, scenario: Scenario, targets: Mapping[Side, Target], judge: Judge, options: Options, pace: Pace
    ) -> None:
        """Take two opened targets; ``pace`` makes the calls of a step."""
        self.scenario = scenario
        self.targets = targets
        self.results: list[StepResult] = []
        self.unexercised: list[Unexercised] = []
        self.unmatched: list[StepResult] = []
        self._judge = judge
        self._options = options
        self._pace = pace
        steps = (*scenario.steps, *scenario.cleanup)
        self._captured = {name for step in steps for name in step.capture}
        self._listed = {name for step in steps if step.foreach for name in placeholders(step.foreach.in_)}
        self._ownership = Ownership(targets, self._captured)
        self._repeater = Repeater(targets, options, pace)
        # Sides that answered well, but without what was to be captured.
        self._forgotten: set[Side] = set()
        self._used: set[tuple[str, ...]] = set()
        # Acceptances of what is in lists: whether those were empty whenever there was an answer.
        self._emptied: dict[tuple[str, ...], bool] = {}
        # Places of steps without a conclusion: nobody knows whether their acceptances still match.
        self._open: set[str] = set()
        self._lost = False

    def step(self, step: Step, *, cleanup: bool = False) -> None:
        """Run a step, once for each element where it has a ``foreach``."""
        if step.foreach is None:
            self._run(step, Asked(cleanup=cleanup))
        else:
            self._each(step, step.foreach, Asked(cleanup=cleanup))

    def _each(self, step: Step, foreach: Foreach, asked: Asked) -> None:
        lists: dict[Side, list[Json]] = {}
        lacks: dict[Side, _Lack] = {}
        for side, target in self.targets.items():
            try:
                lists[side] = elements(target.variables.fill(foreach.in_, step.where), step.where)
            except HarnessError as error:
                lacks[side] = self._lack(side, error, set(placeholders(foreach.in_)))
        if lacks and not (asked.cleanup and lists):
            self._lacking(step, asked, lacks)
            return
        rows = list(aligned(lists))
        if not rows:
            came = Verdict.MATCH if asked.cleanup else Verdict.INCONCLUSIVE
            self._not_run(step, asked, came, "there is no element to run it for")
        for number, row in enumerate(rows, 1):
            for side, element in row.items():
                self.targets[side].variables.set(foreach.as_, element)
            if row.get(Side.BASELINE) != row.get(Side.CANDIDATE):
                self._ownership.goes_over(foreach.as_, placeholders(foreach.in_))
            lack = _Lack(why="its list has no such element", unmade=True)
            lacks = {side: lack for side in Side if side not in row}
            self._run(step.placed(step.where, name=f"{step.name} [{number}]"), asked, lacks)

    def calm(self) -> AbstractContextManager[None]:
        """Let calls be made although the run was interrupted: what was made must be unmade."""
        return self._pace.calm()

    def probe(self, probe: Probe, authorization: str | None = None) -> None:
        """Run one probe of the guide's auth and error checks, with that header in place of the token's."""
        asked = Asked(probe=probe.kind, check=probe.check, authorization=authorization, content=probe.content)
        self._run(probe.step.placed(probe.step.where, name=probe.name), asked)

    def _run(self, step: Step, asked: Asked, lacks: Mapping[Side, _Lack] | None = None) -> None:
        filled, lacks = self._filled(step, asked, lacks or {})
        refusal = "" if asked.probe else self._unmarked(step, filled)
        if refusal:
            self._not_run(step, asked, Verdict.ERROR, refusal)
            return
        if lacks:
            if asked.cleanup:
                # One side made nothing; what the other made must still be unmade.
                self._quietly(step, filled)
            self._lacking(step, asked, lacks)
            return
        try:
            outcomes = self._pace.together({side: self._call(side, step, filled[side]) for side in Side})
            walks = self._walks(step, filled, outcomes)
            if step.unsupported or self.scenario.unsupported:
                self._lend(step)
            self._judged(step, asked, filled, outcomes, walks)
        except HarnessError as error:
            self._lost = True
            self._not_run(step, asked, Verdict.ERROR, str(error))
            return
        self._ownership.remember(step, filled, outcomes)
        classes = {_status(outcome.clean) // 100 for outcome in outcomes.values()}
        if step.again and not asked.again and classes != {0}:
            once_more = replace(asked, again=True, alike=len(classes) == 1)
            name = f"{step.name} (again)"
            self._run(step.placed(step.where, name=name, capture={}, poll=None, walk=None), once_more, lacks)

    def _filled(
        self, step: Step, asked: Asked, lacks: Mapping[Side, _Lack]
    ) -> tuple[dict[Side, Filled], dict[Side, _Lack]]:
        """Make the requests of a step; say of each side without one what it lacks."""
        filled: dict[Side, Filled] = {}
        found = dict(lacks)
        for side, target in self.targets.items():
            if side in found:
                continue
            try:
                filled[side] = target.fill(step, asked.authorization, asked.content)
            except HarnessError as error:
                found[side] = self._lack(side, error, target.needs(step))
        return filled, found

    def _unmarked(self, step: Step, filled: Mapping[Side, Filled]) -> str:
        """Say what a step would make that nobody could tell from the user's own; nothing if it is fine.

        What probes make is undone at once; they may lack a name, or have one that is too long.
        """
        environment = self._options.environment
        if self._options.mode is Mode.REPLAY or environment.sandbox:
            return ""
        for side, one in filled.items():
            target = self.targets[side]
            run_id = str(target.variables.outside("run_id"))
            name = unmarked(one, (target.contract, target.other), run_id)
            if name:
                what = f"it would make {name[:80]} in `{environment.name}`, a name without the run's id"
                advice = 'Write ${run_id} into it, as in "harness ${run_id} ${side}".'
                return str(Problem(where=step.where, what=what, advice=advice))
        return ""

    def _lack(self, side: Side, error: HarnessError, names: Collection[str]) -> _Lack:
        """Tell what was never made from what has a value nowhere; ``names`` are the variables in use."""
        known = self.targets[side].variables
        captures = (name in self._captured and name not in known for name in names)
        return _Lack(why=str(error), unmade=side not in self._forgotten and any(captures))

    def _quietly(self, step: Step, filled: Mapping[Side, Filled]) -> None:
        for side, one in filled.items():
            try:
                self.targets[side].send(one.request, step)
            except HarnessError:
                self._lost = True

    def _lacking(self, step: Step, asked: Asked, lacks: Mapping[Side, _Lack]) -> None:
        """Add the result of a step that cannot be asked; an error where that is so on both sides."""
        came = Verdict.ERROR if len(lacks) == len(Side) else Verdict.INCONCLUSIVE
        if asked.cleanup and all(lack.unmade for lack in lacks.values()):
            came = Verdict.MATCH
        whys = {side.value: lack.why for side, lack in lacks.items()}
        if len(whys) == len(Side) and len(set(whys.values())) == 1:
            whys = {"both sides": lacks[Side.BASELINE].why}
        self._not_run(step, asked, came, " ".join(f"{whose}: {why}" for whose, why in whys.items()))

    def _not_run(self, step: Step, asked: Asked, came: Verdict, reason: str) -> None:
        self._open.add(step.where)
        for target, name in product(self.targets.values(), step.capture):
            why = f'The step "{step.name}" at {step.where}, which captures `{name}`, was not run; see there.'
            target.variables.set_missing(name, why)
        self.results.append(
            StepResult(
                name=step.name,
                where=step.where,
                operation=step.operation or "",
                verdict=came,
                probe=asked.probe,
                reason=f"not run: {self._options.settings.shown(reason)}",
            )
        )

    def _call(self, side: Side, step: Step, filled: Filled) -> Callable[[], Outcome]:
        """Return the call of one side; it captures at once, so that trouble of the other loses nothing."""
        target = self.targets[side]

        def call() -> Outcome:
            if step.poll:
                outcome = polled(target, step, step.poll, filled, self._pace)
            else:
                outcome = target.send(filled.request, step)
            absent = target.capture(step, outcome, self._listed)
            response = outcome.raw.response
            if absent and response is not None and succeeded(response):
                self._forgotten.add(side)
            return outcome

        return call

    def _walks(
        self, step: Step, filled: Mapping[Side, Filled], outcomes: Mapping[Side, Outcome]
    ) -> Walks | None:
        if step.walk is None:
            return None
        return walk_both(step, self.targets, filled, outcomes, self._pace, self._listed)

    def _lend(self, step: Step) -> None:
        """Give v1 the ids that v1beta1 made: a client that was not changed would send just these."""
        baseline, candidate = (self.targets[side].variables for side in Side)
        for name in step.capture:
            if name in baseline.known and name not in candidate.known:
                candidate.set(name, baseline.known[name])

    def _judged(
        self,
        step: Step,
        asked: Asked,
        filled: Mapping[Side, Filled],
        outcomes: Mapping[Side, Outcome],
        walks: Walks | None = None,
    ) -> None:
        pair = Pair(baseline=outcomes[Side.BASELINE].clean, candidate=outcomes[Side.CANDIDATE].clean)
        question = self._question(step, asked, filled, pair)
        self._ownership.captures(step, question)
        context = Context(correspondence=self._ownership.correspondence(), own=question.own)
        differences = [*compare(pair, context), *_remarks(outcomes)]
        if step.follow_redirects:
            hops = {side: outcome.hops for side, outcome in outcomes.items()}
            differences += redirected(hops, context.correspondence)
        if walks is not None:
            walked = walks.differences(pair, context, differences)
            differences = [*walks.unexplained(differences, walked), *walked]
        findings = self._judge.findings(pair, differences, question)
        if self._options.acceptances:
            findings = self._accepted(findings, step, pair)
        if not asked.cleanup:
            repeats = self._repeater.ask(step, filled, outcomes, findings, probe=bool(asked.probe))
            findings = weigh(findings, pair, repeats, context)
        came = verdict(findings, unsupported=question.unsupported)
        reason = ""
        if pair.baseline.failure and pair.candidate.failure:
            self._lost = True
            came, reason = Verdict.ERROR, f"no answer from either side: {self._silence(pair.baseline)}"
        if came not in _CONCLUSIVE:
            self._open.add(step.where)
        self.results.append(
            StepResult(
                name=step.name,
                where=step.where,
                operation=question.name,
                verdict=came,
                checks=_checks(pair, question, asked),
                probe=asked.probe,
                reason=reason,
                findings=held(findings, pair),
                baseline=self._evidence(Side.BASELINE, pair, filled),
                candidate=self._evidence(Side.CANDIDATE, pair, filled),
                walks=walks.walked if walks is not None else (),
            )
        )

    def _evidence(self, side: Side, pair: Pair, filled: Mapping[Side, Filled]) -> Evidence:
        evidence = shown(pair.exchange(side), filled[side])
        retries = self.targets[side].take_retries()
        return replace(evidence, retries=retries) if retries else evidence

    def _silence(self, exchange: Exchange) -> str:
        """Say why nobody answered, and where that was; the sandbox is seldom down, but often not started."""
        failure, environment = exchange.failure, self._options.environment
        said = f"{failure.message if failure else ''}, at {urlsplit(exchange.request.url).netloc}."
        if failure is None or failure.kind is not FailureKind.CONNECT:
            return said
        if environment.sandbox:
            return f"{said} Start it with `harness sandbox`."
        return f"{said} Check the base URLs of `{environment.name}`, and proxies and firewalls on the way."

    def _question(self, step: Step, asked: Asked, filled: Mapping[Side, Filled], pair: Pair) -> Question:
        expected = {side: step.expect.statuses(side) or awaited(step, pair.exchange(side)) for side in Side}
        if asked.cleanup and not any(expected.values()):
            expected = dict.fromkeys(Side, _CLEANUP_STATUSES)
        if asked.again:
            # A second DELETE is refused: that it is refused alike is the point.
            expected = {side: (_status(pair.exchange(side)),) for side in Side}
        # What a step reads is in the answers to it, not in those that refuse a probe of it.
        refused = bool(asked.probe) and max(_status(pair.exchange(side)) for side in Side) >= 400
        reads = filled[Side.BASELINE].request.method in SAFE_METHODS
        return replace(
            self._ownership.told(step, filled, question(filled, own=self._ownership.asked(filled))),
            probe=asked.probe,
            again=asked.again and asked.alike,
            made=reads and not asked.probe and self._ownership.made(step),
            unsupported=step.unsupported or self.scenario.unsupported,
            expected=expected,
            reads=() if refused else tuple(step.reads),
        )

    def _accepted(self, findings: tuple[Finding, ...], step: Step, pair: Pair) -> tuple[Finding, ...]:
        acceptances = (*step.accept, *self.scenario.accept)
        judged, used = accept(findings, acceptances, self._options.today)
        self._used |= {identity(acceptances[position]) for position in used}
        for acceptance in acceptances:
            key = identity(acceptance)
            if key not in self._used and (emptied := is_emptied(acceptance.path, pair)) is not None:
                self._emptied[key] = emptied and self._emptied.get(key, True)
        return judged

    def judge_acceptances(self) -> None:
        """Add a result for each acceptance that matched nothing, or is past its last day."""
        if not self._options.acceptances or self._lost:
            return
        steps = (*self.scenario.steps, *self.scenario.cleanup)
        owners = [(acceptance, step.where) for step in steps for acceptance in step.accept]
        owners += [(acceptance, self.scenario.where) for acceptance in self.scenario.accept]
        for acceptance, where in owners:
            late = expired(acceptance, self._options.today)
            if not late and not self._is_unused(acceptance, where):
                continue
            # What another row of the table may match is told when all of them ran.
            told = self.results if late or len(self.scenario.data) < 2 else self.unmatched
            told.append(self._lapsed(acceptance, f"expired after {acceptance.until}" if late else ""))

    def _is_unused(self, acceptance: Acceptance, owner: str) -> bool:
        """Whether it matched nothing, as far as that is known of noise, empty lists, and steps left open."""
        unknown = owner in self._open or (self._open and owner == self.scenario.where)
        key = identity(acceptance)
        emptied = self._emptied.get(key, False)
        return not (unknown or emptied or acceptance.noise or key in self._used)

    def _lapsed(self, acceptance: Acceptance, detail: str) -> StepResult:
        """Return the result of an acceptance that holds no more; it stands where the acceptance does."""
        fact = Difference(
            kind=Kind.ACCEPTANCE,
            path=acceptance.path or "any place",
            to=acceptance.rule,
            example=acceptance.where,
            detail=detail,
        )
        findings = (self._judge.standing(fact, self.scenario.id),)
        return StepResult(
            name="acceptances",
            where=acceptance.where or self.scenario.where,
            operation="",
            verdict=verdict(findings),
            checks=(Check.BEHAVIOUR,),
            findings=findings,
        )

    def save(self, directory: Path) -> str:
        """Write both cassettes of a recorded scenario, unless a step came to no conclusion.

        A recording that proves nothing, made with an expired token for example, must not take the place of
        one that did.

        Returns:
            Why nothing was written; empty when it was.

        Raises:
            CassetteError: a file cannot be written; the old ones are untouched.

        Where nothing was written, the results do not hold either what no cassette may hold.
        """
        lacking = next((step for step in self.results if step.verdict not in _CONCLUSIVE), None)
        if self._lost or lacking is not None:
            self._withhold(refused=False)
            where = f'{lacking.where} step "{lacking.name}"' if lacking else "A call"
            return f"Not recorded: {where} came to no conclusion. Cassettes that there were are as before."
        try:
            save_together((each, directory / f"{side.value}.yaml") for side, each in self.targets.items())
        except CassetteError as error:
            self._withhold(refused=not isinstance(error.__cause__, OSError))  # no trouble with the disk
            raise
        return ""

    def _withhold(self, *, refused: bool) -> None:
        """Take out of the results what must be in no cassette."""
        check = self.targets[Side.BASELINE].check
        if check is not None:
            recorded = (exchange for target in self.targets.values() for exchange in target.recorded)
            self.results = withhold(self.results, recorded, check, refused=refused)


def _status(exchange: Exchange) -> int:
    return exchange.response.status if exchange.response else 0


def _remarks(outcomes: Mapping[Side, Outcome]) -> list[Difference]:
    return [
        Difference(kind=Kind.EXPECTATION, path="$.body", side=side, detail=outcome.remark)
        for side, outcome in outcomes.items()
        if outcome.remark
    ]


def _checks(pair: Pair, question: Question, asked: Asked) -> tuple[Check, ...]:
    return (asked.check,) if asked.check is not None else exercised(pair, question)
