"""Cases of rules: a difference, its circumstances, and the rule that must speak."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harness.difference import Difference, Kind
from harness.exchange import Json
from harness.rules import Circumstances, Rule, Severity, rule_for
from harness.schema import Place, Schema


@dataclass(frozen=True, kw_only=True)
class Case:
    """A difference that is judged by ``rule``; ``severity`` is that of the strict profile."""

    rule: str
    severity: Severity
    fact: Difference
    given: Circumstances = field(default_factory=Circumstances)

    @property
    def spoke(self) -> Rule:
        """The rule that speaks."""
        return rule_for(self.fact, self.given)

    def __str__(self) -> str:
        """Name the case in test ids."""
        return f"{self.rule}: {self.fact.kind} {self.fact.path}"


def breaking(rule: str, fact: Difference, **given: Any) -> Case:
    """Build a case of a rule that is breaking."""
    return Case(rule=rule, severity=Severity.BREAKING, fact=fact, given=Circumstances(**given))


def risky(rule: str, fact: Difference, **given: Any) -> Case:
    """Build a case of a rule that is risky."""
    return Case(rule=rule, severity=Severity.RISKY, fact=fact, given=Circumstances(**given))


def info(rule: str, fact: Difference, **given: Any) -> Case:
    """Build a case of a rule that is info."""
    return Case(rule=rule, severity=Severity.INFO, fact=fact, given=Circumstances(**given))


def fact(kind: Kind, path: str = "$.body.x", old: Json = None, new: Json = None, **rest: Any) -> Difference:
    """Build a difference."""
    return Difference(kind=kind, path=path, baseline=old, candidate=new, **rest)


def status(rule: str, severity: Severity, old: int, new: int, **given: Any) -> Case:
    """Build a case of two statuses."""
    return Case(
        rule=rule,
        severity=severity,
        fact=fact(Kind.STATUS, "$.status", old, new),
        given=Circumstances(old_status=old, new_status=new, **given),
    )


def place(*types: str, required: bool = False, nullable: bool = False, enum: tuple[Json, ...] = ()) -> Place:
    """Build what a contract says of a place."""
    return Place(schema=Schema(types=types or ("string",), enum=enum), required=required, nullable=nullable)


def check(case: Case) -> None:
    """Assert that the case's rule speaks, with the case's severity."""
    assert case.spoke.id == case.rule
    assert case.spoke.strict is case.severity
