"""What a rule is: a few lines of data and one small function over a difference and its circumstances."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from harness.difference import Difference, Kind, segments
from harness.exchange import Json
from harness.schema import Place
from harness.struct import Struct


class Severity(StrEnum):
    """How much a finding matters to a caller."""

    BREAKING = "breaking"
    """A caller that worked does not work any more."""
    RISKY = "risky"
    """It depends on the caller: a person must decide."""
    INFO = "info"
    """Safe, and worth knowing."""


class Check(StrEnum):
    """The four checks of step 4 of the vendor's migration guide."""

    RESPONSES = "responses"
    AUTH = "auth"
    ERRORS = "errors"
    BEHAVIOUR = "behaviour"


class Profile(StrEnum):
    """A mapping of rules to severities."""

    STRICT = "strict"
    """What a statically typed client, or one that rejects the unknown, would suffer from."""
    TOLERANT = "tolerant"
    """For callers that read only what they need and ignore the rest."""


class Documentation(StrEnum):
    """What the two contracts say of a difference."""

    DOCUMENTED = "documented"
    """The contracts differ at this place in the same way."""
    UNDOCUMENTED = "undocumented"
    """The contracts agree with each other, or neither knows the place: nothing announced this."""
    BROKEN = "contract broken"
    """A side does what its own contract forbids."""
    UNKNOWN = "no contract"
    """There is no contract for the operation."""


class Told(Struct, frozen=True, kw_only=True):
    """What the sides were told of what each of them has for itself.

    ``alike`` are texts that both were sent, now or when the thing was made: nobody but the client made them
    up. ``chosen`` are pairs of texts that they were sent in the same place, each its own. ``apart``: they
    were asked for two things that were there already, whose ids stood in answers that differ.
    """

    alike: frozenset[str] = frozenset()
    chosen: frozenset[tuple[str, str]] = frozenset()
    apart: bool = False


class Circumstances(Struct, frozen=True, kw_only=True):
    """What a rule may ask about besides the difference itself.

    ``old_status`` and ``new_status`` are 0 where there was no response. ``old_place`` and ``new_place`` are
    what the contracts of the two sides say of the place, None where they do not name it. ``own`` is
    True when each side was asked about a resource of its own, so that ids and times differ by
    construction. ``authorized``: the request carried a token; ``ordered``: it asked for an order.
    ``unmapped``: only the baseline's contract has the operation; ``appeared``: only the candidate's has.
    ``answered``: the candidate answered well what only the baseline's contract has; ``unsupported``: the
    step says that the candidate does not have it.
    ``probe`` is the kind of probe, empty for a step that the scenario's author wrote. ``again``: the call was
    made before, and both sides answered it alike; ``made``: it reads what the scenario made on both sides.
    ``paged``: the baseline's answer says itself which page it is. ``supposed``: what was asked is not known,
    so that the two answers may be about two things. ``told`` gives what they were told, and is only asked
    where each has something of its own, and that differs.
    """

    documentation: Documentation = Documentation.UNKNOWN
    old_status: int = 200
    new_status: int = 200
    old_place: Place | None = None
    new_place: Place | None = None
    own: bool = False
    authorized: bool = True
    ordered: bool = False
    unmapped: bool = False
    appeared: bool = False
    answered: bool = False
    unsupported: bool = False
    probe: str = ""
    again: bool = False
    made: bool = False
    paged: bool = False
    supposed: bool = False
    told: Callable[[], Told] = Told

    @property
    def error(self) -> bool:
        """Whether both sides answered with an error."""
        return self.old_status >= 400 and self.new_status >= 400

    @property
    def optional(self) -> bool:
        """Whether both contracts name the place and neither requires it."""
        return bool(
            self.old_place and self.new_place and not self.old_place.required and not self.new_place.required
        )


Applies = Callable[[Difference, Circumstances], bool]


def always(_: Difference, __: Circumstances) -> bool:
    """Apply to every difference of the rule's kinds."""
    return True


class Rule(Struct, frozen=True, kw_only=True):
    """What a kind of difference means to the caller.

    ``says`` is one sentence for somebody who never saw the harness; it may use ``{operation}``,
    ``{path}``, ``{to}``, ``{old}``, ``{new}``, ``{count}``, ``{side}`` and ``{detail}``. ``consequence`` and
    ``remedy`` are sentences too. A rule with ``inconclusive`` takes the verdict away instead of
    making it worse: nothing can be concluded from such a pair.
    """

    id: str
    kinds: frozenset[Kind]
    check: Check
    strict: Severity
    tolerant: Severity
    says: str
    consequence: str
    remedy: str
    applies: Applies = always
    inconclusive: bool = False

    def severity(self, profile: Profile) -> Severity:
        """Return the severity in a profile."""
        return self.strict if profile is Profile.STRICT else self.tolerant


def rule(  # noqa: PLR0913 - a rule is a row of a table, and this is how a row is written
    id: str,  # noqa: A002 - it is the field's name
    kinds: Kind | tuple[Kind, ...],
    check: Check,
    severity: Severity | tuple[Severity, Severity],
    *,
    says: str,
    consequence: str,
    remedy: str,
    applies: Applies = always,
    inconclusive: bool = False,
) -> Rule:
    """Write a rule in few words; one severity stands for both profiles."""
    strict, tolerant = severity if isinstance(severity, tuple) else (severity, severity)
    return Rule(
        id=id,
        kinds=frozenset(kinds if isinstance(kinds, tuple) else (kinds,)),
        check=check,
        strict=strict,
        tolerant=tolerant,
        says=says,
        consequence=consequence,
        remedy=remedy,
        applies=applies,
        inconclusive=inconclusive,
    )


def leaf(path: str) -> str:
    """Return the last segment of a path; empty for the root."""
    parts = segments(path)
    return parts[-1] if parts else ""


def is_default(value: Json) -> bool:
    """Whether a value is one that servers leave out or write at will: false, 0, empty."""
    return value is False or value in (0, "", [], {})


def plain(text: str) -> str:
    """Write a text of a rule without a finding: what a finding would name is said in words."""
    return text.format(
        operation="the operation",
        path="the place",
        to="the new place",
        old="the old value",
        new="the new value",
        side="the side",
        count="",
        detail="",
    )
