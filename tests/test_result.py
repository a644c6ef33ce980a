"""Verdicts and how they add up."""

from __future__ import annotations

from dataclasses import is_dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import result
from harness.result import Source, Verdict, fingerprint, worst
from harness.struct import Struct, field_names

_VERDICTS = st.lists(st.sampled_from(Verdict))


def test_verdicts_stand_from_best_to_worst() -> None:
    """The order of verdicts is the documented one, and ranks count from zero."""
    assert [verdict.value for verdict in Verdict] == [
        "match",
        "accepted",
        "inconclusive",
        "unsupported",
        "mismatch",
        "error",
    ]
    assert [verdict.rank for verdict in Verdict] == list(range(6))


def test_nothing_that_ran_is_no_match() -> None:
    """Of no verdicts at all the worst is inconclusive."""
    assert worst([]) is Verdict.INCONCLUSIVE


@given(_VERDICTS, _VERDICTS.filter(bool))
def test_the_worst_wins_however_it_is_grouped(some: list[Verdict], others: list[Verdict]) -> None:
    """The worst of all is the worst of the parts, in any order, and none of them is worse."""
    whole = worst(some + others)

    assert whole is worst(others + some)
    assert whole in some + others
    assert all(verdict.rank <= whole.rank for verdict in some + others)
    if some:
        assert whole is worst([worst(some), worst(others)])


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in vars(result).values()
        if isinstance(kind, type) and kind is not Struct and (is_dataclass(kind) or issubclass(kind, Struct))
    ],
)
def test_results_are_frozen(kind: type) -> None:
    """Nobody changes what a run found after the fact."""
    assert field_names(kind)
    if issubclass(kind, Struct):
        assert kind.__struct_config__.frozen
    else:
        assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]  # every dataclass has it


def test_sources_are_ranked_by_what_they_prove() -> None:
    """A live call is worth more than a recorded one, and the sandbox's is worth least."""
    assert sorted(Source, key=lambda source: source.rank) == [Source.SANDBOX, Source.CASSETTE, Source.LIVE]


def test_a_fingerprint_tells_things_apart() -> None:
    """Another rule, operation, path or target is another fingerprint of 12 hex digits."""
    prints = {
        fingerprint("a", "b", "$.c", "$.d"),
        fingerprint("x", "b", "$.c", "$.d"),
        fingerprint("a", "x", "$.c", "$.d"),
        fingerprint("a", "b", "$.x", "$.d"),
        fingerprint("a", "b", "$.c", "$.x"),
        fingerprint("a", "b", "$.c", ""),
    }

    assert len(prints) == 6
    assert all(len(one) == 12 and set(one) <= set("0123456789abcdef") for one in prints)
    assert fingerprint("a", "b", "$.c", "") == fingerprint("a", "b", "$.c", "")
