"""What only several calls of one scenario show: the same call again, and reading what was made before."""

from __future__ import annotations

from harness.difference import Difference, Kind
from harness.rules.rule import Check, Circumstances, Rule, Severity, rule

_B, _P = Severity.BREAKING, Severity.RISKY


def _lost(_: Difference, circumstances: Circumstances) -> bool:
    return circumstances.made and 200 <= circumstances.old_status < 300 and circumstances.new_status == 404


def _found(_: Difference, circumstances: Circumstances) -> bool:
    return circumstances.made and circumstances.old_status == 404 and 200 <= circumstances.new_status < 300


RULES: tuple[Rule, ...] = (
    rule(
        "idempotency-changed",
        Kind.STATUS,
        Check.BEHAVIOUR,
        _B,
        applies=lambda _, c: c.again and c.old_status // 100 != c.new_status // 100,
        says="{operation}: the same call, made again, is answered with {old} by v1beta1 and {new} by v1.",
        consequence="A client that repeats the call after a timeout takes another branch.",
        remedy="Treat the answers to a first and to a repeated call alike, or do not repeat it.",
    ),
    rule(
        "read-your-write-changed",
        Kind.STATUS,
        Check.BEHAVIOUR,
        (_B, _P),
        applies=_lost,
        says="{operation}: v1beta1 shows what the scenario made before ({old}), v1 does not ({new}).",
        consequence="Code that reads a resource after it made it finds nothing, or not yet.",
        remedy="Poll until v1 shows it; if it never does, ask the vendor.",
    ),
    rule(
        "read-your-write-changed",
        Kind.STATUS,
        Check.BEHAVIOUR,
        _P,
        applies=_found,
        says="{operation}: v1beta1 does not show what the scenario made before ({old}), v1 does ({new}).",
        consequence="Code that waits until the resource is there goes on earlier, or never began to wait.",
        remedy="Nothing to do where the client polls.",
    ),
)
