"""The shape of JSON values: their keys and types, without the values.

A shape remembers how many values it was made of, and how many of them had each type and each property, so
"in 3 of 5 samples" can be said of every place. Shapes merge, in any order, to the same result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from harness.difference import ITEM
from harness.exchange import Json
from harness.struct import Struct, field
from harness.values import type_name


class Shape(Struct, frozen=True, kw_only=True):
    """What ``count`` values at one place have in common.

    ``types`` counts the values of each JSON type. ``properties`` are those of the objects among them; the
    count of a property's shape says how many objects have it. ``items`` merges the elements of all
    lists; None when there was no element, which says nothing about what an element looks like.
    """

    count: int = 0
    types: Mapping[str, int] = field(default_factory=dict)
    properties: Mapping[str, Shape] = field(default_factory=dict)
    items: Shape | None = None

    def at(self, place: Iterable[str]) -> Shape | None:
        """Return the shape at a place below, ``"*"`` for the elements of a list; None if nothing is there."""
        shape: Shape | None = self
        for segment in place:
            if shape is None:
                return None
            shape = shape.items if segment == ITEM else shape.properties.get(segment)
        return shape


def presence(value: Json, place: tuple[str, ...]) -> tuple[int, int]:
    """Count, without making a shape, the values that stand at a place and what stands directly above them.

    Returns:
        How many of the objects above have the property, and how many objects there are; of a place that
        ends with ``"*"``, the elements, twice; of the root, 1 and 1.
    """
    if not place:
        return 1, 1
    above = [value]
    for segment in place[:-1]:
        above = _below(above, segment)
    if place[-1] == ITEM:
        found = len(_below(above, ITEM))
        return found, found
    objects = [each for each in above if isinstance(each, dict)]
    return sum(place[-1] in each for each in objects), len(objects)


def values_at(value: Json, place: tuple[str, ...]) -> list[Json]:
    """Return the values that stand at a place, ``"*"`` for the elements of a list."""
    found = [value]
    for segment in place:
        found = _below(found, segment)
    return found


class Presence(Struct, frozen=True, kw_only=True):
    """What :func:`presence` counts in many bodies; ``where`` names those that have something to count."""

    have: int
    of: int
    where: AbstractSet[str]


class _Node:
    """A segment of the places that are asked for, and what stands there: values, and objects among them."""

    __slots__ = ("below", "objects", "values", "with_objects", "with_values")

    def __init__(self) -> None:
        self.below: dict[str, _Node] = {}
        self.values = self.objects = 0
        self.with_values: set[str] = set()
        self.with_objects: set[str] = set()

    def at(self, place: Iterable[str]) -> _Node:
        node = self
        for segment in place:
            node = node.below.setdefault(segment, _Node())
        return node

    def take(self, name: str, value: Json) -> None:
        """Count a value that stands here, and what is asked for within it."""
        self.values += 1
        self.with_values.add(name)
        if isinstance(value, dict):
            self.objects += 1
            self.with_objects.add(name)
            # A body has few properties, and there may be a place of its own for each of many bodies.
            for key in value if len(value) < len(self.below) else self.below:
                if key in value and key in self.below and key != ITEM:
                    self.below[key].take(name, value[key])
        elif isinstance(value, list) and ITEM in self.below:
            for inner in value:
                self.below[ITEM].take(name, inner)


def presences(
    bodies: Iterable[tuple[str, Json]], places: Iterable[tuple[str, ...]]
) -> Mapping[tuple[str, ...], Presence]:
    """Count for many places at once, in one walk over each body; the first of a pair is a body's name.

    The places may be as many as the bodies: what it takes does not grow with the product of the two.
    """
    root = _Node()
    asked = {place: (root.at(place), root.at(place[:-1])) for place in dict.fromkeys(places)}
    for name, body in bodies:
        root.take(name, body)
    return {
        place: Presence(have=node.values, of=node.values, where=node.with_values)
        if not place or place[-1] == ITEM
        else Presence(have=node.values, of=above.objects, where=above.with_objects)
        for place, (node, above) in asked.items()
    }


def _below(values: list[Json], segment: str) -> list[Json]:
    if segment == ITEM:
        return [inner for value in values if isinstance(value, list) for inner in value]
    return [value[segment] for value in values if isinstance(value, dict) and segment in value]


def shape_of(value: Json, depth: int = 100) -> Shape:
    """Return the shape of one value; what lies deeper than ``depth`` levels is left out."""
    types = {type_name(value): 1}
    if depth and isinstance(value, dict):
        below = {key: shape_of(inner, depth - 1) for key, inner in value.items()}
        return Shape(count=1, types=types, properties=below)
    if depth and isinstance(value, list) and value:
        return Shape(count=1, types=types, items=merged(shape_of(inner, depth - 1) for inner in value))
    return Shape(count=1, types=types)


def merge(first: Shape, second: Shape) -> Shape:
    """Return the shape of the values of both: associative, commutative, and ``Shape()`` changes nothing."""
    types = dict(first.types)
    for name, count in second.types.items():
        types[name] = types.get(name, 0) + count
    properties = dict(first.properties)
    for key, shape in second.properties.items():
        known = properties.get(key)
        properties[key] = merge(known, shape) if known else shape
    items = first.items or second.items
    if first.items and second.items:
        items = merge(first.items, second.items)
    return Shape(count=first.count + second.count, types=types, properties=properties, items=items)


def merged(shapes: Iterable[Shape]) -> Shape:
    """Merge any number of shapes; of none it is the empty one."""
    result = Shape()
    for shape in shapes:
        result = merge(result, shape)
    return result
