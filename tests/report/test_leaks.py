"""How found secrets are told."""

from __future__ import annotations

from harness.leaks import Leak
from harness.report.leaks import leaks_annotations, leaks_text

LEAK = Leak(path="a\x1b[31m.yaml", line=0, place="exchange 1 (GET), URL", what="a bearer token")


def test_nothing_from_a_file_can_run_anywhere() -> None:
    """Names of files are data: neither a terminal nor a CI runner obeys them."""
    text = leaks_text([LEAK], 2)

    assert "\x1b" not in text + leaks_annotations([LEAK], 2)
    assert text.endswith("1 secret in 1 file of 2: take them out, and make these tokens invalid.\n")


def test_a_place_without_a_line_is_told_without_one() -> None:
    """An annotation of line 0 would be refused."""
    assert ",line=" not in leaks_annotations([LEAK], 2)
