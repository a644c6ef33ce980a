"""Examples of rules: two answers, or two contracts, that a rule speaks of or leaves alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

from harness.document import read_document
from harness.exchange import Json, Side
from harness.struct import Struct, field

EXAMPLES_FILE: Final = "examples.yaml"
"""Their file beside this module; its first lines say how they are written."""


class Example(Struct, frozen=True, kw_only=True):
    """What a rule speaks of (``fires``), or leaves alone.

    ``sides`` are exchange documents without their request; empty where only the contracts differ.
    ``request`` was sent to both, None where any would do. ``operation`` is the id of a shipped one,
    ``contract`` says what each side's contract has of a made-up one. ``given`` is what else there was.
    """

    rule: str
    fires: bool
    sides: Mapping[Side, Mapping[str, Json]]
    request: Json = None
    operation: str = ""
    contract: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)

    def document(self, side: Side) -> dict[str, Json]:
        """Return the exchange document of one side, as ``harness compare`` reads it."""
        asked: dict[str, Json] = {} if self.request is None else {"request": self.request}
        named: dict[str, Json] = {"operation": self.operation} if self.operation else {}
        return {**named, **asked, **self.sides[side]}

    def data(self) -> dict[str, Json]:
        """Return the example as JSON, the sides as exchange documents."""
        found: dict[str, Json] = {"fires": self.fires}
        found |= {side.value: self.document(side) for side in self.sides}
        found |= {name: dict(value) for name in ("contract", "given") if (value := getattr(self, name))}
        return found


@cache
def examples() -> Mapping[str, tuple[Example, ...]]:
    """Return the examples of each rule, by its id: what it speaks of comes first."""
    text = files(__package__).joinpath(EXAMPLES_FILE).read_text("utf-8")
    data: Any = read_document(text, EXAMPLES_FILE).data
    return {rule: tuple(_read(rule, of)) for rule, of in data.items()}


def _read(rule: str, of: Mapping[str, Any]) -> Iterator[Example]:
    for name, fires in (("fires", True), ("leaves", False)):
        for entry in of[name]:
            fields = dict(entry)
            sides = {side: _exchange(fields.pop(side.value)) for side in Side if side.value in fields}
            yield Example(rule=rule, fires=fires, sides=sides, **fields)


def _exchange(side: Mapping[str, Json]) -> Mapping[str, Json]:
    return side if "failure" in side else {"response": {"status": 200, **side}}
