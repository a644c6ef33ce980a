"""Whether something is left."""

from __future__ import annotations

import pytest

from harness.errors import Problem
from harness.exchange import Side
from harness.ledger import Entry
from harness.leftovers import Fate, Sweep, Swept

ENTRY = Entry(id=1, side=Side.BASELINE, scenario="a", collection="https://a.example/teams")


@pytest.mark.parametrize("fate", list(Fate))
def test_only_what_is_settled_is_clean(fate: Fate) -> None:
    """Deleted, gone, never made, or forgotten on purpose."""
    swept = (Swept(run="r", entry=ENTRY, fate=fate),)

    assert Sweep(environment="e", swept=swept, elsewhere={}).clean is (
        fate in {Fate.DELETED, Fate.GONE, Fate.ABSENT, Fate.FORGOTTEN}
    )


def test_a_damaged_line_is_not_clean() -> None:
    """It may stand for something; what is left elsewhere is another sweep's."""
    assert Sweep(environment="e", elsewhere={"other": 1}).clean
    assert not Sweep(environment="e", damaged=(Problem(where="a:1", what="odd"),), elsewhere={}).clean
