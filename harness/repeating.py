"""The calls of a pair are made again, side by side, to see what each side disagrees with itself about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from harness.exchange import Exchange, Side
from harness.inquiry import Filled
from harness.noise import is_sample, matters
from harness.options import SAFE_METHODS, Mode, Options
from harness.pace import Pace
from harness.result import Finding
from harness.scenario import Step
from harness.target import Outcome, Target

_Answers = dict[Side, tuple[Exchange, ...]]


class Repeater:
    """Makes the calls of a step again where that can tell noise; a replay plays what was recorded of it."""

    def __init__(self, targets: Mapping[Side, Target], options: Options, pace: Pace) -> None:
        """Take both sides of a scenario; ``pace`` makes the calls."""
        self._targets = targets
        self._pace = pace
        self._replays = options.mode is Mode.REPLAY
        self._most = options.settings.noise_calls

    def ask(
        self,
        step: Step,
        filled: Mapping[Side, Filled],
        outcomes: Mapping[Side, Outcome],
        findings: Iterable[Finding],
        *,
        probe: bool,
    ) -> _Answers:
        """Return further answers to the calls of a step; none where they change something or say nothing.

        Raises:
            HarnessError: a request cannot be sent, or the recording is damaged.
            KeyboardInterrupt: the scenario was interrupted.
        """
        if any(one.request.method not in SAFE_METHODS for one in filled.values()):
            return {}
        answers = [outcome.clean for outcome in outcomes.values()]
        if probe and any(each.response is None or each.response.status >= 400 for each in answers):
            return {}  # a refused probe has told all that it asks for
        if self._replays:
            return self._replayed(step, filled)
        if not self._most or not matters(findings):
            return {}
        # What one version does not have differs for a reason; a poll that gave up has no answer to repeat.
        known = len({one.operation is None for one in filled.values()}) == 1
        answered = all(map(is_sample, answers)) and not any(each.remark for each in outcomes.values())
        return self._asked(step, filled) if known and answered else {}

    def _asked(self, step: Step, filled: Mapping[Side, Filled]) -> _Answers:
        """Let the sides take turns; end where one is throttled or fails.

        What changes in the data between the calls shows up as what the baseline has otherwise by itself.
        """
        found: _Answers = dict.fromkeys(Side, ())
        for _ in range(self._most):
            for side, target in self._targets.items():
                if not self._pace.goes_on():
                    return found
                call = partial(target.send, filled[side].request, step, repeat=True)
                answer = self._pace.together({side: call})[side].clean
                found[side] += (answer,)
                if not is_sample(answer):
                    return found
        return found

    def _replayed(self, step: Step, filled: Mapping[Side, Filled]) -> _Answers:
        """Play as many repeats as were recorded, and none where none were."""
        found: _Answers = dict.fromkeys(Side, ())
        for side, target in self._targets.items():
            request = filled[side].request
            while target.has_more(request, repeat=True):
                found[side] += (target.send(request, step, repeat=True).clean,)
        return found
