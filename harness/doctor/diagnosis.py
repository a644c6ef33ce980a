"""One line of ``harness doctor``, and all of them as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from harness.struct import Struct, as_dict


class State(StrEnum):
    """What was found out."""

    OK = "ok"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It could not be found out; that alone keeps nobody from a run."""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """What was looked at, what was found in one sentence, and what to do about it (empty: nothing)."""

    name: str
    state: State
    found: str
    advice: str = ""


def ok(name: str, found: str) -> Diagnosis:
    """Say that something is in order."""
    return Diagnosis(name=name, state=State.OK, found=found)


def wrong(name: str, found: str, advice: str) -> Diagnosis:
    """Say that something is not in order, and what to do about it."""
    return Diagnosis(name=name, state=State.WRONG, found=found, advice=advice)


def unknown(name: str, found: str, advice: str = "") -> Diagnosis:
    """Say why something could not be found out."""
    return Diagnosis(name=name, state=State.UNKNOWN, found=found, advice=advice)


def is_well(diagnoses: Sequence[Diagnosis]) -> bool:
    """Whether nothing is wrong."""
    return all(each.state is not State.WRONG for each in diagnoses)


def diagnoses_text(diagnoses: Sequence[Diagnosis]) -> str:
    """Write a line for each, what to do below those that need something done, and the sum."""
    width = max(len(each.name) for each in diagnoses)
    lines = []
    for each in diagnoses:
        lines.append(f"{each.state:<7}  {each.name:<{width}}  {each.found}")
        if each.advice:
            lines.append(f"{'':<7}  {'':<{width}}  What to do: {each.advice}")
    counts = Counter(each.state for each in diagnoses)
    sums = ", ".join(f"{counts[state]} {state}" for state in State)
    return "\n".join([*lines, sums]) + "\n"


def diagnoses_json(diagnoses: Sequence[Diagnosis]) -> str:
    """Write them as one JSON object: ``ok``, and ``diagnoses`` with the fields of each."""
    document = {"ok": is_well(diagnoses), "diagnoses": [as_dict(each) for each in diagnoses]}
    return json.dumps(document, indent=2) + "\n"
