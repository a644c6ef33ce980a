"""Where recordings come from together."""

from __future__ import annotations

from harness.draft import provenance_of
from harness.exchange import Request
from harness.result import Source
from harness.settings import SANDBOX_MARK
from harness.struct import replace
from tests.builders import exchange
from tests.cassette import PROVENANCE


def test_one_from_the_sandbox_makes_all_of_them_the_sandboxs() -> None:
    """No draft may look like more than its worst part."""
    live = replace(PROVENANCE, source=Source.LIVE, environment="production", base_urls={"v1": "https://a/v1"})
    joint = provenance_of([live, PROVENANCE], [])

    assert (joint.source, joint.environment) == (Source.SANDBOX, "production and sandbox")
    assert set(joint.base_urls) == {"iam", "v1"}


def test_what_vcrpy_wrote_does_not_say() -> None:
    """It is of an unknown environment, and the sandbox's where the sandbox or this machine answered."""
    known = exchange()
    local = exchange(sent=Request(method="GET", url="http://127.0.0.1:8765/v1"))
    marked = exchange({}, headers=(SANDBOX_MARK,))
    origin = provenance_of([], [known])

    assert (origin.environment, origin.source) == ("unknown", Source.CASSETTE)
    assert provenance_of([], [known, local]).source is Source.SANDBOX
    assert provenance_of([], [known, marked]).source is Source.SANDBOX
