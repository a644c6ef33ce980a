"""Bodies that are not plain JSON: lines of JSON, text, bytes, packed, broken, too large, ambiguous."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import compare as comparing
from harness.compare import compare
from harness.difference import PACKED_NOTHING, Difference, Kind
from harness.exchange import MAX_NESTING, Headers, Json, Pair, Side
from tests.builders import exchange

_NDJSON = "application/x-ndjson"
_STREAM = "application/octet-stream"
_JSON = "application/json"


def _headers(media: str) -> Headers:
    return (("content-type", media),) if media else ()


def _compared(
    old: bytes, new: bytes, media: str, other: str | None = None, status: int = 200
) -> list[tuple[Kind, str]]:
    return [(each.kind, each.path) for each in _facts(old, new, media, other, status)]


def _facts(
    old: bytes, new: bytes, media: str, other: str | None = None, status: int = 200
) -> tuple[Difference, ...]:
    baseline = exchange(content=old, headers=_headers(media), status=status)
    candidate = exchange(content=new, headers=_headers(media if other is None else other), status=status)
    return compare(Pair(baseline=baseline, candidate=candidate))


@pytest.mark.parametrize("media", [_NDJSON, "application/jsonl", _STREAM, ""])
def test_lines_of_json_are_compared_as_json(media: str) -> None:
    """Each line is an element of a list, aligned by its id, whatever the media type calls it."""
    old = b'{"id": 1, "a": "x"}\n{"id": 2, "a": "y"}\n'
    new = b'{"id":2,"a":"y"}\r\n\r\n{"id":1,"a":"z"}'
    assert _compared(old, new, media) == [(Kind.ORDER, "$.body"), (Kind.VALUE, "$.body[*].a")]


def test_equal_lines_in_another_spelling_are_equal() -> None:
    """Blanks, the order of keys and the last line feed are no difference."""
    assert _compared(b'{"a": 1, "b": 2}\n', b'{"b":2,"a":1}', _NDJSON) == []


def test_a_line_that_only_one_side_has_is_an_element() -> None:
    """A shorter stream lacks elements; it does not change as a whole."""
    found = _compared(b'{"id": 1}\n{"id": 2}\n', b'{"id": 1}\n', _NDJSON)
    assert found == [(Kind.ELEMENT_REMOVED, "$.body[*]")]


@pytest.mark.parametrize(
    ("old", "new", "side"),
    [
        (b'{"id": 1}\n', b'{"id": 1\n', Side.CANDIDATE),
        (b"x\n", b'{"id": 1}\n', Side.BASELINE),
        (b"x", b"y", None),
    ],
)
def test_a_broken_line_is_invalid_where_lines_are_promised(old: bytes, new: bytes, side: Side | None) -> None:
    """A stream that says it is JSON lines and has another line cannot be read by its callers."""
    (found,) = _facts(old, new, _NDJSON)
    assert (found.kind, found.side) == (Kind.BODY_INVALID, side)


@pytest.mark.parametrize("old", [b"12\n13\n", b"a log\n", b'"text"\n'])
def test_other_text_stays_text(old: bytes) -> None:
    """Without a media type that promises JSON, only lines that are all objects are JSON lines."""
    assert _compared(old, b'{"id": 1}\n', _STREAM) == [(Kind.VALUE, "$.body")]


def test_the_error_of_a_stream_is_one_object() -> None:
    """The vendor types the errors of its streams as bytes; they are compared as errors."""
    old, new = b'{"message": "a", "statusCode": 403}', b'{"message": "b", "statusCode": 403}'
    for status in (400, 403, 500):
        assert _compared(old, new, _STREAM, status=status) == [(Kind.VALUE, "$.body.message")]
    assert _compared(old, new, _STREAM, status=399) == [(Kind.VALUE, "$.body[*].message")]


def test_text_is_compared_as_it_is() -> None:
    """Text of a type that means nothing here is one value."""
    (found,) = _facts(b"a\n", b"b\n", "text/plain")
    assert (found.kind, found.path, found.baseline, found.candidate) == (Kind.VALUE, "$.body", "a\n", "b\n")
    assert _compared(b'{"a": 1}', b'{"a": 2}', "text/plain") == [(Kind.VALUE, "$.body")]


def test_bytes_are_no_broken_lines() -> None:
    """Bytes that are no text stay bytes, even where lines of JSON are promised."""
    assert _compared(b"\x00\xff", b"\x00\xfe", _NDJSON) == [(Kind.VALUE, "$.body")]
    assert _compared(b"\x00\xff", b"a log", _STREAM) == [(Kind.VALUE, "$.body")]
    assert _compared(b"a log", b"\x00\xff", _STREAM) == [(Kind.VALUE, "$.body")]


@pytest.mark.parametrize("json_first", [True, False])
@pytest.mark.parametrize("whole", [(b"text", "text/plain"), (b"\x00\xff", "image/png")])
def test_json_against_what_is_none_is_told_as_a_whole(whole: tuple[bytes, str], *, json_first: bool) -> None:
    """Where one side has no JSON, no place within it is compared, and bytes are no null."""
    sides = ((b'{"a": 1}', _JSON), whole)
    (old, media), (new, other) = sides if json_first else sides[::-1]

    found = _facts(old, new, media, other)

    assert [(each.kind, each.path) for each in found] == [
        (Kind.MEDIA_TYPE, "$.headers['content-type']"),
        (Kind.VALUE, "$.body"),
    ]
    assert None not in (found[1].baseline, found[1].candidate)


def test_bytes_of_one_size_are_told_apart() -> None:
    """Where the number of bytes says nothing, the beginning of their hash does."""
    (found,) = _facts(b"\x00\xff", b"\x00\xfe", "image/png")
    assert found.baseline != found.candidate
    assert found.baseline == "2 bytes, SHA-256 06eb7d6a69ee"
    (found,) = _facts(b"\x00\xff" * 500, b"\x00\xfe" * 500, "image/png")
    assert str(found.baseline).startswith("1000 bytes, SHA-256 ")


def test_a_packed_file_is_unpacked_and_the_packing_told() -> None:
    """Code that unpacks the body fails on a plain one: that is a difference beside those of the content."""
    old, new = gzip.compress(b'{"id": 1, "a": 1}\n'), b'{"id": 1, "a": "1"}\n'
    media, value = _facts(old, new, _STREAM)
    assert (media.kind, media.path) == (Kind.MEDIA_TYPE, "$.headers['content-type']")
    assert (media.baseline, media.candidate) == (f"{_STREAM} in a gzip file", _STREAM)
    assert (value.kind, value.path) == (Kind.TYPE, "$.body[*].a")
    assert _compared(new, old, _STREAM) == [(each.kind, each.path) for each in (media, value)]


def test_what_is_packed_under_the_name_of_json_is_invalid() -> None:
    """Callers parse such a body as JSON; that it can be unpacked does not help them."""
    packed = gzip.compress(b'{"a": 1}')
    (found,) = _facts(b'{"a": 1}', packed, _JSON)
    assert (found.kind, found.side) == (Kind.BODY_INVALID, Side.CANDIDATE)
    (found,) = _facts(gzip.compress(b""), b"", _JSON)
    assert (found.kind, found.detail) == (Kind.BODY_REMOVED, "")


def test_bytes_that_went_are_told() -> None:
    """A body of bytes that are not packed may go like any other."""
    (found,) = _facts(b"\x00\xff", b"", _STREAM)
    assert (found.kind, found.detail) == (Kind.BODY_REMOVED, "")


@pytest.mark.parametrize("packed_first", [True, False])
def test_a_packed_nothing_against_no_body_says_so(*, packed_first: bool) -> None:
    """A gzip file of nothing and an empty body both hold nothing; one of something is a body."""
    for content, detail in ((b"", PACKED_NOTHING), (b'{"id": 1}\n', "")):
        packed = gzip.compress(content)
        (found,) = _facts(packed, b"", _STREAM) if packed_first else _facts(b"", packed, _STREAM)

        assert (found.kind is Kind.BODY_REMOVED) is packed_first
        assert found.detail == detail


def test_files_packed_otherwise_are_equal() -> None:
    """How well a file is packed is nobody's business; what it holds is compared."""
    for plain in (b'{"id": 1, "a": "' + b"x" * 500 + b'"}\n', b"\x00\xff" * 500):
        assert _compared(gzip.compress(plain, 1), gzip.compress(plain, 9, mtime=1), _STREAM) == []


@pytest.mark.parametrize(
    ("old", "new", "side"),
    [
        (b'{"a": 1, "a": 2}', b'{"a": 2}', Side.BASELINE),
        (b'{"a": 2}', b'{"a": 1, "a": 2}', Side.CANDIDATE),
        (b'{"a": 1, "a": 2}', b'{"a": 3, "a": 2}', None),
    ],
)
def test_a_key_that_stands_twice_is_told(old: bytes, new: bytes, side: Side | None) -> None:
    """Parsers read one value or the other, so an equal reading here proves nothing of theirs."""
    (found,) = _facts(old, new, _JSON)
    assert (found.kind, found.path, found.side) == (Kind.BROKEN, "$.body", side)
    assert "the key `a` more than once" in found.detail


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * (MAX_NESTING + 1) + b"]" * (MAX_NESTING + 1),
    ],
)
def test_what_json_cannot_hold_is_invalid(content: bytes) -> None:
    """NaN, numbers beyond every double, endless integers and deep nesting are never guessed at."""
    (found,) = _facts(b'{"a": 1}', content, _JSON)
    assert (found.kind, found.side) == (Kind.BODY_INVALID, Side.CANDIDATE)


def test_huge_integers_are_exact() -> None:
    """Integers that no double tells apart are told apart."""
    assert _compared(b'{"a": 9007199254740993}', b'{"a": 9007199254740992}', _JSON) == [
        (Kind.VALUE, "$.body.a")
    ]


def test_a_body_over_the_cap_is_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies that are too large are never called equal or different, unless their bytes are equal."""
    monkeypatch.setattr(comparing, "MAX_BODY", 10)
    (found,) = _facts(b'{"a": 1}', b'{"a": 12345}', _JSON)
    assert (found.kind, found.path) == (Kind.BUDGET, "$.body")
    assert "12 bytes is larger than 10" in found.detail
    assert _compared(b'{"a": 1}', b'{"a": 123}', _JSON) == [(Kind.VALUE, "$.body.a")]
    assert _compared(b'{"a": 12345}', b'{"a": 12345}', _JSON) == []


_ONE = {"id": "t", "name": "n", "kind": "k"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (_ONE, {"data": _ONE}, [(Kind.WRAPPED, "$.body", "$.body.data")]),
        (
            [_ONE],
            {"items": [_ONE], "limit": 20},
            [(Kind.WRAPPED, "$.body", "$.body.items")],
        ),
        ({"data": _ONE, "meta": {}}, _ONE, [(Kind.UNWRAPPED, "$.body.data", "$.body")]),
        (
            _ONE,
            {"data": {**_ONE, "name": "other"}},
            [(Kind.WRAPPED, "$.body", "$.body.data"), (Kind.VALUE, "$.body.name", "")],
        ),
        (
            {"data": _ONE},
            {"id": "t", "name": "n"},
            [(Kind.UNWRAPPED, "$.body.data", "$.body"), (Kind.REMOVED, "$.body.data.kind", "")],
        ),
        ([1, 2], {"items": [1, 2]}, [(Kind.WRAPPED, "$.body", "$.body.items")]),
        ({"a": 1}, {"data": {"a": 1}}, [(Kind.WRAPPED, "$.body", "$.body.data")]),
    ],
)
def test_a_body_that_stands_in_another_is_told_so(
    old: Json, new: Json, expected: list[tuple[Kind, str, str]]
) -> None:
    """A body that moved into, or out of, an envelope is one difference; what else differs is told too."""
    found = compare(Pair(baseline=exchange(old), candidate=exchange(new)))

    assert [(each.kind, each.path, each.to) for each in found] == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_ONE, {"id": "t", "data": _ONE}),
        ({"a": 1}, {"data": {"a": 2}}),
        (_ONE, {"data": {"id": "x", "size": 1, "owner": 1, "at": 1}}),
        ([], {"items": []}),
        ({}, {"data": {}}),
        ([_ONE], {"items": []}),
        ([1, 2], {"items": [1, 3]}),
        (_ONE, [_ONE]),
        (_ONE, {f"data{n}": _ONE for n in range(40)}),
    ],
)
def test_what_merely_holds_something_alike_is_no_envelope(old: Json, new: Json) -> None:
    """Shared names, empty bodies, other contents and maps are not taken for a body in an envelope."""
    for first, second in ((old, new), (new, old)):
        found = compare(Pair(baseline=exchange(first), candidate=exchange(second)))

        assert found
        assert not {each.kind for each in found} & {Kind.WRAPPED, Kind.UNWRAPPED}


_LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=3)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=10,
)


@given(_VALUES.filter(lambda value: isinstance(value, dict | list) and bool(value)))
def test_any_body_is_found_in_an_envelope(body: Json) -> None:
    """Whatever a body holds, put into an envelope, or taken out of it, it is that one difference."""
    enveloped: Json = {"data": body, "meta": None}
    old, new = exchange(body), exchange(enveloped)

    wrapped = compare(Pair(baseline=old, candidate=new))
    unwrapped = compare(Pair(baseline=new, candidate=old))

    assert [(each.kind, each.to) for each in wrapped] == [(Kind.WRAPPED, "$.body.data")]
    assert [(each.kind, each.path) for each in unwrapped] == [(Kind.UNWRAPPED, "$.body.data")]


@given(_VALUES, _VALUES)
def test_bodies_differ_from_either_side(old: Json, new: Json) -> None:
    """Two bodies differ if the swapped ones do, envelopes or not; without a difference they are equal."""
    found = compare(Pair(baseline=exchange(old), candidate=exchange(new)))
    swapped = compare(Pair(baseline=exchange(new), candidate=exchange(old)))

    assert bool(found) == bool(swapped)
    assert found or json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)
