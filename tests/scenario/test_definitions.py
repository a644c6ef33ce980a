"""Names: what variables and data tables define, and placeholders that name nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.files import HEAD, STEP, mistakes, read


def test_known_names_can_be_used_anywhere(tmp_path: Path) -> None:
    """Variables, columns, captures of steps before, built-in names and the environment all have values."""
    scenario = read(
        tmp_path,
        """\
        scenario: Names
        vars: {size: 3, name: "${prefix}-${run_id}-${side}", prefix: "${env:PREFIX}", who: "${user}"}
        data: [{user: a}, {user: b, size: 5}]
        steps:
          - operation: ListUsers
            request: {query: {limit: "${size}", x: ["${user}"]}}
            capture: {user_id: "$.users[?@.name == '${name}'].id"}
          - operation: GetUser
            request: {headers: {X-User: "${user_id} of ${organization_id}", X-Literal: "$${nothing}"}}
            candidate: {query: {x: "${user_id}"}}
            poll: {until: {path: $.id, equals: "${user_id}"}}
        cleanup:
          - operation: DeleteTeam
            request: {path: {teamId: "${user_id}"}}
        """,
    )

    assert [step.operation for step in scenario.steps] == ["ListUsers", "GetUser"]


def test_a_name_that_is_nearly_known_is_suggested(tmp_path: Path) -> None:
    """A typing error is answered with the name that was probably meant."""
    text = f'vars: {{page_size: 3}}\n{HEAD}{STEP}    request:\n      query:\n        limit: "${{pagesize}}"\n'

    assert mistakes(tmp_path, text) == [
        "a.yaml:7: the variable `pagesize` is not defined. Write `${page_size}`."
    ]


def test_a_capture_of_a_later_step_has_no_value_yet(tmp_path: Path) -> None:
    """The order of the steps counts: what a step itself captures has no value in its request either."""
    text = f'{HEAD}{STEP}    request: {{query: {{a: "${{user_id}}"}}}}\n    capture: {{user_id: $.id}}\n'

    assert mistakes(tmp_path, text) == [
        "a.yaml:4: the variable `user_id` is not defined. Capture it in a step before this one."
    ]


def test_a_name_in_capitals_may_be_meant_for_the_environment(tmp_path: Path) -> None:
    """Environment variables have a prefix, and who forgets it is told."""
    text = f'{HEAD}{STEP}    request: {{query: {{a: "${{REGION}}"}}}}\n'

    assert mistakes(tmp_path, text) == [
        (
            "a.yaml:4: the variable `REGION` is not defined."
            " Define it under `vars`, or capture it in a step before, or write `${env:REGION}`."
        )
    ]


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("${}", "`${` begins a placeholder that has no name"),
        ("${user id}", "`${user id}` is no placeholder"),
        ("${env:}", "`${env:}` is no placeholder"),
        ("${tokens[0]}", "`${tokens[0]}` is no placeholder"),
        ("${open", "`${` begins a placeholder that has no name"),
    ],
)
def test_what_is_no_placeholder_is_told(tmp_path: Path, written: str, what: str) -> None:
    """A dollar and a brace that were meant literally can be escaped."""
    text = f"{HEAD}{STEP}    request: {{body: '{written}'}}\n"

    assert mistakes(tmp_path, text) == [
        f"a.yaml:4: {what}. Write `${{name}}`, or `$${{` where `${{` itself is meant."
    ]


def test_variables_know_nothing_of_captures(tmp_path: Path) -> None:
    """Variables have one value in the whole scenario, so they cannot use what a step finds."""
    text = f'vars: {{path: "x ${{user_id}}"}}\n{HEAD}{STEP}    capture: {{user_id: $.id}}\n'

    assert mistakes(tmp_path, text) == [
        "a.yaml:1: the variable `user_id` is not defined. Use it in a step: captures have no value here."
    ]


def test_a_name_is_given_once(tmp_path: Path) -> None:
    """Built-in names, variables, columns, captures and elements of lists cannot take each other's place."""
    found = mistakes(
        tmp_path,
        """\
        scenario: Twice
        vars:
          side: left
          size: 3
        data: [{run_id: x}]
        steps:
          - operation: ListUsers
            capture:
              size: $.limit
              user_id: $.users[0].id
          - operation: ListUsers
            capture: {user_id: '$.users[1].id'}
          - operation: ListUsers
            foreach: {as: user_id, in: [a]}
        """,
    )

    assert found == [
        "a.yaml:3: the variable `side` already has a value. Use another name.",
        "a.yaml:5: the column `run_id` already has a value. Use another name.",
        "a.yaml:9: the capture `size` already has a value, on line 4. Use another name.",
        "a.yaml:12: the capture `user_id` already has a value, on line 10. Use another name.",
        "a.yaml:14: the variable `user_id` already has a value, on line 10. Use another name.",
    ]


def test_a_column_may_replace_a_variable(tmp_path: Path) -> None:
    """A variable is the default of a column, for the rows that do not have it."""
    scenario = read(tmp_path, f"vars: {{size: 3}}\ndata: [{{row: a}}, {{row: b, size: 5}}]\n{HEAD}{STEP}")

    assert [row.values for row in scenario.rows()] == [{}, {"size": 5}]


def test_every_row_has_every_column(tmp_path: Path) -> None:
    """A row without a value is found before anything is sent."""
    text = f"data:\n  - {{row: a, size: 5}}\n  - {{row: b, siz: 5}}\n{HEAD}{STEP}"

    assert mistakes(tmp_path, text) == [
        "a.yaml:2: the row has no `siz`, which other rows have. Add it, or give it a value under `vars`.",
        "a.yaml:3: the row has no `size`, which other rows have. Add it, or give it a value under `vars`.",
    ]


def test_rows_have_names_of_their_own(tmp_path: Path) -> None:
    """The name of a row is part of an id and of a directory, so it is unique and plain; 2 is the second's."""
    text = f"data: \n  - {{row: a}}\n  - {{}}\n  - {{row: 2}}\n  - {{row: a}}\n  - {{row: a/b}}\n{HEAD}{STEP}"

    assert mistakes(tmp_path, text) == [
        "a.yaml:4: the row `2` is already on line 3. Give each row another name.",
        "a.yaml:5: the row `a` is already on line 2. Give each row another name.",
        (
            "a.yaml:6: `a/b` cannot be the name of a row."
            " Use letters, digits, `_`, `-` and `.`: the name is part of the scenario's id."
        ),
    ]


@pytest.mark.parametrize("name", ["true", "null", "[a]", "1.5", "''"])
def test_a_name_of_a_row_is_text_or_a_whole_number(tmp_path: Path, name: str) -> None:
    """Everything else is no name."""
    (found,) = mistakes(tmp_path, f"data: [{{row: {name}}}]\n{HEAD}{STEP}")

    assert "cannot be the name of a row" in found


def test_variables_in_a_circle_are_named(tmp_path: Path) -> None:
    """A circle is told once, with the names on the way; what merely leads to it is not blamed."""
    names = 'vars:\n  lead: "${a}"\n  a: "${b}"\n  b: ["x ${c}"]\n  c: "${a}"\n  own: "${own}"\n'
    text = f"{names}{HEAD}{STEP}"

    assert mistakes(tmp_path, text) == [
        "a.yaml:3: variables use each other: a -> b -> c -> a. Give one of them a value of its own.",
        "a.yaml:6: variables use each other: own -> own. Give one of them a value of its own.",
    ]


def test_a_circle_that_rows_break_is_none(tmp_path: Path) -> None:
    """Only the values that are used count: a column in every row takes the variable's place."""
    text = f'vars: {{a: "${{b}}", b: "${{a}}"}}\ndata: [{{b: 1}}, {{b: 2}}]\n{HEAD}{STEP}'

    assert len(read(tmp_path, text).rows()) == 2
