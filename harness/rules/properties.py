"""Properties of JSON bodies: removed, added, renamed, and what null or a missing one means."""

from __future__ import annotations

import re

from harness.difference import Difference, Kind, segments
from harness.rules.rule import Check, Circumstances, Documentation, Rule, Severity, is_default, leaf, rule
from harness.values import ValueClass, value_class

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO
_ENVELOPE = frozenset({"$.body.message", "$.body.requestId", "$.body.statusCode"})


def _in_field_errors(difference: Difference) -> bool:
    return segments(difference.path)[1:2] == ("fieldErrors",)


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _case_changed(difference: Difference, _: Circumstances) -> bool:
    old, new = leaf(difference.path), leaf(difference.to)
    return old != new and _folded(old) == _folded(new)


def _moved(difference: Difference, _: Circumstances) -> bool:
    return segments(difference.path)[:-1] != segments(difference.to)[:-1]


def _secret_added(difference: Difference, _: Circumstances) -> bool:
    value = difference.candidate
    return isinstance(value, str) and value_class(value) in (ValueClass.SECRET, ValueClass.JWT)


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
        "field-errors-varied",
        (Kind.REMOVED, Kind.ADDED, Kind.ELEMENT_REMOVED, Kind.ELEMENT_ADDED, Kind.ORDER),
        Check.ERRORS,
        _I,
        applies=lambda d, c: c.error and _in_field_errors(d),
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
        "write-only-leaked",
        Kind.ADDED,
        Check.AUTH,
        _P,
        applies=_secret_added,
        says="{operation}: v1 answers with a secret at {path} that v1beta1 does not show{count}.",
        consequence="Logs and caches of the client now hold a secret.",
        remedy="Keep the response out of logs; ask the vendor whether this is meant.",
    ),
    rule(
        "property-case-changed",
        Kind.RENAMED,
        Check.RESPONSES,
        _B,
        applies=_case_changed,
        says="{operation}: {path} is written {to} in v1{count}.",
        consequence="Code that reads the old name gets nothing.",
        remedy="Read {to} from v1.",
    ),
    rule(
        "property-moved",
        Kind.RENAMED,
        Check.RESPONSES,
        _B,
        applies=_moved,
        says="{operation}: what v1beta1 has at {path} stands at {to} in v1{count}.",
        consequence="Code that reads the old place gets nothing.",
        remedy="Read {to} from v1.",
    ),
    rule(
        "property-renamed",
        Kind.RENAMED,
        Check.RESPONSES,
        _B,
        says="{operation}: {path} is called {to} in v1{count}.",
        consequence="Code that reads the old name gets nothing.",
        remedy="Read {to} from v1.",
    ),
    rule(
        "absent-vs-null",
        Kind.REMOVED,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, c: d.baseline is None and c.new_place is not None,
        says="{operation}: {path} is null in v1beta1 and absent in v1{count}.",
        consequence="Code that indexes the key fails where it read null before.",
        remedy="Read the key with a default.",
    ),
    rule(
        "absent-vs-null",
        Kind.ADDED,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, c: d.candidate is None and c.old_place is not None,
        says="{operation}: {path} is absent in v1beta1 and null in v1{count}.",
        consequence="Code that tests for the key finds it now, with nothing in it.",
        remedy="Test the value, not the key.",
    ),
    rule(
        "default-now-hidden",
        Kind.REMOVED,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, c: is_default(d.baseline) and c.optional,
        says="{operation}: v1beta1 writes {path} with its default {old}, v1 leaves it out{count}.",
        consequence="Code that indexes the key fails.",
        remedy="Read the key with {old} as default.",
    ),
    rule(
        "default-now-serialized",
        Kind.ADDED,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, c: is_default(d.candidate) and c.optional,
        says="{operation}: v1beta1 leaves {path} out, v1 writes it with its default {new}{count}.",
        consequence="Code that takes the key's presence for a choice of the user is wrong now.",
        remedy="Test the value, not the key.",
    ),
    rule(
        "property-variance",
        (Kind.REMOVED, Kind.ADDED),
        Check.RESPONSES,
        _I,
        applies=lambda _, c: c.optional,
        says="{operation}: only one side has {path}{count}; both contracts say that it is optional.",
        consequence="None for clients that keep to the contract.",
        remedy="Treat it as optional.",
    ),
    rule(
        "optional-property-removed",
        Kind.REMOVED,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, c: (
            d.seen < d.samples
            and c.documentation is not Documentation.DOCUMENTED
            and not (c.old_place and c.old_place.required)
        ),
        says="{operation}: some v1beta1 answers have {path}, v1's have not{count}.",
        consequence="Code that uses it where it is present never sees it.",
        remedy="Find out whether v1 has it under another name; else stop reading it.",
    ),
    rule(
        "property-removed",
        Kind.REMOVED,
        Check.RESPONSES,
        _B,
        says="{operation}: v1beta1 answers with {path}, v1 does not{count}{detail}.",
        consequence="Code that reads it fails or gets nothing.",
        remedy="Stop reading it, or read it from where v1 has it.",
    ),
    rule(
        "property-added",
        Kind.ADDED,
        Check.RESPONSES,
        _I,
        says="{operation}: v1 answers with {path} as well{count}.",
        consequence="None for clients that ignore what they do not know.",
        remedy="Nothing to do; strict decoders must be told of it.",
    ),
)
