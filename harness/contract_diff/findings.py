"""Documented differences judged by the rules of live pairs, for one operation or for all of them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum

from harness.contract import Contract, Operation
from harness.contract_diff.facts import Fact, Facts, Part, appeared, removed
from harness.difference import Difference, Kind, escape
from harness.errors import ContractError, Problem
from harness.exchange import Json
from harness.judge import Judge
from harness.result import Finding, fingerprint
from harness.rules import Circumstances, Documentation, Severity, rule_for
from harness.struct import Struct

_ORDER = list(Severity)
_NAMES = 3

Pair = tuple[Operation | None, Operation | None]
"""An operation in v1beta1's contract and in v1's."""


class When(StrEnum):
    """Whom a documented difference meets."""

    ALWAYS = "always"
    """Every caller of the operation."""
    IF_READ = "if read"
    """Callers who read what v1beta1 need not answer with."""
    IF_SENT = "if sent"
    """Callers who send what need not be sent."""


class Documented(Struct, frozen=True, kw_only=True):
    """One documented difference, judged.

    ``cause`` names the place in the contract that operations share (``Deployment.workloadIdentity``),
    ``statuses`` the answers that have it, ``variants`` the variants of a union, empty for all. ``by_value``
    says that only some values of the place are concerned; :mod:`harness.contract_diff.meeting` knows which.
    """

    finding: Finding
    part: Part
    cause: str
    when: When
    statuses: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    by_value: bool = False


class OperationDiff(Struct, frozen=True, kw_only=True):
    """What is documented to differ for one operation, worst first; a side that has it not is None."""

    id: str
    baseline: Operation | None
    candidate: Operation | None
    documented: tuple[Documented, ...]

    @property
    def severity(self) -> Severity | None:
        """The worst severity; None when nothing differs."""
        return self.documented[0].finding.severity if self.documented else None


class Cause(Struct, frozen=True, kw_only=True):
    """One documented difference with every operation that has it."""

    documented: tuple[tuple[str, Documented], ...]
    """Ids of operations, and what each has: alike but for the operation, the path and whom it meets."""

    @property
    def first(self) -> Documented:
        """The one that stands for all."""
        return self.documented[0][1]


class ContractDiff(Struct, frozen=True, kw_only=True):
    """The documented differences between two contracts; operations are ordered by path and method."""

    baseline: Contract
    candidate: Contract
    operations: tuple[OperationDiff, ...]

    @property
    def shared(self) -> tuple[OperationDiff, ...]:
        """The operations that both contracts have."""
        return tuple(found for found in self.operations if found.baseline and found.candidate)

    def causes(self) -> tuple[Cause, ...]:
        """Return the differences, those of one cause together, worst first."""
        groups: dict[tuple[str, ...], list[tuple[str, Documented]]] = {}
        for operation in self.operations:
            for documented in operation.documented:
                groups.setdefault(_key(documented), []).append((operation.id, documented))
        every = (Cause(documented=tuple(group)) for group in groups.values())
        return tuple(sorted(every, key=lambda cause: _ORDER.index(cause.first.finding.severity)))


def contract_diff(judge: Judge, operation: str = "") -> ContractDiff:
    """Return what the judge's two contracts say that differs, for one operation or, without a name, for all.

    ``operation`` is an id (``ListApiTokens``) of either contract, in any case.

    Raises:
        ContractError: Neither contract has the operation; the message names the nearest ones.
    """
    old, new = judge.baseline, judge.candidate
    pairs = operation_pairs(old, new, operation)
    facts = Facts(old, new)
    found = [_operation_diff(name, pair, facts, judge) for name, pair in pairs.items()]
    return ContractDiff(baseline=old, candidate=new, operations=tuple(found))


def operation_pairs(old: Contract, new: Contract, operation: str = "") -> dict[str, Pair]:
    """Return the operations of both contracts, or the named one, by id; ordered by path and method.

    Raises:
        ContractError: Neither contract has the operation; the message names the nearest ones.
    """
    pairs = _pairs(old, new)
    if not operation:
        return pairs
    known = _known(operation, pairs)
    return {known: pairs[known]}


def _known(operation: str, known: Iterable[str]) -> str:
    """Return the id as it is written in the contracts, whatever its case."""
    folded = {name.lower(): name for name in known}
    if operation.lower() in folded:
        return folded[operation.lower()]
    near = difflib.get_close_matches(operation.lower(), folded, n=_NAMES, cutoff=0.0)
    advice = f"The nearest are {', '.join(folded[name] for name in near)}."
    what = f"neither v1beta1 nor v1 has an operation `{operation}`"
    raise ContractError(Problem(where="", what=what, advice=advice))


def _pairs(old: Contract, new: Contract) -> dict[str, Pair]:
    """Return the operations of both contracts by v1beta1's id, ordered by path and method."""
    found: list[tuple[str, Pair]] = []
    met: set[str] = set()
    for operation in old.operations:
        twin = new.find(operation.method, operation.path)
        met.update([twin.id] if twin else [])
        found.append((operation.id, (operation, twin)))
    found += [(operation.id, (None, operation)) for operation in new.operations if operation.id not in met]
    return dict(sorted(found, key=lambda item: _address(item[1])))


def _address(pair: Pair) -> tuple[str, str]:
    operation = pair[0] or pair[1]
    return (operation.path, operation.method) if operation else ("", "")


def _operation_diff(name: str, pair: Pair, facts: Facts, judge: Judge) -> OperationDiff:
    old, new = pair
    found: tuple[Fact, ...] = ()
    if old and new:
        found = facts.of(old, new)
    elif old:
        found = (removed(old),)
    elif new:
        found = (appeared(new),)
    documented = [_judged(name, fact, pair, judge) for fact in found]
    documented.sort(key=lambda entry: (_ORDER.index(entry.finding.severity), entry.when))
    return OperationDiff(id=name, baseline=old, candidate=new, documented=tuple(documented))


def _judged(name: str, fact: Fact, pair: Pair, judge: Judge) -> Documented:
    difference = fact.difference
    statuses = _as_answered(fact)
    circumstances = Circumstances(
        documentation=Documentation.DOCUMENTED,
        old_status=statuses[0],
        new_status=statuses[1],
        old_place=fact.old_place,
        new_place=fact.new_place,
        unmapped=pair[1] is None,
        appeared=pair[0] is None,
    )
    rule = rule_for(difference, circumstances)
    words = _words(name, difference)
    finding = Finding(
        rule=rule.id,
        check=rule.check,
        severity=judge.severities.get(rule.id, rule.severity(judge.profile)),
        difference=difference,
        documentation=Documentation.DOCUMENTED,
        explanation=rule.says.format(**words).removesuffix(".") + _where(fact.variants) + ".",
        consequence=rule.consequence.format(**words),
        remedy=rule.remedy.format(**words),
        operation=name,
        fingerprint=fingerprint(rule.id, name, difference.path, difference.to),
    )
    return Documented(
        finding=finding,
        part=fact.part,
        cause=fact.cause,
        when=_when(fact),
        statuses=fact.statuses,
        variants=fact.variants,
        by_value=fact.by_value,
    )


def _where(variants: tuple[str, ...]) -> str:
    """Write ``, where type is DEDICATED or HYBRID``; empty for all variants."""
    if not variants:
        return ""
    heads = {variant.rpartition(" ")[0] for variant in variants}
    if len(heads) == 1 and (head := heads.pop()):
        return f", where {head} {' or '.join(variant.rpartition(' ')[2] for variant in variants)}"
    return f", where {' or '.join(variants)}"


def _when(fact: Fact) -> When:
    if fact.certain:
        return When.ALWAYS
    return When.IF_READ if fact.part is Part.RESPONSE else When.IF_SENT


def _as_answered(fact: Fact) -> tuple[int, int]:
    """Return the two statuses of a pair that would show the fact."""
    if fact.difference.kind is Kind.STATUS:
        return int(str(fact.difference.baseline)), int(str(fact.difference.candidate))
    status = fact.statuses[0] if fact.statuses else "200"
    number = int(status.replace("X", "0")) if status[:1].isdigit() else 500
    return number, number


def _words(name: str, difference: Difference) -> Mapping[str, str]:
    return {
        "operation": name,
        "path": difference.path,
        "to": difference.to,
        "old": _short(difference.baseline),
        "new": _short(difference.candidate),
        "count": "",
        "side": "v1",
        "detail": difference.detail,
    }


def _short(value: Json) -> str:
    return escape(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _key(documented: Documented) -> tuple[str, ...]:
    """Return what differences of one cause have in common."""
    finding = documented.finding
    difference = finding.difference
    leaf = difference.to.rpartition(".")[2]
    values = json.dumps([difference.baseline, difference.candidate])
    return (
        finding.rule,
        documented.part,
        documented.cause,
        leaf,
        values,
        " ".join(documented.variants),
    )
