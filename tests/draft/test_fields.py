"""Header fields of recorded requests."""

from __future__ import annotations

import pytest

from harness.draft.fields import chosen, credential_of, is_condition, is_sendable


@pytest.mark.parametrize(
    "name",
    [
        ":authority",
        "Host",
        "User-Agent",
        "Accept-Encoding",
        "Cookie",
        "sec-ch-ua",
        "traceparent",
        "X-Request-ID",
        "X-Forwarded-For",
        "x-astro-client-identifier",
        "x-client-os-identifier",
        "CF-Connecting-IP",
        "Authorization",
        "Proxy-Authorization",
        "X-B3-TraceId",
    ],
)
def test_what_clients_send_by_themselves_is_not_chosen(name: str) -> None:
    """In any case of letters."""
    assert chosen(((name, "1"),)) == ()


def test_what_a_client_chose_is_kept_as_it_was() -> None:
    """A field that comes twice has both values; what stands for JSON goes without saying."""
    sent = (
        ("X-A", "1"),
        ("Accept", "application/json"),
        ("x-a", "2"),
        ("If-Match", "*"),
        ("Accept", "text/csv"),
    )

    assert chosen(sent) == (("X-A", "1, 2"), ("If-Match", "*"), ("Accept", "text/csv"))


def test_only_what_http_allows_can_be_sent() -> None:
    """Names of its letters, values of a line of ASCII."""
    assert is_sendable("X-A", "b c")
    assert not any(is_sendable(*field) for field in (("X A", "b"), ("X-A", "b\n"), ("X-A", "é"), ("", "b")))


def test_conditions_are_known() -> None:
    """They depend on what there is when they are sent."""
    assert [is_condition(name) for name in ("If-None-Match", "range", "X-Range")] == [True, True, False]


def test_a_credential_stands_behind_its_scheme() -> None:
    """Or alone."""
    assert credential_of("Bearer a") == ("Bearer ", "a")
    assert credential_of("a") == ("", "a")
