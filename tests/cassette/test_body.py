"""Bodies in cassettes."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.body import lay_out, restore

PRETTY = '{\n  "a": [\n    1,\n    "x"\n  ],\n  "b": {},\n  "c": []\n}'


@pytest.mark.parametrize(
    ("content", "stored", "style"),
    [
        (b'{"a":[1,"x"],"b":{},"c":[]}', PRETTY, "compact"),
        (b'{"a": [1, "x"], "b": {}, "c": []}', PRETTY, "spaced"),
        (b'{"a":[1,"x"],"b":{},"c":[]}\n', PRETTY, "compact newline"),
        (b'{"a": [1, "x"], "b": {}, "c": []}\n', PRETTY, "spaced newline"),
        (PRETTY.encode(), PRETTY, ""),
        (b'{"a":1, "b":2}', '{"a":1, "b":2}', ""),
        (b'{"a":1.50,"b":1e5,"b":"\\u00e9"}', '{\n  "a": 1.50,\n  "b": 1e5,\n  "b": "\\u00e9"\n}', "compact"),
        (b"plain text", "plain text", ""),
        (b'{"a":[1', '{\n  "a": [\n    1', "compact"),
        (b'{"a": "cut sh', '{"a": "cut sh', ""),
        (b'{"a":1}\n{"b":2}\n', '{"a":1}\n{"b":2}\n', ""),
        (b"\xff\x00", b"\xff\x00", ""),
        (b"", "", ""),
    ],
)
def test_json_is_laid_out_and_comes_back(content: bytes, stored: str | bytes, style: str) -> None:
    """JSON of a known style is stored for people, anything else as it is; the bytes come back."""
    assert lay_out(content) == (stored, style)
    assert restore(stored, style) == content


def test_a_colon_in_a_string_is_no_layout() -> None:
    """What looks like the end of a key inside a string is kept, and the body is still laid out."""
    content = b'{"a":": ","b":"\\": ","c ":" x": 1}'.replace(b'" x": 1', b'"x"')
    stored, style = lay_out(content)

    assert style == "compact"
    assert restore(stored, style) == content


def test_very_deep_json_is_stored_as_it_is() -> None:
    """Indentation does not multiply the size of what a hostile server sends."""
    content = b"[" * 5000 + b"]" * 5000

    assert lay_out(content) == (content.decode(), "")


def test_an_unknown_style_is_refused() -> None:
    """A body is never played in a guessed style."""
    with pytest.raises(ValueError, match="unknown JSON style"):
        restore("{}", "curly")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
).filter(lambda value: isinstance(value, dict | list))


@given(value=json_values, compact=st.booleans(), escaped=st.booleans(), newline=st.booleans())
def test_usual_json_is_always_readable(value: object, *, compact: bool, escaped: bool, newline: bool) -> None:
    """Every JSON text of a usual writer gets lines, and its bytes come back."""
    text = json.dumps(value, separators=(",", ":") if compact else None, ensure_ascii=escaped)
    content = (text + "\n" * newline).encode()
    stored, style = lay_out(content)

    assert restore(stored, style) == content
    assert style or stored == content.decode()
    if value:
        assert isinstance(stored, str)
        assert stored.count("\n") > 1


@given(
    content=st.binary() | st.text().map(str.encode) | st.from_regex(r'\A[{\["\]},: a\\\n]*\Z').map(str.encode)
)
def test_any_bytes_come_back(content: bytes) -> None:
    """Whatever the bytes are, they are restored."""
    assert restore(*lay_out(content)) == content


_LEXEME = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def _laid_out(text: str) -> str:
    """Lay JSON out as plainly as one can, lexeme by lexeme."""
    laid, depth, previous = "", 0, ""
    for lexeme in _LEXEME.findall(text):
        depth -= lexeme in "}]"
        line = "\n" + "  " * depth
        if lexeme in "}]":
            laid += lexeme if previous in "{[" else line + lexeme
        elif lexeme in ",:":
            laid += lexeme + " " * (lexeme == ":")
        else:
            laid += (line if previous in ("{", "[", ",") else "") + lexeme
        depth += lexeme in "{["
        previous = lexeme
    return laid


STYLES = ("compact", "spaced", "compact newline", "spaced newline")
pieces = st.sampled_from(
    [*'{}[],:"\\1 \n\x85', '"a"', '"b": ', '\\"', '"\\u00e9"', '"x\\\n"', "null", "é", '"},{"']
)


@given(
    text=st.lists(pieces, max_size=14).map(lambda parts: "{" + "".join(parts))
    | st.tuples(json_values, st.booleans()).map(lambda given: json.dumps(given[0], ensure_ascii=given[1]))
)
def test_every_lexeme_has_its_place(text: str) -> None:
    """The quick way lays out what is no JSON as well, as the plain one does."""
    stored, style = lay_out(text.encode())

    assert stored == (_laid_out(text) if style else text)
    if not style and _laid_out(text) != text:
        assert text.encode() not in {restore(_laid_out(text), style) for style in STYLES}
