"""JWTs under base64 and hex."""

from __future__ import annotations

import base64

import pytest

from harness.redact.coded import hide_coded, may_hold_coded
from tests.leaks import JWT


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("code", ["base64", "hex"])
def test_a_jwt_is_hidden_wherever_it_begins(before: str, code: str) -> None:
    """The whole run goes, and nothing beside it."""
    data = f"{before}{JWT}".encode()
    run = data.hex() if code == "hex" else base64.urlsafe_b64encode(data).decode()
    text = f"see {run} and more"

    assert may_hold_coded(text)
    assert hide_coded(text, lambda _: "x") == "see x and more"


def test_a_run_that_only_begins_so_stays() -> None:
    """The first characters of a token, which answers show, are no secret; nor is another text."""
    short = base64.b64encode(b"eyJhbGci").decode()
    other = base64.b64encode(b"eyJ is how they begin, and this is none of them").decode()

    assert not may_hold_coded(short)
    assert not may_hold_coded("a text without any of it")
    assert hide_coded(other, lambda _: "x") == other
