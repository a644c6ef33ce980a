"""What makes two requests the same."""

from __future__ import annotations

import json

import pytest

from harness.cassette.keys import body_key, place, token_marker
from harness.exchange import Request
from harness.redact import Redactor


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a/p", "https://b:8080/p"),
        ("http://a", "http://a/"),
        ("http://a/p?x=1&y=2", "http://a/p?y=2&x=1"),
        ("http://a/p?x=a%20b", "http://a/p?x=a+b"),
        ("http://a/%7Euser/%c3%a9", "http://a/~user/%C3%A9"),
        ("http://a/p#top", "http://a/p"),
        ("http://a/p%28x%29", "http://a/p(x)"),
        ("http://a/p?access_token=real", "http://a/p?access_token=REDACTED-0a1b2c3d"),
        ("http://a/p/%5BTOKEN%5D", "http://a/p/REDACTED-0a1b2c3d"),
    ],
)
def test_places_that_are_the_same(one: str, other: str) -> None:
    """Host, order of the query, spelling and the values of secrets do not count."""
    assert place("get", one) == place("GET", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a/p", "http://a/q"),
        ("http://a/p", "http://a/p/"),
        ("http://a/p%2Fq", "http://a/p/q"),
        ("http://a/p?x=1", "http://a/p?x=2"),
        ("http://a/p?x=1", "http://a/p?x=1&x=1"),
        ("http://a/p?x=", "http://a/p"),
    ],
)
def test_places_that_differ(one: str, other: str) -> None:
    """Path and query count, also empty and repeated parameters."""
    assert place("GET", one) != place("GET", other)


def body(content: bytes, media: str = "application/json") -> bytes:
    """Key a body."""
    request = Request(method="POST", url="http://a/", headers=(("content-type", media),), content=content)
    return body_key(request)


def test_bodies_that_are_the_same() -> None:
    """Order of keys and spacing of JSON do not count, nor the boundary of multipart."""
    assert body(b'{"a":1,"b":[1,2]}') == body(b'{ "b": [1, 2],\n "a": 1 }')
    one = b'--X\r\nContent-Disposition: form-data; name="f"\r\n\r\n\xff\r\n--X--\r\n'
    assert body(one, "multipart/form-data; boundary=X") == body(
        one.replace(b"X", b"Y1"), 'multipart/form-data; boundary="Y1"'
    )


def test_bodies_that_differ() -> None:
    """Values, their types and the order of lists count, and every byte of what is no JSON."""
    objects = [b'{"a":1}', b'{"a":2}', b'{"a":1.0}', b'{"a":"1"}', b'{"a":null}', b"{}"]
    bodies = [*objects, b"[1,2]", b"[2,1]", b"[1,", b"a", b"b", b""]

    assert len({body(content) for content in bodies}) == len(bodies)


def test_a_real_secret_is_the_same_as_its_placeholder() -> None:
    """What was redacted when it was recorded is found again with the real value."""
    sent = json.dumps({"name": "x", "password": "hunter2"}).encode()

    assert body(sent) == body(Redactor().content(sent))
    assert body(sent) != body(sent.replace(b'"x"', b'"y"'))


def test_a_name_in_brackets_is_a_placeholder_only_as_a_whole() -> None:
    """Ordinary text with a word in brackets counts in full."""
    assert body(b'{"name": "[DEV] jobs"}') != body(b'{"name": "[PROD] jobs"}')
    assert place("GET", "http://a/p?name=%5BDEV%5D+x") != place("GET", "http://a/p?name=%5BPROD%5D+x")
    assert body(b'{"password": "[A_SECRET]"}') == body(b'{"password": "REDACTED-0a1b2c3d"}')


@pytest.mark.parametrize(
    ("value", "marker"),
    [
        (None, "none"),
        ("Bearer abc", "token"),
        ("Bearer [ASTRO_API_TOKEN]", "token"),
        ("harness-probe malformed", "harness-probe malformed"),
        ("Bearer harness-probe-invalid-token", "Bearer harness-probe-invalid-token"),
    ],
)
def test_the_kind_of_token_counts(value: str | None, marker: str) -> None:
    """Probes are told from each other and from a real token; real tokens are all the same."""
    headers = () if value is None else (("Authorization", value),)

    assert token_marker(headers) == marker


def test_the_token_of_a_probe_is_told_by_the_end_of_its_name() -> None:
    """Environments call the variable differently; what is recorded in one is played in another."""

    def marker(value: str) -> str:
        return token_marker((("authorization", f"Bearer {value}"),))

    assert marker("[ASTRO_API_TOKEN_READONLY]") == marker("[ASTRO_SANDBOX_TOKEN_READONLY]")
    assert marker("[ASTRO_API_TOKEN_READONLY]") != marker("[ASTRO_API_TOKEN_WORKSPACE]")
    assert marker("[ASTRO_API_TOKEN_EXPIRED]") != marker("[ASTRO_API_TOKEN]") == marker("REDACTED-0a1b2c3d")
