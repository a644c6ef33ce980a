"""Walks two schemas side by side and says what the second one has otherwise; it judges nothing.

Lists, maps and unions are walked through, unions variant by variant; a pair of schemas that contains
itself is walked once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from harness.contract_diff.renames import renames
from harness.contract_diff.unions import Alternatives, Variant, alternatives, match
from harness.difference import ITEM
from harness.exchange import Json
from harness.schema import Schema, resolve
from harness.struct import Struct, field, replace


class What(StrEnum):
    """What v1's schema has otherwise at one place."""

    GONE = "gone"
    CAME = "came"
    RENAMED = "renamed"
    NEEDED = "needed"
    """Required in v1 only."""
    FREED = "freed"
    """Required in v1beta1 only."""
    NULL_CAME = "null came"
    NULL_GONE = "null gone"
    TYPES_OTHER = "types other"
    TYPES_WIDER = "types wider"
    TYPES_NARROWER = "types narrower"
    VALUE_CAME = "value came"
    VALUES_GONE = "values gone"
    CLOSED = "closed"
    """Any value in v1beta1, listed values in v1."""
    OPENED = "opened"
    FORMAT = "format"
    TIGHTER = "tighter"
    """A bound that lets less through; ``bound`` names it."""
    WIDER = "wider"
    DEFAULT = "default"


class Change(Struct, frozen=True, kw_only=True):
    """One thing that is otherwise at one place.

    ``old`` and ``new`` are the schemas there, without references (of several variants, those of one), None
    where that side does not name the place. ``before`` and ``after`` are what was and what is: types, values,
    bounds. ``certain`` says that v1beta1 has the place in each value; ``cause`` is the place below the
    nearest schema with a name, that name first. ``variants`` are the unions' variants that have it, empty
    for all.
    """

    what: What
    place: tuple[str, ...]
    old: Schema | None
    new: Schema | None
    before: Json = None
    after: Json = None
    to: tuple[str, ...] = ()
    bound: str = ""
    required: bool = False
    certain: bool = True
    cause: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()


class _At(Struct, frozen=True, kw_only=True):
    """Where a walk is."""

    place: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    certain: bool = True
    above: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def below(self, name: str, *, certain: bool = True) -> _At:
        return replace(
            self,
            place=(*self.place, name),
            cause=(*self.cause, name),
            certain=self.certain and certain,
        )


_BOUNDS = {"minimum": 1, "min_length": 1, "min_items": 1, "maximum": -1, "max_length": -1, "max_items": -1}
"""Fields of a schema that bound a value; a bound that grows by the sign lets less through."""


class Walk(Struct, frozen=True):
    """Compares schemas of v1beta1 and v1; ``items`` adds a segment for the elements of lists."""

    old: Mapping[str, Schema]
    new: Mapping[str, Schema]
    items: bool = True

    def changes(self, old: Schema, new: Schema, cause: str, *, certain: bool = True) -> Iterator[Change]:
        """Yield every change below two schemas; ``cause`` is the name of what has no other."""
        yield from self._schemas(old, new, _At(cause=(cause,), certain=certain))

    def _schemas(self, old: Schema, new: Schema, at: _At) -> Iterator[Change]:
        if old.ref or new.ref:
            at = replace(at, cause=(old.ref or new.ref,))
        before, after = alternatives(self.old, old), alternatives(self.new, new)
        if before.nullable != after.nullable and before.whole.types and after.whole.types:
            what = What.NULL_CAME if after.nullable else What.NULL_GONE
            yield _change(what, at, before.whole, after.whole)
        yield from self._variants(before, after, at)

    def _variants(self, old: Alternatives, new: Alternatives, at: _At) -> Iterator[Change]:
        matching = match(old.variants, new.variants)
        if matching.gone:
            gone: Json = [str(variant) for variant in matching.gone]
            kept: Json = [str(variant) for variant in new.variants]
            yield _change(What.VALUES_GONE, at, old.whole, new.whole, before=gone, after=kept)
        for variant in matching.came:
            yield _change(What.VALUE_CAME, at, old.whole, new.whole, after=str(variant))
        if len(matching.pairs) == 1:
            yield from self._pair(*matching.pairs[0], at)
            return
        discriminator = old.discriminator or new.discriminator
        found: list[list[tuple[str, Change]]] = []
        for before, after in matching.pairs:
            inner = replace(at, cause=(before.name,) if before.name else at.cause)
            label = f"{discriminator} is {before.label}" if before.label else str(before)
            for change in self._pair(before, after, inner):
                same = next((known for known in found if _same(known[0][1], change)), None)
                if same is None:
                    found.append([(label, change)])
                else:
                    same.append((label, change))
        for labelled in found:
            yield _joined(labelled, at, everywhere=len(labelled) == len(matching.pairs))

    def _pair(self, old: Variant, new: Variant, at: _At) -> Iterator[Change]:
        """Walk two variants, unless they are inside themselves: whatever holds itself has a name."""
        names = (old.name, new.name)
        if names not in at.above:
            above = at.above | {names} if any(names) else at.above
            yield from self._values(old, new, replace(at, above=above))

    def _values(self, old: Variant, new: Variant, at: _At) -> Iterator[Change]:
        before, after = old.schema, new.schema
        types = _types(before, after)
        if types is not None:
            yield _change(
                types, at, before, after, before=" or ".join(before.types), after=" or ".join(after.types)
            )
        if types is What.TYPES_OTHER:
            return
        yield from _listed(before, after, at)
        if before.format and after.format and before.format != after.format:
            yield _change(What.FORMAT, at, before, after, before=before.format, after=after.format)
        yield from _bounds(before, after, at)
        yield from self._properties(before, after, at)
        if before.items and after.items:
            inner = at.below(ITEM) if self.items else at
            yield from self._schemas(before.items, after.items, inner)
        yield from self._undeclared(before, after, at)

    def _properties(self, old: Schema, new: Schema, at: _At) -> Iterator[Change]:
        gone = {name: schema for name, schema in old.properties.items() if name not in new.properties}
        came = {name: schema for name, schema in new.properties.items() if name not in old.properties}
        if not old.properties or not new.properties:
            return  # an object that declares nothing says nothing about what is in it
        renamed = renames(
            gone, came, lambda schema: resolve(self.old, schema), lambda schema: resolve(self.new, schema)
        )
        for name, schema in old.properties.items():
            needed = name in old.required
            inner = at.below(name, certain=needed)
            if name in renamed:
                to = renamed[name]
                other, required = new.properties[to], to in new.required
                yield self._renamed(inner, at, schema, other, to, required=required)
                yield from self._presence(inner, at, (schema, other), (needed, required))
            elif name in gone:
                yield _change(What.GONE, inner, resolve(self.old, schema), None, required=needed)
            else:
                other = new.properties[name]
                yield from self._presence(inner, at, (schema, other), (needed, name in new.required))
                yield from self._schemas(schema, other, inner)
        for name, schema in came.items():
            if name not in renamed.values():
                resolved = resolve(self.new, schema)
                yield _change(What.CAME, at.below(name), None, resolved, required=name in new.required)

    def _presence(
        self, inner: _At, at: _At, schemas: tuple[Schema, Schema], needed: tuple[bool, bool]
    ) -> Iterator[Change]:
        if needed[0] == needed[1]:
            return
        what = What.NEEDED if needed[1] else What.FREED
        here = replace(inner, certain=at.certain)
        yield _change(what, here, resolve(self.old, schemas[0]), resolve(self.new, schemas[1]))

    def _renamed(self, inner: _At, at: _At, old: Schema, new: Schema, to: str, *, required: bool) -> Change:
        return replace(
            _change(What.RENAMED, inner, resolve(self.old, old), resolve(self.new, new), required=required),
            to=(*at.place, to),
        )

    def _undeclared(self, old: Schema, new: Schema, at: _At) -> Iterator[Change]:
        inner = at.below(ITEM, certain=False)
        if old.additional and new.additional:
            yield from self._schemas(old.additional, new.additional, inner)
        elif old.additional and new.properties:
            yield _change(What.GONE, inner, resolve(self.old, old.additional), None)
        elif new.additional and old.properties:
            yield _change(What.CAME, inner, None, resolve(self.new, new.additional))


def _change(what: What, at: _At, old: Schema | None, new: Schema | None, **rest: Any) -> Change:
    """Make a change at a place; ``rest`` are the other fields."""
    return Change(what=what, place=at.place, old=old, new=new, certain=at.certain, cause=at.cause, **rest)


def _same(one: Change, other: Change) -> bool:
    """Whether two variants have the same change, whatever else their schemas say of the place."""
    first, second = (replace(change, cause=(), certain=True, old=None, new=None) for change in (one, other))
    return first == second


def _joined(labelled: list[tuple[str, Change]], at: _At, *, everywhere: bool) -> Change:
    """Make one change of the same one in several variants."""
    first = labelled[0][1]
    certain = everywhere and all(change.certain for _, change in labelled)
    causes = {change.cause for _, change in labelled}
    cause = first.cause if len(causes) == 1 else (*at.cause, *first.place[len(at.place) :])
    variants = () if everywhere else tuple(label for label, _ in labelled)
    return replace(first, certain=certain, cause=cause, variants=(*variants, *first.variants))


def _types(old: Schema, new: Schema) -> What | None:
    """Compare types, of which an integer is a number; a side without types says nothing."""
    if not old.types or not new.types:
        return None
    narrower = set(new.types) <= _generalized(old)
    wider = set(old.types) <= _generalized(new)
    if narrower and wider:
        return None
    return What.TYPES_NARROWER if narrower else What.TYPES_WIDER if wider else What.TYPES_OTHER


def _generalized(schema: Schema) -> set[str]:
    return {*schema.types, *(("integer",) if "number" in schema.types else ())}


def _listed(old: Schema, new: Schema, at: _At) -> Iterator[Change]:
    before, after = list(old.enum), list(new.enum)
    if before and not after:
        yield _change(What.OPENED, at, old, new, before=before)
    elif after and not before:
        yield _change(What.CLOSED, at, old, new, after=after)
    else:
        gone = [value for value in before if value not in after]
        if gone:
            yield _change(What.VALUES_GONE, at, old, new, before=gone, after=after)
        for value in after:
            if value not in before:
                yield _change(What.VALUE_CAME, at, old, new, after=value)


def _bounds(old: Schema, new: Schema, at: _At) -> Iterator[Change]:
    """Compare what both sides state: one that states no bound or default says nothing about it."""
    for name, sign in _BOUNDS.items():
        before, after = getattr(old, name), getattr(new, name)
        if before is not None and after is not None and before != after:
            what = What.TIGHTER if (after - before) * sign > 0 else What.WIDER
            yield _change(what, at, old, new, before=before, after=after, bound=name.replace("_", " "))
    if old.default is not None and new.default is not None and old.default != new.default:
        yield _change(What.DEFAULT, at, old, new, before=old.default, after=new.default)
