"""Faults on request: what gateways, networks and busy services do to an answer.

A fault is written ``VERSION:OPERATION:KIND[:RATE]``, such as ``v1:ListUsers:503:0.5``. Version and
operation may be ``*``. The rate is the share of the calls that it meets, 1 unless told otherwise; which
calls those are follows from the seed and from how many came before, for each version by itself.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, Final

from harness.contract import API_VERSIONS, Contract
from harness.difference import ITEM, segments
from harness.errors import Problem, UsageError
from harness.sandbox.answers import JSON, Answer
from harness.sandbox.assumptions import GATEWAY_PAGE, LIMITED_MESSAGE, UNAVAILABLE_MESSAGE
from harness.sandbox.clock import Chance
from harness.struct import Struct, replace

LONGEST: Final = 30.0
"""The most seconds that a fault may keep a caller waiting."""

MOST_BYTES: Final = 80 * 1024 * 1024
"""The most bytes that an endless body has: more than the harness reads."""

LARGE: Final = 50_000_000
"""The bytes of a large body, which the harness does read."""

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_PARTS: Final = 1_000_000
_WAIT: Final = 2
_ANY: Final = "*"


class Wire(StrEnum):
    """How an answer goes onto the connection."""

    WHOLE = "whole"
    """As it is."""
    RESET = "reset"
    """Not at all: the connection is reset."""
    TRUNCATED = "truncated"
    """The announced length, half of the bytes, and the end of the connection."""
    SLOW = "slow"
    """In pieces over some seconds."""
    LARGE = "large"
    """With blanks behind it, which JSON allows."""
    ENDLESS = "endless"
    """Without a length, and on and on."""


class Struck(Struct, frozen=True, kw_only=True):
    """What a fault made of an answer: the answer, how it is sent, and over how many seconds."""

    answer: Answer
    wire: Wire = Wire.WHOLE
    seconds: float = 0


class Fault(Struct, frozen=True, kw_only=True):
    """One fault; ``version`` and ``operation`` may be ``*``, ``rate`` is from 0 to 1.

    ``value`` belongs to the kind: seconds of a latency or a slow body, ``Retry-After`` of a 429, the
    status of a gateway's page, the place of noise. ``turn`` is what chance drew for the call that it meets.
    """

    version: str
    operation: str
    kind: str
    value: str = ""
    rate: float = 1.0
    turn: int = 0

    def is_for(self, version: str, operation: str) -> bool:
        """Say whether it is about the calls of an operation; an unknown path has an empty id."""
        return self.version in (_ANY, version) and self.operation in (_ANY, operation)

    def strikes(self, chance: Chance, version: str, operation: str) -> bool:
        """Say whether it meets this call; each question moves the chance on."""
        if self.rate >= 1:
            return True
        drawn = chance.number(_PARTS, version, "fault", self.kind, operation)
        return drawn < self.rate * _PARTS


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of fault: what it does, the form of its value ("" if it has none), and how it strikes.

    ``stands_in`` says that it answers in the service's place: the call is not done, so that it can be
    made again. After any other fault it is done, and only its answer suffers.
    """

    says: str
    form: str
    strike: Callable[[Answer, Fault, datetime], Struck]
    stands_in: bool = False


def seconds(text: str) -> float | None:
    """Return how long ``150ms`` or ``2s`` is, None if the text is no duration of 30 seconds at most."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    length = float(match[1]) / (1000 if match[2] == "ms" else 1)
    return length if length <= LONGEST else None


def _length(text: str) -> float:
    """Return the seconds of a duration that was checked before."""
    return seconds(text) or 0.0


def _error(answer: Answer, status: int, message: str, headers: Mapping[str, str]) -> Struck:
    body = {"message": message, "requestId": "sandbox-fault", "statusCode": status}
    headers = {"content-type": JSON, **headers}
    return Struck(answer=replace(answer, status=status, headers=headers, data=body, content=None))


def _limited(answer: Answer, fault: Fault, moment: datetime) -> Struck:
    """Answer 429; the value is the wait in seconds, or ``date`` for a time two seconds ahead."""
    value = fault.value
    if value == "date":
        value = format_datetime(moment + timedelta(seconds=_WAIT), usegmt=True)
    return _error(answer, 429, LIMITED_MESSAGE, {"retry-after": value} if value else {})


def _failing(status: int) -> Kind:
    def strike(answer: Answer, _: Fault, __: datetime) -> Struck:
        return _error(answer, status, UNAVAILABLE_MESSAGE, {})

    return Kind(says=f"{status} with the error body", form="", strike=strike, stands_in=True)


def _page(answer: Answer, fault: Fault, _: datetime) -> Struck:
    status = int(fault.value or 502)
    content = GATEWAY_PAGE.format(status=status).encode()
    headers = {"content-type": "text/html"}
    return Struck(answer=replace(answer, status=status, headers=headers, content=content, data=None))


def _mislabelled(answer: Answer, _: Fault, __: datetime) -> Struck:
    return Struck(answer=replace(answer, headers={**answer.headers, "content-type": "text/plain"}))


def _late(answer: Answer, fault: Fault, _: datetime) -> Struck:
    return Struck(answer=replace(answer, delay=answer.delay + _length(fault.value)))


def _noisy(answer: Answer, fault: Fault, _: datetime) -> Struck:
    """Give a value that is another one in the next call, of the same type."""

    def change(owner: dict[str, Any], name: str) -> None:
        value = owner[name]
        if isinstance(value, str):
            owner[name] = f"{value} {fault.turn}"
        elif isinstance(value, int | float) and not isinstance(value, bool):
            owner[name] = value + fault.turn

    return Struck(answer=_changed(answer, fault.value, change))


def _hidden(answer: Answer, fault: Fault, _: datetime) -> Struck:
    return Struck(answer=_changed(answer, fault.value, lambda owner, name: owner.pop(name)))


def _changed(answer: Answer, place: str, change: Callable[[dict[str, Any], str], None]) -> Answer:
    """Return a success with every property at a place changed; what is not there stays away."""
    if answer.status >= 400:
        return answer
    data = copy.deepcopy(answer.data)
    *parents, name = segments(place)
    owners = [data]
    for parent in parents:
        owners = [inner for owner in owners for inner in _below(owner, parent)]
    for owner in owners:
        if isinstance(owner, dict) and name in owner:
            change(owner, name)
    return replace(answer, data=data)


def _below(owner: Any, part: str) -> list[Any]:
    if part == ITEM:
        return owner if isinstance(owner, list) else []
    return [owner[part]] if isinstance(owner, dict) and part in owner else []


KINDS: Final[Mapping[str, Kind]] = {
    "latency": Kind(says="the answer comes later, as by latency=150ms", form="DURATION", strike=_late),
    "429": Kind(
        says="429; 429=5 and 429=date add a Retry-After of seconds or a date",
        form="[SECONDS|date]",
        strike=_limited,
        stands_in=True,
    ),
    "500": _failing(500),
    "502": _failing(502),
    "503": _failing(503),
    "504": _failing(504),
    "reset": Kind(
        says="the connection is reset before any answer; the call is done",
        form="",
        strike=lambda answer, _, __: Struck(answer=answer, wire=Wire.RESET),
    ),
    "truncated": Kind(
        says="the body ends before its announced length",
        form="",
        strike=lambda answer, _, __: Struck(answer=answer, wire=Wire.TRUNCATED),
    ),
    "content-type": Kind(says="the body is called text/plain", form="", strike=_mislabelled),
    "html": Kind(
        says="a gateway's page, 502 or as by html=503", form="[STATUS]", strike=_page, stands_in=True
    ),
    "slow": Kind(
        says="the body trickles for so long, as by slow=3s",
        form="DURATION",
        strike=lambda answer, fault, _: Struck(answer=answer, wire=Wire.SLOW, seconds=_length(fault.value)),
    ),
    "large": Kind(
        says=f"a body of {LARGE // 1_000_000} MB, most of it blanks, which JSON allows",
        form="",
        strike=lambda answer, _, __: Struck(answer=answer, wire=Wire.LARGE),
    ),
    "endless": Kind(
        says=f"a body without an end, until {MOST_BYTES // 1024 // 1024} MiB are sent",
        form="",
        strike=lambda answer, _, __: Struck(answer=answer, wire=Wire.ENDLESS),
    ),
    "noise": Kind(
        says="a text or number is another one in each call, as by noise=$.teams[*].description",
        form="PLACE",
        strike=_noisy,
    ),
    "hidden": Kind(
        says="a property is not there, with a RATE in some of the calls, as by hidden=$.description",
        form="PLACE",
        strike=_hidden,
    ),
}
"""Every kind of fault by its name."""


def _is_place(text: str) -> bool:
    """Say whether a text is the JSONPath of a property below the body."""
    try:
        return segments(text)[-1:] not in ((), (ITEM,))
    except ValueError:
        return False


_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    "": lambda value: not value,
    "DURATION": lambda value: seconds(value) is not None,
    "[SECONDS|date]": lambda value: value in ("", "date") or (value.isdigit() and len(value) < 6),
    "PLACE": _is_place,
    "[STATUS]": lambda value: not value or (value.isdigit() and 400 <= int(value) <= 599),
}


def parse_fault(text: str, contracts: Mapping[str, Contract], where: str = "--fault") -> Fault:
    """Read a fault.

    Args:
        text: ``VERSION:OPERATION:KIND[:RATE]``.
        contracts: By version, so that an operation that no version has is told.
        where: What messages call the place of the text.

    Raises:
        UsageError: It has not that form, or names what does not exist.
    """
    parts = text.split(":")
    if len(parts) not in (3, 4):
        raise _wrong(where, f"`{text}` is no fault", "Write VERSION:OPERATION:KIND[:RATE].")
    version, operation, kind = parts[:3]
    if version not in (_ANY, *API_VERSIONS.values()):
        versions = ", ".join(dict.fromkeys(API_VERSIONS.values()))
        raise _wrong(where, f"there is no API version `{version}`", f"Use {versions} or *.")
    if operation != _ANY and not any(
        contract.operation(operation) for name, contract in contracts.items() if version in (_ANY, name)
    ):
        advice = "Use an operationId such as ListUsers, or *."
        raise _wrong(where, f"{version} has no operation `{operation}`", advice)
    name, value = parse_kind(kind, where)
    return Fault(
        version=version,
        operation=operation,
        kind=name,
        value=value,
        rate=_rate(parts[3], where) if len(parts) == 4 else 1.0,
    )


def parse_kind(text: str, where: str) -> tuple[str, str]:
    """Read ``KIND[=VALUE]``; return both.

    Raises:
        UsageError: There is no such kind, or the value is not of its form.
    """
    name, _, value = text.partition("=")
    if name not in KINDS:
        raise _wrong(where, f"there is no kind of fault `{name}`", f"Use one of {', '.join(KINDS)}.")
    form = KINDS[name].form
    if not _FORMS[form](value):
        expected = f"{name}={form}" if form else name
        advice = (
            f"Write {expected}; a duration is 150ms or 2s, {LONGEST:g}s at most, a place $.teams[*].name."
        )
        raise _wrong(where, f"`{text}` is not of the form {expected}", advice)
    return name, value


def _rate(text: str, where: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1
    if not 0 <= rate <= 1:
        raise _wrong(where, f"`{text}` is no rate", "Use a number from 0 to 1.")
    return rate


def _wrong(where: str, what: str, advice: str) -> UsageError:
    return UsageError(Problem(where=where, what=what, advice=advice))


def striking(faults: Iterable[Fault], call: tuple[str, str], chance: Chance) -> tuple[Fault, ...]:
    """Return the faults that meet a call, given as its version and its operation's id.

    Latencies add up; of the other faults the first one strikes.
    """
    found: list[Fault] = []
    waiting = True
    for fault in faults:
        late = fault.kind == "latency"
        if fault.is_for(*call) and (late or waiting) and fault.strikes(chance, *call):
            turn = chance.number(_PARTS, call[0], "turn", fault.kind, call[1])
            found.append(replace(fault, turn=turn))
            waiting = waiting and late
    return tuple(found)


def stands_in(faults: Iterable[Fault]) -> bool:
    """Say whether one of some faults answers in the service's place, so that nothing is done at all."""
    return any(KINDS[fault.kind].stands_in for fault in faults)


def struck(faults: Iterable[Fault], answer: Answer, moment: datetime) -> Struck:
    """Return what some faults make of an answer; ``moment`` is the real time, by which clients wait."""
    result = Struck(answer=answer)
    for fault in faults:
        new = KINDS[fault.kind].strike(result.answer, fault, moment)
        result = replace(result, answer=new.answer) if new.wire is Wire.WHOLE else new
    return result
