"""Request schemas, prepared for reading: references followed, unions by discriminator, bounds shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from harness.contract import Contract, Operation, Schema
from harness.sandbox.assumptions import PAGE
from harness.struct import Struct, field

_NONE: Final = Schema()
_BOUNDS: Final = ("minimum", "maximum", "min_length", "max_length", "min_items", "max_items")


class Form(Struct, kw_only=True):
    """One place of a request: what may stand there.

    ``variants`` are those of a union by the value of its ``discriminator``; ``choices`` those of a
    union without one. ``open`` says that undeclared properties are kept. ``bounds`` has the names of
    :class:`~harness.contract.Schema`, and only those that are stated.
    """

    types: tuple[str, ...] = ()
    enum: tuple[Any, ...] = ()
    format: str = ""
    pattern: str = ""
    default: Any = None
    bounds: dict[str, float] = field(default_factory=dict)
    properties: dict[str, Form] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    open: bool = False
    additional: Form | None = None
    items: Form | None = None
    discriminator: str = ""
    variants: dict[str, Form] = field(default_factory=dict)
    choices: tuple[Form, ...] = ()

    @property
    def nullable(self) -> bool:
        """Say whether null may stand here."""
        return not self.types or "null" in self.types


class RequestForm(Struct, frozen=True, kw_only=True):
    """What one operation accepts: its query parameters by name, the required ones, and its body."""

    query: dict[str, Form]
    required: frozenset[str]
    body: Form | None


def request_form(
    contract: Contract, operation: Operation, twin: tuple[Contract, Operation] | None
) -> RequestForm:
    """Prepare the request of an operation.

    Args:
        contract: The contract that the operation belongs to.
        operation: The operation.
        twin: The same operation in the other version. Its bounds hold where this one states none
            (``assumptions.BOUNDS_ARE_SHARED``).
    """

    def own(schema: Schema) -> Schema:
        return contract.resolve(operation, schema)

    def other(schema: Schema) -> Schema:
        return schema if twin is None else twin[0].resolve(twin[1], schema)

    maker = _Maker(own, other)
    twins = () if twin is None else twin[1].parameters
    queries = [parameter for parameter in operation.parameters if parameter.location == "query"]
    other_queries = {parameter.name: parameter.schema for parameter in twins if parameter.location == "query"}
    query = {item.name: maker.make(item.schema, other_queries.get(item.name, _NONE)) for item in queries}
    for name, default in PAGE.items():
        if name in query:
            query[name].bounds.setdefault("minimum", 0)
            query[name].default = default if query[name].default is None else query[name].default
    body = operation.request.get("application/json")
    other_body = _NONE if twin is None else twin[1].request.get("application/json", _NONE)
    return RequestForm(
        query=query,
        required=frozenset(item.name for item in queries if item.required),
        body=None if body is None else maker.make(body, other_body),
    )


class _Maker:
    """Makes forms; a schema that refers to itself is made once."""

    def __init__(self, own: Callable[[Schema], Schema], other: Callable[[Schema], Schema]) -> None:
        self.own = own
        self.other = other
        self.known: dict[tuple[str, str], Form] = {}

    def make(self, schema: Schema, twin: Schema) -> Form:
        if not schema.ref:
            return self._fill(Form(), schema, self.other(twin))
        key = (schema.ref, twin.ref)
        if key not in self.known:
            self.known[key] = Form()
            self._fill(self.known[key], self.own(schema), self.other(twin))
        return self.known[key]

    def _fill(self, form: Form, schema: Schema, twin: Schema) -> Form:
        form.types, form.enum, form.required = schema.types, schema.enum, schema.required
        form.format, form.pattern, form.discriminator = schema.format, schema.pattern, schema.discriminator
        form.default = twin.default if schema.default is None else schema.default
        for name in _BOUNDS:
            bound = getattr(schema, name)
            bound = getattr(twin, name) if bound is None else bound
            if bound is not None:
                form.bounds[name] = bound
        for name, inner in schema.properties.items():
            form.properties[name] = self.make(inner, twin.properties.get(name, _NONE))
        if schema.items is not None:
            form.items = self.make(schema.items, twin.items or _NONE)
        form.open = schema.additional is not None or not schema.properties
        if schema.additional is not None:
            form.additional = self.make(schema.additional, twin.additional or _NONE)
        for value, ref in schema.mapping.items():
            twin_ref = twin.mapping.get(value)
            form.variants[value] = self.make(Schema(ref=ref), Schema(ref=twin_ref) if twin_ref else _NONE)
        if not form.variants:
            form.choices = tuple(self.make(variant, _NONE) for variant in schema.any_of)
        return form
