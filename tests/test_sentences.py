"""How reasons count and name."""

from __future__ import annotations

import pytest

from harness.sentences import counted, every, listed, named, plural


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (list("abcdef"), "a, b, c, d, e, f"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
    ],
)
def test_a_few_are_named_and_the_rest_is_counted(names: list[str], said: str) -> None:
    """One name more than the limit is named: counting it would take as much room."""
    assert named(names) == said


def test_numbers_agree_with_their_nouns() -> None:
    """One step, two steps, no steps."""
    assert [counted(number, "step") for number in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]
    assert [every(number, "step") for number in (1, 2)] == ["the one step", "all 2 steps"]
    assert (counted(1001, "step"), every(1001, "step")) == ("1,001 steps", "all 1,001 steps")
    assert named(map(str, range(1006))) == "0, 1, 2, 3, 4 and 1,001 more"
    assert [plural(number, "check") for number in (1, 2)] == ["check", "checks"]


def test_a_list_ends_with_and() -> None:
    """One name stands alone."""
    assert [listed(list(names)) for names in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
