"""Where a file is damaged, and how that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cassette.damage import DAMAGE, DamagedError, damaged_exchange, fail, fail_damaged
from harness.errors import CassetteError


def said(path: Path, error: Exception) -> str:
    """Return the error of a file in which another one was found."""
    with pytest.raises(CassetteError) as caught:
        fail_damaged(path, error, "record me")
    return str(caught.value)


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (KeyError("uri"), "exchange 7 is not whole: it has no `uri`"),
        (ValueError("it is odd"), "exchange 7 is not whole: it is odd"),
        (ValueError(), "exchange 7 is not whole"),
        (TypeError("'int' object is not subscriptable"), "exchange 7 is not whole"),
    ],
)
def test_it_says_which_exchange_and_why(error: Exception, what: str) -> None:
    """What Python says of its own objects tells a user nothing, and is left out."""
    damaged = damaged_exchange(7, error)

    assert isinstance(damaged, DAMAGE)
    assert (damaged.what, str(damaged), damaged.exchange, damaged.line) == (what, what, 7, 0)


def test_a_line_that_is_known_is_the_place(tmp_path: Path) -> None:
    """It stands once: in front, where editors look for it."""
    error = DamagedError("it is odd", line=3)

    assert str(error) == "line 3: it is odd"
    assert said(tmp_path / "x.yaml", error).startswith(
        f"{tmp_path}/x.yaml:3: the cassette is damaged: it is odd. "
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("version: 1\ninteractions:\n- a: 1\n  b: |\n    - c\n    - d\n- a: 2\n", 7),
        ("x:\n- 1\n- 2\ninteractions:\n  # first\n  - a: [1, 2]\n  # second\n  -\n    a: 2\n", 9),
        ("y: interactions\nx: [1,\n2]\ninteractions: [1, [2], 3]\n", 4),
        ('{"version": 1, "interactions": [\n{"a": {"interactions": [1]}},\n{}]}', 3),
        ("interactions:\n- 1\n", 0),
        ("interactions: 1\nx: [1, 2]\n", 0),
        ("a: [1\n", 0),
        ("just words", 0),
        ("\x00", 0),
    ],
)
def test_an_exchange_is_found_wherever_it_begins(tmp_path: Path, text: str, line: int) -> None:
    """In each layout of YAML and JSON; where there is none, no line is made up."""
    path = tmp_path / "x.yaml"
    path.write_text(text)
    where = f"{path}:{line}" if line else str(path)

    assert said(path, DamagedError("odd", exchange=2)).startswith(
        f"{where}: the cassette is damaged: odd. Restore"
    )


def test_a_file_that_is_gone_has_no_lines(tmp_path: Path) -> None:
    """Whoever removed it meanwhile, the damage is told all the same."""
    assert said(tmp_path / "x.yaml", DamagedError("odd", exchange=2)).startswith(f"{tmp_path}/x.yaml: the")


def test_what_other_errors_say_is_passed_on_where_it_says_something(tmp_path: Path) -> None:
    """A `ValueError` of ours is worded for users; what others raise is not."""
    assert "damaged: it is odd. " in said(tmp_path / "x", ValueError("it is odd"))
    assert "damaged: a part of it is missing. " in said(tmp_path / "x", KeyError("uri"))
    assert "damaged: a part of it is missing. " in said(tmp_path / "x", ValueError())


def test_an_error_is_one_line_and_ends_with_the_command(tmp_path: Path) -> None:
    """A file may say anything; it does not reach the terminal as control characters."""
    path = tmp_path / "x.yaml"
    with pytest.raises(CassetteError, match=r"x\.yaml: a\?b\. Record it: pytest --mode record$"):
        fail(path, "a\nb", "")
    path.write_text("")
    with pytest.raises(CassetteError, match=r"Restore it from version control, or record it again: x$"):
        fail(path, "odd", "x", damaged=True)
