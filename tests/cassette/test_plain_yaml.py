"""The strict reader of YAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.plain_yaml import check_depth, read_yaml

DATA = {
    "null": None,
    "words": ["yes", "no", "on", "null", "~", "true", "", "=", "<<"],
    "numbers": [
        1,
        -2,
        0,
        1.5,
        1e-07,
        "1",
        "1.5",
        "1e5",
        "0x1f",
        "1_000",
        "12:30:45",
        "2026-01-01",
        "09",
        "-08",
    ],
    "flags": [True, False],
    "nested": {"a": [[], {}, [{"b": {"c": "line\nline\n"}}]]},
    "bytes": b"\x00\xff",
}


def test_it_reads_what_the_dumper_writes() -> None:
    """Text that looks like another type stays text, and types stay types."""
    assert read_yaml(yaml.safe_dump(DATA)) == DATA


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(value=json_values)
def test_it_agrees_with_the_dumper(value: object) -> None:
    """Any JSON value that PyYAML writes is read as it was."""
    assert read_yaml(yaml.safe_dump(value)) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [1", "line 2"),
        ("a: !!python/object/apply:os.system [id]", "python"),
        ("a: !!python/name:os.system x", "python"),
        ("a: &x [1]\nb: *x", "uses x"),
        ("a: &x 1", "uses x"),
        ("a: *x", "refers to"),
        ("a: 1\na: 2", "twice"),
        ("? [1]\n: 2", "a key is not text"),
        ("--- 1\n--- 2", "not one YAML document"),
        ("", "not one YAML document"),
        ("[" * 200 + "]" * 200, "nested too deeply"),
    ],
)
def test_what_cassettes_do_not_use_is_refused(text: str, problem: str) -> None:
    """Tags, aliases, repeated keys and deep nesting are errors with their line."""
    with pytest.raises(ValueError, match=problem):
        read_yaml(text)


def test_depth_is_bounded_before_another_loader_sees_it() -> None:
    """A file that would overrun the stack of libyaml's loader is refused."""
    check_depth("[[1], {a: [*x]}]")
    with pytest.raises(ValueError, match="nested too deeply"):
        check_depth("[" * 100_000)
    with pytest.raises(ValueError, match="line 1"):
        check_depth("a: b: c")
