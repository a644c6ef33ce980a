"""The facts of the API versions: operations, parameters and shapes, looked up by method and URL.

The facts themselves are package data in ``contracts/``, built by ``openapi.py`` from the vendor's
published OpenAPI documents. They hold no prose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harness.exchange import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The documented shape of a JSON value; empty ``types`` means any type.

    ``types`` are JSON Schema names, with ``"null"`` for nullable. ``additional`` is the shape of
    undeclared properties: None when none are declared (extra ones are then undocumented).
    ``ref`` names a schema of the same document; every other field is then empty.
    """

    types: tuple[str, ...] = ()
    properties: Mapping[str, Schema] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    items: Schema | None = None
    additional: Schema | None = None
    enum: tuple[Json, ...] = ()
    format: str = ""
    ref: str = ""
    any_of: tuple[Schema, ...] = ()
    discriminator: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    default: Json = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A path, query or header parameter."""

    name: str
    location: str
    required: bool = False
    schema: Schema = field(default_factory=Schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method and path of one API. ``responses`` maps a status (``200``, ``4XX``) to media types."""

    id: str
    api: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    request: Mapping[str, Schema] = field(default_factory=dict)
    request_required: bool = False
    responses: Mapping[str, Mapping[str, Schema]] = field(default_factory=dict)
