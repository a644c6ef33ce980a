"""Recorded exchanges as calls of operations: what of a request is filled in, and what an answer gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from urllib.parse import parse_qsl, unquote

from harness.contract import Contract, Operation
from harness.difference import json_path
from harness.exchange import BodyKind, Exchange, Json, header
from harness.inquiry import below_base
from harness.options import SAFE_METHODS
from harness.struct import Struct

Slot = tuple[str | int, ...]
"""A place in a request that is filled in: ``("path", "tokenId")``, ``("query", 0)``, ``("body", "name")``."""

_NEWER = ("/v1", "/labs/v1")


class Call(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """One recorded call of an operation of v1beta1; ``number`` counts the exchanges of the recording from 1.

    ``path`` are the values of path parameters, ``query`` is in the order of the URL. ``body`` is None where
    none was sent, and then ``sends`` is False.
    """

    number: int
    exchange: Exchange
    operation: Operation
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    body: Json
    sends: bool

    @property
    def safe(self) -> bool:
        """Whether the call changes nothing."""
        return self.operation.method in SAFE_METHODS

    @property
    def status(self) -> int:
        """The status of the answer; 0 where there was none."""
        return self.exchange.response.status if self.exchange.response else 0

    @property
    def answer(self) -> Json:
        """The answer's JSON body; None where it has none."""
        response = self.exchange.response
        return response.body.data if response and response.body.kind is BodyKind.JSON else None

    @cached_property
    def asks(self) -> tuple[object, ...]:
        """What makes two requests the same; found out once, as it is asked for many times."""
        return self.operation.id, tuple(self.path.items()), self.query, repr(self.body), self.authorized

    @cached_property
    def authorized(self) -> bool:
        """Whether a token was sent; found out once."""
        return header(self.exchange.request.headers, "authorization") is not None

    def slots(self) -> Iterator[tuple[Slot, str]]:
        """Yield every text of the request that may have come from elsewhere, with its place."""
        for name, value in self.path.items():
            yield ("path", name), value
        for index, (_, value) in enumerate(self.query):
            yield ("query", index), value
        for place, value in texts(self.body):
            yield ("body", *place), value


class Left(Struct, frozen=True, kw_only=True):
    """An exchange that no draft can be made of, and why."""

    number: int
    call: str
    why: str


def calls_of(exchanges: Iterable[Exchange], contract: Contract) -> tuple[list[Call], list[Left]]:
    """Return the calls of v1beta1's operations among exchanges, and everything else with the reason."""
    calls: list[Call] = []
    left: list[Left] = []
    for number, exchange in enumerate(exchanges, 1):
        found = _call(number, exchange, contract)
        if isinstance(found, Call):
            calls.append(found)
        else:
            method = exchange.request.method.upper()
            path = below_base(exchange.request.url)[1].partition("?")[0]
            left.append(Left(number=number, call=f"{method} {path}", why=found))
    return calls, left


def _call(number: int, exchange: Exchange, contract: Contract) -> Call | str:
    request = exchange.request
    base, rest = below_base(request.url)
    path, _, query = rest.partition("?")
    if base.endswith(_NEWER):
        return "it calls v1 or the Labs API, not v1beta1"
    operation = contract.find(request.method, path)
    if operation is None:
        return "v1beta1's contract has no such operation"
    if exchange.response is None:
        return "it was not answered"
    if request.content and request.body.kind is not BodyKind.JSON:
        return "its body is not JSON"
    pairs = zip(operation.path.strip("/").split("/"), path.strip("/").split("/"), strict=True)
    return Call(
        number=number,
        exchange=exchange,
        operation=operation,
        path={mine[1:-1]: unquote(theirs) for mine, theirs in pairs if mine.startswith("{")},
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        body=request.body.data if request.content else None,
        sends=bool(request.content),
    )


def texts(value: Json, place: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every text in a JSON value with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from texts(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from texts(inner, (*place, index))


def path_to(place: tuple[str | int, ...]) -> str:
    """Write a place in a body as JSONPath."""
    parts = [f"[{part}]" if isinstance(part, int) else json_path(part)[1:] for part in place]
    return "$" + "".join(parts)


def replaced(value: Json, place: tuple[str | int, ...], new: Json) -> Json:
    """Return a JSON value with another one at a place."""
    if not place:
        return new
    first, *rest = place
    if isinstance(value, dict):
        return {
            key: replaced(inner, tuple(rest), new) if key == first else inner for key, inner in value.items()
        }
    if isinstance(value, list):
        return [replaced(inner, tuple(rest), new) if at == first else inner for at, inner in enumerate(value)]
    return value
