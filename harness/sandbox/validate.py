"""Requests read against the contract of the version that was called.

Reading a value checks it and returns what the contract knows of it: undeclared fields are dropped, a
null that is not allowed counts as absent. Every mistake becomes one entry of ``fieldErrors``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from harness.sandbox.clock import instant
from harness.sandbox.form import Form, RequestForm
from harness.struct import Struct, field

_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_PYTHON: Final[Mapping[str, tuple[type, ...]]] = {
    "array": (list,),
    "boolean": (),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
_TOO: Final = {
    "minimum": "must be at least {bound:g}",
    "maximum": "must be at most {bound:g}",
    "min_length": "must have at least {bound:g} characters",
    "max_length": "must have at most {bound:g} characters",
    "min_items": "must have at least {bound:g} items",
    "max_items": "must have at most {bound:g} items",
}


class FieldError(Struct, frozen=True, kw_only=True):
    """One entry of ``fieldErrors``; ``field`` is a path such as ``workerQueues[0].name``.

    ``code`` is one of required, type, enum, minimum, maximum, min_length, max_length, min_items,
    max_items, pattern, format, not_found. The codes are the sandbox's own; no document lists any.
    """

    field: str
    code: str
    message: str


class Reading(Struct, kw_only=True):
    """Reads one request; ``errors`` collects what is wrong with it.

    ``variants`` are values for discriminators that a body omits although they are optional.
    """

    variants: Mapping[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)

    def query(self, form: RequestForm, pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Read the pairs of a query string: the documented parameters by name, with their defaults."""
        values: dict[str, Any] = {}
        for name, place in form.query.items():
            sent = [text for key, text in pairs if key == name]
            if sent:
                values[name] = self._read(_parse(sent, place), place, name)
            elif name in form.required:
                self._wrong(name, "required", "is required")
            elif place.default is not None:
                values[name] = place.default
        return values

    def body(self, form: Form, value: Any) -> dict[str, Any]:
        """Read a JSON body; a wrong one gives errors and an empty object."""
        read = self._read(value, form, "")
        return read if isinstance(read, dict) else {}

    def _read(self, value: Any, form: Form, where: str) -> Any:
        if form.discriminator:
            return self._variant(value, form, where)
        if form.choices:
            return self._choice(value, form.choices, where)
        return self._plain(value, form, where)

    def _plain(self, value: Any, form: Form, where: str) -> Any:
        """Read what is no union."""
        if value is None and form.nullable:
            return None
        if form.types and not any(_is(value, kind) for kind in form.types):
            self._wrong(where, "type", f"must be of type {' or '.join(form.types)}")
            return None
        if form.enum and value not in form.enum:
            self._wrong(where, "enum", f"must be one of {_listed(form.enum)}")
        self._check(value, form, where)
        if isinstance(value, dict):
            return self._object(value, form, where)
        if isinstance(value, list) and form.items is not None:
            items = form.items
            return [self._read(item, items, f"{where}[{index}]") for index, item in enumerate(value)]
        return value

    def _object(self, value: dict[str, Any], form: Form, where: str) -> dict[str, Any]:
        read: dict[str, Any] = {}
        for name, inner in form.properties.items():
            absent = name not in value or (value[name] is None and not inner.nullable)
            if not absent:
                read[name] = self._read(value[name], inner, _join(where, name))
            elif name in form.required:
                self._wrong(_join(where, name), "required", "is required")
        if form.open:
            more = form.additional
            for name, sent in value.items():
                if name not in form.properties:
                    read[name] = sent if more is None else self._read(sent, more, _join(where, name))
        return read

    def _variant(self, value: Any, form: Form, where: str) -> Any:
        """Read a union by its discriminator."""
        if not isinstance(value, dict):
            self._wrong(where, "type", "must be of type object")
            return None
        key, place = form.discriminator, _join(where, form.discriminator)
        name = value.get(key)
        if name is None:
            name = self._omitted(form)
        if name is None:
            self._wrong(place, "required", "is required")
            self._shared(value, form, where)
            return None
        if not isinstance(name, str) or name not in form.variants:
            self._wrong(place, "enum", f"must be one of {_listed(form.variants)}")
            return None
        return self._read({**value, key: name}, form.variants[name], where)

    def _omitted(self, form: Form) -> str | None:
        """Return the variant that holds without the discriminator, None if every one requires it."""
        free = [name for name, inner in form.variants.items() if form.discriminator not in inner.required]
        usual = self.variants.get(form.discriminator)
        return usual if usual in free else next(iter(free), None)

    def _shared(self, value: dict[str, Any], form: Form, where: str) -> None:
        """Name the fields that are missing whatever the variant is."""
        variants = list(form.variants.values())
        for name in variants[0].required:
            everywhere = all(name in variant.required for variant in variants)
            if everywhere and name != form.discriminator and value.get(name) is None:
                self._wrong(_join(where, name), "required", "is required")

    def _choice(self, value: Any, choices: Iterable[Form], where: str) -> Any:
        """Read a union without a discriminator: the first variant without mistakes, else the first."""
        kept, first = self.errors, None
        for choice in choices:
            self.errors = []
            read = self._read(value, choice, where)
            if not self.errors:
                self.errors = kept
                return read
            first = first or self.errors
        self.errors = kept + (first or [])
        return None

    def _check(self, value: Any, form: Form, where: str) -> None:
        """Check bounds, pattern and format."""
        for name, bound in form.bounds.items():
            size = _size(value, name)
            if size is not None and (size < bound if name.startswith("min") else size > bound):
                self._wrong(where, name, _TOO[name].format(bound=bound))
        if not isinstance(value, str):
            return
        if form.pattern and not re.search(form.pattern, value):
            self._wrong(where, "pattern", f"must match {form.pattern}")
        if form.format == "date-time":
            try:
                instant(value)
            except ValueError:
                self._wrong(where, "format", "must be an RFC 3339 timestamp")

    def _wrong(self, where: str, code: str, message: str) -> None:
        self.errors.append(FieldError(field=where, code=code, message=f"{where or 'body'} {message}"))


def _parse(sent: list[str], form: Form) -> Any:
    """Turn the texts of a parameter into JSON; a text that is none is left alone and fails later."""
    if "array" in form.types:
        return [_scalar(text, form.items or form) for text in sent]
    return _scalar(sent[0], form)


def _scalar(text: str, form: Form) -> Any:
    if "boolean" in form.types:
        return {"true": True, "false": False}.get(text, text)
    if "integer" in form.types:
        return int(text) if _INTEGER.fullmatch(text) else text
    if "number" in form.types:
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _is(value: Any, kind: str) -> bool:
    """Say whether a JSON value has a type; true and false are no numbers, 1.0 is an integer."""
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    return isinstance(value, _PYTHON[kind])


def _size(value: Any, bound: str) -> float | None:
    """Return what a bound measures of a value, None if it says nothing of such a value."""
    if bound in ("minimum", "maximum"):
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    wanted = str if bound.endswith("length") else list
    return len(value) if isinstance(value, wanted) else None


def _join(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(map(str, values))
