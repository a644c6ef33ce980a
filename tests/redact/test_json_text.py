"""The walk over JSON text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange import Json
from harness.redact.json_text import JsonRedaction


def walk(text: str) -> str:
    """Redact with a placeholder that shows."""
    return JsonRedaction(lambda _value: "***", lambda value: value.replace("bad", "***")).run(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"token":"x"}', '{"token":"***"}'),
        ('{ "Token" : "x" ,\n "n": 1.50 }\n', '{ "Token" : "***" ,\n "n": 1.50 }\n'),
        ('{"a":[{"b":{"apiKey":"x"}}]}', '{"a":[{"b":{"apiKey":"***"}}]}'),
        ('{"tokens":[{"id":"x","token":"y"}]}', '{"tokens":[{"id":"x","token":"***"}]}'),
        ('{"tokens":["x",["y"],{"id":"z"}]}', '{"tokens":["***",["***"],{"id":"z"}]}'),
        ('{"password":1234,"total":1234}', '{"password":"***","total":1234}'),
        ('{"password":null,"token":true}', '{"password":null,"token":true}'),
        ('{"pass\\u0077ord":"x"}', '{"pass\\u0077ord":"***"}'),
        ('{"password":"x","password":"y"}', '{"password":"***","password":"***"}'),
        (
            '{"secrets":{"DB":"x","name":"y","in":{"A":["z"]}}}',
            '{"secrets":{"DB":"***","name":"y","in":{"A":["***"]}}}',
        ),
        ('{"secrets":[{"name":"y","value":"x"}]}', '{"secrets":[{"name":"y","value":"***"}]}'),
        (
            '{"secrets":[{"name":"y","data":"x","in":[{"a":"z"}]}]}',
            '{"secrets":[{"name":"y","data":"***","in":[{"a":"***"}]}]}',
        ),
        (
            '{"credentials":[[{"x":"y","USER_ID":"z"}],"w"]}',
            '{"credentials":[[{"x":"***","USER_ID":"z"}],"***"]}',
        ),
        ('{"tokens":[{"x":"y"}]}', '{"tokens":[{"x":"y"}]}'),
        (
            '{"metricsExport":{"endpoint":"y","headers":{"signoz-ingestion-key":"x","Content-Type":"z"}}}',
            '{"metricsExport":{"endpoint":"y","headers":{"signoz-ingestion-key":"***","Content-Type":"z"}}}',
        ),
        ('{"headers":{"X-Honeycomb-Team":"x"}}', '{"headers":{"X-Honeycomb-Team":"x"}}'),
        ('{"note":"a bad word","bad":1}', '{"note":"a *** word","***":1}'),
        ('{"shortToken":"abcd"}', '{"shortToken":"abcd"}'),
        ('{"shortToken":"abcdefghijklmnopq"}', '{"shortToken":"***"}'),
        ('{"a":1}\n{"token":"x"}\n', '{"a":1}\n{"token":"***"}\n'),
        ('{"token":"\\x bad"}', '{"token":"***"}'),
        ('{"a":{"token":"x', '{"a":{"token":"***"'),
        ('{"token":"x"}}}]{"token":"y"}', '{"token":"***"}}}]{"token":"***"}'),
    ],
)
def test_what_is_secret_by_name_goes_and_the_rest_stays(text: str, expected: str) -> None:
    """Only the values of secrets change: not spacing, numbers, escapes, order, or text that is cut short."""
    assert walk(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"key":"K","value":"x","isSecret":true}', '{"key":"K","value":"***","isSecret":true}'),
        ('{"isSecret":true,"key":"K","value":"x"}', '{"isSecret":true,"key":"K","value":"***"}'),
        ('{"key":"K","value":"x","isSecret":false}', '{"key":"K","value":"x","isSecret":false}'),
        (
            '{"value":{"a":["x",{"b":"y"}]},"isSecret":true}',
            '{"value":{"a":["***",{"b":"***"}]},"isSecret":true}',
        ),
        ('{"value":"x","other":{"isSecret":true}}', '{"value":"x","other":{"isSecret":true}}'),
        ('{"airflowVariable":{"value":"x"}}', '{"airflowVariable":{"value":"***"}}'),
        (
            '{"airflowVariable":{"value":"x","isSecret":false}}',
            '{"airflowVariable":{"value":"x","isSecret":false}}',
        ),
        (
            '{"environmentVariableOverrides":{"value":"x"}}',
            '{"environmentVariableOverrides":{"value":"***"}}',
        ),
    ],
)
def test_a_value_is_secret_when_its_neighbour_says_so(text: str, expected: str) -> None:
    """A flag before or after the value decides; an override of a variable is a secret unless it says no."""
    assert walk(text) == expected


@pytest.mark.parametrize("flag", ['"true"', '"True"', '"yes"', '"1"', "1", "2", "True", '"secret"'])
@pytest.mark.parametrize("text", ['{"value":"x","isSecret":%s}', '{"sensitive":%s,"value":"x"}'])
def test_a_flag_that_is_not_plainly_false_hides_its_neighbour(text: str, flag: str) -> None:
    """Programs write true as a string or a number, too."""
    assert '"value":"***"' in walk(text % flag)


@pytest.mark.parametrize("flag", ["false", "0", '"false"', '"False"', '"0"', "null", '""', '"null"'])
def test_a_flag_that_is_plainly_false_hides_nothing(flag: str) -> None:
    """Nor does one that is not set; none of them is a secret itself."""
    text = f'{{"value":"x","isSecret":{flag},"secret":{flag}}}'

    assert walk(text) is text


@pytest.mark.parametrize(("flag", "value"), [('"false"', "x"), ("0", "x"), ('""', "***"), ("null", "***")])
def test_a_variable_is_no_secret_where_its_flag_is_plainly_false(flag: str, value: str) -> None:
    """A flag that is not set does not say no."""
    text = '{"airflowVariable":{"isSecret":%s,"value":"%s"}}'

    assert walk(text % (flag, "x")) == text % (flag, value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"key":"DB_PASSWORD","value":"x"}', '{"key":"DB_PASSWORD","value":"***"}'),
        ('{"value":"x","name":"Authorization"}', '{"value":"***","name":"Authorization"}'),
        ('{"name":"api_tokens","value":["x","y"]}', '{"name":"api_tokens","value":["***","***"]}'),
        ('{"key":"DB_PASSWORD","value":"x","isSecret":false}', ""),
        ('{"key":"SHOW_PASSWORD","value":"true"}', ""),
        ('{"key":"DB_USER","value":"x"}', ""),
        ('{"name":"token","other":{"value":"x"}}', ""),
        ('{"name":["token"],"value":"x"}', ""),
        ('{"name":"tokens","values":["x"]}', ""),
    ],
)
def test_a_value_is_secret_when_its_neighbour_names_one(text: str, expected: str) -> None:
    """Fields and variables are written so, by tools that know no flags; a flag says more than a name."""
    assert walk(text) == (expected or text)


@pytest.mark.parametrize(("said", "shown"), [("true", "true"), ("No", "No"), ("hunter2", "***")])
def test_a_flag_that_is_a_string_stays(said: str, shown: str) -> None:
    """What is no word for true or false is a secret that goes by the name of a flag."""
    assert walk(f'{{"secret":"{said}"}}') == f'{{"secret":"{shown}"}}'
    assert walk(f'{{"secret":["{said}"]}}') == '{"secret":["***"]}'
    assert walk(f'{{"password":{{"secret":"{said}"}}}}') == '{"password":{"secret":"***"}}'


def test_text_without_secrets_is_the_same_object() -> None:
    """Nothing to replace costs no copy."""
    text = json.dumps({"a": [1, {"b": "c"}]})

    assert walk(text) is text


def test_deep_nesting_is_walked() -> None:
    """Nesting that a recursive parser refuses is no hiding place."""
    depth = 20_000

    assert walk("[" * depth + '{"token":"x"}' + "]" * depth) == "[" * depth + '{"token":"***"}' + "]" * depth


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(value=json_values, planted=st.text(min_size=1))
def test_a_secret_is_found_at_any_depth(value: Json, planted: str) -> None:
    """Whatever is around it, a property called password is replaced, and the text stays JSON."""
    text = json.dumps([value, {"in": [{"password": planted}]}, value])
    data = json.loads(walk(text))

    assert data[1] == {"in": [{"password": "***"}]}
