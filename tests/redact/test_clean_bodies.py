"""Bodies that had nothing to redact."""

from __future__ import annotations

import pytest

from harness.redact import clean_bodies
from harness.redact.clean_bodies import CleanBodies, mark_of


def test_a_body_is_known_by_all_of_its_bytes() -> None:
    """Another one may hold a secret."""
    bodies = CleanBodies()
    bodies.add(mark_of(b"c d", ""))

    assert mark_of(b"c d", "") in bodies
    assert mark_of(b"c d ", "") not in bodies
    assert mark_of(b"", "") not in bodies
    assert mark_of(b"c d", "utf-16") not in bodies


def test_not_too_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long recording the last ones are known."""
    monkeypatch.setattr(clean_bodies, "_MOST", 3)
    bodies = CleanBodies()
    for number in range(7):
        bodies.add(mark_of(b"%d" % number, ""))

    assert [number for number in range(7) if mark_of(b"%d" % number, "") in bodies] == [6]
