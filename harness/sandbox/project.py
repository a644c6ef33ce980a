"""What a version shows of a stored resource: its projection onto the response schema.

This is where most of the documented differences come from. A stored token has ``type`` and
``scope``; each contract names one of them. Nothing here knows about any difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.contract import Schema
from harness.struct import Struct, field

Resolve = Callable[[Schema], Schema]
"""Follows the references of a schema inside its API."""


class Projection(Struct, kw_only=True):
    """A response schema, prepared. Calling it copies a value and leaves out what the schema does not have.

    ``properties`` maps a name to the projection of its value (None: take it as it is) and whether it
    may be null. A null that is not allowed is left out.
    """

    properties: dict[str, tuple[Projection | None, bool]] = field(default_factory=dict)
    additional: Projection | None = None
    open: bool = False
    items: Projection | None = None

    def __call__(self, value: Any) -> Any:
        """Return the projected copy of a JSON value."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list) and self.items is not None:
            items = self.items
            return [items(item) for item in value]
        return value

    def _object(self, value: Mapping[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for name, (inner, nullable) in self.properties.items():
            found = value.get(name)
            if found is None:
                if nullable and name in value:
                    shown[name] = None
            else:
                shown[name] = found if inner is None else inner(found)
        if self.open:
            extra = {name: inner for name, inner in value.items() if name not in self.properties}
            shown |= (
                {name: self.additional(inner) for name, inner in extra.items()} if self.additional else extra
            )
        return shown


def projection(schema: Schema, resolve: Resolve) -> Projection | None:
    """Prepare a response schema; None where every value is taken as it is."""
    return _Preparation(resolve).prepare(schema)


class _Preparation:
    """Prepares schemas; one that refers to itself is prepared once."""

    def __init__(self, resolve: Resolve) -> None:
        self.resolve = resolve
        self.known: dict[str, Projection | None] = {}

    def prepare(self, schema: Schema) -> Projection | None:
        if not schema.ref:
            return self._fill(Projection(), schema)
        if schema.ref not in self.known:
            self.known[schema.ref] = projection = Projection()
            self.known[schema.ref] = self._fill(projection, self.resolve(schema))
        return self.known[schema.ref]

    def _fill(self, projection: Projection, schema: Schema) -> Projection | None:
        variants = [self.resolve(variant) for variant in schema.any_of]
        for part in (schema, *variants):
            for name, inner in part.properties.items():
                projection.properties[name] = (self.prepare(inner), self._nullable(inner))
            if part.items is not None:
                projection.items = self.prepare(part.items)
            if part.additional is not None:
                projection.open = True
                projection.additional = self.prepare(part.additional)
        if not projection.properties and not projection.open:
            # An object without declared properties is free in form.
            return projection if projection.items is not None else None
        return projection

    def _nullable(self, schema: Schema) -> bool:
        schema = self.resolve(schema)
        if not schema.types and not schema.any_of:
            return True
        return "null" in schema.types or any(self._nullable(variant) for variant in schema.any_of)
