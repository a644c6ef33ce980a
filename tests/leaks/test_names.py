"""Names of secrets, and the redaction set against them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange import Json
from harness.leaks.names import Names
from harness.redact import Redactor

NAMES = Names()
WORDS = [
    "token2",
    "passwordOld",
    "token",
    "password",
    "apiKey",
    "clientSecret",
    "name",
    "tokenId",
    "nextPageToken",
    "shortToken",
]
WORDS += [
    "tokens",
    "credentials",
    "isSecret",
    "value",
    "key",
    "secret",
    "connection",
    "airflowVariable",
    "id",
]


def found(value: Json) -> list[str]:
    """Return the names of what is found."""
    return [name for name, _ in NAMES.in_json(value)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"token": "abc"}, ["token"]),
        ({"a": [{"clientSecret": "abc"}]}, ["clientSecret"]),
        ({"tokens": [{"id": "1"}], "tokenId": "x", "nextPageToken": "y"}, []),
        ({"shortToken": "0123456789abcdef"}, []),
        ({"shortToken": "0123456789abcdef0"}, ["shortToken"]),
        ({"key": "A", "value": "x", "isSecret": True}, ["value"]),
        ({"key": "A", "value": "x", "isSecret": False}, []),
        ({"key": "A", "value": "[A]", "isSecret": True}, []),
        *(({"value": "x", "isSecret": flag}, ["value"]) for flag in ("true", "True", "1", 1, "on")),
        *(({"value": "x", "sensitive": flag}, []) for flag in ("false", "False", "0", 0, None, "", "None")),
        ({"secret": "true"}, []),
        ({"airflowVariable": {"value": "x", "isSecret": "false"}}, []),
        ({"airflowVariable": {"value": "x", "isSecret": ""}}, ["airflowVariable"]),
        ({"name": "Authorization", "value": "Bearer abc"}, ["value"]),
        ({"name": "Authorization", "value": "Bearer REDACTED-0123abcd"}, []),
        ({"Authorization": "Bearer ${token}"}, []),
        ({"airflowVariable": {"value": "x"}}, ["airflowVariable"]),
        ({"airflowVariable": {"value": "x", "isSecret": False}}, []),
        ({"credentials": {"username": "me", "code": "abc"}}, ["credentials"]),
        ({"credentials": [{"USER": "me", "DB_NAME": "x", "x": "abc"}]}, ["credentials"]),
        ({"secrets": [[{"name": "db", "in": [{"data": "abc"}]}]]}, ["secrets"]),
        ({"tokens": [{"x": "abc"}]}, []),
        ({"inner": '{"password": "abc"}'}, ["password"]),
        ({"password": "****"}, []),
        ({"password": "REDACTED-0123abcd"}, []),
        ({"token": "$.token"}, []),
        *(({name: "abc"}, [name]) for name in ("DB_PASSWORD_2", "newPassword1", "tokenV2", "passwordOld")),
        *(({name: "abc"}, [name]) for name in ("X-Api-Key-2", "db_pass", "pass", "client_assertion")),
        *(({name: "abc"}, []) for name in ("nextPageToken2", "bypass", "compass", "passRate", "onPass")),
        *(({name: "abc"}, []) for name in ("apiTokenId", "tokenType", "key2", "tokenCount")),
        ({"token_name": "harness ${run_id}", "api_token": "harness ${run_id}"}, []),
    ],
)
def test_values_of_secret_names_must_be_placeholders(value: Json, expected: list[str]) -> None:
    """Names about secrets, and templates, are let pass."""
    assert found(value) == expected


@pytest.mark.parametrize(
    ("header", "leaks"),
    [
        (("AUTHORIZATION", "Bearer abc"), 1),
        (("authorization", "Bearer [ASTRO_API_TOKEN]"), 0),
        (("Authorization", "Basic"), 0),
        (("Cookie", "a=b; c=REDACTED-0123abcd"), 1),
        (("Set-Cookie", "sid=REDACTED-0123abcd; Path=/"), 0),
        (("X-Api-Key", "abc"), 1),
        (("x-remaining-tokens", "42"), 0),
    ],
)
def test_headers(header: tuple[str, str], leaks: int) -> None:
    """Credentials are looked at behind their scheme, cookies one by one."""
    assert len(list(NAMES.in_headers([header]))) == leaks


@pytest.mark.parametrize(
    ("url", "leaks"),
    [
        ("https://h/p?api_key=abc&limit=1", 1),
        ("https://h/p?sig=abc", 1),
        ("https://h/p?token2=abc&page2=abc", 1),
        ("https://h/p?showSecrets=true&pageToken=abc", 0),
        ("https://me:pw@h/p", 1),
        ("https://me:REDACTED-0123abcd@h/p#access_token=abc", 1),
    ],
)
def test_urls(url: str, leaks: int) -> None:
    """Parameters are looked at wherever a URL can have them."""
    assert len(list(NAMES.in_url(url))) == leaks


@pytest.mark.parametrize(
    ("content", "media", "leaks"),
    [
        (b"a=1&password=abc", "application/x-www-form-urlencoded", 1),
        (b"password1=abc&password2=abc", "application/x-www-form-urlencoded", 2),
        (b'{"token": "a"}\n{"token": "b"}\n', "text/plain", 2),
        (
            b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\nabc\r\n--x--\r\n',
            "multipart/form-data",
            1,
        ),
        (b"password=abc", "text/plain", 0),
    ],
)
def test_bodies(content: bytes, media: str, leaks: int) -> None:
    """Forms, parts of forms, JSON and lines of JSON are read; other text is not guessed at."""
    assert len(list(NAMES.in_content(content, media))) == leaks


def test_a_project_adds_names() -> None:
    """In any spelling."""
    assert [*Names(["x-corp-key"]).in_json({"xCorpKey": "abc"})] == [("xCorpKey", "abc")]


def test_who_writes_a_variable_knows_what_it_is() -> None:
    """Only in answers of a service is a variable a secret that nothing calls one."""
    assert not [*Names(answers=False).in_json({"airflowVariable": {"value": "x"}})]


VALUES: Any = st.recursive(
    st.text("abcXYZ019 -", max_size=20)
    | st.sampled_from(["true", "False", "0", "1", "none", "", "DB_PASSWORD", "Authorization"])
    | st.booleans()
    | st.integers()
    | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_the_redaction_leaves_is_let_pass(value: Json) -> None:
    """No false alarm: whatever names there are, the check finds nothing that the redaction had left."""
    cleaned = Redactor(key=b"k").content(json.dumps(value).encode())

    assert not list(NAMES.in_content(cleaned, "application/json"))


def test_extra_of_a_connection() -> None:
    """What a connection has as extra is a secret under any name in an answer, but settings and labels."""
    extra = {"nested": {"k": "abc"}, "oauth": {"client": ["x"]}, "on": "true", "region_name": "eu"}
    answer = json.dumps({"connection": {"type": "x", "extra": extra}}).encode()

    found = [value for _, value in Names().in_content(answer, "application/json")]

    assert found == ["abc", "x"]
    assert list(Names().in_content(Redactor().content(answer), "application/json")) == []


@pytest.mark.parametrize("name", ["metricsExport", "metricsExportOverrides"])
def test_headers_of_a_metrics_export(name: str) -> None:
    """Vendors of metrics take their keys in headers of any name."""
    headers = {"X-Honeycomb-Team": "abc", "signoz-ingestion-key": "def", "Content-Type": "text/plain"}
    answer = json.dumps({name: {"endpoint": "https://h", "headers": headers}}).encode()

    assert [value for _, value in Names().in_content(answer, "application/json")] == ["abc", "def"]
    assert list(Names().in_content(Redactor().content(answer), "application/json")) == []
    assert not [*Names().in_json({"headers": headers})]
