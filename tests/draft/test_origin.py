"""Where recordings come from together."""

from __future__ import annotations

from harness.draft import provenance_of
from harness.result import Source
from harness.struct import replace
from tests.cassette import PROVENANCE


def test_one_from_the_sandbox_makes_all_of_them_the_sandboxs() -> None:
    """No draft may look like more than its worst part."""
    live = replace(PROVENANCE, source=Source.LIVE, environment="production", base_urls={"v1": "https://a/v1"})
    joint = provenance_of([live, PROVENANCE], [])

    assert (joint.source, joint.environment) == (Source.SANDBOX, "production and sandbox")
    assert set(joint.base_urls) == {"iam", "v1"}


def test_what_vcrpy_wrote_does_not_say() -> None:
    """It is a cassette of an unknown environment, and the sandbox's where it called this machine."""
    known = provenance_of([], ["https://api.astronomer.io/v1"])
    local = provenance_of([], ["http://127.0.0.1:8765/v1"])

    assert (known.environment, known.source) == ("unknown", Source.CASSETTE)
    assert local.source is Source.SANDBOX
