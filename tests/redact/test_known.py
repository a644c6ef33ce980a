"""Known values in every spelling."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.redact.known import Known

SECRET = 'a/secret+value &"é" 9'
KNOWN = Known({"ASTRO_API_TOKEN": SECRET})


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(SECRET))[1:-1],
        html.escape(SECRET),
        SECRET.encode().hex(),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(b"user:" + SECRET.encode()).decode(),
        base64.b64encode(b"ab:" + SECRET.encode() + b"\n").decode(),
    ],
)
def test_every_spelling_is_found(spelled: str) -> None:
    """A known value is replaced however it is written, and only it."""
    assert KNOWN.hide(f"before {spelled} after").startswith("before ")
    assert KNOWN.hide(f"before {spelled} after").endswith(" after")
    assert "[ASTRO_API_TOKEN]" in KNOWN.hide(f"before {spelled} after")
    assert spelled not in KNOWN.hide(f"before {spelled} after")


secrets = st.text(min_size=8, max_size=40).filter(lambda text: text not in "REDACTED-")


@given(secret=secrets, before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_base64_hides_nothing(secret: str, before: bytes, after: bytes) -> None:
    """A value inside longer data in base64 is found wherever it begins."""
    coded = base64.b64encode(before + secret.encode("utf-8", "surrogatepass") + after).decode()

    assert "[NAME]" in Known({"name": secret}).hide(f"x {coded} y")


def test_text_without_a_known_value_is_the_same_object() -> None:
    """Nothing to replace costs no copy."""
    text = "nothing here " * 3

    assert KNOWN.hide(text) is text


@pytest.mark.parametrize("value", ["", "short", "[NAME]", "NAME", "REDACTED"])
def test_values_that_cannot_be_told_from_other_text_are_left(value: str) -> None:
    """Too short values, and values that occur in placeholders, are not searched for."""
    assert Known({"NAME": value}).hide(f"a {value} b") == f"a {value} b"


def test_any_name_makes_a_placeholder() -> None:
    """Names of variables that are no identifiers in capitals are made so."""
    found = [Known({name: "a secret value"}).exact("a secret value") for name in ("my.token-1", "1st", "")]

    assert found == ["[MY_TOKEN_1]", "[SECRET_1ST]", "[SECRET]"]


def test_a_short_value_is_known_as_a_whole() -> None:
    """Where a whole value is a secret anyway, a short one gets its name too."""
    assert Known({"pin": "1234"}).exact("1234") == "[PIN]"


@pytest.mark.parametrize(
    "text",
    ["a%2f%2Bb%2bc%3d0123", "a%252F%252bb%252Bc%253d0123", "x=a%2F%2bb%2bc%3D0123;y"],
)
def test_percent_encoding_of_mixed_case_and_more_than_once_is_seen_through(text: str) -> None:
    """Proxies write either case, and what is encoded in a form may be a URL already."""
    known = Known({"A_TOKEN": "a/+b+c=0123"})

    assert known.occurs(text)
    assert "A_TOKEN" in known.hide(text)
    assert not known.occurs(known.hide(text))


def test_encoding_without_end_takes_no_time_without_end() -> None:
    """A text that can be decoded thousands of times is not."""
    assert not Known({"A_TOKEN": "a/+b+c=0123"}).occurs("%25" * 1000 + "25" * 100_000 + "+")
