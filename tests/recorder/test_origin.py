"""Where the exchanges of a recording come from."""

from __future__ import annotations

import pytest

from harness.exchange import Side
from harness.recorder.origin import side_of
from tests.recorder import IAM, V1


@pytest.mark.parametrize(
    ("url", "side", "api"),
    [
        (f"{IAM}/organizations", Side.BASELINE, "iam"),
        ("https://x.example/platform/v1beta1/organizations/o", Side.BASELINE, "platform"),
        (f"{V1}/organizations", Side.CANDIDATE, "v1"),
        ("https://api.astronomer.io/labs/v1/organizations/o/alerts", Side.CANDIDATE, "labs"),
        ("https://api.astronomer.io/other", Side.BASELINE, ""),
    ],
)
def test_a_url_tells_its_side(url: str, side: Side, api: str) -> None:
    """By what its base URL ends with."""
    assert side_of(url) == (side, api)
