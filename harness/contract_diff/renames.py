"""Which property that went is the one that came: one criterion, and nothing that looks like a guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from harness.schema import Schema

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_DEEP = 8
"""Levels of two schemas that are compared before they count as the same."""

Resolve = Callable[[Schema], Schema]
"""Follows the references of one side's contract."""


def renames(
    gone: Mapping[str, Schema], came: Mapping[str, Schema], old: Resolve, new: Resolve
) -> dict[str, str]:
    """Return which of the properties that went at one parent is which of those that came there.

    Two properties are one if they have the same shape (types, values, properties, items), and either list
    the same values or the words of one name are all words of the other. ``type`` and ``scope`` are one when
    both list the same three values, ``workloadIdentity`` and ``effectiveWorkloadIdentity`` are one,
    ``isActive`` and ``isHibernating`` are not. Of several such names the nearest is taken, each once.
    """
    found: dict[str, str] = {}
    for _, first, second in sorted(_candidates(gone, came, old, new)):
        if first not in found and second not in found.values():
            found[first] = second
    return found


def _candidates(
    gone: Mapping[str, Schema], came: Mapping[str, Schema], old: Resolve, new: Resolve
) -> Iterator[tuple[int, str, str]]:
    """Yield how far the two names are apart, and the names."""
    for first, before in gone.items():
        for second, after in came.items():
            if not _same_shape(before, after, old, new, _DEEP):
                continue
            words, others = _words(first), _words(second)
            related = bool(words and others) and (words <= others or others <= words)
            if related or len(old(before).enum) > 1:
                yield len(words ^ others), first, second


def _words(name: str) -> frozenset[str]:
    """Return the words of a camelCase or snake_case name: ``drIdentity`` is dr and identity."""
    return frozenset(word.lower() for word in _WORD.findall(name))


def _same_shape(before: Schema, after: Schema, old: Resolve, new: Resolve, deep: int) -> bool:
    before, after = old(before), new(after)
    if set(before.types) != set(after.types) or set(before.enum) != set(after.enum):
        return False
    if before.properties.keys() != after.properties.keys() or len(before.any_of) != len(after.any_of):
        return False
    if deep == 0:
        return True
    pairs = [(before.properties[name], after.properties[name]) for name in before.properties]
    if (before.items is None) != (after.items is None):
        return False
    if before.items is not None and after.items is not None:
        pairs.append((before.items, after.items))
    pairs += zip(before.any_of, after.any_of, strict=True)
    return all(_same_shape(one, two, old, new, deep - 1) for one, two in pairs)
