"""The garbage collector at rest."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from harness.collector import without_collector


def _made() -> Iterator[object]:
    with without_collector():
        yield [gc.isenabled()]
        raise KeyError


def test_it_rests_and_works_again() -> None:
    """Also after an error; what was made meanwhile is not looked through again."""
    making = _made()
    made = next(making)
    with pytest.raises(KeyError):
        next(making)

    assert made == [False]
    assert gc.isenabled()
    assert not any(each is made for each in gc.get_objects())


def test_one_that_was_turned_off_stays_so() -> None:
    """Whoever did that had a reason."""
    gc.disable()
    try:
        with without_collector():
            pass

        assert not gc.isenabled()
    finally:
        gc.enable()
