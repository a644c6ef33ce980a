"""The reader of the layout that cassettes are saved in."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.dumping import dump
from harness.cassette.layout import read_layout
from harness.cassette.plain_yaml import read_yaml

texts = st.text() | st.text(alphabet=" \n'\"\\:#-|[]{}&*!?~ab1.\t\r\u2028\U0001f600")
keys = st.text(alphabet="abXY09_.-", min_size=1) | texts
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=15,
)


@given(value=st.lists(values, min_size=1) | st.dictionaries(keys, values, min_size=1))
def test_it_reads_what_the_writer_writes(value: Any) -> None:
    """Whatever is written into a cassette is read as it was."""
    assert read_layout(dump(value)) == value


@given(text=st.text(alphabet=" \n-:ab|1'\"[]{}#", max_size=40))
def test_it_agrees_with_the_parser(text: str) -> None:
    """Text that a dumper could have written is read as YAML has it, whatever it is."""
    try:
        wanted = read_yaml(text)
    except ValueError:
        return
    if yaml.safe_dump(wanted, default_flow_style=False, width=1 << 30, sort_keys=False) == text:
        assert read_layout(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "a: [1, 2]\n",
        "a: {b: 1}\n",
        "'a b': 1\n",
        "a:\n    b: 1\n    c:\n        - 1\n",
        'a: "x\\ty"\n',
        "a: 'it''s'\n",
        "a: !!binary aGk=\n",
        "a: |2-\n    x\n",
        "a: |+\n  x\n\n",
        "a:\nb: 1\n",
        "a: >-\n  x\n  y\n",
        "a: 1",
        "- a:\n- b\n",
        "a:\n- b: 1\n",
        "a:\n- - b\n",
        "a:\n- |-\n  b\n",
    ],
)
def test_an_unusual_layout_is_left_to_the_parser(text: str) -> None:
    """What people or other tools write by hand is still read as YAML has it."""
    assert read_layout(text) == read_yaml(text)


@pytest.mark.parametrize("text", ["", "a: 1\na: 2\n", "a: &x 1\n", "a: *x\n", "- 1\nb: 2\n", "a:\n"])
def test_what_cassettes_do_not_use_is_judged_by_the_parser(text: str) -> None:
    """Text that the parser refuses is refused in its words, and nothing else is."""
    try:
        wanted = read_yaml(text)
    except ValueError as error:
        with pytest.raises(ValueError, match="^" + str(error)[:10].replace("*", r"\*")):
            read_layout(text)
    else:
        assert read_layout(text) == wanted
