"""The mistakes of the error matrix: of one step, what a request with each of them is, by the contracts alone.

Each function returns a :class:`Mistake`, or says in a clause why there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from harness.contract import Contract
from harness.exchange import Json, Side
from harness.probes.errors import INVALID_NUMBER, with_query
from harness.probes.fields import JSON, Field, bodies_of, body_fields, query_fields, with_changed_body
from harness.probes.known import Known, with_path_value, with_request, with_unknown_id
from harness.probes.undoing import creates
from harness.scenario import Step
from harness.struct import Struct

UNKNOWN_NAME: Final = "harnessUnknown"
"""The name of a field that no contract has."""

UNKNOWN_VALUE: Final = "HARNESS_UNKNOWN"
"""A value that no contract lists."""

MALFORMED_JSON: Final = b'{"harnessMalformed": '
"""JSON that ends too early."""

_LONGEST: Final = 100_000
_NUMBERS: Final = frozenset({"integer", "number"})
_NOTHING: Final = "it takes no body, and nothing in its query"


class Mistake(Struct, frozen=True, kw_only=True):
    """A step with one mistake in it. ``content`` are the bytes of its body, where they are no JSON.

    ``refused``: both contracts refuse it, or it names what is not there; a service may be lenient all the
    same.
    """

    step: Step
    content: bytes | None = None
    refused: bool = True


Derived: TypeAlias = Mistake | str
_Contracts: TypeAlias = Mapping[Side, Contract]


def _not_found(known: Known, _: _Contracts) -> Derived:
    if not known.parameters:
        return "its path names no resource"
    return Mistake(step=with_unknown_id(known))


def _foreign_id(known: Known, _: _Contracts) -> Derived:
    first, *others = known.parameters or ("",)
    if first != "organizationId" or not others:
        return "its path names no resource of an organization"
    return Mistake(
        step=with_path_value(known, first, "${other_organization_id}"), refused=known.method == "DELETE"
    )


def _fields(known: Known, contracts: _Contracts) -> list[Field]:
    if known.method == "GET":
        return query_fields(known, contracts)
    # An update must leave alone what its step does: nobody could undo it.
    return body_fields(known, contracts, unsent=creates(known, contracts))


def _put(known: Known, field: Field, value: Json, *, refused: bool = True) -> Mistake:
    if known.method == "GET":
        return Mistake(step=with_query(known, field.name, value), refused=refused)
    step = with_changed_body(known, lambda body: {**body, field.name: value})
    return Mistake(step=step, refused=refused)


def _of_field(
    known: Known,
    contracts: _Contracts,
    value: Callable[[Field], Json],
    otherwise: str,
    *,
    refused: bool = True,
) -> Derived:
    """Return the step with a wrong value for the first field that can have one; null is none."""
    fields = _fields(known, contracts)
    found = ((field, wrong) for field in fields if (wrong := value(field)) is not None)
    field, wrong = next(found, (None, None))
    if field is None:
        return otherwise if fields else _NOTHING
    return _put(known, field, wrong, refused=refused)


def _missing_field(known: Known, contracts: _Contracts) -> Derived:
    fields = _fields(known, contracts)
    field = next((field for field in fields if field.required and field.sent), None)
    if field is None:
        return "the contracts require none of the fields that are sent" if fields else _NOTHING
    if known.method == "GET":
        return Mistake(step=with_query(known, field.name, None))
    name = field.name
    return Mistake(
        step=with_changed_body(known, lambda body: {key: body[key] for key in body if key != name})
    )


def _without_body(known: Known) -> str:
    takes = JSON in known.baseline.request and JSON in known.candidate.request
    return "the step does not write out an object as its body" if takes else "it takes no body"


def _unknown_field(known: Known, _: _Contracts) -> Derived:
    if known.method == "GET":
        return Mistake(step=with_query(known, UNKNOWN_NAME, UNKNOWN_VALUE), refused=False)
    if bodies_of(known.step) is None:
        return _without_body(known)
    step = with_changed_body(known, lambda body: {**body, UNKNOWN_NAME: UNKNOWN_VALUE})
    return Mistake(step=step, refused=False)


def _mistyped_field(known: Known, contracts: _Contracts) -> Derived:
    value = _no_number if known.method == "GET" else _other_type
    return _of_field(known, contracts, value, "no field has a type that another value could not be read as")


def _no_number(field: Field) -> Json:
    return INVALID_NUMBER if field.types and field.types <= {*_NUMBERS, "boolean"} else None


def _other_type(field: Field) -> Json:
    """Return a value of another type, which no reader turns into one of the right type."""
    if not field.types:
        return None
    if not field.types & {"object", "array"}:
        return {UNKNOWN_NAME: UNKNOWN_VALUE}
    return None if "string" in field.types else UNKNOWN_VALUE


def _bad_enum(known: Known, contracts: _Contracts) -> Derived:
    return _of_field(
        known,
        contracts,
        lambda field: UNKNOWN_VALUE if field.is_listed and "string" in field.types else None,
        "the contracts list the values of no field",
    )


def _too_long(known: Known, contracts: _Contracts) -> Derived:
    def value(field: Field) -> Json:
        most = field.most(lambda schema: schema.max_length)
        return None if most is None or most >= _LONGEST else "x" * (int(most) + 1)

    # One contract is enough: bounds are what the older documents leave out.
    return _of_field(known, contracts, value, "no contract limits the length of a text", refused=False)


def _out_of_range(known: Known, contracts: _Contracts) -> Derived:
    def value(field: Field) -> Json:
        most = field.most(lambda schema: schema.maximum)
        return int(most) + 1 if most is not None and field.types & _NUMBERS else None

    return _of_field(known, contracts, value, "no contract limits a number", refused=False)


def _negative_paging(known: Known, contracts: _Contracts) -> Derived:
    pages = [field for field in query_fields(known, contracts) if field.name in {"limit", "offset"}]
    if not pages:
        return "it takes no limit and no offset"
    return Mistake(step=with_query(known, pages[0].name, -1))


def _malformed_json(known: Known, _: _Contracts) -> Derived:
    if not (JSON in known.baseline.request and JSON in known.candidate.request):
        return "it takes no JSON"
    return Mistake(step=known.step, content=MALFORMED_JSON)


def _wrong_content_type(known: Known, _: _Contracts) -> Derived:
    if bodies_of(known.step) is None:
        return _without_body(known)
    request, candidate = known.step.request, known.step.candidate
    kept = {name: given for name, given in candidate.headers.items() if name.lower() != "content-type"}
    others = {name: given for name, given in request.headers.items() if name.lower() != "content-type"}
    step = with_request(
        known,
        request=request.model_copy(update={"headers": {**others, "Content-Type": "text/plain"}}),
        candidate=candidate.model_copy(update={"headers": kept}),
    )
    return Mistake(step=step, refused=False)


def _wrong_method(known: Known, contracts: _Contracts) -> Derived:
    paths = ((Side.BASELINE, known.baseline.path), (Side.CANDIDATE, known.candidate.path))
    for method in ("PUT", "PATCH"):
        if not any(contracts[side].find(method, path) for side, path in paths):
            return Mistake(
                step=with_request(
                    known,
                    request=known.step.request.model_copy(update={"method": method}),
                    candidate=known.step.candidate.model_copy(update={"method": None}),
                )
            )
    return "the contracts have both PUT and PATCH there"


MISTAKES: Final[Mapping[str, Callable[[Known, _Contracts], Derived]]] = {
    "not-found": _not_found,
    "foreign-id": _foreign_id,
    "missing-field": _missing_field,
    "unknown-field": _unknown_field,
    "mistyped-field": _mistyped_field,
    "bad-enum": _bad_enum,
    "too-long": _too_long,
    "out-of-range": _out_of_range,
    "negative-paging": _negative_paging,
    "malformed-json": _malformed_json,
    "wrong-content-type": _wrong_content_type,
    "wrong-method": _wrong_method,
}
"""What makes each mistake, by the name of its probe."""
