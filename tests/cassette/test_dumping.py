"""Data as YAML, to the byte as PyYAML writes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.cassette import to_interaction
from harness.cassette.dumping import dump
from harness.cassette.plain_yaml import read_yaml
from harness.exchange import Exchange, Failure, FailureKind, Request, Response, Retry

_UNREADABLE = re.compile(
    r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ODD_SPACE = re.compile(r"\A[ \n]| $|\n\n\Z", re.MULTILINE)


def _represent_text(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else None
    if _UNREADABLE.search(text) or (style and _ODD_SPACE.search(text)):
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


class _Fast(yaml.CSafeDumper):
    """libyaml with our styles of text, and nothing of ours but them."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


class _Own(yaml.SafeDumper):
    """PyYAML's own emitter with the same."""

    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


_Fast.add_representer(str, _represent_text)
_Own.add_representer(str, _represent_text)


def _by_pyyaml(data: object, *, own: bool = False) -> str:
    """Let PyYAML write all of it, by its own emitter or as it is asked to write cassettes."""
    layout: dict[str, Any] = {
        "allow_unicode": True,
        "sort_keys": False,
        "width": 1 << 30,
        "default_flow_style": False,
    }
    fast = str(yaml.dump(data, Dumper=_Own if own else _Fast, **layout))
    return str(yaml.dump(data, Dumper=_Own, **layout)) if "\\U000" in fast else fast


ODD = (
    *("", " ", "  a", "a  ", "a: b", "a:", ":", ": a", "a:b", "a #b", "#a", "a#b", "- a", "-"),
    *("--- a", "..."),
    *("yes", "No", "ON", "off", "y", "n", "null", "Null", "~", "true", "FALSE", "none", "="),
    *("<<", "<", "!"),
    *("0", "00", "1", "08", "-1", "+1", "1_000", "0x1f", "0b1", "1.5", ".5", "1e5", "1.0e-5"),
    *(".inf", ".nan"),
    *("12:30:45", "2026-01-01", "2026-11-29 15:32:13", "2026-11-29T15:32:13.123Z"),
    *("2026-13-77T99:99:99.999Z"),
    *("2026-11-29T15.32:13.123Z", "2026-11-29T00000000.000Z", "2026-11-29T15:32:13.1234Z", "12026-11-29"),
    *("'", '"', "''", "it's", '"a"', "'a", "[a]", "{a: b}", "{", "[", "a, b", ",", "&a", "*a"),
    *("!a", "|", ">"),
    *("%a", "@a", "`a", "?", "? a", "a?", "\\", "a\\nb", "\\U0001F600", "\\u00e9", "a\tb", "\t", "a\rb"),
    *("\x00", "\x07", "\x1b[0m", "\x7f", "\x80", "\x85", "\x9f", "\xa0", "\xad", "\u2028"),
    *("a\u2029", "\ufeff"),
    *("é", "Zoë", "日本", "\ue000", "\ufffd", "\ufffe", "\uffff", "🚀", "a🚀\nb", "\U0010ffff", "é" * 300),
    *("a\nb", "a\nb\n", "a\n\nb", "a\n\n\nb\n", "a\nb\n\n", "\na", " a\nb", "a \nb", "a\n b"),
    *("a\n  \nb", "\n"),
    *("\n\n", "a\n b ", "a\t\nb", "a\n\tb", "a\r\nb", "---\na", "a\n---", "#\na", "é\nb"),
    *("a\x85b\nc", "%\na"),
    *("a" * 129, "a" * 200, "a" * 201, "x y " * 500, "/", "//", "/a b", "https://x.org/a?b=c#d", "/ #d"),
)

odd = (
    st.sampled_from(ODD)
    | st.text(st.characters(codec="utf-8"))
    | st.text(alphabet="ab1 :#-'\"\n\\", max_size=12)
    | st.text(alphabet="ab \n\t\r\x85\u2028\ufeff\x00\x7f{}[]\":,'#|>-\U0001f600é", max_size=12)
    | st.from_regex(r"[-+]?[0-9_.:eExX]{0,6}", fullmatch=True)
    | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9:.]{5,12}Z?)?", fullmatch=True)
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=80) | odd
keys = st.sampled_from(["a", "content-type", "x.y_z", "Set-Cookie", "y", "on", "a" * 64, "a" * 200]) | odd
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=400)
@given(data=values)
@example(data=[{"a": {}, "b": [], "c": [[], {}, [[1]], [{"a": "b\nc"}]], "d": [{"e": {"f": "g\n"}}]}])
@example(data={"a": ["b\nc"]})
@example(data=[{"a": "\\U0001F600", "b": "é"}, "🚀"])
def test_any_data_is_written_as_pyyaml_writes_it(data: object) -> None:
    """Whatever it is made of, libyaml's bytes come out."""
    assert dump(data) == _by_pyyaml(data)


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text)[:20])
def test_odd_text_is_written_as_pyyaml_writes_it(text: str) -> None:
    """By a key, in a list, and in a list in a list, where both of its emitters agree; as a key as well."""
    for data in ([{"a": text, "b": {"c": text}}], {"a": [text, [text]]}, [[text]]):
        assert dump(data) == _by_pyyaml(data) == _by_pyyaml(data, own=True)
    as_keys = {text: {text: [{text: text}]}}

    assert dump(as_keys) == _by_pyyaml(as_keys)
    assert read_yaml(dump(as_keys)) == as_keys


fields = st.lists(st.tuples(st.sampled_from(["Content-Type", "x-a", "ETag", "content-length"]) | odd, odd))
bodies = st.binary() | odd.map(lambda text: text.encode())
usual = st.sampled_from([b'{"a":1}', b'[1, {"b": []}]\n', b"<p>\n</p>\n", '{"é":"🚀"}'.encode()])


@settings(max_examples=200)
@given(
    url=odd,
    headers=fields,
    body=bodies | usual,
    step=odd,
    elapsed=st.floats(min_value=0, max_value=1e6),
    failed=st.booleans(),
)
def test_any_exchange_is_written_as_pyyaml_writes_it(
    url: str, headers: list[tuple[str, str]], body: bytes, step: str, elapsed: float, *, failed: bool
) -> None:
    """With a response or a failure, with retries, and whatever is in its fields."""
    exchange = Exchange(
        request=Request(method="POST", url=url, headers=tuple(headers), content=body),
        response=None if failed else Response(status=200, headers=tuple(headers), content=body),
        failure=Failure(kind=FailureKind.TIMEOUT, message=step) if failed else None,
        started="2026-11-29T15:32:13.123Z",
        elapsed=elapsed,
        retries=(Retry(wait=1.5, status=429), Retry(wait=0.1, failure=FailureKind.CONNECT)) if failed else (),
        repeat=failed,
    )
    data = [to_interaction(exchange, step, readable=True)]

    assert dump(data) == _by_pyyaml(data)


@pytest.mark.parametrize("data", [["\ud800"], [{"a": "b\udfff\nc"}], [{"\ud800": 1}], "\ud83d\ude80"])
def test_half_a_character_is_refused_as_pyyaml_refuses_it(data: object) -> None:
    """No file could hold it."""
    with pytest.raises(UnicodeEncodeError) as ours:
        dump(data)
    with pytest.raises(UnicodeEncodeError) as theirs:
        _by_pyyaml(data)

    assert str(ours.value) == str(theirs.value)


@pytest.mark.parametrize("data", [[object()], {"a": FailureKind.TIMEOUT}, [{"a": {1, 2}.__iter__()}]])
def test_what_is_no_data_is_refused_as_pyyaml_refuses_it(data: object) -> None:
    """Nothing is written by its looks."""
    with pytest.raises(yaml.YAMLError):
        dump(data)


def test_the_same_object_twice_is_written_twice() -> None:
    """No alias is written, because the reader of cassettes follows none."""
    shared = {"a": [1]}

    assert dump([shared, shared]) == "- a:\n  - 1\n- a:\n  - 1\n"


def test_tuples_and_keys_that_are_no_text_are_written_by_pyyaml() -> None:
    """What is written here is only what surely comes out the same."""
    data = {1: (1, 2), None: {True: 1.5}, 2.5: [1e-07, float("inf")]}

    assert dump(data) == _by_pyyaml(data)
