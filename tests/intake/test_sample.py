"""What a sample says where its file says nothing."""

from __future__ import annotations

from harness.intake import Recording, Sample
from tests.builders import exchange


def test_a_sample_supposes_nothing() -> None:
    """Without more, the request is the file's, the token unknown, and the body whole."""
    sample = Sample(exchange=exchange({}), where="file:1")
    assert (sample.asked, sample.authorized, sample.cut, sample.operation) == (True, None, "", "")
    assert not Recording(samples=(sample,)).single
