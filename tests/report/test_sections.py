"""Parts of a Markdown report that are cut to fit."""

from __future__ import annotations

from harness.report.sections import Section, fitted


def _section(blocks: int, share: int, title: str = "Title") -> Section:
    return Section(title=title, blocks=("x" * 100,) * blocks, share=share, noun="block")


def test_what_fits_is_whole() -> None:
    """With room for all, nothing is left out."""
    (text,) = fitted([_section(3, 100)], 10_000, 10_000)

    assert text == "\n\n".join(["## Title", *["x" * 100] * 3])


def test_what_does_not_fit_is_counted() -> None:
    """A section is cut between its blocks, and says how many it lost."""
    (text,) = fitted([_section(100, 100)], 1_000, 1_000)

    assert text.count("x" * 100) < 10
    assert "blocks more: left out here to stay under 1,000 characters" in text
    assert len(text) <= 1_000


def test_each_has_its_share() -> None:
    """However long the first is, the second has room."""
    first, second = fitted([_section(1_000, 500), _section(3, 900, "Other")], 3_000, 3_000)

    assert "more: left out" in first
    assert second.count("x" * 100) == 3
