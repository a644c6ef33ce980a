"""The calls of a pair are made again, side by side, to see what each side disagrees with itself about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from harness.exchange import Exchange, Side
from harness.inquiry import Filled
from harness.noise import is_sample
from harness.options import SAFE_METHODS
from harness.pace import Pace
from harness.scenario import Step
from harness.target import Outcome, Target


def is_safe(filled: Mapping[Side, Filled]) -> bool:
    """Whether the calls of a step change nothing; no other call is ever repeated."""
    return all(one.request.method in SAFE_METHODS for one in filled.values())


def may_help(filled: Mapping[Side, Filled], outcomes: Mapping[Side, Outcome]) -> bool:
    """Whether repeats could tell noise: both sides know the operation, and answered.

    A poll that gave up has no answer that could be waited for.
    """
    known = {one.operation is None for one in filled.values()}
    return len(known) == 1 and all(is_sample(each.clean) and not each.remark for each in outcomes.values())


def repeat_both(
    step: Step, targets: Mapping[Side, Target], filled: Mapping[Side, Filled], pace: Pace, *, most: int
) -> dict[Side, tuple[Exchange, ...]]:
    """Ask both sides the same again, ``most`` times at most; fewer where one is throttled or fails.

    The sides take turns: what changes in the data between the calls shows up as what the baseline has
    otherwise by itself.

    Raises:
        HarnessError: a request cannot be sent.
        KeyboardInterrupt: the scenario was interrupted.
    """
    found: dict[Side, tuple[Exchange, ...]] = dict.fromkeys(Side, ())
    for _ in range(most):
        for side in Side:
            if not pace.goes_on():
                return found
            answer = pace.together({side: _repeat(targets[side], step, filled[side])})[side].clean
            found[side] += (answer,)
            if not is_sample(answer):
                return found
    return found


def replay_both(
    step: Step, targets: Mapping[Side, Target], filled: Mapping[Side, Filled]
) -> dict[Side, tuple[Exchange, ...]]:
    """Play what was recorded of repeats: as many as there are, and none where there are none.

    Raises:
        CassetteError: the recording is damaged.
    """
    found: dict[Side, tuple[Exchange, ...]] = dict.fromkeys(Side, ())
    for side, target in targets.items():
        while target.has_more(filled[side].request, repeat=True):
            found[side] += (_repeat(target, step, filled[side])().clean,)
    return found


def _repeat(target: Target, step: Step, filled: Filled) -> Callable[[], Outcome]:
    return partial(target.send, filled.request, step, repeat=True)
