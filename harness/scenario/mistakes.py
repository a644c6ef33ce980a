"""Words for what does not fit the model: one line for each mistake, with its place and what to write."""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from harness.document import Document, NodePath
from harness.errors import Problem
from harness.exchange import Json
from harness.scenario.model import Node
from harness.scenario.values import OWN
from harness.struct import Struct

_N = TypeVar("_N", bound=Node)

_BITS: Final = 1000
"""Whole numbers of more bits do not fit where a number is wanted."""

_WANTED: Final[Mapping[str, str]] = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
"""What each of pydantic's type errors wants to see."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like the word, whatever the case; empty if none is."""
    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def suggestion(word: str, known: Sequence[str]) -> str:
    """Return the advice to write the nearest known word, or else one of them all."""
    near = nearest(word, known)
    if near:
        return f"Write `{near}`."
    return f"Use one of {', '.join(known)}." if known else ""


def flow(value: Json, *, inner: bool = False) -> str:
    """Write a value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item, inner=True)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item, inner=True) for item in value) + "]"
    if isinstance(value, str) and (not inner or value.replace("-", "").replace("_", "").isalnum()):
        return value
    return json.dumps(value)


def validate(kind: type[_N], document: Document, shown: str) -> tuple[_N | None, list[Problem]]:
    """Return the model of a document's data, or what does not fit it; ``shown`` is the file's name."""
    try:
        return kind.model_validate(document.data), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    located = [(detail, _locate(kind, document.data, detail["loc"])) for detail in details]
    unknown = {
        (found.place[:-1], found.key) for detail, found in located if detail["type"] == "extra_forbidden"
    }
    problems: dict[tuple[int, str], Problem] = {}
    for detail, found in located:
        if detail["type"] == "missing" and _misspelt(found, unknown):
            continue
        line = document.line(found.place)
        what, advice = _worded(detail["type"], detail.get("ctx", {}), found)
        problems.setdefault((line, what), Problem(where=f"{shown}:{line}", what=what, advice=advice))
    return None, list(problems.values())


def _misspelt(found: _Located, unknown: Collection[tuple[NodePath, str]]) -> bool:
    """Whether a missing key is there under a name that is reported as unknown, with this key as advice."""
    known = _fields(found.owner)
    return any(place == found.place and nearest(key, known) == found.key for place, key in unknown)


class _Located(Struct, frozen=True):
    """A mistake in the document: its node, the mapping that it belongs to, and the field of the model.

    ``outer`` is what the mapping itself belongs to.
    """

    place: NodePath
    owner: type[Node]
    field: FieldInfo | None
    key: str
    value: Json
    outer: type[Node] | None = None

    @property
    def name(self) -> str:
        """What messages call the node."""
        if not self.place:
            return self.owner.noun
        last = self.place[-1]
        if isinstance(last, int):
            return f"entry {last + 1} of `{self.key}`"
        return f"`{last}`" if last == self.key else f"`{last}` under `{self.key}`"

    @property
    def example(self) -> str:
        """The advice to write the field's example; for a whole mapping, that of a field that it needs."""
        key, field = self.key, self.field
        if field is None:
            needed = [(name, own) for name, own in _fields(self.owner).items() if own.is_required()]
            key, field = needed[-1] if needed else (key, None)
        if field is None or not field.examples:
            return ""
        return f"Write for example `{key}: {flow(field.examples[0])}`."


def _locate(kind: type[Node], data: Json, loc: tuple[int | str, ...]) -> _Located:
    """Follow pydantic's location through the data, past the parts that only pydantic knows of."""
    place: NodePath = ()
    owner, field, key, value = kind, None, "", data
    outer: type[Node] | None = None
    inside = True  # the value is the owner's own mapping, not one of its fields
    for part in loc:
        if isinstance(value, dict) and isinstance(part, str) and part in value:
            value = value[part]
            if inside:
                field, key = _fields(owner).get(part), part
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
        elif inside and part in _fields(owner):
            return _Located(place, owner, _fields(owner)[str(part)], str(part), value, outer)
        else:
            continue
        place = (*place, part)
        below = _below(field, value) if field else None
        inside = below is not None
        if below:
            outer, owner = owner, below
    return _Located(place, owner, field, key, value, outer)


@cache
def _fields(owner: type[Node]) -> Mapping[str, FieldInfo]:
    return {field.alias or name: field for name, field in owner.model_fields.items()}


def _below(field: FieldInfo, value: Json) -> type[Node] | None:
    """Return the model of a field's mapping, or of one in its list; an entry's depends on its keys."""
    if not isinstance(value, dict):
        return None
    models = _models(field.annotation)
    includes = [model for model in models if "include" in model.model_fields]
    if includes and "include" in value:
        return includes[0]
    return models[0] if models else None


def _models(annotation: Any) -> list[type[Node]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation] if issubclass(annotation, Node) else []
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _choices(annotation: Any) -> list[str]:
    args = get_args(annotation)
    found = [choice for inner in args for choice in _choices(inner)]
    return [arg for arg in args if isinstance(arg, str)] + found


def _worded(kind: str, context: Mapping[str, Any], found: _Located) -> tuple[str, str]:
    """Return what is wrong and what to write, in our words and never in pydantic's."""
    bound = _bound(context)
    if kind == OWN:
        what, advice = str(context["what"]), str(context["advice"])
        return (f"{found.name} {what}" if what.startswith("must ") else what), advice or found.example
    if kind == "extra_forbidden":
        advice = _moved(found) or suggestion(found.key, [*_fields(found.owner)])
        return f"`{found.key}` is not a key of {found.owner.noun}", advice
    if kind == "literal_error":
        return _not_a_choice(found)
    if kind == "missing":
        what = f"{found.owner.noun} needs `{found.key}`"
    elif kind in {"too_short", "string_too_short"}:
        what = f"{found.name} must not be empty"
    elif bound:
        what = f"{found.name} must be {bound}"
    elif kind in _WANTED:
        return _other_type(_WANTED[kind], found)
    else:
        what = f"{found.name} has a form that is not understood"
    return what, found.example


def _moved(found: _Located) -> str:
    """Return where an unknown key would be known, one level further in or out; empty if at neither."""
    inner = [
        f"`{name}`"
        for name, field in _fields(found.owner).items()
        if any(found.key in _fields(model) for model in _models(field.annotation))
    ]
    if inner:
        return f"Write it under {' or '.join(inner)}."
    around = next((part for part in reversed(found.place[:-1]) if isinstance(part, str)), "")
    if found.outer is not None and around and found.key in _fields(found.outer):
        return f"It is a key of {found.outer.noun}: write it beside `{around}`."
    return ""


def _not_a_choice(found: _Located) -> tuple[str, str]:
    if not isinstance(found.value, str) or found.field is None:
        return _other_type("text", found)
    choices = _choices(found.field.annotation)
    return f"{found.name} cannot be `{found.value}`", suggestion(found.value, choices)


def _other_type(wanted: str, found: _Located) -> tuple[str, str]:
    if found.field and found.field.examples and found.field.examples[0] is True and wanted == "a mapping":
        wanted = "true or a mapping"
    what = f"{found.name} must be {wanted}, not {_type(found.value)}"
    if wanted == "text" and isinstance(found.value, bool | int | float):
        return what, f'Put it in quotes: `"{flow(found.value)}"`.'
    return what, found.example


def _bound(context: Mapping[str, Any]) -> str:
    words = {"gt": "greater than", "ge": "at least", "lt": "less than", "le": "at most"}
    return next((f"{word} {context[key]:g}" for key, word in words.items() if key in context), "")


def _type(value: Json) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "one of that size" if isinstance(value, int) and value.bit_length() > _BITS else "a number"
    return "text" if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"
