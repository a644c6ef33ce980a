"""Bodies as they are decoded, header look-up, and pairs."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.exchange import (
    MAX_BODY,
    MAX_NESTING,
    Body,
    BodyKind,
    Json,
    Request,
    Response,
    Side,
    header,
    media_type,
    read_body,
    timestamp,
)
from tests.builders import JSON_HEADERS, exchange, pair, request

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
_MEDIA = st.sampled_from(["application/json", "application/problem+json", "text/html", "image/png", ""])


@pytest.mark.parametrize(
    ("content", "media", "body"),
    [
        (b"", "application/json", Body(kind=BodyKind.EMPTY)),
        (b"", "", Body(kind=BodyKind.EMPTY)),
        (b'{"a": 1}', "application/json", Body(kind=BodyKind.JSON, data={"a": 1})),
        (b"null", "application/json", Body(kind=BodyKind.JSON, data=None)),
        (b'{"a": 1}', "application/problem+json", Body(kind=BodyKind.JSON, data={"a": 1})),
        (b'\xef\xbb\xbf{"a": 1}', "application/json", Body(kind=BodyKind.JSON, data={"a": 1})),
        ('{"a": "é"}'.encode("utf-16"), "application/json", Body(kind=BodyKind.JSON, data={"a": "é"})),
        (b' \n[{"a": 1}]', "", Body(kind=BodyKind.JSON, data=[{"a": 1}])),
        (b"[not json", "", Body(kind=BodyKind.TEXT, data="[not json")),
        (b'{"a": 1}', "text/plain", Body(kind=BodyKind.TEXT, data='{"a": 1}')),
        (b"12", "", Body(kind=BodyKind.TEXT, data="12")),
        (b'{"a": 1}\n{"a": 2}', "application/x-ndjson", Body(kind=BodyKind.TEXT, data='{"a": 1}\n{"a": 2}')),
        (b"<html>", "application/json", Body(kind=BodyKind.INVALID, data="<html>")),
        (b'{"a": 1', "application/json", Body(kind=BodyKind.INVALID, data='{"a": 1')),
        (b"  ", "application/json", Body(kind=BodyKind.INVALID, data="  ")),
        (b'{"a": "\xff"}', "application/json", Body(kind=BodyKind.INVALID, data='{"a": "�"}')),
        (b'{"a": 1e999}', "application/json", Body(kind=BodyKind.INVALID, data='{"a": 1e999}')),
        (b'{"a": 1e200}', "application/json", Body(kind=BodyKind.JSON, data={"a": 1e200})),
        (b'{"a": 1, "a": 2}', "application/json", Body(kind=BodyKind.JSON, data={"a": 2})),
        (b'{"a": NaN}', "application/json", Body(kind=BodyKind.INVALID, data='{"a": NaN}')),
        (b"[-Infinity]", "application/json", Body(kind=BodyKind.INVALID, data="[-Infinity]")),
        (b"a\x00b", "text/plain", Body(kind=BodyKind.BINARY)),
        (b"\x1f\x8b\x08\xff", "application/octet-stream", Body(kind=BodyKind.BINARY)),
    ],
)
def test_a_body_is_what_its_bytes_are(content: bytes, media: str, body: Body) -> None:
    """Bytes are JSON where the media type says so or they look it, and only if they really are."""
    assert read_body(content, media) == body


@given(_JSON)
def test_json_is_read_back(value: Json) -> None:
    """What was written as JSON is read back as the same value."""
    assert read_body(json.dumps(value).encode(), "application/json") == Body(kind=BodyKind.JSON, data=value)


@given(st.binary() | st.text('[]{}",:0truN\\u ', max_size=20).map(str.encode), _MEDIA)
def test_any_bytes_are_decoded(content: bytes, media: str) -> None:
    """No bytes make the decoder fail."""
    assert read_body(content, media).kind in BodyKind


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")])
def test_nesting_ends_somewhere(opening: bytes, closing: bytes) -> None:
    """JSON of a few hundred levels is read, and what nests deeper is invalid, however deep it is."""
    levels = MAX_NESTING // (opening.count(b"[") + opening.count(b"{"))

    def nested(times: int) -> BodyKind:
        return read_body(opening * times + b"1" + closing * times, "application/json").kind

    assert nested(levels) is BodyKind.JSON
    assert [nested(levels + 1), nested(1_000), nested(100_000)] == [BodyKind.INVALID] * 3


def test_brackets_in_strings_are_no_nesting() -> None:
    """Thousands of brackets in text, or side by side, do not make a body too deep."""
    data: Json = {"text": "[{" * 5_000, "list": [[] for _ in range(5_000)]}

    assert read_body(json.dumps(data).encode(), "application/json").data == data


def test_a_number_that_is_too_long_is_invalid() -> None:
    """A number that Python refuses to read makes the body invalid instead of failing the run."""
    assert read_body(b"1" * 10_000, "application/json").kind is BodyKind.INVALID


def test_headers_are_found_without_case() -> None:
    """The first field of a name is found whatever its case, and None where there is none."""
    headers = (("X-One", "1"), ("x-one", "2"), ("Content-Type", " Application/JSON ; charset=utf-8"))

    assert header(headers, "x-ONE") == "1"
    assert header(headers, "x-two") is None
    assert media_type(headers) == "application/json"
    assert media_type(()) == ""


def test_a_body_is_decoded_once() -> None:
    """Requests and responses keep the decoded body, so that asking twice costs nothing."""
    response = Response(status=200, content=b'{"a": []}', headers=(("content-type", "application/json"),))
    sent = request(data={"a": 1})

    assert response.body is response.body
    assert sent.body is sent.body
    assert sent.body.data == {"a": 1}
    assert Request(method="GET", url="https://api.example.com/").body.kind is BodyKind.EMPTY


def test_a_pair_gives_each_side() -> None:
    """A pair hands out the exchange of the side that is asked for."""
    made = pair({"a": 1}, {"a": 2})

    assert made.exchange(Side.BASELINE) is made.baseline
    assert made.exchange(Side.CANDIDATE) is made.candidate
    assert exchange(status=204).response == Response(status=204)


def test_a_body_over_the_cap_is_not_decoded() -> None:
    """What is too large is bytes, so that nothing parses it."""
    assert read_body(b" " * (MAX_BODY + 1), "application/json") == Body(kind=BodyKind.BINARY)
    assert read_body(b"1" + b" " * (MAX_BODY - 1), "application/json") == Body(kind=BodyKind.JSON, data=1)


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b'{"a": 1, "b": 2}', ()),
        (b'{"a": 1, "b": {"a": 2}}', ()),
        (b'[{"a": 1, "a": 1, "a": 1}, {"b": 1, "a": 2, "b": 3}]', ("a", "b")),
        (b"[]", ()),
        (b"no json", ()),
    ],
)
def test_names_that_stand_twice_are_told(content: bytes, names: tuple[str, ...]) -> None:
    """A response knows the names that one object has more than once, each once, in their order."""
    assert Response(status=200, headers=JSON_HEADERS, content=content).repeated == names


def test_threads_read_bodies_side_by_side() -> None:
    """The names that stand twice are told of the body that has them, and of no other one."""
    twice = [
        Response(status=200, headers=JSON_HEADERS, content=b'{"n%d": 1, "n%d": [{}, {}]}' % (n, n))
        for n in range(200)
    ]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda response: response.repeated, twice))

    assert told == [(f"n{n}",) for n in range(200)]


def test_the_time_is_written_as_exchanges_have_it() -> None:
    """RFC 3339 in UTC with milliseconds."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", timestamp())
