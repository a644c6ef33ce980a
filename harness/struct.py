"""What data is made of: classes of typed fields that are built in C.

A dataclass takes fifty times as long to define, and nine times as long to fill, and a replay does both
by the hundred. A dataclass it stays where a field must not show when the object is printed (a token),
where a subclass reads a field elsewhere, and in what is imported before it is known that there is work
to do. The functions here take both kinds.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct, field

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Struct", "as_dict", "field", "field_names", "replace"]

_T = TypeVar("_T", bound="Struct | DataclassInstance")


def replace(thing: _T, /, **changes: Any) -> _T:
    """Return a copy with other values in the fields that are named.

    Raises:
        TypeError: a name is not that of a field.
    """
    if isinstance(thing, Struct):
        return msgspec.structs.replace(thing, **changes)
    return dataclasses.replace(thing, **changes)  # noqa: TID251 - here it is taken for all


def field_names(kind: Struct | DataclassInstance | type[Struct | DataclassInstance]) -> tuple[str, ...]:
    """Return the names of the fields of a class or of an object, as they were written."""
    if isinstance(kind, Struct) or (isinstance(kind, type) and issubclass(kind, Struct)):
        return kind.__struct_fields__
    return tuple(each.name for each in dataclasses.fields(kind))


def as_dict(thing: Struct | DataclassInstance) -> dict[str, Any]:
    """Return the fields by their names; values that have fields themselves stay as they are."""
    return {name: getattr(thing, name) for name in field_names(thing)}
