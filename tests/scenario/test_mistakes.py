"""Mistakes of form: every one of a file at once, with its line, in plain words."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import ScenarioError
from tests.scenario.files import HEAD, STEP, mistakes, read

FULL: dict[str, Any] = {
    "scenario": "Everything",
    "ticket": "T-1",
    "tags": ["a", "b"],
    "vars": {"size": 3, "name": "n ${run_id}"},
    "data": [{"row": "one", "offset": 0}, {"row": "two", "offset": 20}],
    "steps": [
        {
            "name": "list",
            "operation": "ListApiTokens",
            "request": {"query": {"limit": "${size}", "types": ["A"]}, "headers": {"X-A": "b", "X-B": None}},
            "candidate": {"query": {"types": None}},
            "expect": {"status": [200], "candidate": {"status": 200}},
            "capture": {"token_ids": "$.tokens[*].id"},
            "reads": ["$.tokens[*].type"],
            "accept": [{"rule": "property-renamed", "path": "$.body.a", "to": "$.body.b", "reason": "r"}],
            "timeout": 3,
            "follow_redirects": False,
        },
        {
            "operation": "GetApiToken",
            "foreach": {"as": "token_id", "in": "${token_ids}"},
            "poll": {"until": {"path": "$.status", "in": ["A"]}, "every": 1, "timeout": 3.5},
        },
        {"request": {"method": "GET", "path": "/x/${offset}", "body": {"a": [1, None]}}, "unsupported": True},
    ],
    "cleanup": [{"operation": "DeleteApiToken", "request": {"path": {"tokenId": "t"}}}],
    "checks": {"auth": ["missing"], "errors": ["not-found"]},
    "accept": [{"rule": "property-added", "reason": "r", "until": "2027-01-31", "ticket": "T"}],
    "unsupported": False,
}

DIALECT = re.compile(
    r"(?i:pydantic|input should|field required|extra inputs|valid (dictionary|string|list)|instance of)"
    r"|https?://|validation|NoneType|\b(str|dict|int|bool|float|tuple|None|True|False|list\[)\b|<(step|include|text)"
)
"""What pydantic, Python and their documentation would say."""

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, 700, "", " ", "junk", "${", "$.a[", [], [1], [[]], {}, {"a": {}}]
)


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of every node."""
    found = [place]
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        found += places(child, (*place, key))
    return found


def spoilt(place: tuple[Any, ...], how: str, junk: Any) -> Any:
    """Return the full scenario with one node replaced, removed, or put under another key."""
    data = copy.deepcopy(FULL)
    node: Any = data
    for key in place[:-1]:
        node = node[key]
    last = place[-1]
    if how == "replace":
        node[last] = junk
    elif how == "remove":
        del node[last]
    elif isinstance(node, dict):
        node[f"{last}x"] = node.pop(last)
    else:
        node.append(junk)
    return data


def test_the_full_scenario_is_fine(tmp_path: Path) -> None:
    """What the other tests spoil is good before."""
    assert len(read(tmp_path, json.dumps(FULL, indent=1)).steps) == 3


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(places(FULL)[1:]),
    st.sampled_from(["replace", "remove", "rename"]),
    JUNK,
)
def test_no_mistake_is_told_in_a_librarys_words(
    tmp_path: Path, place: tuple[Any, ...], how: str, junk: Any
) -> None:
    """Whatever is wrong with whatever node: file, line, and the words of neither pydantic nor Python."""
    text = json.dumps(spoilt(place, how, junk), indent=1)
    try:
        read(tmp_path, text)
    except ScenarioError as error:
        for problem in error.problems:
            assert re.fullmatch(r"a\.yaml:\d+", problem.where)
            assert 1 <= int(problem.where[7:]) <= text.count("\n") + 1
            assert not DIALECT.search(str(problem)), str(problem)
            assert problem.advice, str(problem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "scenaro: x\nsteps:\n  - operation: ListUsers\n",
            ["a.yaml:1: `scenaro` is not a key of a scenario. Write `scenario`."],
        ),
        (
            "steps:\n  - operation: ListUsers\ncheks: {}\n",
            [
                "a.yaml:1: a scenario needs `scenario`. Write for example `scenario: List API tokens`.",
                "a.yaml:3: `cheks` is not a key of a scenario. Write `checks`.",
            ],
        ),
        (
            "scenario: x\n",
            ["a.yaml:1: a scenario needs `steps`. Write for example `steps: [{operation: ListUsers}]`."],
        ),
        (
            "scenario: x\nsteps: []\n",
            ["a.yaml:2: `steps` must not be empty. Write for example `steps: [{operation: ListUsers}]`."],
        ),
        (
            "",
            [
                (
                    "a.yaml:1: a scenario must be a mapping, not empty."
                    " Write for example `scenario: List API tokens`."
                )
            ],
        ),
        (
            "- a\n",
            [
                (
                    "a.yaml:1: a scenario must be a mapping, not a list."
                    " Write for example `scenario: List API tokens`."
                )
            ],
        ),
        (
            f"ticket: 412\n{HEAD}{STEP}",
            ['a.yaml:1: `ticket` must be text, not a number. Put it in quotes: `"412"`.'],
        ),
        (
            f"ticket: true\n{HEAD}{STEP}",
            ['a.yaml:1: `ticket` must be text, not true or false. Put it in quotes: `"true"`.'],
        ),
        (
            f"{HEAD}{STEP}    timeout: soon\n",
            ["a.yaml:4: `timeout` must be a number, not text. Write for example `timeout: 60`."],
        ),
        (
            f"{HEAD}{STEP}    timeout: 0\n",
            ["a.yaml:4: `timeout` must be greater than 0. Write for example `timeout: 60`."],
        ),
        (
            f"{HEAD}{STEP}    timeout: {'9' * 400}\n",
            ["a.yaml:4: `timeout` must be a number, not one of that size. Write for example `timeout: 60`."],
        ),
        (
            f"{HEAD}{STEP}    unsupported: yes\n",
            [
                (
                    "a.yaml:4: `unsupported` must be true or false, not text."
                    " Write for example `unsupported: true`."
                )
            ],
        ),
        (
            f"{HEAD}{STEP}    expect: {{status: [200, '404', 99, 2.5]}}\n",
            [
                (
                    "a.yaml:4: entry 2 of `status` must be a whole number, not text."
                    " Write for example `status: 200`."
                ),
                "a.yaml:4: entry 3 of `status` must be at least 100. Write for example `status: 200`.",
                (
                    "a.yaml:4: entry 4 of `status` must be a whole number, not a number."
                    " Write for example `status: 200`."
                ),
            ],
        ),
        (
            f"{HEAD}{STEP}    capture: [$.id]\n",
            [
                (
                    "a.yaml:4: `capture` must be a mapping, not a list."
                    ' Write for example `capture: {token_id: "$.tokens[0].id"}`.'
                )
            ],
        ),
        (
            f"{HEAD}{STEP}    walk: yes\n",
            ["a.yaml:4: `walk` must be true or a mapping, not text. Write for example `walk: true`."],
        ),
        (
            f"{HEAD}{STEP}    reads: $.id\n",
            ['a.yaml:4: `reads` must be a list, not text. Write for example `reads: ["$.tokens[*].type"]`.'],
        ),
        (
            f"{HEAD}  - just text\n",
            [
                (
                    "a.yaml:3: entry 1 of `steps` must be a mapping, not text."
                    " Write for example `steps: [{operation: ListUsers}]`."
                )
            ],
        ),
        (
            f"checks: {{auth: [mising], errors: [teapot]}}\n{HEAD}{STEP}",
            [
                "a.yaml:1: entry 1 of `auth` cannot be `mising`. Write `missing`.",
                (
                    "a.yaml:1: entry 1 of `errors` cannot be `teapot`."
                    " Use one of all, not-found, invalid-query, invalid-body, foreign-id, missing-field,"
                    " unknown-field, mistyped-field, bad-enum, too-long, out-of-range, negative-paging,"
                    " malformed-json, wrong-content-type, wrong-method."
                ),
            ],
        ),
        (
            f"checks: {{auth: [3]}}\n{HEAD}{STEP}",
            ['a.yaml:1: entry 1 of `auth` must be text, not a number. Put it in quotes: `"3"`.'],
        ),
        (
            f"{HEAD}  - request: {{method: get, path: /x}}\n",
            ["a.yaml:3: `method` cannot be `get`. Write `GET`."],
        ),
        (
            f"{HEAD}{STEP}    poll: {{every: 2}}\n",
            [
                (
                    "a.yaml:4: `poll` needs `until`."
                    ' Write for example `until: {path: "$.status", equals: HEALTHY}`.'
                )
            ],
        ),
        (
            (
                f"{HEAD}{STEP}    accept:\n      - {{rule: property-added, reason: r, since: 2026-12-02,"
                " until: 2026-12-01}\n"
            ),
            ["a.yaml:5: `until` is before `since`. Write the day of the agreement, and the last one."],
        ),
        (
            f"{HEAD}{STEP}    poll: {{until: {{path: $.a, equals: 1, in: [2]}}}}\n",
            ["a.yaml:4: `until` has both `equals` and `in`. Keep one of them."],
        ),
        (
            f"{HEAD}{STEP}    poll: {{until: {{path: $.a}}}}\n",
            ["a.yaml:4: `until` has a path and no value for it. Write for example `equals: HEALTHY`."],
        ),
        (
            f"{HEAD}{STEP}    poll: {{until: {{equals: 1}}}}\n",
            ["a.yaml:4: `until` does not say what to wait for. Write for example `path: $.status`."],
        ),
        (
            f"{HEAD}{STEP}    accept: [{{}}]\n",
            [
                "a.yaml:4: an acceptance needs `rule`. Write for example `rule: property-renamed`.",
                (
                    "a.yaml:4: an acceptance needs `reason`."
                    " Write for example `reason: the client reads scope since 4.2`."
                ),
            ],
        ),
        (
            f"{HEAD}{STEP}    expekt: {{}}\n    zzz: 1\n",
            [
                "a.yaml:4: `expekt` is not a key of a step. Write `expect`.",
                (
                    "a.yaml:5: `zzz` is not a key of a step."
                    " Use one of name, operation, request, candidate, expect, capture, reads, accept,"
                    " poll, foreach, again, walk, unsupported, follow_redirects, timeout."
                ),
            ],
        ),
        (
            f"{HEAD}{STEP}    query: {{limit: 2}}\n",
            ["a.yaml:4: `query` is not a key of a step. Write it under `request` or `candidate`."],
        ),
        (
            f"{HEAD}{STEP}    request:\n      query: {{limit: 2}}\n      capture: {{id: $.id}}\n",
            [
                (
                    "a.yaml:6: `capture` is not a key of a request."
                    " It is a key of a step: write it beside `request`."
                )
            ],
        ),
        (
            f"{HEAD}{STEP}    tags: [slow]\n",
            ["a.yaml:4: `tags` is not a key of a step. It is a key of a scenario: write it beside `steps`."],
        ),
        (
            f"{HEAD}{STEP}operation: ListUsers\n",
            ["a.yaml:4: `operation` is not a key of a scenario. Write it under `steps` or `cleanup`."],
        ),
        (
            f"{HEAD}{STEP}cleanup:\n",
            ["a.yaml:4: `cleanup` must be a list, not empty. Write for example `cleanup: []`."],
        ),
        (
            f"{HEAD}  - include: shared.yaml\n    name: x\n",
            [
                "a.yaml:3: there is no file `shared.yaml`. Write a path relative to a.yaml.",
                "a.yaml:4: `name` is not a key of an include. Use one of include.",
            ],
        ),
        (
            f"{HEAD}  - include: 3\n",
            ['a.yaml:3: `include` must be text, not a number. Put it in quotes: `"3"`.'],
        ),
    ],
)
def test_the_words_for_mistakes(tmp_path: Path, text: str, expected: list[str]) -> None:
    """Each message has file and line, what is wrong, and what to write; the order is that of the file."""
    assert mistakes(tmp_path, text) == expected


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    """Mistakes of form do not hide others: variables, operations, rules and endpoints are checked too."""
    found = mistakes(
        tmp_path,
        """\
        scenario: Many
        tickt: T-1
        vars: {a: "${b}", b: "${a}"}
        steps:
          - operation: ListUser
            request: {query: {limit: {}, x: "${nme}"}}
            accept:
              - {rule: propertyrenamed, path: "$.tokens"}
          - name: nothing
        """,
    )

    assert [message.partition(". ")[0] for message in found] == [
        "a.yaml:2: `tickt` is not a key of a scenario",
        "a.yaml:3: variables use each other: a -> b -> a",
        "a.yaml:5: there is no operation `ListUser` in v1beta1 or v1",
        "a.yaml:6: `limit` under `query` must be a single value or a list of single values",
        "a.yaml:6: the variable `nme` is not defined",
        "a.yaml:8: `$.tokens` is no place in an exchange",
        "a.yaml:8: an acceptance needs `reason`",
        "a.yaml:8: there is no rule `propertyrenamed`",
        "a.yaml:9: a step needs `operation`, or `request` with `method` and `path`",
    ]
