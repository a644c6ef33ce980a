"""Recorded exchanges as calls of operations: what of a request is filled in, and what an answer gives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final
from urllib.parse import parse_qsl, unquote

from harness.contract import Contract, Operation
from harness.difference import json_path
from harness.draft.fields import AUTHORIZATION, chosen, credential_of
from harness.exchange import BODY_CUT, BodyKind, Exchange, Headers, Json, Request, header
from harness.inquiry import below_base
from harness.options import SAFE_METHODS
from harness.struct import Struct, replace
from harness.variables import escape

Slot = tuple[str | int, ...]
"""A place in a request that is filled in: ``("path", "tokenId")``, ``("query", 0)``, ``("body", "name")``.

Of header fields it is the name; of Authorization, what stands behind the scheme."""

TOKEN: Final[Slot] = ("header", AUTHORIZATION)

_NEWER = ("/v1", "/labs/v1")
_API = re.compile(r"/(iam|platform)/v1beta1$")
_REFUSALS = frozenset({429, 502, 503, 504})
"""Statuses of a limit or a gateway: they tell nothing of the operation, and clients ask again."""
_UNAUTHORIZED = 401
_STRIPPED = "Bearer [TOKEN]"
"""Stands for a token that was sent, and that the recording does not have."""
_LONGEST_NAME = 1000
"""Characters of a key as it is written; YAML reads none that is longer than 1,024."""


class Call(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """One recorded call of an operation of v1beta1; ``number`` counts the exchanges of the recording from 1.

    ``path`` are the values of path parameters, ``query`` is in the order of the URL. ``body`` is None where
    none was sent, and then ``sends`` is False. ``refused`` counts the times that it was asked before, and a
    limit or a gateway had it asked again. ``stripped`` says that the recording left the token out, which
    ``exchange`` has a placeholder for.
    """

    number: int
    exchange: Exchange
    operation: Operation
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    body: Json
    sends: bool
    refused: int = 0
    stripped: bool = False

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
        return self.operation.id, tuple(self.path.items()), self.query, repr(self.body), self.manner

    @cached_property
    def token(self) -> str | None:
        """What stands for the token that was sent, None where none was; found out once."""
        return header(self.exchange.request.headers, "authorization")

    @cached_property
    def fields(self) -> Headers:
        """The header fields that the client sent on purpose, in order, without the token."""
        return chosen(self.exchange.request.headers)

    @property
    def manner(self) -> object:
        """What calls of one step have in common besides their operation: the token, and header fields."""
        return self.token, self.fields

    @property
    def authorized(self) -> bool:
        """Whether a token was sent."""
        return self.token is not None

    def slots(self) -> Iterator[tuple[Slot, str]]:
        """Yield every text of the request that may have come from elsewhere, with its place."""
        for name, value in self.path.items():
            yield ("path", name), value
        for index, (_, value) in enumerate(self.query):
            yield ("query", index), value
        for place, value in texts(self.body):
            yield ("body", *place), value
        for name, value in self.fields:
            yield ("header", name), value
        if self.token is not None and not self.stripped:
            yield TOKEN, credential_of(self.token)[1]


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
            left.append(_left(number, exchange, found))
    answered = _asked_again(calls)
    left += [
        _left(call.number, call.exchange, f"it was refused with {call.status}, and not asked again")
        for call in calls
        if call.number not in answered
    ]
    left.sort(key=lambda each: each.number)
    return [
        replace(call, refused=answered[call.number]) for call in calls if answered.get(call.number, -1) >= 0
    ], left


def _left(number: int, exchange: Exchange, why: str) -> Left:
    path = below_base(exchange.request.url)[1].partition("?")[0]
    return Left(number=number, call=f"{exchange.request.method.upper()} {path}", why=why)


def _asked_again(calls: Sequence[Call]) -> dict[int, int]:
    """Return by number how often each call was refused before it was answered; -1 for such a refusal.

    A refusal that was the last word is not in it.
    """
    found: dict[int, int] = {}
    waiting: dict[object, list[int]] = {}
    for call in calls:
        if call.status in _REFUSALS:
            waiting.setdefault(call.asks, []).append(call.number)
        else:
            refusals = waiting.pop(call.asks, [])
            found[call.number] = len(refusals)
            found.update(dict.fromkeys(refusals, -1))
    return found


def _call(number: int, exchange: Exchange, contract: Contract) -> Call | str:
    request = exchange.request
    base, rest = below_base(request.url)
    path, _, query = rest.partition("?")
    if base.endswith(_NEWER):
        return "it calls v1 or the Labs API, not v1beta1"
    operation = contract.find(request.method, path)
    if operation is None:
        return "v1beta1's contract has no such operation"
    why = _unaskable(exchange, operation, base, path)
    if why:
        return why
    stripped = _is_stripped(exchange)
    if stripped:
        # The cassette of the draft has to answer a request with a token.
        fields = (*request.headers, (AUTHORIZATION, _STRIPPED))
        exchange = replace(exchange, request=replace(request, headers=fields))
    found = _read(number, exchange, operation, path, query)
    return replace(found, stripped=stripped) if isinstance(found, Call) else found


def _unaskable(exchange: Exchange, operation: Operation, base: str, path: str) -> str:
    """Say why a call of an operation is none that a scenario makes; nothing if it is one."""
    request, api = exchange.request, _API.search(base)
    if api and api[1] != operation.api:
        return f"it calls the {api[1]} API, and {operation.id} is one of the {operation.api} API"
    if path.endswith("/"):
        return "its path ends with a slash, which scenarios do not send"
    if exchange.response is None:
        return "it was not answered"
    return _unsendable_body(request)


def _is_stripped(exchange: Exchange) -> bool:
    """Whether a token was sent that the recording leaves out, as browsers, logs and filters do.

    All operations want one: what was answered as if there was one had one.
    """
    status = exchange.response.status if exchange.response else _UNAUTHORIZED
    return status != _UNAUTHORIZED and header(exchange.request.headers, "authorization") is None


def _unsendable_body(request: Request) -> str:
    """Say why no scenario can send the body of a request; nothing if one can."""
    if header(request.headers, BODY_CUT) is not None:
        return "its body was not kept"
    return "its body is not JSON" if request.content and request.body.kind is not BodyKind.JSON else ""


def _read(number: int, exchange: Exchange, operation: Operation, path: str, query: str) -> Call | str:
    request = exchange.request
    try:
        pairs = zip(operation.path.strip("/").split("/"), path.strip("/").split("/"), strict=True)
        filled = {
            mine[1:-1]: unquote(theirs, errors="strict") for mine, theirs in pairs if mine.startswith("{")
        }
        pairs_of_query = tuple(parse_qsl(query, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        return "its URL has bytes that are no text"
    call = Call(
        number=number,
        exchange=exchange,
        operation=operation,
        path=filled,
        query=pairs_of_query,
        body=request.body.data if request.content else None,
        sends=bool(request.content),
    )
    return _unwritable(call) or call


def _unwritable(call: Call) -> str:
    """Say why no scenario can hold a request; nothing if one can."""
    if any(value in {"", ".", ".."} for value in call.path.values()):
        return "what fills its path would be another path"
    written = [*_names(call.body), *(name for name, _ in call.query), *(value for _, value in call.slots())]
    if any("\ud800" <= letter <= "\udfff" for text in written for letter in text):
        return "it has half a character, which YAML cannot hold"
    if any(len(json.dumps(name)) > _LONGEST_NAME for name in (*_names(call.body), *dict(call.query))):
        return "it has a name that is too long for YAML"
    return ""


def _names(value: Json) -> Iterator[str]:
    """Yield the names in a JSON value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


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


def path_to(place: tuple[str | int, ...], *, every: bool = False) -> str:
    """Write a place in a body as JSONPath, as scenarios have it; ``every`` takes all elements of lists."""
    parts = [_key(part) if isinstance(part, str) else "[*]" if every else f"[{part}]" for part in place]
    return str(escape("$" + "".join(parts)))


def _key(name: str) -> str:
    return "['*']" if name == "*" else json_path(name)[1:]


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
