"""``harness rules`` and ``harness explain``: the catalogue of rules, with examples."""

from __future__ import annotations

import argparse
import difflib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.printing import put
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.exchange import Json
    from harness.rules.examples import Example

_NAMES = {"baseline": "v1beta1", "candidate": "v1"}
"""The versions by side; the sides are not imported, so that ``harness --help`` is quick."""


def add_rules(commands: Any) -> None:
    """Add ``harness rules`` and ``harness explain``."""
    rules = commands.add_parser("rules", help="list the rules that judge differences")
    rules.add_argument("--format", choices=("text", "json"), default="text", help="how to list them")
    rules.set_defaults(run=_rules)
    explain = commands.add_parser("explain", help="explain one rule, with examples")
    explain.add_argument("rule", metavar="RULE", help="its id, such as property-renamed")
    explain.set_defaults(run=_explain)


def _rules(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.rules import RULES, plain

    if arguments.format == "json":
        from harness.rules.examples import examples

        listed = [
            {
                "id": rule.id,
                "check": rule.check,
                "strict": rule.strict,
                "tolerant": rule.tolerant,
                "consequence": plain(rule.consequence),
                "remedy": plain(rule.remedy),
                "examples": [example.data() for example in examples()[rule.id]],
            }
            for rule in RULES.values()
        ]
        put(out, json.dumps(listed, indent=2) + "\n", "json")
        return 0
    width = max(map(len, RULES))
    out.writelines(
        f"{rule.id:<{width}}  {rule.strict:<8}  {rule.check:<9}  {plain(rule.consequence)}\n"
        for rule in RULES.values()
    )
    return 0


def _explain(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.rules import DIRECTIONS, plain
    from harness.rules.examples import examples

    name = arguments.rule
    if name not in DIRECTIONS:
        nearest = difflib.get_close_matches(name, DIRECTIONS, n=1)
        advice = f"Write `{nearest[0]}`." if nearest else "`harness rules` lists them."
        raise UsageError(Problem(where="", what=f"there is no rule `{name}`", advice=advice))
    out.write(f"{name}\n")
    # Directions that say the same of it are told once.
    told = dict.fromkeys(
        f"  severity:    {rule.strict} (profile strict), {rule.tolerant} (profile tolerant)\n"
        f"  check:       {rule.check}\n"
        f"  consequence: {plain(rule.consequence)}\n"
        f"  remedy:      {plain(rule.remedy)}\n"
        for rule in DIRECTIONS[name]
    )
    out.write("  or\n".join(told))
    for example in examples()[name]:
        out.write(f"  {'speaks of:' if example.fires else 'leaves alone:'}\n")
        out.writelines(f"    {line}\n" for line in _shown(example))
    return 0


def _shown(example: Example) -> Iterator[str]:
    """Write an example for people, a line a side; what both sides share comes first."""
    if example.operation:
        yield f"operation  {example.operation}"
    if isinstance(example.request, dict):
        sent = example.request
        body = f" {json.dumps(sent['body'])}" if "body" in sent else ""
        yield f"request    {sent['method']} {sent['url']}{body}"
    yield from (f"given      {name}: {json.dumps(value)}" for name, value in example.given.items())
    for side, name in _NAMES.items():
        if side in example.contract:
            yield f"contract   {name}: {json.dumps(example.contract[side])}"
    yield from (f"{_NAMES[side]:<9}  {_answer(example.sides[side])}" for side in example.sides)


def _answer(exchange: Mapping[str, Json]) -> str:
    response = exchange.get("response")
    if not isinstance(response, dict):
        failure = exchange["failure"]
        return f"no answer: {failure['kind']}" if isinstance(failure, dict) else "no answer"
    headers = response.get("headers")
    fields = [f"{name}: {value}" for name, value in headers.items()] if isinstance(headers, dict) else []
    body = [json.dumps(response["body"])] if "body" in response else []
    text = [str(response["text"])] if "text" in response else []
    return "  ".join([str(response["status"]), *fields, *body, *text])
