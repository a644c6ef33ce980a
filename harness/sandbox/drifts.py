"""Ways in which v1 could drift that no document has: off unless they are asked for.

They are for proving that the harness sees what nobody announced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from harness.sandbox.answers import Answer
from harness.sandbox.switches import After, Switch
from harness.struct import replace

_LONGEST: Final = 12
_LATENCY: Final = 1.2
_ID: Final = 25


def _each_object(change: Callable[[dict[str, Any]], dict[str, Any]]) -> After:
    """Return what changes every object of a success, the innermost first."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return change({name: walk(inner) for name, inner in value.items()})
        return [walk(item) for item in value] if isinstance(value, list) else value

    return lambda answer: replace(answer, data=walk(answer.data)) if answer.status < 400 else answer


def _each_list(change: Callable[[list[Any]], list[Any]]) -> After:
    """Return what changes every list of objects of a success."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: walk(inner) for name, inner in value.items()}
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return change([walk(item) for item in value])
        return value

    return lambda answer: replace(answer, data=walk(answer.data)) if answer.status < 400 else answer


def _with(name: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what changes one property where an object has it."""
    return lambda value: {**value, name: change(value[name])} if name in value else value


def _other_envelope(answer: Answer) -> Answer:
    if answer.status < 400 or not isinstance(answer.data, dict):
        return answer
    error = {"code": str(answer.data["statusCode"]), "detail": answer.data["message"]}
    return replace(answer, data={"error": error})


def _without_type(answer: Answer) -> Answer:
    headers = {name: value for name, value in answer.headers.items() if name != "content-type"}
    return replace(answer, headers=headers)


def _created(answer: Answer) -> Answer:
    return replace(answer, status=201) if answer.status == 200 else answer


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _cut(text: Any) -> Any:
    return text[:_LONGEST] if isinstance(text, str) else text


def _renumbered(value: dict[str, Any]) -> dict[str, Any]:
    """Give what has a name another id of the same form."""
    old = value.get("id")
    if not isinstance(old, str) or len(old) != _ID or "name" not in value:
        return value
    return {**value, "id": f"{old[:2]}{old[:1:-1]}"}


def _shorter(text: Any) -> Any:
    """Leave zeros at the end of a second's fraction out: the same instant."""
    return f"{text.removesuffix('Z').rstrip('0').rstrip('.')}Z" if isinstance(text, str) else text


def _drift(name: str, says: str, after: After, meets: tuple[str, ...] = ()) -> Switch:
    return Switch(name=name, key="drift", says=says, after=after, meets=meets)


DRIFTS: Final[tuple[Switch, ...]] = (
    _drift("enum-case", "status is written in lower case", _each_object(_with("status", _lower))),
    _drift(
        "value-changed",
        f"name is cut after {_LONGEST} characters",
        _each_object(_with("name", _cut)),
    ),
    _drift("id-changed", "what has a name has another id", _each_object(_renumbered)),
    _drift(
        "number-as-text",
        "totalCount is a string",
        _each_object(_with("totalCount", str)),
    ),
    _drift(
        "timestamp-precision",
        "createdAt has as few digits as it needs",
        _each_object(_with("createdAt", _shorter)),
    ),
    _drift(
        "property-lost",
        "updatedBy is missing",
        _each_object(lambda value: {name: inner for name, inner in value.items() if name != "updatedBy"}),
    ),
    _drift("element-missing", "lists miss their last element", _each_list(lambda items: items[:-1])),
    _drift("order-changed", "lists are in reverse order", _each_list(lambda items: items[::-1])),
    _drift("header-lost", "answers have no Content-Type", _without_type),
    _drift("error-envelope-changed", "errors are an object error with code and detail", _other_envelope),
    _drift(
        "create-status-changed",
        "a created team answers 201",
        _created,
        ("CreateTeam",),
    ),
    _drift(
        "latency",
        f"every answer takes {_LATENCY * 1000:g} ms longer",
        lambda answer: replace(answer, delay=answer.delay + _LATENCY),
    ),
)
"""Every undocumented drift that the sandbox can be given."""
