"""Whether JSON needs no redaction."""

from __future__ import annotations

import pytest

from harness.redact.names import read_name, reader_of
from harness.redact.settled import is_settled

SETTLED = [
    "{}",
    "[]",
    '"token"',
    '{"id": "a", "name": "b"}',
    '{"id" : "a"}',
    '{"token": ""}',
    '{"token": null}',
    '{"token": "REDACTED-0a1b2c3d"}',
    '{"shortToken": "abcd"}',
    '{"tokens": [{"id": "a"}, {"id": "b"}]}',
    '{"tokens": [{"id": "a"}], "x": {}}',
    '{"key": "REGION", "value": "abcdefgh"}',
    '{"name": "token"}',
]

UNSETTLED = [
    '{"token": "abcdefgh"}',
    '{"token" : "abcdefgh"}',
    '{"token"\n:\n"abcdefgh"}',
    '{"a": "", ":token": "abcdefgh"}',
    '{"a": ["", ":x"], "token": "abcdefgh"}',
    '{"token": "REDACTED-0a1b2c3d", "x": {"token": "abcdefgh"}}',
    '{"shortToken": "abcdefghijklmnopq"}',
    '{"token": ["abcdefgh"]}',
    '{"token": {"a": "abcdefgh"}}',
    '{"tokens": [{"id": "a"}, "abcdefgh"]}',
    '{"password": 123456}',
    '{"credentials": [{"a": "abcdefgh"}]}',
    '{"isSecret": true, "value": "abcdefgh"}',
    '{"environmentVariable": {"value": "abcdefgh"}}',
    '{"extra": "abcdefgh"}',
    '{"metricsExport": {"headers": {"x": "abcdefgh"}}}',
    '{"key": "DB_PASSWORD", "value": "abcdefgh"}',
    '{"value": "abcdefgh", "name": "Authorization"}',
]


def hide(value: str) -> str:
    """Replace a value unless it is a placeholder."""
    return value if value.startswith("REDACTED-") else "REDACTED-ffffffff"


@pytest.mark.parametrize("text", SETTLED)
def test_json_without_secrets_is_settled(text: str) -> None:
    """Names that are no secrets, placeholders, and secrets without a value need no redaction."""
    assert is_settled(text, read_name, hide)


@pytest.mark.parametrize("text", UNSETTLED)
def test_json_that_may_have_a_secret_is_not(text: str) -> None:
    """A value by the name of a secret, or what only a walk can tell, is not passed over."""
    assert not is_settled(text, read_name, hide)


@pytest.mark.parametrize("name", ["true", "null"])
def test_a_key_that_stands_between_strings_too_hides_no_other(name: str) -> None:
    """A project may call a literal a secret: what stands around one can then read like the key behind it."""
    read = reader_of([name])
    assert not is_settled(f'{{"a":{name},":{name},":"hunter2hunter2"}}', read, hide)


def test_too_many_names_of_secrets_are_left_to_a_walk() -> None:
    """For each of them the whole text is looked through, which somebody could make slow."""
    few = ", ".join(f'"{number}Token": ""' for number in range(16))
    assert is_settled(f"{{{few}}}", read_name, hide)
    assert not is_settled(f'{{{few}, "token": ""}}', read_name, hide)
