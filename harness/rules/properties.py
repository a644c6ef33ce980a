"""Properties of JSON bodies: removed, added, renamed, and what null or a missing one means."""

from __future__ import annotations

import re

from harness.difference import Difference, Kind, segments
from harness.exchange import Side
from harness.rules.rule import Check, Circumstances, Documentation, Rule, Severity, is_default, leaf, rule
from harness.values import ValueClass, value_class

_B, _P, _I = Severity.BREAKING, Severity.RISKY, Severity.INFO


def _everywhere(difference: Difference, side: Side) -> bool:
    """Whether every sample of that side has the property, and some of the other side's have it too."""
    if difference.present is None:
        return False
    here, there = difference.present if side is Side.BASELINE else difference.present[::-1]
    return here == difference.samples and there > 0


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
        applies=lambda d, c: d.baseline is None and not (c.old_place and not c.new_place),
        says="{operation}: {path} is null in v1beta1 and absent in v1{count}.",
        consequence="Code that indexes the key fails where it read null before.",
        remedy="Read the key with a default.",
    ),
    rule(
        "absent-vs-null",
        Kind.ADDED,
        Check.RESPONSES,
        (_P, _I),
        applies=lambda d, c: d.candidate is None and not (c.new_place and not c.old_place),
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
        "property-became-optional",
        Kind.REMOVED,
        Check.RESPONSES,
        _B,
        applies=lambda d, _: _everywhere(d, Side.BASELINE),
        says="{operation}: every v1beta1 sample has {path}, in v1 it is absent from some{count}.",
        consequence="Code that indexes the key fails where it is absent.",
        remedy="Read the key with a default.",
    ),
    rule(
        "property-became-required",
        Kind.ADDED,
        Check.RESPONSES,
        _I,
        applies=lambda d, _: _everywhere(d, Side.CANDIDATE),
        says="{operation}: some v1beta1 samples have {path}, in v1 all have it{count}.",
        consequence="None.",
        remedy="Nothing to do.",
    ),
    rule(
        "additional-property-pattern-changed",
        Kind.KEYS,
        Check.RESPONSES,
        (_P, _P),
        says="{operation}: the keys at {path} have another form in v1: {old} became {new}.",
        consequence="Code that looks a key up, or parses it, finds nothing.",
        remedy="Write the keys in v1's form.",
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
