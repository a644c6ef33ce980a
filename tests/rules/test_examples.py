"""Each rule has an example that it speaks of and one that it leaves alone, run through all floors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from harness.compare import compare
from harness.comparison import compare_files
from harness.contract import FORMAT, V1, V1BETA1, Contract, parse_api
from harness.contract_diff import contract_diff
from harness.exchange import Exchange, Json, Pair, Side
from harness.intake import read_recording
from harness.judge import Judge, Question
from harness.latency import latencies, slower
from harness.paging import Page, Pages, compare_pages
from harness.redact import Redactor
from harness.redirecting import redirected
from harness.result import Finding
from harness.rules import CATALOGUE, RULES, Profile, Rule, Severity, Told
from harness.rules.examples import Example, examples
from harness.struct import replace
from harness.values import Correspondence
from tests.builders import exchange, judge, request
from tests.report.builders import timed_run

_EXAMPLES = [example for of in examples().values() for example in of]
_VERSIONS = {Side.BASELINE: V1BETA1, Side.CANDIDATE: V1}


def _name(example: Example) -> str:
    return f"{example.rule}-{'fires' if example.fires else 'leaves'}"


def _found(example: Example, directory: Path) -> list[Finding]:
    """Judge an example as a user would: its documents, its contracts, its pages, or its step."""
    if "calls" in example.given:
        return _called(example)
    if "pages" in example.given:
        return _walked(example)
    if not example.sides:
        return [each.finding for each in contract_diff(_judge(example)).operations[0].documented]
    paths = {side: directory / f"{side}.json" for side in Side}
    for side, path in paths.items():
        path.write_text(json.dumps(example.document(side)), "utf-8")
    if not example.contract and example.given.keys() <= {"accept"}:
        return _compared(example, paths, directory)
    exchanges = {side: _exchange(example, path, at) for at, (side, path) in enumerate(paths.items())}
    pair = Pair(baseline=exchanges[Side.BASELINE], candidate=exchanges[Side.CANDIDATE])
    facts = [*compare(pair), *redirected(_hops(example, pair), Correspondence())]
    return list(_judge(example).findings(pair, facts, _question(example)))


def _hops(example: Example, pair: Pair) -> dict[Side, tuple[Exchange, ...]]:
    """Return the ways to the answers, with the redirects that the step followed."""
    hops: dict[Side, tuple[Exchange, ...]] = dict.fromkeys(Side, ())
    for side, place in example.given.get("followed", {}).items():
        answer = pair.exchange(Side(side))
        moved = replace(answer, request=replace(answer.request, url=f"https://api.example.com{place}"))
        hops[Side(side)] = (exchange(status=307), moved)
    return hops


def _compared(example: Example, paths: dict[Side, Path], directory: Path) -> list[Finding]:
    accepted = None
    if example.given:
        accepted = directory / "accepted.yaml"
        accepted.write_text(json.dumps({"accept": [example.given["accept"]]}), "utf-8")
    compared = compare_files(paths, judge(), Redactor(), accepted=accepted)
    return [*(finding for pair in compared.pairs for finding in pair.findings), *compared.findings]


def _called(example: Example) -> list[Finding]:
    """Judge a run whose calls took about so long."""
    calls = example.given["calls"]
    times = (calls["v1beta1"], calls["v1"])
    return list(slower(latencies(timed_run(calls["number"], *times)), Profile.STRICT, {}))


def _walked(example: Example) -> list[Finding]:
    """Compare two walks, whose first pages are alike."""
    walks = {side: _pages(example.given["pages"][side.value]) for side in Side}
    sent = request(query=f"limit={example.given['limit']}" if "limit" in example.given else "")
    facts = compare_pages(walks[Side.BASELINE], walks[Side.CANDIDATE], "$.things", sent)
    first = exchange({"things": []}, sent=sent)
    return list(_judge(example).findings(Pair(baseline=first, candidate=first), facts, _question(example)))


def _pages(has: dict[str, Any]) -> Pages:
    ended = {"open": has["open"]} if "open" in has else {"end": has.get("end", "an empty list")}
    pages = tuple(Page(elements=tuple(page), total=has.get("total")) for page in has["elements"])
    return Pages(pages=pages, offset=0, **ended)


def _exchange(example: Example, path: Path, at: int) -> Exchange:
    exchange = read_recording(path, ()).samples[0].exchange
    if "elapsed" in example.given:
        return replace(exchange, elapsed=example.given["elapsed"][at])
    if "levels" in example.given and exchange.response:
        levels = example.given["levels"]
        content = b'{"a":' * levels + exchange.response.content + b"}" * levels
        return replace(exchange, response=replace(exchange.response, content=content))
    return exchange


def _question(example: Example) -> Question:
    probe = example.given.get("probe", "")
    status = example.given.get("expect", {}).get("status")
    operations = [contract.operation("GetThing") for contract in _contracts(example)]
    return Question(
        name="GetThing",
        baseline=operations[0],
        candidate=operations[1],
        probe=probe,
        again=example.given.get("again", False),
        unsupported=example.given.get("unsupported", False),
        made=example.given.get("made", False),
        told=partial(Told, apart=example.given.get("apart", False)),
        own=example.given.get("apart", False),
        authorized=probe != "missing",
        expected=dict.fromkeys(Side, (status,)) if status else {},
    )


def _judge(example: Example) -> Judge:
    old, new = _contracts(example)
    return Judge(baseline=old, candidate=new)


def _contracts(example: Example) -> Iterator[Contract]:
    """Yield contracts of one operation, or of none where the example says nothing of that side's."""
    for side, version in _VERSIONS.items():
        has = example.contract.get(side.value)
        facts = {
            "format": FORMAT,
            "name": "v1",
            "version": version,
            "date": "2026-01-01",
            "base_url": "https://api.example.com",
            "operations": {} if has is None else {"GetThing": _operation(has)},
            "schemas": {},
        }
        yield Contract(version=version, apis={"v1": parse_api(json.dumps(facts), "the example")})


def _operation(has: dict[str, Any]) -> dict[str, Json]:
    answer = {"application/json": has["answer"]} if "answer" in has else {}
    request = {"request": {"application/json": has["request"]}} if "request" in has else {}
    responses: dict[str, Json] = {status: dict(answer) for status in has.get("statuses", ["200"])}
    return {"method": "POST", "path": "/things", "parameters": [], "responses": responses, **request}


def _rule_of(finding: Finding) -> Rule:
    """Return which of the rules of that id spoke: by their kinds, severities, or what they say of it."""
    spoke = [rule for rule in CATALOGUE if rule.id == finding.rule and finding.difference.kind in rule.kinds]
    if len({(rule.consequence, rule.remedy) for rule in spoke}) > 1:
        said = [
            each for each in spoke if (each.consequence, each.remedy) == (finding.consequence, finding.remedy)
        ]
        spoke = said or spoke
    return next(rule for rule in spoke if len(spoke) == 1 or rule.strict is finding.severity)


@pytest.mark.parametrize("example", _EXAMPLES, ids=_name)
def test_an_example_shows_what_it_says(example: Example, tmp_path: Path) -> None:
    """The rule speaks of what it fires on, and of nothing in what is near."""
    assert (example.rule in {finding.rule for finding in _found(example, tmp_path)}) is example.fires


def test_every_rule_has_its_examples(tmp_path: Path) -> None:
    """Each rule, in each of its directions, speaks in an example, and leaves another one alone."""
    spoke: set[int] = set()
    for example in _EXAMPLES:
        if example.fires:
            found = [each for each in _found(example, tmp_path) if each.rule == example.rule]
            spoke |= {id(_rule_of(finding)) for finding in found}

    assert [rule.id for rule in CATALOGUE if id(rule) not in spoke] == []
    assert examples().keys() == RULES.keys()
    assert all({example.fires for example in of} == {True, False} for of in examples().values())


@pytest.mark.parametrize("example", _EXAMPLES, ids=_name)
def test_an_example_is_small(example: Example) -> None:
    """An example differs between its sides or contracts, and is read at a glance."""
    data = example.data()
    sides = [json.dumps(data.get(side.value)) for side in Side]

    assert sides[0] != sides[1] or example.given or example.contract or example.operation
    assert len(json.dumps(data)) <= 700


def test_severities_are_those_of_the_strict_profile(tmp_path: Path) -> None:
    """In its examples a rule has the severity that the catalogue gives it."""
    for example in _EXAMPLES:
        for finding in _found(example, tmp_path):
            if example.fires and finding.rule == example.rule:
                standing = finding.rule.startswith("acceptance-") and finding.severity is Severity.INFO
                assert finding.severity is _rule_of(finding).strict or standing
