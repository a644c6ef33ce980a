"""``harness rules`` and ``harness explain``: the catalogue of rules."""

from __future__ import annotations

import argparse
import difflib
import json
from typing import Any, TextIO

from harness.errors import Problem, UsageError


def add_rules(commands: Any) -> None:
    """Add ``harness rules`` and ``harness explain``."""
    rules = commands.add_parser("rules", help="list the rules that judge differences")
    rules.add_argument("--format", choices=("text", "json"), default="text", help="how to list them")
    rules.set_defaults(run=_rules)
    explain = commands.add_parser("explain", help="explain one rule")
    explain.add_argument("rule", metavar="RULE", help="its id, such as property-renamed")
    explain.set_defaults(run=_explain)


def _rules(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.rules import RULES

    if arguments.format == "json":
        listed = [
            {
                "id": rule.id,
                "check": rule.check,
                "strict": rule.strict,
                "tolerant": rule.tolerant,
                "consequence": _plain(rule.consequence),
                "remedy": _plain(rule.remedy),
            }
            for rule in RULES.values()
        ]
        out.write(json.dumps(listed, indent=2) + "\n")
        return 0
    width = max(map(len, RULES))
    out.writelines(
        f"{rule.id:<{width}}  {rule.strict:<8}  {rule.check:<9}  {_plain(rule.consequence)}\n"
        for rule in RULES.values()
    )
    return 0


def _explain(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.rules import RULES

    rule = RULES.get(arguments.rule)
    if rule is None:
        nearest = difflib.get_close_matches(arguments.rule, RULES, n=1)
        advice = f"Write `{nearest[0]}`." if nearest else "`harness rules` lists them."
        raise UsageError(Problem(where="", what=f"there is no rule `{arguments.rule}`", advice=advice))
    out.write(
        f"{rule.id}\n"
        f"  severity:    {rule.strict} (profile strict), {rule.tolerant} (profile tolerant)\n"
        f"  check:       {rule.check}\n"
        f"  consequence: {_plain(rule.consequence)}\n"
        f"  remedy:      {_plain(rule.remedy)}\n"
    )
    return 0


def _plain(text: str) -> str:
    """Write a rule's text without a finding: what a finding would name is said in words."""
    return text.format(
        operation="the operation",
        path="the place",
        to="the new place",
        old="the old value",
        new="the new value",
        side="the side",
        count="",
        detail="",
    )
