"""One operation as both contracts have it, place by place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from harness.contract import Contract, Operation
from harness.contract_diff.findings import operation_pairs
from harness.contract_diff.unions import alternatives
from harness.difference import ITEM, json_path
from harness.judge import Judge
from harness.schema import Schema
from harness.struct import Struct


class Row(Struct, frozen=True, kw_only=True):
    """What the contracts say of one place, such as ``string, required``; None where one does not name it."""

    path: str
    baseline: str | None
    candidate: str | None

    @property
    def mark(self) -> str:
        """``-`` only in v1beta1, ``+`` only in v1, ``~`` otherwise in v1, a space where they agree."""
        if self.candidate is None:
            return "-"
        if self.baseline is None:
            return "+"
        return " " if self.baseline == self.candidate else "~"


class Section(Struct, frozen=True, kw_only=True):
    """A part of an operation: ``parameters``, ``request``, or ``response`` with its statuses."""

    title: str
    rows: tuple[Row, ...]


class Outline(Struct, frozen=True, kw_only=True):
    """One operation as both contracts have it; URLs are empty where one has it not."""

    id: str
    method: str
    path: str
    baseline_url: str
    candidate_url: str
    sections: tuple[Section, ...]


_STREAM = "application/octet-stream"

Facts = dict[str, str]
"""What one contract says of the places of one section."""


def outline(judge: Judge, operation: str) -> Outline:
    """Return one operation as the judge's two contracts have it.

    Raises:
        ContractError: Neither contract has the operation; the message names the nearest ones.
    """
    name, pair = next(iter(operation_pairs(judge.baseline, judge.candidate, operation).items()))
    contracts = (judge.baseline, judge.candidate)
    known = pair[0] or pair[1]
    sides = [_facts(contract, side) if side else {} for contract, side in zip(contracts, pair, strict=True)]
    titles = dict.fromkeys(title for side in sides for title in side)
    return Outline(
        id=name,
        method=known.method if known else "",
        path=known.path if known else "",
        baseline_url=_url(contracts[0], pair[0]),
        candidate_url=_url(contracts[1], pair[1]),
        sections=_merged([_section(title, sides) for title in titles]),
    )


def _url(contract: Contract, operation: Operation | None) -> str:
    return contract.apis[operation.api].base_url + operation.path if operation else ""


def _facts(contract: Contract, operation: Operation) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    if operation.parameters:
        found["parameters"] = {
            f"{parameter.location} {parameter.name}": _described(
                contract, operation, parameter.schema, required=parameter.required
            )
            for parameter in operation.parameters
        }
    for media, schema in operation.request.items():
        found.setdefault("request", {}).update(_body(contract, operation, media, schema))
    for status, bodies in operation.responses.items():
        title = f"response {status}"
        found[title] = {}
        for media, schema in bodies.items():
            found[title].update(_body(contract, operation, media, schema))
    return found


def _body(contract: Contract, operation: Operation, media: str, schema: Schema) -> Facts:
    """Return every place of a body; its root says the media type."""
    if media == _STREAM and _is_bytes(contract, operation, schema):
        return {json_path("body"): f"bytes, {media}"}
    found: Facts = {}
    for place, inner, required in _places(contract.apis[operation.api].schemas, schema):
        path = json_path("body", *place)
        said = _described(contract, operation, inner, required=required and bool(place))
        said = said if place else f"{said}, {media}"
        if path not in found:
            found[path] = said
        elif said != found[path] and said not in found[path].split("; or "):
            found[path] += f"; or {said}"  # variants of a union say different things of one place
    return found


def _is_bytes(contract: Contract, operation: Operation, schema: Schema) -> bool:
    """Whether a schema of a stream has no structure: a binary string, or a list of the bytes as integers."""
    whole = contract.resolve(operation, schema)
    elements = contract.resolve(operation, whole.items).types if whole.items is not None else ()
    return whole.format == "binary" or elements == ("integer",)


Place = tuple[tuple[str, ...], Schema, bool]


def _places(
    schemas: Mapping[str, Schema],
    schema: Schema,
    place: tuple[str, ...] = (),
    above: frozenset[str] = frozenset(),
    *,
    required: bool = False,
) -> Iterator[Place]:
    """Yield each place, its schema and whether it is required; of a schema in itself only the first."""
    yield place, schema, required
    for variant in alternatives(schemas, schema).variants:
        if variant.name in above:
            continue
        inner = above | {variant.name} if variant.name else above
        found = variant.schema
        for name, child in found.properties.items():
            needed = name in found.required
            yield from _places(schemas, child, (*place, name), inner, required=needed)
        for element in (found.items, found.additional):
            if element is not None:
                yield from _places(schemas, element, (*place, ITEM), inner)


def _described(contract: Contract, operation: Operation, schema: Schema, *, required: bool) -> str:
    """Describe a schema in a few words: ``string or null, required, one of A, B``."""
    schemas = contract.apis[operation.api].schemas
    found = alternatives(schemas, schema)
    whole = found.whole
    words = [" or ".join((*whole.types, *(("null",) if found.nullable else ()))) or "any"]
    listed = whole.enum
    if whole.items is not None:
        element = alternatives(schemas, whole.items).whole
        words[0] += f" of {' or '.join(element.types) or 'any'}"
        listed = listed or element.enum
    if whole.format:
        words.append(whole.format)
    if required:
        words.append("required")
    if found.discriminator:
        labels = " or ".join(str(variant) for variant in found.variants)
        words.append(f"by {found.discriminator}: {labels}")
    if listed:
        # Sorted, for the order of listed values means nothing and differs between the documents.
        words.append(f"one of {', '.join(sorted(_value(value) for value in listed))}")
    if whole.default is not None:
        words.append(f"default {json.dumps(whole.default)}")
    return ", ".join(words)


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _section(title: str, sides: list[dict[str, Facts]]) -> Section:
    old, new = (side.get(title, {}) for side in sides)
    paths = sorted({**old, **new}) if title != "parameters" else list({**old, **new})
    rows = (Row(path=path, baseline=old.get(path), candidate=new.get(path)) for path in paths)
    return Section(title=title, rows=tuple(rows))


def _merged(sections: list[Section]) -> tuple[Section, ...]:
    """Join the responses that are alike: ``response 400, 401, 403``."""
    joined: dict[tuple[Row, ...], list[str]] = {}
    for section in sections:
        joined.setdefault(section.rows, []).append(section.title)
    found = []
    for rows, titles in joined.items():
        title = ", ".join([titles[0], *(each.removeprefix("response ") for each in titles[1:])])
        found.append(Section(title=title, rows=rows))
    return tuple(found)
