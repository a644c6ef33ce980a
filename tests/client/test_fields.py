"""What a request may hold, and how a mistake is told."""

from __future__ import annotations

import pytest

from harness.client.fields import check_fields, said_by, where
from harness.errors import TargetError
from tests.client.recorded import URL, get


@pytest.mark.parametrize(
    ("name", "value"), [("", "1"), ("a b", "1"), ("a", "1\n2"), ("a", " "), ("a", "\x7f")]
)
def test_a_field_that_http_does_not_allow(name: str, value: str) -> None:
    """A name or value that would break the message is refused, and the value is not shown."""
    with pytest.raises(TargetError, match="cannot be sent") as caught:
        check_fields(get(URL, (name, f"hunter2{value}")))

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(("name", "value"), [("X-A", ""), ("x-a", "é ü"), ("~!", "a\tb")])
def test_a_field_that_is_allowed(name: str, value: str) -> None:
    """Empty values and text beyond ASCII are sent as they are, also next to a field that is refused."""
    check_fields(get(URL, (name, value)))
    with pytest.raises(TargetError, match="'b d' cannot be sent"):
        check_fields(get(URL, (name, value), ("b d", "1")))


def test_what_a_peer_said_is_one_line() -> None:
    """Secrets and what a terminal would obey are gone from it, and it is bounded."""
    said = said_by(ValueError("a\nb\x1b[31m Bearer 0123456789abcdef0123456789abcdef " + "x" * 500))

    assert "0123456789abcdef" not in said
    assert said.isprintable()
    assert len(said) <= 300
    assert (
        where("GET", "https://h/p?token=hunter2hunter2")
        == "GET https://h/p?token=REDACTED-"
        + (where("GET", "https://h/p?token=hunter2hunter2").rpartition("-")[2])
    )
