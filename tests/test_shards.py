"""Scenarios dealt out to shards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.shards import Shard, collection, parse_shard

IDS = [f"family/scenario-{number}" for number in range(23)]


@given(st.sets(st.text(max_size=8), max_size=60), st.integers(1, 9))
def test_each_scenario_is_in_exactly_one_shard(ids: set[str], total: int) -> None:
    """Together the shards are all scenarios, none is in two, and none is larger by more than one."""
    hands = [Shard(number=number, total=total).takes(ids) for number in range(1, total + 1)]

    assert sorted(id_ for hand in hands for id_ in hand) == sorted(ids)
    assert max(map(len, hands)) - min(map(len, hands)) <= 1


def test_the_order_of_collection_does_not_matter() -> None:
    """Machines that find files in another order take the same hands."""
    shard = Shard(number=2, total=5)

    assert shard.takes(IDS) == shard.takes(reversed(IDS))
    assert collection(IDS) == collection(reversed(IDS))
    assert collection(IDS) != collection(IDS[1:])


def test_neighbours_are_dealt_apart() -> None:
    """The scenarios of one directory do not all fall to one shard."""
    hand = sorted(IDS.index(id_) for id_ in Shard(number=1, total=2).takes(IDS))

    assert hand != list(range(len(hand)))
    assert hand != list(range(0, len(IDS), 2))


def test_a_shard_is_read_and_written() -> None:
    """It is written as it is read."""
    assert parse_shard("2/5") == Shard(number=2, total=5)
    assert str(parse_shard("1/1")) == "1/1"


@pytest.mark.parametrize("text", ["", "2", "0/5", "6/5", "2/0", "a/b", "2/5/7", "-1/5", "1/99999", "²/5"])
def test_what_is_no_shard(text: str) -> None:
    """The message says what to write."""
    with pytest.raises(UsageError, match=r"^--shard: `.*` is no shard\. Write for example `--shard 2/5`"):
        parse_shard(text)
