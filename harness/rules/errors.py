"""Bodies of errors: their envelope, codes, prose, and the errors of single fields."""

from __future__ import annotations

from harness.difference import ITEM, Difference, Kind, segments
from harness.exchange import Side
from harness.rules.rule import Check, Circumstances, Rule, Severity, leaf, rule

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_DETAILS = frozenset({"details", "metadata"})
_OF_TEXTS = (Kind.VALUE, Kind.CASE, Kind.FORMAT)
_ENVELOPE = frozenset({"$.body.message", "$.body.requestId", "$.body.statusCode"})


def _in_field_errors(difference: Difference) -> bool:
    return segments(difference.path)[1:2] == ("fieldErrors",)


def _other_field_error(difference: Difference, circumstances: Circumstances) -> bool:
    """Whether the errors of fields are there on both sides, in another shape."""
    inside = len(segments(difference.path)) > len(("body", "fieldErrors", ITEM))
    there = _in_field_errors(difference) and (inside or difference.kind is Kind.TYPE)
    return there and circumstances.error


def _in_details(difference: Difference) -> bool:
    return len(segments(difference.path)) > 2 and not _DETAILS.isdisjoint(segments(difference.path)[1:-1])


RULES: tuple[Rule, ...] = (
    rule(
        "error-envelope-changed",
        (Kind.REMOVED, Kind.RENAMED),
        Check.ERRORS,
        _B,
        applies=lambda d, c: c.error and d.path in _ENVELOPE,
        says="{operation}: v1beta1's error body has {path}, v1's has not.",
        consequence="An error handler that reads it fails while it handles the error.",
        remedy="Read the fields of v1's error body, and treat each as optional.",
    ),
    rule(
        "validation-shape-changed",
        (Kind.REMOVED, Kind.RENAMED, Kind.TYPE),
        Check.ERRORS,
        _P,
        applies=_other_field_error,
        says="{operation}: the errors of single fields have another shape in v1: {path} differs{count}.",
        consequence="Code that shows each error beside its field loses the field or the text.",
        remedy="Read v1's shape, and show the whole message where a part is missing.",
    ),
    rule(
        "error-detail-key-removed",
        Kind.REMOVED,
        Check.ERRORS,
        _B,
        applies=lambda d, c: c.error and not _in_field_errors(d) and _in_details(d),
        says="{operation}: v1beta1's error has the detail {path}, v1's has not{count}.",
        consequence="Code that reads the cause of the error from it loses the cause.",
        remedy="Read the status and the code, and treat each detail as optional.",
    ),
    rule(
        "field-errors-varied",
        (Kind.REMOVED, Kind.ADDED, Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED, Kind.ORDER, *_OF_TEXTS),
        Check.ERRORS,
        _I,
        applies=lambda d, c: (
            c.error and _in_field_errors(d) and (d.kind not in _OF_TEXTS or leaf(d.path) == "field")
        ),
        says="{operation}: the two error bodies name different fields at {path}{count}.",
        consequence="`fieldErrors` is optional, and follows what each version requires of a request.",
        remedy="Show it to people; branch on the status.",
    ),
    rule(
        "error-field-removed",
        Kind.REMOVED,
        Check.ERRORS,
        _P,
        applies=lambda _, c: c.error,
        says="{operation}: v1beta1's error body has {path}, v1's has not.",
        consequence="Code that reads it for a better message loses that message.",
        remedy="Treat it as optional.",
    ),
    rule(
        "error-field-added",
        Kind.ADDED,
        Check.ERRORS,
        _I,
        applies=lambda _, c: c.error,
        says="{operation}: v1's error body has {path} as well.",
        consequence="None for clients that ignore what they do not know.",
        remedy="Use it where it helps.",
    ),
    rule(
        "error-message-changed",
        (Kind.VALUE, Kind.CASE, Kind.FORMAT),
        Check.ERRORS,
        _I,
        applies=lambda d, c: c.error and leaf(d.path) == "message",
        says="{operation}: the error's text is another one in v1 ({old} became {new}).",
        consequence="Code that searches the text for words stops finding them.",
        remedy="Branch on the status and on `fieldErrors[].code`, never on the text.",
    ),
    rule(
        "error-status-follows",
        Kind.VALUE,
        Check.ERRORS,
        _I,
        applies=lambda d, c: c.error and d.path == "$.body.statusCode" and c.old_status != c.new_status,
        says="{operation}: the error body's statusCode follows the HTTP status ({old}, then {new}).",
        consequence="None beyond the changed status itself.",
        remedy="See the finding about the status.",
    ),
    rule(
        "error-code-changed",
        (Kind.VALUE, Kind.CASE, Kind.FORMAT),
        Check.ERRORS,
        _B,
        applies=lambda d, c: c.error and leaf(d.path) in {"code", "reason", "statusCode", "field"},
        says="{operation}: {path} is {old} in v1beta1 and {new} in v1{count}.",
        consequence="Code that branches on it takes another branch.",
        remedy="Handle both values until the cutover is done.",
    ),
    rule(
        "error-status-mismatch",
        Kind.ERROR_STATUS,
        Check.ERRORS,
        _I,
        applies=lambda d, _: d.side is not Side.CANDIDATE,
        says="{operation}: the statusCode in the error body of {side} is not the HTTP status ({detail}).",
        consequence="Nothing changes: v1beta1 does so already.",
        remedy="Use the HTTP status.",
    ),
    rule(
        "error-status-mismatch",
        Kind.ERROR_STATUS,
        Check.ERRORS,
        _B,
        says="{operation}: v1's error body states statusCode {new}, but {detail}.",
        consequence="Code that reads the status from the body takes the wrong branch.",
        remedy="Use the HTTP status.",
    ),
)
