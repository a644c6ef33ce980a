"""The documented differences of one operation, as facts: the differences that live pairs show too.

Where a live pair can show a fact, it has the same kind and place here, so that the same rule judges it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

from harness.contract import Contract, Operation, Parameter
from harness.contract_diff.walk import Change, Walk, What
from harness.difference import Difference, Kind, json_path
from harness.exchange import Json, Side
from harness.schema import Place, Schema
from harness.struct import Struct, replace

_JSON = "application/json"
_CONTENT_TYPE = json_path("headers", "content-type")
_BY_VALUE = frozenset({What.VALUES_GONE, What.CLOSED})
"""Changes that concern a request, or who reads an answer, by the value that is at the place."""
_PARAMETER = re.compile(r"\{([^}]*)\}")


class Part(StrEnum):
    """What of an operation a documented difference is about."""

    OPERATION = "operation"
    PARAMETER = "parameter"
    REQUEST = "request"
    RESPONSE = "response"


class Fact(Struct, frozen=True, kw_only=True):
    """One documented difference of an operation.

    ``old_place`` and ``new_place`` are what the contracts say of its place. ``certain`` says that no
    caller is spared: v1beta1 always answers with it, or asks for it. ``cause`` names the place below
    the nearest schema with a name (``Deployment.workloadIdentity``). ``statuses`` are those of the answers
    that have it, ``variants`` the variants of a union (``type is DEDICATED``), empty for all. ``by_value``
    says that only some values of the place are concerned, not whatever has it.
    """

    difference: Difference
    part: Part
    cause: str
    certain: bool = True
    old_place: Place | None = None
    new_place: Place | None = None
    statuses: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    by_value: bool = False


class Facts(Struct, frozen=True):
    """Compares operations of two contracts."""

    old: Contract
    new: Contract

    def of(self, old: Operation, new: Operation) -> tuple[Fact, ...]:
        """Return every documented difference of an operation that both contracts have."""
        walk = self._walk(old, new)
        return (
            *_parameters(old, new, self._walk(old, new, items=False)),
            *_request(old, new, walk),
            *_merged([*_statuses(old, new), *_responses(old, new, walk)]),
        )

    def _walk(self, old: Operation, new: Operation, *, items: bool = True) -> Walk:
        return Walk(self.old.apis[old.api].schemas, self.new.apis[new.api].schemas, items)


def removed(operation: Operation) -> Fact:
    """Return the fact that only v1beta1 has the operation."""
    detail = f"{operation.method} {operation.path}"
    fact = Difference(kind=Kind.UNMAPPED, path="$.request", detail=detail)
    return Fact(difference=fact, part=Part.OPERATION, cause="the operation")


def appeared(operation: Operation) -> Fact:
    """Return the fact that only v1 has the operation."""
    detail = f"{operation.method} {operation.path}"
    fact = Difference(kind=Kind.APPEARED, path="$.request", detail=detail)
    return Fact(difference=fact, part=Part.OPERATION, cause="the operation")


def _parameters(old: Operation, new: Operation, walk: Walk) -> Iterator[Fact]:
    before, after = _named(old), _named(new)
    for key, parameter in before.items():
        other = after.get(key)
        at = Change(
            what=What.GONE,
            place=key,
            old=parameter.schema,
            new=other.schema if other else None,
            certain=parameter.required,
            cause=(old.id, parameter.name),
        )
        if other is None:
            yield _asked(at, Part.PARAMETER)
            continue
        if parameter.required != other.required:
            what = What.NEEDED if other.required else What.FREED
            yield _asked(replace(at, what=what, certain=True), Part.PARAMETER)
        for change in walk.changes(parameter.schema, other.schema, old.id, certain=parameter.required):
            moved = replace(change, place=(*key, *change.place), cause=(old.id, parameter.name))
            yield _asked(moved, Part.PARAMETER)
    for key, parameter in after.items():
        if key not in before:
            came = Change(
                what=What.CAME,
                place=key,
                old=None,
                new=parameter.schema,
                required=parameter.required,
                cause=(old.id, parameter.name),
            )
            yield _asked(came, Part.PARAMETER)


def _named(operation: Operation) -> dict[tuple[str, str], Parameter]:
    """Return the parameters by place; those of the path by position, for their names are not sent."""
    positions = {name: str(index) for index, name in enumerate(_PARAMETER.findall(operation.path))}
    return {
        (
            parameter.location,
            positions.get(parameter.name, "") if parameter.location == "path" else parameter.name,
        ): parameter
        for parameter in operation.parameters
    }


def _request(old: Operation, new: Operation, walk: Walk) -> Iterator[Fact]:
    if old.request and new.request and new.request_required and not old.request_required:
        yield _asked(Change(what=What.NEEDED, place=("body",), old=None, new=None, cause=(old.id,)))
    for media, schema in old.request.items():
        other = new.request.get(media)
        if other is not None:
            for change in walk.changes(schema, other, old.id):
                yield _asked(replace(change, place=("body", *change.place), to=_below("body", change.to)))
            continue
        kept: Json = list(new.request)
        gone = Change(what=What.VALUES_GONE, place=("body",), old=None, new=None, before=[media], after=kept)
        yield _asked(replace(gone, cause=(old.id,)))
    if new.request and not old.request:
        yield _asked(
            Change(
                what=What.CAME,
                place=("body",),
                old=None,
                new=None,
                required=new.request_required,
                cause=(old.id,),
            )
        )


def _below(root: str, place: tuple[str, ...]) -> tuple[str, ...]:
    return (root, *place) if place else ()


def _asked(change: Change, part: Part = Part.REQUEST) -> Fact:
    """Say what a change means for a request: it is not accepted any more, or more is."""
    path = json_path("request", *change.place)
    subject = f"the property {path} of the request"
    if part is Part.PARAMETER:
        subject = f"the {change.place[0]} parameter `{change.place[1]}`"
    elif change.place == ("body",):
        subject = "the body of the request"
    kind, what = _asked_what(change, json_path("request", *change.to) if change.to else "")
    known = change.what in (What.GONE, What.VALUES_GONE) and part is Part.PARAMETER
    detail = f"{subject} {what}" if known else f"in v1 {subject} {what}"
    default = kind is Kind.DEFAULT
    return _fact(
        change,
        part,
        Difference(
            kind=kind,
            path=path,
            baseline=change.before if default else None,
            candidate=change.after if default or kind is Kind.EXTENDED else None,
            to=json_path("request", *change.to) if change.to else "",
            side=Side.CANDIDATE,
            detail=detail,
        ),
    )


def _asked_what(change: Change, to: str) -> tuple[Kind, str]:
    """Return the kind of fact, and a clause without its subject."""
    values = _listing(change.before or change.after)
    bound = f"has the {change.bound} {change.after} in place of {change.before}"
    new = " or ".join(change.new.types) if change.new else ""
    required = ", and required" if change.required else ""
    clauses: dict[What, tuple[Kind, str]] = {
        What.GONE: (Kind.REQUEST, "is not in v1's contract"),
        What.RENAMED: (Kind.REQUEST, f"is called {to}{required}"),
        What.CAME: (Kind.REQUEST, "is required and new") if change.required else (Kind.EXTENDED, "is new"),
        What.NEEDED: (Kind.REQUEST, "is required"),
        What.FREED: (Kind.RELAXED, "is not required"),
        What.NULL_CAME: (Kind.RELAXED, "may be null"),
        What.NULL_GONE: (Kind.REQUEST, "must not be null"),
        What.TYPES_OTHER: (Kind.REQUEST, f"is {new} in place of {change.before}"),
        What.TYPES_NARROWER: (Kind.REQUEST, f"is {new} in place of {change.before}"),
        What.TYPES_WIDER: (Kind.EXTENDED, f"is {new} in place of {change.before}"),
        What.VALUE_CAME: (Kind.EXTENDED, f"takes the value {_listing(change.after)}"),
        What.VALUES_GONE: (Kind.REQUEST, f"does not take {values} in v1"),
        What.CLOSED: (Kind.REQUEST, f"takes only {values}"),
        What.OPENED: (Kind.EXTENDED, "takes any value"),
        What.FORMAT: (Kind.REQUEST, f"has the format {change.after} in place of {change.before}"),
        What.TIGHTER: (Kind.REQUEST, bound),
        What.WIDER: (Kind.RELAXED, bound),
        What.DEFAULT: (Kind.DEFAULT, ""),
    }
    return clauses[change.what]


def _listing(values: Json) -> str:
    every = values if isinstance(values, list) else [values]
    return ", ".join(f"`{value}`" for value in every)


def _statuses(old: Operation, new: Operation) -> Iterator[Fact]:
    """Yield the statuses that one side documents; a contract without errors says nothing about errors."""
    gone, came = _alone(old, new)
    for before, after in zip(_successes(gone), _successes(came), strict=False):
        gone.remove(before)
        came.remove(after)
        yield _status(old, Kind.STATUS, int(before), int(after))
    for status in gone:
        yield _status(old, Kind.STATUSES, status, None, f"v1's contract has no status {status}")
    for status in came:
        yield _status(old, Kind.STATUSES, None, status, f"v1's contract has the status {status} as well")


def _alone(old: Operation, new: Operation) -> tuple[list[str], list[str]]:
    """Return the statuses that only v1beta1 documents, and those that only v1 does."""
    silent = not all(any(map(_is_error, side.responses)) for side in (old, new))
    gone, came = (
        [status for status in one.responses if status not in other.responses]
        for one, other in ((old, new), (new, old))
    )
    if silent:
        return [status for status in gone if not _is_error(status)], [
            status for status in came if not _is_error(status)
        ]
    return gone, came


def _is_error(status: str) -> bool:
    return not status.startswith(("1", "2", "3"))


def _successes(statuses: list[str]) -> list[str]:
    return [status for status in statuses if status.isdigit() and status.startswith("2")]


def _status(operation: Operation, kind: Kind, old: Json, new: Json, detail: str = "") -> Fact:
    fact = Difference(kind=kind, path="$.status", baseline=old, candidate=new, detail=detail)
    return Fact(difference=fact, part=Part.RESPONSE, cause=f"{operation.id}: status")


def _responses(old: Operation, new: Operation, walk: Walk) -> Iterator[Fact]:
    gone, came = _alone(old, new)
    pairs = [(status, status) for status in old.responses if status in new.responses]
    pairs += zip(_successes(gone), _successes(came), strict=False)
    for before, after in pairs:
        yield from _bodies(old, before, old.responses[before], new.responses[after], walk)


def _bodies(
    operation: Operation,
    status: str,
    old: Mapping[str, Schema],
    new: Mapping[str, Schema],
    walk: Walk,
) -> Iterator[Fact]:
    whole = Fact(
        difference=Difference(kind=Kind.BODY_REMOVED, path="$.body"),
        part=Part.RESPONSE,
        cause=f"{operation.id}: body",
        statuses=(status,),
    )
    if bool(old) != bool(new):
        kind = Kind.BODY_REMOVED if old else Kind.BODY_ADDED
        yield replace(whole, difference=Difference(kind=kind, path="$.body"))
    for media, schema in old.items():
        other = new.get(media)
        if other is None and new:
            # Where a media type went, the body is still worth comparing with the one that came.
            stands, other = next(iter(new.items()))
            yield replace(
                whole,
                difference=Difference(
                    kind=Kind.MEDIA_TYPE, path=_CONTENT_TYPE, baseline=media, candidate=stands
                ),
            )
        if other is not None and media.partition(";")[0] == _JSON:
            for change in walk.changes(schema, other, operation.id):
                yield replace(_answered(change), statuses=(status,))


def _answered(change: Change) -> Fact:
    """Say what a change means for a caller who reads the answer."""
    path = json_path("body", *change.place)
    kind, baseline, candidate, detail = _answered_what(change)
    to = json_path("body", *change.to) if change.to else ""
    return _fact(
        change,
        Part.RESPONSE,
        Difference(kind=kind, path=path, baseline=baseline, candidate=candidate, to=to, detail=detail),
    )


def _answered_what(change: Change) -> tuple[Kind, Json, Json, str]:
    """Return the kind of fact, what the baseline and the candidate have, and a clause without its subject."""
    before, after = change.before, change.after
    old, new = (" or ".join(schema.types) or "any" if schema else None for schema in (change.old, change.new))
    closed = f"is one of {_listing(after)} in v1, and any value in v1beta1, by their contracts"
    facts: dict[What, tuple[Kind, Json, Json, str]] = {
        What.GONE: (Kind.REMOVED, old, None, ""),
        What.RENAMED: (Kind.RENAMED, old, new, ""),
        What.CAME: (Kind.ADDED, None, new, ""),
        What.NEEDED: (Kind.PRESENCE, "optional", "required", ""),
        What.FREED: (Kind.PRESENCE, "required", "optional", ""),
        What.NULL_CAME: (Kind.NULLABLE, old, None, ""),
        What.NULL_GONE: (Kind.NULLABLE, None, new, ""),
        What.TYPES_OTHER: (Kind.TYPES, before, after, ""),
        What.TYPES_NARROWER: (Kind.TYPES, before, after, ""),
        What.TYPES_WIDER: (Kind.TYPES, before, after, ""),
        What.VALUE_CAME: (Kind.VALUE, None, after, ""),
        What.VALUES_GONE: (Kind.VALUES, before, after, f"is never {_listing(before)} in v1, by its contract"),
        What.CLOSED: (Kind.VALUES, None, after, closed),
        What.OPENED: (Kind.VALUES, before, None, "may be any value in v1, by its contract"),
        What.FORMAT: (Kind.FORMAT, before, after, ""),
        What.TIGHTER: (Kind.VALUES, before, after, f"has the {change.bound} {after} in v1"),
        What.WIDER: (Kind.VALUES, before, None, f"has the {change.bound} {after} in v1"),
        What.DEFAULT: (Kind.DEFAULT, before, after, ""),
    }
    return facts[change.what]


def _fact(change: Change, part: Part, difference: Difference) -> Fact:
    name, *below = change.cause
    inner = json_path(*below)[1:]
    return Fact(
        difference=difference,
        part=part,
        cause=f"{name}{inner}",
        certain=change.certain,
        old_place=_place(change.old, change, required=change.certain),
        new_place=_place(change.new, change, required=change.required),
        variants=change.variants,
        by_value=_is_by_value(change, part),
    )


def _is_by_value(change: Change, part: Part) -> bool:
    if part is Part.RESPONSE and change.what is What.VALUE_CAME:
        return True
    # The variants of a union are no values, and neither are the media types of a body.
    return change.what in _BY_VALUE and change.old is not None and not change.old.any_of


def _place(schema: Schema | None, change: Change, *, required: bool) -> Place | None:
    if schema is None or change.what is What.RENAMED:
        return None
    return Place(schema=schema, required=required, nullable="null" in schema.types)


def _merged(facts: list[Fact]) -> Iterator[Fact]:
    """Join what several statuses of one class, success or error, have alike."""
    joined: list[Fact] = []
    for fact in facts:
        twin = next((index for index, known in enumerate(joined) if _alike(known, fact)), None)
        if twin is None:
            joined.append(fact)
        else:
            known = joined[twin]
            joined[twin] = replace(known, statuses=(*known.statuses, *fact.statuses))
    yield from joined


def _alike(known: Fact, fact: Fact) -> bool:
    classes = [any(map(_is_error, each.statuses)) for each in (known, fact)]
    return classes[0] == classes[1] and replace(known, statuses=fact.statuses) == fact
