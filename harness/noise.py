"""Noise: what the baseline disagrees with itself about is no difference of the versions.

Both calls of a pair are made again, one side after the other, and each repeat is compared with the first
answer of its own side. Where the baseline answers otherwise by itself, per place and kind of difference, a
finding says nothing about the candidate: it stays, is told with its counts, and does not count. What only
the candidate disagrees with itself about is a difference: the baseline does not do so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, TypeAlias

from harness.compare import Context, compare
from harness.difference import Difference, Kind
from harness.exchange import Exchange, Pair, Side
from harness.result import Finding, Noise, Repeats
from harness.rules import DIRECTIONS, Severity
from harness.struct import Struct, replace

_WHOLE: Final = frozenset(
    {
        Kind.STATUS,
        Kind.BODY_REMOVED,
        Kind.BODY_ADDED,
        Kind.BODY_INVALID,
        Kind.WRAPPED,
        Kind.UNWRAPPED,
    }
)
"""Kinds beside which the bodies were not compared: noise of these proves nothing about the rest."""

_REPEATABLE: Final = _WHOLE | {
    Kind.MEDIA_TYPE,
    Kind.HEADER_REMOVED,
    Kind.HEADER_ADDED,
    Kind.HEADER_VALUE,
    Kind.REMOVED,
    Kind.ADDED,
    Kind.RENAMED,
    Kind.TYPE,
    Kind.NULL,
    Kind.VALUE,
    Kind.FORMAT,
    Kind.INSTANT,
    Kind.CASE,
    Kind.ELEMENT_REMOVED,
    Kind.ELEMENT_ADDED,
    Kind.ORDER,
    Kind.KEYS,
    Kind.LATENCY,
}
"""Kinds of what differs between two answers: a repeat of the call can show the same of one side."""

_MOST_TIMES: Final = 2
"""How many times more elements may differ between the sides than the baseline has noise in."""

_Place: TypeAlias = tuple[Kind, str]
_Seen: TypeAlias = Mapping[_Place, int]
"""In how many samples there was a difference of that kind, at that place."""


def is_sample(exchange: Exchange) -> bool:
    """Whether an answer shows what the service has to say: throttled and failed calls do not."""
    response = exchange.response
    return response is not None and response.status != 429 and response.status < 500


def matters(findings: Iterable[Finding]) -> bool:
    """Whether one of the findings counts, or would under the strict profile, and repeats can tell its noise.

    What somebody accepted needs no proof.
    """
    return any(
        finding.difference.kind in _REPEATABLE
        and finding.accepted is None
        and (finding.severity is not Severity.INFO or _counts(finding.rule))
        for finding in findings
    )


def _counts(rule: str) -> bool:
    return any(each.strict is not Severity.INFO for each in DIRECTIONS[rule])


def weigh(
    findings: Sequence[Finding], pair: Pair, repeats: Mapping[Side, Sequence[Exchange]], context: Context
) -> tuple[Finding, ...]:
    """Say of each finding what repeats of the two calls showed; what is noise of the baseline becomes info.

    Args:
        findings: Those of the pair.
        pair: The first answers of both sides.
        repeats: Further answers to the same calls, in the order of the calls; those that are no samples are
            left out.
        context: That of the comparison of the pair.
    """
    samples = {side: [each for each in repeats.get(side, ()) if is_sample(each)] for side in Side}
    if not any(samples.values()):
        return tuple(findings)
    showing = _Showing(pair, samples, context)
    weighed = [showing.weighed(each) if each.difference.kind in _REPEATABLE else each for each in findings]
    order = list(Severity)
    return tuple(sorted(weighed, key=lambda finding: order.index(finding.severity)))


class _Showing(Struct, frozen=True, dict=True):
    """What the repeats of one pair show, counted when it is asked for."""

    pair: Pair
    samples: Mapping[Side, Sequence[Exchange]]
    context: Context

    @cached_property
    def own(self) -> Mapping[Side, Sequence[_Seen]]:
        """What each repeat of a side has otherwise than its first answer.

        A repeat takes the place of the other side, so that its differences read as those of the pair.
        """
        old, new = (self.samples[side] for side in Side)
        return {
            Side.BASELINE: [_seen(replace(self.pair, candidate=each)) for each in old],
            Side.CANDIDATE: [_seen(replace(self.pair, baseline=each)) for each in new],
        }

    @cached_property
    def later(self) -> Sequence[_Seen]:
        """What the sides have otherwise in each round of repeats."""
        rounds = zip(*(self.samples[side] for side in Side), strict=False)
        return [_seen(Pair(baseline=old, candidate=new), self.context) for old, new in rounds]

    @cached_property
    def among(self) -> Sequence[_Seen]:
        """What the baseline's repeats have otherwise than the first of them."""
        first, *others = self.samples[Side.BASELINE]
        return [_seen(Pair(baseline=first, candidate=each)) for each in others]

    def weighed(self, finding: Finding) -> Finding:
        places = _places(finding.difference)
        counts = {side: _counted(own, places) for side, own in self.own.items()}
        old, new = counts[Side.BASELINE], counts[Side.CANDIDATE]
        why = self._against(finding.difference, places) if old.disagreed else ""
        noise = Noise(
            baseline=old,
            candidate=new,
            excused=bool(old.disagreed and not why),
            severity=finding.severity,
        )
        said = _said(noise, why)
        finding = replace(finding, noise=noise, explanation=f"{finding.explanation}{said and f' {said}'}")
        if not noise.excused:
            return finding
        whole = finding.difference.kind in _WHOLE or finding.difference.path == "$.body"
        return replace(finding, severity=Severity.INFO, inconclusive=finding.inconclusive or whole)

    def _against(self, fact: Difference, places: Collection[_Place]) -> str:
        """Say why a difference is more than the noise that there is at its place; empty where it is not."""
        most = max(min(own.get(place, 0) for place in places) for own in self.own[Side.BASELINE])
        if fact.seen > _MOST_TIMES * most:
            return f"but only in {most:,} where the versions differ in {fact.seen:,}, so it counts"
        # The data changed once while the calls were made; since then, both sides have had time to agree.
        alike = len(self.among) > 0 and not any(_has(own, places) for own in self.among)
        if alike and self.later and all(_has(seen, places) for seen in self.later):
            return (
                "as it changed once between the calls; the versions differ after that as well, so it counts"
            )
        return ""


def _seen(pair: Pair, context: Context | None = None) -> _Seen:
    found: dict[_Place, int] = {}
    for fact in compare(pair, context):
        if fact.kind is Kind.BODY_INVALID and fact.side is None:
            continue  # neither can be read, and in that they agree
        place = fact.kind, fact.path
        found[place] = max(found.get(place, 0), fact.seen)
    return found


def _places(fact: Difference) -> tuple[_Place, ...]:
    """Return the differences of which a fact is made: what was renamed went, and came elsewhere."""
    if fact.kind is Kind.RENAMED:
        return (Kind.REMOVED, fact.path), (Kind.ADDED, fact.to)
    return ((fact.kind, fact.path),)


def _has(seen: _Seen, places: Iterable[_Place]) -> bool:
    return all(place in seen for place in places)


def _counted(own: Sequence[_Seen], places: Collection[_Place]) -> Repeats:
    return Repeats(disagreed=sum(_has(seen, places) for seen in own), samples=len(own))


def _said(noise: Noise, why: str) -> str:
    """Say in a sentence what repeats showed; empty where both sides agree with themselves."""
    old, new = noise.baseline, noise.candidate
    if noise.excused:
        return f"This is noise: v1beta1 disagreed with itself about it in {old} repeats."
    if why:
        return f"v1beta1 disagreed with itself about it in {old} repeats, {why}."
    if new.disagreed:
        return f"v1 disagreed with itself about it in {new} repeats, v1beta1 in {old}, so it counts."
    return ""
