"""Reports within a limit."""

from __future__ import annotations

import pytest

from harness.report.fitting import Section, fitted, fitted_sections


def _section(title: str, number: int, share: int = 400) -> Section:
    blocks = tuple(f"{title}{each}" + "." * 90 for each in range(number))
    return Section(title=title, blocks=blocks, share=share, noun="entry")


def test_a_section_is_cut_between_its_blocks() -> None:
    """What is left out is counted, and the caller's words say where it is."""
    text = _section("a", 10).fit(600, "elsewhere")

    assert text.startswith("## a\n\na0....")
    assert text.endswith("*7 entries more: elsewhere.*")
    assert len(text) <= 600


def test_a_section_that_fits_says_nothing_of_it() -> None:
    """All blocks are there."""
    section = _section("a", 10)

    assert "more:" not in section.fit(section.size, "elsewhere")


def test_each_section_keeps_its_share() -> None:
    """A long one does not take the room of those behind it, and takes what they leave."""
    first, second = fitted_sections([_section("a", 100), _section("b", 3, 600)], 3_000, "elsewhere")

    assert "more:" not in second
    assert 2_000 < len(first) < 2_500


def test_shares_that_are_too_many_are_less() -> None:
    """A long beginning of the report takes its room from all sections."""
    parts = list(fitted_sections([_section(name, 100, 2_000) for name in "abcd"], 4_000, "x"))

    assert sum(map(len, parts)) <= 4_000
    assert all(len(part) > 400 for part in parts)


def test_shares_shrink_with_the_report() -> None:
    """In half the room each has half its share."""
    parts = list(
        fitted_sections([_section("a", 100, 2_000), _section("b", 100, 2_000)], 2_000, "x", share=0.5)
    )

    assert all(500 < len(part) <= 1_000 for part in parts)


@pytest.mark.parametrize("letter", ["x", "é", "🚀"])
def test_a_size_that_is_not_counted_in_characters(letter: str) -> None:
    """The limit is lowered until the text fits; as much as fits is there."""
    text = fitted(lambda limit: letter * limit, 1_000, size=lambda text: len(text.encode()), least=10)

    assert 990 <= len(text.encode()) <= 1_000


def test_it_ends_where_nothing_fits() -> None:
    """A renderer that cannot be shorter is taken at its word."""
    assert fitted(lambda _: "x" * 50, 20, size=len, least=10) == "x" * 50
