"""The web application: reads a request, finds its operation, answers in the form of its version."""

from __future__ import annotations

import ipaddress
import json
import logging
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from harness.contract import API_VERSIONS, BASE_URLS, V1, V1BETA1, Contract
from harness.errors import UsageError
from harness.sandbox import assumptions, wire
from harness.sandbox.access import Gate, authenticate
from harness.sandbox.answers import Answer, refused, succeeded
from harness.sandbox.call import Call, NotFound, Raw, Refusal
from harness.sandbox.clock import Chance, Clock, instant, timestamp
from harness.sandbox.faults import Fault, Struck, parse_kind, stands_in, striking, struck
from harness.sandbox.limits import Limits
from harness.sandbox.seed import plant
from harness.sandbox.setup import Setup
from harness.sandbox.store import Scene, Store
from harness.sandbox.surface import Endpoint, endpoints
from harness.sandbox.switches import packaged, without
from harness.sandbox.validate import Reading
from harness.struct import Struct, replace

BASES: Final[Mapping[str, str]] = {name: urlsplit(url).path for name, url in BASE_URLS.items()}
"""The path of each API's base URL, as the service has it."""

BODY_LIMIT: Final = 1024 * 1024
"""The most bytes that a request body may have."""

FAULT_HEADER: Final = "x-sandbox-fault"
"""The header by which a caller on this machine asks for a fault of its own: ``KIND[=VALUE]``."""

_TWINS: Final = {V1BETA1: V1, V1: V1BETA1}
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_log = logging.getLogger(__name__)


def create_app(
    *,
    seed: int = 0,
    clock: Clock | None = None,
    contracts: Mapping[str, Contract] | None = None,
    setup: Setup | None = None,
) -> Starlette:
    """Return the sandbox as an application with a store of its own.

    Args:
        seed: Decides about ids and secrets; equal seeds and requests give equal answers.
        clock: The sandbox's time; by default it begins at a fixed instant and moves with each request.
        contracts: The contracts to serve by version, instead of the packaged ones.
        setup: Its differences, faults and limits, by default as the documents have it.
    """
    sandbox = _Sandbox(contracts or packaged(), clock or Clock(), seed, setup or Setup())
    return Starlette(routes=[Route("/{path:path}", sandbox)])


class _Asked(Struct, frozen=True, kw_only=True):
    """A request as it came; ``content`` is None if the body was too large to be kept.

    ``minor`` is the header ``X-API-Version``. ``fault`` is the header that asks for a fault, which only
    callers on this machine may send.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    authorization: str | None
    content: bytes | None
    minor: str | None = None
    fault: str | None = None

    @property
    def api(self) -> str:
        """The name of the API whose base URL the path is below, empty if it is below none."""
        return next((name for name, base in BASES.items() if f"{self.path}/".startswith(f"{base}/")), "")

    @property
    def below(self) -> str:
        """The path below the base URL."""
        return self.path.removeprefix(BASES.get(self.api, ""))


class _Sandbox:
    """An ASGI application: both versions and Labs over one store."""

    def __init__(self, contracts: Mapping[str, Contract], clock: Clock, seed: int, setup: Setup) -> None:
        self._contracts = contracts = without(contracts, setup.off)
        self._clock = clock
        self._chance = Chance(seed)
        # Faults draw for themselves: with them, ids and secrets stay what they are.
        self._luck = Chance(seed)
        self._faults = setup.faults
        self._limits = Limits() if setup.limits else None
        self._switches = {V1: setup.switches}
        self._store = Store()
        self._tokens = plant(self._store, self._chance, clock.start)
        self._endpoints = {
            version: endpoints(contract, contracts.get(_TWINS.get(version, "")))
            for version, contract in contracts.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            content = await _read(request)
        except ClientDisconnect:
            return  # Nobody waits for an answer, and the request was not whole.
        asked = _Asked(
            method=request.method,
            path=scope["raw_path"].decode("latin-1"),
            query=parse_qsl(request.url.query, keep_blank_values=True),
            authorization=request.headers.get("authorization"),
            content=content,
            minor=request.headers.get("x-api-version"),
            fault=request.headers.get(FAULT_HEADER) if _is_near(request) else None,
        )
        await wire.send(self.answer(asked), scope, receive, send)

    def answer(self, asked: _Asked) -> Struck:
        """Return the answer to a request; every refusal and failure has the documented error body."""
        version = API_VERSIONS.get(asked.api, "")
        moment = self._clock.tick(version)
        request_id = self._chance.id(version, "request", asked.method, asked.path)
        operation = ""
        faults: tuple[Fault, ...] = ()
        try:
            found = self._find(asked, version)
            operation = found.operation.id
            faults = striking((*_asked_faults(asked), *self._faults), (version, operation), self._luck)
            if stands_in(faults):
                answer = Answer(status=found.status)
            else:
                answer = self._respond(asked, found, version, moment)
        except Refusal as refusal:
            answer = refused(refusal, request_id)
        except Exception as error:  # noqa: BLE001 - a mistake of ours has the error body, too
            _log.exception("%s %s", asked.method, asked.path)
            message = assumptions.FAILURE_MESSAGE.format(error=type(error).__name__)
            answer = refused(Refusal(500, message), request_id)
        for switch in self._switches.get(version, ()):
            if switch.after is not None and switch.is_for(operation):
                answer = switch.after(answer)
        return struck(faults, answer, datetime.now(UTC))

    def _respond(self, asked: _Asked, found: Endpoint, version: str, moment: datetime) -> Answer:
        if asked.content is None:
            raise Refusal(413, assumptions.TOO_LARGE_MESSAGE.format(limit=BODY_LIMIT))
        principal = authenticate(asked.authorization, self._tokens, self._store, timestamp(moment))
        if self._limits is not None:
            self._limits.take(asked.authorization or "", asked.method)
        if version == V1 and asked.minor is not None and asked.minor.strip() not in assumptions.API_MINORS:
            raise Refusal(400, assumptions.API_MINOR_MESSAGE.format(version=asked.minor.strip()))
        gate = Gate(principal=principal, method=asked.method, family=found.family)
        gate.enter()
        if found.handler is None:
            message = assumptions.NOT_COVERED_MESSAGE.format(operation=found.operation.id)
            raise Refusal(assumptions.NOT_COVERED_STATUS, message)
        scene = Scene(
            store=self._store, chance=self._chance, principal=principal, moment=moment, source=version
        )
        call = self._call(found, scene, asked, gate)
        for switch in self._switches.get(version, ()):
            if switch.before is not None and switch.is_for(found.operation.id):
                switch.before(call)
        data = found.handler(call)
        if isinstance(data, Raw) or not found.body:
            return succeeded(found.status, data if isinstance(data, Raw) else None)
        return succeeded(found.status, data if found.show is None else found.show(data))

    def _find(self, asked: _Asked, version: str) -> Endpoint:
        """Return what answers the method and path.

        Raises:
            Refusal: The version has no such path, or has it with other methods.
        """
        contract = self._contracts.get(version)
        below = asked.below
        by_method = {method: contract.find(method, below) for method in _METHODS} if contract else {}
        known = {method: found for method, found in by_method.items() if found and found.api == asked.api}
        if asked.method in known:
            return self._endpoints[version][known[asked.method].id]
        names = {"method": asked.method, "path": asked.path}
        if known:
            message = assumptions.METHOD_MESSAGE.format(**names)
            raise Refusal(405, message, headers={"allow": ", ".join(known)})
        raise Refusal(assumptions.UNSUPPORTED_STATUS, assumptions.UNSUPPORTED_MESSAGE.format(**names))

    def _call(self, found: Endpoint, scene: Scene, asked: _Asked, gate: Gate) -> Call:
        """Read path, query and body.

        Raises:
            Refusal: A part of the request is not what the contract of the version asks for.
        """
        ids = found.ids(asked.below)
        try:
            path = found.walk(ids, scene)
        except NotFound as error:
            if self._contracts[scene.source].documents_status(found.operation, error.status):
                raise
            raise Refusal(403, assumptions.FORBIDDEN_MESSAGE) from error
        last = max((str(resource["updatedAt"]) for resource in path.values()), default="")
        if last > scene.now:
            scene = replace(scene, moment=self._clock.overtake(scene.source, instant(last)))
        reading = Reading()
        query = reading.query(found.form, asked.query)
        gate.reach(path, query, self._store)
        if reading.errors:
            raise Refusal(400, assumptions.INVALID_QUERY_MESSAGE, tuple(reading.errors))
        body: Mapping[str, Any] = {}
        if found.form.body is not None:
            reading = Reading(variants=found.variants(next(reversed(path.values()), {})))
            body = reading.body(found.form.body, _parsed(asked.content or b""))
        if reading.errors:
            raise Refusal(400, assumptions.INVALID_BODY_MESSAGE, tuple(reading.errors))
        gate.put(path, body, self._store)
        return Call(operation=found.operation, scene=scene, ids=ids, path=path, query=query, body=body)


def _parsed(content: bytes) -> Any:
    """Read a JSON body; an empty one counts as an empty object.

    Raises:
        Refusal: It is not JSON.
    """
    if not content.strip():
        return {}
    try:
        return json.loads(content, parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"{assumptions.INVALID_BODY_MESSAGE}: not JSON") from error


def _finite(text: str) -> float:
    """Read a number; refuse NaN and Infinity, which JSON does not have and could not be sent back."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _asked_faults(asked: _Asked) -> tuple[Fault, ...]:
    """Return the fault that a request asks for itself.

    Raises:
        Refusal: There is no such one.
    """
    if asked.fault is None:
        return ()
    try:
        kind, value = parse_kind(asked.fault, FAULT_HEADER)
    except UsageError as error:
        raise Refusal(400, str(error)) from error
    return (Fault(version="*", operation="*", kind=kind, value=value),)


def _is_near(request: Request) -> bool:
    """Say whether the caller is on this machine."""
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _read(request: Request) -> bytes | None:
    """Read the body to its end, so that the answer reaches a client that is still sending."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= BODY_LIMIT:
            chunks.append(chunk)
    return b"".join(chunks) if size <= BODY_LIMIT else None
