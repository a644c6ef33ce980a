"""Placeholders: what is filled, what stays, and how a missing value is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import ScenarioError
from harness.exchange import Json
from harness.variables import Variables, escape, parameters, placeholders, variable_for

WHERE = "tokens/list.yaml:7"
TEXT = st.text(st.sampled_from("${}abc:_ "), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def variables(**values: Json) -> Variables:
    """Return variables with values from outside and one environment variable."""
    return Variables(values, {"REGION": "eu-west-1"})


def mistake(value: Json, **values: Json) -> str:
    """Return the message of a value that cannot be filled."""
    with pytest.raises(ScenarioError) as caught:
        variables(**values).fill(value, WHERE)
    return str(caught.value)


@given(VALUES.filter(lambda value: not any(True for _ in placeholders(value)) and "$${" not in str(value)))
def test_a_value_without_placeholders_is_as_it_was(value: Json) -> None:
    """Filling changes nothing where there is nothing to fill: braces alone are safe."""
    assert variables().fill(value, WHERE) == value


@given(VALUES)
def test_what_was_escaped_is_filled_to_itself(value: Json) -> None:
    """Escaping makes any value one that filling gives back, whatever dollars and braces are in it."""
    assert not list(placeholders(escape(value)))
    assert variables().fill(escape(value), WHERE) == value


@given(VALUES)
def test_a_placeholder_alone_keeps_the_json_type(value: Json) -> None:
    """A string that is one placeholder becomes the value itself, which is not filled again."""
    assert variables(value=value).fill("${value}", WHERE) == value


def test_a_placeholder_in_text_is_written_out() -> None:
    """Inside text, strings are put in as they are and numbers and booleans as JSON writes them."""
    filled = variables(name="nightly", count=3, on=True).fill("a ${name} b ${count} c ${on} $${d}", WHERE)

    assert filled == "a nightly b 3 c true ${d}"


def test_values_are_filled_at_any_depth_and_keys_are_not() -> None:
    """Placeholders are found in lists and mappings; a key stays as it was written."""
    body: Json = {"${name}": [{"name": "${name}"}, "x-${name}", 7]}

    assert variables(name="n").fill(body, WHERE) == {"${name}": [{"name": "n"}, "x-n", 7]}


@pytest.mark.parametrize(("value", "kind"), [(None, "null"), ([1], "a list"), ({"a": 1}, "a mapping")])
def test_what_is_no_text_is_refused_inside_text(value: Json, kind: str) -> None:
    """Null, lists and mappings inside text would make wrong URLs silently, so they are refused."""
    assert mistake("/tokens/${id}", id=value) == (
        f"{WHERE}: `${{id}}` is {kind} and cannot be part of text. Use it as a whole value."
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            "${nme}",
            "`${nme}` has no value. Define `nme` under `vars`, or capture it in a step that runs before.",
        ),
        ("a ${} b", "`${}` has no value. Write `${name}`, or `$${` where a literal `${` is meant."),
        ("a ${ name } b", "`${ name }` has no value. Write `${name}`"),
        ("a ${name", "`${}` has no value. Write `${name}`"),
        ("${env:NOPE}", "`${env:NOPE}` has no value. Set the environment variable `NOPE`."),
    ],
)
def test_a_placeholder_without_a_value_is_told(value: str, message: str) -> None:
    """A missing value names the place, the placeholder, and what to do."""
    assert mistake(value, name="n").startswith(f"{WHERE}: {message}")


def test_captures_win_and_are_not_filled_again() -> None:
    """A captured value is taken literally, even if it looks like a placeholder, and it wins."""
    known = Variables({}, {}, {"id": "defined"})
    assert known.fill("${id}", WHERE) == "defined"

    known.set("id", "${id}")

    assert known.fill("${id}", WHERE) == "${id}"
    assert known.fill("is ${id}", WHERE) == "is ${id}"


def test_definitions_use_each_other_and_the_environment() -> None:
    """Variables of a scenario may use other ones, values from outside, and environment variables."""
    known = Variables(
        {"run_id": "r1"},
        {"REGION": "eu"},
        {"name": "${prefix}-${run_id}", "prefix": "${env:REGION}x", "n": 3},
    )

    assert known.fill({"name": "${name}", "n": "${n}"}, WHERE) == {"name": "eux-r1", "n": 3}


def test_definitions_that_use_each_other_in_a_circle_are_refused() -> None:
    """A circle of definitions is named instead of followed for ever."""
    known = Variables({}, {}, {"a": "${b}", "b": "x ${c}", "c": ["${b}"]})

    with pytest.raises(ScenarioError) as caught:
        known.fill("${a}", WHERE)

    assert str(caught.value) == (
        f"{WHERE}: variables use each other: b -> c -> b. Give one of them a value of its own."
    )


def test_only_what_was_used_from_outside_is_recorded() -> None:
    """The record holds used values from outside and environment variables, no definitions and no captures."""
    known = Variables(
        {"run_id": "r1", "side": "baseline"}, {"REGION": "eu", "HOME": "/"}, {"name": "${run_id}"}
    )
    known.set("id", "c1")

    known.fill(["${name}", "${env:REGION}", "${id}"], WHERE)

    assert known.used == {"run_id": "r1", "env:REGION": "eu"}
    assert known.known == {"run_id": "r1", "env:REGION": "eu", "name": "r1", "id": "c1"}


def test_a_recording_fills_the_same_without_the_environment() -> None:
    """What was recorded is enough to fill the same values again, on a machine that has none of them."""
    definitions: dict[str, Json] = {"name": "${run_id}-${env:REGION}"}
    first = Variables({"run_id": "r1"}, {"REGION": "eu"}, definitions)
    filled = first.fill("${name}", WHERE)

    again = Variables.recorded(first.used, definitions)

    assert again.fill("${name}", WHERE) == filled == "r1-eu"


def test_what_a_recording_lacks_is_told_as_such() -> None:
    """An environment variable that the recording did not use asks to record again, not to set it."""
    with pytest.raises(ScenarioError, match="The recording did not use it: record this scenario again"):
        Variables.recorded({}).fill("${env:REGION}", WHERE)


def test_a_path_takes_its_parameters_from_values_then_from_variables() -> None:
    """A parameter is filled from the step, else from the variable in snake_case, else of its name."""
    known = variables(organization_id="o1", deploymentId="d1", token_id="not used", which="t 1/2")

    path = known.fill_path(
        "/organizations/{organizationId}/deployments/{deploymentId}/tokens/{tokenId}",
        {"tokenId": "${which}"},
        WHERE,
    )

    assert path == "/organizations/o1/deployments/d1/tokens/t%201%2F2"


def test_placeholders_in_a_path_are_one_segment_each() -> None:
    """A value in a path is percent-encoded, so it cannot add segments, parameters or placeholders."""
    assert variables(id="a/b?c={d}").fill_path("/users/${id}/x", {}, WHERE) == "/users/a%2Fb%3Fc%3D%7Bd%7D/x"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_segment_that_would_vanish_is_refused(value: str) -> None:
    """An empty id would address the list, or delete more than one thing: it is refused."""
    known = variables(workspace_id=value)

    for path in ("/workspaces/${workspace_id}", "/workspaces/{workspaceId}"):
        with pytest.raises(ScenarioError, match="cannot be part of a path"):
            known.fill_path(path, {}, WHERE)


def test_a_parameter_without_a_value_is_told() -> None:
    """A path parameter without a value names both ways to give it one."""
    with pytest.raises(ScenarioError) as caught:
        variables().fill_path("/users/{userId}", {"userId": None}, WHERE)

    assert str(caught.value) == (
        f"{WHERE}: the path parameter `userId` has no value."
        " Write it under `request: {path: {userId: ...}}`, or define `user_id`."
    )


def test_names_of_parameters_become_names_of_variables() -> None:
    """Path parameters are written in camelCase, variables in snake_case."""
    assert [variable_for(name) for name in ("organizationId", "id", "dagId", "apiV2Key")] == [
        "organization_id",
        "id",
        "dag_id",
        "api_v2_key",
    ]
    assert parameters("/organizations/{organizationId}/users/{userId}") == ("organizationId", "userId")


def test_values_can_be_asked_for() -> None:
    """A name is known if it was given, defined or captured; the environment has its own prefix."""
    known = Variables({"run_id": "r"}, {"REGION": "eu"}, {"name": 1})
    known.set("id", 2)

    assert all(name in known for name in ("run_id", "name", "id", "env:REGION"))
    assert not any(name in known for name in ("REGION", "env:HOME", "other"))


def test_a_value_from_outside_can_be_seen_without_using_it() -> None:
    """A recording does not keep what was only looked at."""
    known = Variables({"run_id": "r1"}, {}, {"name": "n"})

    assert (known.outside("run_id"), known.outside("name")) == ("r1", None)
    assert dict(known.used) == {}
