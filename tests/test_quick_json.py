"""JSON in a fraction of the time, and the same as ``json`` has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harness.quick_json import dumps, is_json, loads

TEXTS = (
    '{"a": [1, -2.5e3, true, null, "\\u00e9\\\\"], "b": {}, "a": 2}',
    " [1] ",
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    "NaN",
    "[Infinity]",
    "1e400",
    "123456789012345678901234567890",
    "",
    "{",
    "[1,]",
    "01",
    "1 2",
    '"a\tb"',
    '"\\x"',
    "{1: 2}",
    "\ufeff[]",
    "\u00a0[]",
    '"\ud800"',
    "[" * 300 + "]" * 300,
    "[" * 100_000,
)


def _read(text: str | bytes, read: Callable[[Any], Any] = json.loads) -> str | None:
    """Return what is read, as text: NaN is not equal to itself; None where it is refused."""
    try:
        return repr(read(text))
    except (ValueError, RecursionError):
        return None


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_is_json_is_what_python_takes_for_it(text: str) -> None:
    """Strict or not: what is looked through as JSON must not depend on who reads it."""
    assert is_json(text) is (_read(text) is not None)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_what_is_read_is_what_python_reads(text: str) -> None:
    """To the value, also where it is no strict JSON."""
    data = text.encode("utf-8", "surrogatepass")

    assert _read(data, loads) == _read(data)


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, True, None, "\u00e9\u2028\x7f\x01/<>"], "b": {}},
        {"elapsed": 0.000001, "started": 1767323045.123456, "large": 10**30},
        {"url": "https://example.org/\ud800"},
        [{"\udcff": "\U0001f600"}],
    ],
)
def test_what_is_written_is_read_again(value: Any) -> None:
    """By Python, with halves of characters as they were, in one line."""
    data = dumps(value)

    assert json.loads(data.decode("utf-8", "surrogatepass")) == value
    assert b"\n" not in data
