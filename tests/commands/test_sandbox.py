"""``harness sandbox``: what it refuses to start with."""

from __future__ import annotations

import re

import pytest

from harness.sandbox.faults import KINDS
from tests.calling import harness, refused
from tests.documentation import README


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--port", "99999"], "99999 is no port"),
        (["--host", "0.0.0.0"], "can be reached from other machines"),  # noqa: S104 - it is refused
        (["--without", "supportplan"], "--without: there is no `supportplan`"),
        (["--only", "supportPlan-removed", "x"], "--only: there is no `x`"),
        (["--with", "x"], "--with: there is no `x`"),
        (["--fault", "x"], "--fault: `x` is no fault"),
        (["--latency", "x"], "--latency: `x` is no duration"),
    ],
    ids=["no port", "no loopback", "without", "only", "with", "fault", "latency"],
)
def test_what_is_refused(arguments: list[str], why: str) -> None:
    """The sandbox starts on a port that exists and on loopback, with differences and faults that exist."""
    assert why in refused(harness("sandbox", *arguments))


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("differences", "supportPlan-removed"),
        ("faults", "latency=DURATION"),
        ("assumptions", "UNSUPPORTED_STATUS = 404"),
        ("tokens", "sandbox-workspace-token"),
    ],
)
def test_it_lists_what_there_is(name: str, word: str) -> None:
    """Each list is printed, and nothing is served."""
    done = harness("sandbox", f"--list-{name}")

    assert done.code == 0
    assert word in done.out


def test_every_option_is_documented() -> None:
    """The README names each option of the command, and each kind of fault."""
    options = set(re.findall(r"--[a-z-]+", harness("sandbox", "--help").out)) - {"--help"}

    assert len(options) > 12
    for word in (*options, *KINDS):
        assert re.search(rf"`[^`]*(?<![\w-]){re.escape(word)}\b[^`]*`", README), word
