"""What runs leave behind when they are killed, for tests of what is swept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from harness.exchange import Side
from harness.ledger import DIRECTORY, Ledger
from tests.stage import BASES, ORGANIZATION

OLD: Final = f"{BASES['iam']}/organizations/{ORGANIZATION}"
NEW: Final = f"{BASES['v1']}/organizations/{ORGANIZATION}"
LABELS: Final[Mapping[str, str]] = {"name": "harness 3fa9c10b2e44 baseline"}


def leave(
    root: Path,
    *left: tuple[str, str],
    run: str = "3fa9c1d20b7e",
    environment: str = "staging",
    labels: Mapping[str, str] = LABELS,
    at: str = "2026-11-20T10:00:00Z",
) -> None:
    """Leave resources behind in the project, at a time: URLs of collections, with ids (empty: not known)."""
    ledger = Ledger(root / ".harness" / DIRECTORY, run=run, environment=environment, now=lambda: at)
    for collection, id_ in left:
        side = Side.CANDIDATE if collection.startswith(BASES["v1"]) else Side.BASELINE
        entry = ledger.intend(side, "teams/life", collection, labels)
        if id_:
            ledger.made(entry, f"{collection}/{id_}")
        else:
            ledger.unknown(entry, "the connection was lost")
    ledger.close()
