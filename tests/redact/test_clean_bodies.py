"""Bodies that had nothing to redact."""

from __future__ import annotations

import pytest

from harness.redact import clean_bodies
from harness.redact.clean_bodies import CleanBodies


def test_a_body_is_known_with_its_media_type() -> None:
    """The same bytes may mean something else, and where the type ends is no matter of the bytes."""
    bodies = CleanBodies()
    bodies.add(b"c d", "a/b")

    assert bodies.has(b"c d", "a/b")
    assert not bodies.has(b"c d", "")
    assert not bodies.has(b"d", "a/b c")
    assert not bodies.has(b"", "a/b")


def test_not_too_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long recording the last ones are known."""
    monkeypatch.setattr(clean_bodies, "_MOST", 3)
    bodies = CleanBodies()
    for number in range(7):
        bodies.add(b"%d" % number, "")

    assert [number for number in range(7) if bodies.has(b"%d" % number, "")] == [6]
