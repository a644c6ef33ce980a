"""``harness sandbox``: what it refuses to start with."""

from __future__ import annotations

import pytest

from tests.calling import harness, refused


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--port", "99999"], "99999 is no port"),
        (["--host", "0.0.0.0"], "can be reached from other machines"),  # noqa: S104 - it is refused
    ],
    ids=["no port", "no loopback"],
)
def test_an_address_that_is_refused(arguments: list[str], why: str) -> None:
    """The sandbox starts on a port that exists, and on loopback unless told otherwise."""
    assert why in refused(harness("sandbox", *arguments))
