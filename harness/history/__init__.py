"""What runs found before: kept in one file, and told as states of findings."""

from __future__ import annotations

from harness.history.looking import Appearance, Passage, Trail, passages, trails
from harness.history.model import (
    OTHERS,
    WINDOW,
    History,
    Outcome,
    PastRun,
    Place,
    Series,
    Sighting,
    State,
    Tracked,
    Unit,
)
from harness.history.remembering import recall, remember
from harness.history.store import FILE, KEPT, Store, opened

__all__ = [
    "FILE",
    "KEPT",
    "OTHERS",
    "WINDOW",
    "Appearance",
    "History",
    "Outcome",
    "Passage",
    "PastRun",
    "Place",
    "Series",
    "Sighting",
    "State",
    "Store",
    "Tracked",
    "Trail",
    "Unit",
    "opened",
    "passages",
    "recall",
    "remember",
    "trails",
]
